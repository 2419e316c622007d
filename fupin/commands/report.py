"""report: a table for people, under a title and above notes: on a terminal, as Markdown, HTML, or a workbook.

Serves the published results that all documents ask for, and the notices on which an office posts them.
"""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Literal, get_args

import click

from fupin import boards, formats, options, tables
from fupin.chain import Files, Step
from fupin.checks import require_columns
from fupin.commands.rank import compared
from fupin.deferred import pl
from fupin.errors import Misuse
from fupin.numbers import Count
from fupin.reports import marks, text, webpage, workbook
from fupin.reports.labels import LABELS, Labels, Language, of_locale
from fupin.reports.page import ROW, Column, Page, Section, numeric
from fupin.spool import STDIN
from fupin.tables import Table

Form = Literal["table", "markdown", "html", "xlsx"]
_ENDINGS: dict[str, Form] = {
    ".md": "markdown",
    ".markdown": "markdown",
    ".html": "html",
    ".htm": "html",
    ".xlsx": "xlsx",
}


def report(
    board: pl.DataFrame,
    form: Form = "table",
    *,
    title: str | None = None,
    columns: Sequence[str | tuple[str, str | None]] = (),
    top: Count | None = None,
    bottom: Count | None = None,
    by: str | None = None,
    notes: Sequence[str] = (),
    previous: Table | None = None,
    chart: str | None = None,
    lang: Language = "en",
    width: Count | None = None,
    colour: bool = False,
    ledgers: bool = False,
    past: Sequence[Step] = (),
    key: Sequence[str] | None = None,
) -> str | bytes:
    """The board for people, contract §9.

    Args:
        board: a table of texts.
        form: an aligned text, Markdown, a page of HTML, or a workbook.
        title: a line above it.
        columns: the columns to show, or pairs of a column and what to call it; all if left out.
        top: so many rows from the top of each section; all if both are left out.
        bottom: so many rows from the bottom of each section.
        by: a section, or a sheet, for each value of this column.
        notes: lines below it.
        previous: an earlier board with the same key and column of places; adds `previous_rank` and `change`.
        chart: the column of numbers that is drawn; the one that the column `rank` follows if left out.
        lang: the language of what does not stand on the board.
        width: letters across of an aligned text; as many as it needs if left out.
        colour: whether an aligned text has the colours of a terminal.
        ledgers: whether a workbook has the ledgers of the stages of `past`.
        past: the stages that have made the board, where it comes from a chain.
        key: the columns that name a unit, which a workbook never takes for numbers; the first one if left out.

    Returns:
        the text, or the bytes of the workbook; its numbers are as they are on the board.

    Raises:
        DataError: a column is missing, or the table is too large for a workbook.
    """
    keys = boards.key_of(board, key)
    if previous is not None:
        place = marks.find(board, keys, past).rank or "rank"
        require_columns([place], board.columns)
        board = compared(board, tables.table(previous, "previous"), keys, place)
    shown = [(one, None) if isinstance(one, str) else one for one in columns or board.columns]
    require_columns([column for column, _ in shown] + [name for name in (by, chart) if name], board.columns)
    words = LABELS[lang]
    page = Page(
        _columns(board, shown, keys, words),
        _sections(board, by, words, top, bottom),
        words,
        marks.find(board, keys, past, chart),
        title,
        notes,
        keys,
    )
    if form == "xlsx":
        return workbook.workbook(page, past, ledgers)
    if form == "html":
        return webpage.webpage(page, past)
    return text.markdown(page) if form == "markdown" else text.text(page, width, colour)


