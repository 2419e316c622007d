"""How the files of the corpus are made: workbooks of four makes, and tables of other kinds."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import openpyxl
import polars as pl
import xlsxwriter
import xlwt

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


def by_xlsxwriter(rows: Rows) -> bytes:
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
    return file.getvalue()


def xls(rows: Rows) -> bytes:
    """An old workbook."""
    book = xlwt.Workbook()
    sheet = book.add_sheet("1")
    for y, row in enumerate(rows):
        for x, cell in enumerate(row):
            if cell is not None:
                sheet.write(y, x, cell)
    book.save(file := io.BytesIO())
    return file.getvalue()


def ods(rows: Rows) -> bytes:
    """A workbook of LibreOffice."""
    from odf.opendocument import OpenDocumentSpreadsheet
    from odf.table import Table, TableCell, TableRow
    from odf.text import P

    book = OpenDocumentSpreadsheet()
    book.spreadsheet.addElement(sheet := Table(name="1"))
    for row in rows:
        sheet.addElement(line := TableRow())
        for cell in row:
            numeric = isinstance(cell, int | float)
            kind = {"valuetype": "float", "value": cell} if numeric else {"valuetype": "string"}
            line.addElement(one := TableCell(**kind if cell is not None else {}))
            if cell is not None:
                one.addElement(P(text=str(cell)))
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


def without_value(sheet: Any) -> None:
    """A formula that nobody has calculated, and an error."""
    sheet["B2"] = "=1+1"
    sheet["B3"] = "#DIV/0!"
    sheet["B3"].data_type = "e"
