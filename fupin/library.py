"""The verbs as functions of a library: the door through which a caller's board comes in and faults go out."""

from __future__ import annotations

import functools
import importlib
import os
from collections.abc import Callable
from typing import Any

from fupin import arguments, boards, tables, writing
from fupin.deferred import pl
from fupin.errors import DataError

_ELSEWHERE = {
    "DataError": "errors",
    "FupinError": "errors",
    "Misuse": "errors",
    "events": "ledger",
    "read": "library",
    "write": "library",
    "Late": "lateness",
    "Intake": "commands.ingest",
    "ingest": "commands.ingest",
    "form": "commands.form",
    "diff": "commands.diff",
}
"""Where the public names are that are no verbs with a board."""


def public(name: str) -> Any:
    """What the library has by a public name."""
    if name not in _ELSEWHERE:
        return _door(getattr(importlib.import_module(f"fupin.commands.{name.partition('_')[0]}"), name))
    found = getattr(importlib.import_module(f"fupin.{_ELSEWHERE[name]}"), name)
    return found if isinstance(found, type) else _checked(found)


def _checked(function: Callable[..., Any]) -> Callable[..., Any]:
    """A function that refuses arguments of other types than it declares."""

    @functools.wraps(function)
    def checked(*words: Any, **options: Any) -> Any:
        bound = arguments.check(function, words, options)
        return function(*bound.args, **bound.kwargs)

    return checked


def _door(function: Callable[..., Any]) -> Callable[..., Any]:
    """A verb's function for callers who have a frame of any types.

    The board's cells become texts as those of a Parquet file do (contract §11); its keys are checked; and a fault
    names the unit.
    """
    keyed = function.__name__ not in ("assign", "deadlines", "report")

    @functools.wraps(function)
    def verb(*words: Any, **options: Any) -> Any:
        bound = arguments.check(function, words, options)
        board = next(iter(bound.arguments))
        table = bound.arguments[board] = tables.table(bound.arguments[board], board).read()
        key = boards.key_of(table, bound.arguments.get("key") if keyed else None)
        try:
            if keyed:
                boards.check_keys(table, key)
            return function(*bound.args, **bound.kwargs)
        except DataError as error:
            raise boards.placed(error, table, key) from None

    return verb


def read(file: str | os.PathLike[str]) -> pl.DataFrame:
    """Read a table: CSV, Parquet or Arrow IPC by its name, also `.gz` and `.zst`.

    Args:
        file: its name.

    Returns:
        a frame of texts, blank cells null.

    Raises:
        DataError: it cannot be read, or is not a well-formed table; file and line are named.
    """
    return tables.table(file).read()


def write(board: pl.DataFrame, file: str | os.PathLike[str]) -> None:
    """Write a table, whole or not at all, in the format that the ending of the name asks for.

    Args:
        board: a frame of any types.
        file: its name.

    Raises:
        DataError: it cannot be written.
        Misuse: the ending is that of another format.
    """
    target = os.fspath(file)
    writing.check_name(target, "file")
    writing.write(tables.table(board, "board").read(), target)
