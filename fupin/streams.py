"""Standard output and standard error: UTF-8 whatever the terminal says, as tables are, and never silently lost."""

from __future__ import annotations

import errno
import io
import sys
from typing import NoReturn


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
    """Make the standard streams ready."""
    for stream, errors in ((sys.stdout, "strict"), (sys.stderr, "backslashreplace")):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors=errors)
    if sys.stdout is None:
        sys.stdout = Closed()
