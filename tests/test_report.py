"""Reports as Markdown and as workbooks: what stands on the board, and nothing that means something else there."""

from __future__ import annotations

import zipfile
from pathlib import Path

import openpyxl
import pytest
from conftest import Shell
from harness import fupin

TRICKY = """\
village,mark,code,reward,note
"=cmd|'/C calc'!A0",1.50,007,5000,<script>alert(1)</script>
"| a | b |",0.3,010,-3000,"*x* _y_ `z` [l](u) #1 ~s~ &amp; \\n"
"两
行🙂",91.123456789012,1,,@SUM(1)
-x,12,2,0.5,+1
"""


pytestmark = pytest.mark.usefixtures("folder")


def workbook(board: str, *words: str) -> openpyxl.Workbook:
    """The workbook of a board, as a program that reads workbooks sees it."""
    result = fupin("report", *words, "-o", "out.xlsx", stdin=board)
    assert (result.status, result.out, result.err) == (0, "", "")
    return openpyxl.load_workbook("out.xlsx")


def test_markdown_shows_every_sign_as_it_is() -> None:
    result = fupin("report", "--format", "markdown", "--title", "# 1|<b>", "--note", "*n*", stdin=TRICKY)
    assert (result.status, result.err) == (0, "")
    title, empty, header, line, *rows, empty_too, note = result.out.splitlines()
    assert (title, empty, empty_too, note) == (r"\# 1\|\<b\>".join(["# ", ""]), "", "", r"\*n\*")
    assert [cell.strip() for cell in header.strip("|").split("|")] == ["village", "mark", "code", "reward", "note"]
    assert [cell[:1] + cell[-1:] for cell in line.strip("|").split("|")] == [":-", "-:", "-:", "-:", ":-"]
    cells = [[cell.strip() for cell in row[1:-1].split(" | ")] for row in rows]
    assert cells == [
        [r"=cmd\|'/C calc'!A0", "1.50", "007", "5000", r"\<script\>alert(1)\</script\>"],
        [r"\| a \| b \|", "0.3", "010", "-3000", r"\*x\* \_y\_ \`z\` \[l\](u) \#1 \~s\~ \&amp; \\n"],
        ["两 行🙂", "91.123456789012", "1", "", "@SUM(1)"],
        ["-x", "12", "2", "0.5", "+1"],
    ]


@pytest.mark.parametrize("form", ["table", "markdown"])
def test_nothing_steers_a_terminal_or_breaks_a_line(form: str) -> None:
    board = '"vil\nlage","vil\nla\x1bge",k\n"a\n\x1b[31mb",1,"x\r\n\x9by"\n'
    words = ["--title", "t\n\x1b]0;x\x07t", "--note", "n\r\nn\x00", "--by", "k"]
    result = fupin("report", "--format", form, *words, stdin=board)
    assert (result.status, result.err) == (0, "")
    assert not any(sign in result.out for sign in "\x00\x07\x1b\x9b\r")
    lines = [line.strip("| ") for line in result.out.replace("\\", "").splitlines() if line.strip()]
    assert lines[0].lstrip("# ") == "t ]0;xt"
    assert lines[1].lstrip("# ") == "k: x y"
    assert "vil lage" in lines[2]
    assert "a [31mb" in lines[4]
    assert lines[5:] == ["n n"]


def test_markdown_by_the_ending_and_by_sections() -> None:
    board = "village,kind,n\n东山,一,1\n西河,二,22\n"
    assert fupin("report", "--by", "kind", "--columns", "village=村,n", "-o", "r.md", stdin=board).out == ""
    assert Path("r.md").read_text() == (
        "## kind: 一\n\n| 村   | n |\n|:-----|--:|\n| 东山 | 1 |\n\n"
        "## kind: 二\n\n| 村   |  n |\n|:-----|---:|\n| 西河 | 22 |\n"
    )


def test_a_workbook_holds_numbers_and_texts_as_they_are() -> None:
    book = workbook(TRICKY)
    rows = list(book.active.iter_rows(min_row=2))
    assert [[cell.value for cell in row] for row in rows] == [
        ["=cmd|'/C calc'!A0", 1.5, "007", 5000, "<script>alert(1)</script>"],
        ["| a | b |", 0.3, "010", -3000, "*x* _y_ `z` [l](u) #1 ~s~ &amp; \\n"],
        ["两\n行🙂", 91.123456789012, "1", None, "@SUM(1)"],
        ["-x", 12, "2", 0.5, "+1"],
    ]
    assert {cell.data_type for row in rows for cell in row} == {"s", "n"}
    assert [row[1].number_format for row in rows] == ["0.00", "0.0", "0.000000000000", "0"]
    with zipfile.ZipFile("out.xlsx") as archive:
        sheet = archive.read("xl/worksheets/sheet1.xml").decode()
    assert "<f>" not in sheet
    assert "<v>0.3</v>" in sheet
    assert "<v>91.123456789012</v>" in sheet


