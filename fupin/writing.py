"""Writing tables: CSV as contract §1 has it, or what the ending of a file asks for, whole or not at all."""

from __future__ import annotations

import contextlib
import io
import os
import shutil
import sys
import tempfile
import weakref
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import IO, BinaryIO, Literal, NamedTuple, TypeAlias, cast

from fupin import formats, structure
from fupin.deferred import pl
from fupin.errors import DataError, Fault, Misuse
from fupin.formats import Format
from fupin.spool import STDIN, descriptor, zstandard
from fupin.tables import BATCH

_IN_MEMORY = 1 << 24
_COPIED = 1 << 18  # bytes at a time, which stay near the processor


class Growing:
    """A table that grows by some rows at a time, and lies on disk once it is large.

    Args:
        kept: whether it will become a file, which the disk may have while the table still grows.
    """

    def __init__(self, kept: bool = False) -> None:
        self.height = 0
        self.columns: list[str] = []
        self._parts: list[pl.DataFrame] = []
        self._size = 0
        self._file: IO[bytes] | None = None
        self._disk = ThreadPoolExecutor(1) if kept else None
        self._synced: Future[None] | None = None

    def add(self, rows: pl.DataFrame) -> None:
        """Add rows of texts, all with the same columns."""
        self.columns = self.columns or rows.columns
        if rows.height or not self._parts:
            self._parts.append(rows)
            self.height += rows.height
            self._size += int(rows.estimated_size())
        if self._size > _IN_MEMORY:
            self._spill()

    def add_csv(self, columns: Sequence[str], rows: bytes, height: int) -> None:
        """Add rows that are CSV already."""
        self.columns = self.columns or list(columns)
        self.height += height
        file = self._spill()
        with _told(file.name):
            file.write(rows)
            self._sync(file)

    def _sync(self, file: IO[bytes]) -> None:
        """Let the disk have what is written by now while more is made, so that it is not waited for in the end."""
        if self._disk is None or (self._synced and not self._synced.done()):
            return
        if self._synced:
            self._synced.result()
        self._synced = self._disk.submit(os.fsync, file.fileno())

    def _spill(self) -> IO[bytes]:
        """Write what is in memory to the disk."""
        if self._file is None:
            self._file = open(_new_file(None, "fupin-"), "w+b")  # noqa: SIM115 - lasts as long as the table
            self._remove = weakref.finalize(self, _close_and_remove, self._file)
            _write_csv(pl.DataFrame(schema=dict.fromkeys(self.columns, pl.String)), self._file)
        with _told(self._file.name):
            for part in self._parts:
                _write_csv(part, self._file, header=False)
            self._file.flush()
        self._parts, self._size = [], 0
        return self._file

    def frame(self) -> pl.DataFrame:
        """The whole table."""
        if self._file is None:
            return pl.concat(self._parts) if self._parts else pl.DataFrame()
        return self.scan().collect()

    def scan(self) -> pl.LazyFrame:
        """The table, to be read from the disk a part at a time if it lies there."""
        if self._file is None:
            return self.frame().lazy()
        rows = pl.scan_csv(self._spill().name, schema=dict.fromkeys(self.columns, pl.String), glob=False)
        return rows.with_columns(pl.when(pl.all() != "").then(pl.all()))

    def parts(self) -> Iterator[pl.DataFrame]:
        """The table, some rows at a time."""
        if self._file is None:
            yield self.frame()
            return
        yield from self.scan().collect_batches(chunk_size=BATCH, maintain_order=True)

    def write_csv(self, file: IO[bytes]) -> None:
        """Write the table as CSV, which is the last that is done with it.

        Its own file is removed before, as a reader who has seen enough, such as `head`, ends the process at once.
        """
        if self._file is None:
            _write_csv(self.frame(), file)
            return
        with open(self._spill().name, "rb") as written:
            self._remove()
            shutil.copyfileobj(written, file, _COPIED)

    def linked(self, folder: str) -> str | None:
        """The path of the table as CSV in a folder, where it can be had without copying it."""
        if self._file is None:
            return None
        path = os.path.join(folder, f".{os.path.basename(self._spill().name)}")
        if self._synced:
            self._synced.result()
        try:
            os.link(self._file.name, path)
        except OSError:  # another disk, or one without links
            return None
        return path


def _close_and_remove(file: IO[bytes]) -> None:
    """Remove a temporary file."""
    file.close()
    Path(file.name).unlink(missing_ok=True)


class Folder(NamedTuple):
    """Files for one folder.

    Args:
        files: their bytes by their names.
        replace: whether files that are there already may be overwritten.
    """

    files: Mapping[str, bytes]
    replace: bool = False


Made: TypeAlias = "pl.DataFrame | Growing | str | bytes | Folder"
"""What a verb makes: a table, perhaps a large one, or a text, a workbook or a folder of them for people."""


def check_name(name: str, what: str) -> None:
    """Make sure that a table can be written to a file of that name.

    Raises:
        Misuse: its ending is that of another format.
    """
    packed = formats.of(name) in formats.TYPED and name.lower().endswith(formats.PACKED)
    if formats.is_other(name) or packed:
        right = ".csv, .tsv, .jsonl or .json (each also .gz or .zst), .parquet or .arrow"
        raise Misuse(f"{what}: '{name}': no table is written so; end the name in {right} (or report)")


