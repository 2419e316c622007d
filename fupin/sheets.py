"""Sheets as people send them: read row by row, so that a row that is not as it should be does not spoil the others."""

from __future__ import annotations

import contextlib
import csv
import io
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from fupin import cleaning, structure
from fupin.deferred import pl
from fupin.errors import DataError, Fault, unusable
from fupin.spool import Data, temporary

REJECTED = ("file", "sheet", "line", "column", "value", "reason")
"""What stands before the row itself in a table of rejected rows."""
_APART = "row."  # before a column of the row itself that is called like one of these
_RETURN = "\ue00d"  # stands for CR while lines are told apart, so that one inside a cell is not lost
_AGAIN = "; mend the row, or clear its reason if it is right as it is"
_BOM = b"\xef\xbb\xbf"
_OPEN = "the quotation mark opened here is never closed"
_CLOSED = re.compile('"(?:[^"]|"")*"')
_LOOSE = re.compile('"(?:[^"]|"")*"[^,]*|[^,]*')
_SPACE = r"[\s\u200b\ufeff]*"
_NOTHING = rf'^{_SPACE}(?:"{_SPACE}"{_SPACE})?(?:,{_SPACE}(?:"{_SPACE}"{_SPACE})?)*$'


class Broken(NamedTuple):
    """A row that has not as many cells as the header, or is no CSV, with its line before it was mended."""

    line: int
    cells: Sequence[str | None]
    text: str
    reason: str
    came: str | None = None


class Sheet(NamedTuple):
    r"""A table as it came.

    Args:
        name: its file, as messages name it.
        columns: its columns as they stand in the header.
        rows: the rows, a column of texts for each of them called `0`, `1`, …, and `\0line`; of mended rows also
            `\0came`, their line before.
        header: the line of the header.
        broken: the rows that could not be read.
        empty: the lines of rows without any cell.
        origin: the file that rejected rows came from before they were mended.
        others: all columns of a table of rejected rows.
    """

    name: str
    columns: Sequence[str]
    rows: pl.DataFrame
    header: int = 1
    broken: Sequence[Broken] = ()
    empty: Sequence[int] = ()
    origin: str | None = None
    others: Sequence[str] = ()

    @property
    def height(self) -> int:
        """How many rows came."""
        return self.rows.height + len(self.broken) + len(self.empty)


def from_frame(name: str, frame: pl.DataFrame) -> Sheet:
    """The table of an earlier stage, its rows counted as lines below a header."""
    rows = frame.rename({column: str(i) for i, column in enumerate(frame.columns)})
    return Sheet(name, frame.columns, rows.with_row_index("\0line", 2).with_columns(pl.col("\0line").cast(pl.Int64)))


def from_csv(name: str, data: Data, keep: contextlib.ExitStack) -> Sheet:
    """A CSV table in UTF-8.

    Args:
        name: its file, for messages.
        data: its bytes.
        keep: keeps temporary files.

    Raises:
        DataError: there is no header, or a quotation mark is never closed.
    """
    data = structure.without_empty_last_line(data, keep)
    columns: list[str] | None = None
    header = 1
    parts: list[pl.DataFrame] = []
    broken: list[Broken] = []
    empty: list[int] = []
    text = pl.col("text").str.strip_prefix("\ufeff").str.strip_suffix(_RETURN).str.replace_all(_RETURN, "\r")
    for records in structure.records(_kept_returns(data, keep), strict=True):
        found = records.with_columns(pl.col("line").cast(pl.Int64), text)
        blank = found["text"].str.contains(_NOTHING) & ~found["open"]
        empty += found.filter(blank)["line"].to_list()
        found = found.filter(~blank)
        if columns is None and found.height:
            header = int(found["line"][0])
            columns = _header(name, *found.row(0))
            found = found[1:]
        if columns is not None:
            bad = _bad(found, len(columns))
            broken += [_broken(len(columns), *row) for row in found.filter(bad).rows()]
            parts.append(_cells(found.filter(~bad), len(columns)))
    if columns is None:
        why = DataError(Fault("no row has a cell, so that there is no header", file=name))
        raise structure.nothing(name) if data in (b"", _BOM) else why
    if broken and broken[-1].reason == _OPEN:
        raise DataError(Fault(_OPEN, file=name, line=broken[-1].line))
    return Sheet(name, columns, pl.concat([_cells(None, len(columns)), *parts]), header, broken, empty)


def _bad(records: pl.DataFrame, width: int) -> pl.Series:
    """Which records are no rows of so many cells."""
    text = pl.col("text")
    if records["text"].str.contains('["\r]').any():
        return records.select(pl.col("open") | structure.is_bad(text, width)).to_series()
    return records.select(text.str.count_matches(",", literal=True) != width - 1).to_series()


def _kept_returns(data: Data, keep: contextlib.ExitStack) -> Data:
    """A text with another sign for each CR."""
    mark = _RETURN.encode()
    if isinstance(data, bytes):
        return data.replace(b"\r", mark)
    with data.open("rb") as file:
        if not any(b"\r" in part for part in iter(lambda: file.read(structure.CHUNK), b"")):
            return data
        file.seek(0)
        copy = temporary(keep)
        for part in iter(lambda: file.read(structure.CHUNK), b""):
            copy.write(part.replace(b"\r", mark))
        copy.flush()
    return Path(copy.name)