@pytest.mark.parametrize("cell", ["007", "+5", "0.1234567890123456", "1234567890123456", "-0", "1e3", "05.5"])
def test_what_excel_would_show_otherwise_is_a_text(cell: str) -> None:
    cells = [one.value for one in workbook(f"village,n\n东山,{cell}\n西河,5\n").active["B"]]
    assert cells == ["n", cell, "5"]


def test_the_key_is_a_text_even_if_it_is_a_number() -> None:
    book = workbook("code,other,n\n430623101,430623102,1\n", "--columns", "n,code,other", "-k", "other")
    assert [cell.value for cell in book.active[2]] == [1, 430623101, "430623102"]
    assert [cell.value for cell in workbook("code,n\n430623101,1\n").active[2]] == ["430623101", 1]


def test_a_sheet_for_each_group() -> None:
    kinds = ["一/二", "", "a" * 40, "A" * 40, "history"]
    rows = "".join(f"v{i},{kind},{i}\n" for i, kind in enumerate(kinds))
    book = workbook("village,kind,n\n" + rows, "--by", "kind", "--title", "表", "--note", "注")
    assert book.sheetnames == ["一 二", "kind", "a" * 31, "A" * 27 + " (2)", "history (2)"]
    sheet = book["一 二"]
    assert [row[0].value for row in sheet.iter_rows()] == ["表", "kind: 一/二", "village", "v0", None, "注"]
    assert (sheet.freeze_panes, sheet.print_title_rows, sheet.page_setup.paperSize) == ("A4", "$3:$3", 9)


def test_names_of_sheets_are_as_long_as_excel_counts() -> None:
    kinds = ["😀" * 31, "𠀀" * 15 + "一二", "𠀀" * 15 + "一三", "x" * 30 + "'y"]
    rows = "".join(f"v{i},{kind},{i}\n" for i, kind in enumerate(kinds))
    names = workbook("village,kind,n\n" + rows, "--by", "kind").sheetnames
    assert names == ["😀" * 15, "𠀀" * 15 + "一", "𠀀" * 13 + " (2)", "x" * 30]


def test_widths_fit_chinese_signs() -> None:
    book = workbook("village,总分,n\n东山社区居民委员会,5,1\n")
    widths = [book.active.column_dimensions[letter].width for letter in "AB"]
    assert widths[0] > 2 * len("东山社区居民委员会")
    assert 4 < widths[1] < 10


def test_an_empty_board() -> None:
    assert [cell.value for cell in workbook("village,n\n").active[1]] == ["village", "n"]
    assert fupin("report", "--format", "markdown", stdin="village,n\n").out.splitlines()[0] == "| village | n |"


def test_the_same_bytes_each_time() -> None:
    workbook(TRICKY, "--title", "表")
    first = Path("out.xlsx").read_bytes()
    workbook(TRICKY, "--title", "表")
    assert Path("out.xlsx").read_bytes() == first


def test_too_much_for_a_workbook() -> None:
    result = fupin("report", "-o", "out.xlsx", stdin=f"village,n\n东山,{'x' * 32768}\n")
    assert (result.status, result.err.count("\n")) == (1, 1)
    assert "-:2: n: " in result.err
    assert "32767" in result.err
    assert not Path("out.xlsx").exists()
    for words in (["--title", "x" * 32768], ["--note", "🙂" * 16384], ["--columns", f"village={'x' * 32768}"]):
        result = fupin("report", "-o", "out.xlsx", *words, stdin="village,n\n东山,1\n")
        assert (result.status, result.err.count("\n")) == (1, 1)
        assert "32767" in result.err
    wide = ",".join(f"c{i}" for i in range(16385))
    result = fupin("report", "-o", "out.xlsx", stdin=wide + "\n")
    assert (result.status, result.err.count("\n")) == (1, 1)
    assert "16384 columns" in result.err
    assert not Path("out.xlsx").exists()
    rows = "".join(f"v{i}\n" for i in range(1 << 20))
    result = fupin("report", "-o", "out.xlsx", stdin="village\n" + rows)
    assert (result.status, result.err.count("\n")) == (1, 1)
    assert "1048576" in result.err


def test_a_workbook_goes_through_a_pipe(shell: Shell) -> None:
    Path("b.csv").write_text(TRICKY)
    result = shell("fupin report b.csv --format xlsx | head -c 2")
    assert (result.status, result.out) == (0, "PK")
