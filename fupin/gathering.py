"""Sheets gathered into one table: opened, made clean a part at a time, counted, and put one below the other."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Literal, NamedTuple

from fupin import (
    books,
    decoding,
    delimited,
    formats,
    intake,
    jsonlines,
    parallel,
    shapes,
    sheets,
    spool,
    structure,
    tables,
    workbooks,
)
from fupin.books import Book
from fupin.deferred import pl
from fupin.errors import SHOWN, DataError, Fault
from fupin.intake import Clean, Rules
from fupin.progress import Progress
from fupin.rosters import Roster
from fupin.sheets import Part, Sheet
from fupin.spool import Data, written
from fupin.tables import Table
from fupin.writing import Growing

_BOOKS = (".xlsx", ".xlsm", ".xls", ".ods")
Source = Literal["file", "sheet"]
"""Where rows come from: their file, or also their sheet, as messages name it."""


class Reading(NamedTuple):
    """How files are read.

    Args:
        encoding: what texts are encoded in; `auto` is UTF-8, else strict GB18030.
        delimiter: what stands between cells; found if left out.
        header: the first and last line of the header; found if left out.
        labels: texts that stand in titles.
        sheet: the sheet of a workbook, by its name or number; the first one that is visible and has cells if left out.
        all_sheets: whether all visible sheets are read.
        max_size: how many bytes a workbook may unpack to.
    """

    encoding: str = "utf-8"
    delimiter: str | None = None
    header: tuple[int, int] | None = None
    labels: Sequence[str] = ()
    sheet: str | None = None
    all_sheets: bool = False
    max_size: int = 1 << 31


def begin(name: str, max_size: int) -> Book | None:
    """Open a workbook and begin to read its first sheet, which goes on while Polars is imported.

    Args:
        name: the file.
        max_size: how many bytes it may unpack to.

    Returns:
        the workbook; nothing for what is none, or cannot be opened, which is told where it is read.
    """
    if not name.lower().endswith(_BOOKS) or not os.path.isfile(name):
        return None
    with contextlib.suppress(DataError), contextlib.ExitStack() as keep:
        book = books.open_book(name, spool.read(name, keep), max_size)
        book.begin(book.visible[0])
        return book
    return None


def open_sheets(file: Table | Book, reading: Reading, keep: contextlib.ExitStack) -> list[Sheet]:
    """The sheets of one file, or the table of an earlier stage.

    Raises:
        DataError: it cannot be read.
    """
    if isinstance(file, Book):
        return _sheets_of(file, reading)
    if not isinstance(file, str | os.PathLike) or formats.of(os.fspath(file)) in formats.TYPED:
        source = tables.table(file)
        return sheets.mended(sheets.from_frame(source.name, source.read()))
    name = file if isinstance(file, str) else os.fspath(file)
    data = spool.read(name, keep)
    bare = formats.unpacked(name)
    if bare.endswith(_BOOKS) or (name == spool.STDIN and _begins_like_a_book(data)):
        return _sheets_of(books.open_book(name, data, reading.max_size), reading)
    plain = decoding.decode(name, data, reading.encoding, keep)
    size = len(plain) if isinstance(plain, bytes) else Path(plain).stat().st_size
    if formats.of(name) == "jsonl":
        return [jsonlines.sheet(name, plain)._replace(size=size)]
    text = delimited.sheet(name, plain, keep, reading.delimiter, reading.labels, reading.header)
    return sheets.mended(text._replace(size=size))


def _sheets_of(book: Book, reading: Reading) -> list[Sheet]:
    """The sheets of a workbook.

    Raises:
        DataError: it cannot be read.
    """
    found = workbooks.sheets_of(
        book, labels=reading.labels, said=reading.header, sheet=reading.sheet, all_sheets=reading.all_sheets
    )
    return [one for sheet in found for one in sheets.mended(sheet)]


def _begins_like_a_book(data: Data) -> bool:
    """Whether bytes begin as those of a workbook do."""
    with spool.opened(data) as file:
        return "workbook" in structure.kind_of(file.read(4))


class Gathered(NamedTuple):
    """What has been gathered.

    Args:
        table: the clean table.
        lines: the file and the lines of its rows before they were made long, where they are wanted.
        rejects: file, sheet, line, column, value, reason, then the row itself as it came, for each rejected row.
        faults: what is told of rejected rows where nobody takes them.
        left: `file`, `line` of each row that is left out, and `why`.
        rows: how many rows came.
        sent: the units that have sent a row.
        seen: the cells that must be there once, with the sheet's number and the line of each row.
    """

    table: Growing
    lines: Sequence[tuple[str, pl.Series]]
    rejects: pl.DataFrame
    faults: DataError
    left: pl.DataFrame
    rows: int
    sent: pl.Series
    seen: Mapping[tuple[str, ...], pl.DataFrame]


def gather(
    taken: Sequence[Sheet],
    rules: Rules,
    *,
    unique: Sequence[tuple[str, ...]] = (),
    add_source: Source | None = None,
    lines: bool = False,
) -> Gathered:
    """Make sheets clean and put them one below the other.

    Args:
        taken: the sheets.
        rules: how their rows are made clean.
        unique: columns that name a row once; later rows are refused.
        add_source: what of their place is added as the column `source`.
        lines: whether the lines of the rows are wanted.

    Raises:
        DataError: a sheet cannot be read, or they are not of one shape.
    """
    taken = [intake.with_taken(sheet, rules) for sheet in taken]
    intake.require(taken, rules, [name for columns in unique for name in columns])
    unique = list(dict.fromkeys([*unique, *(rules.schema.unique if rules.schema else ())]))
    found = _Pass(taken, rules, unique, add_source, lines).run({})
    again = _repeated(taken, found.seen)
    return _Pass(taken, rules, (), add_source, lines).run(again) if again else found


def _repeated(taken: Sequence[Sheet], seen: Mapping[tuple[str, ...], pl.DataFrame]) -> dict[int, pl.DataFrame]:
    """The `line` of rows that repeat others, with `column` and `reason`, by the number of their sheet."""
    found = []
    names = [sheet.name for sheet in taken]
    for columns, rows in seen.items():
        rows = rows.filter(pl.all_horizontal(pl.col(columns).is_not_null())).with_row_index("\0row")
        later = rows.filter(~pl.struct(columns).is_first_distinct())
        if not later.height:
            continue
        first = rows.filter(rows.select(columns).is_duplicated()).unique(columns, keep="first", maintain_order=True)
        both = later.join(first, on=columns, suffix=" first", maintain_order="left")
        where = pl.col("\0sheet first").replace_strict(range(len(names)), names, return_dtype=pl.String)
        cell = pl.concat_str(columns, separator=",")
        told = pl.format("'{}' is there twice, first in {}:{}", cell, where, "\0line first")
        found.append(both.select("\0sheet", line="\0line", column=pl.lit(columns[0]), reason=told))
    return {int(sheet): rows for (sheet,), rows in pl.concat(found).group_by("\0sheet")} if found else {}


class _Pass:
    """One pass through all sheets."""

    def __init__(
        self,
        taken: Sequence[Sheet],
        rules: Rules,
        unique: Sequence[tuple[str, ...]],
        add_source: Source | None,
        lines: bool,
    ) -> None:
        self.taken = taken
        self.rules = rules
        self.unique = unique
        self.add_source = add_source
        self.wants_lines = lines
        self.table = Growing()
        self.columns: list[str] = []
        self.lines: list[tuple[str, pl.Series]] = []
        self.rejects: list[pl.DataFrame] = []
        self.faults: list[Fault] = []
        self.left: list[pl.DataFrame] = []
        self.sent: list[pl.Series] = []
        self.seen: dict[tuple[str, ...], list[pl.DataFrame]] = {columns: [] for columns in unique}
        self.rows = self.rejected = 0

    def run(self, again: Mapping[int, pl.DataFrame]) -> Gathered:
        """Go through all sheets.

        Args:
            again: the rows that repeat others, by the number of their sheet.

        Raises:
            DataError: a sheet cannot be read, or they are not of one shape.
        """
        with Progress(sum(sheet.size for sheet in self.taken)) as progress:
            for number, sheet in enumerate(self.taken):
                names = intake.headings(sheet, self.rules)
                parts = 0
                for part, found in self._cleaned(sheet, names, again.get(number)):
                    if part.height != found.table.height + found.rejects.height + found.left.height:
                        raise AssertionError(f"{sheet.name}: a row was lost on the way")
                    self.rows += part.height
                    self._take(number, sheet, found)
                    parts += 1
                    progress.advance(part.size)
                if not parts:
                    empty = sheets.Part(sheets.no_rows(len(names)))
                    self._take(number, sheet, intake.clean(sheet, names, empty, self.rules))
        rejects = pl.concat([part for part in self.rejects if part.height] or self.rejects, how="diagonal")
        first = self.rejects[0].columns
        rejects = rejects[first] if set(first) == set(rejects.columns) else rejects
        left = pl.DataFrame(schema={"file": pl.String, "line": pl.Int64, "why": pl.String})
        return Gathered(
            self.table, self.lines, rejects, DataError(self.faults, self.rejected),
            pl.concat([left, *self.left]), self.rows,
            pl.concat(self.sent).unique() if self.sent else pl.Series(dtype=pl.String),
            {columns: pl.concat(parts) for columns, parts in self.seen.items()},
        )  # fmt: skip

    def _cleaned(self, sheet: Sheet, names: Sequence[str], again: pl.DataFrame | None) -> Iterator[tuple[Part, Clean]]:
        """The parts of a sheet and what becomes of each, in their order; several are made clean at a time.

        Where rows are numbered, a part waits for the numbers of the one before.
        """
        if self.rules.number_rows:
            numbered = 0
            for part in sheets.ahead(sheet.parts()):
                one = intake.clean(sheet, names, part, self.rules, again, numbered)
                numbered += part.height - len(part.broken) - one.left.height
                yield part, one
            return
        yield from parallel.in_order(
            sheets.ahead(sheet.parts()), lambda part: intake.clean(sheet, names, part, self.rules, again)
        )

    def _take(self, number: int, sheet: Sheet, found: Clean) -> None:
        """Take what has become of some rows.

        Raises:
            DataError: they are not of one shape with those before.
        """
        self.rejected += found.rejects.height
        self.rejects.append(found.rejects)
        self.faults += found.faults[: SHOWN - len(self.faults)]
        if found.left.height:
            self.left.append(found.left.select(pl.lit(sheet.name).alias("file"), "line", "why"))
        if found.sent is not None:
            self.sent.append(found.sent)
        for columns in self.unique:
            missing = [name for name in columns if name not in found.table.columns]
            cells = found.table.with_columns(pl.lit(None, dtype=pl.String).alias(name) for name in missing)
            at = cells.select(
                *map(self._compared, columns), pl.lit(number).alias("\0sheet"), found.lines.alias("\0line")
            )
            self.seen[columns].append(at)
        if self.wants_lines:
            self.lines.append((sheet.name, found.lines))
        self.table.add(self._fitted(sheet, self._part(sheet, found.table)))

    def _compared(self, name: str) -> pl.Expr:
        """A column as its cells are compared: numbers that are the same are, however they are written."""
        fields = {field.name: field for field in self.rules.schema.fields} if self.rules.schema else {}
        cell = fields[name].value if name in fields else pl.col(name)
        return cell.cast(pl.String).alias(name)

    def _part(self, sheet: Sheet, table: pl.DataFrame) -> pl.DataFrame:
        """The clean rows of a sheet as they stand in the table.

        Raises:
            DataError: a column is there already, or is missing.
        """
        part = shapes.longer(sheet.name, table, self.rules.long) if self.rules.long else table
        if self.add_source and "source" in part.columns:
            told = "the column is already there, so that --add-source cannot add it"
            raise DataError(Fault(told, "source", sheet.name))
        if self.add_source is None:
            return part
        file = written(sheet.file or sheet.name)
        within = f":{sheet.sheet}" if self.add_source == "sheet" and sheet.sheet else ""
        return part.with_columns(source=pl.lit(f"{file}{within}"))

    def _fitted(self, sheet: Sheet, part: pl.DataFrame) -> pl.DataFrame:
        """Rows with the columns of the table, in their order.

        Raises:
            DataError: they are not of one shape.
        """
        if not self.columns:
            whole = next((one for one in self.taken if not one.mended), None)
            self.columns = part.columns if whole is sheet else self._shape(sheet, part.columns, whole)
        missing = [name for name in self.columns if name not in part.columns] if sheet.mended else []
        part = part.with_columns(pl.lit(None, dtype=pl.String).alias(column) for column in missing)
        if odd := sorted(set(part.columns) ^ set(self.columns)):
            told = f"has other columns than {self.taken[0].name} ({', '.join(odd)}); see --rename, --keep and --long"
            raise DataError(Fault(told, file=sheet.name))
        return part.select(self.columns)

    def _shape(self, sheet: Sheet, made: Sequence[str], whole: Sheet | None) -> list[str]:
        """The columns of the table, of which the first rows are mended ones."""
        if whole is None:
            return intake.shape(sheet.others, self.rules, made)
        names = intake.headings(whole, self.rules)
        nothing = intake.clean(whole, names, sheets.Part(sheets.no_rows(len(names))), self.rules)
        return self._part(whole, nothing.table).columns


def add_missing(table: Growing, roster: Roster, sent: pl.Series, long: Sequence[str]) -> int:
    """Add a row of missing cells for each unit that sent nothing; with `long` one for each item.

    Args:
        table: the table, to which they are added in the order of the roster.
        roster: the units.
        sent: the units that sent a row, refused or not.
        long: the columns that stay where the others have become rows.

    Returns:
        how many units were added.
    """
    silent = roster.units.filter(~roster.units.is_in(sent.implode())).alias(roster.key).to_frame()
    if silent.height:
        items = table.frame()["item"].unique(maintain_order=True).to_frame() if long else None
        rows = silent if items is None else silent.join(items, on=None, how="cross")
        missing = [name for name in table.columns if name not in rows.columns]
        rows = rows.with_columns(pl.lit(None, dtype=pl.String).alias(name) for name in missing)
        table.add(rows.select(table.columns))
    return silent.height
