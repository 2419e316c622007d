"""Workbooks as sheets: forms that were filled in, and sheets as people lay them out (contract §7)."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from fupin import books, cleaning, forms, layout
from fupin.books import Book, Grid, Merged
from fupin.deferred import pl
from fupin.errors import DataError, Fault, hint
from fupin.forms import Filled
from fupin.layout import LOOKED_AT
from fupin.sheets import BLANK, PART, TITLE, TOTAL, Broken, Part, Sheet, left_out

log = logging.getLogger("fupin")


def sheets_of(
    book: Book,
    *,
    labels: Sequence[str] = (),
    said: tuple[int, int] | None = None,
    sheet: str | None = None,
    all_sheets: bool = False,
) -> list[Sheet]:
    """The sheets of a workbook that are asked for.

    Args:
        book: the workbook.
        labels: texts that stand in titles.
        said: the first and last row of the header, where somebody said it.
        sheet: the name or number of the one sheet that is asked for; the first visible one with cells if left out.
        all_sheets: whether all visible sheets with cells are.

    Raises:
        DataError: it cannot be read, or there is no such sheet.
    """
    name = book.name
    if forms.HIDDEN in book.sheets:
        grids = {one: books.read(book, one) for one in book.sheets}
        filled = forms.read({one: grid.rows for one, grid in grids.items()}, name)
        if filled is not None:
            return [_form(name, filled, grids[filled.sheet])]
    if sheet is not None:
        return [_sheet(name, books.read(book, _named(book, sheet)), labels, said)]
    grids_with_cells = [grid for grid in (books.read(book, one) for one in book.visible) if _cells(grid)]
    if not grids_with_cells:
        raise DataError(Fault("no visible sheet has a cell", file=name))
    first, *others = grids_with_cells
    if others and not all_sheets:
        unread = ", ".join(f"'{grid.name}'" for grid in others)
        log.warning("%s: read '%s' only, and not %s (--sheet, --all-sheets)", name, first.name, unread)
    return [_sheet(name, grid, labels, said) for grid in (grids_with_cells if all_sheets else [first])]


def _named(book: Book, sheet: str) -> str:
    """The name of a sheet that is asked for by its name or its number.

    Raises:
        DataError: there is none.
    """
    if sheet in book.sheets:
        return sheet
    if sheet.isascii() and sheet.isdigit() and 1 <= int(sheet) <= len(book.sheets):
        return book.sheets[int(sheet) - 1]
    raise DataError(Fault(f"no sheet '{sheet}'{hint(sheet, book.sheets, 'sheets')}", file=book.name))


def _cells(grid: Grid) -> bool:
    """Whether a sheet has a cell."""
    return grid.bad.height > 0 or any(grid.rows[name].null_count() < grid.rows.height for name in grid.rows.columns)


def _form(name: str, filled: Filled, grid: Grid) -> Sheet:
    """The marks of a form."""
    places = {column: str(i) for i, column in enumerate(filled.columns)}
    wrong = [row for row in filled.wrong if row.line is not None]
    gone = [Broken(filled.header, row.cells, row.value or "", row.reason) for row in filled.wrong if row.line is None]
    schema = filled.rows.schema
    cells = pl.DataFrame([[*row.cells, row.line] for row in wrong], schema=schema, orient="row")
    rows = pl.concat([filled.rows, cells]).sort("\0line")
    kinds = {"line": pl.Int64, "place": pl.String, "reason": pl.String}
    told = pl.DataFrame([(row.line, places[row.column], row.reason) for row in wrong], schema=kinds, orient="row")
    lost = grid.bad.select((pl.col("row") + 1).alias("line"), place=pl.lit(places["value"]), reason="reason")
    return Sheet(
        f"{name}:{filled.sheet}", list(filled.columns), lambda: iter([Part(rows, gone)]), filled.header,
        file=name, sheet=filled.sheet, bad=pl.concat([told, lost]), form=True,
    )  # fmt: skip


def _sheet(name: str, grid: Grid, labels: Sequence[str], said: tuple[int, int] | None) -> Sheet:
    """A sheet as people lay it out.

    Raises:
        DataError: it has no cell, or no row where the header was said to be.
    """
    place = f"{name}:{grid.name}"
    rows = _with_bad(grid)
    begin = next((i for i in map(_first_filled, (rows[: 1 << 12], rows)) if i is not None), None)
    if begin is None:
        raise DataError(Fault("no row has a cell, so that there is no header", file=place))
    if said is not None and not begin < said[0] <= said[1] <= rows.height:
        raise DataError(Fault(f"no row with a cell is on line {said[0]}, which should be the header", file=place))
    begin = min(begin, said[0] - 1) if said else begin
    near = rows[begin : begin + LOOKED_AT].select(cleaning.trimmed(pl.all()).fill_null("")).rows()
    merged = [(top - begin, left, bottom - begin, right) for top, left, bottom, right in grid.merged if top >= begin]
    found = layout.find(near, merged, labels, (said[0] - 1 - begin, said[1] - 1 - begin) if said else None)
    header = begin + found.header
    if said is None:
        layout.require_names(found, place, header + 1)
    behind = header + found.depth
    _require_usable(grid, range(header, behind), place)
    spans = _spans(rows, grid.merged, behind)
    totals = _totals(rows, spans)
    rows = _filled(rows, spans).with_row_index("\0line", 1).with_columns(pl.col("\0line").cast(pl.Int64))
    over = rows[:header].select(
        line="\0line", why=pl.when(_has_cell(pl.exclude("\0line"))).then(pl.lit(TITLE)).otherwise(pl.lit(BLANK))
    )

    def parts() -> Iterator[Part]:
        yield Part(rows.clear(), left=over)
        for start in range(behind, rows.height, PART):
            part = rows[start : start + PART]
            left = part["\0line"].is_in(totals)
            yield Part(part.filter(~left), left=left_out(part.filter(left)["\0line"], TOTAL))

    bad = _bad(grid, spans).select(line=pl.col("row") + 1, place=pl.col("column").cast(pl.String), reason="reason")
    return Sheet(
        place, found.columns, parts, header + 1, titles=near[: found.header], file=name, sheet=grid.name, bad=bad,
        heads=found.heads, units=None if found.units is None else begin + found.units + 1,
    )  # fmt: skip


def _has_cell(columns: pl.Expr) -> pl.Expr:
    """Whether a row has a cell in some columns that is not blank."""
    return pl.any_horizontal(cleaning.trimmed(columns).is_not_null())


def _first_filled(rows: pl.DataFrame) -> int | None:
    """The first row that has a cell."""
    filled = rows.select(_has_cell(pl.all())).to_series() if rows.width else pl.Series(dtype=pl.Boolean)
    return filled.arg_max() if filled.any() else None


def _with_bad(grid: Grid) -> pl.DataFrame:
    """The rows of a sheet, in which cells that cannot be used are as they are shown."""
    rows = grid.rows
    for (column,), cells in grid.bad.group_by("column"):
        if str(column) in rows.columns:
            shown = rows[str(column)].clone().scatter(cells["row"], cells["value"])
            rows = rows.with_columns(shown.alias(str(column)))
    return rows


def _require_usable(grid: Grid, header: range, place: str) -> None:
    """Make sure that the names of columns can be used.

    Raises:
        DataError: one cannot.
    """
    faults = []
    for row, column, value, reason in grid.bad.filter(pl.col("row").is_between(header.start, header.stop - 1)).rows():
        shown = "" if value is None else f"'{value}', "
        faults.append(Fault(f"the name of column {column + 1} is {shown}{reason}", file=place, line=row + 1))
    if faults:
        raise DataError(faults)


class _Span(NamedTuple):
    """A cell of a column below the header that is merged over several rows."""

    column: int
    top: int
    bottom: int

    @property
    def rows(self) -> range:
        """The rows that it is merged over."""
        return range(self.top, self.bottom + 1)


def _spans(rows: pl.DataFrame, merged: Merged, behind: int) -> list[_Span]:
    """The cells that are merged over several of these rows, below the header."""
    last = rows.height - 1
    return [
        _Span(left, top, min(bottom, last))
        for top, left, bottom, _ in merged
        if behind <= top < min(bottom, last) and left < rows.width
    ]


def _totals(rows: pl.DataFrame, spans: Sequence[_Span]) -> list[int]:
    """The lines of totals beside merged cells, behind which the own cells of a row begin."""
    at = sorted({row for span in spans for row in span.rows})
    own = _with(rows, spans, lambda _: None)[at].select(cleaning.trimmed(pl.all()))
    return [row + 1 for row, is_total in zip(at, layout.totals(own), strict=True) if is_total]


def _filled(rows: pl.DataFrame, spans: Sequence[_Span]) -> pl.DataFrame:
    """The rows of a sheet, with the cells that are merged over several rows filled down."""
    return _with(rows, spans, lambda span: rows[str(span.column)][span.top])


def _with(rows: pl.DataFrame, spans: Sequence[_Span], cell: Callable[[_Span], str | None]) -> pl.DataFrame:
    """Rows with other cells where cells are merged."""
    cells: dict[int, dict[int, str | None]] = {}
    for span in spans:
        cells.setdefault(span.column, {}).update(dict.fromkeys(span.rows, cell(span)))
    return rows.with_columns(
        rows[str(column)].clone().scatter(list(new), pl.Series(list(new.values()), dtype=pl.String)).alias(str(column))
        for column, new in cells.items()
    )


def _bad(grid: Grid, spans: Sequence[_Span]) -> pl.DataFrame:
    """The cells that cannot be used, also where they are merged downwards."""
    bottoms = {(span.top, span.column): span.bottom for span in spans}
    below = [
        (at, column, value, reason)
        for row, column, value, reason in grid.bad.rows()
        for at in range(row + 1, bottoms.get((row, column), row) + 1)
    ]
    return grid.bad.vstack(pl.DataFrame(below, schema=grid.bad.schema, orient="row"))
