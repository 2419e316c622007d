"""Forms: what an inspector can and cannot type, what is printed, and what is read of it again."""

from __future__ import annotations

import re
from pathlib import Path

import openpyxl
import polars as pl
import pytest
from harness import Result, fupin
from openpyxl.worksheet.worksheet import Worksheet

import fupin as library
from fupin import books, forms

ITEMS = """\
item,full,group,name,note
1,12,减贫成效,实际减贫人口,八个方面全部达标
2,2,减贫成效,贫困村人均收入,无贫困村的不考核
3,0.5,责任落实,领导责任落实,
007,2.50,,,
"""
TOWNS = "town,group\n仙塘镇,一\n新港镇,一\n"
MARKS = {"1": 11.5, "2": "不考核", "3": 0.5, "007": 0}
SMALLEST = "item,full\na,5\nb,2\n"

pytestmark = pytest.mark.usefixtures("folder")


def form(*words: str, items: str = ITEMS, towns: str | None = TOWNS) -> Result:
    """Make forms in the folder out."""
    Path("items.csv").write_text(items)
    if towns is not None:
        Path("towns.csv").write_text(towns)
        words = ("--roster", "towns.csv", *words)
    return fupin("form", "--items", "items.csv", "-o", "out", *words)


def sheet(unit: str = "仙塘镇") -> Worksheet:
    """The sheet of a form, as a program that reads workbooks sees it."""
    return openpyxl.load_workbook(f"out/{unit}.xlsx").worksheets[0]


def place(on: Worksheet, name: str, item: str) -> openpyxl.cell.Cell:
    """The cell of an item in a column that the hidden first row names."""
    top = next(row for row in on.iter_rows() if any(cell.value == "fupin:form" for cell in row))
    columns = {cell.value: cell.column for cell in top}
    row = next(r for r in range(top[0].row, on.max_row + 1) if on.cell(r, columns["fupin:item"]).value == item)
    return on.cell(row, columns[f"fupin:{name}"])


def fill(on: Worksheet, marks: dict[str, object], file: str = "filled.xlsx") -> None:
    """Type marks, and keep the workbook."""
    for item, mark in marks.items():
        place(on, "value", item).value = mark
    on.parent.save(file)


def read(file: str = "filled.xlsx") -> forms.Filled | None:
    """What is read of a workbook."""
    sheets = {}
    for one in openpyxl.load_workbook(file, data_only=True).worksheets:
        rows = [[None if cell is None else str(cell) for cell in row] for row in one.iter_rows(values_only=True)]
        names = [str(i) for i in range(one.max_column)]
        sheets[one.title] = pl.DataFrame(rows, schema=dict.fromkeys(names, pl.String), orient="row")
    return forms.read(sheets, file)


def table(filled: forms.Filled | None) -> list[tuple[str | None, ...]]:
    """The marks that can be used, where nothing is wrong."""
    assert filled is not None
    assert filled.wrong == []
    return filled.rows.select("0", "1", "2", "3").rows()


def reasons(file: str = "filled.xlsx") -> list[tuple[int | None, str, str | None, str]]:
    """What is wrong with a workbook."""
    filled = read(file)
    assert filled is not None
    return [(one.line, one.column, one.value, one.reason) for one in filled.wrong]


# --- filled in and read


def test_what_is_filled_in_is_read_again() -> None:
    assert form() == Result(0, "", "")
    assert sorted(file.name for file in Path("out").iterdir()) == ["仙塘镇.xlsx", "新港镇.xlsx"]
    one = sheet()
    place(one, "note", "1").value = "资料齐全"
    fill(one, MARKS)
    filled = read()
    assert table(filled) == [
        ("仙塘镇", "1", "11.5", "资料齐全"),
        ("仙塘镇", "2", "NA", None),
        ("仙塘镇", "3", "0.5", None),
        ("仙塘镇", "007", "0", None),
    ]
    assert filled is not None
    assert (filled.columns, filled.sheet, filled.header) == (("town", "item", "value", "note"), "评分表", 4)
    assert filled.rows["\0line"].to_list() == [5, 6, 7, 8]


def test_the_unit_is_filled_in_without_a_roster() -> None:
    assert form(towns=None).status == 0
    one = openpyxl.load_workbook("out/评分表.xlsx").worksheets[0]
    one["D3"] = "007"
    assert (one["C3"].value, one["D3"].protection.locked, one["D3"].number_format) == ("单位：", False, "@")
    fill(one, MARKS)
    filled = read()
    assert [row[0] for row in table(filled)] == ["007"] * 4
    assert filled is not None
    assert filled.columns[0] == "unit"


