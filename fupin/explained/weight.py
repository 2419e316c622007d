"""Figures of weight: each part times its weight, and what stands for the parts that are not there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from functools import cached_property
from typing import Any, NamedTuple

from fupin import numbers
from fupin.commands.weight import left_out, terms_of
from fupin.deferred import pl
from fupin.explaining import Case, Explain, Scene
from fupin.parts import Term
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


class _Means:
    """The means of parts over the units for which anything is computed, each worked out once."""

    def __init__(self, scene: Scene) -> None:
        self._scene = scene
        self._found: dict[str, Fraction] = {}

    def of(self, column: str) -> Fraction:
        """The mean of a part."""
        if column not in self._found:
            there = self._cells(column).to_frame("cell").filter(numbers.is_number("cell"))
            total = Fraction(numbers.total(there.select(numbers.read("cell")).to_series()), numbers.ONE)
            self._found[column] = total / there.height
        return self._found[column]

    def _cells(self, column: str) -> pl.Series:
        """The cells of a part, which is a column, or an item of the ledger."""
        if self._scene.options["terms"]:
            return self._scene.board.filter(self._scene.computed)[column]
        return self._values.filter(item=column)["value"]

    @cached_property
    def _values(self) -> pl.DataFrame:
        """Items and their values, of all these units."""
        names = self._scene.units.filter(self._scene.computed).to_list()
        rows = [(row.cells["item"], row.cells["value"]) for _, row in self._scene.rows(names)]
        return pl.DataFrame(rows, {"item": pl.String, "value": pl.String}, orient="row")


def explain(scene: Scene) -> Explain:
    """What each part adds."""
    options = scene.options
    terms = terms_of(options, scene.files)
    out = left_out(options["without"], terms)
    means = _Means(scene)

    def told(case: Case) -> Sequence[Figure]:
        if options["terms"]:
            parts = [_Part(term, case.before[term.column]) for term in terms]
        else:
            rows = {row.cells["item"]: row for row in case.events}
            parts = [_scored(term, rows.get(term.column), term.column in out) for term in terms]
        figure = case.figure(options["name"])
        if figure.value == numbers.NOT_ASSESSED:
            return [figure._replace(notes=[Note("no part is assessed")])]
        return [_reckoned(figure, parts, options, means)]

    return told


def _scored(term: Term, row: Row | None, out: bool) -> _Part:
    """A part that is an item of the ledger."""
    return _Part(term, numbers.NOT_ASSESSED if out else None if row is None else row.cells["value"], row)


def _share(weight: Fraction) -> str:
    """A weight as a reader knows it."""
    return numbers.show(weight) if weight >= 1 or weight <= 0 else f"{numbers.show(weight * 100)}%"


def _reckoned(figure: Figure, parts: Sequence[_Part], options: Mapping[str, Any], means: _Means) -> Figure:
    """The parts with full marks, rescaled where some are left out; then the extras; then the rounding."""
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
        if part.cell == numbers.NOT_ASSESSED and part.term.full is None:
            notes.append(Note(f"{part.term.column} is left out", part.row))
            continue
        if rule == "rescale":
            left_out = True
            notes.append(Note(f"{part.term.column} is {state}; the others stand for it by their full marks", part.row))
            continue
        divided = divided or rule == "mean"
        entries.append(Entry(_instead(part.term, rule, means), f"{part.term.column}, {state}: {rule}", part.row))
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


def _instead(term: Term, rule: str, means: _Means) -> Fraction:
    """What a part that is not there adds."""
    if rule == "full":
        return term.share
    return Fraction(0) if rule == "zero" else means.of(term.column) * term.weight
