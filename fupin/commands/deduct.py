"""deduct: count down from full marks, event by event, not below a floor.

Serves routine work that is scored by deduction: Beijinggang 2019, annex 1, item 1 (20 marks, 0.5 to 2 an event,
until nothing is left).
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any, Unpack

import click

from fupin import boards, ledger, numbers, options, tables
from fupin.boards import Placing
from fupin.chain import Files
from fupin.checks import Check, number_check
from fupin.deferred import pl
from fupin.errors import Misuse, counted
from fupin.ledger import Events, Ledger, Units, reduce
from fupin.numbers import Number
from fupin.partials import Aggregate
from fupin.rules import read_rules
from fupin.tables import Source, Table


def deduct(
    board: pl.DataFrame,
    events: Events,
    name: str,
    *,
    full: Number | None = None,
    items: Table | None = None,
    floor: Number = 0,
    each: tuple[Number, Number] | None = None,
    once: str | Sequence[str] = (),
    column: str = "points",
    key: Sequence[str] | None = None,
    detail: bool = False,
    **placing: Unpack[Placing],
) -> pl.DataFrame:
    """Append max(floor, full − Σ points), contract §6.

    Args:
        board: one row per unit, texts.
        events: the deductions: a row each, with a column of points (0 or more) and, with items, `item`.
        name: the new column, in points.
        full: full marks, in points; or else
        items: item, full and perhaps floor, in points: each item counts down by itself, and they are added up.
        floor: the least that can be left, in points.
        each: the least and the most points of one event.
        once: of a unit's events that agree in this column, or in all of these, only the one with most points counts.
        column: the ledger's column of points.
        key: the board's key columns.
        detail: add NAME_events and NAME_points (of the events that count) and NAME_absorbed (by the floor).
        placing: see `boards.append`.

    Returns:
        the board with its new columns.

    Raises:
        DataError: a cell, an event or a rule is at fault.
    """
    marks = _marks(full, items, floor)
    by = [] if items is None else ["item"]
    bounds = numbers.bounds(each, "each") if each else None
    keys = boards.key_of(board, key)
    rows_of = ledger.events(events)
    same = [once] if isinstance(once, str) else list(once)
    rows_of.require([column, *by, *same])
    found = _counting(rows_of, Units(board, keys), keys, by, same, _checks(column, bounds, same, by, marks), column)

    def compute(rows: pl.DataFrame) -> pl.DataFrame:
        left = rows.select("\0row").join(marks, how="cross").join(found, on=["\0row", *by], how="left")
        points = pl.col("\0points").fill_null(0)
        value = pl.max_horizontal(pl.col("full") - points, pl.col("floor"))
        figures = left.group_by("\0row", maintain_order=True).agg(
            value.sum().alias(name),
            pl.col("\0events").sum().alias(f"{name}_events"),
            points.sum().alias(f"{name}_points"),
            (value - pl.col("full") + points).sum().alias(f"{name}_absorbed"),
        )
        options.log.info("%s at the floor", counted(int((figures[f"{name}_absorbed"] > 0).sum()), "unit"))
        return boards.printed(figures.drop("\0row"))

    names = [name, f"{name}_events", f"{name}_points", f"{name}_absorbed"] if detail else [name]
    return boards.append(board, names, compute, **placing)


def _check(full: Fraction | None, items: object, floor: Fraction) -> None:
    """Make sure that full marks are given once, and not below the floor.

    Raises:
        Misuse: they are not.
    """
    if (full is None) == (items is None):
        raise Misuse("give either --full N or --items FILE")
    if full is not None and floor > full:
        raise Misuse(f"--floor {numbers.show(floor)} is above --full {numbers.show(full)}")


def _marks(full: Number | None, items: Table | None, floor: Number) -> pl.DataFrame:
    """Full marks and floors, of the whole or of each item."""
    least = numbers.exact(floor, "floor")
    whole = None if full is None else numbers.exact(full, "full")
    _check(whole, items, least)
    return _items(tables.table(items, "items"), least) if items is not None else _whole(whole or Fraction(0), least)


def _whole(full: Fraction, floor: Fraction) -> pl.DataFrame:
    """One set of full marks."""
    marks = {"full": [numbers.quanta(full)], "floor": [numbers.quanta(floor)]}
    return pl.DataFrame(marks, schema={"full": pl.Int128, "floor": pl.Int128})


def _items(source: Source, floor: Fraction) -> pl.DataFrame:
    """Full marks and floors of the items."""
    least = numbers.read("floor").fill_null(numbers.quanta(floor))
    above = Check(least > numbers.read("full"), "the floor is above the full marks", "full")
    marks = read_rules(
        source,
        ["item", "full"],
        optional=["floor"],
        amounts={"full": False, "floor": True},
        unique=["item"],
        checks=[above],
        some=True,
    )
    return marks.with_columns(pl.col("floor").fill_null(numbers.whole(numbers.quanta(floor))))


def _checks(
    column: str,
    each: tuple[Fraction, Fraction] | None,
    once: Sequence[str],
    by: Sequence[str],
    marks: pl.DataFrame,
) -> list[Check]:
    """What an event must fulfil."""
    points = numbers.read(column)
    checks = [
        number_check(column),
        Check(points < 0, "'{value}' is below 0; a deduction is 0 or more", column),
    ]
    if each:
        low, high = (numbers.whole(numbers.quanta(bound)) for bound in each)
        bounds = f"{numbers.show(each[0])} to {numbers.show(each[1])}"
        outside = ((points < low) & (points >= 0)) | (points > high)
        checks.append(Check(outside, f"'{{value}}' is outside what an event may cost, {bounds}", column))
    for about in once[:1]:  # a blank in the others is a value like any
        blank = "blank, where --once needs to know what the event is about"
        checks.append(Check(pl.col(about).is_null(), blank, about))
    if by:
        listed = marks["item"]
        unlisted = ~pl.col("item").is_in(listed.implode()).fill_null(False)
        checks.append(Check(unlisted, "'{value}' is not among the items", "item", listed))
    return checks


def _counting(
    events: Ledger,
    units: Units,
    keys: Sequence[str],
    by: Sequence[str],
    once: Sequence[str],
    checks: Sequence[Check],
    column: str,
) -> pl.DataFrame:
    """Events and points of each unit (and item): `row`, the item, `events`, `points`."""
    points = numbers.read(column)
    if not once:
        figures = {"\0events": Aggregate("count"), "\0points": Aggregate("sum", points, column=column)}
        return reduce(events, units, keys, figures, by=by, checks=checks)
    if not by:
        tasks = reduce(events, units, keys, {"\0points": Aggregate("max", points)}, by=once, checks=checks)
    else:  # of a task's events the dearest counts, with its item; of equally dear ones the first
        first = {"\0order": Aggregate("min", pl.col("\0order").cast(pl.Int128))}
        tasks = reduce(events, units, keys, first, by=list(dict.fromkeys([*by, *once, column])), checks=checks)
        tasks = tasks.with_columns(points.alias("\0points")).sort("\0points", "\0order", descending=[True, False])
        tasks = tasks.unique(["\0row", *once], keep="first", maintain_order=True)
    return tasks.group_by("\0row", *by).agg(pl.len().alias("\0events"), pl.col("\0points").sum())


EXAMPLES = r"""
$ fupin deduct villages.csv --events routine.csv --full 20 --each 0.5:2 \
    --once task,due --as routine --detail | tail -3
