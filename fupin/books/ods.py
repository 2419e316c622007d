"""OpenDocument spreadsheets, of LibreOffice and its kin."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Mapping
from typing import NamedTuple

from fupin.books.cells import ERROR, NO_DATE, NO_VALUE, PLACE, Bad, Book, Cell, Cells, require_room, without_zeros
from fupin.books.markup import PART, parse
from fupin.errors import DataError

_SHOWN_ERROR = re.compile(r"#(?:N/A|DIV/0!|VALUE!|REF!|NAME\?|NUM!|NULL!)|Err:[0-9]{3}")
_DURATION = re.compile(r"(-?)P(?:([0-9]+)D)?T(?:([0-9]+)H)?(?:([0-9]+)M)?(?:([0-9]+)(?:\.([0-9]+))?S)?")
_TRUTHS = {"of:=TRUE()": "true", "of:=FALSE()": "false"}  # LibreOffice writes 1 and 0 for their values
_SPACES = re.compile("[ \t\r\n]+")
_SPANS = ("table:number-rows-spanned", "table:number-columns-spanned")
_NO_TEXT = ("office:annotation", "table:shapes", "table:detective", "text:ruby-text", "text:note")


class _Table(NamedTuple):
    """A table of an OpenDocument spreadsheet: its name, the style that may hide it, and its cells."""

    name: str
    style: str | None
    rows: list[list[Cell]]
    merged: list[tuple[int, int, int, int]]
    bad: list[Bad]


class _Content:
    """Takes the tables from the XML of an OpenDocument spreadsheet.

    Args:
        room: how many places there may be: a few bytes can say that a cell is repeated a million times.
    """

    def __init__(self, room: int) -> None:
        self.tables: list[_Table] = []
        self.hidden: set[str | None] = set()
        self._room = room
        self._style = ""
        self._skipped = 0
        self._row: list[Cell] = []
        self._repeated = 1
        self._blank_rows = self._blank_cells = 0
        self._spans: list[tuple[int, int, int]] = []
        self._wrong: list[tuple[int, str | None, str]] = []
        self._cell: Mapping[str, str] | None = None
        self._paragraphs: list[str] = []
        self._within = False

    def started(self, tag: str, attributes: Mapping[str, str]) -> None:
        """An element begins."""
        within = self._cell is not None
        if self._skipped or tag in _NO_TEXT or tag.startswith("draw:") or (within and tag == "table:table"):
            self._skipped += 1
        elif tag in ("table:table-cell", "table:covered-table-cell"):
            self._cell, self._paragraphs = attributes, []
        elif tag == "table:table-row":
            self._row, self._blank_cells, self._spans, self._wrong = [], 0, [], []
            self._repeated = int(attributes.get("table:number-rows-repeated", 1))
        elif tag == "table:table":
            self.tables.append(_Table(attributes["table:name"], attributes.get("table:style-name"), [], [], []))
            self._blank_rows = 0
        elif tag == "style:style":
            self._style = attributes["style:name"]
        elif tag == "style:table-properties" and attributes.get("table:display") == "false":
            self.hidden.add(self._style)
        elif within and tag in ("text:p", "text:h"):
            self._paragraphs.append("")
            self._within = True
        elif self._within and tag == "text:s":
            self._add(" " * self._taken(int(attributes.get("text:c", 1))))
        elif self._within and tag in ("text:tab", "text:line-break"):
            self._add("\t" if tag == "text:tab" else "\n")

    def text(self, text: str) -> None:
        """What stands in an element; spaces and line breaks count as one space there."""
        if self._within and not self._skipped:
            self._add(_SPACES.sub(" ", text))

    def ended(self, tag: str) -> None:
        """An element ends."""
        if self._skipped:
            self._skipped -= 1
        elif tag in ("text:p", "text:h"):
            self._within = False
        elif tag in ("table:table-cell", "table:covered-table-cell") and self._cell is not None:
            self._end_cell(self._cell)
            self._cell = None
        elif tag == "table:table-row":
            self._end_row(self.tables[-1])

    def _add(self, text: str) -> None:
        """More of a paragraph."""
        self._paragraphs[-1] += text

    def _taken(self, places: int) -> int:
        """So many places, if there is room for them.

        Raises:
            DataError: there is none.
        """
        self._room -= places
        if self._room < 0:
            raise DataError("cells are repeated more often than --max-size allows; delete stray cells")
        return places

    def _end_cell(self, cell: Mapping[str, str]) -> None:
        """Add a cell to its row, as often as it is repeated."""
        at = len(self._row) + self._blank_cells
        times = int(cell.get("table:number-columns-repeated", 1))
        if not cell.keys().isdisjoint(_SPANS):
            down, across = (int(cell.get(side, 1)) for side in _SPANS)
            self._spans += [(at, at + across - 1, down)] if down > 1 or across > 1 else []
        value, reason = _ods_cell(cell, "\n".join(self._paragraphs))
        if reason:
            self._wrong += [(at + i, str(value) or None, reason) for i in range(self._taken(times))]
        if reason or value == "":
            self._blank_cells += times
        else:
            self._taken(self._blank_cells + times)
            self._row += [""] * self._blank_cells + [value] * times
            self._blank_cells = 0

    def _end_row(self, table: _Table) -> None:
        """Add a row to its table, as often as it is repeated; blank ones only when another follows."""
        if not (self._row or self._spans or self._wrong):
            self._blank_rows += self._repeated
            return
        table.rows.extend([[]] * self._taken(self._blank_rows))
        self._blank_rows = 0
        self._taken((1 + len(self._spans) + len(self._wrong)) * self._repeated)
        for row in range(len(table.rows), len(table.rows) + self._repeated):
            table.merged.extend((row, left, row + down - 1, right) for left, right, down in self._spans)
            table.bad.extend(Bad(row, at, value, reason) for at, value, reason in self._wrong)
        table.rows.extend([self._row] * self._repeated)


def opened(name: str, archive: zipfile.ZipFile, limit: int) -> Book:
    """A workbook of LibreOffice and its kin."""
    content = _Content(limit // PLACE)
    with archive.open("content.xml") as file:
        parse(iter(lambda: file.read(PART), b""), content.started, content.ended, content.text)
    tables = {table.name: table for table in content.tables}

    def cells(sheet: str) -> Cells:
        taken = tables[sheet]
        require_room(sheet, len(taken.rows), max(map(len, taken.rows), default=0), limit)
        return Cells(taken.rows, 0, taken.merged, taken.bad)

    visible = [table.name for table in content.tables if table.style not in content.hidden]
    return Book(name, list(tables), visible, cells)


def _ods_cell(cell: Mapping[str, str], text: str) -> tuple[Cell, str]:
    """The value of a cell that shows a text; or what can be shown of it, and why it cannot be used."""
    kind, formula = cell.get("office:value-type"), cell.get("table:formula")
    value = cell.get(f"office:{kind}-value", cell.get("office:value"))
    if cell.get("calcext:value-type") == "error" or (formula is not None and _SHOWN_ERROR.fullmatch(text)):
        return text, ERROR
    if formula in _TRUTHS:
        return _TRUTHS[formula], ""
    if formula is not None and kind != "string" and value is None:
        return f"={formula.partition('=')[2]}", NO_VALUE
    if value is None or kind == "string":
        return value or text, ""
    if kind == "date":
        if not re.match("[0-9]{4}-[0-9]{2}-[0-9]{2}(?:T|$)", value):
            return value, NO_DATE
        return without_zeros(value.replace("T", " ")).removesuffix(" 00:00:00"), ""
    if kind == "time":
        match = _DURATION.fullmatch(value)
        if match is None:
            raise ValueError(value)
        days, hours, minutes, seconds = (int(match[i] or 0) for i in (2, 3, 4, 5))
        shown = f"{match[1]}{days * 24 + hours:02}:{minutes:02}:{seconds:02}"
        return without_zeros(f"{shown}.{match[6]}") if match[6] else shown, ""
    return value if kind == "boolean" else float(value), ""
