"""Table Schemas: what the columns of a table are called, and what their cells must be.

The standard is Table Schema of Data Package 2 (datapackage.org/standard/table-schema); descriptors of its first
version are valid too. It has no rule for the cells of a row together, such as a mark and its full marks: the property
`checks` has them in the words of Frictionless, `{"type": "row-constraint", "formula": "mark <= full"}`, where the
formula is a condition as contract §3 has it. Cells are compared after they were made clean, so that `95%` is at most
1, and `2019年4月28日` a date. What fupin could only guess is refused with the descriptor, not with a cell.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

from fupin import cleaning, conditions
from fupin.deferred import pl
from fupin.errors import DataError, Fault, Misuse, hint, unusable
from fupin.numbers import NOT_ASSESSED
from fupin.schemas import descriptor
from fupin.schemas.constraints import rules_of, suitable
from fupin.schemas.kinds import kind_of, type_of
from fupin.schemas.schema import UNSAID, Field, RowCheck, Rule, Schema

__all__ = ["Field", "Schema", "read"]

_T = TypeVar("_T")
_MATCHES = ["exact", "equal", "subset", "superset", "partial"]


def read(name: str, data: bytes) -> Schema:
    """A schema of its descriptor.

    Args:
        name: the file, for messages.
        data: its bytes.

    Raises:
        DataError: it is no Table Schema, or not one that fupin can apply; all of its faults are told.
    """
    faults: list[Fault] = []
    try:
        of = descriptor.read(data)
        missing = _missing(of, [])
        fields = []
        for i, field in enumerate(descriptor.listed(of, "fields", "fields")):
            found = _attempt(faults, functools.partial(_named, field, i))
            fields += [] if found is None else [(found, field)]
        names = [field for field, _ in fields]
        twice = dict.fromkeys(field for field in names if names.count(field) > 1)
        faults += [Fault("the field is there twice; columns of a table have different names", field) for field in twice]
        primary = _attempt(faults, lambda: _primary(of, names)) or ()
        keys = _attempt(faults, lambda: _unique_keys(of, names)) or []
        match = _attempt(faults, lambda: _match(of))
        _attempt(faults, lambda: _foreign(of))
        made = [_attempt(faults, functools.partial(_field, n, field, missing, primary)) for n, field in fields]
        as_numbers = [field.name for field in made if field and field.type in ("number", "integer")]
        checks = _attempt(faults, lambda: _checks(of, as_numbers)) or []
    except DataError as error:
        faults += error.faults
    if faults:
        raise DataError([fault._replace(file=name) for fault in faults])
    single = [(n,) for n, field in fields if field.get("constraints", {}).get("unique")]
    unique = list(dict.fromkeys([*([primary] if primary else []), *keys, *single]))
    return Schema(name, [field for field in made if field], match or UNSAID, primary, unique, checks)


def _attempt(faults: list[Fault], work: Callable[[], _T]) -> _T | None:
    """What some work gives, or nothing where the descriptor is at fault, so that other faults are told too."""
    try:
        return work()
    except DataError as error:
        faults += error.faults
        return None


def _missing(of: Mapping[str, Any], otherwise: Sequence[str]) -> Sequence[str]:
    """The texts that mean that there is no value; a blank cell is missing whatever they are.

    Raises:
        DataError: they are none.
    """
    if "missingValues" not in of:
        return otherwise
    texts = []
    for item in descriptor.taken(of, "missingValues", list, 'a list of texts such as ["", "-"]', []):
        value = item.get("value") if isinstance(item, dict) else item
        if not isinstance(value, str):
            raise DataError(f'missingValues: {descriptor.shown(item)} is not a text such as "-99"')
        texts.append(value.strip(cleaning.SPACES))
    return [text for text in dict.fromkeys(texts) if text]


def _key(value: object, key: str, names: Sequence[str]) -> tuple[str, ...]:
    """The fields of a key.

    Raises:
        DataError: they are none.
    """
    if not isinstance(value, list) or not all(isinstance(name, str) for name in value) or not value:
        raise DataError(
            f'{key}: {descriptor.shown(value)} is not a list of names of fields such as ["town", "village"]'
        )
    for name in value:
        if cleaning.heading(name) not in names:
            raise DataError(f"{key}: no field '{name}'{hint(name, names, 'fields')}")
    return tuple(dict.fromkeys(map(cleaning.heading, value)))


def _primary(of: Mapping[str, Any], names: Sequence[str]) -> tuple[str, ...]:
    """The fields of the primary key, if there is one.

    Raises:
        DataError: they are none.
    """
    value = of.get("primaryKey", [])
    return () if value == [] else _key([value] if isinstance(value, str) else value, "primaryKey", names)


def _unique_keys(of: Mapping[str, Any], names: Sequence[str]) -> list[tuple[str, ...]]:
    """The keys besides the primary one.

    Raises:
        DataError: they are none.
    """
    keys = descriptor.listed(of, "uniqueKeys", "keys") if "uniqueKeys" in of else []
    return [_key(key, "uniqueKeys", names) for key in keys]


def _match(of: Mapping[str, Any]) -> str:
    """How columns must agree with the fields.

    Raises:
        DataError: it is none of the standard's ways.
    """
    value = of.get("fieldsMatch", UNSAID)
    if isinstance(value, list) and len(value) == 1:
        value = value[0]  # the profile of version 2.0 has it in a list, which 2.1 mended
    if value not in _MATCHES:
        near = hint(value, _MATCHES, "write one of") if isinstance(value, str) else f"; one of {', '.join(_MATCHES)}"
        raise DataError(f"fieldsMatch: {descriptor.shown(value)} is not known{near}")
    return str(value)


def _foreign(of: Mapping[str, Any]) -> None:
    """Refuse foreign keys: to pass them over would look as if they had been checked.

    Raises:
        DataError: there are some.
    """
    if of.get("foreignKeys", []) != []:
        raise DataError("foreignKeys: not checked by a schema; leave them out, and find names with --roster FILE")


def _checks(of: Mapping[str, Any], as_numbers: Sequence[str]) -> list[RowCheck]:
    """What the cells of a row must fulfil together.

    Args:
        of: the descriptor.
        as_numbers: the fields that are numbers.

    Raises:
        DataError: a check is not known, or its condition cannot be read.
    """
    found = []
    for i, check in enumerate(descriptor.listed(of, "checks", "checks") if "checks" in of else []):
        what = f"checks: check {i + 1}"
        if not isinstance(check, dict) or check.get("type") != "row-constraint":
            shown = descriptor.shown(check.get("type") if isinstance(check, dict) else check)
            kind = f"of type {shown}" if isinstance(check, dict) else shown
            like = '{"type": "row-constraint", "formula": "mark <= full"}'
            raise DataError(f"{what} is {kind}; what is known is {like}")
        try:
            formula = descriptor.taken(check, "formula", str, "a condition such as mark <= full", "")
            truth = conditions.parse(formula, what, as_numbers)
        except Misuse as error:
            raise DataError(str(error)) from None
        if not truth.columns:
            raise DataError(f"{what}: {truth.sql} names no column")
        told = descriptor.taken(check, "description", str, "a text", "") or f"{truth.sql} is not true"
        found.append(RowCheck(truth, told))
    return found


def _named(of: object, i: int) -> str:
    """The name of a field.

    Raises:
        DataError: it has none.
    """
    if not isinstance(of, dict):
        raise DataError(f'fields: {descriptor.shown(of)}, field {i + 1}, is not an object such as {{"name": "town"}}')
    if "name" not in of:
        known = f" (title '{of['title']}')" if isinstance(of.get("title"), str) else ""
        raise DataError(f"field {i + 1} has no name{known}")
    name = of["name"]
    if not isinstance(name, str) or not cleaning.heading(name):
        raise DataError(f"field {i + 1}: {descriptor.shown(name)} is not a name")
    if unusable(cleaning.heading(name)):
        raise DataError(Fault("a column cannot be called so; rename it", name))
    return cleaning.heading(name)


def _field(name: str, of: Mapping[str, Any], missing: Sequence[str], primary: Sequence[str]) -> Field:
    """A field.

    Raises:
        DataError: it is at fault.
    """
    try:
        title = cleaning.heading(descriptor.taken(of, "title", str, "a text", ""))
        type_ = type_of(of)
        constraints = suitable(of, type_)
        kind = kind_of(name, type_, of)
        needed = "the schema's primary key needs" if name in primary else "the schema requires"
        must = constraints.get("required", False) or name in primary
        rules = [Rule(pl.col(name).is_null(), lambda *_: f"blank, where {needed} a value")] if must else []
        found = [] if kind.bad is None else [Rule(kind.bad, kind.why)]
        found += rules_of(name, type_, kind, of, constraints)
        assessed = pl.col(name) != NOT_ASSESSED
        rules += [Rule(rule.bad & assessed, rule.why) for rule in found]
        return Field(name, title or None, type_, _missing(of, missing), kind.clean, kind.value, rules, must)
    except DataError as error:
        raise DataError([fault._replace(column=name) for fault in error.faults]) from None
