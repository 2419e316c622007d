"""Sheets as offices lay them out, from files of every kind: nothing is lost, what is left out is told, row by row."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import openpyxl
import pytest
from harness import Result, fupin
from hypothesis import given, settings
from hypothesis import strategies as st


def rejected(file: str = "r.csv") -> list[dict[str, str]]:
    """The rejected rows."""
    with open(file, newline="") as rows:
        return list(csv.DictReader(rows))


def dropped(result: Result) -> list[str]:
    """The lines that -v names as dropped."""
    return [
        line.partition(": dropped")[0].rpartition(":")[2] for line in result.err.splitlines() if ": dropped," in line
    ]


def book(rows: list[list[object]], merged: tuple[str, ...] = (), name: str = "b.xlsx") -> openpyxl.Workbook:
    """Write a workbook of one sheet."""
    workbook = openpyxl.Workbook()
    sheet = workbook.active
    for row in rows:
        sheet.append(row)
    for cells in merged:
        sheet.merge_cells(cells)
    workbook.save(name)
    return workbook


SHEET: list[list[object]] = [
    ["华容县2019年人居环境检查得分表"],
    ["被督查乡镇：东山镇", None, None, "日期：2019年4月28日"],
    ["类别", "项目", "得分", None],
    [None, None, "日常", "实地"],
    ["卫生", "道路", 9.5, 20],
    [None, "河道", 8, 19.25],
    [None, None, None, None],
    ["小计", None, 17.5, 39.25],
    ["绿化", "行道树", 7, 18],
    ["合 计", None, 24.5, 57.25],
    ["注：实地满分20分。"],
    ["2. 日常满分10分。"],
    ["检查人：张某", None, "审核人：", None],
    [None, "2019年4月30日"],
]
MERGED = ("A1:D1", "A2:C2", "A3:A4", "B3:B4", "C3:D3", "A5:A6")
TABLE = """类别,项目,得分/日常,得分/实地,town
卫生,道路,9.5,20,东山镇
卫生,河道,8,19.25,东山镇
绿化,行道树,7,18,东山镇
"""


def test_a_sheet_as_people_make_it(folder: Path) -> None:
    book(SHEET, MERGED)
    result = fupin("ingest", "b.xlsx", "--take", "被督查乡镇=town", "-v")
    assert (result.status, result.out) == (0, TABLE), result.err
    assert sorted(map(int, dropped(result))) == [1, 2, 7, 8, 10, 11, 12, 13, 14]
    assert "13 rows in, 3 kept" not in result.err
    assert "12 rows in, 3 kept, 0 rejected, 9 dropped" in result.err


def test_the_same_sheet_saved_as_csv(folder: Path) -> None:
    cells = [["" if cell is None else str(cell) for cell in [*row, None, None, None][:4]] for row in SHEET]
    cells[5][0] = "卫生"  # a CSV file has no merged cells
    text = "".join(",".join(row) + "\n" for row in cells)
    result = fupin("ingest", "--take", "被督查乡镇=town", "-v", stdin=text)
    assert (result.status, result.out) == (0, TABLE), result.err
    assert sorted(map(int, dropped(result))) == [1, 2, 7, 8, 10, 11, 12, 13, 14]


@pytest.mark.parametrize("mark", [",", "\t", ";", "|"])
def test_what_stands_between_cells_is_found(folder: Path, mark: str) -> None:
    text = f"村{mark}得分{mark}说明\n东山{mark}1{mark}好\n西河{mark}2{mark}\n"
    assert fupin("ingest", stdin=text).out == "村,得分,说明\n东山,1,好\n西河,2,\n"


def test_a_comma_inside_cells_of_a_semicolon_file() -> None:
    assert fupin("ingest", "--number", "b", stdin='a;b\nx,y;1,234\n"p;q";2\n').out == 'a,b\n"x,y",1234\np;q,2\n'
    assert fupin("ingest", "--delimiter", "tab", stdin="a,b\tc\n1,2\t3\n").out == '"a,b",c\n"1,2",3\n'


@pytest.mark.parametrize("word", ["", "ab", "1", '"', " "])
def test_what_cannot_stand_between_cells(word: str) -> None:
    result = fupin("ingest", "--delimiter", word, stdin="a\n1\n")
    assert (result.status, result.out) == (2, "")


def test_a_key_without_scores_is_no_note(folder: Path) -> None:
    text = "村,得分,说明\n东山,1,\n西河,,\n注：说明村,3,\n南村,,\n"
    assert fupin("ingest", stdin=text).out == text


def test_a_header_that_is_said(folder: Path) -> None:
    text = "甲,乙\n丙,丁\n村,得分\n东山,1\n"
    assert fupin("ingest", "--header-row", "3", stdin=text).out == "村,得分\n东山,1\n"
    assert fupin("ingest", "--header-row", "2-3", stdin=text).out == "丙/村,丁/得分\n东山,1\n"
    assert fupin("ingest", "--header-row", "9", stdin=text).status == 1


def test_cells_that_nobody_can_use_are_rejected_not_read_as_zero(folder: Path) -> None:
    rows: list[list[object]] = [["村", "得分", "身份证"], ["东山", "=1/0", "430623199001011234"], ["西河", "#N/A", "x"]]
    book([*rows, ["南村", 5, 430623199001011234], ["北村", 0.1 + 0.2, "43062319900101123X"]])
    result = fupin("ingest", "b.xlsx", "--number", "得分", "--rejects", "r.csv")
    assert result.out == "村,得分,身份证\n北村,0.3,43062319900101123X\n"
    assert [(row["sheet"], row["line"], row["column"]) for row in rejected()] == [
        ("Sheet", "2", "得分"),
        ("Sheet", "3", "得分"),
        ("Sheet", "4", "身份证"),
    ]
    assert "stored value" in rejected()[0]["reason"]
    alone = fupin("ingest", "b.xlsx", "--keep", "村,身份证", "--drop-rows", "村 = '南村'")
    assert alone.out.count("\n") == 4  # a faulty cell in a column that nobody takes spoils nothing


def test_sheets_of_a_workbook(folder: Path) -> None:
    workbook = book([["a", "b"], [1, 2]])
    for name, state in (("二", "visible"), ("隐", "hidden"), ("空", "visible")):
        sheet = workbook.create_sheet(name)
        sheet.sheet_state = state
        if name != "空":
            sheet.append(["a", "b"])
            sheet.append([3, name])
    workbook.save("b.xlsx")
    first = fupin("ingest", "b.xlsx")
    assert first.out == "a,b\n1,2\n"
    assert "'二'" in first.err
    assert "隐" not in first.err
    assert fupin("ingest", "b.xlsx", "--all-sheets").out == "a,b\n1,2\n3,二\n"
    assert fupin("ingest", "b.xlsx", "--sheet", "隐").out == "a,b\n3,隐\n"
    assert fupin("ingest", "b.xlsx", "--sheet", "2").out == "a,b\n3,二\n"
    assert "nearest" in fupin("ingest", "b.xlsx", "--sheet", "Shee").err


def test_a_form_comes_back_as_the_marks_that_were_filled_in(folder: Path) -> None:
    Path("items.csv").write_text("item,full\n道路,10\n河道,20\n")
    Path("towns.csv").write_text("town\n东山镇\n西河镇\n")
    assert fupin("form", "--items", "items.csv", "--roster", "towns.csv", "-o", "F").status == 0
    marks: dict[str, list[object]] = {"东山镇": [9.5, "不考核"], "西河镇": [11, 20]}
    for town, given_marks in marks.items():
        workbook = openpyxl.load_workbook(f"F/{town}.xlsx")
        sheet = workbook.active
        column = next(cell.column for cell in sheet[1] if cell.value == "fupin:value")
        rows = [row for row in range(2, sheet.max_row + 1) if sheet.cell(row, 2).value in ("道路", "河道")]
        for row, mark in zip(rows, given_marks, strict=True):
            sheet.cell(row, column).value = mark
        workbook.save(f"F/{town}.xlsx")
    result = fupin("ingest", "F/*.xlsx", "--rejects", "r.csv")
    assert result.out == "town,item,value,note\n东山镇,道路,9.5,\n东山镇,河道,NA,\n西河镇,河道,20,\n"
    (row,) = rejected()
    assert (row["town"], row["item"], row["value"]) == ("西河镇", "道路", "11")
    assert "0 to 10" in row["reason"]


def test_json_lines_keep_every_digit(folder: Path) -> None:
    Path("a.jsonl").write_text(
        '{"村":"东山","分":1.10,"号":"007"}\n\n{"村":"西河","号":123456789012345678,"分":0.123456789012345678}\n{"村":[1]}\n3\n'
    )
    result = fupin("ingest", "a.jsonl", "--number", "分", "--rejects", "r.csv")
    assert result.out == "村,分,号\n东山,1.10,007\n西河,0.123456789012345678,123456789012345678\n"
    assert [row["line"] for row in rejected()] == ["4", "5"]


def test_rows_that_repeat_others_are_rejected(folder: Path) -> None:
    Path("a.csv").write_text("村,分\n东山,x\n东山,1\n西河,2\n")
    Path("b.csv").write_text("村,分\n西河,3\n东山,4\n,5\n,6\n")
    result = fupin("ingest", "a.csv", "b.csv", "--number", "分", "--unique", "村", "--rejects", "r.csv")
    assert result.out == "村,分\n东山,1\n西河,2\n,5\n,6\n"
    assert [(row["file"], row["line"]) for row in rejected()] == [("a.csv", "2"), ("b.csv", "2"), ("b.csv", "3")]
    assert rejected()[1]["reason"] == "'西河' is there twice, first in a.csv:4"


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["--unique", "vilage"], "no column 'vilage'; nearest: village"),
        (["--unique", "village", "--drop", "village"], "'village' is left out, and --unique needs it"),
        (["--unique", "village,item", "--keep", "item"], "'village' is left out, and --unique needs it"),
    ],
)
def test_what_cannot_be_told_to_be_there_once(words: list[str], told: str) -> None:
    result = fupin("ingest", *words, stdin="village,item\nA,1\nA,1\n")
    assert (result.status, result.out, result.err) == (1, "", f"fupin ingest: -: {told}\n")


def test_units_that_sent_nothing(folder: Path) -> None:
    Path("roster.csv").write_text("村\n东山\n西河\n南村\n")
    text = "村,甲,乙\n西河,1,2\n东山,x,3\n"
    words = ["--roster", "roster.csv", "--complete", "--number", "甲", "--rejects", "r.csv"]
    result = fupin("ingest", *words, stdin=text)
    assert result.out == "村,甲,乙\n西河,1,2\n南村,,\n"  # 东山 has sent something, which waits to be mended
    assert "added 1 unit" in result.err
    long = fupin("ingest", *words, "--long", "村", stdin=text)
    assert long.out == "村,item,value\n西河,甲,1\n西河,乙,2\n南村,甲,\n南村,乙,\n"


def test_personal_data_is_masked_everywhere(folder: Path) -> None:
    text = "户主,证,电话\n甲,430623199001011234,13800138000\n乙,43062319900101,x\n丙,430623199001011235\n"
    result = fupin("ingest", "--mask", "证,电话", "--number", "电话", "--rejects", "r.csv", stdin=text)
    assert result.out == "户主,证,电话\n甲,430623********1234,138001*8000\n"
    told = Path("r.csv").read_text()
    assert "430623****0101" in told
    assert "199001011235" not in told


def test_rounding_is_half_up() -> None:
    text = "村,a,b\n甲,2.345,1\n乙,-2.345,NA\n丙,,0.5\n"
    words = ["--number", "a,b", "--round", "a=2,b=0"]
    assert fupin("ingest", *words, stdin=text).out == "村,a,b\n甲,2.35,1\n乙,-2.35,NA\n丙,,1\n"


def test_rows_are_counted_before_any_is_rejected(folder: Path) -> None:
    text = "项目,分\n卫生,\n道路,1\n河道,x\n小计,1\n桥梁,2\n"
    words = ["--number-rows", "no", "--number", "分", "--rejects", "r.csv", "--drop-rows", "分 IS NULL"]
    assert fupin("ingest", *words, stdin=text).out == "项目,分,no\n道路,1,1\n桥梁,2,3\n"
    assert rejected()[0]["no"] == "2"
    Path("m.csv").write_text(Path("r.csv").read_text().replace("河道,x", "河道,5"))
    assert fupin("ingest", "m.csv", *words[:4]).out == "项目,分,no\n河道,5,2\n"


def test_rows_are_counted_through_all_parts_of_a_sheet(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("fupin.workbooks.PART", 2)
    book([["项目", "分"], ["卫生", None], ["道路", 1], ["河道", "x"], ["桥梁", 2], ["绿化", None], ["行道树", 3]])
    words = ["--number-rows", "no", "--keep", "no,分", "--number", "分", "--drop-rows", "分 IS NULL"]
    assert fupin("ingest", "b.xlsx", *words, "--rejects", "r.csv").out == "no,分\n1,1\n3,2\n4,3\n"
    unkept = fupin("ingest", "b.xlsx", *words[:3], "分", *words[4:6], "--drop-rows", "项目 LIKE '%道%' OR 分 IS NULL")
    assert unkept.out == "分\n2\n"
    wrong = fupin("ingest", "b.xlsx", *words[:4], "--drop-rows", "no = 1")
    assert (wrong.status, wrong.out) == (2, "")
    assert "'no' counts the rows that stay" in wrong.err


def test_columns_that_are_made_can_be_named(folder: Path) -> None:
    Path("towns.csv").write_text("乡镇\n东山镇\n")
    book(SHEET, MERGED)
    words = ["--take", "被督查乡镇=town", "--number-rows", "no", "--roster", "towns.csv", "-k", "town"]
    kept = fupin("ingest", "b.xlsx", *words, "--keep", "town,no,得分/日常").out
    assert kept == "town,no,得分/日常\n东山镇,1,9.5\n东山镇,2,8\n东山镇,3,7\n"
    long = fupin("ingest", "b.xlsx", *words, "--drop", "类别,项目", "--long", "town,no").out
    assert long.splitlines()[:2] == ["town,no,item,value", "东山镇,1,得分/日常,9.5"]


@pytest.mark.parametrize(
    "words", ["督查小组组长签名：", "检查组成员（签字）：", "考核组：", "组长：", "评分人签字：", "镇财政所（盖章）"]
)
def test_signatures(folder: Path, words: str) -> None:
    book([["村", "分", "说明"], ["东山", 1, "好"], [words, None, "    年  月  日"]])
    assert fupin("ingest", "b.xlsx").out == "村,分,说明\n东山,1,好\n"


def test_a_schema_names_columns_and_checks_cells(folder: Path) -> None:
    Path("s.json").write_text(
        '{"fields": [{"name": "town", "title": "乡镇", "constraints": {"required": true, "unique": true}},'
        ' {"name": "score", "title": "得分", "type": "number", "constraints": {"minimum": 0, "maximum": 100}},'
        ' {"name": "day", "type": "date"}]}'
    )
    text = "乡镇,得分,day,说明\n东山,１００,2019年4月28日,\n西河,100.01,2019-02-30,x\n东山,5,,\n,6,,\n"
    result = fupin("ingest", "--schema", "s.json", "--rejects", "r.csv", stdin=text)
    assert result.out == "town,score,day,说明\n东山,100,2019-04-28,\n"
    assert [(row["line"], row["column"]) for row in rejected()] == [("3", "score"), ("4", "town"), ("5", "town")]
    assert "day: " in rejected()[0]["reason"]


def test_a_schema_holds_the_cells_of_a_row_against_one_another(folder: Path) -> None:
    checks = [{"type": "row-constraint", "formula": "mark <= full", "description": "above its full mark"}]
    fields = [{"name": name, "type": "number"} for name in ("full", "mark")]
    (folder / "s.json").write_text(json.dumps({"fields": fields, "checks": checks}), "utf-8")
    text = "town,full,mark\nA,10,10\nB,10,１１\nC,10,ten\nD,10,NA\nE,10,\nF,NA,11\nG,9,10.01\nG,x,1\n"
    result = fupin("ingest", "--schema", "s.json", "--rejects", "r.csv", stdin=text)
    assert result.out == "town,full,mark\nA,10,10\nD,10,NA\nE,10,\nF,NA,11\n"
    reasons = [row[3:6] for row in csv.reader((folder / "r.csv").read_text("utf-8").splitlines()[1:])]
    assert reasons[0] == ["mark", "１１", "above its full mark: mark １１, full 10"]
    assert reasons[2] == ["mark", "10.01", "above its full mark: mark 10.01, full 9"]
    assert [reason[:2] for reason in reasons] == [["mark", "１１"], ["mark", "ten"], ["mark", "10.01"], ["full", "x"]]


def test_what_a_check_reads_as_a_number_must_be_one_though_no_field_says_so(folder: Path) -> None:
    checks = [{"type": "row-constraint", "formula": "mark + 0 <= full"}]
    (folder / "s.json").write_text(json.dumps({"fields": [{"name": "town"}], "checks": checks}), "utf-8")
    result = fupin("ingest", "--schema", "s.json", stdin="town,full,mark\nA,10,1O\nB,1,2\n")
    assert (result.status, result.out) == (1, "")
    assert result.err.splitlines() == [
        "fupin ingest: -:2: mark: '1O' is not a number; a number is digits with at most one point between them, such"
        " as 20 or 0.5",
        "fupin ingest: -:3: mark: mark + 0 <= full is not true: mark 2, full 1",
    ]


@pytest.mark.parametrize(
    ("check", "told"),
    [
        ({"type": "row-constraint", "formula": "mrk + 0 > 1"}, "-: no column 'mrk'; nearest: mark"),
        ({"type": "duplicate-row"}, "s.json: checks: check 1 is of type 'duplicate-row'; what is known is"),
        ({"type": "row-constraint"}, "s.json: checks: check 1: the condition is empty"),
        ({"type": "row-constraint", "formula": "1 = 1"}, "s.json: checks: check 1: 1 = 1 names no column"),
        ("mark <= full", "s.json: checks: check 1 is 'mark <= full'; what is known is"),
        ({"type": "row-constraint", "formula": "a = b"}, "s.json: checks: check 1: a = b: are a and b numbers"),
    ],
)
def test_a_check_that_cannot_be_applied(folder: Path, check: object, told: str) -> None:
    (folder / "s.json").write_text(json.dumps({"fields": [{"name": "mark"}], "checks": [check]}), "utf-8")
    result = fupin("ingest", "--schema", "s.json", stdin="town,full,mark\nA,10,1\n")
    assert (result.status, result.out, result.err.count("\n")) == (1, "", 1)
    assert result.err.startswith(f"fupin ingest: {told}")


CELL = st.sampled_from(
    ["", "东山", "1", "x,y", '"', "合计", "小计：", "注：无", "2019年4月", "a\nb", "１２", "-", "#N/A"]
)


@settings(deadline=None)
@given(st.lists(st.lists(CELL, min_size=1, max_size=4), max_size=12), st.booleans())
def test_rows_in_are_rows_out_rejected_and_dropped(rows: list[list[str]], even: bool) -> None:
    rows = [["村", "甲", "乙"], *([row, *[""] * 3][0][:3] + [""] * (3 - len(row[:3])) if even else row for row in rows)]
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(rows)
    result = fupin("ingest", "-v", "--number", "甲", "--rejects", "/dev/null", stdin=text.getvalue())
    assert result.status == 0, result.err
    told = next(line for line in result.err.splitlines() if " in, " in line).replace("rows", "row")
    came, kept, lost, left = (int("".join(filter(str.isdigit, part))) for part in told.split(","))
    assert came == kept + lost + left == len(rows) - 1
    assert kept == len(list(csv.reader(io.StringIO(result.out)))) - 1
    assert left == len(dropped(result))
