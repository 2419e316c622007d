"""Workbooks of Excel 95 to 2003, read by xlrd."""

from __future__ import annotations

import bisect
import datetime as dt
import io
import re
import struct
from collections.abc import Set
from typing import Any

from fupin.books.cells import AGAIN, ERROR, LOCKED, NO_DATE, NO_VALUE, Bad, Book, Cell, Cells, in_full, require_room
from fupin.errors import DataError

_FORMULA_OF_XLS, _WORKED_OUT = 0x0006, 0x01C1  # records: a cell, and which program worked the workbook out


def opened(name: str, data: bytes, limit: int) -> Book:
    """A workbook of Excel 95 to 2003.

    Raises:
        DataError: it is another file of such a make, or locked.
    """
    import xlrd

    if "EncryptedPackage".encode("utf-16-le") in data:
        raise DataError(LOCKED)
    if any(stream.encode("utf-16-le") in data for stream in ("WordDocument", "PowerPoint Document")):
        raise DataError(f"a file of another program and no workbook, whatever its name says; {AGAIN}")
    try:
        opened = xlrd.open_workbook(
            file_contents=data,
            logfile=io.StringIO(),
            formatting_info=True,
            on_demand=True,  # or else the records are no longer there
            ragged_rows=True,
            ignore_workbook_corruption=True,
        )
    except xlrd.XLRDError as error:
        raise DataError(LOCKED) if "encrypted" in str(error) else error from None
    sheets = opened.sheets()
    unworked = _unworked(opened)

    def cells(sheet: str) -> Cells:
        number, taken = next((number, one) for number, one in enumerate(sheets) if one.name == sheet)
        require_room(sheet, taken.nrows, taken.ncols, limit)
        bad = [Bad(row, column, None, NO_VALUE) for at, row, column in unworked if at == number]
        without = {cell[:2] for cell in bad}
        rows = [_xls_row(opened, taken, i, without, bad) for i in range(taken.nrows)]
        merged = [(top, left, below - 1, right - 1) for top, below, left, right in taken.merged_cells]
        return Cells(rows, 0, merged, bad)

    return Book(name, [sheet.name for sheet in sheets], [sheet.name for sheet in sheets if not sheet.visibility], cells)


def _unworked(book: Any) -> list[tuple[int, int, int]]:
    """The formulas of a workbook that nobody has worked out: the number of their sheet, their row and column.

    Most writers say with a formula that it is to be worked out when the file is opened, and store 0 or nothing. xlwt
    only stores nothing; but programs that work formulas out say which one of them did.
    """
    at, end, worked = int(book.base), int(book.base + book.stream_len), False
    waiting: list[tuple[int, int, int]] = []
    without: list[tuple[int, int, int]] = []
    while at + 4 <= end:
        kind, size = struct.unpack_from("<HH", book.mem, at)
        worked |= kind == _WORKED_OUT
        if kind == _FORMULA_OF_XLS and size >= 16:
            row, column, value, marks = struct.unpack_from("<HH2x8sH", book.mem, at + 4)
            place = bisect.bisect(book._sh_abs_posn, at) - 1, row, column
            nothing = value[0] == 3 and value.endswith(b"\xff\xff")
            worked |= not nothing
            if nothing or not any(value):
                (waiting if marks & 2 else without).append(place)
        at += 4 + size
    return waiting if worked else [*waiting, *without]


def _xls_row(book: Any, sheet: Any, row: int, without: Set[tuple[int, int]], bad: list[Bad]) -> list[Cell]:
    """The cells of a row of a sheet; those that cannot be used are blank, and go to the others.

    Args:
        book: the workbook.
        sheet: the sheet.
        row: which of its rows, from 0.
        without: the places of formulas without a value.
        bad: cells that cannot be used.
    """
    import xlrd

    values: list[Cell] = sheet.row_values(row)
    for i, kind in enumerate(sheet.row_types(row)):
        value: Any = values[i]
        if (row, i) in without:
            values[i] = ""
        elif kind == xlrd.XL_CELL_BOOLEAN:
            values[i] = bool(value)
        elif kind == xlrd.XL_CELL_ERROR:
            bad.append(Bad(row, i, xlrd.error_text_from_code.get(value), ERROR))
            values[i] = ""
        elif kind == xlrd.XL_CELL_DATE:
            style = book.format_map[book.xf_list[sheet.cell_xf_index(row, i)].format_key].format_str
            if re.search(r"\[[hms]+\]", style, re.IGNORECASE):
                values[i] = dt.timedelta(milliseconds=round(value * 86_400_000))
            elif value < 0:
                bad.append(Bad(row, i, in_full(value), NO_DATE))
                values[i] = ""
            elif value < 2_958_466:  # the first day after the year 9999
                moment = xlrd.xldate.xldate_as_datetime(value, book.datemode)
                values[i] = moment.time() if value < 1 else moment
    return values
