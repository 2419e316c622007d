"""Table Schemas: what the columns of a table are called, and what their cells must be.

The standard is Table Schema of Data Package 2 (datapackage.org/standard/table-schema); descriptors of its first
version are valid too. It has no rule for the cells of a row together, such as a mark and its full marks: the property
`checks` has them in the words of Frictionless, `{"type": "row-constraint", "formula": "mark <= full"}`, where the
formula is a condition as contract §3 has it. Cells are compared after they were made clean, so that `95%` is at most
1, and `2019年4月28日` a date. What fupin could only guess is refused with the descriptor, not with a cell.
"""

from __future__ import annotations

import functools
import json
import operator
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any, NamedTuple, TypeAlias, TypeVar

from fupin import cleaning, conditions, dates, numbers
from fupin.checks import number_check
from fupin.conditions import Condition
from fupin.deferred import pl
from fupin.errors import DataError, Fault, Misuse, counted, hint, unusable
from fupin.numbers import NOT_ASSESSED

Why = Callable[[str | None, str | None], str]
"""What makes a reason of a cell, as it came and as it was made clean."""
_T = TypeVar("_T")
_Clean: TypeAlias = "Callable[[pl.Expr], pl.Expr]"

_TYPES = ["string", "number", "integer", "boolean", "date", "time", "datetime", "year", "yearmonth", "any"]
_REFUSED = ["object", "array", "list", "geopoint", "geojson", "duration"]
_MEANT = {
    "text": "string",
    "str": "string",
    "decimal": "number",
    "float": "number",
    "double": "number",
    "int": "integer",
}
_ORDERED = ["integer", "number", "date", "time", "datetime", "year", "yearmonth"]
_MOMENTS = ["date", "time", "datetime", "year", "yearmonth"]
_RANGES: Mapping[str, tuple[Callable[[Any, Any], Any], str, str]] = {
    "minimum": (operator.lt, "below", "before"),
    "maximum": (operator.gt, "above", "after"),
    "exclusiveMinimum": (operator.le, "not above", "not after"),
    "exclusiveMaximum": (operator.ge, "not below", "not before"),
}
_SUIT: Mapping[str, Sequence[str]] = {
    "required": _TYPES,
    "unique": _TYPES,
    "enum": _TYPES,
    **dict.fromkeys(_RANGES, _ORDERED),
    "minLength": ["string"],
    "maxLength": ["string"],
    "pattern": ["string"],
    "jsonSchema": ["array", "object"],
}
_MATCHES = ["exact", "equal", "subset", "superset", "partial"]
_FEW = 12  # so many right values are listed; of more the nearest are
_FORMS = {
    "email": r"^[^\s@]+@[^\s@.]+(?:\.[^\s@.]+)+$",
    "uri": r"^[A-Za-z][A-Za-z0-9+.-]*:(?:%[0-9A-Fa-f]{2}|[A-Za-z0-9._~:/?#\[\]@!$&'()*+,;=-])+$",
    "uuid": r"^[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}$",
}
_LIKE = {
    "email": "an email address such as office@example.org",
    "uri": "a URI such as https://example.org",
    "uuid": "a UUID such as 123e4567-e89b-12d3-a456-426614174000",
    "time": "a time such as 09:30:00",
    "datetime": "a date with a time such as 2019-04-28T09:30:00",
    "year": "a year such as 2019",
    "yearmonth": "a month such as 2019-04",
}
_CLOCK = r"([01]?[0-9]|2[0-3]):([0-5][0-9])(?::([0-5][0-9])(\.[0-9]+)?)?$"
_TIME = r"(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](?:\.[0-9]*[1-9])?$"
_DATETIME = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}T"
_YEARMONTH = r"^[0-9]{4}-(?:0[1-9]|1[0-2])$"
_OFFSET = re.compile(r"[0-9](?:Z|[+-][0-9]{2}:?[0-9]{2})$")
_PARTS = {"Y": "([0-9]{4})", **dict.fromkeys("mdHMS", "([0-9]{1,2})")}
_NEEDED = {"date": "Ymd", "time": "HM", "datetime": "YmdHM"}


class Rule(NamedTuple):
    """What the cells of a column must fulfil.

    Args:
        bad: true for a clean cell that does not; null counts as fulfilled, and so does `NA`.
        why: why it does not.
    """

    bad: pl.Expr
    why: Why


class Field(NamedTuple):
    """A column of a schema.

    Args:
        name: what it is called.
        title: what its heading may be instead.
        type: the type of its cells, as the standard calls it.
        missing: the cells that mean that there is none, before they are made clean.
        clean: how a cell is made clean, under any name; none where it stays as it came.
        value: what a clean cell stands for, by which the cells of a key are compared.
        rules: what its clean cells must fulfil.
        required: whether there must be such a column, whatever else may be left out.
    """

    name: str
    title: str | None
    type: str
    missing: Sequence[str]
    clean: _Clean | None
    value: pl.Expr
    rules: Sequence[Rule]
    required: bool


