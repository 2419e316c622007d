"""Reports as workbooks: figures as they are on the board, totals that are live, and texts that stay texts."""

from __future__ import annotations

import math
import re
import zipfile
from collections.abc import Callable
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from pathlib import Path
from xml.etree import ElementTree

import openpyxl
import pytest
from conftest import Shell
from harness import TRICKY, Result, fupin
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl.worksheet.worksheet import Worksheet

from fupin.verbs import VERBS

pytestmark = pytest.mark.usefixtures("folder")


def workbook(board: str, *words: str) -> openpyxl.Workbook:
    """The workbook of a board, as a program that reads workbooks sees it."""
    result = fupin("report", *words, "-o", "out.xlsx", stdin=board)
    assert (result.status, result.out, result.err) == (0, "", "")
    with zipfile.ZipFile("out.xlsx") as archive:
        for part in archive.namelist():  # each is XML, or a program would want to repair it
            ElementTree.fromstring(archive.read(part))  # noqa: S314 - it has just been made
    return openpyxl.load_workbook("out.xlsx")


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
    assert book.sheetnames == ["Cover", "一 二", "kind", "a" * 31, "A" * 27 + " (2)", "history (2)"]
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


# --- sheets


RANKED = """\
village,total,vetoed,veto_reason,rank,reward,previous_rank,change
东山村,92.5,false,,1,5000,3,2
西河村,90,false,,2,0,1,-1
南渡村,88,false,,3,-3000,,
北岭村,95,true,总分低于七十分,,,2,
"""


def texts(sheet: Worksheet) -> list[list[object]]:
    return [[cell.value for cell in row] for row in sheet.iter_rows()]


def test_the_sheets_of_a_published_ranking() -> None:
    book = workbook(RANKED, "--title", "结果", "--note", "注一", "--note", "注二", "--lang", "zh")
    assert book.sheetnames == ["封面", "排名", "图表"]
    cover = [cell for row in texts(book["封面"]) for cell in row if cell is not None]
    assert cover == ["结果", "注一", "注二", "排名", "图表"]
    links = [cell.hyperlink.location for row in book["封面"].iter_rows() for cell in row if cell.hyperlink]
    assert links == ["'排名'!A1", "'图表'!A1"]
    sheet = book["排名"]
    assert [cell.value for cell in sheet[2]] == [
        "village", "total", "一票否决", "否决原因", "名次", "奖惩", "上次名次", "升降",
    ]  # fmt: skip
    assert [cell.value for cell in sheet["H"]][2:6] == [2, -1, "新", None]
    assert [cell.value for cell in sheet["C"]][2:6] == ["否", "否", "否", "是"]
    assert sheet["H3"].number_format == "+0;-0;0"
    assert [row[0].value for row in sheet.iter_rows(min_row=7)] == [None, "注一", "注二"]
    assert sheet.oddFooter.center.text == "第 &P 页，共 &N 页"
    for one in book.worksheets:
        assert (one.page_setup.paperSize, one.sheet_properties.pageSetUpPr.fitToPage) == (9, True)
        assert (one.page_setup.fitToWidth, one.page_setup.fitToHeight) in {(None, 0), (1, 0)}


def test_no_cover_where_it_would_be_empty() -> None:
    assert workbook("village,n\n东山,1\n").sheetnames == ["Ranking"]


def test_prizes_penalties_and_vetoes_are_marked() -> None:
    sheet = workbook(RANKED, "--title", "结果")["Ranking"]
    rules = {
        str(area.sqref): [rule.formula[0] for rule in found]
        for area, found in sheet.conditional_formatting._cf_rules.items()
    }
    assert rules == {
        "A3:H6": ['$C3="true"'],
        "F3:F6": ["AND(ISNUMBER(F3),F3>0)", "AND(ISNUMBER(F3),F3<0)"],
        "H3:H6": ["AND(ISNUMBER(H3),H3>0)", "AND(ISNUMBER(H3),H3<0)"],
    }
    shown = workbook(RANKED, "--columns", "village,veto_reason=否决,reward=奖")["Ranking"]
    rules = {
        str(area.sqref): [rule.formula[0] for rule in found]
        for area, found in shown.conditional_formatting._cf_rules.items()
    }
    assert rules["A2:C5"] == ['$B2<>""']


