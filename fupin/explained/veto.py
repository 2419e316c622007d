"""Figures of veto: which conditions hold, and the events with their reasons."""

from __future__ import annotations

from collections.abc import Sequence

from fupin.explaining import Case, Explain, Scene
from fupin.tape import Figure, Note


def explain(scene: Scene) -> Explain:
    """What marks the unit, and what does not."""
    conditions = scene.options["when"]
    held = [scene.board.select(condition.truth).to_series() for condition in conditions]

    def told(case: Case) -> Sequence[Figure]:
        notes = []
        if case.before.get("vetoed") == "true" and not scene.options["replace"]:
            notes.append(Note("vetoed before"))
        for condition, holds in zip(conditions, held, strict=True):
            cells = ", ".join(f"{column} {case.before[column] or 'missing'}" for column in condition.columns)
            notes.append(Note(f"{'holds' if holds[case.row] else 'does not hold'}: {condition.sql} ({cells})"))
        notes += [Note("event", row) for row in case.events]
        return [case.figure("vetoed")._replace(notes=notes), case.figure("veto_reason")]

    return told