沙河渡村,贫困村,92.6,19,2,1,0
梅子园村,非贫困村,80.5,18,3,2,0
渡口社区,社区,89.5,18.5,3,1.5,0
"""


@options.verb("deduct", examples=EXAMPLES)
@options.events()
@click.option("--full", type=options.Number(), metavar="N", help="Full marks.")
@click.option(
    "--items", type=options.File(), metavar="FILE", help="Full marks of each item: item, full, perhaps floor."
)
@options.column()
@click.option(
    "--floor",
    type=options.Number(),
    default="0",
    show_default=True,
    metavar="N",
    help="The least that is left.",
)
@click.option("--each", type=options.Range(), metavar="LO:HI", help="What one event may cost; any other is an error.")
@options.names("--once", files=["ledger"], told="Of a unit's events that agree in these only the dearest counts.")
@click.option(
    "--column",
    type=options.Column("ledger"),
    default="points",
    show_default=True,
    metavar="COLUMN",
    help="The ledger's column of points.",
)
@options.detail
def command(
    events: options.Events,
    full: Fraction | None,
    items: str | None,
    floor: Fraction,
    placing: dict[str, Any],
    **given: Any,
) -> options.Apply:
    """What is left is max(floor, full − Σ points of the unit's events).

    With --items each item has its own full marks and floor, and the column is their sum. --detail adds
    NAME_events, NAME_points (both of the events that count) and NAME_absorbed (what the floor swallowed).

    --once task counts a task once however often it is told of; a task that comes back is one for each due date,
    --once task,due, as deadlines --late gives it. A blank in the first column is an error, in the others a value.
    """
    _check(full, items, floor)

    def apply(board: pl.DataFrame, files: Files) -> pl.DataFrame:
        table = files.open(items) if items else None
        return deduct(board, events.open(files), full=full, items=table, floor=floor, **given, **placing)

    return apply
