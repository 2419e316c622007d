"""Figures of tally: the rows of the ledger that were counted, added up, or made a mean of."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction

from fupin import numbers
from fupin.explaining import Case, Explain, Scene
from fupin.tape import Entry, Figure, Note, Row

_NOTHING = [Entry(Fraction(0), "no row")]


def explain(scene: Scene) -> Explain:
    """Which rows stand behind the figure."""
    options = scene.options
    places, trim = options["places"], options["trim"]

    def told(case: Case) -> Sequence[Figure]:
        figure, rows = case.figure(options["name"]), case.events
        if options["mean"]:
            return [_mean(figure, rows, options["mean"], trim).rounded(numbers.divided_to(places))]
        if column := options["distinct"]:
            return [_distinct(figure, rows, column)]
        if column := options["sum_"]:
            figure = figure._replace(entries=_terms(rows, column) or _NOTHING)
        elif column := options["min_"] or options["max_"]:
            figure = _outermost(figure, rows, column, min if options["min_"] else max)
        else:
            figure = figure._replace(entries=[Entry(Fraction(1), row=row) for row in rows] or _NOTHING)
        return [figure if places is None else figure.rounded(places)]

    return told


def _terms(rows: Sequence[Row], column: str) -> list[Entry]:
    """The numbers of rows."""
    return [Entry(_number(row, column), row=row) for row in rows]


def _number(row: Row, column: str) -> Fraction:
    """The number in a row."""
    return Fraction(row.cells[column] or "")


def _distinct(figure: Figure, rows: Sequence[Row], column: str) -> Figure:
    """One for each value, at its first row."""
    first: dict[str | None, int] = {None: -1}
    for i, row in enumerate(rows):
        first.setdefault(row.cells[column], i)
    counting = set(first.values())
    return figure._replace(
        entries=[Entry(Fraction(1), row=row) for i, row in enumerate(rows) if i in counting] or _NOTHING,
        notes=[Note(f"no other {column}", row) for i, row in enumerate(rows) if i not in counting],
    )


def _mean(figure: Figure, rows: Sequence[Row], column: str, trim: int) -> Figure:
    """The sum of the rows that are left when the highest and lowest are gone, by their number."""
    if not rows:
        return figure
    order = sorted(range(len(rows)), key=lambda i: _number(rows[i], column))
    gone = {*order[:trim], *order[len(order) - trim :]}
    left = [row for i, row in enumerate(rows) if i not in gone]
    divisor = Entry(Fraction(len(left)), "the number of rows", sign="÷")
    notes = [Note("left out, as among the highest or lowest", rows[i]) for i in sorted(gone)]
    return figure._replace(entries=[*_terms(left, column), divisor], notes=notes)


def _outermost(figure: Figure, rows: Sequence[Row], column: str, best: Callable[..., Row]) -> Figure:
    """The row that holds the lowest or highest number."""
    if not rows:
        return figure
    one = best(rows, key=lambda row: _number(row, column))
    others = [Note(f"another {column}", row) for row in rows if row is not one]
    return figure._replace(entries=_terms([one], column), notes=others)
