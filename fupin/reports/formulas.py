"""Totals of `weight` as formulas of a spreadsheet over the cells of their parts.

A spreadsheet reckons in binary floats, whose noise a formula rounds away, so that it gives the figure on the board. A
figure that it would not give has none.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from typing import NamedTuple

from fupin import numbers, parts
from fupin.chain import Step
from fupin.commands.weight import left_out, terms_of
from fupin.deferred import pl
from fupin.explaining import Scene
from fupin.parts import Plan, Term

_DIGITS = 14  # of a float that are right after a sum
_LONGEST = 8000  # letters of a formula


class Part(NamedTuple):
    """A part of a total: a column of the board; or an item, of the total that it counts for."""

    name: str
    total: str = ""


class Place(NamedTuple):
    """Where a cell stands: its sheet, nothing for the formula's own, and its row and column."""

    sheet: str
    row: int
    column: int


class Addend(NamedTuple):
    """A part of one unit's total: its factor, and its cell."""

    part: Part
    factor: Fraction
    cell: str

    @property
    def amount(self) -> Fraction:
        """What it adds."""
        return self.factor * Fraction(self.cell)


class Total(NamedTuple):
    """A column that `weight` has written, for some units.

    Args:
        name: the column.
        number: the number of its stage.
        parts: what it is the sum of, with full marks and weights.
        cells: for each unit the cells of the parts.
        plans: for each unit how they are added up.
        values: for each unit the result.
        places: decimals to round to.
    """

    name: str
    number: int
    parts: Mapping[Part, Term]
    cells: Mapping[str, Sequence[str | None]]
    plans: Mapping[str, Plan]
    values: Mapping[str, str | None]
    places: int | None

    def column(self, part: Part) -> dict[str, str | None]:
        """The cells of a part, by the units."""
        at = list(self.parts).index(part)
        return {unit: self.cells[unit][at] for unit in self.plans}

    def formulas(
        self, figures: Mapping[str, str | None], place: Callable[[Part, str, str], Place | None]
    ) -> dict[str, str]:
        """The formulas of units.

        Args:
            figures: the figure of each unit, where it is to be shown; what is another one there than here has none.
            place: where a part of a unit stands as a cell; nowhere if it does not, or is no number there.

        Returns:
            a formula for each unit for which one gives the figure on the board.
        """
        mine = [unit for unit in self.plans if unit in figures and figures[unit] == self.values[unit]]
        addends = {unit: list(self._addends(unit)) for unit in mine}
        sizes = [sum((abs(addend.amount) for addend in summed), Fraction(0)) for summed in addends.values()]
        within = _DIGITS - len(str(int(max(sizes, default=Fraction(0)))))
        found: dict[str, str] = {}
        for unit, summed in addends.items():
            places = [place(addend.part, unit, addend.cell) for addend in summed]
            plan, value = self.plans[unit], self.values[unit] or ""
            last = numbers.divided_to(self.places) if plan.divided else self.places
            there = [one for one in places if one is not None]
            if 0 < len(there) == len(summed) and _gives(summed, plan.constant, within, last, value):
                refs = list(zip(there, (addend.factor for addend in summed), strict=True))
                formula = _formula(refs, plan.constant, within, last)
                found |= {unit: formula} if len(formula) < _LONGEST else {}
        return found

    def _addends(self, unit: str) -> Iterator[Addend]:
        """The parts of a unit that count."""
        factors = self.plans[unit].factors
        for i, part in enumerate(self.parts):
            if str(i) in factors:
                yield Addend(part, factors[str(i)], self.cells[unit][i] or "")


def find(past: Sequence[Step], units: Collection[str]) -> list[Total]:
    """The totals that stages have made, those of later ones last.

    Args:
        past: the stages.
        units: the units that matter.
    """
    return [
        _total(Scene(step.stage, step.files, step.board, step.result), number, units)
        for number, step in enumerate(past)
        if step.stage.verb == "weight" and isinstance(step.result, pl.DataFrame)
    ]


