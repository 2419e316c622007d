"""Sheets as people send them: rows a part at a time, so that a row that is not as it should be spoils only itself."""

from __future__ import annotations

import contextlib
import queue
import re
import threading
from collections.abc import Callable, Collection, Iterator, Sequence
from typing import NamedTuple

from fupin import books, cleaning, layout
from fupin.deferred import pl
from fupin.errors import DataError, Fault, unusable
from fupin.layout import LOOKED_AT

REJECTED = ("file", "sheet", "line", "column", "value", "reason")
"""What stands before the row itself in a table of rejected rows."""
PART = 1 << 18
"""So many rows of a table that is in memory already are looked at together."""
BLANK = "without any cell"
TITLE = "above the header"
TOTAL = "of totals"
REPEATED = "that repeats the header"
UNITS = "of units below the header"
NOTE = "with notes or signatures below the table"
_APART = "row."  # before a column of the row itself that is called like one of these
_AGAIN = "; mend the row, or clear its reason if it is right as it is"
_CLOSED = re.compile('"(?:[^"]|"")*"')


class Broken(NamedTuple):
    """A row that has not as many cells as the header, or is no CSV, with its line before it was mended."""

    line: int
    cells: Sequence[str | None]
    text: str
    reason: str
    came: str | None = None


class Part(NamedTuple):
    r"""Some rows of a sheet.

    Args:
        rows: a column of texts for each of its columns, called `0`, `1`, …, and `\0line`; of mended rows also
            `\0came`, their line before.
        broken: the rows that could not be read.
        left: the `line` of each row that is left out, and `why`.
        size: how many bytes it has, where that is known.
        trimmed: whether it is known that no cell has spaces around it.
    """

    rows: pl.DataFrame
    broken: Sequence[Broken] = ()
    left: pl.DataFrame | None = None
    size: int = 0
    trimmed: bool = False

    @property
    def height(self) -> int:
        """How many rows came."""
        return self.rows.height + len(self.broken) + (0 if self.left is None else self.left.height)


class Sheet(NamedTuple):
    """A table as it came.

    Args:
        name: its file, and sheet, as messages name it.
        columns: its columns as they stand in the header.
        parts: gives its rows, from the first one each time it is called.
        header: the line of the header.
        titles: the rows above the header, trimmed.
        file: its file, if that is not its name.
        sheet: its sheet in a workbook.
        mended: whether these are rejected rows that have been mended, from the file and sheet.
        others: all columns of a table of rejected rows.
        bad: cells that cannot be used: `line`, `place` of the column, `reason`.
        size: how many bytes its file has, where that is known.
        form: whether it is a form, of which all rows are marks.
        heads: the rows of the header, trimmed, merged cells filled.
        units: the line of a row that says what the columns are counted in.
    """

    name: str
    columns: Sequence[str]
    parts: Callable[[], Iterator[Part]]
    header: int = 1
    titles: Sequence[Sequence[str]] = ()
    file: str | None = None
    sheet: str | None = None
    mended: bool = False
    others: Sequence[str] = ()
    bad: pl.DataFrame | None = None
    size: int = 0
    form: bool = False
    heads: Sequence[Sequence[str]] = ()
    units: int | None = None


def no_rows(width: int) -> pl.DataFrame:
    """No rows of so many columns."""
    return pl.DataFrame(schema={**dict.fromkeys(map(str, range(width)), pl.String), "\0line": pl.Int64})


def left_out(lines: pl.Series, why: str) -> pl.DataFrame:
    """Rows that are left out."""
    return lines.alias("line").to_frame().with_columns(why=pl.lit(why))


def from_frame(name: str, frame: pl.DataFrame) -> Sheet:
    """The table of an earlier stage, its rows counted as lines below a header."""
    rows = frame.rename({column: str(i) for i, column in enumerate(frame.columns)})
    rows = rows.with_row_index("\0line", 2).with_columns(pl.col("\0line").cast(pl.Int64))
    return Sheet(name, frame.columns, lambda: (Part(rows[i : i + PART]) for i in range(0, rows.height, PART)))


def split(text: str, mark: str = ",") -> list[str | None]:
    """The cells of a row as well as they can be told: those with odd quotation marks as they came."""
    outside = re.escape(mark)
    loose = re.compile(f'"(?:[^"]|"")*"[^{outside}]*|[^{outside}]*')
    cells: list[str | None] = []
    at = -1
    while at < len(text):
        match = loose.match(text, at + 1)
        cell = match[0] if match else ""
        quoted = re.fullmatch(_CLOSED, cell)
        cells.append((cell[1:-1].replace('""', '"') if quoted else cell) or None)
        at = match.end() if match else len(text)
    return cells