def test_a_form_in_english_under_another_key() -> None:
    assert form("--lang", "en", "-k", "村", towns=None).status == 0
    one = openpyxl.load_workbook("out/Score sheet.xlsx").worksheets[0]
    one["D3"] = "东山"
    fill(one, {"1": "NA", "2": 2})
    filled = read()
    assert table(filled)[:2] == [("东山", "1", "NA", None), ("东山", "2", "2", None)]
    assert filled is not None
    assert filled.columns[0] == "村"
    shown = {cell.value for row in one.iter_rows(min_col=3) for cell in row if isinstance(cell.value, str)}
    assert shown >= {"Full marks", "Mark", "Remarks", "Total", "Inspector:", "Score sheet"}
    assert "满分" not in shown


def test_a_mark_that_is_not_given_stays_missing() -> None:
    form()
    fill(sheet(), {"1": "", "2": "  "})
    assert [row[2] for row in table(read())] == [None] * 4


def test_full_width_and_spaces_of_people_who_paste() -> None:
    form()
    fill(sheet(), {"1": "１１．５", "2": " 不考核 ", "3": "0.50", "007": "NA"})
    assert [row[2] for row in table(read())] == ["11.5", "NA", "0.5", "NA"]


def test_another_workbook_is_no_form() -> None:
    book = openpyxl.Workbook()
    book.active.append(["item", "full"])
    book.create_sheet("fupin").append(["item"])
    book.create_sheet("empty")
    book.save("other.xlsx")
    assert read("other.xlsx") is None


def test_rows_and_columns_put_in_and_rows_sorted() -> None:
    form()
    fill(sheet(), MARKS)
    one = openpyxl.load_workbook("filled.xlsx").worksheets[0]
    for area in list(one.merged_cells.ranges):  # openpyxl leaves them where they are when rows are put in
        one.unmerge_cells(str(area))
    rows = [[cell.value for cell in row] for row in one.iter_rows(min_row=5, max_row=8)]
    for row, cells in enumerate(reversed(rows), 5):
        for column, value in enumerate(cells, 1):
            one.cell(row, column).value = value
    one.insert_rows(1)
    one.insert_cols(6)
    one.title = "3月"
    one.parent.save("filled.xlsx")
    filled = read()
    read_again = [(item, mark) for _, item, mark, _ in table(filled)]
    assert read_again == [("007", "0"), ("3", "0.5"), ("2", "NA"), ("1", "11.5")]
    assert filled is not None
    assert (filled.sheet, filled.header) == ("3月", 5)


# --- what is wrong with a form


@pytest.mark.parametrize(
    ("mark", "told"),
    [
        (12.5, "'12.5' is above the full marks; it can be 0 to 12, or 不考核"),
        (-1, "'-1' is below 0; it can be 0 to 12, or 不考核"),
        ("良好", "'良好' is no number; it can be 0 to 12, or 不考核"),
        ("95%", "'95%' is no number; it can be 0 to 12, or 不考核"),
        (True, "'True' is no number; it can be 0 to 12, or 不考核"),
    ],
)
def test_a_mark_that_was_pasted_over_the_rule(mark: object, told: str) -> None:
    form()
    fill(sheet(), {**MARKS, "1": mark})
    assert reasons() == [(5, "value", str(mark), told)]
    filled = read()
    assert filled is not None
    assert filled.rows["1"].to_list() == ["2", "3", "007"]
    assert filled.wrong[0].cells == ("仙塘镇", "1", str(mark), None)


def test_marks_are_compared_exactly() -> None:
    form(items="item,full\na,0.3\n")
    fill(sheet(), {"a": "0.300000000000000001"})
    assert [row[:3] for row in reasons()] == [(5, "value", "0.300000000000000001")]


def test_a_row_that_was_deleted() -> None:
    form()
    one = sheet()
    one.delete_rows(place(one, "item", "3").row)
    fill(one, {"1": 1})
    assert reasons() == [(None, "item", "3", "'3' has no row on the sheet any more")]


