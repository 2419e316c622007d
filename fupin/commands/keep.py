"""keep: keep the rows for which a condition holds.

Serves the last three that are named (Dongyuan 2020), and whatever else an office asks of its own results.
"""

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


EXAMPLES = r"""
$ fupin keep villages.csv --where "field >= 93 AND kind = '贫困村'"
village,kind,field
莲台村,贫困村,93.5
枫树岭村,贫困村,94.8
月形山村,贫困村,96.0
"""


@options.verb("keep", examples=EXAMPLES)
@click.option("--where", type=options.Sql(), required=True, metavar="SQL", help="The condition.")
def command(where: Condition, **given: Any) -> options.Apply:
    """A condition that is unknown for a row, because a cell is missing, is an error."""

    def apply(board: pl.DataFrame, files: Files) -> pl.DataFrame:
        return keep(board, where)

    return apply
