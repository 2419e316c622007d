"""A workbook in which texts are texts, whatever they look like, and numbers are shown as they stand on the board."""

from __future__ import annotations

import datetime
import html
import io
import math
import re
from collections.abc import Mapping, Sequence
from decimal import Decimal
from types import MappingProxyType
from typing import Any, NamedTuple

from fupin.deferred import pl
from fupin.errors import DataError, Fault, counted
from fupin.numbers import NOT_ASSESSED
from fupin.reports.page import visible
from fupin.reports.text import width_of

_MOST_ROWS = 1 << 20
_MOST_COLUMNS = 1 << 14
_MOST_LETTERS = 32767
_MOST_OF_NAME = 31
_TOO_MANY_LETTERS = f"more than {_MOST_LETTERS} letters, the most that a workbook holds"
_EXACT = r"^-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?$"
_MINUS_ZERO = r"^-0(?:\.0+)?$"
_HIGHEST = 400  # of a row, in points
_PORTRAIT = 100  # letters across an A4 page, until they get too small to be read
_EPOCH = datetime.datetime(1980, 1, 1)  # noqa: DTZ001 - as in the zip archive that a workbook is, so that bytes repeat

Look = Mapping[str, Any]
CELL: Look = {"border": 1, "border_color": "#BFBFBF", "valign": "vcenter"}
TEXT: Look = {**CELL, "num_format": "@", "text_wrap": True, "align": "left", "indent": 1}
HEADER: Look = {**CELL, "bold": True, "text_wrap": True, "align": "center", "bg_color": "#E7E6E6"}
TITLE: Look = {"bold": True, "font_size": 16, "valign": "vcenter", "num_format": "@"}
PLAIN: Look = {"valign": "top", "num_format": "@"}
_RIGHT: Look = {"align": "right", "indent": 0}


class Cells(NamedTuple):
    """A column of a table.

    Args:
        heads: its headings, one below the other.
        cells: its cells, as they stand on the board.
        number: whether they are numbers, and perhaps words among them.
        signed: whether numbers above 0 have a plus.
        formulas: what some cells are made with, by their rows.
        widest: how wide it may be, until a cell goes on below itself.
    """

    heads: Sequence[str]
    cells: pl.Series
    number: bool = False
    signed: bool = False
    formulas: Mapping[int, str] = MappingProxyType({})
    widest: int = 36

    @property
    def width(self) -> int:
        """How wide it is; a Chinese sign takes two places. Numbers go on nowhere, and need all of theirs."""
        own = [line for cell in self.cells.drop_nulls() for line in cell.split("\n")]
        wide = max(map(width_of, own), default=0) + 3
        heads = max(map(width_of, self.heads), default=0) + 2
        return max(wide, min(heads, self.widest)) if self.number else min(max(wide, heads), self.widest)


class Book:
    """A workbook that is written; the same bytes each time.

    Args:
        title: what it says of itself.
        footer: what stands below each printed page.
    """

    def __init__(self, title: str, footer: str) -> None:
        self._data = io.BytesIO()
        self.book = new_workbook(self._data, title)
        self._footer = footer
        self._styles: dict[tuple[tuple[str, Any], ...], Any] = {}
        self.names: list[str] = []

    def close(self) -> bytes:
        """The workbook."""
        self.book.close()
        return self._data.getvalue()

    def name(self, wanted: str) -> str:
        """Keep a name for a sheet: one that Excel allows, and that no other sheet has."""
        plain = re.sub(r"[\[\]:*?/\\\t\n]", " ", visible(wanted))
        name = first = _cut(plain, _MOST_OF_NAME) or f"Sheet{len(self.names) + 1}"
        number, taken = 1, [one.lower() for one in self.names]
        while name.lower() in [*taken, "history"]:
            number += 1
            name = f"{_cut(first, _MOST_OF_NAME - len(f' ({number})'))} ({number})"
        self.names.append(name)
        return name

    def style(self, look: Look) -> Any:
        """A style, the same one for the same look."""
        kept = tuple(sorted(look.items()))
        if kept not in self._styles:
            self._styles[kept] = self.book.add_format(dict(look))
        return self._styles[kept]

    def add(self, name: str, widths: Sequence[int], header: tuple[int, int] | None = None) -> Any:
        """A sheet that is ready to be printed on A4.

        Args:
            name: its name, which has been kept.
            widths: how wide its columns are.
            header: the first and last row of what is repeated on each page, and stays where it is on the screen.
        """
        sheet = self.book.add_worksheet(name)
        for column, width in enumerate(widths):
            sheet.set_column(column, column, width)
        if header is not None:
            sheet.freeze_panes(header[1] + 1, 0)
            sheet.repeat_rows(*header)
        if sum(widths) > _PORTRAIT:
            sheet.set_landscape()
        sheet.set_paper(9)  # A4
        sheet.fit_to_pages(1, 0)
        sheet.center_horizontally()
        sheet.set_margins(0.5, 0.5, 0.6, 0.7)
        sheet.set_footer(f"&C{self._footer}")
        return sheet

    def write(self, sheet: Any, row: int, column: int, words: str, look: Look) -> None:
        """Write a text.

        Raises:
            DataError: it is too long.
        """
        if _is_too_long(words):
            raise DataError(f"a text of {_TOO_MANY_LETTERS}")
        sheet.write_string(row, column, literal(words), self.style(look))

    def table(self, sheet: Any, top: int, columns: Sequence[Cells], rows: Sequence[int] = ()) -> None:
        """Write a table.

        Args:
            sheet: the sheet.
            top: the row of its first heading.
            columns: its columns.
            rows: the rows of the board that its rows are from, for messages.

        Raises:
            DataError: a text is too long.
        """
        for i, column in enumerate(columns):
            for row, heading in enumerate(column.heads, top):
                self.write(sheet, row, i, heading, HEADER)
            try:
                self._column(sheet, top + len(column.heads), i, column)
            except DataError as error:
                raise error.moved(rows) if rows else DataError(error.lines[0]) from None
        for row, lines in _lines(columns).items():
            sheet.set_row(top + row, min(15 * lines + 3, _HIGHEST))

    def _column(self, sheet: Any, top: int, at: int, column: Cells) -> None:
        """Write the cells of a column.

        Raises:
            DataError: one is too long.
        """
        empty, text = self.style(CELL), self.style(TEXT)
        word = self.style({**TEXT, **_RIGHT})  # NA among numbers, or new for a unit that had no place
        for row, cell in enumerate(column.cells.fill_null("")):
            if not cell:
                sheet.write_blank(top + row, at, None, empty)
            elif column.number and cell[-1].isdigit():
                look = self.style({**CELL, **_RIGHT, "num_format": _format(cell, column.signed)})
                if row in column.formulas:
                    sheet.write_formula(top + row, at, column.formulas[row], look, Decimal(cell))
                else:
                    sheet.write_number(top + row, at, Decimal(cell), look)
            elif _is_too_long(cell):
                raise DataError(Fault(f"a cell of {_TOO_MANY_LETTERS}", column.cells.name, row=row))
            else:
                sheet.write_string(top + row, at, literal(cell), word if column.number else text)