def charts(name: str) -> list[str]:
    """The XML of the charts of a workbook."""
    with zipfile.ZipFile(name) as archive:
        return [archive.read(one).decode() for one in sorted(archive.namelist()) if "charts/chart" in one]


def test_charts_of_the_ranking_and_of_what_changed() -> None:
    workbook(RANKED)
    ranking, changes = charts("out.xlsx")
    assert re.findall(r"<c:f>(.*?)</c:f>", ranking) == ["Ranking!$B$1", "Ranking!$A$2:$A$4", "Ranking!$B$2:$B$4"]
    assert re.findall(r"<c:v>(.*?)</c:v>", ranking)[1:4] == ["东山村", "西河村", "南渡村"]
    assert "Ranking!$H$2:$H$4" in changes
    workbook(RANKED.replace("rank", "place").replace("change", "gained"))
    assert charts("out.xlsx") == []


def test_what_the_places_follow_is_drawn_or_what_is_asked_for() -> None:
    board = "village,total,part,rank\n东山,9,1,1\n西河,8,5,2\n南桥,8,3,2\n北岭,7,4,4\n"
    workbook(board)
    assert [chart.count("$B$2:$B$5") for chart in charts("out.xlsx")] == [1]
    workbook(board, "--chart", "part")
    assert [chart.count("$C$2:$C$5") for chart in charts("out.xlsx")] == [1]


def test_groups_have_a_chart_each() -> None:
    board = "village,total,kind,rank\n东山,9,'一',1\n西河,8,'一',2\n南桥,8.5,=二,1\n"
    workbook(board, "--by", "kind")
    assert [re.findall(r"<c:f>(.*?)</c:f>", chart)[2] for chart in charts("out.xlsx")] == [
        "一!$B$3:$B$4", "'=二'!$B$3",
    ]  # fmt: skip


# --- what made the board

SCORES = "village,item,value\n东山,党建,1.5\n东山,环境,2\n西河,党建,NA\n西河,环境,1.1\n南桥,党建,0.7\n"
ITEMS = "item,full,weight\n党建,2,1\n环境,3,50%\n"
VILLAGES = "village,field,note\n东山,88.5,0.1\n西河,90,0.2\n南桥,70.25,-0.3\n"
CHAIN = [
    "weight", "-i", "villages.csv", "--scores", "scores.csv", "--items", "items.csv", "--missing", "rescale",
    "--as", "offices", "then", "weight", "field/100:30%", "offices/3.5", "note", "--as", "total",
    "then", "rank", "--by", "total", "then", "report", "-o", "out.xlsx",
]  # fmt: skip


@pytest.fixture
def chain(folder: Path) -> Callable[..., openpyxl.Workbook]:
    """Makes the workbook of a chain over some files."""
    for name, content in (("scores.csv", SCORES), ("items.csv", ITEMS), ("villages.csv", VILLAGES)):
        Path(name).write_text(content)

    def run(*words: str) -> openpyxl.Workbook:
        result = fupin(*CHAIN, *words)
        assert (result.status, result.out, result.err) == (0, "", "")
        return openpyxl.load_workbook("out.xlsx")

    return run


def test_totals_are_formulas_over_their_parts(chain: Callable[..., openpyxl.Workbook]) -> None:
    book = chain()
    assert book.sheetnames == ["Ranking", "Parts", "Charts", "Rules"]
    ranking, parts = book["Ranking"], book["Parts"]
    assert [cell.value for cell in ranking[1]] == ["village", "field", "note", "offices", "total", "rank"]
    assert [[cell.value for cell in row[:3]] for row in parts.iter_rows(max_row=7)] == [
        ["Counts for", "offices", "offices"],
        ["village", "党建", "环境"],
        ["Full marks", "2", "3"],
        ["Weight", "1", "0.5"],
        ["东山", 1.5, 2],
        ["西河", "NA", 1.1],
        ["南桥", 0.7, None],
    ]
    # 东山: 1.5 + 2 × 0.5 = 2.5; 西河: 1.1 × 0.5 × 3.5 ÷ 1.5 = 1.283333; 南桥: 0.7 × 3.5 ÷ 2 = 1.225
    assert [cell.value for cell in ranking["D"]][1:] == [
        "=ROUND('Parts'!B5+'Parts'!C5*0.5,13)",
        "=ROUND(ROUND('Parts'!C6*7/6,13),6)",
        "=ROUND(ROUND('Parts'!B7*1.75,13),6)",
    ]
    assert [cell.value for cell in ranking["E"]][1:] == [f"=ROUND(B{n}*0.3+D{n}+C{n},12)" for n in (2, 3, 4)]
    stored = openpyxl.load_workbook("out.xlsx", data_only=True)["Ranking"]
    assert [[cell.value for cell in row[3:]] for row in stored.iter_rows(min_row=2)] == [
        [2.5, 29.15, 1], [1.283333, 28.483333, 2], [1.225, 22, 3],
    ]  # fmt: skip


