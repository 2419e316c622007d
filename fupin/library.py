"""The verbs as functions of a library: the door through which a caller's board comes in and faults go out."""

from __future__ import annotations

import functools
import importlib
import inspect
from collections.abc import Callable
from typing import Any

from fupin import arguments, boards, tables, writing
from fupin.deferred import pl
from fupin.errors import DataError, Misuse

_ELSEWHERE = {
    "DataError": "errors",
    "FupinError": "errors",
    "Misuse": "errors",
    "events": "ledger",
    "read": "library",
    "write": "library",
    "Late": "commands.deadlines",
    "Intake": "commands.ingest",
    "ingest": "commands.ingest",
    "form": "commands.form",
}
"""Where the public names are that are no verbs with a board."""


def public(name: str) -> Any:
    """What the library has by a public name."""
    if name in _ELSEWHERE:
        found = getattr(importlib.import_module(f"fupin.{_ELSEWHERE[name]}"), name)
        return _checked(found) if inspect.isfunction(found) else found
    return _door(getattr(importlib.import_module(f"fupin.commands.{name.partition('_')[0]}"), name))


def _checked(function: Callable[..., Any]) -> Callable[..., Any]:
    """A function whose arguments are looked at before it is called."""

    @functools.wraps(function)
    def checked(*words: Any, **options: Any) -> Any:
        arguments.check(function, words, options)
        return function(*words, **options)

    return checked


def _door(function: Callable[..., Any]) -> Callable[..., Any]:
    """A verb's function for callers who have a frame of any types.

    The board's cells become texts as those of a Parquet file do (contract §11); its keys are checked; and a fault
    names the unit.
    """
    keyed = function.__name__ not in ("deadlines", "report")

    @functools.wraps(function)
    def verb(board: Any, *words: Any, **options: Any) -> Any:
        table = tables.table(board, "board").read()
        arguments.check(function, (table, *words), options)
        key = boards.key_of(table, options.get("key") if keyed else None)
        try:
            if keyed:
                boards.check_keys(table, key)
            return function(table, *words, **options)
        except DataError as error:
            raise boards.placed(error, table, key) from None

    return verb


def read(file: str) -> pl.DataFrame:
    """Read a table: CSV, Parquet or Arrow IPC by its name, also `.gz` and `.zst`.

    Args:
        file: its name.

    Returns:
        a frame of texts, blank cells null.

    Raises:
        DataError: it cannot be read, or is not a well-formed table; file and line are named.
    """
    return tables.table(file).read()


def write(board: pl.DataFrame, file: str) -> None:
    """Write a table, whole or not at all, in the format that the ending of the name asks for.

    Args:
        board: a frame of any types.
        file: its name.

    Raises:
        DataError: it cannot be written.
        Misuse: no table is written in the format of that ending.
    """
    if file.lower().endswith(writing.OTHER_FORMATS):
        raise Misuse(f"'{file}': no table is written so; end the name in .csv, .csv.gz, .parquet or .arrow")
    writing.write(tables.table(board, "board").read(), file)
