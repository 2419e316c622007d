"""Workbooks as offices send them: the cells of a sheet as the texts that Excel shows, and those that cannot be used.

A .xlsx is read by calamine, a .xls by xlrd, a .ods here. calamine takes error cells and formulas without a stored
value for blank ones, and memory for each place up to the last cell; so the XML of a sheet is looked at before.
"""

from __future__ import annotations

import bisect
import contextlib
import datetime as dt
import functools
import html
import io
import itertools
import math
import posixpath
import re
import string
import struct
import zipfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Set
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from typing import Any, NamedTuple

from fupin.deferred import pl
from fupin.errors import DataError, Fault, FupinError, hint
from fupin.spool import Data

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
_AGAIN = "open it in Excel or LibreOffice and save it as .xlsx"
_NUMBERS = "#"  # before the place of a column
_LOCKED = "locked by a password; save it without one"
_BATCH = 1 << 10  # rows whose cells stay near the processor while they are turned into columns
_PART = 1 << 22
_PLACE = 24  # bytes that calamine takes for each place of a sheet

# Cells as all usual programs write them. Those in another form are read by a parser of XML, ten times as slowly.
_ANOTHER = re.compile(rb'<c(?! r="[A-Z]{1,3}[0-9]{1,7}"|[efou])')
_PREFIXED = re.compile(rb":c[\s/>]")
_FAR = re.compile(rb'<c(?! r="[A-Z][0-9]{1,6}"|[efou])')
_UNUSUAL = re.compile(  # far, or no plain value
    rb'<c(?! r="[A-Z][0-9]{1,6}"(?: s="[0-9]+")?(?: ?/>| t="(?:s|n|b|inlineStr)">(?!\s*<f)|>(?!\s*<f))|[efou])'
)
_FILLED = re.compile(rb'<c r="([A-Z]+[0-9]+)"(?!(?: [a-z]+="[a-zA-Z0-9]*")* ?/>)')
_WRONG = re.compile(rb'<c r="([A-Z]+)([0-9]+)"[^<>]*\st=["\']e["\'][^<>]*(?<!/)>(.*?)</c>', re.DOTALL)
_FORMULA, _PENDING = (
    re.compile(
        rb'<c r="([A-Z]+)([0-9]+)"([^<>]*)>\s*<f(?:[\s/][^<>]*)?(?:(?<=/)>|>([^<]*)</f>)'
        rb"\s*(<v[^<>]*(?:/>|>\s*" + value + rb"\s*</v>))?\s*</c>"
    )
    for value in (b"", rb"(?:0(?:\.0*)?)?")
)
_ZERO = re.compile(r"0(?:\.0*)?")
_STORED = re.compile(rb"<v[^<>]*>([^<]*)</v>")
_DIGITS, _LETTERS = string.digits.encode(), string.ascii_uppercase.encode()
_REACH = re.compile(rb'<dimension ref="[A-Z]{1,3}[0-9]{1,7}:([A-Z]{1,3})([0-9]{1,7})" ?/>')
_REFERENCE = re.compile("([A-Z]{1,3})([0-9]{1,7})")

_FORMULA_OF_XLS, _WORKED_OUT = 0x0006, 0x01C1  # records: a cell, and which program worked the workbook out

