"""bonus: add and subtract extras by a table of rules, held within caps.

Serves Beijinggang 2019, annex 1, items 16 to 21 (each item capped), and annex 2 (all extras within ±3).
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any, Unpack

import click

from fupin import boards, ledger, numbers, options, tables
from fupin.boards import Placing
from fupin.chain import Files
from fupin.checks import Check, count_check, number_check
from fupin.deferred import pl
from fupin.errors import SHOWN, DataError, Fault, Misuse, counted
from fupin.ledger import Events, Ledger, Units, reduce
from fupin.numbers import Number
from fupin.partials import Aggregate
from fupin.rules import read_rules
from fupin.tables import Source, Table

Bounds = tuple[Fraction, Fraction]


def bonus(
    board: pl.DataFrame,
    events: Events,
    rules: Table,
    name: str,
    *,
    within: tuple[Number, Number] | None = None,
    sides: tuple[Number, Number] | None = None,
    key: Sequence[str] | None = None,
    detail: bool = False,
    **placing: Unpack[Placing],
) -> pl.DataFrame:
    """Append the capped sum of extras, contract §6.

    Args:
        board: one row per unit, texts.
        events: item, perhaps level, and perhaps count (whole, 1 if there is no such column).
        rules: item, level, points for each event of that item and level, cap of the item (blank: none), in points.
        name: the new column, in points.
        within: bounds of the sum of all items (``--range``).
        sides: bounds of the sum of the subtractions and of that of the additions.
        key: the board's key columns.
        detail: add NAME_item for each item, and NAME_absorbed: the points of the events less NAME.
        placing: see `boards.append`.

    Returns:
        the board with its new columns.

    Raises:
        DataError: an event, a rule or a unit is at fault.
    """
    whole, each_side = _bounds(within, sides)
    source = tables.table(rules, "rules")
    table = _rules(source)
    items = table["item"].unique(maintain_order=True)
    if detail and "absorbed" in items:
        raise DataError(Fault(f"an item of that name leaves no {name}_absorbed for --detail", "item", source.name))
    keys = boards.key_of(board, key)
    extras = ledger.events(events)
    extras.require(["item", *(name for name in ("level", "count") if name in extras.columns)])
    found = _points(extras, Units(board, keys), keys, table)
    caps = table.unique("item", maintain_order=True).select("item", "cap")

    def compute(rows: pl.DataFrame) -> pl.DataFrame:
        cap = pl.col("cap").abs()
        held = pl.when(pl.col("points") > cap).then(cap).when(pl.col("points") < 0 - cap).then(0 - cap)
        per_item = found.join(caps, on="item").with_columns(held=held.otherwise(pl.col("points")))
        sums = per_item.group_by("\0row").agg(
            pl.col("points").sum().alias("raw"),
            pl.col("held").sum().alias("sum"),
            pl.col("held").filter(pl.col("held") > 0).sum().alias("plus"),
            pl.col("held").filter(pl.col("held") < 0).sum().alias("minus"),
        )
        mine = rows.select("\0row").join(sums, on="\0row", how="left", maintain_order="left")
        mine = mine.with_columns(pl.col("raw", "sum", "plus", "minus").fill_null(0))
        value = pl.col("sum")
        if each_side:
            low, high = (numbers.whole(numbers.quanta(bound)) for bound in each_side)
            value = pl.max_horizontal(pl.col("minus"), low) + pl.min_horizontal(pl.col("plus"), high)
        if whole:
            low, high = (numbers.whole(numbers.quanta(bound)) for bound in whole)
            value = pl.min_horizontal(pl.max_horizontal(value, low), high)
        figures = mine.select("\0row", value.alias(name))
        for item in items if detail else []:
            part = per_item.filter(pl.col("item") == item).select("\0row", pl.col("held").alias(f"{name}_{item}"))
            figures = figures.join(part, on="\0row", how="left", maintain_order="left")
        figures = figures.with_columns((mine["raw"] - figures[name]).alias(f"{name}_absorbed"))
        options.log.info("%s at a cap or bound", counted(int((figures[f"{name}_absorbed"] != 0).sum()), "unit"))
        return boards.printed(figures.drop("\0row").with_columns(pl.all().fill_null(0)))

    names = [name, *(f"{name}_{item}" for item in items), f"{name}_absorbed"] if detail else [name]
    return boards.append(board, names, compute, **placing)


def _bounds(
    within: tuple[Number, Number] | None, sides: tuple[Number, Number] | None
) -> tuple[Bounds | None, Bounds | None]:
    """Both pairs of bounds.

    Raises:
        Misuse: both are given, one is turned round, or the sides overlap.
    """
    if sides and within:
        raise Misuse("give either --range or --sides")
    if not (both := within or sides):
        return None, None
    low, high = numbers.bounds(both, "bounds")
    if sides and not low <= 0 <= high:
        raise Misuse("--sides: LO is 0 or less, and HI is 0 or more")
    return (None, (low, high)) if sides else ((low, high), None)


def _rules(source: Source) -> pl.DataFrame:
    """The rules: item, level, points, cap."""
    cap = numbers.read("cap")
    several = (cap.fill_null(-1).abs() != cap.fill_null(-1).abs().first().over("item")) | (
        cap.is_null() != cap.is_null().first().over("item")
    )
    return read_rules(
        source,
        ["item", "points"],
        optional=["level", "cap"],
        amounts={"points": False, "cap": True},
        unique=["item", "level"],
        checks=[Check(several, "the item has another cap in a row above; write the same in each of its rows", "cap")],
    )


def _points(events: Ledger, units: Units, keys: Sequence[str], table: pl.DataFrame) -> pl.DataFrame:
    """Points of each unit and item before caps: `row`, `item`, `points`."""
    has_level, has_count = ("level" in events.columns), ("count" in events.columns)
    by = ["item", "level"] if has_level else ["item"]
    count, checks = Aggregate("count"), []
    if has_count:
        number = numbers.read("count")
        count = Aggregate("sum", number, column="count")
        checks = [number_check("count"), count_check("count")]
    known = table if has_level else table.filter(pl.col("level").is_null())
    listed = known["item"].unique(maintain_order=True)
    has_rule = pl.col("item").is_in(listed.implode())
    rules = [
        Check(pl.col("item").is_null(), "blank, where the item of an event is needed", "item"),
        Check(
            ~has_rule,
            "no rule for the item '{value}'" + ("" if has_level else " without a level"),
            "item",
            listed,
        ),
    ]
    if has_level:
        pair = pl.struct("item", "level")
        ruled = pair.is_in(known.select(pair).to_series().implode())
        levels = known["level"].drop_nulls().unique()
        unruled, blank = has_rule & ~ruled, pl.col("level").is_null()
        rules += [
            Check(unruled & ~blank, "no rule for the level '{value}' of this item", "level", levels),
            Check(unruled & blank, "no rule for a blank level of the item '{value}'", "level", shown="item"),
        ]
    found = reduce(events, units, keys, {"\0count": count}, by=by, checks=checks, group_checks=rules)
    times = pl.col("\0count") // numbers.ONE if has_count else pl.col("\0count").cast(pl.Int128)
    priced = found.join(known, on=by, how="left", nulls_equal=True).with_columns(times=times)
    most = 1000 * numbers.LIMIT * numbers.ONE  # so that sums over levels and items stay within 128 bits
    large = pl.col("points").abs() > numbers.whole(most) // pl.max_horizontal("times", numbers.whole(1))
    wrong = priced.filter(large)["\0row"]
    if wrong.len():
        message = "count × points makes a number of more than 18 digits before the point"
        raise DataError([Fault(message, unit=units.names[row]) for row in wrong.head(SHOWN)], wrong.len())
    sums = priced.lazy().group_by("\0row", "item").agg((pl.col("times") * pl.col("points")).sum().alias("points"))
    return sums.collect(engine="streaming")


EXAMPLES = r"""
$ fupin bonus villages.csv --events extras.csv --rules extras-rules.csv \
    --as extras then keep --where 'extras < 0'
