"""Delimited text as people send it: CSV, tabs or semicolons, a part at a time, so that a bad row spoils only itself."""

from __future__ import annotations

import contextlib
import csv
import io
import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from fupin import cleaning, decoding, formats, layout, spool, structure
from fupin.deferred import pl
from fupin.errors import DataError, Fault
from fupin.layout import LOOKED_AT, Layout
from fupin.sheets import BLANK, TITLE, Broken, Part, Sheet, left_out, no_rows, split
from fupin.spool import Data

MARKS = (",", "\t", ";", "|")
"""What may stand between cells, if nobody says what does."""
_LOOSE_TAB = r"(?m)(?<=[,;|])\s*\t|\t\s*(?=[,;|])|\t\s*?$|^\s*?\t"  # a space around a cell, and no mark
_SEEN = 1000  # characters of a record that is never closed, which may hold all the rest of a file
_RETURN = "\ufdd0"  # no character; stands for CR while lines are told apart, so that one inside a cell is not lost
_BOM = b"\xef\xbb\xbf"
_OPEN = "the quotation mark opened here is never closed"
_SPACES = {  # by what they begin with, since looking for each takes long
    start: [space for space in (sign.encode() for sign in cleaning.SPACES) if space.startswith(start)]
    for start in (b" ", b"\t", b"\r", b"\xc2\xa0", b"\xe2\x80", b"\xe3\x80\x80", b"\xef\xbb\xbf")
}


class _Text(NamedTuple):
    """A delimited text in UTF-8, with what stands between its cells."""

    name: str
    data: Data
    mark: str

    @property
    def nothing(self) -> str:
        """What a row without any cell looks like."""
        space = f"{cleaning.SPACE}*"
        cell = rf'{space}(?:"{space}"{space})?'
        return rf"^{cell}(?:{re.escape(self.mark)}{cell})*$"

    def chunks(self, start: int, line: int, size: int = structure.CHUNK) -> Iterator[tuple[bytes, int]]:
        """The bytes behind some place, whole lines at a time, and the line on which each part begins.

        Raises:
            DataError: a line is longer than any line of a table.
        """
        with spool.opened(self.data) as file:
            file.seek(start)
            rest: list[bytes] = []
            while part := file.read(size):
                end = part.rfind(b"\n") + 1
                if not end:
                    rest.append(part)
                    if len(rest) * size > structure.LONGEST:
                        raise DataError(Fault(structure.TOO_LONG, file=self.name, line=line))
                    continue
                chunk, rest = b"".join([*rest, part[:end]]), [part[end:]]
                yield chunk, line
                line += structure.count(chunk, b"\n")
            if last := b"".join(rest):
                yield last, line


def find_mark(name: str, data: Data) -> str:
    """What stands between cells: of what is in the first line that has any mark, what makes the most even cells."""
    if formats.of(name) == "tsv":
        return formats.MARKS["tsv"]
    with spool.opened(data) as file:
        start = file.read(1 << 16)
    text = re.sub(_LOOSE_TAB, "", re.sub('"[^"]*"', "", start.decode("utf-8", "replace")))
    lines = [line for line in text.split("\n")[:LOOKED_AT] if line.strip()]

    def even(mark: str) -> int:
        counts = [line.count(mark) for line in lines if mark in line]
        return max((count * counts.count(count) for count in counts), default=0)

    here = next((found for line in lines if (found := [mark for mark in MARKS if mark in line])), [","])
    return max(here, key=even)


