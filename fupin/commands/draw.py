"""draw: pick units for inspection by a published seed, so that anybody can check the draw.

Serves the households that are drawn in each village, for a contest and for visits (Xinfeng 2020).
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Any

import click

from fupin import boards, options
from fupin.chain import Files
from fupin.deferred import pl
from fupin.errors import NAMED, Misuse, counted, one_line, some
from fupin.numbers import Count
from fupin.tables import BATCH


def draw(
    board: pl.DataFrame,
    number: Count,
    seed: str,
    *,
    within: Sequence[str] = (),
    key: Sequence[str] | None = None,
) -> pl.DataFrame:
    """Keep units that are drawn by lot, contract §6.

    Args:
        board: one row per unit, texts.
        number: how many units are drawn, of each group if there are any; all where there are fewer.
        seed: a text that is published before the draw: the units with the smallest SHA-256 of it, followed by the
            key, are drawn. The cells of a key of several columns are joined by commas.
        within: the columns of groups; without any, all units are one.
        key: the board's key columns.

    Returns:
        the rows of the units drawn, in board order.

    Raises:
        DataError: a column is not there, or a unit has no group.
        Misuse: the seed is empty.
    """
    if not seed:
        raise Misuse("--seed: the seed is empty")
    keys = boards.key_of(board, key)
    boards.check_groups(board, within)
    facts = {"\0group": boards.groups(board, within), "\0digest": _digests(seed, boards.units(board, keys))}
    units = board.select(keys).with_row_index("\0row").hstack(pl.DataFrame(facts))
    lots = ["\0digest", *keys]  # ('a,b', 'c') and ('a', 'b,c') have one digest
    groups = units.group_by("\0group").agg(
        pl.col("\0row").bottom_k_by(lots, number), first=pl.col("\0row").min(), size=pl.len()
    )
    _tell_small(board, groups, number, within)
    return board[groups["\0row"].explode().drop_nulls().sort()]


def _digests(seed: str, names: pl.Series) -> pl.Series:
    """The SHA-256 of the seed followed by each name.

    Polars has hashes of its own only, which nobody else could check, and hashlib takes one text at a time: so this
    is a loop, at about a second for a million names.
    """
    before = seed.encode()
    parts = [pl.Series(dtype=pl.Binary)]
    for start in range(0, names.len(), BATCH):
        texts = names.slice(start, BATCH).cast(pl.Binary).to_list()
        parts.append(pl.Series([hashlib.sha256(before + text).digest() for text in texts], dtype=pl.Binary))
    return pl.concat(parts)


def _tell_small(board: pl.DataFrame, groups: pl.DataFrame, number: int, within: Sequence[str]) -> None:
    """Tell which groups are drawn as a whole because they have fewer units than are to be drawn."""
    small = groups.filter(pl.col("size") < number).sort("first")
    if within and small.height:
        named = boards.units(board[small["first"].head(NAMED)], within)
        each = [f"{name} ({size})" for name, size in zip(named, small["size"].head(NAMED), strict=True)]
        told = some(each, small.height)
        those = counted(small.height, "group")
        options.log.warning("%s", one_line(f"{those} of fewer than {number} units, drawn as a whole: {told}"))
    elif not within and board.height < number:
        options.log.warning("the board has %s, fewer than %d: all are drawn", counted(board.height, "unit"), number)


EXAMPLES = r"""
$ fupin draw villages.csv -n 1 --within kind --seed '03 09 17 22 28 31 05'
village,kind,field
望月坪村,贫困村,86.0
樟木桥村,非贫困村,88.0
渡口社区,社区,89.5
"""


@options.verb("draw", examples=EXAMPLES)
@click.option(
    "-n", "number", type=options.count, required=True, metavar="N", help="How many units are drawn, of each group."
)
@options.names("--within", told="Groups: the values of this column, or of these together.  [default: one group]")
@click.option("--seed", required=True, metavar="TEXT", help="The text that decides; publish it before the draw.")
def command(seed: str, **given: Any) -> options.Apply:
    """The units with the smallest SHA-256 of the seed followed by the key, in UTF-8, are drawn; rows keep their order.

    Whoever knows the seed can check the draw: printf %s SEED KEY | sha256sum prints the lot of a unit, and those that
    sort first are drawn. The cells of a key of several columns are joined by commas. Neither the order of rows nor
    the machine matters. Of a group that has fewer units all are drawn, which is told; a unit without a group is an
    error, and NA is a group like others.
    """
    if not seed:
        raise Misuse("--seed: the seed is empty")

    def apply(board: pl.DataFrame, files: Files) -> pl.DataFrame:
        return draw(board, seed=seed, **given)

    return apply