village,kind,field,extras
柳林桥村,非贫困村,84.0,-0.5
石灰冲村,贫困村,79.5,-2
望月坪村,贫困村,86.0,-1
荷叶垸村,非贫困村,82.4,-1
双丰村,非贫困村,71.5,-3.5
永宁村,非贫困村,83.0,-3
梅子园村,非贫困村,80.5,-1
"""


@options.verb("bonus", examples=EXAMPLES)
@options.events()
@click.option(
    "--rules", type=options.File(), required=True, metavar="FILE", help="The rules: item, level, points, cap."
)
@options.column()
@click.option(
    "--range",
    "within",
    type=options.Range(),
    metavar="LO:HI",
    help="Hold the sum of all items within these bounds.",
)
@click.option(
    "--sides",
    type=options.Range(),
    metavar="LO:HI",
    help="Hold the subtractions above LO and the additions below HI, each by itself.",
)
@options.detail
def command(
    events: options.Events,
    rules: str,
    within: Bounds | None,
    sides: Bounds | None,
    placing: dict[str, Any],
    **given: Any,
) -> options.Apply:
    """Each item is held within ± its cap, the sum within --range or --sides.

    An event is item, level and perhaps count; each must have a rule. --detail adds a column for each item, and
    NAME_absorbed: the points of the events less NAME.
    """
    _bounds(within, sides)

    def apply(board: pl.DataFrame, files: Files) -> pl.DataFrame:
        return bonus(board, events.open(files), files.open(rules), within=within, sides=sides, **given, **placing)

    return apply
