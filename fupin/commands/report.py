"""report: a table for people, under a title and above notes: on the terminal, as Markdown, or as a workbook.

Serves the published results that all documents ask for, and the notices on which an office posts them.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Literal, get_args

import click

from fupin import boards, options, pages
from fupin.chain import Files
from fupin.checks import require_columns
from fupin.deferred import pl
from fupin.errors import Misuse
from fupin.numbers import Count
from fupin.pages import Page, Section

Form = Literal["table", "markdown", "xlsx"]
_ENDINGS: dict[str, Form] = {".md": "markdown", ".markdown": "markdown", ".xlsx": "xlsx"}
_LATER = (".html", ".htm", ".xls", ".ods", ".pdf", ".csv", ".parquet")


def report(
    board: pl.DataFrame,
    form: Form = "table",
    *,
    title: str | None = None,
    columns: Sequence[str | tuple[str, str]] = (),
    top: Count | None = None,
    bottom: Count | None = None,
    by: str | None = None,
    notes: Sequence[str] = (),
    key: Sequence[str] | None = None,
) -> str | bytes:
    """The board for people, contract §9.

    Args:
        board: a table of texts.
        form: an aligned text, Markdown, or a workbook.
        title: a line above it.
        columns: the columns to show, or pairs of a column and what to call it; all if left out.
        top: so many rows from the top of each section; all if both are left out.
        bottom: so many rows from the bottom of each section.
        by: a section, or a sheet, for each value of this column.
        notes: lines below it.
        key: the columns that name a unit, which a workbook never takes for numbers; the first one if left out.

    Returns:
        the text, or the bytes of the workbook; its numbers are as they are on the board.

    Raises:
        DataError: a column is missing, or the table is too large for a workbook.
    """
    shown = [(one, one) if isinstance(one, str) else one for one in columns or board.columns]
    names = [column for column, _ in shown]
    require_columns([*names, *([by] if by else [])], board.columns)
    called = [name for _, name in shown]
    if len(set(called)) < len(called):
        raise Misuse(f"two columns would be called '{next(n for n in called if called.count(n) > 1)}'")
    parts = board.partition_by(by, maintain_order=True) if by and board.height else [board]
    sections = [
        Section(
            _cut(part, top, bottom).select(pl.col(column).alias(name) for column, name in shown),
            *((f"{by}: {part[by][0] or ''}", part[by][0] or by) if by and part.height else ()),
        )
        for part in parts
    ]
    keys = boards.key_of(board, key)
    places = [i for i, column in enumerate(names) if column in keys]
    page = Page(sections, pages.numeric(board, names), title, notes, places)
    if form == "xlsx":
        return pages.workbook(page)
    return pages.markdown(page) if form == "markdown" else pages.text(page)


def _cut(section: pl.DataFrame, top: int | None, bottom: int | None) -> pl.DataFrame:
    """The rows from the top and from the bottom, none of them twice."""
    if top is None and bottom is None:
        return section
    first = section.head(top or 0)
    return pl.concat([first, section.tail(min(bottom or 0, section.height - first.height))])


EXAMPLES = r"""
$ fupin report expected.csv --columns rank,village=村,total --top 3
rank  村         total
----  --------  ------
   1  月形山村  101.65
   2  莲台村     97.35
   2  新堤村     97.35
"""


@options.verb("report", examples=EXAMPLES, keyed=False, last=True)
@click.option(
    "--format",
    "form",
    type=click.Choice(get_args(Form)),
    help="How it is written.  [default: by the ending of -o, else table]",
)
@click.option("--title", metavar="TEXT", help="A line above the table.")
@click.option(
    "--columns", type=options.Column(), metavar="A,B=NAME", help="The columns to show, and what to call them."
)
@click.option("--top", type=options.count, metavar="N", help="Only N rows from the top.")
@click.option("--bottom", type=options.count, metavar="N", help="Only N rows from the bottom.")
@click.option(
    "--by", type=options.Column(), metavar="COLUMN", help="A section, or a sheet, for each value of this column."
)
@click.option("--note", "notes", multiple=True, metavar="TEXT", help="A line below the table; may be repeated.")
def command(form: Form | None, columns: str | None, output: str | None, **given: Any) -> options.Apply:
    """An aligned table, right also with Chinese widths; Markdown for -o NAME.md, a workbook for -o NAME.xlsx.

    Numbers are those of the CSV; nothing is formatted anew.
    """
    ending = Path(output or "").suffix.lower()
    if form is None and ending in _LATER:
        raise Misuse(f"-o: '{output}': a report is written as text, as .md or as .xlsx")
    shown = [word.partition("=")[::2] for word in columns.split(",")] if columns else []
    if not all(column for column, _ in shown):
        raise Misuse(f"--columns: '{columns}' names a column that is blank")
    kind: Form = form or _ENDINGS.get(ending, "table")

    def apply(board: pl.DataFrame, files: Files) -> str | bytes:
        return report(board, kind, columns=[(column, name or column) for column, name in shown], **given)

    return apply
