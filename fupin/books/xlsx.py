"""Workbooks of Excel 2007 and later, read by calamine.

It takes error cells and formulas without a stored value for blank ones, and memory for each place up to the last
cell; so the XML of a sheet is looked at before.
"""

from __future__ import annotations

import functools
import html
import io
import posixpath
import re
import string
import zipfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from typing import NamedTuple

from fupin.books.cells import AGAIN, ERROR, NO_VALUE, PLACE, Bad, Book, Cells, require_room
from fupin.books.markup import PART, elements, local, parse
from fupin.errors import DataError

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


class Survey(NamedTuple):
    """What the XML of a sheet tells: how many rows and columns its cells reach over, and which cannot be used."""

    rows: int
    columns: int
    bad: Sequence[Bad]


def opened(name: str, data: bytes, archive: zipfile.ZipFile, limit: int) -> Book:
    """A workbook of Excel 2007 and later."""
    import python_calamine

    main = next(part for kind, part in _related(archive, "").values() if kind.endswith("/officeDocument"))
    related = _related(archive, main)
    described = elements(archive.read(main))
    pending = any(tag == "calcPr" and how.get("fullCalcOnLoad") in ("1", "true") for tag, how in described)
    parts, hidden = {}, set()
    for tag, sheet in described:
        if tag == "sheet" and related[sheet["id"]][0].endswith("/worksheet"):
            if sheet["name"] in parts:  # it is not known which one calamine would take
                raise ValueError(sheet["name"])
            parts[sheet["name"]] = related[sheet["id"]][1]
            hidden |= {sheet["name"]} if sheet.get("state", "visible") != "visible" else set()
    book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(data))
    begun: dict[str, Future[python_calamine.CalamineSheet]] = {}

    def begin(sheet: str) -> None:
        if _says_it_is_small(archive, parts[sheet], limit):
            begun[sheet] = ThreadPoolExecutor(1).submit(book.get_sheet_by_name, sheet)

    def cells(sheet: str) -> Cells:
        if sheet not in begun:
            begin(sheet)
        found = _survey(archive, parts[sheet], limit, pending)
        require_room(sheet, found.rows, found.columns, limit)
        taken = begun.pop(sheet).result() if sheet in begun else book.get_sheet_by_name(sheet)
        merged = [(*first, *last) for first, last in taken.merged_cell_ranges or ()]
        return Cells(taken.iter_rows(), (taken.start or (0, 0))[1], merged, found.bad)

    return Book(name, list(parts), [sheet for sheet in parts if sheet not in hidden], cells, begin)


def _related(archive: zipfile.ZipFile, part: str) -> dict[str, tuple[str, str]]:
    """The kinds and the paths of the parts that a part of a workbook refers to."""
    folder, file = posixpath.split(part)
    return {
        to["Id"]: (to["Type"], posixpath.normpath(posixpath.join("/", folder, to["Target"])).lstrip("/"))
        for tag, to in elements(archive.read(posixpath.join(folder, "_rels", f"{file}.rels")))
        if tag == "Relationship"
    }


def _says_it_is_small(archive: zipfile.ZipFile, path: str, limit: int) -> bool:
    """Whether a sheet says that its places can be held, so that it may be read while it is looked at."""
    with archive.open(path) as file:
        said = _REACH.search(file.read(1 << 12))
    return said is not None and int(said[2]) * (_column(said[1]) + 1) * PLACE <= limit


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
    if found is not None and found.rows * found.columns * PLACE > limit:
        found = _quick_survey(_cut(archive, path), pending, exact=True)
    return found or _slow_survey(_cut(archive, path), pending)


def _cut(archive: zipfile.ZipFile, path: str) -> Iterator[bytes]:
    """The XML of a sheet in parts, none of which ends within a cell."""
    rest = b""
    with archive.open(path) as file:
        while block := file.read(PART):
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
            raise DataError(f"a sheet in UTF-16, which calamine takes for an empty one; {AGAIN}")
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
        self._tag = tag = local(tag)
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
        tag, self._tag = local(tag), ""
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
    parse(parts, survey.started, survey.ended, survey.text)
    return Survey(survey.rows, survey.columns, survey.bad)
