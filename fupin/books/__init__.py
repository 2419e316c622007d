"""Workbooks as offices send them: the cells of a sheet as the texts that Excel shows, and those that cannot be used.

A .xlsx is read by calamine, a .xls by xlrd, a .ods here, each by a module of its own.
"""

from __future__ import annotations

import contextlib
import io
import re
import zipfile
from collections.abc import Iterator
from typing import NamedTuple

from fupin.books import ods, xls, xlsx
from fupin.books.cells import AGAIN, LOCKED, UNUSABLE, Book, Merged, too_large
from fupin.books.texts import shown
from fupin.deferred import pl
from fupin.errors import DataError, Fault, FupinError, hint
from fupin.spool import Data

__all__ = ["UNUSABLE", "Book", "Grid", "Merged", "open_book", "read"]

_ODS = b"application/vnd.oasis.opendocument.spreadsheet"


class Grid(NamedTuple):
    """A sheet as texts, each at its place.

    Args:
        name: the sheet.
        rows: columns of texts called `0`, `1`, …, blank cells null; its first row is row 1 of the sheet.
        merged: the ranges that are merged, which may reach beyond the rows.
        bad: cells that cannot be used, null among the rows: `row` and `column` from 0, `value`, `reason`.
    """

    name: str
    rows: pl.DataFrame
    merged: Merged
    bad: pl.DataFrame


def open_book(name: str, data: Data, limit: int) -> Book:
    """A workbook, in whichever format its bytes are.

    Args:
        name: its file, for messages.
        data: its bytes.
        limit: how many bytes it may unpack to, and how many the places of a sheet may take.

    Raises:
        DataError: it is no workbook, locked, damaged or too large, or has no worksheet.
    """
    with _reading(name):
        size = len(data) if isinstance(data, bytes) else data.stat().st_size
        if size > limit:
            raise DataError(too_large(size, limit))
        if not isinstance(data, bytes):
            data = data.read_bytes()
        if data.startswith(b"PK"):
            book = _from_archive(name, data, limit)
        elif data.startswith(b"\xd0\xcf\x11\xe0"):
            book = xls.opened(name, data, limit)
        else:
            raise DataError(_no_workbook(data))
        if not book.sheets:
            raise DataError("a workbook without a worksheet")
        return book


def read(book: Book, sheet_name: str) -> Grid:
    """The cells of a sheet, hidden or not.

    Raises:
        DataError: there is no such sheet, it is damaged, or its cells reach too far.
    """
    with _reading(book.name):
        if sheet_name not in book.sheets:
            raise DataError(f"no sheet '{sheet_name}'{hint(sheet_name, book.sheets, 'sheets')}")
        cells = book.cells(sheet_name)
        rows, bad = shown(cells)
        schema = {"row": pl.Int64, "column": pl.Int64, "value": pl.String, "reason": pl.String}
        return Grid(sheet_name, rows, cells.merged, pl.DataFrame(bad, schema=schema, orient="row"))


@contextlib.contextmanager
def _reading(name: str) -> Iterator[None]:
    """Names the file in what is refused, and refuses what a library cannot read, whatever it raises or panics.

    Raises:
        DataError: the file cannot be read.
    """
    try:
        yield
    except DataError as error:
        raise DataError([fault._replace(file=fault.file or name) for fault in error.faults]) from None
    except (FupinError, MemoryError):
        raise
    except BaseException as error:
        if not isinstance(error, Exception) and type(error).__name__ != "PanicException":
            raise
        raise DataError(Fault(f"cannot be read, it is cut off or damaged; {AGAIN}", file=name)) from None


def _no_workbook(data: bytes) -> str:
    """What a file is that is no workbook, and what to do with it."""
    start = data[:2048].lower()
    if not data:
        return "empty, and no workbook"
    if b"excel.sheet" in start or b"opendocument" in start:
        return f"a workbook as one XML text, which is not read; {AGAIN}"
    if re.search(rb"<(?:!doctype html|html|head|meta|table)\b", start):
        return f"a web page and no workbook, whatever its name says; {AGAIN}"
    return f"no workbook, whatever its name says; if it is CSV, let its name end in .csv, else {AGAIN}"


def _from_archive(name: str, data: bytes, limit: int) -> Book:
    """A workbook that is a zip archive.

    No more is unpacked than the archive declares: zipfile stops there, and calamine refuses what has more.

    Raises:
        DataError: it is another archive, locked, or too large.
    """
    archive = zipfile.ZipFile(io.BytesIO(data))
    size = sum(part.file_size for part in archive.infolist())
    if size > limit:
        raise DataError(too_large(size, limit))
    names = archive.namelist()
    if "mimetype" in names and archive.read("mimetype").startswith(_ODS):
        if "encrypted-package" in names or b"encryption-data" in archive.read("META-INF/manifest.xml"):
            raise DataError(LOCKED)
        return ods.opened(name, archive, limit)
    if "xl/workbook.bin" in names:
        raise DataError(f"a binary workbook (.xlsb), which is not read; {AGAIN}")
    if "_rels/.rels" in names and any(part.lower().startswith("xl/") for part in names):
        return xlsx.opened(name, data, archive, limit)
    raise DataError(f"another archive and no workbook, whatever its name says; {AGAIN}")
