"""Charts of workbooks: the units by what their places follow, and who has gained and lost places."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from fupin.reports.book import PLAIN, Book

if TYPE_CHECKING:
    from fupin.reports.page import Page
    from fupin.reports.workbook import Sheet

_MOST = 60
_HIGHEST = 1000  # of a chart, in pixels, so that it fits a page of A4
_WIDTH = 680
_ROW = 20  # of a sheet, in pixels
_BLUE, _GREEN, _RED = "#2F6EBA", "#548235", "#C00000"


def write(book: Book, page: Page, sheets: Sequence[Sheet]) -> None:
    """Write a sheet of charts, where the ranking shows units and numbers that can be drawn.

    Args:
        book: the workbook.
        page: what it shows.
        sheets: the sheets of the ranking, whose cells are drawn.
    """
    names = [column.name for column in page.columns]
    unit = next((i for i, column in enumerate(page.columns) if column.key), None)
    wanted = [(names.index(name), name) for name in (page.marks.score, page.marks.change) if name in names]
    drawn = [(i, name, sheet) for sheet in sheets for i, name in wanted if sheet.numbers[i] and sheet.rows]
    if unit is None or not drawn:
        return
    into = book.add(book.name(page.labels.charts), [12] * 8)
    row, breaks = 0, []
    for i, name, sheet in drawn:
        count = _ranked(page, sheet)
        more = page.labels.first.format(_MOST) if count > _MOST else ""
        words = [sheet.name, page.columns[i].heading, more]
        book.write(into, row, 0, " · ".join(filter(None, words)), {**PLAIN, "bold": True})
        height = min(60 + 22 * min(count, _MOST), _HIGHEST)
        chart = _chart(book, sheet, unit, i, min(count, _MOST), name == page.marks.change)
        chart.set_size({"width": _WIDTH, "height": height})
        into.insert_chart(row + 1, 0, chart)
        row += height // _ROW + 3
        breaks.append(row)
    into.set_h_pagebreaks(breaks[:-1])


def _ranked(page: Page, sheet: Sheet) -> int:
    """How many units have a place; all where nobody has one."""
    names = [column.name for column in page.columns]
    if page.marks.rank not in names:
        return len(sheet.rows)
    places = sheet.cells[names.index(page.marks.rank)]
    return int((places != "").sum()) or len(sheet.rows)


def _chart(book: Book, sheet: Sheet, unit: int, column: int, count: int, signed: bool) -> Any:
    """A chart of bars, the first unit at the top."""
    chart = book.book.add_chart({"type": "bar"})
    first, last = sheet.top, sheet.top + count - 1
    series = {
        "name": [sheet.name, sheet.top - 1, column],
        "categories": [sheet.name, first, unit, last, unit],
        "values": [sheet.name, first, column, last, column],
        "gap": 40,
        "fill": {"color": _GREEN if signed else _BLUE},
        "data_labels": {"value": True, "font": {"size": 9}},
    }
    chart.add_series(series | ({"invert_if_negative": True, "invert_if_negative_color": _RED} if signed else {}))
    chart.set_title({"none": True})
    chart.set_legend({"none": True})
    chart.set_y_axis({"reverse": True, "num_font": {"size": 9}, "label_position": "low", "interval_unit": 1})
    chart.set_x_axis({"num_font": {"size": 9}, "major_gridlines": {"visible": True, "line": {"color": "#E7E6E6"}}})
    return chart
