"""Completion in bash, zsh and fish: verbs also after `then`, and columns of the tables that are named already."""

from __future__ import annotations

import csv
import os
from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import Any

import click
from click.shell_completion import (
    BashComplete,
    CompletionItem,
    FishComplete,
    ShellComplete,
    ZshComplete,
    add_completion_class,
)

_THEN = "then"
_READ = 1 << 16


class Earlier(tuple[str, ...]):
    """The words of the stages before the one that is being written."""

    __slots__ = ()


class _Chained(ShellComplete):
    """Completion of the verb behind the last `then`."""

    def get_completions(self, args: list[str], incomplete: str) -> list[CompletionItem[Any]]:
        """What may stand here."""
        begin = max((i + 1 for i, word in enumerate(args) if word == _THEN), default=0)
        self.ctx_args["obj"] = Earlier(args[:begin])
        found = super().get_completions(args[begin:], incomplete)
        if args[begin:] and len(incomplete) > 1 and _THEN.startswith(incomplete):
            found.append(CompletionItem(_THEN))
        return found


def register() -> None:
    """Let shells complete chains."""
    for shell in (BashComplete, ZshComplete, FishComplete):
        add_completion_class(type(f"Chained{shell.__name__}", (_Chained, shell), {}))


def columns(context: click.Context, files: Iterable[str]) -> list[str]:
    """The columns of the tables that parameters of a verb name, or of those that its chain has so far.

    Args:
        context: the context of the verb.
        files: the names of its parameters that name tables.
    """
    for parameter in files:
        value = context.params.get(parameter)
        if found := _header(value if isinstance(value, str) else next(iter(value or ()), "")):
            return found
    own: Sequence[str] = context.meta["words"]
    earlier: Sequence[str] = context.obj if isinstance(context.obj, Earlier) else ()
    made = [word for option, word in pairwise(earlier) if option == "--as"]
    return [*(_board(own) or _board(earlier)), *made]


def _board(words: Sequence[str]) -> list[str]:
    """The columns of the board that the words of a verb name: a file after -i, or one that no option stands before.

    The file of a recipe is none.
    """
    if list(words[:1]) == ["run"]:
        return []
    named = (word for option, word in pairwise(["", *words]) if option in ("-i", "--input") or option[:1] != "-")
    return next(filter(None, map(_header, named)), [])


def _header(name: str) -> list[str]:
    """The columns of a CSV file; none if it cannot be read at once."""
    if not os.path.isfile(name):
        return []
    with open(name, "rb") as file:
        line = file.read(_READ).partition(b"\n")[0]
    return next(csv.reader([line.decode("utf-8-sig", "replace")]), [])
