"""Forms that were filled in: how their workbooks are known, and their marks read.

What is read stands where nobody types: the unit and item of each row in hidden columns, what the columns are in a
hidden first row, and the items with their full marks on a hidden sheet. So a form may be renamed, saved by another
program and sorted, and have rows and columns put in; and a row that no longer fits is refused. What blank forms show
is in blanks.py.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import NamedTuple

from fupin import cleaning, numbers
from fupin.deferred import pl
from fupin.errors import DataError, Fault, hint
from fupin.numbers import NOT_ASSESSED

VERSION = "1"
HIDDEN = "fupin"
"""The hidden sheet: first the form's mark and version, the units' column and the unit (blank if it is filled in), the
word for not assessed, and a header; then the items with their full marks."""
CELLS = ("item", "value", "note")
"""The columns of the table of marks behind that of units."""
FORM, ITEM, VALUE, NOTE = COLUMNS = ("fupin:form", "fupin:item", "fupin:value", "fupin:note")
"""What the hidden first row calls the columns of units, items, marks and remarks."""
UNIT, HEADER, SUM = "fupin:unit", "fupin:header", "fupin:sum"
"""What stands in the column of units in rows that are no items."""
Row = tuple[str | None, ...]
_ABOVE = 20


class Wrong(NamedTuple):
    """A row of a form that cannot be used.

    Args:
        line: its row on the sheet; none for one that is missing there.
        column: the column of the table of marks that is at fault.
        value: the cell at fault.
        reason: what is wrong with it.
        cells: the row: unit, item, value, note.
    """

    line: int | None
    column: str
    value: str | None
    reason: str
    cells: tuple[str | None, str | None, str | None, str | None]


class Filled(NamedTuple):
    r"""A form that was filled in, as a table of marks.

    Args:
        sheet: the sheet that the marks are on.
        columns: the units' column, item, value, note.
        header: the row of the sheet that the header is on.
        rows: the rows that can be used, a column of texts for each of them called `0`, `1`, …, and `\0line`, their
            rows on the sheet; a mark that is not given is null, `NA` is not assessed.
        wrong: the others, and the items that have no row any more.
    """

    sheet: str
    columns: tuple[str, str, str, str]
    header: int
    rows: pl.DataFrame
    wrong: Sequence[Wrong]


class _Told(NamedTuple):
    """What the hidden sheet tells: the units' column, the unit, the word for not assessed, full marks by item."""

    key: str
    unit: str | None
    word: str
    full: Mapping[str, str]


class _Sheet(NamedTuple):
    """The sheet that was filled in, the hidden row that tells its columns, and the places of these."""

    name: str
    rows: Sequence[Row]
    top: int
    places: Sequence[int]


def read(sheets: Mapping[str, pl.DataFrame], file: str | None = None) -> Filled | None:
    """Know a form and read it.

    Args:
        sheets: the sheets of a workbook by their names, hidden ones too: columns of texts called `0`, `1`, …, blank
            cells null, and row i of a frame row i + 1 of the sheet, as it came.
        file: the workbook, for messages.

    Returns:
        its marks; none if the workbook is no form.

    Raises:
        DataError: it was a form, and its marks can no longer be told.
    """
    found = [name for name, sheet in sheets.items() if name != HIDDEN and FORM in _begin(sheet)]
    told = _bare(sheets[HIDDEN]) if HIDDEN in sheets and FORM in _begin(sheets[HIDDEN]) else []
    if not found and not told:
        return None
    if told and told[0][1] != VERSION:
        raise DataError(Fault(f"a form of version {told[0][1]}, and this fupin reads version {VERSION}", file=file))
    if len(found) > 1:
        both = " and ".join(f"'{name}'" for name in found)
        raise DataError(Fault(f"{both} are both forms, and only one can count; delete the other", file=file))
    form = _told(told)
    sheet = _sheet(found[0], sheets[found[0]]) if found else None
    if form is None or sheet is None:
        why = "the hidden cells of a form are not all there; send its own workbook, or copy the marks into a new one"
        raise DataError(Fault(why, file=file))
    return _filled(sheet, form)


def _begin(sheet: pl.DataFrame) -> set[str | None]:
    """The cells of the first rows, which is where a form has what it is known by."""
    return {cell for row in sheet.head(_ABOVE).rows() for cell in row}


def _bare(sheet: pl.DataFrame) -> list[Row]:
    """The rows of a sheet without spaces around the cells, each of two cells at least."""
    return [(*row, None, None)[: max(len(row), 2)] for row in sheet.select(cleaning.trimmed(pl.all())).rows()]


