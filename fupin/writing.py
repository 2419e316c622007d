"""Writing tables: CSV as contract §1 has it, or what the ending of a file asks for, whole or not at all."""

from __future__ import annotations

import contextlib
import io
import os
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO, BinaryIO, cast

from fupin.deferred import pl
from fupin.errors import DataError, Fault, Misuse
from fupin.spool import STDIN, descriptor, zstandard
from fupin.tables import BATCH

_NOT_WRITTEN = (".xlsx", ".xls", ".ods", ".html", ".htm", ".md", ".pdf", ".json")


def check_name(name: str, what: str) -> None:
    """Make sure that a table can be written to a file of that name.

    Raises:
        Misuse: its ending is that of another format.
    """
    if name.lower().endswith(_NOT_WRITTEN):
        raise Misuse(
            f"{what}: '{name}': no table is written so; end the name in .csv, .csv.gz, .parquet or .arrow (or report)"
        )


def write(frame: pl.DataFrame, target: str | None = None) -> None:
    """Write a table of texts, whole or not at all.

    Args:
        frame: the table.
        target: a file, in the format that its ending names; standard output if left out.

    Raises:
        DataError: it cannot be written.
    """
    with contextlib.ExitStack() as keep:
        prepare(frame, target, keep)()


def prepare(made: pl.DataFrame | str | bytes, target: str | None, keep: contextlib.ExitStack) -> Callable[[], None]:
    """Make all ready for writing a table or a text, so that what is left to do hardly fails.

    A file is written beside its place. A device, a FIFO or a descriptor has no such place.

    Args:
        made: what is to be written.
        target: a file, in the format that its ending names; standard output if left out.
        keep: removes what has not come to its place.

    Returns:
        what puts it in its place, or writes it there; it raises a DataError, too.

    Raises:
        DataError: it cannot be written.
    """

    def fill(file: IO[bytes]) -> None:
        if isinstance(made, pl.DataFrame):
            _write_as(made, target or STDIN, file)
        else:
            file.write(made.encode() if isinstance(made, str) else made)

    if target is None or target == STDIN:
        return lambda: write_stdout(fill)
    if descriptor(target) is not None or (os.path.exists(target) and not os.path.isfile(target)):
        return lambda: _write_directly(target, fill)
    with _told(target):
        return _beside(target, fill, keep)


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


def _beside(target: str, fill: Callable[[IO[bytes]], object], keep: contextlib.ExitStack) -> Callable[[], None]:
    """Write a file beside its place; what is returned renames it onto the old one, whose mode it has."""
    path = os.path.realpath(target)
    with tempfile.NamedTemporaryFile(dir=os.path.dirname(path), prefix=".fupin-", delete=False) as file:
        keep.callback(Path(file.name).unlink, missing_ok=True)
        fill(file)
        file.flush()
        os.fsync(file.fileno())
    if os.path.exists(path):
        shutil.copymode(path, file.name)
    else:
        mask = os.umask(0)
        os.umask(mask)
        os.chmod(file.name, 0o666 & ~mask)

    def place() -> None:
        with _told(target):
            os.replace(file.name, path)

    return place


def _write_as(frame: pl.DataFrame, target: str, file: IO[bytes]) -> None:
    """Write a table in the format that a file's ending names."""
    ending = Path(target).suffix.lower()
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


def _write_csv(frame: pl.DataFrame, file: IO[bytes] | BinaryIO) -> None:
    """Write CSV as contract §1 has it: UTF-8, LF, quotation marks only where they are needed."""
    if frame.width == 1:
        frame = frame.with_columns(pl.all().fill_null(""))  # "" and not an empty line, which would be no row
    for start in range(0, max(frame.height, 1), BATCH):
        rows = frame[start : start + BATCH]
        part = io.BytesIO()
        rows.write_csv(part, include_header=start == 0)
        data = part.getvalue()
        file.write(_quoted_returns(rows, start == 0) if b"\r" in data else data)


def _quoted_returns(frame: pl.DataFrame, header: bool) -> bytes:
    """CSV of cells that hold a CR, which Polars would leave without quotation marks."""
    rows = []
    for row in [*([tuple(frame.columns)] if header else []), *frame.rows()]:
        cells = [f'"{c.replace(chr(34), chr(34) * 2)}"' if c and set(c) & set(',"\r\n') else c or "" for c in row]
        rows.append('""' if cells == [""] else ",".join(cells))
    return "".join(f"{row}\n" for row in rows).encode()
