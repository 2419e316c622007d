"""rank: give places by a column, best first.

Serves the rankings of all documents; within kinds of unit (Beijinggang 2019, annex 2) or per indicator
(Xiangyin 2016); vetoed units have no place.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal, Unpack

import click

from fupin import boards, close_calls, numbers, options, tables
from fupin.boards import Placing
from fupin.chain import Files
from fupin.checks import Check, check, number_check, require_columns
from fupin.deferred import pl
from fupin.errors import NAMED, Misuse, counted, some
from fupin.numbers import Number
from fupin.rules import read_rules
from fupin.tables import Source, Table

Ties = Literal["competition", "dense", "ordinal", "error"]
_GAINED = ("previous_rank", "change")


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
    near: Number | None = None,
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
        near: neighbours whose deciding figures differ by less are told; 0.00001 if left out, 0 for none.
        key: the board's key columns.
        placing: see `boards.append`.

    Returns:
        the board with its new columns, sorted by place, groups in board order, unranked units last in theirs.

    Raises:
        DataError: a unit has no value, or a tie is an error.
    """
    breaks = [(one, False) if isinstance(one, str) else one for one in tie_break]
    columns = [by, *(column for column, _ in breaks)]
    closest = close_calls.distance(near)
    require_columns(columns, board.columns)
    keys = boards.key_of(board, key)
    out = boards.vetoed(board, ignore=ignore_veto)
    facts = pl.DataFrame({"group": boards.groups(board, within), "out": out})
    earlier = None if previous is None else _earlier(tables.table(previous, "previous"), board, keys, name)

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
        close_calls.tell(_close(values, mine, columns, list(order)[2:], keys, closest), closest)
        placed = _places(values, list(order), ties)
        if ties == "error":
            names = boards.units(mine, keys)
            _no_ties(mine, placed, names)
        places = mine.select("\0at").join(placed, on="\0at", how="left", maintain_order="left")
        ranks = places.select(pl.col("place").cast(pl.String).alias(name))
        return ranks if earlier is None else ranks.hstack(_gained(rows.select(keys).hstack(ranks), earlier, keys, name))

    result = boards.append(board, [name, *(_GAINED if earlier is not None else [])], compute, **placing)
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


def _close(
    values: pl.DataFrame,
    mine: pl.DataFrame,
    columns: Sequence[str],
    held: Sequence[str],
    keys: Sequence[str],
    near: int,
) -> list[pl.DataFrame]:
    r"""The neighbours in the ranking between whom a column decides by less than a distance.

    Args:
        values: sorted units: `\0at`, `\0group`, `\0out`, and the numbers that decide.
        mine: the units by `\0at`, with their cells.
        columns: the columns that decide, the first one first.
        held: where their numbers are in `values`.
        keys: the key columns.
        near: the distance, in quanta.
    """
    equal = pl.all_horizontal(pl.col(name) == pl.col(name).shift(1) for name in ("\0group", "\0out"))
    found = []
    for column, name in zip(columns, held, strict=True) if near else ():
        number, before = pl.col(name), pl.col(name).shift(1)
        close = equal & close_calls.is_close(number, before, near)
        found.append(close_calls.neighbours(values, close, pl.int_range(pl.len()), mine, keys, column))
        equal = equal & (number == before)
    return found


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


def compared(board: pl.DataFrame, previous: Source, keys: list[str], name: str) -> pl.DataFrame:
    """Append the places of an earlier board, and how many were gained.

    Args:
        board: a board with places.
        previous: the earlier board, with the same key and column.
        keys: the key columns.
        name: the column of places.

    Returns:
        the board with `previous_rank` and `change`, blank for units that had no place.

    Raises:
        DataError: the earlier board lacks a column, or holds a unit twice.
    """
    earlier = _earlier(previous, board, keys, name)
    return boards.append(board, _GAINED, lambda rows: _gained(rows, earlier, keys, name))


def _earlier(previous: Source, board: pl.DataFrame, keys: list[str], name: str) -> pl.DataFrame:
    r"""The units of an earlier board with their places, `\0before`.

    Raises:
        DataError: it lacks a column, or holds a unit twice.
    """
    earlier = read_rules(previous, [*keys, name], amounts={name: True}, unique=keys)
    gone = boards.units(earlier.join(board, on=keys, how="anti", maintain_order="left"), keys)
    if gone.len():
        told = some(gone.head(NAMED), gone.len())
        options.log.info("%s of %s not on the board: %s", counted(gone.len(), "unit"), previous.name, told)
    return earlier.select(*keys, pl.col(name).alias("\0before"))


def _gained(rows: pl.DataFrame, earlier: pl.DataFrame, keys: Sequence[str], name: str) -> pl.DataFrame:
    """The earlier places of units that have places, and how many they gained."""
    both = rows.join(earlier, on=keys, how="left", maintain_order="left")
    gained = pl.col("\0before") - numbers.read(name)
    return both.select(previous_rank=numbers.text(pl.col("\0before")), change=numbers.text(gained))


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
@options.near
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