def test_a_row_that_is_there_twice_counts_for_nothing() -> None:
    form()
    one = sheet()
    place(one, "item", "3").value = "1"
    fill(one, {"1": 1})
    assert [row[:3] for row in reasons()] == [(5, "item", "1"), (7, "item", "1"), (None, "item", "3")]
    assert "also in row 7" in reasons()[0][3]


def test_a_code_that_was_damaged() -> None:
    form()
    one = sheet()
    place(one, "item", "007").value = "0071"
    fill(one, {"1": 1})
    assert [row[:3] for row in reasons()] == [(8, "item", "0071"), (None, "item", "007")]
    assert "nearest: 007" in reasons()[0][3]


def test_a_mark_in_a_row_that_is_no_item() -> None:
    form()
    one = sheet()
    row = place(one, "item", "3").row
    one.insert_rows(row)
    column = place(one, "value", "1").column
    one.cell(row, column).value = 5
    fill(one, {"1": 1})
    assert reasons() == [(row, "item", None, "a mark or a remark in a row that is none of the form's items")]


def test_rows_of_another_unit() -> None:
    form()
    one = sheet()
    place(one, "form", "2").value = "新港镇"
    fill(one, {"1": 1})
    assert reasons() == [(6, "town", "新港镇", "a row of '新港镇' in the form of '仙塘镇'")]


def test_a_unit_that_was_written_over() -> None:
    form()
    one = sheet()
    one["D3"] = "新港镇"
    fill(one, {"1": 1})
    why = "the form was made for '仙塘镇', and above the items it says '新港镇'"
    assert reasons() == [(line, "town", "新港镇", why) for line in range(5, 9)]


def test_a_unit_that_was_not_filled_in() -> None:
    form(towns=None)
    fill(openpyxl.load_workbook("out/评分表.xlsx").worksheets[0], {"1": 1})
    assert {row[1:3] for row in reasons()} == {("unit", None)}
    assert "fill in the cell above the items" in reasons()[0][3]
    assert len(reasons()) == 4


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (lambda book: book.remove(book["fupin"]), "copy the marks into a new one"),
        (lambda book: book.remove(book["评分表"]), "copy the marks into a new one"),
        (lambda book: book["评分表"].delete_cols(2), "copy the marks into a new one"),
        (lambda book: book["fupin"].delete_rows(4, 9), "copy the marks into a new one"),
        (lambda book: book.copy_worksheet(book["评分表"]), "only one can count"),
        (lambda book: book["fupin"].__setitem__("B1", "2"), "version 2"),
    ],
)
def test_a_form_that_can_no_longer_be_told(change: object, told: str) -> None:
    form()
    book = openpyxl.load_workbook("out/仙塘镇.xlsx")
    book.create_sheet("other")
    change(book)  # type: ignore[operator]
    book.save("filled.xlsx")
    with pytest.raises(library.DataError, match=told) as raised:
        read()
    assert raised.value.faults[0].file == "filled.xlsx"


# --- what an inspector sees


def test_cells_take_a_mark_of_their_item_or_nothing() -> None:
    form()
    one = sheet()
    rules = {str(rule.sqref): rule for rule in one.data_validations.dataValidation}
    assert len(rules) == 4
    for item, full in (("1", "12"), ("2", "2"), ("3", "0.5"), ("007", "2.5")):
        cell = place(one, "value", item).coordinate
        rule = rules[cell]
        assert rule.formula1 == f'OR({cell}="不考核",AND(ISNUMBER({cell}),{cell}>=0,{cell}<={full}))'
        assert (rule.type, rule.errorStyle or "stop", rule.showErrorMessage) == ("custom", "stop", True)
        assert f"满分 {full} 分" in rule.error
        assert place(one, "value", item).number_format == "General"


def test_items_of_the_same_full_marks_have_one_rule() -> None:
    form(items="item,full\na,2\nb,1\nc,2.0\n")
    rules = {str(rule.sqref): rule.formula1 for rule in sheet().data_validations.dataValidation}
    assert rules == {
        "E5 E7": 'OR(E5="不考核",AND(ISNUMBER(E5),E5>=0,E5<=2))',
        "E6": 'OR(E6="不考核",AND(ISNUMBER(E6),E6>=0,E6<=1))',
    }


