"""What callers of the library may give: each argument is held against the type that its function declares.

Types that are written out as a text, since Polars is loaded late, stand for tables, and whoever opens those looks at
them. Of a range, such as the decimals to round to, the type tells the bounds.
"""

from __future__ import annotations

import datetime
import functools
import inspect
import types
import typing
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Any, get_args, get_origin

from fupin.deferred import pl
from fupin.errors import Misuse

_CALLED: dict[Any, str] = {
    str: "a text",
    int: "a whole number",
    bool: "True or False",
    Fraction: "an exact number",
    Decimal: "an exact number",
    datetime.date: "a date",
    Sequence: "a list",
    Mapping: "a mapping",
    tuple: "a pair",
}
_UNIONS = (typing.Union, types.UnionType)
_SHOWN = 60


def check(function: Callable[..., Any], words: Sequence[Any], options: Mapping[str, Any]) -> inspect.BoundArguments:
    """Hold arguments against the types of their parameters.

    Args:
        function: the function.
        words: its arguments by place.
        options: its arguments by name.

    Returns:
        the arguments, each by its parameter.

    Raises:
        Misuse: one is of another type; what would be right is told.
        TypeError: one is missing, or there is no such parameter.
    """
    bound = inspect.signature(function).bind(*words, **options)
    wanted = _wanted(function)
    for name, value in bound.arguments.items():
        for one, given in ({name: value} if name in wanted else value).items():
            if one not in wanted:
                raise TypeError(f"{function.__name__}() got an unexpected keyword argument '{one}'")
            if why := _unfit(given, wanted[one]):
                raise Misuse(f"{one}: {why}")
    return bound


@functools.cache
def _wanted(function: Callable[..., Any]) -> dict[str, Any]:
    """The types of a function's parameters, those behind `**` one by one."""
    written_out = {name: object for name, value in function.__globals__.items() if isinstance(value, str)}
    found = typing.get_type_hints(function, localns=written_out, include_extras=True)
    for name, kind in list(found.items()):
        if get_origin(kind) is typing.Unpack:
            found |= typing.get_type_hints(get_args(found.pop(name))[0])
    return {name: object if kind is pl.DataFrame else kind for name, kind in found.items() if name != "return"}


def _unfit(value: object, kind: Any) -> str:
    """Why a value is not of a type; nothing if it is."""
    if get_origin(kind) in _UNIONS:
        whys = [_unfit(value, one) for one in get_args(kind)]
        if not all(whys):
            return ""
        alone = len(whys) == 2 and get_args(kind)[1] is types.NoneType
        return whys[0] if alone else f"{_shown(value)} is not {_called(kind)}"
    parts = _parts(value, kind)
    if parts is None:
        alone = get_origin(kind) is Sequence and isinstance(value, str)
        return f"{_shown(value)} is not {_called(kind)}" + (f"; write [{value!r}]" if alone else "")
    return next(filter(None, (_unfit(*part) for part in parts)), "")


def _parts(value: object, kind: Any) -> list[tuple[object, Any]] | None:
    """The parts of a value, each with its type; none at all if the value itself is not of the type."""
    of = get_args(kind)
    origin = get_origin(kind)
    if origin is Sequence and isinstance(value, Sequence) and not isinstance(value, str):
        return [(one, of[0]) for one in value]
    if origin is Mapping and isinstance(value, Mapping):
        return [(one, of[1]) for one in value.values()]
    if origin is tuple and isinstance(value, tuple) and len(value) == len(of):
        return list(zip(value, of, strict=True))
    return [] if origin not in (Sequence, Mapping, tuple) and _is(value, kind) else None


def _is(value: object, kind: Any) -> bool:
    """Whether a value is of a type that has no parts."""
    of = get_args(kind)
    if get_origin(kind) is typing.Literal:
        return isinstance(value, str) and value in of
    if get_origin(kind) is typing.Annotated:
        return _is(value, of[0]) and value in of[1]
    if kind in (int, datetime.date):  # neither True nor a time of a day
        return type(value) is kind
    if kind is Decimal and isinstance(value, float):
        return True  # numbers.exact tells best why it is none
    return kind is Any or isinstance(value, get_origin(kind) or kind)


def _called(kind: Any) -> str:
    """What a type is called."""
    of = get_args(kind)
    origin = get_origin(kind)
    if origin is typing.Literal:
        return f"one of {', '.join(of)}"
    if origin is typing.Annotated:
        return f"{_called(of[0])} from {of[1].start} to {of[1].stop - 1}"
    if origin in _UNIONS:
        return " or ".join(dict.fromkeys(_called(one) for one in of if one is not types.NoneType))
    return _CALLED.get(origin or kind, f"a {getattr(kind, '__name__', kind)}")


def _shown(value: object) -> str:
    """A value in a message, or its type if it is long."""
    text = repr(value)
    return text if text.isprintable() and len(text) <= _SHOWN else f"a {type(value).__name__}"