class RowCheck(NamedTuple):
    """What the cells of a row must fulfil together.

    Args:
        truth: the condition, on clean cells; where it is unknown, as of a cell that is `NA`, it counts as fulfilled.
        told: what is told of a row that does not.
    """

    truth: Condition
    told: str


_UNSAID = "subset"
"""What `fieldsMatch` is here if nobody says: the schema's columns are there, in any order, and others may be, which
stay as they came. The standard's `exact` would refuse a whole file for a column of remarks."""


class Schema(NamedTuple):
    """What a table must be.

    Args:
        name: the file of the descriptor.
        fields: its columns.
        match: how the table's columns must agree with them, as `fieldsMatch` has it.
        primary: the columns that together name a row; their rules demand that none is blank.
        unique: columns whose cells together must not be there twice, where none of them is blank; `primary` is
            among them.
        checks: what the cells of a row must fulfil together.
    """

    name: str
    fields: Sequence[Field]
    match: str
    primary: tuple[str, ...]
    unique: Sequence[tuple[str, ...]]
    checks: Sequence[RowCheck]

    def rename(self, headings: Sequence[str]) -> dict[str, str]:
        """The new names of columns that are headed by a title, where no column is headed by the field's name."""
        names = [field.name for field in self.fields]
        without = [field for field in self.fields if field.name not in headings]
        titles = [field.title for field in without]
        return {
            field.title: field.name
            for field in without
            if field.title and field.title in headings and field.title not in names and titles.count(field.title) == 1
        }

    def require(self, columns: Sequence[str], file: str | None = None) -> None:
        """Make sure that a table has the columns of the schema.

        Raises:
            DataError: it has not; the nearest are told, or what allows it.
        """
        names = [field.name for field in self.fields]
        missing = [field for field in self.fields if field.name not in columns]
        if self.match in ("superset", "partial"):
            missing = [field for field in missing if field.required]
        other = [name for name in columns if name not in names]
        faults = [f"no column '{f.name}'{_titled(f)} of the schema{hint(f.name, other, 'columns')}" for f in missing]
        if self.match in ("exact", "equal", "superset"):
            lax = "partial" if self.match == "superset" else "subset"
            more = f'; the schema\'s "fieldsMatch": "{lax}" allows more columns'
            faults += [f"the schema has no field '{name}'{hint(name, names) or more}" for name in other]
        if self.match == "partial" and not set(names) & set(columns):
            faults.append(f"no column of the schema is there; its fields: {', '.join(names)}")
        if self.match == "exact" and not faults and list(columns) != names:
            at = next(i for i, name in enumerate(names) if name != columns[i])
            found = f"column {at + 1} is '{columns[at]}', and the schema has '{names[at]}' there"
            faults.append(f'{found}; its "fieldsMatch": "equal" allows any order')
        if faults:
            raise DataError([Fault(fault, file=file) for fault in faults])
        for check in self.checks:
            check.truth.require(columns, file)

    def broken(self, table: pl.DataFrame) -> list[tuple[str, Why, pl.Series]]:
        """The rules that rows break: the column, what makes the reasons, and which rows, counted from 0.

        The rules of a column are looked at in one query, so that its cells are read as numbers or dates once.

        Args:
            table: clean rows; columns of the schema that are not there have no rows at fault.
        """
        found = []
        for field in self.fields:
            if field.name not in table.columns or not field.rules:
                continue
            column, bad = (
                table[field.name],
                [rule.bad.fill_null(False).alias(str(i)) for i, rule in enumerate(field.rules)],
            )
            if not cleaning.different(column).to_frame().lazy().select(pl.any_horizontal(bad).any()).collect().item():
                continue
            at = [rows.arg_true() for rows in column.to_frame().lazy().select(bad).collect()]
            found += [(field.name, rule.why, rows) for rule, rows in zip(field.rules, at, strict=True) if len(rows)]
        return found

    def untrue(self, table: pl.DataFrame, shown: pl.DataFrame) -> list[tuple[str, pl.DataFrame]]:
        r"""The rows whose cells do not fulfil a check together: the column at fault, and `\0at`, `column`, `reason`.

        Args:
            table: clean rows.
            shown: the cells as they are told.
        """
        found = []
        for check in self.checks:
            columns = check.truth.columns
            for column in check.truth.numeric:
                odd = number_check(column, blank=True, not_assessed=True)
                at = table.select(odd.bad.alias("\0at")).to_series().arg_true()
                reasons = pl.Series("reason", map(odd.told, shown[column][at]), dtype=pl.String)
                found.append((column, pl.select(at.alias("\0at"), pl.lit(column).alias("column"), reasons)))
            each = [pl.concat_str(pl.lit(name + " "), pl.col(name).fill_null("blank")) for name in columns]
            reason = pl.concat_str(pl.lit(f"{check.told}: "), pl.concat_str(each, separator=", ")).alias("reason")
            untrue = pl.any_horizontal(~check.truth.truth, *(one.bad for one in check.truth.arithmetic))
            at = table.select(untrue.fill_null(False).alias("\0at")).to_series().arg_true()
            told = shown[at].select(at.alias("\0at"), pl.lit(columns[0]).alias("column"), reason)
            found.append((columns[0], told))
        return found