def test_only_marks_remarks_and_signatures_are_unlocked() -> None:
    form()
    one = sheet()
    unlocked = {cell.coordinate for row in one.iter_rows() for cell in row if not cell.protection.locked}
    typed = {place(one, name, item).coordinate for item in MARKS for name in ("value", "note")}
    assert unlocked >= typed
    assert all(int(re.sub(r"\D", "", cell)) > 10 for cell in unlocked - typed)
    assert one.protection.sheet
    assert one.protection.password is None


def test_codes_are_hidden() -> None:
    form()
    book = openpyxl.load_workbook("out/仙塘镇.xlsx")
    one = book.worksheets[0]
    hidden = {letter for letter, column in one.column_dimensions.items() if column.hidden}
    assert hidden == {"A"}
    assert (one.column_dimensions["A"].min, one.column_dimensions["A"].max) == (1, 2)
    assert [row for row, told in one.row_dimensions.items() if told.hidden] == [1]
    assert [(each.title, each.sheet_state) for each in book] == [("评分表", "visible"), ("fupin", "veryHidden")]
    assert book.active.title == "评分表"


def test_the_sheet_is_as_offices_make_it() -> None:
    form("--title", "督查评分表", "--note", "3月6日前完成", "--sign", "组长，组员,日期")
    one = sheet()
    rows = [[cell.value for cell in row if cell.value is not None] for row in one.iter_rows(min_col=3, min_row=2)]
    assert rows == [
        ["督查评分表"],
        ["单位：", "仙塘镇"],
        ["大项", "项目", "评分标准", "满分", "得分", "备注"],
        ["减贫成效", "实际减贫人口", "八个方面全部达标", 12],
        ["贫困村人均收入", "无贫困村的不考核", 2],
        ["责任落实", "领导责任落实", 0.5],
        ["007", 2.5],
        ["合计", "=SUM(F5:F8)", "=SUM(G5:G8)"],
        ["得分填 0 至满分之间的数；不考核的项目填“不考核”。"],
        ["3月6日前完成"],
        ["组长："],
        ["组员："],
        ["日期："],
    ]
    merged = {str(area) for area in one.merged_cells.ranges}
    assert merged >= {"C2:H2", "C5:C6", "C9:E9"}
    values = openpyxl.load_workbook("out/仙塘镇.xlsx", data_only=True).worksheets[0]
    assert (values["F9"].value, values["G9"].value) == (17, 0)


def test_it_prints_on_a4() -> None:
    form()
    one = sheet()
    assert (one.page_setup.paperSize, one.page_setup.fitToHeight, one.sheet_properties.pageSetUpPr.fitToPage) == (
        9, 0, True,
    )  # fmt: skip
    assert (one.print_title_rows, one.freeze_panes, one.oddFooter.center.text) == ("$4:$4", "A5", "&P / &N")
    assert one.print_area == "'评分表'!$C$2:$H$13"
    widths = {letter: one.column_dimensions[letter].width for letter in "DE"}
    assert all(width >= 2 * len("贫困村人均收入") for width in widths.values())


def test_only_columns_that_are_there_are_shown() -> None:
    assert form(items=SMALLEST).status == 0
    header = [cell.value for cell in sheet()[4]]
    assert header[2:] == ["项目", "满分", "得分", "备注"]
    fill(sheet(), {"a": 1, "b": 2})
    assert [row[2] for row in table(read())] == ["1", "2"]


def test_a_long_name_has_a_row_that_is_high_enough() -> None:
    form(items=f"item,full,note\na,5,{'抽查程序是否完善' * 8}\nb,5,\n{'名' * 200},2,\n")
    one = sheet()
    for item, letters, column in (("a", 64, "D"), ("名" * 200, 200, "C")):
        row = place(one, "item", item).row
        height = one.row_dimensions[row].height
        assert height >= 15 * 2 * letters / one.column_dimensions[column].width
    assert one.row_dimensions[place(one, "item", "b").row].height in (None, 15)


def test_labels_have_room() -> None:
    form("--sign", "督查小组成员签名", items="item,full,group\na,5,一\n")
    assert sheet().column_dimensions["C"].width > 2 * len("督查小组成员签名：")


def test_no_signatures() -> None:
    form("--sign", "")
    assert not any("：" in str(cell.value) for row in sheet().iter_rows(min_row=4) for cell in row)


