"""What callers of the library give a verb: that choices are among those there are, and that lists are no texts.

The command line cannot get these wrong. A misspelt choice that quietly became another rule would be a wrong number.
"""

from __future__ import annotations

import contextlib
import functools
import inspect
import types
import typing
from collections.abc import Callable
from typing import Any, Literal

from fupin.errors import Misuse, hint
from fupin.numbers import PLACES


def check(function: Callable[..., Any], words: tuple[Any, ...], options: dict[str, Any]) -> None:
    """Make sure that what is given is of the kinds that a function takes.

    Args:
        function: a function with annotations.
        words: what it is to be called with, in order.
        options: what it is to be called with, by name.

    Raises:
        Misuse: a choice is none of those there are, a text stands where a list should, or a number is no number of
            things, or of decimals.
    """
    try:
        given = inspect.signature(function).bind(*words, **options).arguments
    except TypeError:
        return  # the call itself tells what is missing, or too much
    for name, kind in _kinds(function).items():
        if name in given and given[name] is not None:
            _check(name, given[name], kind)


@functools.cache
def _kinds(function: Callable[..., Any]) -> dict[str, tuple[Any, ...]]:
    """What each parameter may be, of those whose annotation can be looked at."""
    kinds = {}
    for name, written in function.__annotations__.items():
        one = types.SimpleNamespace(__annotations__={name: written})
        kinds[name] = (
            (list,) if str(written).startswith("Sequence[") and " | str" not in str(written).rpartition("]")[2] else ()
        )
        with contextlib.suppress(TypeError, NameError):  # tables and conditions, which their own readers look at
            kinds[name] = kinds[name] or _parts(typing.get_type_hints(one, function.__globals__)[name])
    return kinds


def _parts(kind: Any) -> tuple[Any, ...]:
    """The parts of a union."""
    united = typing.get_origin(kind) in (typing.Union, types.UnionType)
    return typing.get_args(kind) if united else (kind,)


def _check(name: str, value: Any, kinds: tuple[Any, ...]) -> None:
    """Make sure that a value is of one of some kinds.

    Raises:
        Misuse: it is not.
    """
    choices = [choice for kind in kinds if typing.get_origin(kind) is Literal for choice in typing.get_args(kind)]
    if choices and str not in kinds and value not in choices:
        raise Misuse(f"{name}: {value!r} is none of {', '.join(map(str, choices))}{hint(str(value), choices)}")
    if list in kinds and isinstance(value, str):
        raise Misuse(f"{name}: a list, such as [{value!r}], and not the text {value!r}")
    if name == "name" and value == "":
        raise Misuse("name: a column needs a name")
    if int in kinds and set(kinds) <= {int, type(None)}:
        most = PLACES if name == "places" else 10**15
        if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= most:
            told = f"decimals, 0 to {PLACES}" if name == "places" else "things, 0 or more"
            raise Misuse(f"{name}: {value!r} is not a number of {told}")
