"""Blank forms: the workbooks that inspectors fill in, a line for each item, locked but for what is filled in.

How they are read again, and what stands in their hidden cells, is in forms.py.
"""

from __future__ import annotations

import io
import itertools
import math
from collections.abc import Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Any, NamedTuple

from fupin import forms, numbers
from fupin.deferred import pl
from fupin.numbers import NOT_ASSESSED
from fupin.reports.book import literal, new_workbook
from fupin.reports.labels import Language

_WIDEST = {"group": 18, "item": 40, "note": 44}
_NARROWEST = {"full": 8, "mark": 12, "remark": 20}
_PAPER = "#FFFBE6"  # of cells that are filled in
_HIGHEST = 400  # of a row, in points
_PORTRAIT = 110  # letters across an A4 page, until they get too small to be read


class Labels(NamedTuple):
    """The words of a form in one language."""

    title: str
    unit: str
    colon: str
    group: str
    item: str
    note: str
    full: str
    mark: str
    remark: str
    total: str
    not_assessed: str
    hint: str
    sign: Sequence[str]
    refused: str
    allowed: str


LABELS: Mapping[Language, Labels] = {
    "zh": Labels(
        "评分表", "单位", "：", "大项", "项目", "评分标准", "满分", "得分", "备注", "合计", "不考核",
        "得分填 0 至满分之间的数；不考核的项目填“不考核”。", ("检查人", "被检查单位", "日期"),
        "得分有误", "请填 0 至 {full} 之间的数（满分 {full} 分），或填“不考核”。",
    ),
    "en": Labels(
        "Score sheet", "Unit", ":", "Part", "Item", "Criteria", "Full marks", "Mark", "Remarks", "Total", NOT_ASSESSED,
        "A mark is a number from 0 to the full marks, or NA where an item is not assessed.",
        ("Inspector", "Inspected unit", "Date"), "Not a mark of this item",
        "Give a number from 0 to {full}, the full marks, or NA.",
    ),
}  # fmt: skip


class Form(NamedTuple):
    """What the forms of all units have in common.

    Args:
        items: `item`, `full` (a number as fupin prints it), `name` (shown for the item), `group`, `note`; blank ones
            null.
        key: what the column of units is called in the table that is read again.
        title: the line above.
        notes: the lines below.
        sign: what is signed with, a line each.
        labels: the words.
    """

    items: pl.DataFrame
    key: str
    title: str
    notes: Sequence[str]
    sign: Sequence[str]
    labels: Labels


def write(form: Form, unit: str | None) -> bytes:
    """The workbook of a unit, the same bytes each time.

    Args:
        form: what it has in common with others.
        unit: the unit; none if it is to be filled in.
    """
    data = io.BytesIO()
    book = new_workbook(data, form.title)
    _Writer(book, form, unit).fill()
    _tell(book.add_worksheet(forms.HIDDEN), form, unit)
    book.close()
    return data.getvalue()


def _tell(sheet: Any, form: Form, unit: str | None) -> None:
    """Write the hidden sheet: what the form is, and its items."""
    told = [(forms.FORM, forms.VERSION), (form.key, unit or ""), (form.labels.not_assessed, ""), ("item", "full")]
    for row, cells in enumerate([*told, *form.items.select("item", "full").rows()]):
        for column, cell in enumerate(cells):
            sheet.write_string(row, column, literal(cell))
    sheet.protect()
    sheet.very_hidden()


