"""The bytes of files: plain or packed, small ones in memory, others on disk, where they can be read again and again."""

from __future__ import annotations

import contextlib
import glob
import io
import os
import shutil
import stat
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any, Self, cast

from fupin import formats, process
from fupin.errors import DataError, Fault, hint

STDIN = "-"
Data = bytes | Path
"""The bytes of a small file, or the path of a large one."""
SMALL = 1 << 23
"""Files of up to so many bytes are read at once; larger ones are scanned where they lie, or spooled."""
_LINKS = 40  # the most that Linux follows


class FileName(str):
    """The path of a file, and what it is called where it is named: in a recipe, relative to the recipe.

    Args:
        written: the name as it was written.
        folder: what it is relative to.
    """

    __slots__ = ("folder", "written")
    folder: str
    written: str

    def __new__(cls, written: str, folder: str = "") -> Self:
        """The path of a file in a folder."""
        self = super().__new__(cls, written if written == STDIN else os.path.join(folder, written))
        self.written = written
        self.folder = folder
        return self


def written(name: str) -> str:
    """What a file is called where it is named."""
    return name.written if isinstance(name, FileName) else name


def descriptor(name: str) -> int | None:
    """The open descriptor of this process that a path such as /dev/stdout or /dev/fd/5 stands for, if it does."""
    own = ("/dev/fd", f"/proc/{os.getpid()}/fd")
    path = name
    for _ in range(_LINKS):
        folder, last = os.path.realpath(os.path.dirname(path)), os.path.basename(path)
        if folder in own and last.isdecimal():
            return int(last)
        path = os.path.join(folder, last)
        if not os.path.islink(path):
            return None
        path = os.path.join(folder, os.readlink(path))
    return None


def expand(name: str) -> list[str]:
    """The files that a name or a glob stands for, in order of their names.

    Raises:
        DataError: a glob matches nothing.
    """
    if name == STDIN or os.path.exists(name) or not glob.has_magic(written(name)):
        return [name]
    folder = name.folder if isinstance(name, FileName) else ""
    found = sorted(glob.glob(written(name), root_dir=folder or None, recursive=True))
    if not found:
        raise DataError(Fault("no file matches", file=name))
    return [FileName(one, folder) for one in found]


def temporary(spool: contextlib.ExitStack) -> IO[bytes]:
    """A new file that lasts as long as the spool."""
    return cast(IO[bytes], spool.enter_context(tempfile.NamedTemporaryFile(prefix="fupin-", suffix=".csv")))


def read(name: str, spool: contextlib.ExitStack, packed: bool | None = None) -> Data:
    """The bytes of a file, unpacked.

    Args:
        name: a file; `-` is standard input.
        spool: keeps temporary files until they are no longer needed.
        packed: whether it is compressed; told by its ending if left out.

    Raises:
        DataError: it cannot be read or unpacked.
    """
    if packed is None:
        packed = name.lower().endswith(formats.PACKED)
    try:
        with contextlib.ExitStack() as opened:
            stream = _opened(name, opened)
            if isinstance(stream, Path) and not packed:
                return stream
            if isinstance(stream, Path):
                stream = opened.enter_context(stream.open("rb"))
            plain = opened.enter_context(_unpacking(name, stream)) if packed else stream
            data = plain.read(SMALL + 1)
            if len(data) <= SMALL:
                return data
            file = temporary(spool)
            file.write(data)
            shutil.copyfileobj(plain, file, SMALL)
            file.flush()
            return Path(file.name)
    except OSError as error:
        raise DataError(Fault(_why(error, name), file=name)) from None


def opened(data: Data) -> IO[bytes]:
    """The bytes of a file, to be read from their beginning."""
    return io.BytesIO(data) if isinstance(data, bytes) else data.open("rb")


def _opened(name: str, opened: contextlib.ExitStack) -> IO[bytes] | Path:
    """A stream of bytes, or the path of a large file that can be read where it lies."""
    if name == STDIN:
        if sys.stdin is None:
            raise DataError(Fault("standard input is closed", file=name))
        if sys.stdin.isatty():
            process.tell("fupin: reading a table from the terminal; end it with Ctrl-D")
        return sys.stdin.buffer
    stream = opened.enter_context(Path(name).open("rb"))  # noqa: SIM115 - closed with the others
    status = os.fstat(stream.fileno())
    return Path(name) if stat.S_ISREG(status.st_mode) and status.st_size > SMALL else stream


def _why(error: OSError, name: str) -> str:
    """Why a file cannot be opened, with the nearest names beside it."""
    if isinstance(error, FileNotFoundError):
        folder = os.path.dirname(name) or "."
        names = os.listdir(folder) if os.path.isdir(folder) else []
        return f"no such file{hint(os.path.basename(name), names)}"
    if isinstance(error, IsADirectoryError):
        return "a folder, not a file"
    return error.strerror or str(error)


@contextlib.contextmanager
def _unpacking(name: str, stream: IO[bytes]) -> Iterator[IO[bytes]]:
    """A compressed stream, opened.

    Raises:
        DataError: it cannot be unpacked while it is read.
    """
    import gzip
    import zlib

    zstd = zstandard()
    try:
        with gzip.open(stream) if name.lower().endswith(".gz") else zstd.open(stream) as plain:
            yield cast(IO[bytes], plain)
    except (EOFError, gzip.BadGzipFile, zlib.error, zstd.ZstdError):
        raise DataError(Fault("cannot be unpacked, it is cut off or damaged", file=name)) from None


def zstandard() -> Any:
    """Python's module for Zstandard, which versions before 3.14 have from the package backports.zstd."""
    if sys.version_info >= (3, 14):
        from compression import zstd
    else:
        from backports import zstd
    return zstd