def sheet(
    name: str,
    data: Data,
    keep: contextlib.ExitStack,
    mark: str | None = None,
    labels: Sequence[str] = (),
    said: tuple[int, int] | None = None,
) -> Sheet:
    """A delimited text as a sheet.

    Args:
        name: its file, for messages.
        data: its bytes, in UTF-8.
        keep: keeps temporary files.
        mark: what stands between cells; found if left out.
        labels: texts that stand in titles.
        said: the first and last line of the header, where somebody said it.

    Raises:
        DataError: there is no header.
    """
    data = structure.without_empty_last_line(data, keep)
    text = _Text(name, data, mark or find_mark(name, data))
    first = _first_records(text)
    nothing = first["text"].str.contains(text.nothing)
    rows = first.filter(~nothing)
    if not rows.height:
        told = DataError(Fault("no row has a cell, so that there is no header", file=name))
        raise structure.nothing(name) if data in (b"", _BOM) else told
    lines = rows["line"].to_list()
    seen = pl.when("open").then(pl.col("text").str.head(_SEEN)).otherwise("text")
    cells = [split(record, text.mark) for record in rows.select(seen.alias("text"))["text"]]
    trimmed = [[(cell or "").strip(cleaning.SPACES) for cell in row] for row in cells]
    found = layout.find(trimmed, labels=labels, said=_said(name, said, lines))
    last = found.header + found.depth - 1
    for line, record, is_open in rows[found.header : last + 1].rows():
        if is_open or not structure.is_record(record, text.mark):
            raise DataError(Fault(structure.malformed(record, 0, is_open, text.mark), file=name, line=line))
    if found.depth == 1:
        columns = next(csv.reader(io.StringIO(rows["text"][last], newline=""), delimiter=text.mark, strict=True))
        found = found._replace(columns=columns)
    if said is None:
        layout.require_names(found, name, lines[found.header])
    over = _above(first.filter(first["line"] < lines[found.header]), nothing)
    behind = lines[last] + rows["text"][last].count("\n") + 1

    def parts() -> Iterator[Part]:
        if over.height:
            yield Part(no_rows(len(found.columns)), left=over)
        yield from _parts(text, found, behind)

    units = None if found.units is None else lines[found.units]
    return Sheet(
        name, found.columns, parts, lines[found.header], titles=trimmed[: found.header], heads=found.heads, units=units
    )


def _above(records: pl.DataFrame, nothing: pl.Series) -> pl.DataFrame:
    """The lines above the header, and why they are left out."""
    empty = nothing[: records.height]
    return records.select("line", why=pl.when(empty).then(pl.lit(BLANK)).otherwise(pl.lit(TITLE)))


def _said(name: str, said: tuple[int, int] | None, lines: Sequence[int]) -> tuple[int, int] | None:
    """The header that somebody said as rows of those that are looked at.

    Raises:
        DataError: no record begins on such a line.
    """
    if said is None:
        return None
    if said[0] not in lines or said[1] not in lines:
        line = next(line for line in said if line not in lines)
        raise DataError(Fault(f"no row with a cell begins on line {line}, which should be the header", file=name))
    return lines.index(said[0]), lines.index(said[1])


def _first_records(text: _Text) -> pl.DataFrame:
    """The first records, of which one may be open."""
    parts: list[pl.DataFrame] = []
    carried: pl.DataFrame | None = None
    for chunk, line in text.chunks(0, 1, 1 << 16):
        lines = _lines(chunk.removeprefix(_BOM) if line == 1 else chunk, line, text.name)
        found, carried = structure.joined(lines, carried, True, text.mark)
        parts.append(found)
        if sum(part.height for part in parts) >= LOOKED_AT:
            carried = None
            break
    parts += [] if carried is None else [structure.unclosed(carried)]
    empty = pl.DataFrame(schema={"line": pl.Int64, "text": pl.String, "open": pl.Boolean})
    return _with_returns(pl.concat([empty, *parts])).head(LOOKED_AT)


def _lines(chunk: bytes, line: int, name: str) -> pl.DataFrame:
    """The lines of a part of a file, with another sign for each CR.

    Raises:
        DataError: they are no text.
    """
    if b"\0" in chunk:
        at = line + chunk.count(b"\n", 0, chunk.index(b"\0"))
        raise DataError(Fault("a NUL byte, so that it is no text (--encoding utf-16?)", file=name, line=at))
    marked = chunk.replace(b"\r", _RETURN.encode()) if b"\r" in chunk else chunk
    try:
        decoded = marked.decode()
    except UnicodeDecodeError as error:
        decoding.refuse(name, "utf-8", error, line)
    lines = pl.Series("text", decoded.removesuffix("\n").split("\n"), dtype=pl.String).to_frame()
    return lines.select(pl.int_range(line, line + pl.len(), dtype=pl.Int64).alias("line"), "text")


