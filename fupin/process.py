"""The process that fupin runs in: streams in UTF-8 whatever the terminal says, and what an interrupt does."""

from __future__ import annotations

import contextlib
import errno
import gc
import io
import os
import signal
import sys

TYPE_CHECKING = False  # as type checkers take it; importing typing would make `fupin --help` slower
if TYPE_CHECKING:
    from typing import NoReturn, TextIO


class Closed(io.TextIOBase):
    """A standard output that was closed before fupin began: whoever writes to it is told."""

    @property
    def buffer(self) -> NoReturn:
        """Nothing can be written in bytes either."""
        raise OSError(errno.EBADF, "it is closed")

    def write(self, text: str, /) -> NoReturn:
        """Nothing can be written."""
        raise OSError(errno.EBADF, "it is closed")


def prepare() -> None:
    """Make streams, signals and memory ready, before anything heavy is imported."""
    gc.set_threshold(100_000, 50, 50)  # hardly an object refers to itself here, and looking for those takes time
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        signal.signal(signal.SIGINT, _leave)
    for stream, errors in ((sys.stdout, "strict"), (sys.stderr, "backslashreplace")):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors=errors)
    if sys.stdout is None:
        sys.stdout = Closed()


def _leave(*_: object) -> None:
    """End at once, since an exception in the midst of an import may get lost or be told as a fault of the import."""
    os._exit(130)


def interruptible() -> None:
    """Let an interrupt be an exception from now on, so that files that have been begun are removed."""
    if signal.getsignal(signal.SIGINT) is _leave:
        signal.signal(signal.SIGINT, signal.default_int_handler)


def tell(line: str) -> None:
    """Print a line on standard error; nobody can be told where that is closed or full."""
    if sys.stderr is not None:
        with contextlib.suppress(OSError):
            print(line, file=sys.stderr, flush=True)


def end(status: int) -> NoReturn:
    """End the process when all is written, without giving back its memory piece by piece, which takes 0.1 seconds.

    Args:
        status: the exit status; after a fault Python looks for what is left to be removed.
    """
    for stream in (sys.stdout, sys.stderr):
        if stream is not None:
            _let_go(stream)
    if status not in (0, 3):
        sys.exit(status)
    os._exit(status)


def _let_go(stream: TextIO) -> None:
    """Let go of what a stream could not write, which has been told, lest Python tries again and ends with 120."""
    try:
        stream.flush()
    except OSError:
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, stream.fileno())
        os.close(nowhere)
