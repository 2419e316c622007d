"""keep: keep the rows for which a condition holds."""

from __future__ import annotations

from typing import Any

import click

from fupin import conditions, options
from fupin.chain import Files
from fupin.checks import check
from fupin.conditions import Condition, Sql
from fupin.deferred import pl


def keep(board: pl.DataFrame, where: Sql) -> pl.DataFrame:
    """Keep the rows for which a condition holds, in their order.

    Args:
        board: a table of texts.
        where: the condition.

    Returns:
        the rows that it holds for.

    Raises:
        DataError: it is unknown for a row because a cell is missing, or a cell is not a number.
    """
    condition = conditions.parse(where, "where")
    condition.require(board.columns)
    check(board, condition.checks())
    return board.filter(condition.truth)


EXAMPLES = """
$ fupin keep expected.csv --where "total >= 90 AND vetoed = 'false'"
"""


@options.verb("keep", examples=EXAMPLES)
@click.option("--where", type=options.Sql(), required=True, metavar="SQL", help="The condition.")
def command(where: Condition, **given: Any) -> options.Apply:
    """A condition that is unknown for a row, because a cell is missing, is an error."""

    def apply(board: pl.DataFrame, files: Files) -> pl.DataFrame:
        return keep(board, where)

    return apply
