"""What the cells of a table must fulfil, as expressions, and how the ones that do not are named."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

from fupin import numbers
from fupin.deferred import pl
from fupin.errors import SHOWN, DataError, Fault, hint


class Check(NamedTuple):
    """A rule that rows of a table of texts keep.

    Args:
        bad: true where the rule is broken; null counts as kept.
        message: what is wrong and what would be right; `{value}` is the cell. Or what makes it of the cell.
        column: the column at fault.
        shown: the column whose cell is `{value}`, if not the one at fault.
        candidates: the right names, of which the nearest to the value are told.
    """

    bad: pl.Expr
    message: str | Callable[[str | None], str]
    column: str | None = None
    candidates: Sequence[str] | pl.Series = ()
    shown: str | None = None

    def among(self, rows: pl.Expr) -> Check:
        """The same rule for these rows only; null counts as no."""
        return self._replace(bad=rows & self.bad)

    def told(self, value: str | None) -> str:
        """The message about one value."""
        if not isinstance(self.message, str):
            return self.message(value)
        text = self.message.replace("{value}", "" if value is None else str(value))
        return text + (hint(value, list(self.candidates)) if value and len(self.candidates) else "")


def number_check(column: str, *, blank: bool = False, not_assessed: bool = False) -> Check:
    """Cells of a column are numbers; blank or NA ones only where that is allowed."""
    cell = pl.col(column)
    fine = numbers.is_number(column).fill_null(blank)
    if not_assessed:
        fine = fine | (cell == numbers.NOT_ASSESSED).fill_null(False)
    return Check(~fine, _number_message, column)


def count_check(column: str) -> Check:
    """Numbers of a column are counts; `number_check` tells what is no number."""
    number = numbers.read(column)
    bad = (number < 0) | (number % numbers.ONE != 0)
    return Check(bad, "'{value}' is not a whole number of 0 or more", column)


def _number_message(value: str | None) -> str:
    """Why a cell is not a number, and what would be one."""
    if value is None:
        return "blank, where a number is needed"
    if value == numbers.NOT_ASSESSED:
        return "NA (not assessed), where a number is needed"
    return f"'{value}' is not a number; {numbers.why_not(value)}"


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
        listed.append(Fault(check.told(value), check.column, row=row))
    return listed, sum(counts)


def check(frame: pl.DataFrame, checks: Sequence[Check]) -> None:
    """Check a table.

    Raises:
        DataError: a rule is broken; the faults carry rows.
    """
    listed, total = faults(frame, checks)
    if total:
        raise DataError(listed, total)


def repeated(frame: pl.DataFrame, names: Sequence[str]) -> tuple[list[Fault], int]:
    """The rows whose cells in some columns an earlier row has already: those to be shown, and how many there are."""
    rows = frame.select(names).with_row_index("\0row").filter(pl.col(names[0]).is_not_null())
    rows = rows.filter(rows.select(names).is_duplicated())
    first = rows.unique(names, keep="first", maintain_order=True)
    later = rows.join(first, on="\0row", how="anti", maintain_order="left")
    shown = later.head(SHOWN).join(first, on=names, suffix=" first", maintain_order="left", nulls_equal=True)
    return twice(shown, names, "\0row first"), later.height


def twice(rows: pl.DataFrame, names: Sequence[str], first: str) -> list[Fault]:
    r"""That the cells of rows in some columns are there before.

    Args:
        rows: the columns, and the number of the row as `\0row`.
        names: the columns.
        first: the column that tells the earlier row.
    """
    told = rows.select(pl.concat_str(names, separator=",", ignore_nulls=True), "\0row", first).rows()
    return [Fault(f"'{cell}' is there twice", ",".join(names), row=row, first=before) for cell, row, before in told]


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
        marks = len(names) == 1 and any(mark in names[0] for mark in "\t;，|,")
        why = "; are columns separated by another mark than the file's name says?" if marks else ""
        raise DataError([Fault(f"no column '{c}'{hint(c, names, 'columns')}{why}", file=file) for c in missing])
