"""Figures of bonus: the points of each event, held at the cap of its item, and all of them within the bounds."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from fupin.explaining import Case, Explain, Scene
from fupin.tape import Entry, Figure, holding


def explain(scene: Scene) -> Explain:
    """What each event added or took away, and what caps and bounds absorbed."""
    rules = scene.table("rules")
    points = {(rule.cells["item"], rule.cells.get("level")): Fraction(rule.cells["points"] or "") for rule in rules}
    caps = {rule.cells["item"] or "": rule.cells.get("cap") for rule in rules}
    low, high = scene.options["within"] or (None, None)
    least, most = scene.options["sides"] or (None, None)

    def told(case: Case) -> Sequence[Figure]:
        figure = case.figure(scene.options["name"])
        sums = []
        for item, cap in caps.items():
            mine = [row for row in case.events if row.cells["item"] == item]
            entries = [
                Entry(points[item, row.cells.get("level")] * int(row.cells.get("count", "1") or ""), row=row)
                for row in mine
            ]
            bound = None if cap is None else abs(Fraction(cap))
            held = Figure("", None, entries).held(None if bound is None else -bound, bound, f"the cap of {item},")
            figure = figure._replace(entries=[*figure.entries, *held.entries])
            sums.append(held.sum)
        lost, won = (sum((value for value in sums if value * sign > 0), Fraction(0)) for sign in (-1, 1))
        sides = [
            *holding(lost, least, None, "the bound of subtractions,"),
            *holding(won, None, most, "the bound of additions,"),
        ]
        return [
            figure._replace(entries=[*figure.entries, *sides] or [Entry(Fraction(0), "no event")]).held(
                low, high, "the bound"
            )
        ]

    return told