def _total(scene: Scene, number: int, units: Collection[str]) -> Total:
    """What a stage has made."""
    options = scene.options
    terms = terms_of(options, scene.files)
    named = [Part(term.column, "" if options["terms"] else options["name"]) for term in terms]
    wanted = scene.computed if options["missing"] == "mean" else scene.computed & scene.units.is_in(list(units))
    names = scene.units.filter(wanted)
    cells = _columns(scene, wanted, terms) if options["terms"] else _items(scene, names, terms)
    plans: dict[str, Plan] = {}
    for _, rows, plan in parts.plans(cells, terms, options["missing"], options["not_assessed"]):
        made = [names[row] for row in rows["\0row"]] if plan is not None else []
        plans |= {unit: plan for unit in made if unit in units}
    values = dict(zip(scene.units, scene.result[options["name"]], strict=True))
    return Total(
        options["name"], number, dict(zip(named, terms, strict=True)), dict(zip(names, cells.rows(), strict=True)),
        plans, values, options["places"],
    )  # fmt: skip


def _columns(scene: Scene, wanted: pl.Series, terms: Sequence[Term]) -> pl.DataFrame:
    """The cells of the terms, which are columns."""
    board = scene.board.filter(wanted)
    return board.select(pl.col(term.column).alias(str(i)) for i, term in enumerate(terms))


def _items(scene: Scene, names: pl.Series, terms: Sequence[Term]) -> pl.DataFrame:
    """The cells of the terms, which are items of a ledger."""
    cells = {(unit, row.cells["item"]): row.cells["value"] for unit, row in scene.rows(names.to_list())}
    cells |= {
        (unit, item): numbers.NOT_ASSESSED for item in left_out(scene.options["without"], terms) for unit in names
    }
    columns = {str(i): [cells.get((unit, term.column)) for unit in names] for i, term in enumerate(terms)}
    return pl.DataFrame(columns, schema=dict.fromkeys(columns, pl.String))


def _gives(summed: Sequence[Addend], constant: Fraction, within: int, last: int | None, value: str) -> bool:
    """Whether a spreadsheet gets a value from a sum that it rounds, first to get rid of noise."""
    exact = [constant, *(addend.factor for addend in summed)]
    if any(len(digits) > _DIGITS for number in exact for digits in re.split("[./]", numbers.show(abs(number)))):
        return False
    total = sum(float(addend.cell) * float(addend.factor) for addend in summed) + float(constant)
    given = Decimal(repr(round(total, within)))
    return (given if last is None else given.quantize(Decimal(1).scaleb(-last), ROUND_HALF_UP)) == Decimal(value)


def _formula(refs: Sequence[tuple[Place, Fraction]], constant: Fraction, within: int, last: int | None) -> str:
    """The formula of a sum of cells times their factors."""
    by_factor: dict[Fraction, list[Place]] = {}
    for place, factor in refs:
        by_factor.setdefault(factor, []).append(place)
    addends = [("-" if factor < 0 else "+") + _times(places, abs(factor)) for factor, places in by_factor.items()]
    addends += [f"{'-' if constant < 0 else '+'}{numbers.show(abs(constant))}"] if constant else []
    rounded = f"ROUND({''.join(addends).removeprefix('+')},{within})"
    return f"={rounded}" if last is None else f"=ROUND({rounded},{last})"


def _times(places: Sequence[Place], factor: Fraction) -> str:
    """The sum of some cells times a factor."""
    runs = [_reference(run) for run in _runs(places)]
    total = f"SUM({','.join(runs)})" if any(":" in run for run in runs) else "+".join(runs)
    if factor == 1:
        return total
    return f"({total})*{numbers.show(factor)}" if "+" in total else f"{total}*{numbers.show(factor)}"


def _runs(places: Sequence[Place]) -> list[list[Place]]:
    """Cells that stand side by side, at least three, and the others one by one."""
    runs: list[list[Place]] = []
    for place in places:
        beside = runs and runs[-1][-1]._replace(column=runs[-1][-1].column + 1) == place
        runs = [*runs[:-1], [*runs[-1], place]] if beside else [*runs, [place]]
    return [part for run in runs for part in ([run] if len(run) > 2 else [[place] for place in run])]


def _reference(run: Sequence[Place]) -> str:
    """The name of a cell, or of several side by side."""
    from xlsxwriter.utility import xl_range

    first, last = run[0], run[-1]
    cells = xl_range(first.row, first.column, last.row, last.column)
    return quoted(first.sheet) + f"!{cells}" if first.sheet else cells


def quoted(sheet: str) -> str:
    """The name of a sheet in a formula."""
    return "'" + sheet.replace("'", "''") + "'"
