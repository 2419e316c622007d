"""Figures of deduct: full marks, less the points of each event, held at the floor."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction

from fupin.explaining import Case, Explain, Scene
from fupin.tape import Entry, Figure, Note, Row, holding


def explain(scene: Scene) -> Explain:
    """What was counted down, and for which events."""
    options = scene.options
    column, once = options["column"], options["once"]
    marks = [Row("", 0, {"full": None})] if options["items"] is None else scene.table("items")

    def told(case: Case) -> Sequence[Figure]:
        counting, others = _counting(case.events, column, once)
        figure = case.figure(options["name"])
        for rule in marks:
            full = options["full"] if rule.cells["full"] is None else Fraction(rule.cells["full"])
            least = rule.cells.get("floor")
            item = rule.cells.get("item")
            mine = [row for row in counting if item is None or row.cells["item"] == item]
            entries = [Entry(full, "full marks" if item is None else f"full marks of {item}")]
            entries += [Entry(-_points(row.cells, column), row=row) for row in mine]
            floor = options["floor"] if least is None else Fraction(least)
            left = sum((entry.amount for entry in entries), Fraction(0))
            entries += holding(left, floor, None, "the floor" if item is None else f"the floor of {item}")
            figure = figure._replace(entries=[*figure.entries, *entries])
        same = ", ".join(once)
        notes = [Note(f"does not count, as another event of the same {same} costs no less", row) for row in others]
        return [figure._replace(notes=notes)]

    return told


def _points(cells: Mapping[str, str | None], column: str) -> Fraction:
    """What an event costs."""
    return Fraction(cells[column] or "")


def _counting(events: Sequence[Row], column: str, once: Sequence[str]) -> tuple[list[Row], list[Row]]:
    """The events that count, and those that do not because of a dearer one, or the first as dear, about the same."""
    if not once:
        return list(events), []
    about = [tuple(row.cells.get(name) for name in once) for row in events]
    dearest: dict[tuple[str | None, ...], Row] = {}
    for what, row in zip(about, events, strict=True):
        before = dearest.get(what)
        if before is None or _points(row.cells, column) > _points(before.cells, column):
            dearest[what] = row
    counting = [row for what, row in zip(about, events, strict=True) if dearest[what] is row]
    return counting, [row for what, row in zip(about, events, strict=True) if dearest[what] is not row]