class _Writer:
    """The sheet that is filled in.

    Args:
        book: the workbook, which it is added to.
        form: what it shows.
        unit: the unit; none if it is to be filled in.
    """

    def __init__(self, book: Any, form: Form, unit: str | None) -> None:
        self._form, self._unit, self._labels = form, unit, form.labels
        self._sheet = book.add_worksheet(form.labels.title)
        shown = [name for name in ("group", "item", "note") if name == "item" or not form.items[name].is_null().all()]
        self._columns = {name: i for i, name in enumerate([*shown, "full", "mark", "remark"], 2)}
        self._last = self._columns["remark"]
        self._header, self._first = 3, 4
        self._sum = self._first + form.items.height
        cell = {"border": 1, "valign": "vcenter", "text_wrap": True}
        styles = {
            "title": {"bold": True, "font_size": 16, "align": "center", "valign": "vcenter", "text_wrap": True},
            "label": {"bold": True, "valign": "vcenter", "text_wrap": True},
            "unit": {"valign": "vcenter", "text_wrap": True, "num_format": "@"},
            "asked": {**cell, "num_format": "@", "locked": False, "bg_color": _PAPER},
            "line": {"bottom": 1, "valign": "vcenter", "text_wrap": True, "num_format": "@", "locked": False},
            "note": {"valign": "top", "text_wrap": True},
            "header": {**cell, "bold": True, "align": "center", "bg_color": "#E7E6E6"},
            "text": cell,
            "number": {**cell, "align": "center"},
            "sum": {**cell, "bold": True, "align": "center"},
            "mark": {**cell, "align": "center", "locked": False, "bg_color": _PAPER},
            "remark": {**cell, "locked": False, "num_format": "@"},
        }
        self._styles = {name: book.add_format(style) for name, style in styles.items()}

    def fill(self) -> None:
        """Write it."""
        self._widths = self._set_widths()
        self._head()
        self._rows()
        self._allow()
        self._below()
        self._set_up()

    def _set_widths(self) -> dict[str, int]:
        """Make the columns as wide as what is shown needs, and hide those of the codes."""
        items = self._form.items
        wanted = dict(_NARROWEST)
        for name in ("item", "note"):
            texts = items.select(pl.coalesce("name", "item") if name == "item" else "note").to_series()
            wanted[name] = max((_width(text) for text in texts.drop_nulls()), default=0)
        wanted["group"] = max((math.ceil(_width(text) / rows) for _, rows, text in self._groups()), default=0)
        beside = max(_width(label) for label in (self._labels.unit, *self._form.sign)) + 4
        widths = {}
        for name, column in self._columns.items():
            label = _width(getattr(self._labels, name))
            widths[name] = max(min(wanted[name] + 2, _WIDEST.get(name, wanted[name])), label + 2, 8)
            widths[name] = max(widths[name], min(beside, _WIDEST["item"])) if column == 2 else widths[name]
            self._sheet.set_column(column, column, widths[name])
        self._sheet.set_column(0, 1, None, None, {"hidden": True})
        return widths

    def _groups(self) -> list[tuple[int, int, str]]:
        """The groups: their first item, how many items they have, and what they are called."""
        runs = []
        for group, rows in itertools.groupby(enumerate(self._form.items["group"]), key=lambda row: row[1]):
            places = [row for row, _ in rows]
            runs += [(places[0], len(places), group)] if group is not None else []
        return runs

    def _head(self) -> None:
        """Write what is above the items."""
        names = {0: forms.FORM, 1: forms.ITEM, self._columns["mark"]: forms.VALUE, self._columns["remark"]: forms.NOTE}
        for column, name in names.items():
            self._write(0, column, name)
        self._sheet.set_row(0, None, None, {"hidden": True})
        self._across(1, 2, self._form.title, "title", 28)
        self._write(2, 0, forms.UNIT)
        self._write(2, 2, f"{self._labels.unit}{self._labels.colon}", "label")
        self._across(2, 3, self._unit, "asked" if self._unit is None else "unit", 24)
        self._write(self._header, 0, forms.HEADER)
        for name, column in self._columns.items():
            self._write(self._header, column, getattr(self._labels, name), "header")

    def _rows(self) -> None:
        """Write the items, and the sum of their marks."""
        from xlsxwriter.utility import xl_range

        sheet, styles, columns, at = self._sheet, self._styles, self._columns, self._first
        for row, item in enumerate(self._form.items.rows(named=True), at):
            self._write(row, 0, self._unit)
            self._write(row, 1, item["item"])
            shown = {**item, "item": item["name"] or item["item"], "group": None}
            for name in columns.keys() & {"group", "item", "note"}:
                self._write(row, columns[name], shown[name], "text")
            lines = max(_lines(shown[name] or "", self._widths[name]) for name in columns.keys() & {"item", "note"})
            if lines > 1:  # other rows get higher by themselves where a remark is long
                sheet.set_row(row, min(15 * lines + 3, _HIGHEST))
            sheet.write_number(row, columns["full"], Decimal(item["full"]), styles["number"])
            self._write(row, columns["mark"], None, "mark")
            self._write(row, columns["remark"], None, "remark")
        for start, rows, group in self._groups():
            if rows > 1:
                place = (at + start, columns["group"], at + start + rows - 1, columns["group"])
                sheet.merge_range(*place, "", styles["text"])
            self._write(at + start, columns["group"], group, "text")
        self._write(self._sum, 0, forms.SUM)
        self._across(self._sum, 2, self._labels.total, "sum", 20, columns["full"] - 1)
        full = numbers.show(sum(map(Fraction, self._form.items["full"]), Fraction()))
        for name, value in (("full", Decimal(full)), ("mark", 0)):
            cells = xl_range(at, columns[name], self._sum - 1, columns[name])
            sheet.write_formula(self._sum, columns[name], f"=SUM({cells})", styles["sum"], value)
        self._write(self._sum, columns["remark"], None, "sum")

    def _allow(self) -> None:
        """Let the cells of marks take a mark of their item, and nothing else."""
        from xlsxwriter.utility import xl_rowcol_to_cell

        word, column = self._labels.not_assessed, self._columns["mark"]
        rows: dict[str, list[int]] = {}
        for row, full in enumerate(self._form.items["full"], self._first):
            rows.setdefault(full, []).append(row)
        for full, (first, *others) in rows.items():  # the formula is that of the first cell, and moves for the others
            cell = xl_rowcol_to_cell(first, column)
            rule = {
                "validate": "custom",
                "value": f'=OR({cell}="{word}",AND(ISNUMBER({cell}),{cell}>=0,{cell}<={full}))',
                "error_title": self._labels.refused,
                "error_message": self._labels.allowed.format(full=full),
                "other_cells": [[row, column, row, column] for row in others],
            }
            self._sheet.data_validation(first, column, first, column, rule)

    def _below(self) -> None:
        """Write notes and signatures."""
        notes = [self._labels.hint, *self._form.notes]
        for row, note in enumerate(notes, self._sum + 1):
            self._across(row, 2, note, "note", 16)
        for row, label in enumerate(self._form.sign, self._sum + 1 + len(notes)):
            self._write(row, 2, f"{label}{self._labels.colon}", "label")
            self._across(row, 3, None, "line", 30)

    def _across(
        self, row: int, column: int, text: str | None, style: str, height: int, last: int | None = None
    ) -> None:
        """Write a text over several columns, in a row that is high enough for it.

        Args:
            row: its row.
            column: its first column.
            text: what is written.
            style: how.
            height: how high a line of it is.
            last: its last column; that of the table if left out.
        """
        last = self._last if last is None else last
        width = sum(self._widths[name] for name, place in self._columns.items() if column <= place <= last)
        self._sheet.set_row(row, min(height * _lines(text or "", width, 1.5 if style == "title" else 1.1), _HIGHEST))
        if column < last:
            self._sheet.merge_range(row, column, row, last, "", self._styles[style])
        self._write(row, column, text, style)

    def _write(self, row: int, column: int, text: str | None, style: str | None = None) -> None:
        """Write a text, whatever it looks like; a blank cell where there is none."""
        look = self._styles[style] if style else None
        if text:
            self._sheet.write_string(row, column, literal(text), look)
        else:
            self._sheet.write_blank(row, column, None, look)

    def _set_up(self) -> None:
        """Lock what is not to be filled in, and make it fit for paper."""
        sheet = self._sheet
        sheet.protect("", {"format_rows": True})
        sheet.freeze_panes(self._first, 0)
        sheet.set_selection(self._first, self._columns["mark"], self._first, self._columns["mark"])
        sheet.repeat_rows(self._header)
        sheet.print_area(1, 2, self._sum + 1 + len(self._form.notes) + len(self._form.sign), self._last)
        if sum(self._widths.values()) > _PORTRAIT:
            sheet.set_landscape()
        sheet.set_paper(9)  # A4
        sheet.fit_to_pages(1, 0)
        sheet.center_horizontally()
        sheet.set_footer("&C&P / &N")


def _width(text: str) -> int:
    """How many places the longest line of a text takes; a Chinese sign takes two."""
    return max(sum(1 if sign < "\u1100" else 2 for sign in line) for line in text.split("\n"))


def _lines(text: str, width: int, size: float = 1.1) -> int:
    """How many lines a text takes in a column so wide, its letters being larger than those of the width by so much."""
    return sum(max(math.ceil(size * _width(line) / width), 1) for line in text.split("\n"))
