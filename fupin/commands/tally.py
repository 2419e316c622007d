"""tally: one figure per unit from a ledger: a count, a sum, a mean, an extreme.

Serves means of ratings (Longnan: city leaders, heads of counties), of monthly contests (Xinfeng 2020), and counts
of visits (Beijinggang 2019, measure 3).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Literal, Unpack

import click

from fupin import boards, ledger, numbers, options
from fupin.boards import Placing
from fupin.chain import Files
from fupin.checks import Check, check, number_check
from fupin.deferred import pl
from fupin.errors import Misuse, counted
from fupin.ledger import Events, Units, reduce
from fupin.numbers import Count, Places
from fupin.partials import Aggregate

Figure = Literal["count", "distinct", "sum", "mean", "min", "max"]


def tally(
    board: pl.DataFrame,
    events: Events,
    name: str,
    figure: Figure,
    column: str | None = None,
    *,
    trim: Count = 0,
    expect: Count | None = None,
    places: Places | None = None,
    key: Sequence[str] | None = None,
    **placing: Unpack[Placing],
) -> pl.DataFrame:
    """Append one figure per unit from a ledger, contract §6.

    Args:
        board: one row per unit, texts.
        events: the ledger.
        name: the new column.
        figure: what is made of a unit's rows.
        column: the ledger's column that it is made of; none for `count`.
        trim: so many highest and lowest rows of each unit are left out of a mean.
        expect: each unit must have exactly so many rows.
        places: decimals to round to; a mean is rounded to 6 if left out.
        key: the board's key columns.
        placing: see `boards.append`.

    Returns:
        the board with the column: 0 for units without rows for count, distinct and sum, else missing.

    Raises:
        DataError: a cell is not a number, a unit has too few rows, or a stray row is found.
    """
    keys = boards.key_of(board, key)
    if (figure == "count") == bool(column):
        raise Misuse(f"{figure} {'needs a' if figure != 'count' else 'takes no'} column")
    wanted = [column] if column else []
    rows = ledger.events(events)
    rows.require(wanted)
    figures = {"\0rows": Aggregate("count")}
    checks = []
    if column and figure != "distinct":
        value = numbers.read(column)
        checks = [number_check(column)]
        kind: Literal["sum", "min", "max"] = "sum" if figure in ("sum", "mean") else figure  # type: ignore[assignment]
        figures["\0value"] = Aggregate(kind, value, column=column)
        if trim:
            figures |= {"\0top": Aggregate("top", value, trim), "\0bottom": Aggregate("bottom", value, trim)}
    found = reduce(rows, Units(board, keys), keys, figures, by=wanted if figure == "distinct" else [], checks=checks)
    if figure == "distinct":
        found = found.group_by("\0row").agg(pl.col("\0rows").sum(), pl.col(column or "").count().alias("\0value"))

    def compute(rows: pl.DataFrame) -> pl.DataFrame:
        mine = rows.select("\0row").join(found, on="\0row", how="left", maintain_order="left")
        mine = mine.with_columns(pl.col("\0rows").fill_null(0))
        check(mine, _enough(expect, trim))
        if figure in ("count", "distinct"):
            value = mine["\0rows"] if figure == "count" else mine["\0value"].fill_null(0)
            return value.cast(pl.String).alias(name).to_frame()
        if figure == "sum":
            mine = mine.with_columns(pl.col("\0value").fill_null(0))
        return boards.printed(_rounded(mine, figure == "mean", trim, places).select(pl.col("\0value").alias(name)))

    return boards.append(board, [name], compute, **placing)


def _enough(expect: int | None, trim: int) -> list[Check]:
    """How many rows a unit needs."""
    checks = []

    def found(where: str) -> Callable[[str | None], str]:
        return lambda rows: f"{counted(int(rows or 0), 'row')} in the ledger, where {where}"

    count = pl.col("\0rows")
    if expect is not None:
        checks.append(Check(count != expect, found(f"{expect} are expected"), shown="\0rows"))
    if trim:
        checks.append(Check(count < 2 * trim + 1, found(f"--trim {trim} needs {2 * trim + 1}"), shown="\0rows"))
    return checks


def _rounded(mine: pl.DataFrame, mean: bool, trim: int, places: int | None) -> pl.DataFrame:
    """The value, divided if it is a mean, rounded if it is to be."""
    value, count = pl.col("\0value"), pl.lit(1, dtype=pl.Int128)
    if mean:
        count = (pl.col("\0rows") - 2 * trim).cast(pl.Int128)
        places = numbers.divided_to(places)
        if trim:
            value = value - pl.col("\0top").list.sum() - pl.col("\0bottom").list.sum()
    if places is None:
        return mine
    quotient = mine.select(quotient=value // count, rest=value % count, divisor=count)
    value = numbers.rounded(pl.col("quotient"), pl.col("rest"), pl.col("divisor"), places)
    return quotient.select(value.alias("\0value"))


EXAMPLES = r"""
$ fupin tally villages.csv --events routine.csv --count --as events \
    then tally --events routine.csv --mean points --round 2 --as mean |
    head -3
village,kind,field,events,mean
青塘村,非贫困村,88.5,4,1.13
莲台村,贫困村,93.5,1,0.5
"""


@options.verb("tally", examples=EXAMPLES)
@options.events()
@click.option("--count", is_flag=True, help="The number of rows.")
@click.option(
    "--distinct",
    type=options.Column("ledger"),
    metavar="COLUMN",
    help="The number of different values; blank ones do not count.",
)
@click.option("--sum", "sum_", type=options.Column("ledger"), metavar="COLUMN", help="The sum.")
@click.option(
    "--mean", type=options.Column("ledger"), metavar="COLUMN", help="The mean, rounded to 6 decimals or to --round."
)
@click.option("--min", "min_", type=options.Column("ledger"), metavar="COLUMN", help="The lowest value.")
@click.option("--max", "max_", type=options.Column("ledger"), metavar="COLUMN", help="The highest value.")
@options.column()
@click.option(
    "--trim",
    type=options.count,
    default=0,
    metavar="N",
    help="Leave the N highest and N lowest out of the mean.",
)
@click.option("--expect", type=options.count, metavar="N", help="Each unit must have exactly N rows.")
@options.places
def command(
    events: options.Events, count: bool, distinct: str | None, sum_: str | None, mean: str | None, min_: str | None,
    max_: str | None, trim: int, placing: dict[str, Any], **given: Any,
) -> options.Apply:  # fmt: skip
    """A unit without rows gets 0 for --count, --distinct and --sum, and a missing cell for the others."""
    columns = {"distinct": distinct, "sum": sum_, "mean": mean, "min": min_, "max": max_}
    asked: list[tuple[Any, str | None]] = [(figure, column) for figure, column in columns.items() if column]
    asked += [("count", None)] if count else []
    if len(asked) != 1:
        raise Misuse("give one of --count, --distinct, --sum, --mean, --min and --max")
    if trim and not mean:
        raise Misuse("--trim goes with --mean")

    def apply(board: pl.DataFrame, files: Files) -> pl.DataFrame:
        return tally(board, events.open(files), figure=asked[0][0], column=asked[0][1], trim=trim, **given, **placing)

    return apply
