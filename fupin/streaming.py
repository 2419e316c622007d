"""Boards larger than memory: read once, a part at a time, found well-formed and worked on on the way.

What a pass carries along is whether anything is at fault; only if something is, the board is read again to name it.
"""

from __future__ import annotations

import contextlib
import functools
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TypeAlias, TypeVar

from fupin import boards, checks, formats, parallel, structure, tables
from fupin.deferred import pl
from fupin.errors import SHOWN, DataError, Fault
from fupin.tables import BATCH, Source

LINE = "\0line"
"""The column in which a row stands as it came, without those cells that nobody asked for."""
_SIZE = 1 << 22  # what is made of a larger part takes memory that is given back and fetched anew each time
_ROWS = 1 << 18
Part: TypeAlias = "bytes | pl.DataFrame"
Made = TypeVar("Made")


class Odd(Exception):
    """A part is not well-formed; the whole table tells where."""


class Stream:
    """A large table, to be read from its beginning to its end.

    Args:
        name: the file as the user wrote it.
        data: where it lies.
        keep: keeps temporary files until they are no longer needed.
    """

    def __init__(self, name: str, data: Path, keep: contextlib.ExitStack) -> None:
        self.name = name
        self._data = data
        self._keep = keep
        self._head = b""
        self.height = 0
        """How many rows have been read."""
        self.mark = formats.MARKS.get(formats.of(name))
        """What stands between cells; nothing where it is no such text."""
        if self.mark is None:
            self.columns = self.source.columns
        else:
            self.columns, self._head = structure.header(name, data, self.mark)

    @functools.cached_property
    def source(self) -> Source:
        """The table opened for reading it in any way, which takes a look at all of it.

        Raises:
            DataError: it is not well-formed; the first such line is named.
        """
        source = tables.opened(self.name, self._data, self._keep)
        source.verify()
        return source

    def parts(self) -> Iterator[Part]:
        """The parts of the table; `rows` makes rows of them."""
        if self.mark is None:
            table, at = self.source.scan(), 0
            while (rows := table.slice(at, _ROWS).collect()).height:  # batches would be decoded far ahead of their use
                yield rows
                at += rows.height
            return
        stop = self._data.stat().st_size - structure.empty_last_line(self._data)
        at, size = len(self._head), _SIZE
        with self._data.open("rb") as file:
            while at < stop:
                file.seek(at)
                part = file.read(min(size, stop - at))
                end = structure.whole_records(part) if at + len(part) < stop else len(part)
                if end:
                    yield part[:end]
                elif size > structure.LONGEST:
                    raise Odd
                at, size = at + end, size if end else 2 * size

    def rows(self, part: Part, wanted: Sequence[str], others: bool) -> pl.DataFrame:
        r"""The rows of a part.

        Args:
            part: the part.
            wanted: columns that are needed.
            others: whether the others are needed, too. They are not told apart where they can do without it: then
                the frame has the wanted columns and `\0line`.

        Raises:
            Odd: it is not well-formed.
            PolarsError: the same; it is not UTF-8.
        """
        if isinstance(part, pl.DataFrame):
            return part if others else part.select(wanted)
        if b'"' in part or len(self.columns) == 1:
            rows = self._records(part)
            return rows if others else rows.select(wanted)
        if b"\r" in part:
            part = part.replace(b"\r\n", b"\n")
        lines = pl.scan_lines(part, name=LINE).collect()
        mark, marks = self.mark or "", len(self.columns) - 1
        if b"\r" in part or structure.count(part, mark.encode()) != marks * lines.height:
            raise Odd
        rows = self._read(part, list(dict.fromkeys([*wanted, self.columns[-1]])), None, lines.height)
        if rows[self.columns[-1]].has_nulls():  # a row may be too short, and another one too long
            each = pl.col(LINE).str.count_matches(mark, literal=True)
            if lines.select((each != marks).any()).item():
                raise Odd
        rows = rows.select(wanted)
        return rows.hstack(lines) if others else rows

    def _records(self, part: bytes) -> pl.DataFrame:
        """The rows of a part in which a cell is quoted, or which has but one column."""
        lines = pl.scan_lines(part, name="text", row_index_name="line").collect()
        records, rest = structure.joined(lines, None)
        text = pl.col("text")
        bad = (text == "") | structure.is_bad(text, len(self.columns), self.mark or "")
        if rest is not None or records.select(bad.any()).item():
            raise Odd
        rows = self._read(part, self.columns, '"', records.height)
        return rows.with_columns(pl.when(pl.all() != "").then(pl.all()))

    def _read(self, part: bytes, wanted: Sequence[str], quote: str | None, height: int) -> pl.DataFrame:
        """Some columns of a part that is known to be well-formed."""
        rows = pl.read_csv(
            part,
            has_header=False,
            schema=dict.fromkeys(self.columns, pl.String),
            columns=[self.columns.index(name) for name in wanted],
            separator=self.mark or "",
            quote_char=quote,
        )
        if rows.height != height:
            raise Odd
        return rows.select(wanted)


