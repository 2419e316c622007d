"""The constraints of fields, as rules that clean cells must fulfil."""

from __future__ import annotations

import json
import operator
import re
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from fupin import cleaning, numbers
from fupin.deferred import pl
from fupin.errors import DataError, counted, hint
from fupin.schemas import descriptor
from fupin.schemas.kinds import MOMENTS, TYPES, Kind
from fupin.schemas.schema import Rule, Why

_ORDERED = ["integer", "number", "date", "time", "datetime", "year", "yearmonth"]
_RANGES: Mapping[str, tuple[Callable[[Any, Any], Any], str, str]] = {
    "minimum": (operator.lt, "below", "before"),
    "maximum": (operator.gt, "above", "after"),
    "exclusiveMinimum": (operator.le, "not above", "not after"),
    "exclusiveMaximum": (operator.ge, "not below", "not before"),
}
SUIT: Mapping[str, Sequence[str]] = {
    "required": TYPES,
    "unique": TYPES,
    "enum": TYPES,
    **dict.fromkeys(_RANGES, _ORDERED),
    "minLength": ["string"],
    "maxLength": ["string"],
    "pattern": ["string"],
    "jsonSchema": ["array", "object"],
}
_FEW = 12  # so many right values are listed; of more the nearest are


def suitable(of: Mapping[str, Any], type_: str) -> Mapping[str, Any]:
    """The constraints of a field, each of which suits its type.

    Raises:
        DataError: one is not known, or does not.
    """
    found = descriptor.taken(of, "constraints", dict, 'an object such as {"required": true}', {})
    for constraint in found:
        if constraint not in SUIT:
            raise DataError(
                f"constraint '{constraint}' is not known{hint(constraint, SUIT) or descriptor.one_of(SUIT)}"
            )
        if type_ not in SUIT[constraint]:
            has = f"the type {type_}" if "type" in of else "a field without a type"
            raise DataError(f"{constraint} does not suit {has}; it goes with {', '.join(SUIT[constraint])}")
    for constraint in ("required", "unique"):
        descriptor.taken(found, constraint, bool, "true or false, without quotation marks", False)
    return found


def rules_of(name: str, type_: str, kind: Kind, of: Mapping[str, Any], given: Mapping[str, Any]) -> list[Rule]:
    """The rules of the constraints of a field.

    Args:
        name: the field.
        type_: its type.
        kind: how its cells are compared.
        of: its descriptor.
        given: its constraints.

    Raises:
        DataError: a constraint is at fault.
    """
    rules = _ranges(name, type_, kind, given) + _lengths(name, given) + _pattern(name, given)
    return rules + _enum(name, type_, kind, of, given)


def _values(name: str, type_: str, kind: Kind, given: Sequence[Any], what: str) -> pl.Series:
    """Bounds, or the right values, of a constraint: each read as a cell of the column is.

    Raises:
        DataError: one is not of the type of the field.
    """
    ways = {
        **dict.fromkeys(["number", "integer", "year"], (str, descriptor.Number)),
        "boolean": (str, bool),
        "any": (str, bool, descriptor.Number),
    }
    wrong = [item for item in given if not isinstance(item, ways.get(type_, str))]
    if wrong:
        right = f'; write "{wrong[0].text}"' if isinstance(wrong[0], descriptor.Number) else ""
        raise DataError(f"{what}: {descriptor.shown(wrong[0])} is not a value of the type {type_}{right}")
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


def _plain(value: descriptor.Number | bool) -> str:
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


def _ranges(name: str, type_: str, kind: Kind, constraints: Mapping[str, Any]) -> list[Rule]:
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
            told = descriptor.written(constraints[constraint])
            clause = f"is {moment if type_ in MOMENTS else number} the {constraint} {told}"
            rules.append(Rule(breaks(kind.value, pl.lit(bound[0], dtype=bound.dtype)), _clause(clause)))
    for low in ("minimum", "exclusiveMinimum"):
        for high in ("maximum", "exclusiveMaximum"):
            apart = operator.lt if "exclusive" in low + high else operator.le
            if low in bounds and high in bounds and not apart(bounds[low], bounds[high]):
                between = [descriptor.shown(constraints[bound]) for bound in (low, high)]
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
            if not isinstance(given, descriptor.Number) or not re.fullmatch("[0-9]{1,9}", given.text):
                raise DataError(
                    f"{constraint}: {descriptor.shown(given)} is not a whole number of characters such as 6"
                )
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
    given = descriptor.taken(constraints, "pattern", str, "a regular expression in quotation marks", "")
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


def _enum(name: str, type_: str, kind: Kind, of: Mapping[str, Any], constraints: Mapping[str, Any]) -> list[Rule]:
    """The rule of enum or categories.

    Raises:
        DataError: a value is not of the type, or one of enum is no category.
    """
    found = {"enum": descriptor.listed(constraints, "enum", "values")} if "enum" in constraints else {}
    if "categories" in of:
        if type_ not in ("string", "integer"):
            raise DataError(f"categories do not suit the type {type_}; they go with string, integer")
        listed = descriptor.listed(of, "categories", "values")
        found["categories"] = [item.get("value") if isinstance(item, dict) else item for item in listed]
    values = {key: _values(name, type_, kind, listed, key) for key, listed in found.items()}
    if len(values) == 2:
        alone = values["enum"].is_in(values["categories"].implode()).not_().fill_null(False).arg_true()
        if len(alone):
            raise DataError(f"enum: {descriptor.shown(found['enum'][alone[0]])} is not among the categories")
    for key, series in values.items():
        shown = [descriptor.written(item) for item in found[key]]
        return [Rule(~kind.value.is_in(series.drop_nulls().implode()), _none_of(key, shown))]
    return []


def _none_of(key: str, shown: Sequence[str]) -> Why:
    """That a cell is none of the right values, of which the nearest are told."""
    values = f"of {', '.join(shown)}" if len(shown) <= _FEW else f"of the {len(shown)} values of the {key}"
    return lambda came, clean: f"{_cell(came, clean)} is none {values}{hint(clean or '', shown)}"
