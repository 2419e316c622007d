"""What the readers of workbooks have in common: cells as a library gives them, and why one cannot be used."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Sequence
from decimal import Decimal
from typing import NamedTuple

from fupin.errors import DataError

Cell = str | float | bool | dt.date | dt.time | dt.timedelta
"""A cell as a library gives it; a blank one is `""`."""
Merged = Sequence[tuple[int, int, int, int]]
"""Ranges of cells: first row, first column, last row, last column, from 0."""
ERROR = "an error and no value"
NO_VALUE = "a formula without a stored value; open and save it in Excel or LibreOffice"
TOO_LONG = "Excel keeps 15 digits of a number, and this one has more; store it as text"
NO_NUMBER = "no number"
NO_DATE = "a date that no calendar has"
UNUSABLE = (ERROR, NO_VALUE, TOO_LONG, NO_NUMBER, NO_DATE)
"""Why a cell cannot be used."""
AGAIN = "open it in Excel or LibreOffice and save it as .xlsx"
LOCKED = "locked by a password; save it without one"
PLACE = 24  # bytes that calamine takes for each place of a sheet


class Bad(NamedTuple):
    """A cell that cannot be used.

    Args:
        row, column: its place, from 0.
        value: what can be shown of it.
        reason: why it cannot be used.
    """

    row: int
    column: int
    value: str | None
    reason: str


class Cells(NamedTuple):
    """The cells of a sheet as a library gives them.

    Args:
        rows: the rows, of any lengths.
        left: how many columns stand before the first cell of each row.
        merged: the ranges that are merged.
        bad: cells that cannot be used, blank among the rows.
    """

    rows: Iterable[Sequence[Cell]]
    left: int = 0
    merged: Merged = ()
    bad: Sequence[Bad] = ()


class Book(NamedTuple):
    """An opened workbook.

    Args:
        name: its file, as messages name it.
        sheets: the names of its worksheets, in order.
        visible: those that are not hidden.
        cells: gives the cells of a sheet.
        begin: begins to read a sheet meanwhile, if that can be done; reading it waits for no other work of Python.
    """

    name: str
    sheets: Sequence[str]
    visible: Sequence[str]
    cells: Callable[[str], Cells]
    begin: Callable[[str], None] = lambda _: None


def too_large(size: int, limit: int) -> str:
    """Why a workbook is not unpacked."""
    return f"{size} bytes when it is unpacked, and --max-size allows {limit}"


def require_room(sheet: str, rows: int, columns: int, limit: int) -> None:
    """Make sure that the places of a sheet can be held.

    Raises:
        DataError: they cannot.
    """
    if rows * columns * PLACE > limit:
        reach = f"sheet '{sheet}' reaches to row {rows} and column {columns}, more places than --max-size allows"
        raise DataError(f"{reach}; delete stray cells there")


def without_zeros(moment: str) -> str:
    """A time without zeros at the end of its fractions of seconds."""
    return moment.rstrip("0").rstrip(".") if "." in moment else moment


def in_full(value: float) -> str:
    """A number with all of its digits."""
    return f"{Decimal(repr(value)):f}".removesuffix(".0")