def work_through(
    stream: Stream,
    key: Sequence[str],
    work: Callable[[pl.DataFrame], Made],
    wanted: Sequence[str],
    others: bool = False,
) -> Iterator[Made]:
    """What is made of each part of a board, in their order, once its key has been looked at.

    Args:
        stream: the board.
        key: its key columns.
        work: makes something of some rows, or raises a DataError; several threads call it.
        wanted: the columns that it needs.
        others: whether it gives the others on; see `Stream.rows`.

    Raises:
        DataError: keys are repeated or blank, a row is not well-formed, or work has raised one. All parts have been
            looked at then, and all faults are counted.
    """
    needed = [name for name in stream.columns if name in {*key, *wanted}]  # in the order of the header
    keys = _Keys(key)

    def attempt(part: Part) -> tuple[pl.DataFrame, Made | DataError]:
        rows = stream.rows(part, needed, others)
        marks = keys.marks(rows)
        try:
            return marks, work(rows)
        except DataError as error:
            return marks, boards.named(error, rows, key)

    faults: list[Fault] = []
    total = 0
    try:
        for _, (marks, made) in parallel.in_order(stream.parts(), attempt):
            if isinstance(made, DataError):
                faults += [f._replace(row=stream.height + (f.row or 0)) for f in made.faults][: SHOWN - len(faults)]
                total += made.total
            elif not total:
                yield made
            keys.add(marks)
            stream.height += marks.height
    except (Odd, pl.exceptions.PolarsError):
        stream.source.verify()
        raise
    keys.check(stream)
    if total:
        raise DataError(stream.source.located(faults), total)


class _Keys:
    """The keys of a board: eight bytes for each, and eight more for those that may be there twice."""

    def __init__(self, key: Sequence[str]) -> None:
        self._key = list(key)
        self._marks: list[pl.Series] = []
        self._blank = False

    def _hash(self, seed: int) -> pl.Expr:
        """64 bits for the cells of a key."""
        first, *others = (pl.col(name).hash(seed) for name in self._key)
        return functools.reduce(lambda mark, bits: mark * pl.lit(0x9E3779B97F4A7C15, pl.UInt64) + bits, others, first)

    def marks(self, rows: pl.DataFrame) -> pl.DataFrame:
        """What `add` takes of some rows."""
        return rows.select(mark=self._hash(1), blank=pl.any_horizontal(pl.col(self._key).is_null()).any())

    def add(self, marks: pl.DataFrame) -> None:
        """Take the keys of the next rows."""
        self._marks.append(marks["mark"])
        self._blank = self._blank or bool(marks["blank"].any())

    def check(self, stream: Stream) -> None:
        """Make sure that keys are unique and not blank (contract §1).

        Raises:
            DataError: some are not; the lines are named.
        """
        marks = pl.concat(self._marks or [pl.Series(dtype=pl.UInt64)]).sort()
        self._marks.clear()
        again = marks.filter((marks == marks.shift()).fill_null(False)).unique().sort()
        del marks
        if self._blank or again.len():
            faults, total = self._faults(stream.source, again)
            if total:
                raise DataError(stream.source.located(faults), total)

    def _faults(self, source: Source, again: pl.Series) -> tuple[list[Fault], int]:
        """The rows with a blank key, or one that is there before: those to be shown, and how many there are.

        Args:
            source: the board.
            again: the marks that more than one row has, sorted.
        """
        listed: list[Fault] = []
        total = 0
        first = pl.repeat(None, again.len(), dtype=pl.UInt32, eager=True)
        other = pl.repeat(None, again.len(), dtype=pl.UInt64, eager=True)
        plan = source.scan().select(*self._key, self._hash(1).alias("\0mark"), self._hash(2).alias("\0other"))
        for rows in plan.with_row_index("\0row").collect_batches(chunk_size=BATCH, maintain_order=True):
            blank, blanks = checks.faults(rows, boards.key_checks(self._key))
            told = boards.named(DataError(blank), rows, self._key).faults
            here = [fault._replace(row=rows["\0row"][fault.row or 0]) for fault in told]
            at = again.search_sorted(rows["\0mark"])
            among = rows.with_columns(at.alias("\0at")).filter(at < again.len(), rows[self._key[0]].is_not_null())
            among = among.filter(again.gather(among["\0at"]) == among["\0mark"])
            new = among.filter(first.gather(among["\0at"]).is_null()).unique("\0at", keep="first", maintain_order=True)
            first = first.scatter(new["\0at"], new["\0row"])
            other = other.scatter(new["\0at"], new["\0other"])
            among = among.with_columns(first.gather(among["\0at"]).alias("\0first"))
            later = among.filter(among["\0row"] != among["\0first"], among["\0other"] == other.gather(among["\0at"]))
            here += checks.twice(later.head(SHOWN), self._key, "\0first")
            listed += sorted(here, key=lambda fault: fault.row or 0)[: SHOWN - len(listed)]
            total += blanks + later.height
        return listed, total
