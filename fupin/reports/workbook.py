"""Reports as workbooks, whose numbers are shown as they stand on the board (contract §9)."""

from __future__ import annotations

import datetime
import io
import re
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from fupin.deferred import pl
from fupin.errors import DataError, Fault, counted
from fupin.numbers import NOT_ASSESSED
from fupin.reports.page import Page, Section
from fupin.reports.text import width_of

_MOST_ROWS = 1 << 20
_MOST_COLUMNS = 1 << 14
_MOST_LETTERS = 32767
_MOST_OF_NAME = 31
_TOO_MANY_LETTERS = f"more than {_MOST_LETTERS} letters, the most that a workbook holds"
_EXACT = r"^-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?$"
_MINUS_ZERO = r"^-0(?:\.0+)?$"
EPOCH = datetime.datetime(1980, 1, 1)  # noqa: DTZ001 - as in the zip archive that a workbook is, so that bytes repeat


def workbook(page: Page) -> bytes:
    """A workbook with a sheet for each section: a frozen header, widths that fit, print setup for A4.

    A number of up to 15 digits, which is what Excel holds, is a number there; any other cell is a text, also one
    that begins with `=`.

    Raises:
        DataError: there are more rows or columns than a sheet holds, or a cell or another text is too long.
    """
    import xlsxwriter

    data = io.BytesIO()
    book = xlsxwriter.Workbook(data, {"in_memory": True})
    book.set_properties({"title": page.title or "", "created": EPOCH})
    styles = {"title": book.add_format({"bold": True, "font_size": 14}), "text": book.add_format({"num_format": "@"})}
    header = {"bold": True, "bottom": 1, "text_wrap": True, "valign": "vcenter"}
    styles |= {"header": book.add_format(header), "number": book.add_format({**header, "align": "right"})}
    names: list[str] = []
    for section in page.sections:
        names.append(_sheet_name(section.name or page.title or "", names))
        _fill(book, book.add_worksheet(names[-1]), section, page, styles)
    book.close()
    return data.getvalue()


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
    rows, columns = section.rows.height, len(page.columns)
    if above + rows + len(page.notes) + 2 > _MOST_ROWS:
        most = f"a sheet holds {_MOST_ROWS} rows, and {counted(rows, 'row')} are too many"
        raise DataError(f"{most}; write CSV, or show fewer with --top")
    if columns > _MOST_COLUMNS:
        most = f"a sheet holds {_MOST_COLUMNS} columns, and {columns} are too many"
        raise DataError(f"{most}; write CSV, or show fewer with --columns")
    texts = {
        "title": [page.title or ""],
        "note": page.notes,
        "heading": [section.heading, *(column.heading for column in page.columns)],
    }
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
    for i, shown in enumerate(page.columns):
        column, name = section.rows[shown.name], shown.heading
        number = shown.numeric and not shown.key and _fits(column)
        sheet.write_string(top, i, name, styles["number" if number else "header"])
        for row, cell in enumerate(column.to_list(), top + 1):
            if cell is not None and number and cell != NOT_ASSESSED:
                places = len(cell.partition(".")[2])
                style = styles.get(str(places)) or book.add_format({"num_format": f"0.{'0' * places}".rstrip(".")})
                styles[str(places)] = style
                sheet.write_number(row, i, Decimal(cell), style)
            elif cell is not None and sheet.write_string(row, i, cell, styles["text"]):
                raise DataError(Fault(f"a cell of {_TOO_MANY_LETTERS}", shown.name, row=row - top - 1))
        sheet.set_column(i, i, _width(column, name), styles["text"] if not number else None)
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
    return bool(column.to_frame().select((fine | (cell == NOT_ASSESSED)).fill_null(True).all()).item())


def _width(column: pl.Series, heading: str) -> int:
    """How wide a column must be for its texts; a Chinese sign takes two places."""
    widest = max(map(width_of, [heading, *column.fill_null("")]))
    return min(max(widest, 4), 60) + 2