class _Number(NamedTuple):
    """A number of the descriptor as it is written, since a float would be another one."""

    text: str


class _Kind(NamedTuple):
    """How the cells of a column are made clean, checked and compared.

    Args:
        clean: a cell made clean; none where it stays as it came.
        bad: whether a clean cell is none of its type; none where any is.
        why: why it is none.
        value: what is compared; null for what is none of its type.
    """

    clean: _Clean | None
    bad: pl.Expr | None
    why: Why
    value: pl.Expr


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
        of = _descriptor(data)
        missing = _missing(of, [])
        fields = []
        for i, field in enumerate(_listed(of, "fields", "fields")):
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
    return Schema(name, [field for field in made if field], match or _UNSAID, primary, unique, checks)


def _attempt(faults: list[Fault], work: Callable[[], _T]) -> _T | None:
    """What some work gives, or nothing where the descriptor is at fault, so that other faults are told too."""
    try:
        return work()
    except DataError as error:
        faults += error.faults
        return None


# --- the descriptor


def _descriptor(data: bytes) -> Mapping[str, Any]:
    """The object of a descriptor, its numbers as they are written.

    Raises:
        DataError: it is none.
    """
    try:
        found = json.loads(
            data.decode("utf-8-sig"),
            parse_float=_Number,
            parse_int=_Number,
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
        raise DataError(f'{_shown(found)} is not a Table Schema, which is an object: {{"fields": […]}}')
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


def _shown(value: object) -> str:
    """A value of the descriptor, for messages."""
    if isinstance(value, str):
        return f"'{value}'"
    if isinstance(value, _Number):
        return value.text
    if isinstance(value, dict | list):
        return "an object" if isinstance(value, dict) else "a list"
    return json.dumps(value)


def _written(value: object) -> str:
    """A value of the descriptor as it stands there, without quotation marks."""
    return value if isinstance(value, str) else _shown(value)


def _taken(of: Mapping[str, Any], key: str, kind: type[_T], like: str, default: _T) -> _T:
    """A property.

    Raises:
        DataError: it is of another kind.
    """
    value = of.get(key, default)
    if not isinstance(value, kind):
        raise DataError(f"{key}: {_shown(value)} is not {like}")
    return value


def _listed(of: Mapping[str, Any], key: str, what: str) -> Sequence[Any]:
    """A list that is not empty.

    Raises:
        DataError: it is none.
    """
    found = of[key]
    if not isinstance(found, list):
        raise DataError(f"{key}: {_shown(found)} is not a list of {what}")
    if not found:
        raise DataError(f"{key}: the list is empty; name at least one of the {what}")
    return found


def _missing(of: Mapping[str, Any], otherwise: Sequence[str]) -> Sequence[str]:
    """The texts that mean that there is no value; a blank cell is missing whatever they are.

    Raises:
        DataError: they are none.
    """
    if "missingValues" not in of:
        return otherwise
    texts = []
    for item in _taken(of, "missingValues", list, 'a list of texts such as ["", "-"]', []):
        value = item.get("value") if isinstance(item, dict) else item
        if not isinstance(value, str):
            raise DataError(f'missingValues: {_shown(item)} is not a text such as "-99"')
        texts.append(value.strip(cleaning.SPACES))
    return [text for text in dict.fromkeys(texts) if text]


def _key(value: object, key: str, names: Sequence[str]) -> tuple[str, ...]:
    """The fields of a key.

    Raises:
        DataError: they are none.
    """
    if not isinstance(value, list) or not all(isinstance(name, str) for name in value) or not value:
        raise DataError(f'{key}: {_shown(value)} is not a list of names of fields such as ["town", "village"]')
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
    return [_key(key, "uniqueKeys", names) for key in _listed(of, "uniqueKeys", "keys")] if "uniqueKeys" in of else []


def _match(of: Mapping[str, Any]) -> str:
    """How columns must agree with the fields.

    Raises:
        DataError: it is none of the standard's ways.
    """
    value = of.get("fieldsMatch", _UNSAID)
    if isinstance(value, list) and len(value) == 1:
        value = value[0]  # the profile of version 2.0 has it in a list, which 2.1 mended
    if value not in _MATCHES:
        near = hint(value, _MATCHES, "write one of") if isinstance(value, str) else f"; one of {', '.join(_MATCHES)}"
        raise DataError(f"fieldsMatch: {_shown(value)} is not known{near}")
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
    for i, check in enumerate(_listed(of, "checks", "checks") if "checks" in of else []):
        what = f"checks: check {i + 1}"
        if not isinstance(check, dict) or check.get("type") != "row-constraint":
            kind = f"of type {_shown(check.get('type'))}" if isinstance(check, dict) else _shown(check)
            like = '{"type": "row-constraint", "formula": "mark <= full"}'
            raise DataError(f"{what} is {kind}; what is known is {like}")
        try:
            formula = _taken(check, "formula", str, "a condition such as mark <= full", "")
            truth = conditions.parse(formula, what, as_numbers)
        except Misuse as error:
            raise DataError(str(error)) from None
        if not truth.columns:
            raise DataError(f"{what}: {truth.sql} names no column")
        told = _taken(check, "description", str, "a text", "") or f"{truth.sql} is not true"
        found.append(RowCheck(truth, told))
    return found


# --- fields


def _named(of: object, i: int) -> str:
    """The name of a field.

    Raises:
        DataError: it has none.
    """
    if not isinstance(of, dict):
        raise DataError(f'fields: {_shown(of)}, field {i + 1}, is not an object such as {{"name": "town"}}')
    if "name" not in of:
        known = f" (title '{of['title']}')" if isinstance(of.get("title"), str) else ""
        raise DataError(f"field {i + 1} has no name{known}")
    name = of["name"]
    if not isinstance(name, str) or not cleaning.heading(name):
        raise DataError(f"field {i + 1}: {_shown(name)} is not a name")
    if unusable(cleaning.heading(name)):
        raise DataError(Fault("a column cannot be called so; rename it", name))
    return cleaning.heading(name)


def _field(name: str, of: Mapping[str, Any], missing: Sequence[str], primary: Sequence[str]) -> Field:
    """A field.

    Raises:
        DataError: it is at fault.
    """
    try:
        title = cleaning.heading(_taken(of, "title", str, "a text", ""))
        type_ = _type(of)
        constraints = _constraints(of, type_)
        kind = _kind(name, type_, of)
        needed = "the schema's primary key needs" if name in primary else "the schema requires"
        must = constraints.get("required", False) or name in primary
        rules = [Rule(pl.col(name).is_null(), lambda *_: f"blank, where {needed} a value")] if must else []
        found = [] if kind.bad is None else [Rule(kind.bad, kind.why)]
        found += _ranges(name, type_, kind, constraints)
        found += _lengths(name, constraints) + _pattern(name, constraints) + _enum(name, type_, kind, of, constraints)
        assessed = pl.col(name) != NOT_ASSESSED
        rules += [Rule(rule.bad & assessed, rule.why) for rule in found]
        return Field(name, title or None, type_, _missing(of, missing), kind.clean, kind.value, rules, must)
    except DataError as error:
        raise DataError([fault._replace(column=name) for fault in error.faults]) from None


def _titled(field: Field) -> str:
    """How else a field's column may be headed."""
    return f" ('{field.title}')" if field.title and field.title != field.name else ""


def _type(of: Mapping[str, Any]) -> str:
    """The type of a field.

    Raises:
        DataError: the standard has no such type, or fupin has not.
    """
    found = _taken(of, "type", str, "the name of a type", "string")  # every cell is a text
    if found in _REFUSED:
        raise DataError(f"type: fupin has no {found}s in its cells; declare the column as string or any")
    if found not in _TYPES:
        meant = _MEANT.get(found.lower())
        near = f"; nearest: {meant}" if meant else hint(found, _TYPES) or _one_of(_TYPES)
        raise DataError(f"type: '{found}' is not known{near}")
    return found


def _one_of(names: Iterable[str]) -> str:
    """A clause that lists right names."""
    return f"; one of {', '.join(names)}"


def _constraints(of: Mapping[str, Any], type_: str) -> Mapping[str, Any]:
    """The constraints of a field, each of which suits its type.

    Raises:
        DataError: one is not known, or does not.
    """
    found = _taken(of, "constraints", dict, 'an object such as {"required": true}', {})
    for constraint in found:
        if constraint not in _SUIT:
            raise DataError(f"constraint '{constraint}' is not known{hint(constraint, _SUIT) or _one_of(_SUIT)}")
        if type_ not in _SUIT[constraint]:
            has = f"the type {type_}" if "type" in of else "a field without a type"
            raise DataError(f"{constraint} does not suit {has}; it goes with {', '.join(_SUIT[constraint])}")
    for constraint in ("required", "unique"):
        _taken(found, constraint, bool, "true or false, without quotation marks", False)
    return found


def _kind(name: str, type_: str, of: Mapping[str, Any]) -> _Kind:
    """How the cells of a field are made clean, checked and compared.

    Raises:
        DataError: the format, or what else modifies the type, is not known.
    """
    form = _taken(of, "format", str, "the name of a format", "default").removeprefix("fmt:")  # as version 0 has it
    if type_ == "string" and form == "binary":
        raise DataError("format: fupin has no binary cells; leave the format out to take them as text")
    by_pattern = type_ in _NEEDED and "%" in form
    formats = ["default", *(_FORMS if type_ == "string" else ["any"] if type_ in _NEEDED else [])]
    if form not in formats and not by_pattern:
        raise DataError(f"format: the type {type_} has no '{form}'{hint(form, formats) or _one_of(formats)}")
    cell = pl.col(name)
    if type_ in ("number", "integer"):
        return _number(name, type_, of)
    if type_ == "boolean":
        return _boolean(name, of)
    if type_ == "string" and form in _FORMS:
        return _Kind(None, ~cell.str.contains(_FORMS[form]), _not_like(form), cell)
    if type_ in _MOMENTS:
        return _moment(name, type_, _by_pattern(type_, form) if by_pattern else None)
    return _Kind(None, None, _not_like(type_), cell)


def _not_like(what: str) -> Why:
    """That a cell is not what it must be."""
    return lambda came, _: f"'{came}' is not {_LIKE[what]}"


def _number(name: str, type_: str, of: Mapping[str, Any]) -> _Kind:
    """Numbers, held in quanta.

    Raises:
        DataError: their marks are none.
    """
    if not _taken(of, "bareNumber", bool, "true or false, without quotation marks", True):
        raise DataError("bareNumber: fupin does not guess what 12元 or EUR 95 is worth; write numbers alone, or 95%")
    point = _mark(of, "decimalChar", ".") if type_ == "number" else "," if of.get("groupChar") == "." else "."
    group = _mark(of, "groupChar", "," if point == "." else "")
    if point == group:
        raise DataError(f"decimalChar and groupChar are both '{point}'")
    usual = (point, group) == (".", ",")
    between = f", '{group}' between thousands" if group else ""

    def why(came: str | None, clean: str | None) -> str:
        if numbers.matches(clean or ""):
            return f"'{came}' is not a whole number"
        other = f"it is digits with '{point}' before its decimals{between}"
        return f"'{came}' is not a number; {numbers.why_not(came or '') if usual else other}"

    value = pl.when(numbers.is_number(name)).then(numbers.read(name))
    bad = ~numbers.is_number(name)
    if type_ == "integer":
        bad = bad | (value % numbers.whole(numbers.ONE) != 0).fill_null(False)
    return _Kind(cleaning.number if usual else _with_marks(point, group), bad, why, value)


def _mark(of: Mapping[str, Any], key: str, default: str) -> str:
    """A mark inside numbers, as it stands in a cell that was made half-width.

    Raises:
        DataError: it is none.
    """
    mark = _taken(of, key, str, 'a text such as ","', default)
    if key in of and (len(mark) != 1 or re.search(r"[\w+%-]", mark)):
        raise DataError(f"{key}: '{mark}' is not a mark that can stand in a number; take one sign such as , or .")
    return default if mark == default else pl.select(cleaning.narrow(pl.lit(mark))).item() or " "


def _with_marks(point: str, group: str) -> _Clean:
    """What makes numbers with other marks clean."""
    dot, comma = re.escape(point), re.escape(group)
    ends = rf"(?:{dot}[0-9]*)?%?$"
    grouped = rf"^[+-]?[1-9][0-9]{{0,2}}(?:{comma}[0-9]{{3}})+{ends}"

    def clean(cell: pl.Expr) -> pl.Expr:
        text = cleaning.narrow(cell)
        if group:
            alone = text.str.replace_all(group, "", literal=True)
            text = pl.when(text.str.contains(grouped)).then(alone).otherwise(text)
        number = cleaning.number(text.str.replace(point, ".", literal=True))
        right = text.str.contains(rf"^[+-]?[0-9]*{ends}") | (text == NOT_ASSESSED)
        # 1.234 would be read as another number than the one that is meant
        return pl.when(right).then(number).when(text.is_not_null()).then(pl.lit("?"))

    return clean


def _boolean(name: str, of: Mapping[str, Any]) -> _Kind:
    """True and false; what a workbook or fupin itself has written is understood whatever the texts are.

    Raises:
        DataError: the texts that mean them are none, or mean both.
    """
    texts = {}
    for key, word in (("trueValues", "true"), ("falseValues", "false")):
        usual = [word, word.title(), word.upper(), "1" if word == "true" else "0"]
        listed = _taken(of, key, list, 'a list of texts such as ["是"]', usual)
        wrong = next((item for item in listed if not isinstance(item, str)), None)
        if wrong is not None:
            raise DataError(f'{key}: {_shown(wrong)} is not a text such as "1"')
        texts[word] = [text.strip(cleaning.SPACES) for text in listed]
    both = next((text for text in texts["true"] if text in texts["false"]), None)
    if both is not None:
        raise DataError(f"'{both}' is among both trueValues and falseValues")

    def clean(cell: pl.Expr) -> pl.Expr:
        yes, no = (cell.is_in(texts[word]) for word in ("true", "false"))
        return pl.when(yes).then(pl.lit("true")).when(no).then(pl.lit("false")).otherwise(cell)

    told = f"is neither true ({', '.join(texts['true'])}) nor false ({', '.join(texts['false'])})"
    bad = ~pl.col(name).is_in(["true", "false"])
    return _Kind(clean, bad, lambda came, _: f"'{came}' {told}", pl.when(~bad).then(pl.col(name)))


def _moment(name: str, type_: str, by_pattern: _Clean | None) -> _Kind:
    """Dates and times; but for dates they are compared as texts, which sort as what they stand for."""
    cell = pl.col(name)
    if type_ == "date":
        value = dates.read(name)
        return _Kind(by_pattern or cleaning.date, value.is_null() & cell.is_not_null(), _no_date, value)
    there = ~cell.str.starts_with("0000")
    day = cell.str.slice(0, 10).str.to_date("%Y-%m-%d", strict=False).is_not_null()
    cleans = {"time": _time, "datetime": _datetime, "year": _year, "yearmonth": _yearmonth}
    fine = {
        "time": cell.str.contains("^" + _TIME),
        "datetime": cell.str.contains(_DATETIME + _TIME) & day & there,
        "year": cell.str.contains("^[0-9]{4}$") & there,
        "yearmonth": cell.str.contains(_YEARMONTH) & there,
    }[type_]

    def why(came: str | None, _: str | None) -> str:
        local = "; write it without the offset from UTC" if _OFFSET.search(came or "") else ""
        return f"'{came}' is not {_LIKE[type_]}{local}"

    return _Kind(by_pattern or cleans[type_], ~fine, why, pl.when(fine).then(cell))


def _no_date(came: str | None, clean: str | None) -> str:
    """Why a cell is no date."""
    return dates.why_not(clean).replace(f"'{clean}'", f"'{came}'")


def _clock(hours: pl.Expr, minutes: pl.Expr, seconds: pl.Expr, fraction: pl.Expr) -> pl.Expr:
    """A time of its parts."""
    rest = fraction.str.strip_chars_end("0").str.strip_suffix(".").fill_null("")
    parts = [part.str.zfill(2) for part in (hours, minutes, seconds.fill_null("00"))]
    return pl.concat_str(pl.concat_str(parts, separator=":"), rest)


def _time(cell: pl.Expr) -> pl.Expr:
    """A cell as a time of day, where it can be one: `9:30` → `09:30:00`."""
    text = cleaning.narrow(cell)
    return pl.coalesce(_clock(*(text.str.extract("^" + _CLOCK, i) for i in (1, 2, 3, 4))), text)


def _datetime(cell: pl.Expr) -> pl.Expr:
    """A cell as a date with a time, where it can be one: `2019年4月28日 9:30` → `2019-04-28T09:30:00`."""
    text = cleaning.narrow(cell)
    clock = _clock(*(text.str.extract(r"[T\s]\s*" + _CLOCK, i) for i in (1, 2, 3, 4)))
    return pl.coalesce(pl.concat_str(cleaning.date(cell), pl.lit("T"), clock), text)


def _year(cell: pl.Expr) -> pl.Expr:
    """A cell as a year, where it can be one: `2019年` → `2019`."""
    return cleaning.narrow(cell).str.replace(r"^([0-9]{4})\s*年$", "${1}")


def _yearmonth(cell: pl.Expr) -> pl.Expr:
    """A cell as a month, where it can be one: `2019年4月`, `2019.4`, `201904` → `2019-04`."""
    text = cleaning.narrow(cell)
    forms = [r"^([0-9]{4})\s*[年./-]\s*([0-9]{1,2})\s*月?$", r"^([0-9]{4})([0-9]{2})$"]
    parts = [[text.str.extract(form, 1), text.str.extract(form, 2).str.zfill(2)] for form in forms]
    return pl.coalesce(*(pl.concat_str(part, separator="-") for part in parts), text)


def _by_pattern(type_: str, form: str) -> _Clean:
    """What makes cells of a strptime pattern clean; what a workbook holds is ISO whatever the pattern.

    Raises:
        DataError: the pattern leaves something open.
    """
    order, regex = "", ""
    narrow = pl.select(cleaning.narrow(pl.lit(form))).item()
    for directive, text in re.findall(r"%(.?)|([^%]+)", narrow):
        if directive and directive not in [*_PARTS, "%"]:
            some = ", ".join(f"%{part}" for part in _PARTS)
            raise DataError(f"format: %{directive} in '{form}' is not supported; write it with {some}")
        if directive in order and directive:
            raise DataError(f"format: %{directive} is there twice in '{form}'")
        order += directive if directive in _PARTS else ""
        regex += _PARTS.get(directive) or re.escape(text or "%").replace("\\ ", r"\s+")
    lacks = [f"%{part}" for part in _NEEDED[type_] if part not in order]
    if lacks:
        raise DataError(f"format: '{form}' has no {' and no '.join(lacks)}, which a {type_} needs")

    def clean(cell: pl.Expr) -> pl.Expr:
        text = cleaning.narrow(cell)
        none = pl.lit(None, dtype=pl.String)
        part = {p: text.str.extract(f"^{regex}$", order.index(p) + 1) if p in order else none for p in _PARTS}
        day = pl.concat_str([part["Y"], part["m"].str.zfill(2), part["d"].str.zfill(2)], separator="-")
        clock = _clock(part["H"], part["M"], part["S"], none)
        iso = {"date": day, "time": clock, "datetime": pl.concat_str([day, clock], separator="T")}
        return pl.coalesce(iso[type_], text)

    return clean


# --- constraints


def _values(name: str, type_: str, kind: _Kind, given: Sequence[Any], what: str) -> pl.Series:
    """Bounds, or the right values, of a constraint: each read as a cell of the column is.

    Raises:
        DataError: one is not of the type of the field.
    """
    ways = {
        **dict.fromkeys(["number", "integer", "year"], (str, _Number)),
        "boolean": (str, bool),
        "any": (str, bool, _Number),
    }
    wrong = [item for item in given if not isinstance(item, ways.get(type_, str))]
    if wrong:
        right = f'; write "{wrong[0].text}"' if isinstance(wrong[0], _Number) else ""
        raise DataError(f"{what}: {_shown(wrong[0])} is not a value of the type {type_}{right}")
    texts = [item if isinstance(item, str) else _plain(item) for item in given]
    cell = pl.col(name)
    as_written = pl.Series([isinstance(item, str) for item in given], dtype=pl.Boolean)
    frame = pl.DataFrame({name: texts}, schema={name: pl.String}).select(cleaning.trimmed(cell))
    if kind.clean is not None and as_written.any():
        frame = frame.select(pl.when(as_written).then(kind.clean(cell)).otherwise(cell).alias(name))
    if kind.bad is not None:
        bad = frame.select(kind.bad.fill_null(False)).to_series().arg_true()
        if len(bad):
            raise DataError(f"{what}: {kind.why(texts[bad[0]], frame[name][bad[0]])}")
    return frame.select(kind.value.alias("value")).to_series()


def _plain(value: _Number | bool) -> str:
    """A number of JSON without an exponent, or true or false."""
    if isinstance(value, bool):
        return json.dumps(value)
    exact = Decimal(value.text)
    exponent = exact.as_tuple().exponent
    small = isinstance(exponent, int) and exponent > -2 * numbers.PLACES and exact.adjusted() < 2 * numbers.PLACES
    return f"{exact:f}" if "e" in value.text.lower() and small else value.text


def _cell(came: str | None, clean: str | None) -> str:
    """A cell as it came, and what was made of it."""
    return f"'{came}'" if came == clean else f"'{came}' ({clean})"


def _ranges(name: str, type_: str, kind: _Kind, constraints: Mapping[str, Any]) -> list[Rule]:
    """The rules of minimum, maximum, exclusiveMinimum, exclusiveMaximum.

    Raises:
        DataError: a bound is not of the type, or they leave no value between them.
    """
    rules, bounds = [], {}
    for constraint, (breaks, number, moment) in _RANGES.items():
        if constraint in constraints:
            bound = _values(name, type_, kind, [constraints[constraint]], constraint)
            if bound[0] is None:
                raise DataError(f"{constraint}: '' is not a value of the type {type_}")
            bounds[constraint] = bound[0]
            told = _written(constraints[constraint])
            clause = f"is {moment if type_ in _MOMENTS else number} the {constraint} {told}"
            rules.append(Rule(breaks(kind.value, pl.lit(bound[0], dtype=bound.dtype)), _clause(clause)))
    for low in ("minimum", "exclusiveMinimum"):
        for high in ("maximum", "exclusiveMaximum"):
            apart = operator.lt if "exclusive" in low + high else operator.le
            if low in bounds and high in bounds and not apart(bounds[low], bounds[high]):
                between = [_shown(constraints[bound]) for bound in (low, high)]
                raise DataError(f"no value is between the {low} {between[0]} and the {high} {between[1]}")
    return rules


def _clause(clause: str) -> Why:
    """A reason that begins with the cell."""
    return lambda came, clean: f"{_cell(came, clean)} {clause}"


def _lengths(name: str, constraints: Mapping[str, Any]) -> list[Rule]:
    """The rules of minLength and maxLength.

    Raises:
        DataError: a length is none.
    """
    rules, bounds = [], {}
    for constraint, breaks in (("minLength", operator.lt), ("maxLength", operator.gt)):
        if constraint in constraints:
            given = constraints[constraint]
            if not isinstance(given, _Number) or not re.fullmatch("[0-9]{1,9}", given.text):
                raise DataError(f"{constraint}: {_shown(given)} is not a whole number of characters such as 6")
            bounds[constraint] = int(given.text)
            rules.append(
                Rule(breaks(pl.col(name).str.len_chars(), bounds[constraint]), _length(constraint, given.text))
            )
    if bounds.get("minLength", 0) > bounds.get("maxLength", 10**9):
        raise DataError(f"no text has the minLength {bounds['minLength']} and the maxLength {bounds['maxLength']}")
    return rules


def _length(constraint: str, bound: str) -> Why:
    """That a text is too short or too long."""
    word = "more" if constraint == "maxLength" else "fewer"
    return lambda came, _: f"'{came}' has {counted(len(came or ''), 'character')}, {word} than the {constraint} {bound}"


def _pattern(name: str, constraints: Mapping[str, Any]) -> list[Rule]:
    """The rule of a pattern, which the whole cell must match.

    Raises:
        DataError: it is no regular expression, or none that Polars can match.
    """
    if "pattern" not in constraints:
        return []
    given = _taken(constraints, "pattern", str, "a regular expression in quotation marks", "")
    regex = _without_sets(given)
    for tried in (regex, f"^(?:{regex})$"):
        try:
            pl.select(pl.lit("").str.contains(tried))
        except pl.exceptions.ComputeError as error:
            said = [line for line in str(error).splitlines() if line.startswith(("error: ", "regex error: "))]
            raise DataError(f"pattern: '{given}' cannot be matched: {said[-1].partition('error: ')[2]}") from None
    return [Rule(~pl.col(name).str.contains(tried), _clause(f"does not match the pattern {given}"))]


def _without_sets(pattern: str) -> str:
    """A pattern in which [ && ~~ and -- in a class are what they are elsewhere, not Rust's sets.

    Raises:
        DataError: a class is taken from another one, as only XML Schema has it.
    """
    found, before, inside, first = "", "", False, False
    for part in re.findall(r"\\.|\[:\^?[a-z]+:\]|&&|~~|--|.", pattern, re.DOTALL):
        if not inside:
            inside = first = part == "["
        elif part == "[" and before in ("-", "--"):
            why = "takes a class from another one; write out the characters that remain"
            raise DataError(f"pattern: '{pattern}' {why}")
        else:
            inside = part != "]" or first
            first = first and part == "^"
            before = part
            part = {"[": r"\[", "&&": r"&\&", "~~": r"~\~", "--": r"-\-"}.get(part, part)
        found += part
    return found


def _enum(name: str, type_: str, kind: _Kind, of: Mapping[str, Any], constraints: Mapping[str, Any]) -> list[Rule]:
    """The rule of enum or categories.

    Raises:
        DataError: a value is not of the type, or one of enum is no category.
    """
    found = {"enum": _listed(constraints, "enum", "values")} if "enum" in constraints else {}
    if "categories" in of:
        if type_ not in ("string", "integer"):
            raise DataError(f"categories do not suit the type {type_}; they go with string, integer")
        listed = _listed(of, "categories", "values")
        found["categories"] = [item.get("value") if isinstance(item, dict) else item for item in listed]
    values = {key: _values(name, type_, kind, listed, key) for key, listed in found.items()}
    if len(values) == 2:
        alone = values["enum"].is_in(values["categories"].implode()).not_().fill_null(False).arg_true()
        if len(alone):
            raise DataError(f"enum: {_shown(found['enum'][alone[0]])} is not among the categories")
    for key, series in values.items():
        shown = [_written(item) for item in found[key]]
        return [Rule(~kind.value.is_in(series.drop_nulls().implode()), _none_of(key, shown))]
    return []


def _none_of(key: str, shown: Sequence[str]) -> Why:
    """That a cell is none of the right values, of which the nearest are told."""
    values = f"of {', '.join(shown)}" if len(shown) <= _FEW else f"of the {len(shown)} values of the {key}"
    return lambda came, clean: f"{_cell(came, clean)} is none {values}{hint(clean or '', shown)}"
