"""What is printed for people: sections of rows under a title and above notes, as a text, as Markdown, or as a workbook.

Cells are printed as they stand in the table; nothing is formatted anew (contract §9).
"""

from __future__ import annotations

import datetime
import io
import re
from collections.abc import Sequence
from decimal import Decimal
from typing import Any, NamedTuple

from fupin import numbers
from fupin.deferred import pl
from fupin.errors import DataError, Fault, counted

_MOST_ROWS = 1 << 20
_MOST_COLUMNS = 1 << 14
_MOST_LETTERS = 32767
_MOST_OF_NAME = 31
_TOO_MANY_LETTERS = f"more than {_MOST_LETTERS} letters, the most that a workbook holds"
_EXACT = r"^-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?$"
_MINUS_ZERO = r"^-0(?:\.0+)?$"
_EPOCH = datetime.datetime(1980, 1, 1)  # noqa: DTZ001 - as in the zip archive that a workbook is, so that bytes repeat


class Section(NamedTuple):
    """Rows to be shown, what stands above them, and what their sheet is called."""

    rows: pl.DataFrame
    heading: str = ""
    name: str = ""


class Page(NamedTuple):
    """What is shown.

    Args:
        sections: rows of texts, the columns called as they are to be shown.
        numeric: for each column whether all of its cells are numbers.
        title: a line above.
        notes: lines below.
        key: the columns that name a unit, which are texts for a workbook even if they look like numbers.
    """

    sections: Sequence[Section]
    numeric: Sequence[bool]
    title: str | None = None
    notes: Sequence[str] = ()
    key: Sequence[int] = ()


def numeric(board: pl.DataFrame, columns: Sequence[str]) -> list[bool]:
    """For each column whether it holds numbers only."""
    if not columns:
        return []
    found = board.select(
        (numbers.is_number(column).fill_null(True).all() & pl.col(column).is_not_null().any()).alias(str(i))
        for i, column in enumerate(columns)
    )
    return list(found.row(0))


def text(page: Page) -> str:
    """Aligned tables for a terminal."""
    parts = [_one_line(page.title)] if page.title else []
    for section in page.sections:
        parts += [_one_line(section.heading)] if section.heading else []
        names = [_one_line(name) for name in section.rows.columns]
        parts.append(_table(section.rows.select(_line(pl.all())), names, page.numeric, "simple"))
    return "\n\n".join([*parts, *map(_one_line, page.notes)]) + "\n"


def markdown(page: Page) -> str:
    """The same as Markdown (GitHub's), every sign of a cell shown as it is."""
    parts = [f"# {_plain(page.title)}"] if page.title else []
    for section in page.sections:
        parts += [f"## {_plain(section.heading)}"] if section.heading else []
        cells = section.rows.select(_line(pl.all()).str.replace_all(_SIGNS.pattern, r"\${0}"))
        parts.append(_table(cells, [_plain(name) for name in cells.columns], page.numeric, "pipe"))
    return "\n\n".join([*parts, *map(_plain, page.notes)]) + "\n"


_SIGNS = re.compile(r"[\\`*_\[\]<>|~&#]")


def _plain(words: str) -> str:
    """A text on one line in which nothing means anything to Markdown."""
    return _SIGNS.sub(r"\\\g<0>", _one_line(" ".join(words.split())))


def _one_line(words: str) -> str:
    """A text as `_line` has a cell."""
    return re.sub(r"[\x00-\x1f\x7f-\x9f]", "", re.sub(r"\s*[\r\n]+\s*", " ", words))


def _line(cell: pl.Expr) -> pl.Expr:
    """A cell on one line, without what would steer a terminal."""
    return cell.fill_null("").str.replace_all(r"\s*[\r\n]+\s*", " ").str.replace_all(r"\p{Cc}", "")


def _table(cells: pl.DataFrame, names: Sequence[str], numeric: Sequence[bool], form: str) -> str:
    """An aligned table, right also with Chinese widths: numbers to the right, texts to the left."""
    import tabulate

    tabulate.WIDE_CHARS_MODE, tabulate.PRESERVE_WHITESPACE, tabulate.MIN_PADDING = True, True, 0
    return tabulate.tabulate(
        cells.rows(),
        headers=names,
        tablefmt=form,
        disable_numparse=True,
        colalign=["right" if number else "left" for number in numeric] if cells.height else None,
    )


def workbook(page: Page) -> bytes:
    """A workbook with a sheet for each section: a frozen header, widths that fit, print setup for A4.

    A number of up to 15 digits, which is what Excel holds, is a number there; any other cell is a text, also one
    that begins with `=`.

    Raises:
        DataError: there are more rows or columns than a sheet holds, or a cell or another text is too long.
    """
    data = io.BytesIO()
    book = new_workbook(data, page.title or "")
    styles = {"title": book.add_format({"bold": True, "font_size": 14}), "text": book.add_format({"num_format": "@"})}
    header = {"bold": True, "bottom": 1, "text_wrap": True, "valign": "vcenter"}
    styles |= {"header": book.add_format(header), "number": book.add_format({**header, "align": "right"})}
    names: list[str] = []
    for section in page.sections:
        names.append(_sheet_name(section.name or page.title or "", names))
        _fill(book, book.add_worksheet(names[-1]), section, page, styles)
    book.close()
    return data.getvalue()


