"""lookup: add columns of another table to the board.

A county's results reach its cadres this way (Longnan: 75% of a cadre's composite are the county's).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Unpack

import click

from fupin import boards, options, tables
from fupin.boards import Placing
from fupin.chain import Files
from fupin.checks import Check, check, require_columns
from fupin.deferred import pl
from fupin.errors import Misuse
from fupin.rules import read_rules
from fupin.tables import Table


def lookup(
    board: pl.DataFrame,
    table: Table,
    take: Sequence[str | tuple[str, str]],
    *,
    on: Sequence[str] | None = None,
    optional: bool = False,
    key: Sequence[str] | None = None,
    **placing: Unpack[Placing],
) -> pl.DataFrame:
    """Append columns of another table, contract §6.

    Args:
        board: one row per unit, texts.
        table: the other table, one row for each value of the columns it is found by.
        take: columns of the table, or pairs of a column and what it is called on the board.
        on: the columns that both have, by which a row is found; the board's key if left out.
        optional: a unit that is not found has missing cells, instead of being an error.
        key: the board's key columns.
        placing: see `boards.append`.

    Returns:
        the board with the columns.

    Raises:
        DataError: a value is there twice in the table, or is not found.
    """
    found_by = list(on or boards.key_of(board, key))
    require_columns(found_by, board.columns)
    taken = [(one, one) if isinstance(one, str) else one for one in take]
    columns = [column for column, _ in taken]
    source = tables.table(table)
    others = read_rules(
        source,
        [*found_by, *(c for c in columns if c not in found_by)],
        amounts={},
        unique=found_by,
        optional=[c for c in columns if c not in found_by],
    )
    others = others.with_columns(pl.lit(True).alias("\0found"))
    label = ",".join(found_by)

    def compute(rows: pl.DataFrame) -> pl.DataFrame:
        left = rows.select(pl.col(found_by)).with_columns(boards.units(rows, found_by).alias("\0wanted"))
        joined = left.join(others, on=found_by, how="left", maintain_order="left")
        if not optional:
            blank = pl.any_horizontal(pl.col(found_by).is_null())
            names = boards.units(others, found_by)
            missing = f"blank, where something is to be found in {source.name} (--optional leaves it missing)"
            lost = Check(~blank, f"'{{value}}' is not found in {source.name}", label, names, "\0wanted")
            check(joined, [rule.among(pl.col("\0found").is_null()) for rule in (Check(blank, missing, label), lost)])
        return joined.select(pl.col(column).alias(name) for column, name in taken)

    return boards.append(board, [name for _, name in taken], compute, apart=True, **placing)


def parse_take(text: str) -> list[tuple[str, str]]:
    """The columns of A,B=NAME."""
    found = []
    for word in text.split(","):
        column, equals, name = word.partition("=")
        if not column or (equals and not name):
            raise Misuse(f"--take: '{word}' is not COLUMN or COLUMN=NAME")
        found.append((column, name or column))
    names = [name for _, name in found]
    if len(set(names)) < len(names):
        twice = next(name for name in names if names.count(name) > 1)
        raise Misuse(f"--take: '{text}' makes two columns called '{twice}'")
    return found


EXAMPLES = r"""
$ fupin lookup villages.csv --from expected.csv --take total,rank=place |
    head -2
village,kind,field,total,place
青塘村,非贫困村,88.5,84.63,10
"""


@options.verb("lookup", examples=EXAMPLES)
@click.option("--from", "table", type=options.File(), required=True, metavar="FILE", help="The other table.")
@click.option("--on", type=options.Names(), metavar="COLUMN", help="The column that both have; the key if left out.")
@click.option(
    "--take",
    type=options.Column("table"),
    required=True,
    metavar="A,B=NAME",
    help="The columns to add, and what to call them.",
)
@click.option("--optional", is_flag=True, help="Leave the cells of units that are not found missing.")
@options.placing
def command(table: str, take: str, placing: dict[str, Any], **given: Any) -> options.Apply:
    """The other table has one row for each value that a unit is found by.

    A value that is found twice is an error, one that is not found too.
    """
    columns = parse_take(take)

    def apply(board: pl.DataFrame, files: Files) -> pl.DataFrame:
        return lookup(board, files.open(table), columns, **given, **placing)

    return apply