def test_parts_that_are_not_shown_stand_on_a_sheet_of_their_own(chain: Callable[..., openpyxl.Workbook]) -> None:
    book = chain("--columns", "rank=名次,village=村,total=总分", "--top", "2", "--lang", "zh")
    assert book.sheetnames == ["排名", "分项", "图表", "计算规则"]
    assert [cell.value for cell in book["分项"][2]] == ["村", "field", "offices", "note", "党建", "环境"]
    assert [cell.value for cell in book["分项"][1]] == ["计入", "total", "total", "total", "offices", "offices"]
    assert [cell.value for cell in book["排名"]["C"]][1:] == [
        f"=ROUND('分项'!B{n}*0.3+'分项'!C{n}+'分项'!D{n},12)" for n in (5, 6)
    ]
    assert book["分项"]["C5"].value == "=ROUND(E5+F5*0.5,13)"
    assert book["分项"].max_row == 8


def test_items_side_by_side_are_a_sum_of_cells(folder: Path) -> None:
    items = "abcdef"
    Path("items.csv").write_text("item,full\n" + "".join(f"{item},5\n" for item in items))
    rows = [
        f"{unit},{item},{mark}\n"
        for unit in ("东山", "西河")
        for mark, item in enumerate(items[: 6 if unit == "东山" else 3])
    ]
    Path("scores.csv").write_text("village,item,value\n" + "".join(rows))
    words = ["weight", "--scores", "scores.csv", "--items", "items.csv", "--missing", "zero", "--as", "t"]
    assert fupin(*words, "then", "report", "-o", "o.xlsx", stdin="village\n东山\n西河\n").status == 0
    cells = [cell.value for cell in openpyxl.load_workbook("o.xlsx")["Ranking"]["B"]]
    assert cells[1:] == ["=ROUND(SUM('Parts'!B5:G5),12)", "=ROUND(SUM('Parts'!B6:D6),12)"]


def test_one_column_of_several_formulas(folder: Path) -> None:
    words = ["weight", "a:2", "--for", "kind = '1'", "--as", "t", "then"]
    words += ["weight", "b:3", "--for", "kind = '2'", "--as", "t", "--fill", "then", "report", "-o", "o.xlsx"]
    assert fupin(*words, stdin="village,kind,a,b\n东山,1,5,6\n西河,2,7,8\n南桥,3,1,1\n").status == 0
    sheet = openpyxl.load_workbook("o.xlsx")["Ranking"]
    assert [cell.value for cell in sheet["E"]] == ["t", "=ROUND(C2*2,12)", "=ROUND(D3*3,12)", None]


@pytest.mark.parametrize(
    "stages",
    [
        ["weight", "a", "--as", "t", "then", "weight", "t", "--as", "a", "--replace"],
        ["weight", "a", "--as", "a", "--replace"],
        ["weight", "a", "--as", "t", "then", "weight", "a:2", "--as", "a", "--replace"],
    ],
)
def test_no_total_points_at_what_has_been_made_of_it(folder: Path, stages: list[str]) -> None:
    assert fupin(*stages, "then", "report", "-o", "o.xlsx", stdin="village,a\n东山,5\n").status == 0
    book = openpyxl.load_workbook("o.xlsx")
    stored = openpyxl.load_workbook("o.xlsx", data_only=True)
    for name in ("Ranking", "Parts"):
        for row in book[name].iter_rows() if name in book.sheetnames else ():
            for cell in row:
                assert worth(book, name, cell.value) == stored[name][cell.coordinate].value


def test_a_total_that_was_changed_afterwards_is_what_it_was_changed_to(folder: Path) -> None:
    Path("final.csv").write_text("village,t\n东山,7\n西河,8\n")
    words = ["weight", "a:2", "--as", "t", "then", "lookup", "--from", "final.csv", "--take", "t", "--replace"]
    assert fupin(*words, "then", "report", "-o", "o.xlsx", stdin="village,a\n东山,5\n西河,4\n").status == 0
    cells = [cell.value for cell in openpyxl.load_workbook("o.xlsx")["Ranking"]["C"]]
    assert cells == ["t", 7, "=ROUND(B3*2,13)"]


