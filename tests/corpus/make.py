"""How the files of the corpus are made: workbooks of four makes, and tables of other kinds."""

from __future__ import annotations

import datetime as dt
import io
import zipfile
from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Any

import openpyxl
import polars as pl
import xlsxwriter
import xlwt
from openpyxl.utils import range_boundaries

Rows = Sequence[Sequence[Any]]


def xlsx(*sheets: Rows, merge: Sequence[str] = (), hidden: Sequence[int] = (), change: Any = None) -> bytes:
    """A workbook by openpyxl, its sheets called by their numbers."""
    book = openpyxl.Workbook()
    book.remove(book.active)
    for number, rows in enumerate(sheets, 1):
        sheet = book.create_sheet(str(number))
        for row in rows:
            sheet.append(row)
        for cells in merge if number == 1 else ():
            sheet.merge_cells(cells)
        sheet.sheet_state = "hidden" if number in hidden else "visible"
    if change:
        change(book.worksheets[0])
    book.save(file := io.BytesIO())
    return file.getvalue()


def by_xlsxwriter(rows: Rows, change: Any = None) -> bytes:
    """A workbook by xlsxwriter; a formula is a tuple, with its value or without one."""
    file = io.BytesIO()
    with xlsxwriter.Workbook(file) as book:
        sheet = book.add_worksheet("1")
        date = book.add_format({"num_format": "yyyy-mm-dd"})
        for y, row in enumerate(rows):
            for x, cell in enumerate(row):
                if isinstance(cell, dt.date):
                    sheet.write_datetime(y, x, cell, date)
                elif isinstance(cell, tuple):
                    sheet.write_formula(y, x, cell[0], None, *cell[1:])
                else:
                    sheet.write(y, x, cell)
        if change:
            change(book, sheet)
    return file.getvalue()


def worked_out(data: bytes) -> bytes:
    """A workbook as a spreadsheet program has saved it: it does not ask any more to be worked out."""
    return changed(data, "xl/workbook.xml", ' fullCalcOnLoad="1"', "")


def changed(data: bytes, part: str, old: str, new: str) -> bytes:
    """A workbook, one of whose parts has another text."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    assert old.encode() in parts[part]
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name, text in (parts | {part: parts[part].replace(old.encode(), new.encode())}).items():
            archive.writestr(name, text)
    return file.getvalue()


def xls(rows: Rows, merge: Sequence[str] = ()) -> bytes:
    """An old workbook; what begins with = is a formula, of which xlwt stores no value, and with # an error."""
    book = xlwt.Workbook()
    sheet = book.add_sheet("1")
    for y, row in enumerate(rows):
        for x, cell in enumerate(row):
            if isinstance(cell, str) and cell.startswith("="):
                sheet.write(y, x, xlwt.Formula(cell[1:]))
            elif isinstance(cell, str) and cell.startswith("#"):
                sheet.row(y).set_cell_error(x, {"#N/A": 0x2A}.get(cell, cell))
            elif cell is not None:
                sheet.write(y, x, cell)
    for cells in merge:
        left, top, right, bottom = (place - 1 for place in range_boundaries(cells))
        sheet.merge(top, bottom, left, right)
    book.save(file := io.BytesIO())
    return file.getvalue()


def ods(rows: Rows, merge: Sequence[str] = ()) -> bytes:
    """A workbook of LibreOffice; a formula is a tuple, with its value or without one."""
    from odf.opendocument import OpenDocumentSpreadsheet
    from odf.table import Table, TableCell, TableRow
    from odf.text import P

    spans = {}
    for left, top, right, bottom in map(range_boundaries, merge):
        spans[left, top] = right - left + 1, bottom - top + 1
    book = OpenDocumentSpreadsheet()
    book.spreadsheet.addElement(sheet := Table(name="1"))
    for y, row in enumerate(rows, 1):
        sheet.addElement(line := TableRow())
        for x, cell in enumerate(row, 1):
            formula, *values = cell if isinstance(cell, tuple) else (None, cell)
            value = values[0] if values else None
            how = {} if formula is None else {"formula": f"of:{formula}"}
            if value is not None:
                how |= {"valuetype": "string"} if isinstance(value, str) else {"valuetype": "float", "value": value}
            if (x, y) in spans:
                how |= dict(zip(("numbercolumnsspanned", "numberrowsspanned"), spans[x, y], strict=True))
            line.addElement(one := TableCell(**how))
            if value is not None:
                one.addElement(P(text=str(value)))
    book.save(file := io.BytesIO())
    return file.getvalue()


def parquet() -> bytes:
    """A Parquet file with a decimal, a date and a truth value."""
    frame = pl.DataFrame(
        {"村": ["东山"], "分": [Decimal("1.50")], "日": [dt.date(2019, 4, 28)], "是": [True], "无": [None]},
        schema_overrides={"分": pl.Decimal(10, 2), "无": pl.String},
    )
    frame.write_parquet(file := io.BytesIO())
    return file.getvalue()


def with_error(place: str) -> Callable[[Any], None]:
    """Puts an error into a cell by openpyxl."""

    def put(sheet: Any) -> None:
        sheet[place] = "#N/A"
        sheet[place].data_type = "e"

    return put


def without_value(sheet: Any) -> None:
    """A formula that nobody has calculated, and an error."""
    sheet["B2"] = "=1+1"
    sheet["B3"] = "#DIV/0!"
    sheet["B3"].data_type = "e"


def doubled(_: Any, sheet: Any) -> None:
    """A formula of three cells by xlsxwriter, of which the second alone is given its value."""
    sheet.write_array_formula("B2:B4", "{=A2:A4*2}")
    sheet.write_number("B3", 4)


def as_shown(book: Any, sheet: Any) -> None:
    """A time of day and a percentage as Excel shows them."""
    moment = dt.datetime(2019, 4, 29, 8, 30)  # noqa: DTZ001 - a workbook does not say where on earth it is
    sheet.write_datetime("C2", moment, book.add_format({"num_format": "yyyy-mm-dd hh:mm"}))
    sheet.write_number("D2", 0.95, book.add_format({"num_format": "0%"}))
