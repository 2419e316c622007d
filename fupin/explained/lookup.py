"""Figures of lookup: the row of the other table that they are from."""

from __future__ import annotations

from collections.abc import Sequence

from fupin.commands.lookup import parse_take
from fupin.explaining import Case, Explain, Scene
from fupin.tape import Figure, Note


def explain(scene: Scene) -> Explain:
    """Where each cell was found."""
    on = scene.options["on"] or scene.key
    found = {tuple(row.cells[column] for column in on): row for row in scene.table("table")}

    def told(case: Case) -> Sequence[Figure]:
        row = found.get(tuple(case.before[column] for column in on))
        note = Note(f"no row of {', '.join(on)}") if row is None else Note("from", row)
        names = [name for _, name in parse_take(scene.options["take"])]
        kept = [name for name in names if scene.options["fill"] and case.before.get(name) is not None]
        return [case.figure(name)._replace(notes=[note]) for name in names if name not in kept]

    return told