def without_notes(parts: Iterator[Part], width: int, dates: Collection[int] = ()) -> Iterator[Part]:
    """The parts of a sheet, without the notes and signatures below its last row, which are left out.

    Args:
        parts: the parts.
        width: how many columns the sheet has.
        dates: which of them hold dates.
    """
    before, held = Part(no_rows(width)), Part(no_rows(width))
    for part in parts:
        part = _together(held, part)
        lines = sorted([*part.rows["\0line"].tail(LOOKED_AT), *(row.line for row in part.broken[-LOOKED_AT:])])
        since = lines[-LOOKED_AT] if len(lines) >= LOOKED_AT else lines[0] if lines else 0
        early = int((part.rows["\0line"] < since).sum())
        held = Part(part.rows[early:], [row for row in part.broken if row.line >= since], trimmed=part.trimmed)
        part = part._replace(rows=part.rows[:early], broken=[row for row in part.broken if row.line < since])
        if before.rows.height or before.broken:
            yield before
            before = part
        else:
            before = _together(before, part)
    yield _together(before, _last(held, width, dates))


def _together(first: Part, second: Part) -> Part:
    """Two parts as one, since each takes some time however few rows it has."""
    if not first.height:
        return second
    lefts = [part.left for part in (first, second) if part.left is not None]
    return Part(
        pl.concat([first.rows, second.rows], how="diagonal"),
        [*first.broken, *second.broken],
        pl.concat(lefts) if lefts else None,
        first.size + second.size,
        first.trimmed and second.trimmed,
    )


def _last(part: Part, width: int, dates: Collection[int]) -> Part:
    """The last rows of a sheet, without the notes and signatures below it."""
    rows = {row.line: [cell or "" for cell in row.cells] for row in part.broken}
    kept = [name for name in part.rows.columns if not name.startswith("\0")]
    trimmed = part.rows.select("\0line", *(cleaning.trimmed(pl.col(name)).fill_null("") for name in kept))
    rows |= {int(line): list(map(str, cells)) for line, *cells in trimmed.rows()}
    lines = sorted(rows)
    begin = layout.notes([rows[line] for line in lines], width, dates)
    if begin == len(lines):
        return part
    since = lines[begin]
    below = pl.Series("line", lines[begin:], dtype=pl.Int64)
    return Part(
        part.rows.filter(pl.col("\0line") < since),
        [row for row in part.broken if row.line < since],
        left_out(below, NOTE),
    )


def ahead(parts: Iterator[Part]) -> Iterator[Part]:
    """The same parts, the next of which is made while one is looked at."""
    made: queue.Queue[Part | BaseException | None] = queue.Queue(maxsize=1)
    stopped = threading.Event()

    def make() -> None:
        try:
            for part in parts:
                made.put(part)
                if stopped.is_set():
                    return
            made.put(None)
        except BaseException as error:
            made.put(error)

    maker = threading.Thread(target=make, daemon=True)
    maker.start()
    try:
        while (part := made.get()) is not None:
            if isinstance(part, BaseException):
                raise part
            yield part
    finally:
        stopped.set()
        while maker.is_alive():
            with contextlib.suppress(queue.Empty):
                made.get(timeout=0.01)