def test_the_sum_is_known_to_be_0_until_there_are_marks() -> None:
    """In workbooks of most programs that ask to be worked out anew, 0 would be no value yet."""
    form()
    book = books.open_book("form", Path("out/仙塘镇.xlsx").read_bytes(), 1 << 30)
    grid = books.read(book, book.visible[0])
    assert grid.bad.rows() == []
    assert [row[-2] for row in grid.rows.rows() if row[0] == "fupin:sum"] == ["0"]


TRICKY = ["=cmd|'/C calc'!A0", "@SUM(1)", "🙂" * 40, "n" * 200, "a\nb", "_x0041_", "-1", "名" * 32000, "<b>&\"'"]


def test_names_that_mean_something_elsewhere_are_texts() -> None:
    named = pl.DataFrame({"item": TRICKY, "full": [1] * len(TRICKY), "group": ["=3+3"] * len(TRICKY)})
    Path("out").mkdir()
    for name, data in library.form(named, title="=1+1", notes=["=2+2"]).items():
        Path("out", name).write_bytes(data)
    one = openpyxl.load_workbook("out/评分表.xlsx").worksheets[0]
    shown = [one.cell(row, 4).value for row in range(5, 5 + len(TRICKY))]
    assert shown == TRICKY
    formulas = [cell.value for row in one.iter_rows() for cell in row if cell.data_type == "f"]
    assert formulas == ["=SUM(E5:E13)", "=SUM(F5:F13)"]
    one["D3"] = "甲"
    one.parent.save("filled.xlsx")
    assert [row[1] for row in table(read())] == TRICKY


# --- what is refused


def refused(result: Result, *told: str) -> None:
    """One line that tells all that, and nothing is written."""
    assert (result.status, result.out, result.err.count("\n")) == (1, "", 1), result.err
    assert result.err.startswith("fupin form: ")
    for part in told:
        assert part in result.err
    assert not Path("out").exists()


@pytest.mark.parametrize(
    ("items", "told"),
    [
        ("item\na\n", ["items.csv", "no column 'full'"]),
        ("item,full\n", ["items.csv", "no rows"]),
        ("item,full\na,5\nb,6\na,7\n", ["items.csv:4", "'a' is there twice, first on line 2"]),
        ("item,full\na,\n", ["items.csv:2: full: blank"]),
        ("item,full\n,5\n", ["items.csv:2: item: blank"]),
        ("item,full\na,-5\n", ["items.csv:2: full: full marks of -5", "above 0"]),
        ("item,full\na,0\n", ["full marks of 0"]),
        ("item,full\na,五\n", ["items.csv:2: full: '五' is not a number"]),
        ("item,full\na,0.1234567890123456\n", ["15 digits"]),
        (f"item,full,note\na,5,{'x' * 32768}\n", ["items.csv:2: note", "32767"]),
    ],
)
def test_items_at_fault(items: str, told: list[str]) -> None:
    refused(form(items=items), *told)


@pytest.mark.parametrize(
    ("towns", "told"),
    [
        ("town\n", ["towns.csv", "no rows"]),
        ("town\n甲\n乙\n甲\n", ["towns.csv:4", "'甲' is there twice, first on line 2"]),
        ("town,n\n,1\n", ["towns.csv:2: town: blank"]),
        ("town\n甲/乙\n", ["towns.csv:2: town: '甲/乙' cannot be the name of a file"]),
        ("town\n..\n", ["cannot be the name of a file"]),
        ("town\n.甲\n", ["cannot be the name of a file"]),
        ("town\nCON\n", ["cannot be the name of a file"]),
        ("town\n甲 \n", ["cannot be the name of a file"]),
        ('town\n"甲\n乙"\n', ["cannot be the name of a file"]),
        (f"town\n{'名' * 200}\n", ["towns.csv:2: town: too long"]),
        ("town\nabc\nABC\n", ["towns.csv:3", "'ABC' and 'abc' would be one file", "first on line 2"]),
        ("town\né\ne\u0301\n", ["towns.csv:3", "would be one file"]),
        ("item\n甲\n", ["towns.csv", "item", "rename"]),
    ],
)
def test_rosters_at_fault(towns: str, told: list[str]) -> None:
    refused(form(towns=towns), *told)


def test_an_unknown_column_of_the_roster() -> None:
    refused(form("-k", "twon"), "towns.csv: no column 'twon'; nearest: town")