def worth(book: openpyxl.Workbook, name: str, value: object) -> object:
    """What a spreadsheet makes of a cell of a sheet: its formula in binary floats, as it reckons."""
    if not isinstance(value, str) or not value.startswith("="):
        return value

    def number(sheet: str | None, cell: str) -> float:
        found = worth(book, sheet or name, book[sheet or name][cell].value)
        return float(found) if isinstance(found, int | float) else 0.0

    def several(sheet: str | None, first: str, last: str) -> list[float]:
        return [number(sheet, cell.coordinate) for row in book[sheet or name][f"{first}:{last}"] for cell in row]

    def ROUND(value: float, places: int) -> float:  # noqa: N802 - as spreadsheets call it
        shown = Decimal(f"{value:.15g}")  # which is what they round
        return float(shown.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP))

    def SUM(*parts: float | list[float]) -> float:  # noqa: N802
        return math.fsum(one for part in parts for one in (part if isinstance(part, list) else [part]))

    def call(match: re.Match[str]) -> str:
        sheet = match[1] and match[1].replace("''", "'")
        return f"several({sheet!r}, {match[2]!r}, {match[3]!r})" if match[3] else f"number({sheet!r}, {match[2]!r})"

    words = re.sub(r"(?:'((?:[^']|'')+)'!)?\b([A-Z]{1,2}[0-9]+)\b(?::([A-Z]{1,2}[0-9]+))?", call, value[1:])
    known = {"ROUND": ROUND, "SUM": SUM, "number": number, "several": several}
    return eval(words, known)  # noqa: S307 - a formula that this test has made


cells = st.one_of(
    st.sampled_from(["", "NA"]),
    st.builds(lambda n, places: str(Decimal(n).scaleb(-places)), st.integers(0, 10**5), st.integers(3, 5)),
)
shares = st.sampled_from(["1", "30%", "0.125", "1.005", "-0.2", "3", "33.3%"])


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(st.tuples(cells, cells, cells), min_size=1, max_size=5),
    st.lists(shares, min_size=3, max_size=3),
    st.sampled_from(["zero", "rescale", "mean"]),
    st.sampled_from(["rescale", "full", "zero"]),
    st.sampled_from(["", "0", "2", "4"]),
)
def test_formulas_give_the_figures_of_the_board(
    folder: Path, rows: list[tuple[str, str, str]], weights: list[str], missing: str, na: str, places: str
) -> None:
    board = "village,a,b,c\n" + "".join(f"v{i},{','.join(row)}\n" for i, row in enumerate(rows))
    terms = [f"{name}/100:{weight}" for name, weight in zip("abc", weights, strict=True)]
    rounding = ["--round", places] if places else []
    words = ["weight", *terms, "--as", "t", "--missing", missing, "--na", na, *rounding]
    made = fupin(*words, "then", "weight", "t:0.5", "--as", "u", "--for", "t <> 'NA'", stdin=board)
    result = fupin(
        *words,
        "then",
        "weight",
        "t:0.5",
        "--as",
        "u",
        "--for",
        "t <> 'NA'",
        "then",
        "report",
        "-o",
        "o.xlsx",
        stdin=board,
    )
    assert result.status == made.status
    if made.status:
        return
    book = openpyxl.load_workbook("o.xlsx")
    for line, row in zip(made.out.splitlines()[1:], book["Ranking"].iter_rows(min_row=2), strict=True):
        for figure, cell in zip(line.split(",")[4:], row[4:], strict=True):
            if figure not in ("", "NA"):
                assert Fraction(repr(worth(book, "Ranking", cell.value))) == Fraction(figure)


