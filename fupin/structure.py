"""The structure of CSV files: what makes one a table, and which line breaks it.

Contract §1 and §11: UTF-8 with or without BOM, LF or CRLF, quotation marks as RFC 4180 has them, as many cells in
each row as in the header. The check is one pass over the lines; only a file with quotation marks, or a faulty one,
is looked at record by record.
"""

from __future__ import annotations

import contextlib
import csv
import functools
import os
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from fupin.deferred import pl
from fupin.errors import DataError, Fault, unusable
from fupin.spool import STDIN, Data, opened, temporary

csv.field_size_limit((1 << 31) - 1)  # a cell may have any length
CHUNK = 1 << 23
LONGEST = 1 << 26
"""A line or a record has fewer bytes."""
TOO_LONG = "a line of more than 64 MB; is this a table?"
_BATCH = 1 << 20
_PART = 1 << 22
_FEW = 1 << 20
_OTHERS = {
    b"PK\x03\x04": "an Excel workbook or another archive",
    b"\xd0\xcf\x11\xe0": "an old Excel workbook",
    b"\xff\xfe\0\0": "a text in UTF-32",
    b"\0\0\xfe\xff": "a text in UTF-32",
    b"\xff\xfe": "a text in UTF-16",
    b"\xfe\xff": "a text in UTF-16",
    b"\x1f\x8b": "compressed (a name that ends in .gz is unpacked)",
    b"(\xb5\x2f\xfd": "compressed (a name that ends in .zst is unpacked)",
    b"%PDF": "a PDF document",
    b"{\\rt": "a text document",
    b"\x89PNG": "an image",
    b"\xff\xd8\xff": "an image",
    b"Rar!": "an archive",
    b"7z\xbc\xaf": "an archive",
    b"PAR1": "a Parquet file",
    **dict.fromkeys((b"<!DO", b"<!do", b"<htm", b"<HTM"), "a web page"),
}
_QUOTED = '(?:[^"]|"")*'


class Grammar(NamedTuple):
    """Regular expressions of a cell and of a record whose cells stand apart by some mark."""

    mark: str
    cell: str
    record: str


@functools.cache
def grammar(mark: str = ",") -> Grammar:
    """The grammar of RFC 4180 with a mark between cells."""
    escaped = re.escape(mark)
    cell = rf'(?:[^"{escaped}\r\n]*|"{_QUOTED}")'
    return Grammar(escaped, cell, rf"{cell}(?:{escaped}{cell})*")


def without_empty_last_line(data: Data, spool: contextlib.ExitStack) -> Data:
    """The table without one empty last line, which is no row (contract §11)."""
    surplus = empty_last_line(data)
    if not surplus or isinstance(data, bytes):
        return data[: len(data) - surplus] if isinstance(data, bytes) else data
    copy = temporary(spool)
    with data.open("rb") as file:
        shutil.copyfileobj(file, copy, CHUNK)
    copy.truncate(copy.tell() - surplus)
    return Path(copy.name)


def empty_last_line(data: Data) -> int:
    """How many bytes a table has in an empty last line."""
    if isinstance(data, bytes):
        tail = data[-3:]
    else:
        with data.open("rb") as file:
            file.seek(-3, os.SEEK_END)
            tail = file.read()
    return 1 if tail.endswith(b"\n\n") else 2 if tail == b"\n\r\n" else 0


class Survey(NamedTuple):
    """What one look at the bytes of a file tells: whether it holds quotation marks and CRs, and its totals.

    Args:
        quoted: whether it holds quotation marks.
        returns: whether it holds CRs.
        marks: how many marks stand between cells.
        lines: how many lines it has.
    """

    quoted: bool
    returns: bool
    marks: int
    lines: int


