"""diff: what changed between two published boards, unit by unit.

Serves whoever publishes week after week, or corrects a ranking: which places and scores moved, which columns moved
them, and which rows of the ledgers stand behind it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import click

from fupin import boards, chain, numbers, options, tables
from fupin.chain import Chain, Files, Stage
from fupin.checks import check, number_check, require_columns
from fupin.commands.run import parsed
from fupin.deferred import pl
from fupin.errors import DataError, Misuse, one_line
from fupin.explaining import Scene
from fupin.tables import Source, Table
from fupin.tape import Row

_SCORE = "total"
_COLUMNS = ["old_rank", "new_rank", "change", "old_score", "new_score", "difference", "moved", "events"]


def diff(
    old: Table,
    new: Table,
    by: str = _SCORE,
    *,
    rank: str = "rank",
    columns: Sequence[str] = (),
    key: Sequence[str] | None = None,
) -> pl.DataFrame:
    """Compare two published boards, contract §10.

    Args:
        old: the earlier board, one row per unit, texts.
        new: the later board.
        by: the column of scores, in points.
        rank: the column of places.
        columns: the columns that may have moved them; all that both boards have if left out.
        key: the key columns of both.

    Returns:
        a row for each unit, in the order of the later board and then those that are gone: the key; `old_rank`,
        `new_rank` and `change` (places gained); `old_score`, `new_score` and `difference`, in points; and `moved`:
        the columns with other cells, the largest differences of numbers first, or `new` or `gone`.

    Raises:
        DataError: a key is blank or there twice, a place or score is no number, or a column is missing.
    """
    sources = [tables.table(old, "old"), tables.table(new, "new")]
    keys = list(key or sources[1].columns[:1])
    boards.check_apart(keys, _COLUMNS)
    for source in sources:
        require_columns([*keys, rank, by, *columns], source.columns, source.name)
    shared = [c for c in sources[1].columns if c in sources[0].columns and c not in (*keys, rank, by)]
    before, after = (_side(source, keys, rank, by, list(columns) or shared) for source in sources)
    both = after.join(before, on=keys, how="full", coalesce=True, suffix=" old", maintain_order="left_right")
    both = both.with_row_index("\0row")
    figures = {
        "old_rank": pl.col("\0rank old"),
        "new_rank": pl.col("\0rank"),
        "change": pl.col("\0rank old") - pl.col("\0rank"),
        "old_score": pl.col("\0score old"),
        "new_score": pl.col("\0score"),
        "difference": pl.col("\0score") - pl.col("\0score old"),
    }
    told = both.select(*keys, *(numbers.text(value).alias(name) for name, value in figures.items()))
    return told.with_columns(_moved(both, list(columns) or shared))


def _side(source: Source, keys: Sequence[str], rank: str, score: str, columns: Sequence[str]) -> pl.DataFrame:
    """One of the boards: its keys, place and score in quanta, and the columns that are looked at.

    Raises:
        DataError: a key is blank or there twice, or a place or score is no number.
    """
    board = source.read()
    try:
        boards.check_keys(board, keys)
        check(board, [number_check(rank, blank=True), number_check(score, blank=True, not_assessed=True)])
    except DataError as error:
        raise boards.placed(error, board, keys, source) from None
    cells = [pl.col(column).alias(f"\0{i}") for i, column in enumerate(columns)]
    return board.select(
        *keys, numbers.read(rank).alias("\0rank"), numbers.read(score).alias("\0score"), *cells,
        pl.lit(True).alias("\0there"),
    )  # fmt: skip


def _moved(both: pl.DataFrame, columns: Sequence[str]) -> pl.Series:
    """The columns that are not the same, with their differences."""
    parts = [
        both.filter("\0there", "\0there old").select(
            "\0row", pl.lit(column).alias("column"), new=f"\0{i}", old=f"\0{i} old"
        )
        for i, column in enumerate(columns)
    ]  # fmt: skip
    empty = pl.DataFrame(schema={"\0row": pl.UInt32, "column": pl.String, "new": pl.String, "old": pl.String})
    cells = pl.concat([empty, *parts]).filter(pl.col("new").ne_missing(pl.col("old")))
    gap = numbers.read("new") - numbers.read("old")
    numeric = numbers.is_number("new") & numbers.is_number("old")
    cells = cells.with_columns(gap=pl.when(numeric).then(gap)).filter(pl.col("gap").ne_missing(0))
    signed = pl.concat_str(
        pl.when(pl.col("gap") > 0).then(pl.lit("+")).otherwise(pl.lit("")), numbers.text(pl.col("gap"))
    )
    texts = pl.format("{} → {}", pl.col("old").fill_null("(blank)"), pl.col("new").fill_null("(blank)"))
    told = pl.concat_str("column", pl.lit(" "), pl.when(pl.col("gap").is_null()).then(texts).otherwise(signed))
    cells = cells.select("\0row", told.alias("told"), size=pl.col("gap").abs())
    cells = cells.sort("\0row", "size", descending=[False, True], nulls_last=True, maintain_order=True)
    joined = cells.group_by("\0row").agg(pl.col("told").str.join("; "))
    rows = both.select("\0row", "\0there", "\0there old").join(joined, on="\0row", how="left", maintain_order="left")
    only = pl.when(pl.col("\0there").is_null()).then(pl.lit("gone")).when(pl.col("\0there old").is_null())
    return rows.select(only.then(pl.lit("new")).otherwise("told").alias("moved")).to_series()


EXAMPLES = r"""
$ fupin diff --by field <(fupin rank villages.csv --by field) \
    <(sed s/88.5/91.5/ villages.csv | fupin rank --by field) \
    then keep --where 'change <> 0'
