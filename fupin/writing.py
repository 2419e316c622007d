"""Writing tables: CSV as contract §1 has it, or what the ending of a file asks for, whole or not at all."""

from __future__ import annotations

import contextlib
import io
import os
import re
import shutil
import sys
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import IO, BinaryIO, NamedTuple, cast

from fupin.deferred import pl
from fupin.errors import DataError, Fault
from fupin.spool import PACKED, zstandard
from fupin.tables import BATCH, TYPED

_IN_MEMORY = 1 << 24
_DESCRIPTOR = re.compile("/dev/(?:fd/([0-9]{1,6})|(stdin|stdout|stderr))|/proc/self/fd/([0-9]{1,6})")
OTHER_FORMATS = (".xlsx", ".xls", ".ods", ".html", ".htm", ".md", ".pdf", ".json")
"""Endings of formats in which no table is written."""


class Growing:
    """A table that grows by some rows at a time, and lies on disk once it is large."""

    def __init__(self) -> None:
        self.height = 0
        self.columns: list[str] = []
        self._parts: list[pl.DataFrame] = []
        self._size = 0
        self._file: IO[bytes] | None = None

    def add(self, rows: pl.DataFrame) -> None:
        """Add rows of texts, all with the same columns."""
        self.columns = self.columns or rows.columns
        if rows.height or not self._parts:
            self._parts.append(rows)
            self.height += rows.height
            self._size += int(rows.estimated_size())
        if self._size > _IN_MEMORY:
            self._spill()

    def _spill(self) -> None:
        """Write what is in memory to the disk."""
        if self._file is None:
            file = tempfile.NamedTemporaryFile(prefix="fupin-", suffix=".csv")  # noqa: SIM115 - lasts as long as the table
            self._file = cast(IO[bytes], file)
            _write_csv(self._parts[0].clear(), self._file)
        for part in self._parts:
            _write_csv(part, self._file, header=False)
        self._file.flush()
        self._parts, self._size = [], 0

    def frame(self) -> pl.DataFrame:
        """The whole table."""
        if self._file is None:
            return pl.concat(self._parts) if self._parts else pl.DataFrame()
        self._spill()
        return pl.read_csv(self._file.name, schema=dict.fromkeys(self.columns, pl.String), glob=False).with_columns(
            pl.all().replace("", None)
        )

    def write_csv(self, file: IO[bytes]) -> None:
        """Write the table as CSV."""
        if self._file is None:
            _write_csv(self.frame(), file)
            return
        self._spill()
        with open(self._file.name, "rb") as written:
            shutil.copyfileobj(written, file, _IN_MEMORY)


class Folder(NamedTuple):
    """Files for one folder.

    Args:
        files: their bytes by their names.
        replace: whether files that are there already may be overwritten.
    """

    files: Mapping[str, bytes]
    replace: bool = False


def write(frame: pl.DataFrame | Growing, target: str | None = None) -> None:
    """Write a table of texts, whole or not at all.

    Args:
        frame: the table.
        target: a file, in the format that its ending names; standard output if left out.

    Raises:
        DataError: it cannot be written.
    """
    if target is None or target == "-":
        write_stdout(frame.write_csv if isinstance(frame, Growing) else lambda file: _write_csv(frame, file))
        return
    write_file(target, lambda file: _write_as(frame, target, file))


def write_stdout(fill: Callable[[IO[bytes]], object]) -> None:
    """Write to standard output.

    Raises:
        DataError: it cannot be written.
    """
    if sys.stdout is None:
        raise DataError(Fault("is closed", file="standard output"))
    try:
        sys.stdout.flush()
        fill(sys.stdout.buffer)
        sys.stdout.buffer.flush()
    except OSError as error:
        raise DataError(Fault(f"cannot be written: {error.strerror}", file="standard output")) from None