def test_the_rules_that_were_applied(chain: Callable[..., openpyxl.Workbook]) -> None:
    rows = texts(chain("--lang", "zh")["计算规则"])
    assert rows[0] == ["步骤", "说明", "参数"]
    assert [row[0] for row in rows[1:]] == ["weight", "weight", "rank"]
    assert rows[2] == ["weight", "按满分和权重汇总", "field/100:30% offices/3.5 note --as total"]
    Path("r.fupin").write_text("a:\nkeep villages.csv --where 'field > 80'\nb:\nrank @a --by field\n")
    assert fupin("run", "r.fupin", "then", "report", "-o", "r.xlsx").status == 0
    assert texts(openpyxl.load_workbook("r.xlsx")["Rules"]) == [
        ["Chain", "Verb", "What it does", "Parameters", "Where"],
        ["a", "keep", "Keep the rows for which a condition holds.", "villages.csv --where 'field > 80'", "r.fupin:2"],
        ["b", "rank", "Give places by a column, and sort by them.", "@a --by field", "r.fupin:4"],
    ]


def test_every_verb_is_told_in_chinese() -> None:
    from fupin.reports.labels import LABELS

    assert set(VERBS) <= set(LABELS["zh"].verbs)


def test_the_ledgers_behind_it(chain: Callable[..., openpyxl.Workbook]) -> None:
    Path("events.csv").write_text("village,points,why\n东山,1,=1+1\n远方,9,\n西河,0.50,2\n东山,2,x\n")
    words = ["deduct", "villages.csv", "--events", "events.csv", "--strays", "ignore", "--where", "points < 2"]
    words += ["--full", "20", "--as", "routine", "then", "report", "--ledgers", "-o", "o.xlsx"]
    assert fupin(*words).status == 0
    book = openpyxl.load_workbook("o.xlsx")
    assert book.sheetnames == ["Ranking", "Rules", "Ledger deduct routine"]
    assert texts(book["Ledger deduct routine"]) == [
        ["village", "File", "Line", "points", "why"],
        ["东山", "events.csv", 2, 1, "=1+1"],
        ["西河", "events.csv", 4, 0.5, "2"],
    ]
    assert chain("--ledgers").sheetnames[-1] == "Ledger weight offices"


def test_a_ledger_that_came_through_a_pipe(shell: Shell) -> None:
    Path("board.csv").write_text("village\n东山\n")
    tally = r"fupin tally board.csv --events <(printf 'village,n\n东山,5\n') --sum n --as n"
    assert shell(f"{tally} then report --ledgers -o o.xlsx") == Result(0, "", "")
    assert texts(openpyxl.load_workbook("o.xlsx")["Ledger tally n"])[1][2:] == [2, 5]


# --- texts stay texts


@pytest.mark.parametrize(
    "text",
    ["<r>东山</r>", "<r><t>a</t></r>", "<r>&amp;</r>", "_x0041_", "=1+1", "{=1+1}", "http://x.example/"],
)
def test_a_text_is_what_it_is(text: str) -> None:
    board = f'village,n,"{text}"\n"{text}",1,"{text}"\n'
    book = workbook(board, "--title", text, "--note", text, "--by", "n")
    assert book["Cover"]["B4"].value == text
    assert [cell.value for cell in book["1"][3]] == ["village", "n", text]
    assert [cell.value for cell in book["1"][4]] == [text, 1, text]
    assert book["1"]["A6"].value == text
    assert {cell.data_type for row in book["1"].iter_rows() for cell in row} <= {"s", "n"}
    assert all(cell.hyperlink is None for row in book["1"].iter_rows() for cell in row)


def test_signs_that_nobody_sees_are_left_out() -> None:
    sign = "a\x01\x7f\ufffe\rb"
    board = f'village,total,"{sign}",rank\n"{sign}",9,"{sign}",1\n'
    book = workbook(board, "--title", sign, "--note", sign, "--by", sign)
    assert book.sheetnames == ["Cover", "ab", "Charts"]
    assert [cell.value for cell in book["ab"][4]] == ["ab", 9, "ab", 1]


def test_rows_are_as_high_as_their_cells_need() -> None:
    sheet = workbook(f'village,why\n东山,{"长" * 80}\n西河,短\n"南\n桥",短\n')["Ranking"]
    assert sheet.row_dimensions[2].height > 60
    assert sheet.row_dimensions[3].height is None
    assert 30 < sheet.row_dimensions[4].height < 40


def test_a_fault_names_the_unit_in_its_group() -> None:
    board = f"village,kind,n\n东山,一,1\n西河,二,{'x' * 32768}\n"
    result = fupin("report", "-o", "out.xlsx", "--by", "kind", stdin=board)
    assert (result.status, result.err.count("\n")) == (1, 1)
    assert "-:3: n: " in result.err
