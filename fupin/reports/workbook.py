"""Reports as workbooks: a cover, the ranking, what its totals are made of, charts, rules and ledgers (contract §9)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from fupin import boards, recipes
from fupin.chain import Step
from fupin.deferred import pl
from fupin.explaining import Scene
from fupin.numbers import show
from fupin.parts import Term
from fupin.reports import charts, formulas
from fupin.reports.book import PLAIN, TITLE, Book, Cells, Look, check_size, fits
from fupin.reports.formulas import Part, Place, Total
from fupin.reports.page import ROW, Page, Section, numeric

_PRIZE: Look = {"bg_color": "#E2EFDA", "font_color": "#375623", "bold": True}
_PENALTY: Look = {"bg_color": "#FCE4D6", "font_color": "#C00000", "bold": True}
_VETOED: Look = {"bg_color": "#EDEDED", "font_color": "#7F7F7F", "italic": True}


class Sheet(NamedTuple):
    """A sheet with a row for each unit, as it is planned.

    Args:
        name: its name.
        top: the row of the first unit.
        rows: for each unit its row below that.
        parts: its columns.
        cells: their cells.
        numbers: which of them hold numbers.
    """

    name: str
    top: int
    rows: dict[str, int]
    parts: Sequence[Part]
    cells: Sequence[pl.Series]
    numbers: Sequence[bool]

    def place(self, part: Part, unit: str, cell: str) -> Place | None:
        """Where a part of a unit stands as this cell."""
        if unit not in self.rows or part not in self.parts:
            return None
        column = self.parts.index(part)
        fine = self.numbers[column] and self.cells[column][self.rows[unit]] == cell
        return Place(self.name, self.top + self.rows[unit], column) if fine else None


def workbook(page: Page, past: Sequence[Step] = (), ledgers: bool = False) -> bytes:
    """A workbook of a page.

    A number of up to 15 digits, which is what Excel holds, is a number there; any other cell is a text, also one
    that begins with `=`.

    Args:
        page: what is shown.
        past: the stages that have made the board. Totals of `weight` among them are formulas.
        ledgers: whether the ledgers of these stages are shown, too.

    Raises:
        DataError: there are more rows or columns than a sheet holds, or a text is too long.
    """
    book = Book(page.title or "", page.labels.footer)
    cover = book.add(book.name(page.labels.cover), [4, 84]) if page.title or page.notes else None
    sheets = [_planned(book, page, section) for section in page.sections]
    units = [unit for sheet in sheets for unit in sheet.rows]
    totals = formulas.find(past, set(units))
    parts = _parts(book, page, sheets, totals, units)
    all_sheets = [*sheets, *([parts.sheet] if parts else [])]
    for section, sheet in zip(page.sections, sheets, strict=True):
        _write_ranking(book, page, section, sheet, _formulas(sheet, all_sheets, totals))
    if parts:
        _write_parts(book, page, parts, _formulas(parts.sheet, all_sheets, totals))
    charts.write(book, page, sheets)
    _write_rules(book, page, past)
    for step in past if ledgers else ():
        _write_ledgers(book, page, step)
    if cover is not None:
        _write_cover(book, page, cover)
    return book.close()


def _planned(book: Book, page: Page, section: Section) -> Sheet:
    """The sheet of a section.

    Raises:
        DataError: there are more rows or columns than a sheet holds.
    """
    rows, shown = section.rows, page.cells(section, plus=False)
    top = sum(map(bool, (page.title, section.heading))) + 1
    check_size(top + rows.height + len(page.notes) + 2, len(page.columns))
    numbers = [column.numeric and not column.key and fits(rows[column.name]) for column in page.columns]
    cells = [shown[str(i)].alias(column.name) for i, column in enumerate(page.columns)]
    return Sheet(
        book.name(section.name or page.labels.ranking), top,
        {unit: row for row, unit in enumerate(boards.units(rows, page.key))},
        [Part(column.name) for column in page.columns], cells, numbers,
    )  # fmt: skip


class Parts(NamedTuple):
    """The sheet of what totals are made of and the ranking does not show.

    Args:
        sheet: the sheet, the units in its first column.
        totals: what each of the others counts for.
        terms: with which full marks and weight.
    """

    sheet: Sheet
    totals: Sequence[str]
    terms: Sequence[Term]


def _parts(
    book: Book, page: Page, sheets: Sequence[Sheet], totals: Sequence[Total], units: Sequence[str]
) -> Parts | None:
    """Plan the sheet of parts that the ranking does not show, of what it shows and of these parts."""
    shown = {part for sheet in sheets for part, number in zip(sheet.parts, sheet.numbers, strict=True) if number}
    cells: dict[Part, dict[str, str | None]] = {}
    heads: list[tuple[str, Term]] = []
    wanted = list(shown)
    for part in wanted:  # which grows
        for total in (total for total in totals if Part(total.name) == part):
            for one, term in total.parts.items():
                if one not in shown and one not in cells:
                    heads.append((total.name, term))
                    wanted.append(one)
                if one not in shown:
                    cells[one] = {**total.column(one), **cells.get(one, {})}
    if not cells:
        return None
    columns = [pl.Series(part.name, [found.get(unit) for unit in units], pl.String) for part, found in cells.items()]
    sheet = Sheet(
        book.name(page.labels.parts), 4, {unit: row for row, unit in enumerate(units)},
        [Part("", "\0"), *cells], [pl.Series(units, dtype=pl.String), *columns],
        [False, *(fits(column) for column in columns)],
    )  # fmt: skip
    return Parts(sheet, [name for name, _ in heads], [term for _, term in heads])


def _formulas(sheet: Sheet, sheets: Sequence[Sheet], totals: Sequence[Total]) -> list[dict[int, str]]:
    """The formulas of a sheet, by its columns and rows."""
    found: list[dict[int, str]] = [{} for _ in sheet.parts]
    for total in totals:
        if Part(total.name) not in sheet.parts:
            continue
        made_later = {Part(other.name) for other in totals if other.number >= total.number}

        def place(part: Part, unit: str, cell: str, later: set[Part] = made_later) -> Place | None:
            places = (one.place(part, unit, cell) for one in sheets if part not in later)
            there = next(filter(None, places), None)
            return there._replace(sheet="") if there is not None and there.sheet == sheet.name else there

        column = sheet.parts.index(Part(total.name))
        figures = dict(zip(sheet.rows, sheet.cells[column], strict=True)) if sheet.numbers[column] else {}
        made = total.formulas(figures, place)
        found[column] |= {sheet.rows[unit]: formula for unit, formula in made.items()}
    return found


def _write_cover(book: Book, page: Page, sheet: Any) -> None:
    """Write the title, the notes, and what sheets there are."""
    title = {**TITLE, "font_size": 22, "text_wrap": True, "align": "center"}
    book.write(sheet, 3, 1, page.title or page.labels.ranking, title)
    for row, note in enumerate(page.notes, 6):
        book.write(sheet, row, 1, note, {**PLAIN, "text_wrap": True})
    for row, name in enumerate(book.names[1:], 8 + len(page.notes)):
        look = book.style({**PLAIN, "font_color": "#1F4E79", "underline": 1})
        sheet.write_url(row, 1, f"internal:{formulas.quoted(name)}!A1", look, name)


def _write_ranking(book: Book, page: Page, section: Section, planned: Sheet, made: Sequence[dict[int, str]]) -> None:
    """Write a section."""
    header = planned.top - 1
    columns = [
        Cells([column.heading], cells, number, column.name == page.marks.change, formulas)
        for column, cells, number, formulas in zip(page.columns, planned.cells, planned.numbers, made, strict=True)
    ]
    sheet = book.add(planned.name, [column.width for column in columns], (header, header))
    above = [(page.title, TITLE, 30)] if page.title else []
    above += [(section.heading, {**TITLE, "font_size": 12}, 22)] if section.heading else []
    for row, (words, look, height) in enumerate(above):
        book.write(sheet, row, 0, words or "", look)
        sheet.set_row(row, height)
    book.table(sheet, header, columns, section.rows[ROW].to_list())
    last = planned.top + section.rows.height
    for row, note in enumerate(page.notes, last + 1):
        book.write(sheet, row, 0, note, PLAIN)
    if section.rows.height:
        _mark(book, sheet, page, planned, last - 1)


def _mark(book: Book, sheet: Any, page: Page, planned: Sheet, last: int) -> None:
    """Let prizes, penalties, vetoes and what changed be seen."""
    from xlsxwriter.utility import xl_col_to_name

    at = {column.name: i for i, column in enumerate(page.columns)}
    marks = page.marks
    veto = next((name for name in (marks.vetoed, marks.reason) if name in at), None)
    if veto is not None:
        true = page.labels.truth.get("true", "true") if veto == marks.vetoed else ""
        rule = f'=${xl_col_to_name(at[veto])}{planned.top + 1}{"=" if true else "<>"}"{true}"'
        area = (planned.top, 0, last, len(page.columns) - 1)
        sheet.conditional_format(*area, {"type": "formula", "criteria": rule, "format": book.style(_VETOED)})
    for name in (name for name in (marks.reward, marks.change) if name in at):
        for sign, look in ((">", _PRIZE), ("<", _PENALTY)):
            column = f"{xl_col_to_name(at[name])}{planned.top + 1}"
            rule = f"=AND(ISNUMBER({column}),{column}{sign}0)"
            area = (planned.top, at[name], last, at[name])
            sheet.conditional_format(*area, {"type": "formula", "criteria": rule, "format": book.style(look)})


def _write_parts(book: Book, page: Page, parts: Parts, made: Sequence[dict[int, str]]) -> None:
    """Write what totals are made of."""
    planned, labels = parts.sheet, page.labels
    key = ",".join(column.heading for column in page.columns if column.key) or ",".join(page.key)
    heads = [[labels.counts_for, key, labels.full, labels.weight]]
    for part, total, term in zip(planned.parts[1:], parts.totals, parts.terms, strict=True):
        heads.append([total, part.name, "" if term.full is None else show(term.full), show(term.weight)])
    columns = [
        Cells(head, cells, number, formulas=formulas, widest=10 if number else 24)
        for head, cells, number, formulas in zip(heads, planned.cells, planned.numbers, made, strict=True)
    ]
    sheet = book.add(planned.name, [column.width for column in columns], (0, planned.top - 1))
    book.table(sheet, 0, columns)
    book.write(sheet, planned.top + len(planned.rows) + 1, 0, labels.live, PLAIN)


def _write_rules(book: Book, page: Page, past: Sequence[Step]) -> None:
    """Write which verbs were applied, with which parameters."""
    steps = [step for step in past if step.stage.words]
    if not steps:
        return
    labels = page.labels
    cells = {
        labels.chain: [step.chain.name for step in steps],
        labels.verb: [step.stage.verb for step in steps],
        labels.does: [labels.verbs[step.stage.verb] for step in steps],
        labels.parameters: [recipes.line(step.stage.words[1:]) for step in steps],
        labels.place: [step.stage.place or "" for step in steps],
    }
    shown = {name: pl.Series(name, column) for name, column in cells.items() if any(column)}
    _write_table(book, labels.rules, [Cells([name], column, widest=60) for name, column in shown.items()])


def _write_ledgers(book: Book, page: Page, step: Step) -> None:
    """Write the rows of a stage's ledgers that count for a unit of its board."""
    if not step.stage.ledgers or not isinstance(step.result, pl.DataFrame):
        return
    labels = page.labels
    scene = Scene(step.stage, step.files, step.board, step.result)
    found = list(scene.rows(scene.units.to_list()))
    places = {
        ",".join(scene.key): [unit for unit, _ in found],
        labels.file: [row.file for _, row in found],
        labels.line: [str(row.line) for _, row in found],
    }
    columns = [pl.Series(name, cells, pl.String) for name, cells in places.items()]
    others = dict.fromkeys(name for _, row in found for name in row.cells)
    columns += [pl.Series(name, [row.cells.get(name) for _, row in found], pl.String) for name in others]
    name = f"{labels.ledger} {step.stage.verb} {step.stage.options.get('name') or ''}".strip()
    _write_table(book, name, [Cells([one.name], one, i > 0 and _is_numeric(one)) for i, one in enumerate(columns)])


def _is_numeric(column: pl.Series) -> bool:
    """Whether a column of a ledger holds numbers that Excel shows as they stand there."""
    return numeric(column.to_frame(), [column.name])[0] and fits(column)


def _write_table(book: Book, name: str, columns: Sequence[Cells]) -> None:
    """Write a table that stands alone.

    Raises:
        DataError: there are more rows or columns than a sheet holds, or a text is too long.
    """
    check_size(len(columns[0].cells) + 1, len(columns))
    sheet = book.add(book.name(name), [column.width for column in columns], (0, 0))
    book.table(sheet, 0, columns)