_ODS = b"application/vnd.oasis.opendocument.spreadsheet"
_SHOWN_ERROR = re.compile(r"#(?:N/A|DIV/0!|VALUE!|REF!|NAME\?|NUM!|NULL!)|Err:[0-9]{3}")
_DURATION = re.compile(r"(-?)P(?:([0-9]+)D)?T(?:([0-9]+)H)?(?:([0-9]+)M)?(?:([0-9]+)(?:\.([0-9]+))?S)?")
_TRUTHS = {"of:=TRUE()": "true", "of:=FALSE()": "false"}  # LibreOffice writes 1 and 0 for their values
_SPACES = re.compile("[ \t\r\n]+")
_SPANS = ("table:number-rows-spanned", "table:number-columns-spanned")
_NO_TEXT = ("office:annotation", "table:shapes", "table:detective", "text:ruby-text", "text:note")


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
    """

    name: str
    sheets: Sequence[str]
    visible: Sequence[str]
    cells: Callable[[str], Cells]


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


class Survey(NamedTuple):
    """What the XML of a sheet tells: how many rows and columns its cells reach over, and which cannot be used."""

    rows: int
    columns: int
    bad: Sequence[Bad]


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
            raise DataError(_too_large(size, limit))
        if not isinstance(data, bytes):
            data = data.read_bytes()
        if data.startswith(b"PK"):
            book = _from_archive(name, data, limit)
        elif data.startswith(b"\xd0\xcf\x11\xe0"):
            book = _from_xls(name, data, limit)
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
        rows, bad = _texts(cells)
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
        raise DataError(Fault(f"cannot be read, it is cut off or damaged; {_AGAIN}", file=name)) from None


def _too_large(size: int, limit: int) -> str:
    """Why a workbook is not unpacked."""
    return f"{size} bytes when it is unpacked, and --max-size allows {limit}"


def _no_workbook(data: bytes) -> str:
    """What a file is that is no workbook, and what to do with it."""
    start = data[:2048].lower()
    if not data:
        return "empty, and no workbook"
    if b"excel.sheet" in start or b"opendocument" in start:
        return f"a workbook as one XML text, which is not read; {_AGAIN}"
    if re.search(rb"<(?:!doctype html|html|head|meta|table)\b", start):
        return f"a web page and no workbook, whatever its name says; {_AGAIN}"
    return f"no workbook, whatever its name says; if it is CSV, let its name end in .csv, else {_AGAIN}"


def _require_room(sheet: str, rows: int, columns: int, limit: int) -> None:
    """Make sure that the places of a sheet can be held.

    Raises:
        DataError: they cannot.
    """
    if rows * columns * _PLACE > limit:
        reach = f"sheet '{sheet}' reaches to row {rows} and column {columns}, more places than --max-size allows"
        raise DataError(f"{reach}; delete stray cells there")


# --- .xlsx


def _from_archive(name: str, data: bytes, limit: int) -> Book:
    """A workbook that is a zip archive.

    No more is unpacked than the archive declares: zipfile stops there, and calamine refuses what has more.

    Raises:
        DataError: it is another archive, locked, or too large.
    """
    archive = zipfile.ZipFile(io.BytesIO(data))
    size = sum(part.file_size for part in archive.infolist())
    if size > limit:
        raise DataError(_too_large(size, limit))
    names = archive.namelist()
    if "mimetype" in names and archive.read("mimetype").startswith(_ODS):
        if "encrypted-package" in names or b"encryption-data" in archive.read("META-INF/manifest.xml"):
            raise DataError(_LOCKED)
        return _from_ods(name, archive, limit)
    if "xl/workbook.bin" in names:
        raise DataError(f"a binary workbook (.xlsb), which is not read; {_AGAIN}")
    if "_rels/.rels" in names and any(part.lower().startswith("xl/") for part in names):
        return _from_xlsx(name, data, archive, limit)
    raise DataError(f"another archive and no workbook, whatever its name says; {_AGAIN}")


def _from_xlsx(name: str, data: bytes, archive: zipfile.ZipFile, limit: int) -> Book:
    """A workbook of Excel 2007 and later."""
    import python_calamine

    main = next(part for kind, part in _related(archive, "").values() if kind.endswith("/officeDocument"))
    related = _related(archive, main)
    elements = _elements(archive.read(main))
    pending = any(tag == "calcPr" and how.get("fullCalcOnLoad") in ("1", "true") for tag, how in elements)
    parts, hidden = {}, set()
    for tag, sheet in elements:
        if tag == "sheet" and related[sheet["id"]][0].endswith("/worksheet"):
            if sheet["name"] in parts:  # it is not known which one calamine would take
                raise ValueError(sheet["name"])
            parts[sheet["name"]] = related[sheet["id"]][1]
            hidden |= {sheet["name"]} if sheet.get("state", "visible") != "visible" else set()
    opened = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(data))

    def cells(sheet: str) -> Cells:
        with ThreadPoolExecutor(1) as meanwhile:  # calamine lets other threads run
            small = _says_it_is_small(archive, parts[sheet], limit)
            taking = meanwhile.submit(opened.get_sheet_by_name, sheet) if small else None
            found = _survey(archive, parts[sheet], limit, pending)
            _require_room(sheet, found.rows, found.columns, limit)
            taken = taking.result() if taking else opened.get_sheet_by_name(sheet)
        merged = [(*first, *last) for first, last in taken.merged_cell_ranges or ()]
        return Cells(taken.iter_rows(), (taken.start or (0, 0))[1], merged, found.bad)

    return Book(name, list(parts), [sheet for sheet in parts if sheet not in hidden], cells)


def _related(archive: zipfile.ZipFile, part: str) -> dict[str, tuple[str, str]]:
    """The kinds and the paths of the parts that a part of a workbook refers to."""
    folder, file = posixpath.split(part)
    return {
        to["Id"]: (to["Type"], posixpath.normpath(posixpath.join("/", folder, to["Target"])).lstrip("/"))
        for tag, to in _elements(archive.read(posixpath.join(folder, "_rels", f"{file}.rels")))
        if tag == "Relationship"
    }


def _elements(xml: bytes) -> list[tuple[str, Mapping[str, str]]]:
    """The elements of a small XML file and their attributes."""
    found: list[tuple[str, Mapping[str, str]]] = []
    _parse([xml], lambda tag, attributes: found.append((_local(tag), {_local(k): v for k, v in attributes.items()})))
    return found


def _local(name: str) -> str:
    """The name of an element or attribute without its prefix."""
    return name.rpartition(":")[2]


def _parse(
    parts: Iterable[bytes],
    started: Callable[[str, Mapping[str, str]], object],
    ended: Callable[[str], object] | None = None,
    text: Callable[[str], object] | None = None,
) -> None:
    """Call these for the elements of an XML file and for what stands between them.

    Raises:
        DataError: it has a document type, by which a few bytes can stand for many, and no workbook has one.
    """
    from xml.parsers import expat

    def refuse(*_: object) -> None:
        raise DataError("an XML text with a document type, and no workbook")

    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartDoctypeDeclHandler = refuse
    parser.StartElementHandler = started
    parser.EndElementHandler = ended
    parser.CharacterDataHandler = text
    for part in parts:
        parser.Parse(part)
    parser.Parse(b"", True)


def _says_it_is_small(archive: zipfile.ZipFile, path: str, limit: int) -> bool:
    """Whether a sheet says that its places can be held, so that it may be read while it is looked at."""
    with archive.open(path) as file:
        said = _REACH.search(file.read(1 << 12))
    return said is not None and int(said[2]) * (_column(said[1]) + 1) * _PLACE <= limit


def _survey(archive: zipfile.ZipFile, path: str, limit: int, pending: bool) -> Survey:
    """What the XML of a sheet tells; the reach may be told as larger than it is where it is within the limit.

    Args:
        archive: the workbook.
        path: the sheet.
        limit: how many bytes its places may take.
        pending: whether the workbook asks to be worked out when it is opened, as one does that no spreadsheet program
            has saved: there the zero of a formula is what xlsxwriter and others write where nobody gave a value.
    """
    found = _quick_survey(_cut(archive, path), pending, exact=False)
    if found is not None and found.rows * found.columns * _PLACE > limit:
        found = _quick_survey(_cut(archive, path), pending, exact=True)
    return found or _slow_survey(_cut(archive, path), pending)


def _cut(archive: zipfile.ZipFile, path: str) -> Iterator[bytes]:
    """The XML of a sheet in parts, none of which ends within a cell."""
    rest = b""
    with archive.open(path) as file:
        while block := file.read(_PART):
            part = rest + block
            at = max(part.rfind(b"<c "), 0) or max(part.rfind(b"<"), 0)
            yield part[:at]
            rest = part[at:]
    yield rest


def _quick_survey(parts: Iterable[bytes], pending: bool, exact: bool) -> Survey | None:
    """What the XML of a sheet tells in the form that all usual programs write; nothing if it is in another.

    Args:
        parts: the XML.
        pending: whether the zero of a formula is no value.
        exact: whether the reach is told exactly also where there are but 26 columns and 999,999 rows.
    """
    rows, columns = 0, 0
    bad: list[Bad] = []
    for part in parts:
        if b"\0" in part[:100]:
            raise DataError(f"a sheet in UTF-16, which calamine takes for an empty one; {_AGAIN}")
        if _PREFIXED.search(part):
            return None
        if not (exact or _UNUSUAL.search(part)):
            rows, columns = max(rows, 10**6 - 1), max(columns, 26)
            continue
        if _ANOTHER.search(part) or (pending and b'"array"' in part):  # its zeros stand in other cells, too
            return None
        if exact or _FAR.search(part):
            filled = _FILLED.findall(part)
            columns = max([columns, *(_column(letters) + 1 for letters in {cell.rstrip(_DIGITS) for cell in filled})])
            rows = max([rows, *map(int, {cell.lstrip(_LETTERS) for cell in filled})])
        else:
            rows, columns = max(rows, 10**6 - 1), max(columns, 26)
        bad += _quick_bad(part, pending)
    return Survey(rows, columns, bad)


def _quick_bad(part: bytes, pending: bool) -> Iterator[Bad]:
    """The cells of a part of a sheet that cannot be used."""
    if b'"e"' in part or b"'e'" in part:
        for letters, number, inside in _WRONG.findall(part):
            stored = _STORED.search(inside)
            yield _bad_cell(letters, number, stored[1] if stored else b"", ERROR)
    if b"<f" in part:
        for letters, number, attributes, formula, value in (_PENDING if pending else _FORMULA).findall(part):
            given = (b'"str"' in attributes and value) or (b'"b"' in attributes and b"0" in value)
            if b'"e"' not in attributes and not given:
                yield _bad_cell(letters, number, b"=" + formula if formula else b"", NO_VALUE)


def _bad_cell(letters: bytes, number: bytes, value: bytes, reason: str) -> Bad:
    """A cell that cannot be used, as it stands in the XML of a sheet."""
    return Bad(int(number) - 1, _column(letters), html.unescape(value.decode()) or None, reason)


@functools.cache
def _column(letters: bytes) -> int:
    """The number of a column, from 0."""
    return functools.reduce(lambda number, letter: number * 26 + letter - 64, letters, 0) - 1


class _SlowSurvey:
    """Looks at each cell in the XML of a sheet, however it is written.

    A row or cell without a reference follows the one before.

    Args:
        pending: whether the zero of a formula is no value.
    """

    def __init__(self, pending: bool) -> None:
        self.rows = self.columns = 0
        self.bad: list[Bad] = []
        self._pending = pending
        self._arrays: list[tuple[tuple[int, int], tuple[int, int], str]] = []
        self._reach = ""
        self._row = self._at = -1
        self._place = 0, 0
        self._kind = ""
        self._inside: dict[str, str] = {}
        self._tag = ""

    def started(self, tag: str, attributes: Mapping[str, str]) -> None:
        """An element begins."""
        self._tag = tag = _local(tag)
        if tag == "row":
            self._row = int(attributes["r"]) - 1 if "r" in attributes else self._row + 1
            self._at = -1
            self._arrays = [array for array in self._arrays if array[1][0] >= self._row]
        elif tag == "c":
            self._kind = attributes.get("t", "")
            self._inside = {}
            self._place = _place(attributes["r"]) if "r" in attributes else (self._row, self._at + 1)
            self._at = self._place[1]
            self._reach = ""
        elif tag in ("f", "v", "is"):
            self._inside[tag] = ""
            if self._pending and attributes.get("t") == "array":
                self._reach = attributes.get("ref", "")

    def text(self, text: str) -> None:
        """What stands in an element."""
        if self._tag in self._inside:
            self._inside[self._tag] += text

    def ended(self, tag: str) -> None:
        """An element ends."""
        tag, self._tag = _local(tag), ""
        if tag != "c" or not self._inside:
            return
        self.rows, self.columns = max(self.rows, self._place[0] + 1), max(self.columns, self._place[1] + 1)
        value = self._inside.get("v")
        zero = self._pending and self._kind in ("", "n") and _ZERO.fullmatch((value or "").strip()) is not None
        formula = self._inside.get("f", self._array() if zero else None)
        if self._kind == "e":
            self.bad.append(Bad(*self._place, value or None, ERROR))
        elif formula is not None and (zero or not (value or (value == "" and self._kind == "str"))):
            self.bad.append(Bad(*self._place, f"={formula}" if formula else None, NO_VALUE))
        if ":" in self._reach:
            first, _, last = self._reach.partition(":")
            self._arrays.append((_place(first), _place(last), self._inside["f"]))

    def _array(self) -> str | None:
        """The formula of the cells above or beside that fills the one that ends, too."""
        row, column = self._place
        within = (what for top, low, what in self._arrays if top[0] <= row <= low[0] and top[1] <= column <= low[1])
        return next(within, None)


def _place(reference: str) -> tuple[int, int]:
    """The row and the column of a cell, from 0."""
    found = _REFERENCE.fullmatch(reference)
    if found is None:
        raise ValueError(reference)
    return int(found[2]) - 1, _column(found[1].encode())


def _slow_survey(parts: Iterable[bytes], pending: bool) -> Survey:
    """What the XML of a sheet tells, in whatever form it is."""
    survey = _SlowSurvey(pending)
    _parse(parts, survey.started, survey.ended, survey.text)
    return Survey(survey.rows, survey.columns, survey.bad)


# --- .xls


def _from_xls(name: str, data: bytes, limit: int) -> Book:
    """A workbook of Excel 95 to 2003.

    Raises:
        DataError: it is another file of such a make, or locked.
    """
    import xlrd

    if "EncryptedPackage".encode("utf-16-le") in data:
        raise DataError(_LOCKED)
    if any(stream.encode("utf-16-le") in data for stream in ("WordDocument", "PowerPoint Document")):
        raise DataError(f"a file of another program and no workbook, whatever its name says; {_AGAIN}")
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
        raise DataError(_LOCKED) if "encrypted" in str(error) else error from None
    sheets = opened.sheets()
    unworked = _unworked(opened)

    def cells(sheet: str) -> Cells:
        number, taken = next((number, one) for number, one in enumerate(sheets) if one.name == sheet)
        _require_room(sheet, taken.nrows, taken.ncols, limit)
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
                bad.append(Bad(row, i, _in_full(value), NO_DATE))
                values[i] = ""
            elif value < 2_958_466:  # the first day after the year 9999
                moment = xlrd.xldate.xldate_as_datetime(value, book.datemode)
                values[i] = moment.time() if value < 1 else moment
    return values


# --- .ods


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


def _from_ods(name: str, archive: zipfile.ZipFile, limit: int) -> Book:
    """A workbook of LibreOffice and its kin."""
    content = _Content(limit // _PLACE)
    with archive.open("content.xml") as file:
        _parse(iter(lambda: file.read(_PART), b""), content.started, content.ended, content.text)
    tables = {table.name: table for table in content.tables}

    def cells(sheet: str) -> Cells:
        taken = tables[sheet]
        _require_room(sheet, len(taken.rows), max(map(len, taken.rows), default=0), limit)
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
        return _without_zeros(value.replace("T", " ")).removesuffix(" 00:00:00"), ""
    if kind == "time":
        match = _DURATION.fullmatch(value)
        if match is None:
            raise ValueError(value)
        days, hours, minutes, seconds = (int(match[i] or 0) for i in (2, 3, 4, 5))
        shown = f"{match[1]}{days * 24 + hours:02}:{minutes:02}:{seconds:02}"
        return _without_zeros(f"{shown}.{match[6]}") if match[6] else shown, ""
    return value if kind == "boolean" else float(value), ""


# --- cells as texts


def _texts(cells: Cells) -> tuple[pl.DataFrame, list[Bad]]:
    """The cells of a sheet as texts, each at its place, and those that cannot be used, in order."""
    parts = [_blank(0)]
    rows = iter(cells.rows)
    while batch := list(itertools.islice(rows, _BATCH)):
        columns = itertools.zip_longest(*batch, fillvalue="")
        parts.append(pl.DataFrame(dict(_typed(columns, cells.left))) if any(batch) else _blank(len(batch)))
    came = pl.concat(parts, how="diagonal", rechunk=True)
    bad = list(cells.bad)
    texts: dict[str, pl.Series] = {}
    for column in came.columns:
        place = column.removeprefix(_NUMBERS)
        if place == column:
            found = came[column].set(came[column] == "", None)
        else:
            found, wrong = _decimals(came[column])
            bad += [Bad(row, int(place), value, reason) for row, value, reason in wrong]
        texts[place] = found.zip_with(found.is_not_null(), texts[place]) if place in texts else found
    height = max([came.height, *(cell.row + 1 for cell in bad)])
    width = max([0, *(int(place) + 1 for place in texts if came.height), *(cell.column + 1 for cell in bad)])
    nothing = pl.Series([None], dtype=pl.String).new_from_index(0, height)
    every = {i: texts[i].extend(nothing[came.height :]) if i in texts else nothing for i in map(str, range(width))}
    return pl.DataFrame(every), sorted(bad, key=lambda cell: cell[:2])


def _typed(columns: Iterable[Sequence[Cell]], left: int) -> Iterator[tuple[str, pl.Series]]:
    """The texts and the numbers of columns, each where there are any."""
    for i, values in enumerate(columns, left):
        kinds = set(map(type, values))
        if kinds == {float}:
            yield f"{_NUMBERS}{i}", pl.Series(values, dtype=pl.Float64)
        elif kinds == {str}:
            yield str(i), pl.Series(values, dtype=pl.String)
        elif kinds == {dt.date}:
            yield str(i), pl.Series(values, dtype=pl.Date).cast(pl.String)
        else:
            yield str(i), pl.Series(map(_not_number, values), dtype=pl.String)
            if float in kinds:
                numbers = [value if type(value) is float else None for value in values]
                yield f"{_NUMBERS}{i}", pl.Series(numbers, dtype=pl.Float64)


def _blank(rows: int) -> pl.DataFrame:
    """Rows without a cell."""
    return pl.DataFrame({"0": [None] * rows}, schema={"0": pl.String})


def _not_number(value: Cell) -> str | None:
    """A cell as text, if it is no number."""
    return value if type(value) is str else None if isinstance(value, float) else _moment(value)


@functools.lru_cache(1 << 14)
def _moment(value: bool | dt.date | dt.time | dt.timedelta) -> str:
    """A truth value, a date, a time or a duration as text; of a date at midnight the date alone."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, dt.timedelta):
        seconds, rest = divmod(abs(value), dt.timedelta(seconds=1))
        shown = f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}.{rest.microseconds:06}"
        return ("-" if value < dt.timedelta() else "") + _without_zeros(shown)
    if isinstance(value, dt.datetime):
        return _without_zeros(value.isoformat(" ")).removesuffix(" 00:00:00")
    return _without_zeros(value.isoformat())


