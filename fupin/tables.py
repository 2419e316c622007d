"""Reading tables: with spool.py and writing.py the only modules that open a file.

Every table is text: cells stay as they came, a blank cell is null. What is not a well-formed table (contract §1)
is refused with the file and the line as an editor shows it.
"""

from __future__ import annotations

import contextlib
import functools
import os
import weakref
from collections.abc import Callable, Iterator, Sequence
from typing import TypeAlias

from fupin import formats, spool, structure
from fupin.deferred import pl
from fupin.errors import DataError, Fault, Misuse, unusable
from fupin.spool import Data

BATCH = 1 << 20
"""Rows looked at together when a table is streamed or written."""


class Source:
    """A table that has been opened and found well-formed, or that is found so while it is read.

    Args:
        name: the file as the user wrote it, `-` for standard input.
        columns: the names of its columns.
        scan: the table as a lazy frame of texts, blank cells null.
        lines: the line of the file on which each of some rows begins.
        check: looks at each row, and raises a DataError for the first that is not well-formed. If it is given,
            rows that lack their last cell are uncertain until it has been called; all others are well-formed.
        small: whether it is read at once, which saves starting the streaming engine.
    """

    def __init__(
        self,
        name: str,
        columns: list[str],
        scan: Callable[[], pl.LazyFrame],
        lines: Callable[[Sequence[int]], list[int]],
        check: Callable[[], None] | None = None,
        small: bool = False,
    ) -> None:
        self.name = name
        self.columns = columns
        self.lines = lines
        self._scan = scan
        self._check = check
        self._small = small

    def scan(self) -> pl.LazyFrame:
        """The table as a lazy frame of texts, known to be well-formed."""
        self.verify()
        return self._scan()

    def read(self) -> pl.DataFrame:
        """The whole table."""
        try:
            frame = self._scan().collect()
        except pl.exceptions.PolarsError:
            self.verify()  # names the line of bytes that are not UTF-8
            raise
        if frame[self.columns[-1]].has_nulls():
            self.verify()
        return frame

    def batches(self, plan: Callable[[pl.LazyFrame, pl.Expr], pl.LazyFrame]) -> Iterator[pl.DataFrame]:
        r"""What a plan makes of the table, in batches of any order.

        Args:
            plan: makes a lazy frame with a row for each row of the table. It is given an expression that tells
                whether a row is uncertain, to be kept as the column `\0uncertain`.
        """
        uncertain = pl.lit(False) if self._check is None else pl.col(self.columns[-1]).is_null()
        try:
            planned = plan(self._scan(), uncertain)
            batches = (
                [planned.collect()] if self._small else planned.collect_batches(chunk_size=BATCH, maintain_order=False)
            )
            for batch in batches:
                if batch["\0uncertain"].any():
                    self.verify()
                yield batch
        except pl.exceptions.PolarsError:
            self.verify()
            raise

    def verify(self) -> None:
        """Make sure that each row is well-formed, where that is not known yet.

        Raises:
            DataError: one is not.
        """
        if self._check is not None:
            self._check()
            self._check = None

    def located(self, faults: Sequence[Fault]) -> list[Fault]:
        """The faults with file and line in place of rows; those that have another place already keep it."""
        rows = [row for fault in faults for row in (fault.row, fault.first) if row is not None]
        lines = dict(zip(rows, self.lines(rows), strict=True))
        placed = []
        for fault in faults:
            if fault.first is not None:
                fault = fault._replace(message=f"{fault.message}, first on line {lines[fault.first]}", first=None)
            if fault.row is not None:
                fault = fault._replace(file=self.name, line=lines[fault.row], row=None)
            placed.append(fault.within(self.name))
        return placed


Table: TypeAlias = "Source | pl.DataFrame | pl.LazyFrame | str | os.PathLike[str]"
"""A table as callers of the library may have it."""


def frame_source(frame: pl.DataFrame, name: str = "table") -> Source:
    """A table that is in memory already, with the rows counted as lines below a header."""
    texts = as_text(frame.lazy())
    return Source(
        name, frame.columns, lambda: texts, lambda rows: [row + 2 for row in rows], small=frame.height <= BATCH
    )


def table(value: Table, name: str = "table") -> Source:
    """A table, in whatever form a caller has it.

    Args:
        value: an opened table, a frame of any types, or the name of a file.
        name: what a frame is called in messages.

    Raises:
        DataError: it cannot be read.
        Misuse: it is no table.
    """
    if isinstance(value, Source):
        return value
    if isinstance(value, pl.DataFrame | pl.LazyFrame):
        return frame_source(value.lazy().collect(), name)
    if not isinstance(value, str | os.PathLike):
        raise Misuse(f"{name}: {type(value).__name__} is not a table; give a frame or the name of a file")
    keep = contextlib.ExitStack()
    source = open_table(os.fspath(value), keep)
    weakref.finalize(source, keep.close)
    return source


def open_table(name: str, keep: contextlib.ExitStack) -> Source:
    """Open a table by its name.

    Args:
        name: a file in the format of its ending, CSV if that tells none, plain or compressed; `-` is standard input.
        keep: keeps temporary files until they are no longer needed.

    Raises:
        DataError: the file is missing or not a well-formed table.
    """
    return opened(name, spool.read(name, keep), keep)


