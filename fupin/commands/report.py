"""report: a table for people: aligned, also with Chinese widths, under a title and above notes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import click

from fupin import numbers, options
from fupin.chain import Files
from fupin.checks import require_columns
from fupin.deferred import pl
from fupin.errors import Misuse


def report(
    board: pl.DataFrame,
    *,
    title: str | None = None,
    columns: Sequence[tuple[str, str]] = (),
    top: int | None = None,
    bottom: int | None = None,
    by: str | None = None,
    notes: Sequence[str] = (),
) -> str:
    """The board as an aligned text, contract §9.

    Args:
        board: a table of texts.
        title: a line above it.
        columns: the columns to show, and what to call them; all if left out.
        top: so many rows from the top of each section; all if both are left out.
        bottom: so many rows from the bottom of each section.
        by: a section for each value of this column.
        notes: lines below it.

    Returns:
        the text, its numbers as they are on the board.

    Raises:
        DataError: a column is missing.
    """
    require_columns([*(column for column, _ in columns), *([by] if by else [])], board.columns)
    shown = list(columns) or [(column, column) for column in board.columns]
    parts = [title] if title else []
    sections = board.partition_by(by, maintain_order=True) if by and board.height else [board]
    for section in sections:
        if by and section.height:
            parts.append(f"{by}: {section[by][0] or ''}")
        parts.append(_aligned(_cut(section, top, bottom), shown))
    return "\n\n".join([*parts, *notes]) + "\n"


def _cut(section: pl.DataFrame, top: int | None, bottom: int | None) -> pl.DataFrame:
    """The rows from the top and from the bottom, none of them twice."""
    if top is None and bottom is None:
        return section
    first = section.head(top or 0)
    return pl.concat([first, section.tail(min(bottom or 0, section.height - first.height))])


def _printable(column: str) -> pl.Expr:
    """A cell on one line, without what would steer a terminal."""
    return pl.col(column).fill_null("").str.replace_all(r"\s*[\r\n]+\s*", " ").str.replace_all(r"\p{Cc}", "")


def _aligned(section: pl.DataFrame, shown: Sequence[tuple[str, str]]) -> str:
    """An aligned table: numbers to the right, texts to the left."""
    import tabulate

    tabulate.WIDE_CHARS_MODE, tabulate.PRESERVE_WHITESPACE, tabulate.MIN_PADDING = True, True, 0
    cells = section.select(_printable(column).alias(str(i)) for i, (column, _) in enumerate(shown))
    numeric = section.select(
        (numbers.is_number(column).fill_null(True).all() & pl.col(column).is_not_null().any()).alias(str(i))
        for i, (column, _) in enumerate(shown)
    ).row(0)
    return tabulate.tabulate(
        cells.rows(),
        headers=[name for _, name in shown],
        tablefmt="simple",
        disable_numparse=True,
        colalign=["right" if number else "left" for number in numeric] if section.height else None,
    )


EXAMPLES = """
fupin report expected.csv --title 'Villages, 2019' --columns rank,village=村,total,reward --top 5
"""


@options.verb("report", examples=EXAMPLES, keyed=False, last=True)
@click.option("--title", metavar="TEXT", help="A line above the table.")
@click.option("--columns", metavar="A,B=NAME", help="The columns to show, and what to call them.")
@click.option("--top", type=click.IntRange(0), metavar="N", help="Only N rows from the top.")
@click.option("--bottom", type=click.IntRange(0), metavar="N", help="Only N rows from the bottom.")
@click.option("--by", metavar="COLUMN", help="A section for each value of this column.")
@click.option("--note", "notes", multiple=True, metavar="TEXT", help="A line below the table; may be repeated.")
def command(columns: str | None, key: Any, **given: Any) -> options.Apply:
    """An aligned table, right also with Chinese widths; its numbers are those of the CSV."""
    shown = [tuple(word.partition("=")[::2]) for word in columns.split(",")] if columns else []
    if not all(column for column, _ in shown):
        raise Misuse(f"--columns: '{columns}' names a column that is blank")

    def apply(board: pl.DataFrame, files: Files) -> str:
        return report(board, columns=[(column, name or column) for column, name in shown], **given)

    return apply