def _told(rows: Sequence[Row]) -> _Told | None:
    """What the hidden sheet tells, if it is all there."""
    full = {item: marks for item, marks, *_ in rows[4:] if item and marks and numbers.matches(marks)}
    if len(rows) < 5 or len(full) < len(rows) - 4 or not rows[1][0]:
        return None
    return _Told(rows[1][0], rows[1][1], rows[2][0] or NOT_ASSESSED, full)


def _sheet(name: str, sheet: pl.DataFrame) -> _Sheet | None:
    """The sheet that was filled in, if the row that tells its columns is whole."""
    rows = _bare(sheet)
    top = next(i for i, row in enumerate(rows) if FORM in row)
    whole = set(COLUMNS) <= set(rows[top])
    return _Sheet(name, rows, top, [rows[top].index(column) for column in COLUMNS]) if whole else None


def _filled(sheet: _Sheet, form: _Told) -> Filled:
    """The marks of a form."""
    units, items, *_ = sheet.places
    others = {row[units]: i for i, row in enumerate(sheet.rows) if row[items] is None}
    header, end = others.get(HEADER, sheet.top), others.get(SUM, len(sheet.rows))
    label_and_unit = [cell for cell in sheet.rows[others[UNIT]][items + 1 :] if cell] if UNIT in others else []
    shown = label_and_unit[1] if len(label_and_unit) > 1 else None
    found: list[tuple[int, list[str | None]]] = []
    lines: dict[str | None, list[int]] = {}
    for i, row in enumerate(sheet.rows):
        cells = [row[place] for place in sheet.places]
        if i != sheet.top and (cells[1] or (header < i < end and any(cells[2:]))):
            found.append((i + 1, cells))
            lines.setdefault(cells[1], []).append(i + 1)
    unit = form.unit or shown
    kept: list[tuple[str | None, str | None, str | None, str | None, int]] = []
    wrong: list[Wrong] = []
    came = pl.DataFrame({"mark": [cells[2] for _, cells in found]}, schema={"mark": pl.String})
    narrow = came.select(cleaning.narrow(pl.col("mark"))).to_series()
    for (line, (own, item, mark, note)), narrowed in zip(found, narrow, strict=True):
        fault = _misplaced(item, [str(one) for one in lines[item] if one != line], form)
        fault = fault or _of_another(own, shown, form)
        value, why = _mark(narrowed, form.full.get(item or "", ""), form.word)
        if fault or why:
            wrong.append(Wrong(line, *(fault or ("value", mark, why or "")), (unit, item, mark, note)))
        else:
            kept.append((unit, item, value, note, line))
    wrong += [
        Wrong(None, "item", item, f"'{item}' has no row on the sheet any more", (unit, item, None, None))
        for item in form.full
        if item not in lines
    ]
    schema = {**dict.fromkeys(map(str, range(4)), pl.String), "\0line": pl.Int64}
    return Filled(sheet.name, (form.key, *CELLS), header + 1, pl.DataFrame(kept, schema, orient="row"), wrong)


Why = tuple[str, str | None, str]
"""Why a row cannot be used: the column at fault, its cell, and the reason."""


def _misplaced(item: str | None, others: Sequence[str], form: _Told) -> Why | None:
    """Why a row is none of an item, if it is not."""
    if item is None:
        return "item", None, "a mark or a remark in a row that is none of the form's items"
    if item not in form.full:
        return "item", item, f"'{item}' is no item of this form{hint(item, form.full)}"
    return ("item", item, f"'{item}' is there twice, also in row {', '.join(others)}") if others else None


def _of_another(own: str | None, shown: str | None, form: _Told) -> Why | None:
    """Why a row is not of the form's unit, if it is not."""
    if form.unit is None and shown is None:
        return form.key, None, "the form does not say which unit it is of; fill in the cell above the items"
    if form.unit is not None and shown not in (None, form.unit):
        return form.key, shown, f"the form was made for '{form.unit}', and above the items it says '{shown}'"
    if own not in ((form.unit,) if form.unit else (None, shown)):
        return form.key, own, f"a row of '{own or ''}' in the form of '{form.unit or shown}'"
    return None


def _mark(mark: str | None, full: str, word: str) -> tuple[str | None, str | None]:
    """A mark as the table has it; or why it is none."""
    if mark in (None, word, NOT_ASSESSED):
        return mark and NOT_ASSESSED, None
    allowed = f"it can be 0 to {full}, or {word}"
    if not numbers.matches(mark or ""):
        return None, f"'{mark}' is no number; {allowed}"
    value = Fraction(mark or "")
    if full and not 0 <= value <= Fraction(full):
        return None, f"'{mark}' is {'below 0' if value < 0 else 'above the full marks'}; {allowed}"
    return numbers.show(value), None
