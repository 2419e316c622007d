"""Dates: read as ISO 8601 has them, `2019-04-28`, and refused in any other form, which is ingest's work."""

from __future__ import annotations

import datetime
import re

from fupin.checks import Check
from fupin.deferred import pl
from fupin.errors import Misuse

SYNTAX = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$"


def today() -> datetime.date:
    """The date where this is run."""
    return datetime.datetime.now().astimezone().date()


def parse(text: str, what: str) -> datetime.date:
    """The date that a word stands for.

    Raises:
        Misuse: it is not a date.
    """
    try:
        if re.fullmatch(SYNTAX.strip("^$"), text, re.ASCII):
            return datetime.date.fromisoformat(text)
    except ValueError:
        pass
    raise Misuse(f"{what}: {why_not(text)}")


def why_not(text: str | None) -> str:
    """Why a text is not a date, and what would be one."""
    if text is None:
        return "blank, where a date is needed"
    if re.fullmatch(SYNTAX.strip("^$"), text, re.ASCII):
        return f"'{text}' is a date that does not exist"
    return f"'{text}' is not a date such as 2019-04-28"


def read(column: str) -> pl.Expr:
    """A text column as dates; null for what is not a date (`date_check` tells it before)."""
    cell = pl.col(column)
    return pl.when(cell.str.contains(SYNTAX) & ~cell.str.starts_with("0000")).then(
        cell.str.to_date("%Y-%m-%d", strict=False)
    )


def date_check(column: str, *, blank: bool = False) -> Check:
    """Cells of a column are dates; blank ones only where that is allowed."""
    fine = read(column).is_not_null() | (pl.col(column).is_null() if blank else pl.lit(False))
    return Check(~fine, why_not, column)