def write(frame: pl.DataFrame | Growing, target: str | None = None) -> None:
    """Write a table of texts, whole or not at all.

    Args:
        frame: the table.
        target: a file, in the format that its ending names; standard output if left out.

    Raises:
        DataError: it cannot be written.
    """
    with contextlib.ExitStack() as keep:
        prepare(frame, target, keep)()


def prepare(made: Made, target: str | None, keep: contextlib.ExitStack) -> Callable[[], None]:
    """Make all ready for writing what a verb has made, so that what is left to do hardly fails.

    A file is written beside its place. A device, a FIFO or a descriptor has no such place.

    Args:
        made: what is to be written.
        target: a file, in the format that its ending names, or the folder of a `Folder`; standard output if left out.
        keep: removes what has not come to its place.

    Returns:
        what puts it in its place, or writes it there; it raises a DataError, too.

    Raises:
        DataError: it cannot be written.
    """
    if isinstance(made, Folder):
        with _told(target or "."):
            return _into_folder(target or ".", made, keep)

    def fill(file: IO[bytes]) -> None:
        if isinstance(made, pl.DataFrame | Growing):
            _write_as(made, target or STDIN, file)
        else:
            file.write(made.encode() if isinstance(made, str) else made)

    if target is None or target == STDIN:
        return lambda: write_stdout(fill)
    if descriptor(target) is not None or (os.path.exists(target) and not os.path.isfile(target)):
        return lambda: _write_directly(target, fill)
    with _told(target):
        return _beside(target, made, fill, keep)


@contextlib.contextmanager
def _told(target: str) -> Iterator[None]:
    """Tell why a file cannot be written."""
    try:
        yield
    except OSError as error:
        raise DataError(Fault(f"cannot be written: {error.strerror or error}", file=target)) from None


def write_stdout(fill: Callable[[IO[bytes]], object]) -> None:
    """Write to standard output.

    Raises:
        DataError: it cannot be written.
    """
    with _told("standard output"):
        sys.stdout.flush()
        fill(sys.stdout.buffer)
        sys.stdout.buffer.flush()


def _write_directly(target: str, fill: Callable[[IO[bytes]], object]) -> None:
    """Write to a device or a FIFO; and to a descriptor where it stands, after what others have written there."""
    number = descriptor(target)
    with _told(target), open(target if number is None else os.dup(number), "wb") as device:
        fill(device)


def _beside(
    target: str, made: Made, fill: Callable[[IO[bytes]], object], keep: contextlib.ExitStack
) -> Callable[[], None]:
    """Write a file beside its place; what is returned renames it onto the old one, whose mode it has."""
    path = os.path.realpath(target)
    folder = os.path.dirname(path)
    is_csv = formats.of(target) == "csv" and not target.lower().endswith(formats.PACKED)
    linked = made.linked(folder) if isinstance(made, Growing) and is_csv else None
    beside = linked or _new_file(folder, ".fupin-")
    keep.callback(Path(beside).unlink, missing_ok=True)
    with open(beside, "r+b") as file:
        if linked is None:
            fill(file)
        file.flush()
        os.fsync(file.fileno())
    if os.path.exists(path):
        shutil.copymode(path, beside)
    else:
        mask = os.umask(0)
        os.umask(mask)
        os.chmod(beside, 0o666 & ~mask)

    def place() -> None:
        with _told(target):
            os.replace(beside, path)

    return place


def _new_file(folder: str | None, prefix: str) -> str:
    """The path of a new file in a folder, that of temporary files if left out."""
    number, path = tempfile.mkstemp(dir=folder, prefix=prefix)
    os.close(number)
    return path