def check_name(name: str, form: Form | None) -> None:
    """Make sure that a report can be written to a file of that name.

    Args:
        name: the file.
        form: how it is written; by the file's ending if left out.

    Raises:
        Misuse: its ending is that of a table, of another form, or of what no report is.
    """
    by_name = _ENDINGS.get(Path(name).suffix.lower())
    if formats.is_table(name):
        raise Misuse(f"-o: '{name}': a report is no table; the verb before writes one with its own -o")
    if by_name is None and formats.is_other(name):
        raise Misuse(f"-o: '{name}': a report is written as text, as .md, .html or .xlsx")
    if form and by_name and form != by_name:
        raise Misuse(f"-o: '{name}': its ending says {by_name}, and --format {form}")


def _columns(
    board: pl.DataFrame, shown: Sequence[tuple[str, str | None]], keys: Sequence[str], words: Labels
) -> list[Column]:
    """The columns that are shown, each by the name that it is given, or that the language has for it.

    Raises:
        Misuse: two would be called alike.
    """
    taken = [heading or name for name, heading in shown]
    called = [heading or words.headings.get(name, name) for name, heading in shown]
    called = [one if heading or one not in taken else name for one, (name, heading) in zip(called, shown, strict=True)]
    if len(set(called)) < len(called):
        raise Misuse(f"two columns would be called '{next(n for n in called if called.count(n) > 1)}'")
    names = [name for name, _ in shown]
    found = zip(names, called, numeric(board, names), strict=True)
    return [Column(name, heading, number, name in keys) for name, heading, number in found]


def _sections(board: pl.DataFrame, by: str | None, words: Labels, top: int | None, bottom: int | None) -> list[Section]:
    """The rows that are shown, those of each value of a column by themselves."""
    rows = board.with_row_index(ROW)
    if by is None or not board.height:
        return [Section(_cut(rows, top, bottom))]
    parts = [(part[by][0], _cut(part, top, bottom)) for part in rows.partition_by(by, maintain_order=True)]
    return [Section(part, f"{by}{words.between}{value or ''}", value or by) for value, part in parts]


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
@click.option(
    "--previous",
    type=options.File(),
    metavar="FILE",
    help="An earlier board: adds previous_rank and change to the places.",
)
@click.option(
    "--chart",
    type=options.Column(),
    metavar="COLUMN",
    help="The column that is drawn.  [default: the one that the places follow]",
)
@click.option("--ledgers", is_flag=True, help="Add the ledgers of the chain to a workbook, each on a sheet.")
@click.option(
    "--lang",
    type=click.Choice(get_args(Language)),
    help="The language of what does not stand on the board.  [default: by the locale]",
)
def command(
    form: Form | None,
    columns: str | None,
    previous: str | None,
    lang: Language | None,
    output: str | None,
    **given: Any,
) -> options.Apply:  # fmt: skip
    """An aligned table, right also with Chinese widths; Markdown for -o NAME.md, .html and .xlsx likewise.

    Numbers are those of the CSV; nothing is formatted anew. Places gained are told as +2, places lost as -1, and a
    unit that had no place as new. On a terminal the table fits its width, in colour unless NO_COLOR is set.

    In a chain or behind a recipe a report knows what has been done: a page of HTML tells below each unit how it came
    to its figures, with all rows of ledgers that count for it, and a workbook has the totals of weight as formulas
    over their parts, and the rules. Behind a pipe it knows the board only.
    """
    if output:
        check_name(output, form)
    shown = [word.partition("=")[::2] for word in columns.split(",")] if columns else []
    if not all(column for column, _ in shown):
        raise Misuse(f"--columns: '{columns}' names a column that is blank")
    kind: Form = form or _ENDINGS.get(Path(output or "").suffix.lower(), "table")
    terminal = output in (None, STDIN) and sys.stdout.isatty()
    given |= {
        "columns": [(column, name or None) for column, name in shown],
        "lang": lang or of_locale(),
        "width": shutil.get_terminal_size().columns if terminal else None,
        "colour": terminal and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb",
    }

    def apply(board: pl.DataFrame, files: Files) -> str | bytes:
        earlier = files.open(previous) if previous else None
        return report(board, kind, previous=earlier, past=files.past, **given)

    return apply
