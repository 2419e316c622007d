"""Figures of vote: what each ballot is worth, by the number of valid ones."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from fupin import numbers
from fupin.errors import counted
from fupin.explaining import Case, Explain, Scene
from fupin.tape import Entry, Figure, Note


def explain(scene: Scene) -> Explain:
    """What was cast, and what did not count."""
    options = scene.options
    scale: dict[str, Fraction] = options["scale"]
    places = numbers.divided_to(options["places"])
    choice = options["choice"] or "choice"

    def told(case: Case) -> Sequence[Figure]:
        notes: list[Note] = []
        if options["counts"]:
            counts = {one: Fraction(case.before[one] or "") for one in scale}
            entries = [
                Entry(counts[one] * worth, f"{numbers.show(counts[one])} {one} × {numbers.show(worth)}")
                for one, worth in scale.items()
            ]
            notes = [Note(f"{case.before[one]} {one}, which are not valid") for one in options["invalid"]]
            valid = sum(counts.values(), Fraction(0))
        else:
            cast = [row for row in case.events if row.cells[choice] in scale]
            entries = [Entry(scale[row.cells[choice] or ""], row=row) for row in cast]
            notes = [
                Note("an abstention" if row.cells[choice] is None else "not valid", row)
                for row in case.events
                if row.cells[choice] not in scale
            ]
            valid = Fraction(len(cast))
        divisor = Entry(valid, counted(int(valid), "valid ballot"), sign="÷")
        figure = case.figure(options["name"])._replace(entries=[*entries, divisor], notes=notes)
        return [figure.rounded(places)]

    return told
