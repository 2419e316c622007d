"""Workbooks of every make: each cell is read as Excel shows it, at its place, or named with what is wrong with it."""

from __future__ import annotations

import datetime as dt
import io
import random
import re
import struct
import zipfile
import zlib
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import xlsxwriter
import xlwt
from hypothesis import given, settings
from hypothesis import strategies as st
from odf.opendocument import OpenDocumentSpreadsheet
from odf.style import Style, TableProperties
from odf.table import CoveredTableCell, Table, TableCell, TableRow
from odf.text import P, S
from openpyxl.styles import PatternFill
from openpyxl.utils.datetime import CALENDAR_MAC_1904

from fupin import books
from fupin.books import Book, Grid
from fupin.books.cells import ERROR, NO_DATE, NO_NUMBER, NO_VALUE, TOO_LONG
from fupin.errors import DataError

LIMIT = 1 << 30
Cells = Sequence[Sequence[str | None]]

# --- how the tests write workbooks

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
RELATED = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"


def archive(parts: Mapping[str, str | bytes]) -> bytes:
    """A zip archive of these files."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, part in parts.items():
            packed.writestr(name, part)
    return out.getvalue()


def related(kind: str, target: str) -> str:
    """The file that tells where another part is."""
    to = f'<Relationship Id="r1" Type="{RELATED}/{kind}" Target="{target}"/>'
    return f'<Relationships xmlns="{RELATIONS}">{to}</Relationships>'


def written(rows: str, strings: str = "", sheet: str | bytes | None = None, **more: str | bytes) -> bytes:
    """A workbook whose sheet S holds these rows of XML."""
    sheets = '<sheet name="S" sheetId="1" r:id="r1"/>'
    parts: dict[str, str | bytes] = {
        "_rels/.rels": related("officeDocument", "xl/workbook.xml"),
        "xl/workbook.xml": f'<workbook xmlns="{MAIN}" xmlns:r="{RELATED}"><sheets>{sheets}</sheets></workbook>',
        "xl/_rels/workbook.xml.rels": related("worksheet", "worksheets/sheet1.xml"),
        "xl/sharedStrings.xml": f'<sst xmlns="{MAIN}">{strings}</sst>',
        "xl/worksheets/sheet1.xml": sheet or f'<worksheet xmlns="{MAIN}"><sheetData>{rows}</sheetData></worksheet>',
    }
    return archive(parts | more)


def saved(book: Any) -> bytes:
    """The bytes of a workbook of any library that saves to a stream."""
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def by_openpyxl(fill: Callable[[Any], object]) -> bytes:
    book = openpyxl.Workbook()
    book.active.title = "S"
    fill(book.active)
    return saved(book)


def by_xlsxwriter(fill: Callable[[Any, Any], object]) -> bytes:
    out = io.BytesIO()
    with xlsxwriter.Workbook(out) as book:
        fill(book.add_worksheet("S"), lambda style: book.add_format({"num_format": style}))
    return out.getvalue()


def by_xlwt(fill: Callable[[Any], object]) -> bytes:
    book = xlwt.Workbook()
    fill(book.add_sheet("S"))
    return saved(book)


def styled(style: str) -> xlwt.XFStyle:
    """A number format of xlwt."""
    return xlwt.easyxf(num_format_str=style)


def by_odfpy(*rows: TableRow) -> bytes:
    book = OpenDocumentSpreadsheet()
    table = Table(name="S")
    book.spreadsheet.addElement(table)
    for row in rows:
        table.addElement(row)
    return saved(book)


def ods_row(*cells: Any, repeated: int = 1) -> TableRow:
    row = TableRow(numberrowsrepeated=repeated)
    for cell in cells:
        row.addElement(cell)
    return row


def ods_cell(text: str = "", kind: str | None = "string", **values: object) -> TableCell:
    cell = TableCell(**({"valuetype": kind} if kind else {}), **values)
    for line in text.split("\n") if text else ():
        cell.addElement(P(text=line))
    return cell


def content(rows: str) -> bytes:
    """An OpenDocument spreadsheet whose table S holds these rows of XML, as LibreOffice writes it."""
    names = {"office": "office:1.0", "table": "table:1.0", "text": "text:1.0", "style": "style:1.0"}
    spaces = "".join(
        f' xmlns:{prefix}="urn:oasis:names:tc:opendocument:xmlns:{name}"' for prefix, name in names.items()
    )
    spaces += ' xmlns:calcext="urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0"'
    spaces += ' xmlns:draw="urn:oasis:names:tc:opendocument:xmlns:drawing:1.0"'
    table = f'<table:table table:name="S">{rows}</table:table>'
    body = f"<office:body><office:spreadsheet>{table}</office:spreadsheet></office:body>"
    return archive(
        {
            "mimetype": "application/vnd.oasis.opendocument.spreadsheet",
            "content.xml": f"<office:document-content{spaces}>{body}</office:document-content>",
            "META-INF/manifest.xml": "<manifest/>",
        }
    )


def opened(data: bytes, name: str = "b.xlsx", limit: int = LIMIT) -> Book:
    return books.open_book(name, data, limit)


def grid(data: bytes, limit: int = LIMIT) -> Grid:
    return books.read(opened(data, limit=limit), "S")


def cells(data: bytes) -> list[tuple[str | None, ...]]:
    """The cells of a sheet of which all can be used."""
    found = grid(data)
    assert found.bad.rows() == []
    assert found.rows.columns == [str(i) for i in range(found.rows.width)]
    return found.rows.rows()


def refusal(data: bytes, name: str = "b.xlsx", limit: int = LIMIT) -> str:
    """What is said of a workbook that cannot be read."""
    with pytest.raises(DataError) as caught:
        books.read(opened(data, name, limit), "S")
    (line,) = caught.value.lines
    assert line.startswith(f"{name}: ")
    assert "\n" not in line
    return line.removeprefix(f"{name}: ")


# --- what every program writes comes back

MOMENT, DAY, TIME = dt.datetime.fromisoformat("2019-04-28 10:30"), dt.date(2019, 4, 28), dt.time(10, 30)
VALUES = ["华容县", "007", "two\nlines", " a ", "=1+1", "1e5", "", 5, -0.5, 0.95, 0.1 + 0.2, 1234567.1, 0, True, False]
SHOWN = ["华容县", "007", "two\nlines", " a ", "=1+1", "1e5", None, "5", "-0.5", "0.95", "0.3", "1234567.1", "0"]
SHOWN += ["true", "false", "2019-04-28 10:30:00", "2019-04-28", "2019-04-28", "10:30:00", "30:05:00"]
STYLES = ["yyyy-mm-dd hh:mm", "yyyy/m/d", 'yyyy"年"m"月"d"日"', "h:mm", "[h]:mm:ss"]
MOMENTS = [MOMENT, DAY, dt.datetime.fromisoformat("2019-04-28"), TIME, dt.timedelta(hours=30, minutes=5)]


def at_c5(row: Sequence[str | None]) -> list[tuple[str | None, ...]]:
    """A row as it stands in a sheet whose first cell is C5."""
    return [(None,) * (len(row) + 2)] * 4 + [(None, None, *row)]


def test_openpyxl() -> None:
    def fill(sheet: Any) -> None:
        for i, value in enumerate(VALUES, 3):
            sheet.cell(5, i).value = value
            if isinstance(value, str):
                sheet.cell(5, i).data_type = "s"
        for i, (moment, style) in enumerate(zip(MOMENTS, STYLES, strict=True), 3 + len(VALUES)):
            sheet.cell(5, i).value = moment
            sheet.cell(5, i).number_format = style
        sheet["L5"].number_format = "0%"

    assert cells(by_openpyxl(fill)) == at_c5(SHOWN)


def test_xlsxwriter() -> None:
    def fill(sheet: Any, style: Callable[[str], object]) -> None:
        for i, value in enumerate(VALUES, 2):
            (sheet.write_string if isinstance(value, str) else sheet.write)(4, i, value)
        for i, (moment, shape) in enumerate(zip(MOMENTS, STYLES, strict=True), 2 + len(VALUES)):
            sheet.write_datetime(4, i, moment, style(shape))

    assert cells(by_xlsxwriter(fill)) == at_c5(SHOWN)


def test_xlwt() -> None:
    def fill(sheet: Any) -> None:
        for i, value in enumerate(VALUES, 2):
            sheet.write(4, i, value)
        moments = [*MOMENTS[:-1], 30 / 24 + 5 / 1440]
        for i, (moment, style) in enumerate(zip(moments, STYLES, strict=True), 2 + len(VALUES)):
            sheet.write(4, i, moment, styled(style))

    assert cells(by_xlwt(fill)) == at_c5(SHOWN)


def test_odfpy() -> None:
    values = [
        ods_cell(str(value), "boolean", booleanvalue=str(value).lower())
        if isinstance(value, bool)
        else ods_cell(str(value), "float", value=repr(value))
        if isinstance(value, int | float)
        else ods_cell(value)
        for value in VALUES
    ]
    values[3] = ods_cell()
    values[3].addElement(spaced := P())
    spaced.addElement(S())
    spaced.addText("a")
    spaced.addElement(S())
    days = ["2019-04-28T10:30:00", "2019-04-28", "2019-04-28T00:00:00"]
    values += [ods_cell("shown", "date", datevalue=day) for day in days]
    values += [ods_cell("shown", "time", timevalue=time) for time in ("PT10H30M00S", "PT30H05M00S")]
    data = by_odfpy(ods_row(repeated=4), ods_row(TableCell(numbercolumnsrepeated=2), *values))
    assert cells(data) == at_c5(SHOWN)


def test_days_are_right_in_workbooks_that_count_from_1904() -> None:
    excel = openpyxl.Workbook()
    excel.epoch = CALENDAR_MAC_1904
    excel.active.title = "S"
    excel.active.append([DAY, MOMENT])
    old = xlwt.Workbook()
    old.dates_1904 = True
    sheet = old.add_sheet("S")
    for i, days in enumerate([43583 - 1462, 43583.4375 - 1462]):
        sheet.write(0, i, days, styled("yyyy-mm-dd"))
    assert cells(saved(excel)) == cells(saved(old)) == [("2019-04-28", "2019-04-28 10:30:00")]


def test_seconds_have_their_fractions_only_where_there_are_any() -> None:
    def fill(sheet: Any, style: Callable[[str], object]) -> None:
        start = dt.datetime.fromisoformat("2019-04-28")
        for i in range(0, 86400, 7):
            sheet.write_datetime(i // 7, 0, start + dt.timedelta(seconds=i), style("yyyy-mm-dd hh:mm:ss"))
        sheet.write_datetime(0, 1, dt.timedelta(milliseconds=1250), style("[h]:mm:ss"))
        sheet.write_datetime(0, 2, dt.time(1, 2, 3, 250000), style("h:mm:ss"))

    first, *rest = cells(by_xlsxwriter(fill))
    assert first == ("2019-04-28", "00:00:01.25", "01:02:03.25")
    assert [row[0] for row in rest] == [
        f"2019-04-28 {i // 3600:02}:{i // 60 % 60:02}:{i % 60:02}" for i in range(7, 86400, 7)
    ]


def test_merged_ranges_are_at_their_places_in_every_format() -> None:
    def excel(sheet: Any) -> None:
        sheet["C5"] = "m"
        sheet.merge_cells("C5:D7")
        sheet.merge_cells("A1:B1")

    ods = by_odfpy(
        ods_row(ods_cell("", None, numbercolumnsspanned=2), CoveredTableCell()),
        ods_row(repeated=3),
        ods_row(TableCell(numbercolumnsrepeated=2), ods_cell("m", numbercolumnsspanned=2, numberrowsspanned=3)),
    )

    def old(sheet: Any) -> None:
        sheet.write_merge(4, 6, 2, 3, "m")
        sheet.write_merge(0, 0, 0, 1)

    for data in (by_openpyxl(excel), by_xlwt(old), ods):
        found = grid(data)
        assert sorted(found.merged) == [(0, 0, 0, 1), (4, 2, 6, 3)]
        assert found.rows["2"][4] == "m"


def test_text_that_was_typed_in_many_ways_is_the_text_that_is_seen() -> None:
    strings = '<si><t>東京</t><rPh sb="0" eb="2"><t>トウキョウ</t></rPh><phoneticPr fontId="1"/></si>'
    strings += '<si><r><t>a&amp;b</t></r><r><rPr><b/></rPr><t xml:space="preserve"> c&#10;d</t></r></si>'
    inline = "<is><r><t>in</t></r><r><t>line</t></r></is>"
    row = f'<c t="s"><v>0</v></c><c t="s"><v>1</v></c><c t="inlineStr">{inline}</c><c t="str"><v>#N/A</v></c>'
    assert cells(written(f"<row>{row}</row>", strings)) == [("東京", "a&b c\nd", "inline", "#N/A")]


def test_a_column_whose_cells_change_their_kind_far_below() -> None:
    rows = [("name", "mark", "day")]
    rows += [(f"V{i}", i / 4, DAY) if i < 2500 else (i, "absent", None) for i in range(5000)]
    found = cells(by_openpyxl(lambda sheet: [sheet.append(row) for row in rows]))
    assert len(found) == 5001
    assert found[2500] == ("V2499", "624.75", "2019-04-28")
    assert found[2501] == ("2500", "absent", None)


def test_an_empty_sheet_and_a_large_file_that_is_read_where_it_lies(tmp_path: Path) -> None:
    assert cells(by_openpyxl(lambda _: None)) == []
    assert cells(by_xlwt(lambda _: None)) == []
    assert cells(by_odfpy()) == []
    path = tmp_path / "spooled.csv"
    path.write_bytes(by_openpyxl(lambda sheet: sheet.append(["a", 1])))
    assert books.read(books.open_book("b.xlsx", path, LIMIT), "S").rows.rows() == [("a", "1")]


def test_the_bytes_tell_the_format_and_not_the_name() -> None:
    new, old = by_openpyxl(lambda sheet: sheet.append(["a"])), by_xlwt(lambda sheet: sheet.write(0, 0, "a"))
    for name, data in (("b.xls", new), ("b.ods", new), ("b.xlsx", old), ("b", old)):
        assert books.read(opened(data, name), "S").rows.rows() == [("a",)]


# --- numbers


@settings(deadline=None)
@given(st.lists(st.floats(-(10**15 - 1), 10**15 - 1), min_size=1, max_size=50))
def test_numbers_are_what_excel_shows_of_their_15_digits(numbers: list[float]) -> None:
    def shown(number: float) -> str:
        return re.sub(r"^-0$", "0", f"{Decimal(f'{number:.15g}'):f}")

    rows = "".join(f"<row><c><v>{number!r}</v></c></row>" for number in numbers)
    assert cells(written(rows)) == [(shown(number),) for number in numbers]


def test_numbers_of_many_sizes() -> None:
    numbers = ["1234567.1", "84.73999999999999", "1e-7", "-1.5E-05", "0.0001", "-0", "999999999999999", "1E+2"]
    numbers += ["0.30000000000000004", "0.9095295536791315", "4.35", "12345678901234.56"]
    shown = ["1234567.1", "84.74", "0.0000001", "-0.000015", "0.0001", "0", "999999999999999", "100"]
    shown += ["0.3", "0.909529553679131", "4.35", "12345678901234.6"]
    row = "".join(f"<c><v>{number}</v></c>" for number in numbers)
    assert cells(written(f"<row>{row}</row>")) == [tuple(shown)]


def test_a_number_of_more_digits_than_excel_keeps_cannot_be_used() -> None:
    number = 430623199001011234
    ods = by_odfpy(ods_row(ods_cell("村")), ods_row(ods_cell("4.3E+17", "float", value=str(number))))

    def old(sheet: Any) -> None:
        sheet.write(0, 0, "村")
        sheet.write(1, 0, number)

    for data in (by_openpyxl(lambda sheet: [sheet.append([v]) for v in ("村", number)]), by_xlwt(old), ods):
        found = grid(data)
        assert found.rows.rows() == [("村",), (None,)]
        ((row, column, value, reason),) = found.bad.rows()
        assert (row, column, reason) == (1, 0, TOO_LONG)
        assert re.fullmatch("430623199001011[0-9]{3}", value)
    for text in ("1e15", "-999999999999999.9", "1e400"):
        assert grid(written(f"<row><c><v>{text}</v></c></row>")).bad.height == 1
    assert grid(written("<row><c><v>NaN</v></c></row>")).bad.rows() == [(0, 0, "NaN", NO_NUMBER)]


# --- cells that cannot be used


def test_errors_are_named_in_every_format_whether_typed_or_worked_out() -> None:
    def excel(sheet: Any, _: object) -> None:
        sheet.write(0, 0, "a")
        sheet.write_formula(1, 1, "=1/0", None, "#DIV/0!")
        sheet.write_formula(5, 2, "=NA()", None, "#N/A")

    typed = openpyxl.Workbook()
    typed.active.title = "S"
    typed.active["A1"] = "a"
    for place, error in (("B2", "#DIV/0!"), ("C6", "#N/A")):
        typed.active[place] = error
        assert typed.active[place].data_type == "e"

    def old(sheet: Any) -> None:
        sheet.write(0, 0, "a")
        sheet.row(1).set_cell_error(1, "#DIV/0!")
        sheet.row(5).set_cell_error(2, 0x2A)

    value = 'office:value-type="string" office:string-value="" calcext:value-type="error"'
    wrong = (
        f'<table:table-cell table:formula="of:=1/0" {value}><text:p>{{}}</text:p></table:table-cell>'
        '<table:table-cell table:number-columns-repeated="16000"/>'
    )
    libre = content(
        '<table:table-row><table:table-cell office:value-type="string"><text:p>a</text:p></table:table-cell>'
        f"</table:table-row><table:table-row><table:table-cell/>{wrong.format('#DIV/0!')}</table:table-row>"
        '<table:table-row table:number-rows-repeated="3"><table:table-cell/></table:table-row>'
        f"<table:table-row><table:table-cell/><table:table-cell/>{wrong.format('#N/A')}</table:table-row>"
        '<table:table-row table:number-rows-repeated="1048570"><table:table-cell/></table:table-row>'
    )
    for data in (by_xlsxwriter(excel), saved(typed), by_xlwt(old), libre):
        found = grid(data)
        assert found.bad.rows() == [(1, 1, "#DIV/0!", ERROR), (5, 2, "#N/A", ERROR)]
        assert found.rows.shape == (6, 3)
        assert found.rows.row(0) == ("a", None, None)
        assert found.rows[1:].null_count().sum_horizontal().item() == 15


def test_the_text_of_an_error_is_a_text_where_somebody_typed_a_text() -> None:
    assert cells(by_xlsxwriter(lambda sheet, _: sheet.write_string(0, 0, "#N/A"))) == [("#N/A",)]
    assert cells(by_xlwt(lambda sheet: sheet.write(0, 0, "#N/A"))) == [("#N/A",)]
    assert cells(by_odfpy(ods_row(ods_cell("#N/A")))) == [("#N/A",)]


def test_a_formula_without_a_stored_value_is_not_a_blank_cell() -> None:
    def fill(sheet: Any) -> None:
        sheet.append(["a", 1])
        sheet["B2"] = '=IF(A1="<&>",B1,2)'
        sheet["A4"] = "=SUM(B1:B2)"

    ods = by_odfpy(
        ods_row(ods_cell("a"), ods_cell("1", "float", value="1")),
        ods_row(TableCell(), TableCell(formula='of:=IF(A1="<&>",B1,2)')),
        ods_row(),
        ods_row(TableCell(formula="of:=SUM(B1:B2)")),
    )
    for data in (by_openpyxl(fill), ods):
        found = grid(data)
        assert found.rows.rows() == [("a", "1"), (None, None), (None, None), (None, None)]
        assert found.bad.rows() == [(1, 1, '=IF(A1="<&>",B1,2)', NO_VALUE), (3, 0, "=SUM(B1:B2)", NO_VALUE)]


FORMULAS = (
    '<row r="1"><c r="A1"><f>B1</f><v>5</v></c><c r="B1" t="str"><f>""</f><v></v></c><c r="C1" s="1"/>'
    '<c r="D1" s="2"><f t="shared" si="0"/></c><c r="E1"><f>1</f><v/></c><c r="F1" t="b"><f>A1=1</f><v>1</v></c></row>'
    '<row r="3"><c r="B3" s="1" t="e" vm="1"><f t="array" ref="B3">X()</f><v>#VALUE!</v></c><c r="C3" t="e"/>'
    '<c r="D3" t="str">\n<f>C1</f>\n<v>x</v>\n</c><c r="E3">\n<f>C1</f>\n</c></row>'
)
FOUND = [(0, 3, None, NO_VALUE), (0, 4, "=1", NO_VALUE), (2, 1, "#VALUE!", ERROR), (2, 4, "=C1", NO_VALUE)]


def test_formulas_in_all_the_forms_that_programs_write() -> None:
    """However the XML is written, the same cells are found wrong."""
    plain = FORMULAS.replace('<c r="C3" t="e"/>', "")
    prefixed = re.sub(r"<(/?)(\w)", r"<\1x:\2", plain)
    forms = {
        "usual": written(plain),
        "single quotes": written(plain.replace('"', "'").replace("''</f>", '""</f>')),
        "other order": written(re.sub(r'<c (r="\w+")((?: \w+="\w+")+)', r"<c\2 \1", plain)),
        "prefixes": written(
            "", sheet=f'<x:worksheet xmlns:x="{MAIN}"><x:sheetData>{prefixed}</x:sheetData></x:worksheet>'
        ),
    }
    for form, data in forms.items():
        found = grid(data)
        assert found.bad.rows() == FOUND, form
        row = ("5", None, None, None, None, "true")
        assert found.rows.rows() == [row, (None,) * 6, (None, None, None, "x", None, None)], form


def test_cells_without_references_follow_each_other() -> None:
    rows = '<row><c><v>1</v></c><c r="D1"><v>2</v></c><c t="e"><v>#N/A</v></c></row><row/>'
    rows += '<row r="5"><c><f>A1</f></c></row><row><c t="e"><v>#REF!</v></c></row>'
    found = grid(written(rows))
    assert found.bad.rows() == [(0, 4, "#N/A", ERROR), (4, 0, "=A1", NO_VALUE), (5, 0, "#REF!", ERROR)]
    assert found.rows.shape == (6, 5)
    assert found.rows.row(0) == ("1", None, None, "2", None)


def test_errors_are_found_at_the_end_of_a_long_sheet() -> None:
    """The XML is looked at in parts, of which this one has several."""

    def fill(sheet: Any, _: object) -> None:
        for row in range(40_000):
            for column in range(4):
                sheet.write_number(row, column, row + column / 8)
        sheet.write_formula(39_999, 4, "=1/0", None, "#DIV/0!")
        sheet.write_formula(20_000, 4, "=0/0", None, "#DIV/0!")

    found = grid(by_xlsxwriter(fill))
    assert found.rows.shape == (40_000, 5)
    assert found.rows.row(39_998) == ("39998", "39998.125", "39998.25", "39998.375", None)
    assert found.bad.rows() == [(20_000, 4, "#DIV/0!", ERROR), (39_999, 4, "#DIV/0!", ERROR)]


def test_a_date_that_no_calendar_has() -> None:
    assert grid(by_xlwt(lambda sheet: sheet.write(0, 0, -1, styled("yyyy-mm-dd")))).bad.rows() == [
        (0, 0, "-1", NO_DATE)
    ]
    cell = '<table:table-cell office:value-type="date" office:date-value="-032768-01-01"/>'
    assert grid(content(f"<table:table-row>{cell}</table:table-row>")).bad["reason"].to_list() == [NO_DATE]


# --- OpenDocument


def test_ods_repeats_rows_and_cells() -> None:
    data = by_odfpy(
        ods_row(ods_cell("a", numbercolumnsrepeated=2), TableCell(numbercolumnsrepeated=2), ods_cell("b"), repeated=2),
        ods_row(TableCell(numbercolumnsrepeated=16384), repeated=1000000),
        ods_row(ods_cell("c"), TableCell(numbercolumnsrepeated=16383)),
        ods_row(TableCell(numbercolumnsrepeated=16384), repeated=48573),
    )
    found = grid(data)
    assert found.rows.shape == (1_000_003, 5)
    assert found.rows.row(1) == ("a", "a", None, None, "b")
    assert found.rows.row(1_000_002) == ("c", None, None, None, None)


def test_ods_texts_are_what_is_seen_without_notes_and_drawings() -> None:
    note = "<office:annotation><text:p>a note</text:p></office:annotation>"
    drawing = "<draw:frame><draw:text-box><text:p>a box</text:p></draw:text-box></draw:frame>"
    text = '<text:p>two<text:s text:c="2"/><text:span>words</text:span></text:p><text:p>a<text:line-break/>b</text:p>'
    shapes = f"<table:shapes>{drawing}</table:shapes>"
    cell = f'<table:table-cell office:value-type="string">{note}{drawing}{text}</table:table-cell>'
    truths = '<table:table-cell table:formula="of:=TRUE()" office:value-type="float" office:value="1"/>'
    row = f"<table:table-row>{cell}{truths}</table:table-row>"
    assert cells(content(f"{shapes}<table:table-header-rows>{row}</table:table-header-rows>")) == [
        ("two  words\na\nb", "true")
    ]


# --- sheets


def test_sheets_are_in_order_and_hidden_ones_known() -> None:
    excel = openpyxl.Workbook()
    excel.active.title = "一"
    excel.create_chartsheet("chart")
    for name, state in (("二", "hidden"), ("三", "veryHidden"), ("四", "visible")):
        excel.create_sheet(name).sheet_state = state
    excel["二"]["A1"] = "here"
    old = xlwt.Workbook()
    for name, hidden in (("一", 0), ("二", 1), ("三", 2), ("四", 0)):
        old.add_sheet(name).visibility = hidden
    old.get_sheet(1).write(0, 0, "here")
    free = OpenDocumentSpreadsheet()
    style = Style(name="unseen", family="table")
    style.addElement(TableProperties(display="false"))
    free.automaticstyles.addElement(style)
    for name in "一二三四":
        table = Table(name=name, **({"stylename": style} if name in "二三" else {}))
        free.spreadsheet.addElement(table)
        table.addElement(ods_row(ods_cell("here" if name == "二" else "")))
    for data in (saved(excel), saved(old), saved(free)):
        book = opened(data)
        assert (list(book.sheets), list(book.visible)) == (["一", "二", "三", "四"], ["一", "四"])
        assert books.read(book, "二").rows.rows() == [("here",)]
        assert books.read(book, "一").rows.height == 0


def test_a_sheet_that_is_not_there_is_told_with_the_nearest() -> None:
    book = opened(by_openpyxl(lambda sheet: setattr(sheet, "title", "扣分明细")))
    with pytest.raises(DataError, match=r"^b.xlsx: no sheet '扣分明'; nearest: 扣分明细$"):
        books.read(book, "扣分明")


# --- workbooks that are refused


def test_files_that_are_no_workbooks_are_told_apart() -> None:
    page = b"\xef\xbb\xbf\r\n<html xmlns:x='urn:schemas-microsoft-com:office:excel'><table><tr><td>1</td></tr></table>"
    assert refusal(page, "b.xls").startswith("a web page and no workbook, whatever its name says; open it in Excel")
    assert "let its name end in .csv" in refusal("村,分\n东山,1\n".encode(), "b.xlsx")
    assert refusal(b"", "b.xlsx") == "empty, and no workbook"
    xml = b'<?xml version="1.0"?><?mso-application progid="Excel.Sheet"?><Workbook/>'
    assert refusal(xml, "b.xls").startswith("a workbook as one XML text")
    assert refusal(archive({"word/document.xml": ""}), "b.xlsx").startswith("another archive and no workbook")
    assert refusal(archive({"xl/workbook.bin": ""}), "b.xlsx").startswith("a binary workbook (.xlsb)")
    letter = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504) + "WordDocument".encode("utf-16-le") + bytes(488)
    assert refusal(letter, "b.xls").startswith("a file of another program and no workbook")
    assert refusal(bytes(range(256)) * 20, "b.xlsx").startswith("no workbook")


def test_locked_workbooks() -> None:
    new = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504) + "EncryptedPackage".encode("utf-16-le") + bytes(480)
    old = by_xlwt(lambda sheet: sheet.write(0, 0, 1)).replace(b"\x5c\x00\x70\x00", b"\x2f\x00\x70\x00", 1)
    manifest = "<manifest:manifest><manifest:encryption-data/></manifest:manifest>"
    kind = "application/vnd.oasis.opendocument.spreadsheet"
    free = archive({"mimetype": kind, "content.xml": b"\x8a\x03", "META-INF/manifest.xml": manifest})
    for data in (new, old, free):
        assert refusal(data) == "locked by a password; save it without one"


def test_damaged_workbooks() -> None:
    new = by_openpyxl(lambda sheet: sheet.append(["a", 1]))
    old = by_xlwt(lambda sheet: [sheet.write(i, 0, "a" * 100 + str(i)) for i in range(500)])
    damaged = [
        new[:-50],
        new[: len(new) // 2],
        old[:2000],
        written("<row><c><v>1</v></c"),
        written("<row><c t='s'><v>7</v></c></row>"),
    ]
    damaged += [written('<row><c r="1A"><v>1</v></c></row>'), content("<table:table-row></table:table>")]
    for data in damaged:
        assert refusal(data).startswith("cannot be read, it is cut off or damaged; open it in Excel")


def test_workbooks_of_which_calamine_would_read_something_else() -> None:
    wide = f'<worksheet xmlns="{MAIN}"><sheetData><row><c><v>1</v></c></row></sheetData></worksheet>'
    assert refusal(written("", sheet=wide.encode("utf-16"))).startswith("a sheet in UTF-16")
    twice = '<sheet name="S" r:id="r1"/>' * 2
    book = f'<workbook xmlns="{MAIN}" xmlns:r="{RELATED}"><sheets>{twice}</sheets></workbook>'
    assert refusal(written("", **{"xl/workbook.xml": book})).startswith("cannot be read")


def test_a_workbook_without_worksheets() -> None:
    book = f'<workbook xmlns="{MAIN}" xmlns:r="{RELATED}"><sheets/></workbook>'
    assert refusal(written("", **{"xl/workbook.xml": book})) == "a workbook without a worksheet"


def test_a_workbook_that_unpacks_to_more_than_is_allowed() -> None:
    data = written("", "<si><t>" + "a" * 3_000_000 + "</t></si>")
    assert len(data) < 10_000
    assert refusal(data, limit=1_000_000) == f"{sizes(data)} bytes when it is unpacked, and --max-size allows 1000000"
    assert refusal(data, limit=1000) == f"{len(data)} bytes when it is unpacked, and --max-size allows 1000"
    assert cells(data) == []


def sizes(data: bytes) -> int:
    """How many bytes an archive says that it unpacks to."""
    return sum(part.file_size for part in zipfile.ZipFile(io.BytesIO(data)).infolist())


@pytest.mark.parametrize("member", ["xl/sharedStrings.xml", "xl/worksheets/sheet1.xml", "content.xml"])
def test_an_archive_that_unpacks_to_more_than_it_declares(member: str) -> None:
    """Size and checksum are those of its first kilobyte, so that nothing else can tell."""
    long = "<si><t>" + "a" * 3_000_000 + "</t></si>"
    rows = '<row r="1"><c r="A1"><v>1</v></c></row>' * 100_000
    if member == "content.xml":
        data = content("<table:table-row/>" * 100_000)
    else:
        data = written(rows) if "sheet1" in member else written("", long)
    part = zipfile.ZipFile(io.BytesIO(data)).getinfo(member)
    start = zipfile.ZipFile(io.BytesIO(data)).read(member)[:1000]
    honest, lying = struct.pack("<I", part.file_size), struct.pack("<I", 1000)
    checked = struct.pack("<I", part.CRC), struct.pack("<I", zlib.crc32(start))
    compressed = struct.pack("<I", part.compress_size)
    lie = data.replace(checked[0] + compressed + honest, checked[1] + compressed + lying)
    assert sizes(lie) < sizes(data)
    assert refusal(lie, limit=100_000).startswith("cannot be read")


def test_cells_far_out_are_refused_before_memory_is_taken_for_all_places_up_to_them() -> None:
    far = '<row r="1"><c r="XFD1"><v>1</v></c></row><row r="1048576"><c r="A1048576"><v>1</v></c></row>'
    told = "sheet 'S' reaches to row 1048576 and column 16384, more places than --max-size allows"
    for rows in (far, far.replace("<row ", "<row  ").replace("<c ", "<c  "), re.sub(r' r="\d+"', "", far)):
        assert refusal(written(rows)) == f"{told}; delete stray cells there"
    beyond = '<row r="1"><c r="A99999999999"><v>1</v></c></row>'
    assert refusal(written(beyond)).startswith("cannot be read")
    cell = '<table:table-cell table:number-columns-repeated="{}" office:value-type="float" office:value="1"/>'
    row = '<table:table-row table:number-rows-repeated="{}">{}</table:table-row>'
    wide = row.format(1, cell.format(10**9))
    tall = row.format(10**9, cell.format(1))
    for rows in (wide, tall, row.format(10**6, cell.format(100))):
        assert refusal(content(rows)).startswith(("cells are repeated more often than", "sheet 'S' reaches to row"))


def test_blank_cells_far_out_are_no_reason_to_refuse() -> None:
    """Offices colour whole rows and columns."""

    def fill(sheet: Any) -> None:
        sheet["B2"] = "a"
        for place in ("XFD1", "AA1048576", "XFD1048576"):
            sheet[place].fill = PatternFill("solid", "FFFF00")

    assert cells(by_openpyxl(fill)) == [(None, None), (None, "a")]


def test_a_sheet_is_refused_only_for_what_it_has() -> None:
    """Where the quick look tells too much, a second one is exact."""
    rows = "".join(f'<row r="{i}"><c r="A{i}"><v>{i}</v></c></row>' for i in range(1, 2001))
    found = grid(written(rows), limit=300_000)
    assert found.rows.row(1999) == ("2000",)


def test_a_few_bytes_that_stand_for_many() -> None:
    entities = "".join(f'<!ENTITY e{i} "{f"&e{i - 1};" * 10}">' for i in range(1, 9))
    lol = f'<!DOCTYPE x [<!ENTITY e0 "lol">{entities}]>'
    parts = {"mimetype": "application/vnd.oasis.opendocument.spreadsheet", "META-INF/manifest.xml": ""}
    assert refusal(archive(parts | {"content.xml": f"{lol}<x>&e8;</x>"})).startswith("an XML text with a document type")
    book = f'{lol}<workbook xmlns="{MAIN}"><sheets><sheet name="&e8;"/></sheets></workbook>'
    assert refusal(written("", **{"xl/workbook.xml": book})).startswith("an XML text with a document type")


@pytest.mark.parametrize("seed", range(8))
def test_whatever_happens_to_a_workbook_it_is_read_or_refused_on_one_line(seed: int) -> None:
    chance = random.Random(seed)  # noqa: S311 - the same each time
    ods = by_odfpy(*(ods_row(ods_cell("a"), ods_cell("1", "float", value="1")) for _ in range(5)))
    sources = [written(FORMULAS), by_xlwt(lambda sheet: [sheet.write(i, 0, i) for i in range(50)]), ods]
    for _ in range(40):
        data = chance.choice(sources)
        if data.startswith(b"PK"):
            old = zipfile.ZipFile(io.BytesIO(data))
            spoilt = chance.choice([name for name in old.namelist() if name.endswith((".xml", ".rels"))])
            data = archive({n: mangled(old.read(n), chance) if n == spoilt else old.read(n) for n in old.namelist()})
        else:
            data = mangled(data, chance)
        try:
            book = opened(data)
            for sheet in book.sheets:
                assert books.read(book, sheet).name == sheet
        except DataError as error:
            assert len(error.lines) == 1
            assert error.lines[0].startswith("b.xlsx: ")


def mangled(data: bytes, chance: random.Random) -> bytes:
    """The bytes with some changed, lost or repeated."""
    changed = bytearray(data)
    for _ in range(chance.randint(1, 4)):
        at = chance.randrange(len(changed) + 1)
        part = chance.choice(
            [b'"', b"<", b">", b"99999999999", b"-1", b"", b"\xff", b"XFD1048576", b"&x;", changed[:40]]
        )
        changed[at : at + chance.randint(0, 12)] = part
    return bytes(changed)