def mended(sheet: Sheet) -> list[Sheet]:
    """A table of rejected rows, mended, as a sheet for each file that they came from; any other sheet as it is.

    Where there are several files, columns in which none of a file's rows has a cell are those of others. A row that
    could not be read, or a cell that could not be used, is rejected again while it is as it was, and has its reason.
    """
    first = len(REJECTED)
    if tuple(sheet.columns[:first]) != REJECTED or len(sheet.columns) == first:
        return [sheet]
    columns = [column.removeprefix(_APART) for column in sheet.columns[first:]]
    places = [str(i) for i in range(first, len(sheet.columns))]
    all_parts = list(sheet.parts())
    rows = pl.concat([no_rows(len(sheet.columns)), *(part.rows for part in all_parts)])
    found = []
    parts = rows.partition_by("0", "1", maintain_order=True)
    for part in parts:
        unread = part.filter(pl.col("3").is_null() & pl.col("4").is_not_null() & pl.col("5").is_not_null())
        again = [
            Broken(line, cells, text, reason.removesuffix(_AGAIN) + _AGAIN, came)
            for line, came, text, reason, *cells in unread.select("\0line", "2", "4", "5", *places).rows()
            if split(text)[: len(cells)] == cells[: len(split(text))] and not any(cells[len(split(text)) :])
        ]
        rows = part.filter(~pl.col("\0line").is_in([row.line for row in again]))
        own = [i for i, place in enumerate(places) if len(parts) == 1 or not part[place].is_null().all()]
        cells_of = [pl.col(places[i]).alias(str(n)) for n, i in enumerate(own)]
        rows = rows.select(*cells_of, "\0line", pl.col("2").alias("\0came"))
        again = [row._replace(cells=[row.cells[i] for i in own]) for row in again]
        one = Part(rows, again)
        found.append(
            sheet._replace(
                columns=[columns[i] for i in own],
                parts=_only(one),
                file=part["0"][0] or sheet.name,
                sheet=part["1"][0],
                mended=True,
                others=columns,
                bad=_unmended(part, rows, columns, own),
            )
        )
    broken = [row._replace(cells=row.cells[first:]) for part in all_parts for row in part.broken]
    left = [part.left for part in all_parts if part.left is not None and part.left.height]
    if not (broken or left or not found):
        return found
    rest = Part(no_rows(len(columns)), broken, pl.concat(left) if left else None)
    return [*found, sheet._replace(columns=columns, parts=_only(rest), file=sheet.name, mended=True)]


def _unmended(came: pl.DataFrame, rows: pl.DataFrame, columns: Sequence[str], own: Sequence[int]) -> pl.DataFrame:
    """The cells that could not be used, and are as they were: `line`, `place` and `reason`.

    Args:
        came: the rows with the columns that stand before them.
        rows: their own columns.
        columns: all columns.
        own: which of these the rows have.
    """
    told = pl.any_horizontal(pl.col("5").str.starts_with(reason) for reason in books.UNUSABLE)
    of_rows = came.filter(told.fill_null(False)).select("\0line", "3", "4", "5").join(rows, on="\0line")
    bad = []
    for line, column, value, reason, *cells in of_rows.drop("\0came").rows():
        named = [n for n, i in enumerate(own) if columns[i] == column]  # unless it has been renamed
        same = [n for n in named or range(len(own)) if cells[n] == value]
        bad += [(line, str(same[0]), reason.removesuffix(_AGAIN) + _AGAIN)] if same else []
    return pl.DataFrame(bad, schema={"line": pl.Int64, "place": pl.String, "reason": pl.String}, orient="row")


def _only(part: Part) -> Callable[[], Iterator[Part]]:
    """What gives this part alone."""
    return lambda: iter([part])


def apart(columns: Sequence[str]) -> list[str]:
    """The columns of rejected rows as they are called behind the reasons."""
    found = list(columns)
    for i, column in enumerate(columns):
        while column and (found[i] in (*REJECTED, *found[:i]) or (found[i] != column and found[i] in columns)):
            found[i] = _APART + found[i]
    return found


def names(sheet: Sheet) -> list[str]:
    """The names of a sheet's columns, made clean; nothing for a column without name."""
    return [cleaning.heading(column) for column in sheet.columns]


def require_headings(sheet: Sheet, new: Sequence[str]) -> None:
    """Make sure that a sheet's columns can be called so.

    Raises:
        DataError: two have the same name, or none has one.
    """
    before = names(sheet)
    faults = []
    for i, (old, name) in enumerate(zip(before, new, strict=True)):
        first = new.index(name)
        if name and first < i and before[first] == old:
            faults.append(Fault(f"the column is there twice, as columns {first + 1} and {i + 1}", name))
        elif name and first < i:
            faults.append(Fault(f"'{before[first]}' and '{old}' would both be called so", name))
        elif name and unusable(name):
            faults.append(Fault("a column cannot be called so; rename it", name))
    if not any(before):
        faults = [Fault("no column has a name")]
    if faults:
        raise DataError([fault._replace(file=sheet.name, line=sheet.header) for fault in faults])


def require_named(sheet: Sheet, names: Sequence[str], rows: pl.DataFrame) -> None:
    """Make sure that columns without a name have no cells.

    Raises:
        DataError: one has.
    """
    unnamed = [i for i, name in enumerate(names) if not name]
    cells = rows.select(cleaning.trimmed(pl.col(str(i))).is_not_null().any() for i in unnamed)
    faulty = [i for i in unnamed if cells[str(i)][0]]
    if faulty:
        told = [Fault(f"column {i + 1} has cells but no name", file=sheet.name, line=sheet.header) for i in faulty]
        raise DataError(told)