def _into_folder(target: str, folder: Folder, keep: contextlib.ExitStack) -> Callable[[], None]:
    """Write files beside their places in a folder, which is made if it is missing; what is returned renames them.

    Raises:
        DataError: one is there already.
    """
    paths = {name: os.path.join(target, name) for name in folder.files}
    why = "is there already, and perhaps filled in; write to another folder, or say --replace"
    there = [
        Fault("is a folder" if os.path.isdir(path) else why, file=path)
        for path in paths.values()
        if os.path.isdir(path) or (os.path.lexists(path) and not folder.replace)
    ]
    if os.path.lexists(target) and not os.path.isdir(target):
        there = [Fault("is a file, not a folder", file=target)]
    if there:
        raise DataError(there)
    if not os.path.lexists(target):
        keep.callback(_remove_empty, target)
    os.makedirs(target, exist_ok=True)
    beside = keep.enter_context(tempfile.TemporaryDirectory(dir=target, prefix=".fupin-"))
    for name, data in folder.files.items():
        with open(os.path.join(beside, name), "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())

    def place() -> None:
        with _told(target):
            for name, path in paths.items():
                os.replace(os.path.join(beside, name), path)

    return place


def _remove_empty(folder: str) -> None:
    """Remove a folder in which nothing is."""
    with contextlib.suppress(OSError):
        os.rmdir(folder)


def _write_as(table: pl.DataFrame | Growing, target: str, file: IO[bytes]) -> None:
    """Write a table in the format that a file's ending names."""
    kind, packed = formats.of(target), Path(target).suffix.lower()
    if kind == "parquet":
        table.scan().sink_parquet(file) if isinstance(table, Growing) else table.write_parquet(file)
    elif kind == "arrow":
        table.scan().sink_ipc(file) if isinstance(table, Growing) else table.write_ipc(file)
    elif packed == ".gz":
        import gzip

        with gzip.GzipFile(fileobj=file, mode="wb", filename="", mtime=0) as plain:
            _write_text(table, kind, cast(IO[bytes], plain))
    elif packed == ".zst":
        with zstandard().open(file, "wb") as plain:
            _write_text(table, kind, plain)
    else:
        _write_text(table, kind, file)


def _write_text(table: pl.DataFrame | Growing, kind: Format, file: IO[bytes]) -> None:
    """Write a table, which may lie on the disk, as a text."""
    if kind == "csv" and isinstance(table, Growing):
        table.write_csv(file)
        return
    parts = table.parts() if isinstance(table, Growing) else iter([table])
    if kind in ("jsonl", "json"):
        _write_json(parts, kind, file)
        return
    for number, part in enumerate(parts):
        _write_csv(part, file, number == 0, formats.MARKS[kind])


def _write_json(parts: Iterator[pl.DataFrame], kind: Format, file: IO[bytes]) -> None:
    """Write an object of texts for each row, null where a cell is blank: JSON lines, or an array of them."""
    between = b"["
    for part in parts:
        for start in range(0, part.height, BATCH):
            rows = io.BytesIO()
            part[start : start + BATCH].write_ndjson(rows)
            if kind == "jsonl":
                file.write(rows.getvalue())
                continue
            file.write(between + b"\n" + rows.getvalue().removesuffix(b"\n").replace(b"\n", b",\n"))
            between = b","
    if kind == "json":
        file.write(b"[]\n" if between == b"[" else b"\n]\n")


def csv(rows: pl.DataFrame, line: str | None = None) -> bytes:
    """Rows as CSV, without a header.

    Args:
        rows: texts.
        line: a column in which each row stands as CSV already; the other columns, whose cells need no quotation
            marks, come behind it.
    """
    if line is None:
        return b"".join(_csv(rows, header=False))
    return _bytes(rows.select(line, pl.exclude(line)), header=False, quotes="never")


def _write_csv(frame: pl.DataFrame, file: IO[bytes] | BinaryIO, header: bool = True, mark: str = ",") -> None:
    """Write a table as CSV, or as TSV."""
    for part in _csv(frame, header, mark):
        file.write(part)


def _csv(frame: pl.DataFrame, header: bool, mark: str = ",") -> Iterator[bytes]:
    """A table as CSV (contract §1), a part at a time: UTF-8, LF, quotation marks only where they are needed."""
    plain = frame.width > 1
    if not plain:
        frame = frame.with_columns(pl.all().fill_null(""))  # "" and not an empty line, which would be no row
    for start in range(0, max(frame.height, 1), BATCH):
        rows, named = frame[start : start + BATCH], header and start == 0
        data = _unquoted(rows, named, mark) if plain else None
        plain = data is not None
        yield _quoted(rows, named, mark) if data is None else data


def _unquoted(frame: pl.DataFrame, header: bool, mark: str) -> bytes | None:
    """CSV of columns of which no cell needs quotation marks; nothing if one does.

    Looking for that in the bytes takes a fraction of the time that Polars needs to look at each cell.
    """
    data, lines = _bytes(frame, header, "never", mark), frame.height + header
    marks, breaks = (structure.count(data, sign) for sign in (mark.encode(), b"\n"))
    parted = marks == (frame.width - 1) * lines and breaks == lines
    return data if parted and b'"' not in data and b"\r" not in data else None


def _quoted(frame: pl.DataFrame, header: bool, mark: str) -> bytes:
    """CSV with quotation marks where they are needed."""
    data = _bytes(frame, header, "necessary", mark)
    return _quoted_returns(frame, header, mark) if b"\r" in data else data


def _bytes(frame: pl.DataFrame, header: bool, quotes: Literal["never", "necessary"], mark: str = ",") -> bytes:
    """CSV as Polars writes it."""
    file = io.BytesIO()
    frame.write_csv(file, include_header=header, quote_style=quotes, separator=mark)
    return file.getvalue()


def _quoted_returns(frame: pl.DataFrame, header: bool, mark: str) -> bytes:
    """CSV of cells that hold a CR, which Polars would leave without quotation marks."""
    rows, needing = [], {'"', "\r", "\n", mark}
    for row in [*([tuple(frame.columns)] if header else []), *frame.rows()]:
        cells = [f'"{c.replace(chr(34), chr(34) * 2)}"' if c and set(c) & needing else c or "" for c in row]
        rows.append('""' if cells == [""] else mark.join(cells))
    return "".join(f"{row}\n" for row in rows).encode()