def _header(name: str, line: int, text: str, is_open: bool) -> list[str]:
    """The names of the columns as they stand.

    Raises:
        DataError: the header is no CSV.
    """
    if is_open or not structure.is_record(text):
        raise DataError(Fault(structure.malformed(text, 0, is_open), file=name, line=line))
    return next(csv.reader(io.StringIO(text, newline=""), strict=True))


def _broken(width: int, line: int, text: str, is_open: bool) -> Broken:
    """A row that could not be read, and why."""
    return Broken(line, _split(text)[:width], text, structure.malformed(text, width, is_open))


def _split(text: str) -> list[str | None]:
    """The cells of a row as well as they can be told: those with odd quotation marks as they came."""
    cells: list[str | None] = []
    at = -1
    while at < len(text):
        match = _LOOSE.match(text, at + 1)
        cell = match[0] if match else ""
        quoted = re.fullmatch(_CLOSED, cell)
        cells.append((cell[1:-1].replace('""', '"') if quoted else cell) or None)
        at = match.end() if match else len(text)
    return cells


def _cells(records: pl.DataFrame | None, width: int) -> pl.DataFrame:
    r"""The cells of records, and `\0line`."""
    names = [str(i) for i in range(width)]
    if records is None or not records.height:
        return pl.DataFrame(schema={**dict.fromkeys(names, pl.String), "\0line": pl.Int64})
    text: str = records["text"].str.join("\n").item()
    rows = pl.read_csv(text.encode() + b"\n", has_header=False, schema=dict.fromkeys(names, pl.String), quote_char='"')
    return rows.with_columns(records["line"].alias("\0line"))


def mended(sheet: Sheet) -> list[Sheet]:
    """A table of rejected rows, mended, as a sheet for each file that they came from; any other sheet as it is.

    Where there are several files, columns in which none of a file's rows has a cell are those of others. A row that
    could not be read is rejected again while it is as it was, and has its reason.
    """
    first = len(REJECTED)
    if tuple(sheet.columns[:first]) != REJECTED or len(sheet.columns) == first:
        return [sheet]
    columns = [column.removeprefix(_APART) for column in sheet.columns[first:]]
    places = [str(i) for i in range(first, len(sheet.columns))]
    found = []
    parts = sheet.rows.partition_by("0", maintain_order=True)
    for part in parts:
        unread = part.filter(pl.col("3").is_null() & pl.col("4").is_not_null() & pl.col("5").is_not_null())
        again = [
            Broken(line, cells, text, reason.removesuffix(_AGAIN) + _AGAIN, came)
            for line, came, text, reason, *cells in unread.select("\0line", "2", "4", "5", *places).rows()
            if _split(text)[: len(cells)] == cells[: len(_split(text))] and not any(cells[len(_split(text)) :])
        ]
        rows = part.filter(~pl.col("\0line").is_in([row.line for row in again]))
        own = [i for i, place in enumerate(places) if len(parts) == 1 or not part[place].is_null().all()]
        cells_of = [pl.col(places[i]).alias(str(n)) for n, i in enumerate(own)]
        rows = rows.select(*cells_of, "\0line", pl.col("2").alias("\0came"))
        again = [row._replace(cells=[row.cells[i] for i in own]) for row in again]
        origin = part["0"][0] or sheet.name
        found.append(Sheet(sheet.name, [columns[i] for i in own], rows, sheet.header, again, (), origin, columns))
    rest = Sheet(sheet.name, columns, _cells(None, len(columns)), sheet.header, sheet.broken, sheet.empty, sheet.name)
    broken = [row._replace(cells=row.cells[first:]) for row in sheet.broken]
    return [*found, rest._replace(broken=broken)] if broken or sheet.empty or not found else found


def apart(columns: Sequence[str]) -> list[str]:
    """The columns of rejected rows as they are called behind the reasons."""
    return [_APART + column if column in REJECTED else column for column in columns]


def headings(sheet: Sheet, rename: Mapping[str, str]) -> list[str]:
    """The names of a sheet's columns, made clean and new; nothing for a column without name and cells.

    Raises:
        DataError: one has no name but cells, or two have the same.
    """
    names = [cleaning.heading(column) for column in sheet.columns]
    new = [rename.get(name, name) for name in names]
    faults = []
    for i, (old, name) in enumerate(zip(names, new, strict=True)):
        if not name and not sheet.rows.select(cleaning.trimmed(pl.col(str(i))).is_null().all()).item():
            faults.append(Fault(f"column {i + 1} has cells but no name"))
        elif name and name in names[:i] and old == name:
            faults.append(Fault(f"the column is there twice, as columns {names.index(name) + 1} and {i + 1}", name))
        elif name and name in new[:i]:
            faults.append(Fault(f"'{names[new.index(name)]}' and '{old}' would both be called so", name))
        elif name and unusable(name):
            faults.append(Fault("a column cannot be called so; rename it", name))
    if not any(names):
        faults = [Fault("no column has a name")]
    if faults:
        raise DataError([fault._replace(file=sheet.name, line=sheet.header) for fault in faults])
    return new
