"""The JSON of a descriptor, its numbers as they are written, and how its values are told."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple, TypeVar

from fupin.errors import DataError, Fault

_T = TypeVar("_T")


class Number(NamedTuple):
    """A number of the descriptor as it is written, since a float would be another one."""

    text: str


def read(data: bytes) -> Mapping[str, Any]:
    """The object of a descriptor, its numbers as they are written.

    Raises:
        DataError: it is none.
    """
    try:
        found = json.loads(
            data.decode("utf-8-sig"),
            parse_float=Number,
            parse_int=Number,
            parse_constant=_no_constant,
            object_pairs_hook=_object,
        )
        json.dumps(found, ensure_ascii=False).encode()
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise DataError(Fault("it is not UTF-8; a Table Schema is JSON in UTF-8", line=line)) from None
    except UnicodeEncodeError as error:
        half = error.object[error.start]
        raise DataError(f"{half!r} is half of a character; write the character itself") from None
    except json.JSONDecodeError as error:
        why = f"it is not JSON: {error.msg[0].lower()}{error.msg[1:]}, at character {error.colno} of the line"
        empty = "it is empty; a Table Schema is a JSON object with fields"
        raise DataError(Fault(why if data.strip() else empty, line=error.lineno)) from None
    except RecursionError:
        raise DataError("its lists and objects are nested too deeply") from None
    if not isinstance(found, dict):
        raise DataError(f'{shown(found)} is not a Table Schema, which is an object: {{"fields": […]}}')
    if "fields" not in found:
        whole = "; take the schema of one of the package's resources" if "resources" in found else ""
        raise DataError("it has no fields, which a Table Schema must have" + whole)
    return found


def _no_constant(text: str) -> None:
    """Refuse what Python reads as a number.

    Raises:
        DataError: always.
    """
    raise DataError(f"it is not JSON: {text} is not a number")


def _object(pairs: Sequence[tuple[str, Any]]) -> dict[str, Any]:
    """An object of JSON.

    Raises:
        DataError: a property is there twice, of which Python would take the last.
    """
    names = [name for name, _ in pairs]
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice is not None:
        raise DataError(f"the property '{twice}' is there twice in one object; leave one out")
    return dict(pairs)


def shown(value: object) -> str:
    """A value of the descriptor, for messages."""
    if isinstance(value, str):
        return f"'{value}'"
    if isinstance(value, Number):
        return value.text
    if isinstance(value, dict | list):
        return "an object" if isinstance(value, dict) else "a list"
    return json.dumps(value)


def written(value: object) -> str:
    """A value of the descriptor as it stands there, without quotation marks."""
    return value if isinstance(value, str) else shown(value)


def taken(of: Mapping[str, Any], key: str, kind: type[_T], like: str, default: _T) -> _T:
    """A property.

    Raises:
        DataError: it is of another kind.
    """
    value = of.get(key, default)
    if not isinstance(value, kind):
        raise DataError(f"{key}: {shown(value)} is not {like}")
    return value


def listed(of: Mapping[str, Any], key: str, what: str) -> Sequence[Any]:
    """A list that is not empty.

    Raises:
        DataError: it is none.
    """
    found = of[key]
    if not isinstance(found, list):
        raise DataError(f"{key}: {shown(found)} is not a list of {what}")
    if not found:
        raise DataError(f"{key}: the list is empty; name at least one of the {what}")
    return found


def one_of(names: Iterable[str]) -> str:
    """A clause that lists right names."""
    return f"; one of {', '.join(names)}"
