"""assign: spread a board of indicators over those who are responsible for them.

Serves Xiangyin 2016, whose annex gives each of 25 indicators one to seven responsible units, some of them groups such
as all townships: a unit answers for the place that the county has in its indicators.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

import click

from fupin import boards, conditions, options, tables
from fupin.chain import Files
from fupin.checks import Check, check, faults, require_columns
from fupin.conditions import Sql
from fupin.deferred import pl
from fupin.errors import NAMED, DataError, Fault, Misuse, counted, one_line, some
from fupin.rules import read_rules
from fupin.tables import Source, Table

_CLASH = "--to has the responsible ones in this column, so indicators cannot be found by it; rename it, or give --on"


def assign(
    board: pl.DataFrame,
    to: Table,
    *,
    on: Sequence[str] | None = None,
    groups: Table | None = None,
    where: Sql | None = None,
    strays: Literal["error", "ignore"] = "error",
    key: Sequence[str] | None = None,
) -> pl.DataFrame:
    """The ledger of who answers for what, contract §6.

    Args:
        board: one row per indicator, texts.
        to: who is responsible: the board's key, unit, perhaps role and share, which stay as they are.
        on: the columns that both have, by which the responsible ones of an indicator are found; the board's key if
            left out.
        groups: names that stand for several units, in place of which each of these gets a row: group, unit.
        where: which rows of the board count; it acts first, and the keys of those that it leaves out may repeat.
        strays: what becomes of rows of `to` whose key is not on the board, `error` or `ignore`.
        key: the board's key columns.

    Returns:
        unit, item (the key; cells of several columns are joined by commas), role and share if given, then the board's
        other columns. Rows in the order of the board, then of `to`, then of `groups`. A unit that an indicator has by
        itself and by a group has its own row only; one that it has by several groups, that of the first.

    Raises:
        DataError: a table is at fault, a row of `to` is not on the board, or a column would be there twice.
    """
    keys = boards.key_of(board, key)
    found_by = list(on or keys)
    require_columns(found_by, board.columns)
    source = tables.table(to, "to")
    given = [column for column in ("role", "share") if column in source.columns and column not in found_by]
    others = [column for column in board.columns if column not in keys]
    twice = [Fault(_CLASH, "unit")] if "unit" in found_by else []
    twice += [Fault("the ledger has this column too; rename it", c) for c in others if c in ("unit", "item", *given)]
    if twice:
        raise DataError(twice)
    rows = _chosen(board, keys, where)
    responsible = _responsible(source, found_by, given, board, strays)
    if groups is not None:
        responsible = _opened(responsible, found_by, tables.table(groups, "groups"))
    _tell_left_out(rows.join(responsible, on=found_by, how="anti", maintain_order="left"), keys)
    items = rows.with_columns(boards.units(rows, keys).alias("\0item"))
    both = items.join(responsible, on=found_by, how="inner", maintain_order="left_right")
    return both.select(
        pl.col("\0unit").alias("unit"), pl.col("\0item").alias("item"), *(pl.col(f"\0{c}").alias(c) for c in given),
        *others,
    )  # fmt: skip


def _chosen(board: pl.DataFrame, keys: Sequence[str], where: Sql | None) -> pl.DataFrame:
    """The rows of the board that count.

    Raises:
        DataError: the condition is unknown for one, or their keys are not unique.
    """
    places = pl.int_range(board.height, eager=True)
    try:
        if where is not None:
            condition = conditions.parse(where, "where")
            condition.require(board.columns)
            check(board, condition.checks())
            places = board.with_row_index("\0row").filter(condition.truth)["\0row"]
        boards.check_keys(board[places], keys)
    except DataError as error:
        raise boards.named(error.moved(places.to_list()), board, keys) from None
    return board[places]


def _responsible(
    source: Source, found_by: Sequence[str], given: Sequence[str], board: pl.DataFrame, strays: str
) -> pl.DataFrame:
    r"""Who is responsible: the columns that indicators are found by, `\0unit`, and those given, with `\0` before them.

    Raises:
        DataError: a row is at fault, or not on the board.
    """
    named = [*found_by, "unit"]
    rules = read_rules(source, named, amounts={}, unique=named, optional=given)
    known = board.select(found_by).unique(maintain_order=True)
    rules = rules.with_columns(boards.units(rules, found_by).alias("\0key")).join(
        known.with_columns(pl.lit(True).alias("\0known")), on=found_by, how="left", maintain_order="left"
    )
    stray = pl.col("\0known").is_null()
    if strays == "error":
        message = "'{value}' is not on the board"
        names = boards.units(known, found_by)
        listed, total = faults(rules, [Check(stray, message, ",".join(found_by), names, "\0key")])
        if total:
            raise DataError(source.located(listed), total)
    elif ignored := rules.filter(stray).height:
        options.log.warning(
            "ignored %s that %s not on the board", counted(ignored, "row"), "is" if ignored == 1 else "are"
        )
    own = [pl.col(column).alias(f"\0{column}") for column in ("unit", *given)]
    return rules.filter(~stray).select(*found_by, *own)


def _opened(responsible: pl.DataFrame, found_by: Sequence[str], source: Source) -> pl.DataFrame:
    """The units themselves where a name stands for several.

    Raises:
        DataError: a row of the groups is at fault.
    """
    nested = pl.col("unit").is_in(pl.col("group").implode()) & (pl.col("unit") != pl.col("group"))
    told = "'{value}' is a group itself; list its units in place of it"
    named = ["group", "unit"]
    groups = read_rules(source, named, amounts={}, unique=named, checks=[Check(nested, told, "unit")])
    groups = groups.select(pl.col("group").alias("\0unit"), pl.col("unit").alias("\0member"))
    each = responsible.join(groups, on="\0unit", how="left", maintain_order="left_right").with_row_index("\0at")
    own = pl.col("\0member").is_null()
    each = each.with_columns(pl.coalesce("\0member", "\0unit").alias("\0unit"), own.alias("\0own"))
    once = each.sort("\0own", descending=True, maintain_order=True).unique(
        [*found_by, "\0unit"], keep="first", maintain_order=True
    )
    return once.sort("\0at").drop("\0at", "\0member", "\0own")


def _tell_left_out(rows: pl.DataFrame, keys: Sequence[str]) -> None:
    """Tell for which indicators nobody answers."""
    if rows.height:
        named = some(boards.units(rows.head(NAMED), keys), rows.height)
        told = f"nobody answers for {counted(rows.height, 'row')} of the board, left out: {named}"
        options.log.info("%s", one_line(told))


EXAMPLES = r"""
$ fupin assign items.csv --to responsible.csv --where 'full <= 1'
unit,item,full
镇扶贫办,扶贫日,0.5
镇扶贫办,社会扶贫,1
省扶贫办,社扶网注册,0.5
县交通运输局,道路饮水,1
县水利局,道路饮水,1
镇宣传办,宣传氛围,1
镇文广站,文化扶志,1
"""


@options.verb("assign", examples=EXAMPLES, keyed=False)
@click.option(
    "--to",
    type=options.File(),
    required=True,
    metavar="FILE",
    help="Who is responsible: the board's key, unit, perhaps role and share.",
)
@click.option(
    "--on", type=options.Names(), metavar="COLUMN", help="The column that both have, if it is not the board's key."
)
@click.option("--groups", type=options.File(), metavar="FILE", help="Names that stand for several units: group, unit.")
@click.option("--where", type=options.Sql(), metavar="SQL", help="Use only these rows of the board.")
@options.strays
def command(to: str, groups: str | None, **given: Any) -> options.Apply:
    """The result is a ledger, for --events of a verb whose board has the responsible units.

    It has unit, item (the board's key), role and share if --to has them, and the board's other columns; a row for
    each indicator and unit. Roles and shares stay as they are: each unit of a group gets that of the group. A unit
    that is named for an indicator, and in a group too, counts once, with its own role and share. An indicator nobody
    answers for is left out, and counted under -v. --where acts first: rows that it leaves out are not looked at.
    """
    if "unit" in (given["on"] or given["key"] or ()):
        raise Misuse(f"{'--on' if given['on'] else '-k'} unit: {_CLASH}")

    def apply(board: pl.DataFrame, files: Files) -> pl.DataFrame:
        return assign(board, files.open(to), groups=files.open(groups) if groups else None, **given)

    return apply
