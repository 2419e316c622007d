"""Figures of screen: the rules that hold."""

from __future__ import annotations

from collections.abc import Sequence

from fupin import conditions
from fupin.explaining import Case, Explain, Scene
from fupin.tape import Figure, Note


def explain(scene: Scene) -> Explain:
    """Which conditions hold, and of which cells."""
    rules = [(row, conditions.parse(row.cells["when"] or "", "when")) for row in scene.table("rules")]
    computed = scene.board.filter(scene.computed).with_row_index("\0row")
    truths = conditions.truths(computed, [condition for _, condition in rules])

    def told(case: Case) -> Sequence[Figure]:
        at = int(scene.computed.head(case.row).sum())
        notes = []
        for (row, condition), holds in zip(rules, truths.row(at), strict=True):
            if holds:
                cells = ", ".join(f"{column} {case.before[column] or 'missing'}" for column in condition.columns)
                notes.append(Note(f"{row.cells['flag']} holds: {condition.sql} ({cells})"))
        return [case.figure(scene.options["name"])._replace(notes=notes or [Note("no rule holds")])]

    return told
