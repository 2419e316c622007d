"""The types of cells: how they are made clean, checked and compared."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, NamedTuple

from fupin import cleaning, dates, numbers
from fupin.deferred import pl
from fupin.errors import DataError, hint
from fupin.numbers import NOT_ASSESSED
from fupin.schemas import descriptor
from fupin.schemas.schema import Cleaning, Why

TYPES = ["string", "number", "integer", "boolean", "date", "time", "datetime", "year", "yearmonth", "any"]
_REFUSED = ["object", "array", "list", "geopoint", "geojson", "duration"]
_MEANT = {
    "text": "string",
    "str": "string",
    "decimal": "number",
    "float": "number",
    "double": "number",
    "int": "integer",
}
MOMENTS = ["date", "time", "datetime", "year", "yearmonth"]
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


class Kind(NamedTuple):
    """How the cells of a column are made clean, checked and compared.

    Args:
        clean: a cell made clean; none where it stays as it came.
        bad: whether a clean cell is none of its type; none where any is.
        why: why it is none.
        value: what is compared; null for what is none of its type.
    """

    clean: Cleaning | None
    bad: pl.Expr | None
    why: Why
    value: pl.Expr


def type_of(of: Mapping[str, Any]) -> str:
    """The type of a field.

    Raises:
        DataError: the standard has no such type, or fupin has not.
    """
    found = descriptor.taken(of, "type", str, "the name of a type", "string")  # every cell is a text
    if found in _REFUSED:
        raise DataError(f"type: fupin has no {found}s in its cells; declare the column as string or any")
    if found not in TYPES:
        meant = _MEANT.get(found.lower())
        near = f"; nearest: {meant}" if meant else hint(found, TYPES) or descriptor.one_of(TYPES)
        raise DataError(f"type: '{found}' is not known{near}")
    return found


def kind_of(name: str, type_: str, of: Mapping[str, Any]) -> Kind:
    """How the cells of a field are made clean, checked and compared.

    Raises:
        DataError: the format, or what else modifies the type, is not known.
    """
    form = descriptor.taken(of, "format", str, "the name of a format", "default")
    form = form.removeprefix("fmt:")  # as version 0 has it
    if type_ == "string" and form == "binary":
        raise DataError("format: fupin has no binary cells; leave the format out to take them as text")
    by_pattern = type_ in _NEEDED and "%" in form
    formats = ["default", *(_FORMS if type_ == "string" else ["any"] if type_ in _NEEDED else [])]
    if form not in formats and not by_pattern:
        raise DataError(f"format: the type {type_} has no '{form}'{hint(form, formats) or descriptor.one_of(formats)}")
    cell = pl.col(name)
    if type_ in ("number", "integer"):
        return _number(name, type_, of)
    if type_ == "boolean":
        return _boolean(name, of)
    if type_ == "string" and form in _FORMS:
        return Kind(None, ~cell.str.contains(_FORMS[form]), _not_like(form), cell)
    if type_ in MOMENTS:
        return _moment(name, type_, _by_pattern(type_, form) if by_pattern else None)
    return Kind(None, None, _not_like(type_), cell)


def _not_like(what: str) -> Why:
    """That a cell is not what it must be."""
    return lambda came, _: f"'{came}' is not {_LIKE[what]}"


def _number(name: str, type_: str, of: Mapping[str, Any]) -> Kind:
    """Numbers, held in quanta.

    Raises:
        DataError: their marks are none.
    """
    if not descriptor.taken(of, "bareNumber", bool, "true or false, without quotation marks", True):
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
    return Kind(cleaning.number if usual else _with_marks(point, group), bad, why, value)


def _mark(of: Mapping[str, Any], key: str, default: str) -> str:
    """A mark inside numbers, as it stands in a cell that was made half-width.

    Raises:
        DataError: it is none.
    """
    mark = descriptor.taken(of, key, str, 'a text such as ","', default)
    if key in of and (len(mark) != 1 or re.search(r"[\w+%-]", mark)):
        raise DataError(f"{key}: '{mark}' is not a mark that can stand in a number; take one sign such as , or .")
    return default if mark == default else pl.select(cleaning.narrow(pl.lit(mark))).item() or " "


def _with_marks(point: str, group: str) -> Cleaning:
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


def _boolean(name: str, of: Mapping[str, Any]) -> Kind:
    """True and false; what a workbook or fupin itself has written is understood whatever the texts are.

    Raises:
        DataError: the texts that mean them are none, or mean both.
    """
    texts = {}
    for key, word in (("trueValues", "true"), ("falseValues", "false")):
        usual = [word, word.title(), word.upper(), "1" if word == "true" else "0"]
        listed = descriptor.taken(of, key, list, 'a list of texts such as ["是"]', usual)
        wrong = next((item for item in listed if not isinstance(item, str)), None)
        if wrong is not None:
            raise DataError(f'{key}: {descriptor.shown(wrong)} is not a text such as "1"')
        texts[word] = [text.strip(cleaning.SPACES) for text in listed]
    both = next((text for text in texts["true"] if text in texts["false"]), None)
    if both is not None:
        raise DataError(f"'{both}' is among both trueValues and falseValues")

    def clean(cell: pl.Expr) -> pl.Expr:
        yes, no = (cell.is_in(texts[word]) for word in ("true", "false"))
        return pl.when(yes).then(pl.lit("true")).when(no).then(pl.lit("false")).otherwise(cell)

    told = f"is neither true ({', '.join(texts['true'])}) nor false ({', '.join(texts['false'])})"
    bad = ~pl.col(name).is_in(["true", "false"])
    return Kind(clean, bad, lambda came, _: f"'{came}' {told}", pl.when(~bad).then(pl.col(name)))


def _moment(name: str, type_: str, by_pattern: Cleaning | None) -> Kind:
    """Dates and times; but for dates they are compared as texts, which sort as what they stand for."""
    cell = pl.col(name)
    if type_ == "date":
        value = dates.read(name)
        return Kind(by_pattern or cleaning.date, value.is_null() & cell.is_not_null(), _no_date, value)
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

    return Kind(by_pattern or cleans[type_], ~fine, why, pl.when(fine).then(cell))


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


def _by_pattern(type_: str, form: str) -> Cleaning:
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
