"""Cells as people type them, made clean: spaces, full-width signs, thousands, percentages, dates (contract §7).

A column is cleaned as numbers or dates only where somebody says that it holds them, so that codes such as `007` stay
as they are. What cannot be cleaned stays as it came, and is refused by its reader.
"""

from __future__ import annotations

from fupin import numbers
from fupin.deferred import pl

SPACES = " \t\u00a0\u2002\u2003\u2009\u200b\u3000\ufeff\r\n"
SPACE = r"[\s\u200b\ufeff]"
"""A regular expression of any space, for Python and Polars."""
_NARROW = {chr(0xFF01 + i): chr(0x21 + i) for i in range(94)} | {"\u3000": " ", "\u00a0": " ", "−": "-"}
_GROUPED = r"^[+-]?[1-9][0-9]{0,2}(?:,[0-9]{3})+(?:\.[0-9]+)?%?$"
_PERCENT = r"^[+-]?[0-9]{1,15}(?:\.[0-9]{1,16})?%$"
_TIME = r"(?:[T\s]\s*(?:[01]?[0-9]|2[0-3]):[0-5][0-9](?::[0-5][0-9](?:\.[0-9]+)?)?)?$"
_DATES = [
    r"^([0-9]{4})\s*年\s*([0-9]{1,2})\s*月\s*([0-9]{1,2})\s*日?",
    *(rf"^([0-9]{{4}})\s*[{sign}]\s*([0-9]{{1,2}})\s*[{sign}]\s*([0-9]{{1,2}})" for sign in (".", "/", "-")),
    r"^([0-9]{4})([0-9]{2})([0-9]{2})",
]
_SAMPLE, _FEW = 1000, 700  # of so many cells so many are different where it is not worth looking for the different ones
_SERIAL = "^[1-9][0-9]{4}$"
_BEGIN = "1899-12-30"  # so that Excel's day 61 is 1 March 1900; it counts a 29 February 1900 that never was


def trimmed(cell: pl.Expr) -> pl.Expr:
    """A cell without spaces around it; one of nothing but spaces is blank."""
    return cell.str.strip_chars(SPACES).replace("", None)


def different(column: pl.Series) -> pl.Series:
    """The different cells of a column where they seem to be few, else all of them."""
    return column.unique() if column.len() > _SAMPLE and column.head(_SAMPLE).n_unique() < _FEW else column


def heading(name: str) -> str:
    """The name of a column without spaces around it, and on one line."""
    return "".join(part.strip(SPACES) for part in name.splitlines())


def narrow(cell: pl.Expr) -> pl.Expr:
    """A cell with its full-width digits, letters and punctuation as half-width ones, trimmed."""
    return trimmed(cell.str.replace_many(list(_NARROW), list(_NARROW.values())))


def folded(cell: pl.Expr) -> pl.Expr:
    """A name as it is compared: half-width, and without any space."""
    return narrow(cell).str.replace_all(SPACE, "")


def number(cell: pl.Expr) -> pl.Expr:
    """A cell as a number that fupin reads, where it can be one; `1,234.5` → `1234.5`, `95%` → `0.95`."""
    text = narrow(cell)
    text = pl.when(text.str.contains(_GROUPED)).then(text.str.replace_all(",", "", literal=True)).otherwise(text)
    text = text.str.replace(r"^([+-]?)(\.[0-9]+%?)$", "${1}0${2}").str.replace(r"^([+-]?[0-9]+)\.(%?)$", "${1}${2}")
    hundred = text.str.strip_suffix("%").cast(pl.Decimal(38, numbers.PLACES), strict=False).to_physical()
    share = numbers.text(hundred // numbers.whole(100))
    return pl.when(text.str.contains(_PERCENT)).then(share).otherwise(text)


def date(cell: pl.Expr) -> pl.Expr:
    """A cell as an ISO date, where it can be one: `2019年4月28日`, `2019.4.28`, `20190428`, Excel's day 43583.

    A time of day behind it goes.
    """
    text = narrow(cell)
    days = pl.when(text.str.contains(_SERIAL)).then(text).cast(pl.Int32, strict=False)
    serial = pl.lit(_BEGIN).str.to_date("%Y-%m-%d") + pl.duration(days=days)
    forms = [serial.dt.to_string("%Y-%m-%d")]
    for form in _DATES:
        parts = [text.str.extract(form + _TIME, i).str.zfill(2) for i in (1, 2, 3)]
        forms.append(pl.concat_str(parts, separator="-"))
    return pl.coalesce(*forms, text)


def masked(cell: pl.Expr) -> pl.Expr:
    """A cell of which the first six and the last four characters stay; nothing of one that has no more than these."""
    middle = cell.str.slice(6, (cell.str.len_chars().cast(pl.Int64) - 10).clip(0)).str.replace_all("(?s).", "*")
    short = cell.str.replace_all("(?s).", "*")
    long = pl.concat_str(cell.str.head(6), middle, cell.str.tail(4))
    return pl.when(cell == numbers.NOT_ASSESSED).then(cell).when(cell.str.len_chars() > 10).then(long).otherwise(short)