def test_names_of_files_that_are_long_or_odd_but_fine() -> None:
    units = ["n" * 200, "🙂镇", "=1+1", "-x", "a.b", "[1]", "co"]
    assert form(towns="town\n" + "".join(f"{unit}\n" for unit in units)).status == 0
    assert {file.stem for file in Path("out").iterdir()} == set(units)
    one = sheet("=1+1")
    fill(one, {"1": 1})
    assert table(read())[0] == ("=1+1", "1", "1", None)


def test_marks_are_not_overwritten() -> None:
    form(towns="town\n新港镇\n")
    fill(sheet("新港镇"), {"1": 1}, "out/新港镇.xlsx")
    before = Path("out/新港镇.xlsx").read_bytes()
    result = form()
    assert (result.status, result.out) == (1, "")
    assert result.err.startswith("fupin form: out/新港镇.xlsx: is there already")
    assert "--replace" in result.err
    assert [file.name for file in Path("out").iterdir()] == ["新港镇.xlsx"]
    assert Path("out/新港镇.xlsx").read_bytes() == before
    assert form("--replace").status == 0
    assert place(sheet("新港镇"), "value", "1").value is None
    assert len(list(Path("out").iterdir())) == 2


def test_other_files_of_the_folder_stay() -> None:
    Path("out").mkdir()
    Path("out/notes.txt").write_text("x")
    assert form().status == 0
    assert sorted(file.name for file in Path("out").iterdir()) == ["notes.txt", "仙塘镇.xlsx", "新港镇.xlsx"]


def test_a_folder_that_cannot_be_one() -> None:
    Path("out").write_text("x")
    result = form()
    assert (result.status, result.err) == (1, "fupin form: out: is a file, not a folder\n")
    Path("out").unlink()
    Path("out/仙塘镇.xlsx").mkdir(parents=True)
    assert form("--replace").err == "fupin form: out/仙塘镇.xlsx: is a folder\n"
    assert [file.name for file in Path("out").iterdir()] == ["仙塘镇.xlsx"]


def test_a_folder_that_cannot_be_written() -> None:
    Path("items.csv").write_text(SMALLEST)
    for folder in ("/proc/out", "/dev/full/out", "/proc"):  # also for root, whom a mode would not stop
        result = fupin("form", "--items", "items.csv", "-o", folder)
        assert (result.status, result.out, result.err.count("\n")) == (1, "", 1)
        assert result.err.startswith(f"fupin form: {folder}: cannot be written: ")


def test_folders_are_made_as_they_are_needed() -> None:
    Path("items.csv").write_text(SMALLEST)
    assert fupin("form", "--items", "items.csv", "-o", "a/b/").status == 0
    assert [file.name for file in Path("a/b").iterdir()] == ["评分表.xlsx"]


# --- as a part of fupin


def test_the_same_bytes_each_time() -> None:
    form()
    first = {file.name: file.read_bytes() for file in Path("out").iterdir()}
    form("--replace")
    assert {file.name: file.read_bytes() for file in Path("out").iterdir()} == first
    assert library.form("items.csv", roster="towns.csv") == first
    assert library.form(pl.read_csv("items.csv", infer_schema=False), roster=pl.DataFrame({"town": ["仙塘镇"]})) == {
        "仙塘镇.xlsx": first["仙塘镇.xlsx"]
    }


def test_items_of_the_stage_before_and_of_a_recipe() -> None:
    Path("items.csv").write_text(ITEMS)
    Path("towns.csv").write_text(TOWNS)
    words = ["form", "--items", "-", "--roster", "towns.csv", "-o", "out", "-v"]
    told = "fupin form: 2 workbooks of 2 items\n"
    assert fupin("keep", "items.csv", "--where", "full >= 2.5", "then", *words) == Result(0, "", told)
    Path("r").mkdir()
    Path("r/recipe.fupin").write_text(
        "few:\nkeep ../items.csv --where 'full > 2.5'\nforms:\nform --items @few -o made\n"
    )
    assert fupin("run", "r/recipe.fupin") == Result(0, "", "")
    assert [file.name for file in Path("r/made").iterdir()] == ["评分表.xlsx"]


def test_nothing_can_follow() -> None:
    result = fupin("form", "--items", "none.csv", "-o", "out", "then", "keep", "--where", "1 = 1")
    assert (result.status, result.out) == (2, "")


def test_a_text_that_no_cell_holds() -> None:
    result = form("--title", "x" * 32768)
    assert (result.status, result.err) == (2, "fupin form: a text of 32768 letters; a cell holds 32767\n")
