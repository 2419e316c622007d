"""Figures of score: the measure, and the rule that makes points of it."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from fupin import boards, numbers
from fupin.commands.score import parse_steps
from fupin.errors import counted
from fupin.explaining import Case, Explain, Scene
from fupin.tape import Entry, Figure, Note


def explain(scene: Scene) -> Explain:
    """How the measure became points."""
    options = scene.options
    column, places = options["column"], options["places"]
    if options["fill_mean"] or options["na_mean"]:
        return _filled(scene)

    def told(case: Case) -> Sequence[Figure]:
        figure, cell = case.figure(options["name"]), case.before[column]
        if cell is None or cell == numbers.NOT_ASSESSED:
            return [figure._replace(notes=[Note(f"{column} is {'missing' if cell is None else 'not assessed'}")])]
        if options["of"]:
            return [_by_target(figure, case, scene)]
        figure = figure._replace(entries=[_by_rule(cell, scene)])
        return [figure if places is None else figure.rounded(places)]

    return told


def _by_target(figure: Figure, case: Case, scene: Scene) -> Figure:
    """Measure ÷ target × full marks, within them."""
    options, column = scene.options, scene.options["column"]
    of, full = options["of"], options["full"]
    named = not numbers.matches(of)
    target = Fraction((case.before[of] if named else of) or "")
    entries = [
        Entry(Fraction(case.before[column] or ""), column),
        Entry(target, of if named else "the target", sign="÷"),
        Entry(full, "full marks", sign="×"),
    ]
    figure = figure._replace(entries=entries)
    held = figure if options["uncapped"] else figure.held(Fraction(0), full, "the bound")
    return held.rounded(numbers.divided_to(options["places"]))


def _by_rule(cell: str, scene: Scene) -> Entry:
    """The points of a value, of the highest bound that is reached, or of a place."""
    options, column = scene.options, scene.options["column"]
    if options["mapping"] is not None:
        return Entry(options["mapping"][cell], f"{column} is {cell}")
    value = Fraction(cell)
    if options["bands"] is not None:
        bound = max(bound for bound in map(Fraction, options["bands"]) if bound <= value)
        points = next(points for text, points in options["bands"].items() if Fraction(text) == bound)
        return Entry(points, f"{column} {cell} reaches {numbers.show(bound)}")
    first, step = parse_steps(options["steps"])
    return Entry(max(Fraction(0), first - (value - 1) * step), f"place {cell}: {options['steps']}")


def _filled(scene: Scene) -> Explain:
    """The mean of the others, or the cell as it stood."""
    options, column = scene.options, scene.options["column"]
    chosen = scene.board.filter(boards.chosen(scene.board, options["only"]))
    there = chosen.select(numbers.read(column)).to_series().drop_nulls()
    total = Fraction(numbers.total(there), numbers.ONE)
    wanted = numbers.NOT_ASSESSED if options["na_mean"] else None

    def told(case: Case) -> Sequence[Figure]:
        figure = case.figure(options["name"])
        if case.before[column] != wanted:
            return [figure._replace(notes=[Note(f"as in {column}")])]
        entries = [
            Entry(total, f"the sum of {column}"),
            Entry(Fraction(there.len()), f"the mean of {counted(there.len(), 'unit')}", sign="÷"),
        ]
        return [figure._replace(entries=entries).rounded(numbers.divided_to(options["places"]))]

    return told
