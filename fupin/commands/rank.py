"""rank: give places by a column, best first.

Serves the rankings of all documents; within kinds of unit (Beijinggang 2019, annex 2) or per indicator
(Xiangyin 2016); vetoed units have no place.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal, Unpack

import click

from fupin import boards, numbers, options, tables
from fupin.boards import Placing
from fupin.chain import Files
from fupin.checks import Check, check, number_check, require_columns
from fupin.deferred import pl
from fupin.errors import Misuse, counted
from fupin.rules import read_rules
from fupin.tables import Source, Table

Ties = Literal["competition", "dense", "ordinal", "error"]


def rank(
    board: pl.DataFrame,
    by: str,
    name: str = "rank",
    *,
    within: str | None = None,
    ties: Ties = "competition",
    tie_break: Sequence[str | tuple[str, bool]] = (),
    lowest_first: bool = False,
    previous: Table | None = None,
    ignore_veto: bool = False,
    vetoed_last: bool = False,
    keep_order: bool = False,
    key: Sequence[str] | None = None,
    **placing: Unpack[Placing],
) -> pl.DataFrame:
    """Append places and sort by them, contract §6.

    Args:
        board: one row per unit, texts.
        by: the column of numbers that decides, the highest first.
        name: the new column.
        within: places are given within each value of this column.
        ties: units that stay equal share a place and the next ones are left free (competition), or not (dense);
            or the board's order decides (ordinal); or it is an error.
        tie_break: columns of numbers that decide between equal units, the highest first; or pairs of a column and
            whether the lowest is best.
        lowest_first: the lowest is best.
        previous: an earlier board with the same key and column, for `previous_rank` and `change` (places gained).
        ignore_veto: vetoed units are ranked like the others.
        vetoed_last: vetoed units are ranked after all others.
        keep_order: leave the rows in board order.
        key: the board's key columns.
        placing: see `boards.append`.

    Returns:
        the board with its new columns, sorted by place, groups in board order, unranked units last in theirs.

    Raises:
        DataError: a unit has no value, or a tie is an error.
    """
    breaks = [(one, False) if isinstance(one, str) else one for one in tie_break]
    columns = [by, *(column for column, _ in breaks)]
    require_columns(columns, board.columns)
    keys = boards.key_of(board, key)
    out = boards.vetoed(board, ignore=ignore_veto)
    facts = pl.DataFrame({"group": boards.groups(board, within), "out": out})

    def compute(rows: pl.DataFrame) -> pl.DataFrame:
        boards.check_groups(rows, within)
        mine = rows.with_columns(facts[rows["\0row"]].rename({"group": "\0group", "out": "\0out"})).with_row_index(
            "\0at"
        )
        ranked = pl.lit(True) if vetoed_last else ~pl.col("\0out")
        check(mine, [rule.among(ranked) for rule in map(number_check, columns)])
        order = {"\0group": False, "\0out": False, "\0by": not lowest_first}
        order |= {f"\0tie{i}": not lowest for i, (_, lowest) in enumerate(breaks)}
        values = mine.filter(ranked).select(
            "\0at", "\0group", "\0out", numbers.read(by).alias("\0by"),
            *(numbers.read(column).alias(f"\0tie{i}") for i, (column, _) in enumerate(breaks)),
        ).sort(list(order), descending=list(order.values()), maintain_order=True)  # fmt: skip
        placed = _places(values, list(order), ties)
        if ties == "error":
            names = boards.units(mine, keys)
            _no_ties(mine, placed, names)
        places = mine.select("\0at").join(placed, on="\0at", how="left", maintain_order="left")
        return places.select(pl.col("place").cast(pl.String).alias(name))

    result = boards.append(board, [name], compute, **placing)
    if previous is not None:
        result = compared(result, tables.table(previous, "previous"), keys, name, bool(placing.get("replace")))
    if keep_order:
        return result
    check(result, [number_check(name, blank=True)])
    order = result.select(facts["group"], place=numbers.read(name)).with_row_index("at")
    return result[order.sort("group", "place", "at", nulls_last=True)["at"]]


def _places(values: pl.DataFrame, order: Sequence[str], ties: Ties) -> pl.DataFrame:
    r"""Places of sorted units: `\0at`, `place`, and whether it is shared with the unit before (`tied`)."""
    first = pl.struct(order).rle_id() != pl.struct(order).rle_id().shift(1, fill_value=pl.lit(2**32 - 1, pl.UInt32))
    position = pl.int_range(1, pl.len() + 1).over("\0group")
    placed = values.select("\0at", "\0group", first=first, position=position)
    match ties:
        case "dense":
            place = pl.col("first").cast(pl.Int64).cum_sum().over("\0group")
        case "ordinal":
            place = pl.col("position")
        case _:
            place = pl.when("first").then("position").forward_fill().over("\0group")
    return placed.select("\0at", place=place, tied=~pl.col("first"))


def _no_ties(mine: pl.DataFrame, placed: pl.DataFrame, names: pl.Series) -> None:
    """Refuse ties.

    Raises:
        DataError: units share a place; they are named.
    """
    above = placed.select("\0at", "place", "tied", before=pl.col("\0at").shift(1)).filter("tied")
    both = names[above["\0at"]] + " shares place " + above["place"].cast(pl.String) + " with " + names[above["before"]]
    told = above.with_columns(both.alias("message"))
    shown = mine.select("\0at").join(told, on="\0at", how="left", maintain_order="left")
    check(
        shown,
        [Check(pl.col("message").is_not_null(), "{value} (--tie-break COLUMN may decide)", shown="message")],
    )


def compared(board: pl.DataFrame, previous: Source, keys: list[str], name: str, replace: bool = False) -> pl.DataFrame:
    """Append the places of an earlier board, and how many were gained.

    Args:
        board: a board with places.
        previous: the earlier board, with the same key and column.
        keys: the key columns.
        name: the column of places.
        replace: the new columns may be there already.

    Returns:
        the board with `previous_rank` and `change`, blank for units that had no place.

    Raises:
        DataError: the earlier board lacks a column, or holds a unit twice.
    """
    new = ["previous_rank", "change"]
    earlier = read_rules(previous, [*keys, name], amounts={name: True}, unique=keys)
    earlier = earlier.select(*keys, pl.col(name).alias("\0before"))
    gone = boards.units(earlier.join(board, on=keys, how="anti", maintain_order="left"), keys)
    if gone.len():
        options.log.info(
            "%s of %s not on the board: %s", counted(gone.len(), "unit"), previous.name, ", ".join(gone[:5])
        )

    def compute(rows: pl.DataFrame) -> pl.DataFrame:
        both = rows.join(earlier, on=keys, how="left", maintain_order="left")
        gained = pl.col("\0before") - numbers.read(name)
        return both.select(previous_rank=numbers.text(pl.col("\0before")), change=numbers.text(gained))

    return boards.append(board, new, compute, replace=replace)


def parse_breaks(text: str | None) -> list[tuple[str, bool]]:
    """The columns of COLUMN[:asc],…, and whether the lowest is best.

    Raises:
        Misuse: one is blank.
    """
    breaks = [(word.removesuffix(":asc"), word.endswith(":asc")) for word in text.split(",")] if text else []
    if not all(column for column, _ in breaks):
        raise Misuse(f"--tie-break: '{text}' names a column that is blank")
    return breaks


EXAMPLES = r"""
$ fupin rank villages.csv --by field --within kind then keep --where 'rank = 1'
village,kind,field,rank
新堤村,非贫困村,93.5,1
月形山村,贫困村,96.0,1
渡口社区,社区,89.5,1
"""


@options.verb("rank", examples=EXAMPLES)
@click.option(
    "--by", type=options.Column(), required=True, metavar="COLUMN", help="The column that decides, the highest first."
)
@options.within
@click.option(
    "--ties",
    type=click.Choice(["competition", "dense", "ordinal", "error"]),
    default="competition",
    show_default=True,
    help="The places of units that stay equal: 1 1 3, 1 1 2, 1 2 3, or an error.",
)
@click.option(
    "--tie-break",
    type=options.Column(),
    metavar="COLUMN[:asc],…",
    help="Columns that decide between equal units, the highest first or, with :asc, the lowest.",
)
@click.option("--lowest-first", is_flag=True, help="The lowest is best.")
@click.option(
    "--previous",
    type=options.File(),
    metavar="FILE",
    help="An earlier ranking: adds previous_rank and change (places gained).",
)
@options.column("rank")
@options.ignore_veto
@click.option("--vetoed", type=click.Choice(["last"]), help="Rank vetoed units after all others.")
@click.option("--keep-order", is_flag=True, help="Leave the rows in board order.")
def command(
    tie_break: str | None, previous: str | None, vetoed: str | None, placing: dict[str, Any], **given: Any
) -> options.Apply:  # fmt: skip
    """The highest is first. Vetoed units have no place and stand last. A missing value is an error."""
    if vetoed and given["ignore_veto"]:
        raise Misuse("give either --vetoed last or --ignore-veto")
    breaks = parse_breaks(tie_break)

    def apply(board: pl.DataFrame, files: Files) -> pl.DataFrame:
        earlier = files.open(previous) if previous else None
        return rank(board, tie_break=breaks, previous=earlier, vetoed_last=bool(vetoed), **given, **placing)

    return apply