def opened(name: str, data: Data, keep: contextlib.ExitStack) -> Source:
    """A table whose bytes are there; see `open_table`."""
    kind = formats.of(name)
    if kind == "json":
        raise DataError(Fault("JSON is written and not read; write JSON lines, NAME.jsonl", file=name))
    if kind == "jsonl":
        return _open_lines(name, data)
    if kind not in formats.TYPED:
        return _open_csv(name, data, keep, formats.MARKS[kind])
    try:
        scanned = pl.scan_parquet(data, glob=False) if kind == "parquet" else pl.scan_ipc(data)
        texts = as_text(scanned, name)
        return Source(name, texts.collect_schema().names(), lambda: texts, lambda rows: [r + 2 for r in rows])
    except (pl.exceptions.PolarsError, OSError):
        raise DataError(Fault("cannot be read as what its name says", file=name)) from None


def _open_csv(name: str, data: Data, keep: contextlib.ExitStack, mark: str) -> Source:
    """Open a table of CSV or TSV: its header, its structure, and how its rows are read and found again."""
    data = structure.without_empty_last_line(data, keep)
    columns, head = structure.header(name, data, mark)
    found = structure.survey(data, mark)
    quoted = found.quoted
    lines = head.count(b"\n") if head.endswith(b"\n") else head.count(b"\n") + 1
    check = functools.partial(structure.check, name, data, len(columns), quoted, found.returns, mark)
    certain = quoted or found.returns or found.marks != (len(columns) - 1) * found.lines
    if certain:
        check()

    def scan() -> pl.LazyFrame:
        frame = pl.scan_csv(
            data[len(head) :] if isinstance(data, bytes) else data,
            has_header=False,
            skip_lines=0 if isinstance(data, bytes) else lines,
            schema=dict.fromkeys(columns, pl.String),
            separator=mark,
            quote_char='"' if quoted else None,
            glob=False,
        )
        return frame.with_columns(pl.all().replace("", None)) if quoted else frame

    def find_lines(rows: Sequence[int]) -> list[int]:
        if not quoted:
            return [lines + 1 + row for row in rows]
        wanted, found, seen = set(rows), {}, -1  # the header is record -1
        for records in structure.records(data):
            for row in sorted(r for r in wanted if seen <= r < seen + records.height):
                found[row] = int(records["line"][row - seen])
            seen += records.height
        return [found[row] for row in rows]

    return Source(name, columns, scan, find_lines, None if certain else check, isinstance(data, bytes))


def _open_lines(name: str, data: Data) -> Source:
    """Open a table of JSON lines, which is held as texts, a large one on the disk.

    Raises:
        DataError: a line is no object of cells, or a column has no name.
    """
    from fupin import jsonlines
    from fupin.writing import Growing

    structure.check_bytes(name, data)
    sheet = jsonlines.sheet(name, data)
    if odd := [column for column in sheet.columns if not column or unusable(column)]:
        raise DataError([Fault(f"a column cannot be called '{column}'", file=name) for column in odd])
    table = Growing()
    for part in sheet.parts():
        if part.broken:
            raise DataError([Fault(row.reason, file=name, line=row.line) for row in part.broken])
        rows = part.rows.drop("\0line")
        table.add(
            rows.rename(dict(zip(rows.columns, sheet.columns, strict=True))).with_columns(pl.all().replace("", None))
        )

    def find_lines(rows: Sequence[int]) -> list[int]:
        wanted, seen = set(rows), 0
        found: dict[int, int] = {}
        for part in sheet.parts():
            lines = part.rows["\0line"]
            found |= {row: int(lines[row - seen]) for row in wanted if seen <= row < seen + lines.len()}
            seen += lines.len()
        return [found[row] for row in rows]

    return Source(name, list(sheet.columns), table.scan, find_lines, small=isinstance(data, bytes))


def as_text(frame: pl.LazyFrame, name: str = "table") -> pl.LazyFrame:
    """A frame of any types as texts: decimals in full, floats in their shortest form, dates ISO, null blank.

    Raises:
        DataError: it has no column, one without a name, or one that holds what has no text, such as a list.
    """
    schema = frame.collect_schema()
    if not schema or "" in schema:
        raise DataError(Fault("a column has no name" if schema else "it has no column", file=name))
    faults = [Fault("a column cannot be called so; rename it", c, name) for c in schema if unusable(c)]
    if faults:
        raise DataError(faults)
    texts = []
    for column, kind in schema.items():
        cell = pl.col(column)
        if kind == pl.String:
            cell = cell.replace("", None)
        elif kind.is_float():
            cell = _float_text(cell)
        elif isinstance(kind, pl.Datetime):
            cell = cell.dt.to_string("iso:strict")
        elif kind.is_nested() or kind in (pl.Binary, pl.Object) or isinstance(kind, pl.Duration):
            raise DataError(Fault(f"holds {kind}, which is no cell of a table", column, name))
        else:
            cell = cell.cast(pl.String)
        texts.append(cell.alias(column))
    return frame.select(texts)


def _float_text(cell: pl.Expr) -> pl.Expr:
    """A float in its shortest decimal form, without an exponent."""
    text = cell.cast(pl.String)
    power = text.str.extract(r"e([+-]?[0-9]+)$").cast(pl.Int32)
    digits = text.str.extract(r"^-?([0-9.]+)e").str.replace(".", "", literal=True)

    def zeros(number: pl.Expr) -> pl.Expr:
        return pl.lit("0").repeat_by(pl.max_horizontal(number, pl.lit(0))).list.join("")

    large = pl.concat_str(digits, zeros(power - digits.str.len_chars().cast(pl.Int32) + 1))
    small = pl.concat_str(pl.lit("0."), zeros(-power - 1), digits.str.strip_chars_end("0"))
    long = pl.concat_str(
        pl.when(cell < 0).then(pl.lit("-")).otherwise(pl.lit("")), pl.when(power < 0).then(small).otherwise(large)
    )
    return pl.when(power.is_not_null()).then(long).otherwise(text.str.strip_suffix(".0").replace("-0", "0"))