village,old_rank,new_rank,change,old_score,new_score,difference,moved
青塘村,10,6,4,88.5,91.5,3,
东湾嘴村,7,8,-1,90.2,90.2,0,
渡口社区,8,9,-1,89.5,89.5,0,
古井冲村,9,10,-1,89,89,0,
"""


@options.command("diff", EXAMPLES)
@click.argument("old", type=options.File(), help="The earlier board.")
@click.argument("new", type=options.File(), help="The later board.")
@options.output
@click.option("-k", "--key", type=options.Names(), metavar="NAME", help="The key.  [default: the first column of NEW]")
@click.option(
    "--by",
    type=options.Column("new"),
    default=_SCORE,
    show_default=True,
    metavar="COLUMN",
    help="The column of scores.",
)
@click.option(
    "--rank", type=options.Column("new"), default="rank", show_default=True, metavar="COLUMN", help="That of places."
)
@options.names("--columns", told="Look only at these for what moved.")
@click.option(
    "--recipes", nargs=2, type=options.File(), metavar="OLD NEW", help="What made the boards: adds a column events."
)
@click.option("--set", "given", multiple=True, metavar="NAME=VALUE", help="Fill {NAME} in the recipes.")
@options.verbose
@options.quiet
def command(
    old: str,
    new: str,
    output: str | None,
    recipes: tuple[str, str] | None,
    given: tuple[str, ...],
    verbose: bool,
    quiet: bool,
    **told: Any,
) -> Stage:
    """A row for each unit: places, scores, how they changed, and in moved the columns that are not the same.

    With --recipes both are run, and events tells the rows of their ledgers that only one of them has: + for what the
    later one has, - for what it has no more.
    """
    context = click.get_current_context()
    if given and not recipes:
        raise Misuse("--set goes with --recipes")
    chains = [parsed(context, recipe, given) for recipe in recipes or ()]
    if any(chain.stages[0].dashes for one in chains for chain in one):
        raise Misuse("--recipes: a recipe reads standard input; name its files in it")
    keys = told["key"]

    def apply(_: pl.DataFrame, files: Files) -> pl.DataFrame:
        found = diff(files.open(old), files.open(new), **told)
        if not chains:
            return found
        units = boards.units(found, list(keys or found.columns[:1]))
        before, after = (_behind(one) for one in chains)
        events = [_events(before, after, unit) for unit in units]
        return found.with_columns(pl.Series("events", events, dtype=pl.String))

    words = ("diff", *context.meta["words"])
    return Stage("diff", apply, None, [old, new], output, verbose=verbose, words=words, quiet=quiet)


Behind = dict[str, dict[tuple[str, ...], list[Row]]]
"""The rows of ledgers, by the unit, and by the verb and the cells."""


def _behind(chains: Sequence[Chain]) -> Behind:
    """The rows of all ledgers of a recipe."""
    found: Behind = {}

    def watch(_: Chain, stage: Stage, files: Files, board: pl.DataFrame, result: object) -> None:
        if stage.ledgers and isinstance(result, pl.DataFrame):
            scene = Scene(stage, files, board, result)
            for unit, row in scene.rows(scene.units.to_list()):
                same = (stage.verb, *(f"{column} {cell}" for column, cell in row.cells.items()))
                found.setdefault(unit, {}).setdefault(same, []).append(row)

    chain.look(chains, watch)
    return found


def _events(before: Behind, after: Behind, unit: str) -> str | None:
    """The rows that only one of two recipes has of a unit."""
    old, new = before.get(unit, {}), after.get(unit, {})
    come = [f"+ {row}" for same, rows in new.items() for row in rows[len(old.get(same, [])) :]]
    gone = [f"- {row}" for same, rows in old.items() for row in rows[len(new.get(same, [])) :]]
    return one_line("; ".join([*come, *gone])) or None
