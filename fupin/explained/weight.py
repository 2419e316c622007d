"""Figures of weight: each part times its weight, and what stands for the parts that are not there."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import NamedTuple

from fupin import numbers
from fupin.commands.weight import item_terms
from fupin.deferred import pl
from fupin.explaining import Case, Explain, Scene
from fupin.parts import Term, parse_term
from fupin.tape import Entry, Figure, Note, Row


class _Part(NamedTuple):
    """A part of one unit: its term, its cell, and the row that it is from."""

    term: Term
    cell: str | None
    row: Row | None = None

    @property
    def words(self) -> str:
        """The cell, where no row tells it, and its weight."""
        cell = f"{self.term.column} {self.cell}" if self.row is None else ""
        return cell if self.term.weight == 1 else f"{cell} × {_share(self.term.weight)}".strip()


def explain(scene: Scene) -> Explain:
    """What each part adds."""
    options = scene.options
    terms = [parse_term(word) for word in options["terms"]] or item_terms(scene.open("items"))[0]

    def told(case: Case) -> Sequence[Figure]:
        if options["terms"]:
            parts = [_Part(term, case.before[term.column]) for term in terms]
        else:
            rows = {row.cells["item"]: row for row in case.events}
            parts = [
                _Part(t, rows[t.column].cells["value"] if t.column in rows else None, rows.get(t.column)) for t in terms
            ]
        figure = case.figure(options["name"])
        if figure.value == numbers.NOT_ASSESSED:
            return [figure._replace(notes=[Note("no part is assessed")])]
        return [_reckoned(figure, parts, scene)]

    return told


def _share(weight: Fraction) -> str:
    """A weight as a reader knows it."""
    return numbers.show(weight) if weight >= 1 or weight <= 0 else f"{numbers.show(weight * 100)}%"


def _reckoned(figure: Figure, parts: Sequence[_Part], scene: Scene) -> Figure:
    """The parts with full marks, rescaled where some are left out; then the extras; then the rounding."""
    options = scene.options
    rules = {None: options["missing"], numbers.NOT_ASSESSED: options["not_assessed"]}
    marked: list[Entry] = []
    extras: list[Entry] = []
    notes: list[Note] = []
    left_out = divided = False
    for part in parts:
        entries = marked if part.term.full is not None else extras
        if part.cell not in rules:
            entries.append(Entry(Fraction(part.cell or "") * part.term.weight, part.words, part.row))
            continue
        state, rule = "missing" if part.cell is None else "not assessed", rules[part.cell]
        if rule == "rescale":
            left_out = True
            notes.append(Note(f"{part.term.column} is {state}; the others stand for it by their full marks", part.row))
            continue
        divided = divided or rule == "mean"
        entries.append(Entry(_instead(part.term, rule, scene), f"{part.term.column}, {state}: {rule}", part.row))
    if left_out:
        shares = [part.term.share for part in parts if rules.get(part.cell) != "rescale" and part.term.full is not None]
        whole = sum((part.term.share for part in parts), Fraction(0))
        marked.append(Entry(whole, "the full marks of all parts", sign="×"))
        marked.append(Entry(sum(shares, Fraction(0)), "the full marks of those that are there", sign="÷"))
    figure = figure._replace(entries=[*marked, *extras], notes=notes)
    places = options["places"]
    if places is None and not (left_out or divided):
        return figure
    return figure.rounded(numbers.divided_to(places))


def _instead(term: Term, rule: str, scene: Scene) -> Fraction:
    """What a part that is not there adds."""
    if rule == "full":
        return term.share
    if rule == "zero":
        return Fraction(0)
    column = scene.board.filter(scene.computed)[term.column] if scene.options["terms"] else _values(term, scene)
    there = column.to_frame("cell").filter(numbers.is_number("cell"))
    total = Fraction(numbers.total(there.select(numbers.read("cell")).to_series()), numbers.ONE)
    return total / there.height * term.weight


def _values(term: Term, scene: Scene) -> pl.Series:
    """The values of an item of all units for which anything is computed."""
    names = scene.units.filter(scene.computed).to_list()
    cells = [row.cells["value"] for _, row in scene.rows(names) if row.cells["item"] == term.column]
    return pl.Series(cells, dtype=pl.String)