def _with_returns(records: pl.DataFrame) -> pl.DataFrame:
    """Records with each CR again, but for one at the end of a line."""
    return records.with_columns(pl.col("text").str.strip_suffix(_RETURN).str.replace_all(_RETURN, "\r"))


def _parts(text: _Text, found: Layout, behind: int) -> Iterator[Part]:
    """The rows below the header, a part at a time."""
    width = len(found.columns)
    carried: pl.DataFrame | None = None
    for chunk, line in text.chunks(*_offset(text, behind)):
        part = _plain(text, chunk, line, width) if carried is None else None
        if part is None:
            records, carried = structure.joined(_lines(chunk, line, text.name), carried, True, text.mark)
            part = _sorted(text, _with_returns(records), width)
            if carried is not None and carried.estimated_size() > structure.LONGEST:
                raise DataError(Fault(_OPEN, file=text.name, line=carried["line"][0]))
        yield part._replace(size=len(chunk))
    if carried is not None:
        raise DataError(Fault(_OPEN, file=text.name, line=carried["line"][0]))


def _offset(text: _Text, behind: int) -> tuple[int, int]:
    """Where a line begins, and the line itself."""
    with spool.opened(text.data) as file:
        for _ in range(behind - 1):
            file.readline()
        return file.tell(), behind


def _plain(text: _Text, chunk: bytes, line: int, width: int) -> Part | None:
    """The rows of a part of a file in which nothing is quoted, and no row has too many or too few cells."""
    if width == 1 or b'"' in chunk or b"\0" in chunk:
        return None
    if b"\r" in chunk:
        chunk = chunk.replace(b"\r\n", b"\n")
        if b"\r" in chunk:
            return None
    names = [str(i) for i in range(width)]
    lines = structure.count(chunk, b"\n") + (not chunk.endswith(b"\n"))
    if structure.count(chunk, text.mark.encode()) != (width - 1) * lines:
        return None
    try:
        rows = pl.read_csv(
            chunk, has_header=False, schema=dict.fromkeys(names, pl.String), separator=text.mark, quote_char=None
        )
    except pl.exceptions.PolarsError:
        return None
    if rows.height != lines:
        return None
    rows = rows.with_columns(pl.int_range(line, line + pl.len(), dtype=pl.Int64).alias("\0line"))
    return Part(rows, trimmed=not _has_edges(chunk, text.mark.encode()))


def _has_edges(chunk: bytes, mark: bytes) -> bool:
    """Whether a cell may begin or end with a space."""
    starts = [start for start in _SPACES if start[:1] in chunk and start in chunk]
    spaces = [space for start in starts for space in _SPACES[start] if space in chunk]
    spaces = [space for space in spaces if space not in (mark, b"\n")]
    ends = [edge for space in spaces for edge in (mark + space, space + mark, b"\n" + space, space + b"\n")]
    return chunk.startswith(tuple(spaces)) or chunk.endswith(tuple(spaces)) or any(edge in chunk for edge in ends)


def _sorted(text: _Text, records: pl.DataFrame, width: int) -> Part:
    """Records as rows, as broken ones, and as those without any cell."""
    empty = records["text"].str.contains(text.nothing)
    left = left_out(records.filter(empty)["line"], BLANK)
    records = records.filter(~empty)
    bad = records.select(structure.is_bad(pl.col("text"), width, text.mark)).to_series()
    broken = [
        Broken(line, split(record, text.mark)[:width], record, structure.malformed(record, width, False, text.mark))
        for line, record, _ in records.filter(bad).rows()
    ]
    return Part(_cells(records.filter(~bad), width, text.mark), broken, left)


def _cells(records: pl.DataFrame, width: int, mark: str) -> pl.DataFrame:
    r"""The cells of records, and `\0line`."""
    if not records.height:
        return no_rows(width)
    names = [str(i) for i in range(width)]
    text: str = records["text"].str.join("\n").item()
    rows = pl.read_csv(
        text.encode() + b"\n",
        has_header=False,
        schema=dict.fromkeys(names, pl.String),
        quote_char='"',
        separator=mark,
    )
    return rows.with_columns(records["line"].alias("\0line"))