def survey(data: Data, mark: str = ",") -> Survey:
    """Look at all bytes of a file once, a part at a time; the totals count only where nothing is quoted."""
    quoted = returns = False
    marks = breaks = 0
    last = b""
    with opened(data) as file:
        while not (quoted and returns) and (part := file.read(_PART)):
            quoted, returns = quoted or b'"' in part, returns or b"\r" in part
            if not quoted:
                marks, breaks, last = marks + count(part, mark.encode()), breaks + count(part, b"\n"), part[-1:]
    return Survey(quoted, returns, marks, breaks + (last != b"\n"))


def count(part: bytes, mark: bytes) -> int:
    """How often a byte is in a part of a file. As the rows of a CSV file, Polars counts them ten times faster."""
    if len(part) < _FEW:
        return part.count(mark)
    rows = pl.scan_csv(
        part,
        has_header=False,
        schema={"": pl.String},
        separator="\x01",
        quote_char=None,
        eol_char=mark.decode(),
        truncate_ragged_lines=True,
    )
    return int(rows.select(pl.len()).collect().item()) - (not part.endswith(mark))


def header(name: str, data: Data, mark: str = ",") -> tuple[list[str], bytes]:
    """The names of the columns, and the bytes of the header as they stand."""
    if isinstance(data, bytes):
        start = data
    else:
        with data.open("rb") as file:
            start = file.read(CHUNK)
    end = start.find(b"\n") + 1
    while end and start.count(b'"', 0, end) % 2:
        end = start.find(b"\n", end) + 1
    head = start[:end] if end else start
    if not head.removeprefix(b"\xef\xbb\xbf"):
        raise nothing(name)
    check_utf8(name, head)
    text = head.decode("utf-8-sig")
    record = text.removesuffix("\n").removesuffix("\r")
    if not is_record(record, mark):
        raise DataError(Fault(malformed(record, 0, record.count('"') % 2 == 1, mark), file=name, line=1))
    columns = next(csv.reader([text], strict=True, delimiter=mark), [""])
    faults = [Fault(f"column {i} has no name", file=name, line=1) for i, c in enumerate(columns, 1) if not c]
    faults += [Fault("a column cannot be called so; rename it", c, name, 1) for c in columns if unusable(c)]
    for i, column in enumerate(columns):
        if column and column in columns[:i]:
            faults.append(
                Fault(
                    f"the column is there twice, as columns {columns.index(column) + 1} and {i + 1}",
                    column,
                    name,
                    1,
                )
            )
    if columns.count("") > len(columns) // 2:
        raise DataError(
            Fault("most columns have no name; is this a title? The first line is the header", file=name, line=1)
        )
    if faults:
        raise DataError(faults)
    return columns, head


def nothing(name: str) -> DataError:
    """That a file is empty."""
    told = "no input (did the verb before it fail?)" if name == STDIN else "empty; a table has at least a header"
    return DataError(Fault(told, file=name))


def kind_of(start: bytes) -> str:
    """What a file is that begins so; nothing if it may be a text in a byte-wise encoding."""
    return next((kind for mark, kind in _OTHERS.items() if start.startswith(mark)), "")


def check_utf8(name: str, data: bytes, line: int = 1) -> None:
    """Make sure that bytes are UTF-8.

    Raises:
        DataError: they are not; the first such line is named.
    """
    try:
        data.decode()
    except UnicodeDecodeError as error:
        at = line + data.count(b"\n", 0, error.start)
        if at == 1 and (kind := kind_of(data)):
            raise DataError(Fault(f"{kind}, and no CSV in UTF-8", file=name)) from None
        culprit = " ".join(f"{byte:02X}" for byte in data[error.start : error.start + 2])
        message = f"bytes that are not UTF-8 ({culprit}); convert it, for example by iconv -f GB18030 -t UTF-8"
        raise DataError(Fault(message, file=name, line=at)) from None