def write_file(target: str, fill: Callable[[IO[bytes]], object]) -> None:
    """Write a file whole or not at all: beside it first, then renamed onto it with its mode kept.

    A device, a FIFO, or what the shell has opened (/dev/stdout, /dev/fd/5) is written directly.

    Raises:
        DataError: it cannot be written.
    """
    path = os.path.realpath(target)
    temporary = None
    try:
        if opened := _DESCRIPTOR.fullmatch(target):
            number = opened[1] or opened[3] or ("stdin", "stdout", "stderr").index(opened[2])
            with os.fdopen(os.dup(int(number)), "wb") as device:
                fill(device)
            return
        if os.path.exists(target) and not os.path.isfile(target) and not os.path.isdir(target):
            with open(target, "wb") as device:
                fill(device)
            return
        with tempfile.NamedTemporaryFile(dir=os.path.dirname(path), prefix=".fupin-", delete=False) as file:
            temporary = file.name
            fill(file)
            file.flush()
            os.fsync(file.fileno())
        if os.path.exists(path):
            shutil.copymode(path, temporary)
        else:
            mask = os.umask(0)
            os.umask(mask)
            os.chmod(temporary, 0o666 & ~mask)
        os.replace(temporary, path)
    except OSError as error:
        raise DataError(Fault(f"cannot be written: {error.strerror or error}", file=target)) from None
    finally:
        if temporary is not None:
            with contextlib.suppress(FileNotFoundError):
                os.unlink(temporary)


def write_folder(target: str, folder: Folder) -> None:
    """Write files into a folder, which is made if it is missing: all of them, or none.

    Raises:
        DataError: one is there already, or they cannot be written.
    """
    paths = {os.path.join(target, name): data for name, data in folder.files.items()}
    why = "is there already, and perhaps filled in; write to another folder, or say --replace"
    there = [
        Fault("is a folder" if os.path.isdir(path) else why, file=path)
        for path in paths
        if os.path.isdir(path) or (os.path.lexists(path) and not folder.replace)
    ]
    if os.path.lexists(target) and not os.path.isdir(target):
        there = [Fault("is a file, not a folder", file=target)]
    if there:
        raise DataError(there)
    new = not os.path.lexists(target)
    try:
        os.makedirs(target, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=target, prefix=".fupin-") as beside:
            for path, data in paths.items():  # a full disk is found before the first of them is in its place
                with open(os.path.join(beside, os.path.basename(path)), "wb") as file:
                    file.write(data)
                    file.flush()
                    os.fsync(file.fileno())
            for path in paths:
                os.replace(os.path.join(beside, os.path.basename(path)), path)
    except OSError as error:
        if new:
            with contextlib.suppress(OSError):
                os.rmdir(target)
        raise DataError(Fault(f"cannot be written: {error.strerror or error}", file=target)) from None


def _write_as(table: pl.DataFrame | Growing, target: str, file: IO[bytes]) -> None:
    """Write a table in the format that a file's ending names."""
    ending = Path(target).suffix.lower()
    if isinstance(table, Growing) and ending not in (*TYPED, *PACKED):
        table.write_csv(file)
        return
    frame = table.frame() if isinstance(table, Growing) else table
    if ending == ".parquet":
        frame.write_parquet(file)
    elif ending in (".arrow", ".ipc", ".feather"):
        frame.write_ipc(file)
    elif ending == ".gz":
        import gzip

        with gzip.GzipFile(fileobj=file, mode="wb", filename="", mtime=0) as packed:
            _write_csv(frame, cast(IO[bytes], packed))
    elif ending == ".zst":
        with zstandard().open(file, "wb") as packed:
            _write_csv(frame, packed)
    else:
        _write_csv(frame, file)


def _write_csv(frame: pl.DataFrame, file: IO[bytes] | BinaryIO, header: bool = True) -> None:
    """Write CSV as contract §1 has it: UTF-8, LF, quotation marks only where they are needed."""
    if frame.width == 1:
        frame = frame.with_columns(pl.all().fill_null(""))  # "" and not an empty line, which would be no row
    for start in range(0, max(frame.height, 1), BATCH):
        rows = frame[start : start + BATCH]
        part = io.BytesIO()
        rows.write_csv(part, include_header=header and start == 0)
        data = part.getvalue()
        file.write(_quoted_returns(rows, header and start == 0) if b"\r" in data else data)


def _quoted_returns(frame: pl.DataFrame, header: bool) -> bytes:
    """CSV of cells that hold a CR, which Polars would leave without quotation marks."""
    rows = []
    for row in [*([tuple(frame.columns)] if header else []), *frame.rows()]:
        cells = [f'"{c.replace(chr(34), chr(34) * 2)}"' if c and set(c) & set(',"\r\n') else c or "" for c in row]
        rows.append('""' if cells == [""] else ",".join(cells))
    return "".join(f"{row}\n" for row in rows).encode()
