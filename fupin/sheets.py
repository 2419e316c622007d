"""Sheets as people send them: read row by row, so that a row that is not as it should be does not spoil the others."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from typing import NamedTuple

from fupin import cleaning, structure
from fupin.deferred import pl
from fupin.errors import DataError, Fault, unusable
from fupin.spool import Data

REJECTED = ("file", "sheet", "line", "column", "value", "reason")
"""What stands before the row itself in a table of rejected rows."""
_APART = "row."  # before a column of the row itself that is called like one of these


class Broken(NamedTuple):
    """A row that has not as many cells as the header, or is no CSV."""

    line: int
    cells: Sequence[str | None]
    text: str
    reason: str


class Sheet(NamedTuple):
    r"""A table as it came.

    Args:
        name: its file, as messages name it.
        columns: its columns as they stand in the header.
        rows: the rows, a column of texts for each of them called `0`, `1`, …, and `\0line`.
        broken: the rows that could not be read.
        empty: the lines of rows without any cell.
    """

    name: str
    columns: Sequence[str]
    rows: pl.DataFrame
    broken: Sequence[Broken] = ()
    empty: Sequence[int] = ()


def from_frame(name: str, frame: pl.DataFrame) -> Sheet:
    """The table of an earlier stage, its rows counted as lines below a header."""
    rows = frame.rename({column: str(i) for i, column in enumerate(frame.columns)})
    return Sheet(name, frame.columns, rows.with_row_index("\0line", 2).with_columns(pl.col("\0line").cast(pl.Int64)))


def from_csv(name: str, data: Data) -> Sheet:
    """A CSV table in UTF-8.

    Raises:
        DataError: there is no header, or a quotation mark is never closed.
    """
    columns: list[str] | None = None
    parts: list[pl.DataFrame] = []
    broken: list[Broken] = []
    empty: list[int] = []
    for records in structure.records(data):
        found = records.with_columns(pl.col("line").cast(pl.Int64), pl.col("text").str.strip_prefix("\ufeff"))
        if columns is None:
            blank = found["text"].str.contains(r"^[\s,]*$")
            empty += found.filter(blank)["line"].to_list()
            found = found.filter(~blank)
            if not found.height:
                continue
            columns = _header(name, *found.row(0))
            found = found[1:]
        good, bad, none = _sorted(found, len(columns))
        broken += [_broken(len(columns), *row) for row in bad.rows()]
        empty += none["line"].to_list()
        parts.append(_cells(good, len(columns)))
    if columns is None:
        raise structure.nothing(name)
    if broken and broken[-1].reason == _OPEN:
        raise DataError(Fault(_OPEN, file=name, line=broken[-1].line))
    rows = (
        pl.concat(parts) if parts else _cells(pl.DataFrame(schema={"line": pl.Int64, "text": pl.String}), len(columns))
    )
    return _without_reasons(Sheet(name, columns, rows, broken, empty))


_OPEN = "the quotation mark opened here is never closed"


def _header(name: str, line: int, text: str, is_open: bool) -> list[str]:
    """The names of the columns as they stand.

    Raises:
        DataError: the header is no CSV.
    """
    if is_open or not structure.is_record(text):
        raise DataError(Fault(structure.malformed(text, 0, is_open), file=name, line=line))
    return next(csv.reader([text], strict=True))


def _sorted(records: pl.DataFrame, width: int) -> tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame]:
    """Records that are rows, those that are broken, and those without any cell."""
    text = pl.col("text")
    none = text.str.contains(r"^[\s,]*$") & ~pl.col("open")
    bad = ~none & (pl.col("open") | structure.is_bad(text, width))
    sorts = records.with_columns(none=none, bad=bad)
    return sorts.filter(~(none | bad)), sorts.filter("bad").drop("none", "bad"), sorts.filter("none")


def _broken(width: int, line: int, text: str, is_open: bool) -> Broken:
    """A row that could not be read, and why."""
    cells: list[str | None]
    try:
        cells = [cell or None for cell in next(csv.reader([text], strict=True), [])]
    except csv.Error:
        cells = [*text.split(",")]
    return Broken(line, cells[:width], text, structure.malformed(text, width, is_open))


def _cells(records: pl.DataFrame, width: int) -> pl.DataFrame:
    r"""The cells of records, and `\0line`."""
    names = [str(i) for i in range(width)]
    if not records.height:
        return pl.DataFrame(schema={**dict.fromkeys(names, pl.String), "\0line": pl.Int64})
    text: str = records["text"].str.join("\n").item()
    rows = pl.read_csv(text.encode() + b"\n", has_header=False, schema=dict.fromkeys(names, pl.String), quote_char='"')
    return rows.with_columns(records["line"].alias("\0line"))


def _without_reasons(sheet: Sheet) -> Sheet:
    """A mended table of rejected rows as the rows themselves."""
    first = len(REJECTED)
    if tuple(sheet.columns[:first]) != REJECTED or len(sheet.columns) == first:
        return sheet
    columns = [column.removeprefix(_APART) for column in sheet.columns[first:]]
    rows = sheet.rows.select(*(pl.col(str(i + first)).alias(str(i)) for i in range(len(columns))), "\0line")
    broken = [row._replace(cells=row.cells[first:]) for row in sheet.broken]
    return sheet._replace(columns=columns, rows=rows, broken=broken)


def apart(columns: Sequence[str]) -> list[str]:
    """The columns of rejected rows as they are called behind the reasons."""
    return [_APART + column if column in REJECTED else column for column in columns]


def headings(sheet: Sheet) -> list[str]:
    """The names of a sheet's columns, made clean; nothing for a column without name and cells.

    Raises:
        DataError: one has no name but cells, or two have the same.
    """
    names = [cleaning.heading(column) for column in sheet.columns]
    faults = []
    for i, name in enumerate(names):
        if not name and not sheet.rows[str(i)].is_null().all():
            faults.append(Fault(f"column {i + 1} has cells but no name", file=sheet.name))
        elif name and name in names[:i]:
            faults.append(
                Fault(f"the column is there twice, as columns {names.index(name) + 1} and {i + 1}", name, sheet.name)
            )
        elif name and unusable(name):
            faults.append(Fault("a column cannot be called so; rename it", name, sheet.name))
    if not any(names):
        faults = [Fault("no column has a name", file=sheet.name)]
    if faults:
        raise DataError(faults)
    return names