def check(name: str, data: Data, width: int, quoted: bool, returns: bool, mark: str = ",") -> None:
    """Make sure that every row has as many cells as the header, with quotation marks where they belong.

    A file without quotation marks whose marks between cells are as many as its lines need, and none of whose rows
    lacks the last cell, has no row too long either; it need not be looked at line by line here.

    Raises:
        DataError: a row has not; the first one is named.
    """
    if not quoted and not (returns and _ends_with(data, b"\r")):
        line = pl.col("line")
        odd = line.str.count_matches(mark, literal=True) != width - 1
        odd = odd | (line == "") if width == 1 else odd
        odd = odd | line.str.contains("\r", literal=True) if returns else odd
        with contextlib.suppress(pl.exceptions.ComputeError):
            if not pl.scan_lines(data, glob=False).select(odd.any()).collect(engine="streaming").item():
                return
    _find_bad_record(name, data, width, mark)


def _ends_with(data: Data, mark: bytes) -> bool:
    if isinstance(data, bytes):
        return data.endswith(mark)
    with data.open("rb") as file:
        file.seek(-1, os.SEEK_END)
        return file.read() == mark


def records(data: Data) -> Iterator[pl.DataFrame]:
    """The records of a CSV file, the header too: `line` on which each begins, and its `text`.

    A record goes on over a line break while a quotation mark is open. The last frame may end in a record whose
    quotation mark is never closed: `open` is true for it.

    Args:
        data: the file.
    """
    scanned = pl.scan_lines(data, name="text", row_index_name="line", row_index_offset=1, glob=False)
    carried: pl.DataFrame | None = None
    for lines in scanned.collect_batches(chunk_size=_BATCH, maintain_order=True):
        found, carried = joined(lines, carried)
        if found.height:
            yield found
    if carried is not None:
        yield unclosed(carried)


def whole_records(part: bytes) -> int:
    """How many bytes of a part of a file are whole records, if it begins with one."""
    if b'"' not in part:
        return part.rfind(b"\n") + 1
    end, inside = len(part), part.count(b'"') % 2 == 1
    while (at := part.rfind(b"\n", 0, end)) >= 0:
        inside ^= part.count(b'"', at, end) % 2 == 1
        if not inside:
            return at + 1
        end = at
    return 0


def joined(
    lines: pl.DataFrame, carried: pl.DataFrame | None, strict: bool = False, mark: str = ","
) -> tuple[pl.DataFrame, pl.DataFrame | None]:
    """Lines as records.

    Args:
        lines: `line` and `text` of each.
        carried: the lines before, of a record that is not at its end.
        strict: only a quotation mark at the beginning of a cell opens it, so that a line with a stray one is a
            record of its own. It takes longer, and well-formed files have no stray ones.
        mark: what stands between cells.

    Returns:
        `line`, `text` and `open` (false) of each record, and the lines of the last one, where it goes on.
    """
    lines = lines.select("line", "text")
    goes_on = carried is not None
    marks = lines["text"].str.count_matches('"', literal=True).cum_sum()
    inside = _inside(lines, mark, goes_on) if strict else (marks + goes_on) % 2 == 1
    if carried is not None:
        lines = pl.concat([carried, lines])
        inside = pl.concat([pl.repeat(True, carried.height, eager=True).alias(inside.name), inside])
    begins = ~inside.shift(1, fill_value=False)
    whole = lines.height - int((~inside).reverse().arg_true().head(1).sum()) if not inside.all() else 0
    rest = lines[whole:]
    lines, begins = lines[:whole], begins[:whole]
    if not begins.all():
        lines = lines.group_by(begins.cum_sum().alias("record"), maintain_order=True).agg(
            pl.col("line").first(), pl.col("text").str.join("\n")
        )
    return lines.select("line", "text", open=pl.lit(False)), rest if rest.height else None


def unclosed(lines: pl.DataFrame) -> pl.DataFrame:
    """The lines of a record whose quotation mark is never closed, as one record."""
    return lines.select(pl.col("line").first(), pl.col("text").str.join("\n"), open=pl.lit(True))