def _without_zeros(moment: str) -> str:
    """A time without zeros at the end of its fractions of seconds."""
    return moment.rstrip("0").rstrip(".") if "." in moment else moment


def _decimals(numbers: pl.Series) -> tuple[pl.Series, list[tuple[int, str, str]]]:
    """Numbers as Excel shows them, with 15 digits and no exponent; and those that cannot be used, by their places."""
    places = (~(numbers.abs() < 10**15 - 0.5)).arg_true()
    wrong = [
        (at, _in_full(value), TOO_LONG if math.isfinite(value) else NO_NUMBER)
        for at, value in zip(places, numbers[places], strict=True)
    ]
    numbers = numbers.scatter(places, None).set(numbers == 0, 0.0)  # so that there is no -0
    texts = numbers.cast(pl.String).str.strip_suffix(".0")
    places = ((texts.str.len_bytes() > 15) | ((numbers.abs() < 1e-4) & (numbers != 0))).arg_true()
    if places.is_empty():
        return texts, wrong
    long = numbers[places].unique()
    shown = pl.Series([f"{Decimal(f'{value:.15g}'):f}" for value in long], dtype=pl.String)
    return _scattered(texts, places, numbers[places].replace_strict(long, shown, return_dtype=pl.String)), wrong


def _in_full(value: float) -> str:
    """A number with all of its digits."""
    return f"{Decimal(repr(value)):f}".removesuffix(".0")


def _scattered(texts: pl.Series, places: pl.Series, others: pl.Series) -> pl.Series:
    """Texts with others at some places, which Polars can only do with numbers."""
    sources = pl.int_range(len(texts), dtype=pl.UInt32, eager=True)
    return pl.concat([texts, others])[sources.scatter(places, range(len(texts), len(texts) + len(others)))]