def new_workbook(data: io.BytesIO, title: str) -> Any:
    """A workbook to be filled, the same bytes each time, in which each formula is written with its value."""
    import xlsxwriter

    book = xlsxwriter.Workbook(data, {"in_memory": True})
    book.set_properties({"title": visible(title), "created": _EPOCH})
    book.calc_on_load = False  # or else a formula with the value 0 looks like one that is still to be worked out
    return book


def _cut(name: str, most: int) -> str:
    """The beginning of a name, measured in units of UTF-16 as Excel does, without blanks and apostrophes around it."""
    return name.strip(" '").encode("utf-16-le")[: 2 * most].decode("utf-16-le", "ignore").strip(" '")


def _is_too_long(words: str) -> bool:
    return len(words) * 2 > _MOST_LETTERS and len(words.encode("utf-16-le")) > 2 * _MOST_LETTERS


def literal(words: str) -> str:
    """A text as xlsxwriter is to be given it, which takes one in `<r>…</r>` for a piece of the workbook itself."""
    words = visible(words)
    if words.startswith("<r>") and words.endswith("</r>"):
        return f'<r><t xml:space="preserve">{html.escape(words, quote=False)}</t></r>'
    return words


def _format(cell: str, signed: bool) -> str:
    """The format that shows a number with the decimals it has, and perhaps with a plus."""
    places = len(cell.partition(".")[2])
    shown = f"0.{'0' * places}".rstrip(".")
    return f"+{shown};-{shown};{shown}" if signed else shown


def check_size(rows: int, columns: int) -> None:
    """Make sure that a sheet holds so many rows and columns.

    Raises:
        DataError: it does not.
    """
    if rows > _MOST_ROWS:
        most = f"a sheet holds {_MOST_ROWS} rows, and {counted(rows, 'row')} are too many"
        raise DataError(f"{most}; write CSV, or show fewer with --top")
    if columns > _MOST_COLUMNS:
        most = f"a sheet holds {_MOST_COLUMNS} columns, and {columns} are too many"
        raise DataError(f"{most}; write CSV, or show fewer with --columns")


def fits(cells: pl.Series) -> bool:
    """Whether Excel shows numbers as they stand here: no leading zero or plus, 15 digits at most."""
    cell = pl.col(cells.name)
    digits = cell.str.replace_all(r"[-.]", "").str.strip_chars_start("0").str.len_chars()
    fine = cell.str.contains(_EXACT) & ~cell.str.contains(_MINUS_ZERO) & (digits <= 15)
    return bool(cells.to_frame().select((fine | (cell == NOT_ASSESSED)).fill_null(True).all()).item())


def _lines(columns: Sequence[Cells]) -> dict[int, int]:
    """The rows of a table that have cells of several lines, and how many: programs do not find that out themselves."""
    found: dict[int, int] = {}
    for column in columns:
        for row, cell in enumerate([*column.heads, *column.cells.fill_null("")]):
            lines = sum(_lines_of(line, column.width) for line in cell.split("\n"))
            if lines > max(found.get(row, 1), 1) and not (column.number and row >= len(column.heads)):
                found[row] = lines
    return found


def _lines_of(words: str, width: int) -> int:
    """How many lines a text takes in a column so wide."""
    wide = width_of(words)
    return 1 if wide + 2 <= width else math.ceil(1.1 * wide / (width - 1))