def _inside(lines: pl.DataFrame, mark: str, goes_on: bool) -> pl.Series:
    """Whether a quoted cell is open behind each line, where it is said whether one goes on from the line before.

    Each line tells where it leads from outside a quoted cell and from inside. Where both lead to the same place, that
    is where one is; all other lines stay where they are or change sides, and are counted from there.
    """
    if not lines["text"].str.contains('"', literal=True).any():
        return pl.repeat(goes_on, lines.height, eager=True)
    text = pl.col("text").str.strip_prefix("\ufeff")
    escaped, cell, record = grammar(mark)
    closed = text.str.contains(f"^{record}$")
    opens = ~closed & text.str.contains(f'^(?:{cell}{escaped})*"{_QUOTED}$')
    stays = text.str.contains(f"^{_QUOTED}$")
    reopens = text.str.contains(f'^{_QUOTED}"(?:{escaped}{cell})*{escaped}"{_QUOTED}$')
    led = lines.select(outside=opens, inside=stays | reopens)
    known = led.select(pl.when(pl.col("outside") == pl.col("inside")).then("outside")).to_series()
    changes = led.select((pl.col("outside") & ~pl.col("inside")).cast(pl.Int64).cum_sum().alias("n")).to_series()
    since = pl.DataFrame({"known": known, "n": changes}).with_columns(
        base=pl.when(pl.col("known").is_not_null()).then("n").forward_fill().fill_null(0),
        start=pl.col("known").forward_fill().fill_null(goes_on),
    )
    return since.select(inside=pl.col("start") ^ ((pl.col("n") - pl.col("base")) % 2 == 1)).to_series()


def is_record(text: str, mark: str = ",") -> bool:
    """Whether a text is a record of CSV."""
    return re.fullmatch(grammar(mark).record, text) is not None


def is_bad(text: pl.Expr, width: int, mark: str = ",") -> pl.Expr:
    """Whether a text is no record of CSV, or one that has not so many cells."""
    plain = text.str.replace_all(r'"[^"]*"', "")
    return ~text.str.contains(f"^{grammar(mark).record}$") | (plain.str.count_matches(mark, literal=True) != width - 1)


def _find_bad_record(name: str, data: Data, width: int, mark: str) -> None:
    """Find the first record that is not well-formed, if there is one."""
    text = pl.col("text").str.strip_prefix("\ufeff")
    bad = pl.col("open") | (text == "") | is_bad(text, width, mark)
    try:
        for found in records(data):
            first = found.filter(bad).head(1)
            if first.height:
                line, record, is_open = first.row(0)
                raise DataError(Fault(malformed(record, width, is_open, mark), file=name, line=line))
    except pl.exceptions.ComputeError:
        check_bytes(name, data)
        raise
    if _ends_with(data, b"\r"):
        raise DataError(Fault(malformed("\r", width, mark=mark), file=name, line=_last_line(data)))


def _last_line(data: Data) -> int:
    return int(pl.scan_lines(data, glob=False).select(pl.len()).collect().item())


def check_bytes(name: str, data: Data) -> None:
    """Make sure that a file is UTF-8.

    Raises:
        DataError: it is not; the first such line is named.
    """
    with opened(data) as file:
        line = 1
        while lines := file.readlines(CHUNK):
            check_utf8(name, b"".join(lines), line)
            line += len(lines)


def malformed(record: str, width: int, is_open: bool = False, mark: str = ",") -> str:
    """Why a record is not as it should be."""
    outside = re.sub(r'"[^"]*"', "", record)
    if "\r" in outside:
        return "a bare CR (old Macintosh line end); save the file with LF or CRLF"
    if record == "":
        return "an empty line in the middle of the table" if width else "the header is empty"
    if is_open and re.search(f'(^|{re.escape(mark)})"', outside):
        return "the quotation mark opened here is never closed"
    if not is_record(record, mark):
        return "a quotation mark inside a cell that is not quoted (quote the whole cell and double the mark)"
    cells = outside.count(mark) + 1
    named = {",": "comma", "\t": "tab", ";": "semicolon"}.get(mark, mark)
    comma = f"; a cell that holds a {named} stands in quotation marks" if cells > width else ""
    return f"{cells} cell{'s' * (cells != 1)}, where the header has {width}{comma}"