def new_workbook(data: io.BytesIO, title: str) -> Any:
    """A workbook to be filled, the same bytes each time, in which each formula is written with its value."""
    import xlsxwriter

    book = xlsxwriter.Workbook(data, {"in_memory": True})
    book.set_properties({"title": title, "created": _EPOCH})
    book.calc_on_load = False  # or else a formula with the value 0 looks like one that is still to be worked out
    return book


def _sheet_name(wanted: str, taken: Sequence[str]) -> str:
    """A name that Excel allows, and that no other sheet has."""
    plain = re.sub(r"[\[\]:*?/\\\x00-\x1f]", " ", wanted)
    name = first = _cut(plain, _MOST_OF_NAME) or f"Sheet{len(taken) + 1}"
    number, lowered = 1, [one.lower() for one in taken]
    while name.lower() in [*lowered, "history"]:
        number += 1
        name = f"{_cut(first, _MOST_OF_NAME - len(f' ({number})'))} ({number})"
    return name


def _cut(name: str, most: int) -> str:
    """The beginning of a name, measured in units of UTF-16 as Excel does, without blanks and apostrophes around it."""
    return name.strip(" '").encode("utf-16-le")[: 2 * most].decode("utf-16-le", "ignore").strip(" '")


def _check_size(section: Section, page: Page) -> None:
    """Make sure that a sheet holds what is to stand on it.

    Raises:
        DataError: there are too many rows or columns, or a text is too long.
    """
    above = sum(map(bool, (page.title, section.heading)))
    rows, columns = section.rows.height, section.rows.width
    if above + rows + len(page.notes) + 2 > _MOST_ROWS:
        most = f"a sheet holds {_MOST_ROWS} rows, and {counted(rows, 'row')} are too many"
        raise DataError(f"{most}; write CSV, or show fewer with --top")
    if columns > _MOST_COLUMNS:
        most = f"a sheet holds {_MOST_COLUMNS} columns, and {columns} are too many"
        raise DataError(f"{most}; write CSV, or show fewer with --columns")
    texts = {"title": [page.title or ""], "note": page.notes, "heading": [section.heading, *section.rows.columns]}
    for what, words in texts.items():
        if any(len(one.encode("utf-16-le")) > 2 * _MOST_LETTERS for one in words):
            raise DataError(f"a {what} of {_TOO_MANY_LETTERS}")


def _fill(book: Any, sheet: Any, section: Section, page: Page, styles: dict[str, Any]) -> None:
    """Write one sheet."""
    _check_size(section, page)
    above = [(page.title, styles["title"])] if page.title else []
    above += [(section.heading, None)] if section.heading else []
    top = len(above)
    for row, (words, style) in enumerate(above):
        sheet.write_string(row, 0, words, style)
    for i, name in enumerate(section.rows.columns):
        column = section.rows[name]
        number = page.numeric[i] and i not in page.key and _fits(column)
        sheet.write_string(top, i, name, styles["number" if number else "header"])
        for row, cell in enumerate(column.to_list(), top + 1):
            if cell is not None and number:
                places = len(cell.partition(".")[2])
                style = styles.get(str(places)) or book.add_format({"num_format": f"0.{'0' * places}".rstrip(".")})
                styles[str(places)] = style
                sheet.write_number(row, i, Decimal(cell), style)
            elif cell is not None and sheet.write_string(row, i, cell, styles["text"]):
                raise DataError(Fault(f"a cell of {_TOO_MANY_LETTERS}", name, row=row - top - 1))
        widths = _widths(column, name)
        sheet.set_column(i, i, widths, styles["text"] if not number else None)
    for row, note in enumerate(page.notes, top + section.rows.height + 2):
        sheet.write_string(row, 0, note)
    sheet.freeze_panes(top + 1, 0)
    sheet.repeat_rows(top)
    sheet.set_paper(9)  # A4
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
    sheet.set_footer("&C&P / &N")


def _fits(column: pl.Series) -> bool:
    """Whether a column's numbers are shown by Excel as they stand here: no leading zero or plus, 15 digits at most."""
    cell = pl.col(column.name)
    digits = cell.str.replace_all(r"[-.]", "").str.strip_chars_start("0").str.len_chars()
    fine = cell.str.contains(_EXACT) & ~cell.str.contains(_MINUS_ZERO) & (digits <= 15)
    return bool(column.to_frame().select(fine.fill_null(True).all()).item())


def _widths(column: pl.Series, name: str) -> int:
    """How wide a column must be for its texts; a Chinese sign takes two places."""
    width = pl.col(name).str.len_chars() + pl.col(name).str.count_matches(r"[\u1100-\uffdc]")
    widest = column.to_frame().select(width.max()).item() or 0
    heading = sum(2 if "\u1100" <= letter <= "\uffdc" else 1 for letter in name)
    return int(min(max(widest, heading, 4), 60)) + 2
