"""How far long work is: a bar on standard error where that is a terminal, and nothing elsewhere."""

from __future__ import annotations

import sys
import types
from typing import Self

_LONG = 1 << 25
"""Files of fewer bytes are read before a bar could be looked at."""


class Progress:
    """A bar for work of so many bytes.

    Args:
        size: how many bytes there are.
    """

    def __init__(self, size: int) -> None:
        self._size = size
        self._bar = None
        if size >= _LONG and sys.stderr is not None and sys.stderr.isatty():
            import click

            self._bar = click.progressbar(length=size, label="fupin", file=sys.stderr, update_min_steps=size // 200)

    def __enter__(self) -> Self:
        if self._bar is not None:
            self._bar.__enter__()
        return self

    def advance(self, size: int) -> None:
        """So many bytes more are done."""
        if self._bar is not None:
            self._bar.update(size)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: types.TracebackType | None
    ) -> None:
        if self._bar is not None:
            self._bar.__exit__(kind, error, trace)
