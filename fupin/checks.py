"""What the cells of a table must fulfil, as expressions, and how the ones that do not are named."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from fupin import numbers
from fupin.deferred import pl
from fupin.errors import SHOWN, DataError, Fault, hint


class Check(NamedTuple):
    """A rule that rows of a table of texts keep.

    Args:
        bad: true where the rule is broken; null counts as kept.
        message: what is wrong and what would be right; `{value}` is the cell.
        column: the column at fault.
        shown: the column whose cell is `{value}`, if not the one at fault.
        candidates: the right names, of which the nearest to the value are told.
    """

    bad: pl.Expr
    message: str
    column: str | None = None
    candidates: Sequence[str] | pl.Series = ()
    shown: str | None = None

    def told(self, value: str | None) -> str:
        """The message about one value."""
        text = self.message.replace("{value}", "" if value is None else str(value))
        return text + (hint(value, list(self.candidates)) if value and len(self.candidates) else "")


def number_check(column: str, *, blank: bool = False, not_assessed: bool = False) -> Check:
    """Cells of a column are numbers; blank or NA ones only where that is allowed."""
    cell = pl.col(column)
    fine = numbers.is_number(column).fill_null(blank)
    if not_assessed:
        fine = fine | (cell == numbers.NOT_ASSESSED).fill_null(False)
    return Check(~fine, "\0number", column)


def _number_message(value: str | None) -> str:
    """Why a cell is not a number, and what would be one."""
    if value is None:
        return "blank, where a number is needed"
    if value == numbers.NOT_ASSESSED:
        return "NA (not assessed), where a number is needed"
    import re
    import unicodedata

    plain = "".join(unicodedata.normalize("NFKC", value).split())
    plain = re.sub(r"(?<=[0-9]),(?=[0-9]{3}(?![0-9]))", "", plain)  # thousands, and no comma for a point
    digits, _, decimals = plain.lstrip("+-").partition(".")
    if len(decimals) > numbers.PLACES and decimals.isdigit():
        why = f"it has {len(decimals)} decimals, and 18 are the most"
    elif len(digits) > 15 and digits.isdigit():
        why = f"it has {len(digits)} digits before the point, and 15 are the most"
    elif numbers.matches(plain):
        why = f"write {plain} (no spaces, separators or full-width digits)"
    elif plain.endswith("%") and numbers.matches(plain[:-1]):
        why = f"write {numbers.show(numbers.parse(plain, ''))}"
    else:
        why = "a number is digits with at most one point between them, such as 20 or 0.5"
    return f"'{value}' is not a number; {why}"


def faults(frame: pl.DataFrame, checks: Sequence[Check]) -> tuple[list[Fault], int]:
    """The faults of a table in the order of its rows: those to be shown, and how many there are."""
    if not checks or not frame.height:
        return [], 0
    bad = [check.bad.fill_null(False).alias(str(i)) for i, check in enumerate(checks)]
    if not frame.select(pl.any_horizontal(expression.any() for expression in bad)).item():
        return [], 0
    broken = frame.select(bad)
    counts = broken.sum().row(0)
    found: list[tuple[int, int]] = []
    for i, count in enumerate(counts):
        if count:
            found += [(row, i) for row in broken[str(i)].arg_true().head(SHOWN).to_list()]
    listed = []
    for row, i in sorted(found)[:SHOWN]:
        check = checks[i]
        shown = check.shown or check.column
        value = frame[shown][row] if shown in frame.columns else None
        message = _number_message(value) if check.message == "\0number" else check.told(value)
        listed.append(Fault(message, check.column, row=row))
    return listed, sum(counts)


def check(frame: pl.DataFrame, checks: Sequence[Check]) -> None:
    """Check a table.

    Raises:
        DataError: a rule is broken; the faults carry rows.
    """
    listed, total = faults(frame, checks)
    if total:
        raise DataError(listed, total)


def refusal(rows: pl.Series, message: str, column: str | None = None) -> DataError:
    """That these rows of a board are at fault."""
    return DataError([Fault(message, column, row=row) for row in rows.head(SHOWN)], rows.len())


def require_columns(wanted: Iterable[str], names: Iterable[str], file: str | None = None) -> None:
    """Make sure that a table has columns.

    Raises:
        DataError: one is missing; the nearest names are told.
    """
    names = list(names)
    missing = [column for column in wanted if column not in names]
    if missing:
        raise DataError([Fault(f"no column '{c}'{hint(c, names, 'columns')}", file=file) for c in missing])
