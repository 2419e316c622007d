"""Makes inbox/, the score sheets of 21 townships with made-up marks, and expected-marks.csv, what is to come of them.

It does not use fupin: expected-marks.csv is written from the marks before these go into workbooks. The bytes are the
same each time, for one version of openpyxl.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
import itertools
import re
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import openpyxl
from openpyxl.styles import Alignment, Border, Font, Side

HERE = Path(__file__).parent
TITLE = "2020年度东源县脱贫攻坚和乡村振兴考核迎检工作专项督查评分表"
HEADER = ["考核内容", "考核指标", "考核要求", "标准分", "考核分"]
# The cells 考核内容|考核指标|考核要求|标准分; a blank one is merged with the one above, a heading has no 考核要求.
SHEET = """
脱贫攻坚方面
一、减贫成效
贫困地区减贫人口|1.实际减贫人口|抽查脱贫户是否八项达标，退出手续齐全|12
贫困村增收成效|2.相对贫困村居民收入|不低于全省农村的60%；没有贫困村的不考核|2
二、精准帮扶
责任落实|3.党委政府领导责任|一年调研48天，一月研究三次|3
|4.书记遍访贫困户|遍访三分之二，有照片有笔记|3
政策落实|5.教育扶贫|入学率93%，补助到位|3
|6.兜底保障|养老保险、低保足额|2
|7.医疗救助|合规费用补助75%，医保全额资助|2
|8.危房改造|C、D级当年改完|3
|9.饮水安全|集中供水，有水质报告|2
工作落实|10.基层组织|选好书记，干部3至5名|2
|11.产业扶贫|有基地，有带动|4
|12.消费扶贫|有方案，有网点，展销1场|3
|13.就业扶贫|一人一案，有培训有岗位|3
三、资金管理|||5
扶贫资金使用和监管|14.资金使用|台账、公示、项目库|2
扶贫资金绩效|15.资金成效|支出及时，没有闲置|3
四、精准识别|||3
贫困人口识别|16.识别和动态管理|不漏一户，不错一人|3
乡村振兴战略方面
坚持正确政治方向|17.学习培训|记录、照片、笔记|2.5
农村人居环境综合整治|18.清理、拆除、整治|全域完成|12.5
||道路沿线|5
||菜园田园|2.5
||房前屋后|2.5
|19.生活垃圾处理|台账和处理方式|2.5
||收费、保洁员|2.5
|20.禽畜圈养|人畜分开|2.5
|21.厕所革命|干净，有人管|2.5
|22.破旧泥砖房清理|应拆尽拆|5
|23.污水处理|雨污分流，设施在用|5
|24.村规民约|有，已公示|1
工作台账|25.工作台账|分八类，镇村一致|2.5
宣传工作|26.宣传工作|有专栏、标语，常更新|1.5
"""
ROWS = [(row + "|||").split("|")[:4] for row in SHEET.strip().splitlines()]
FULL = [float(row[3]) for row in ROWS if row[2]]
AT = dict(enumerate((at for at, row in enumerate(ROWS, 3) if row[2]), 1))  # the row of each score line, from 0
TOTAL = 3 + len(ROWS)
MISTAKES = {  # what stands in the sheet instead of the right cell: of a line, or of the township
    ("灯塔镇", 11): 4.5,
    ("船塘镇", 23): "2.25分",
    ("黄田镇", 9): "不考核",
    ("康禾镇", 0): "康和镇",
}


class Formula(NamedTuple):
    """A formula, and the value that Excel stores with it."""

    text: str
    value: float


Row = list[object]


def towns() -> dict[str, bool]:
    """The townships in the order of the notice, and whether they have a designated poor village."""
    with (HERE / "towns.csv").open(encoding="utf-8", newline="") as file:
        return {row["town"]: row["poor_village"] == "有" for row in csv.DictReader(file)}


def marks_of(number: int, poor_village: bool) -> list[float | str]:
    """The made-up marks of a township, by a formula that takes more from some townships than from others."""
    weak = (number * 8 + 3) % 21 // 4  # 0 to 5
    found: list[float | str] = []
    for line, full in enumerate(FULL, 1):
        lost = (number * line + line * line + number) % (3 + weak) * (0.1 if full < 2 else 0.25 if full < 12 else 0.75)
        found.append(round(max(full - lost, 0), 2))
    return found if poor_village else [*found[:1], "不考核", *found[2:]]


# How some sheets differ from what was handed out. A function changes cells, of which a row has five; the others are
# options of `write`.


def full_width(rows: list[Row]) -> None:
    """Digits as a Chinese keyboard gives them."""
    for line in (4, 9, 17, 30):
        rows[AT[line]][4] = str(rows[AT[line]][4]).translate({ord(sign): ord(sign) + 0xFEE0 for sign in ".0123456789"})


def as_text(rows: list[Row]) -> None:
    """Numbers that are texts, with spaces around some."""
    for line in (3, 11, 12):
        rows[AT[line]][4] = f" {rows[AT[line]][4]}" if line > 3 else str(rows[AT[line]][4])


def line_breaks(rows: list[Row]) -> None:
    """Line breaks inside cells, of the header too."""
    rows[2][3:] = ["标准\n分", "考核\n分"]
    rows[AT[1]][2] = "抽查脱贫户是否八项达标\n退出手续齐全"


def with_formulas(rows: list[Row]) -> None:
    """Marks that the group reckoned in the cell."""
    for line in (5, 13):
        mark = float(str(rows[AT[line]][4]))
        rows[AT[line]][4] = Formula(f"={FULL[line - 1]:g}-{FULL[line - 1] - mark:g}", mark)


def total_formula(rows: list[Row]) -> None:
    """A total that Excel adds up."""
    rows[TOTAL][4] = Formula(f"=SUM(E4:E{TOTAL})", float(str(rows[TOTAL][4])))


def not_merged(rows: list[Row]) -> None:
    """The item again in each of its lines, as it is where somebody took the merged cells apart."""
    for above, row in itertools.pairwise(rows[3:TOTAL]):
        if row[2]:
            row[:2] = [row[0] or above[0], row[1] or above[1]]


def spaced_name(rows: list[Row]) -> None:
    """A name that fills its line."""
    rows[1][0] = str(rows[1][0]).replace("上莞镇", "上 莞 镇")


def name_beside(rows: list[Row]) -> None:
    """The name in the next cell, and the day behind it."""
    rows[1] = ["被督查乡镇", "顺天镇", "督查日期：2020年3月4日", None, None]


def day_behind(rows: list[Row]) -> None:
    """The day in the cell of the name."""
    rows[1][0] = f"{rows[1][0]}　　督查日期：2020年3月2日"


def subtotals(rows: list[Row]) -> None:
    """A subtotal below each part."""
    for first, last in ((17, 30), (1, 16)):
        part = sum(float(str(rows[AT[line]][4])) for line in range(first, last + 1))
        rows.insert(AT[last] + 1, ["小计", None, None, sum(FULL[first - 1 : last]), part])


def notes(rows: list[Row]) -> None:
    """Notes below the signatures."""
    rows += [[None] * 5, ["注：1.考核分不得超过标准分。", *[None] * 4], ["2.本表一式两份。", *[None] * 4]]


def slash(rows: list[Row]) -> None:
    """A stroke where nothing was assessed."""
    rows[AT[2]][4] = "/"


def remarks(rows: list[Row]) -> None:
    """A column of remarks."""
    for row in rows:
        row.append(None)
    rows[2][5] = "备注"
    rows[AT[19]][5] = "县道旁有建筑垃圾"
    rows[AT[25]][5] = "已整改"


CHANGES: dict[str, Callable[[list[Row]], None]] = {
    "新回龙镇": full_width,
    "锡场镇": as_text,
    "双江镇": line_breaks,
    "骆湖镇": total_formula,
    "上莞镇": spaced_name,
    "顺天镇": name_beside,
    "曾田镇": not_merged,
    "义合镇": subtotals,
    "黄田镇": notes,
    "柳城镇": slash,
    "蓝口镇": with_formulas,
    "叶潭镇": day_behind,
    "黄村镇": remarks,
}
LOOKS: dict[str, dict[str, int | bool | str]] = {
    "新港镇": {"top": 1},
    "半江镇": {"hidden": True},
    "涧头镇": {"left": 1},
    "漳溪乡": {"width": 8},
    "船塘镇": {"name": "Sheet1"},
    "叶潭镇": {"frame": True},
}


def rows_of(town: str, marks: list[float | str]) -> list[Row]:
    """A sheet as it was handed out, filled in."""
    rows: list[Row] = [[TITLE], [f"被督查乡镇：{MISTAKES.get((town, 0), town)}"], list(HEADER)]
    rows += [[*(cell or None for cell in row[:3]), float(row[3]) if row[3] else None, None] for row in ROWS]
    for line, mark in enumerate(marks, 1):
        rows[AT[line]][4] = MISTAKES.get((town, line), mark)
    total = sum(mark for mark in marks if isinstance(mark, float))
    rows += [[None, None, "合计", 100, total], ["督查小组组长签名：", None, "督查小组成员签名：", None, "年  月  日"]]
    return [[*row, *[None] * (5 - len(row))] for row in rows]


def write(
    path: Path, rows: list[Row], *, top: int = 0, left: int = 0, width: int = 5, name: str = "评分表",
    hidden: bool = False, frame: bool = False,
) -> None:  # fmt: skip
    """Write a workbook.

    Args:
        path: its file.
        rows: the cells.
        top: how many blank rows stand above them.
        left: how many blank columns stand before them.
        width: over how many columns the title is merged.
        name: the sheet.
        hidden: whether a hidden sheet stands before it.
        frame: whether blank cells around them have a frame.
    """
    book = openpyxl.Workbook()
    book.properties.creator = "督查小组"
    book.properties.created = dt.datetime(2020, 3, 1, 9, tzinfo=dt.UTC).replace(tzinfo=None)
    sheet = book.active
    sheet.title = name
    if hidden:
        before = book.create_sheet("上年", 0)
        before.append(["乡镇", "得分"])
        before.append(["半江镇", 88])
        before.sheet_state = "hidden"
        book.active = 1
    for letter, wide in zip("ABCDEFG"[left:], (20, 24, 46, 8, 8), strict=False):
        sheet.column_dimensions[letter].width = wide
    stored = {}
    for at, row in enumerate(rows, top + 1):
        for column, value in enumerate(row, left + 1):
            cell = sheet.cell(at, column, value.text if isinstance(value, Formula) else value)
            if isinstance(value, Formula):
                stored[cell.coordinate] = value.value
            cell.alignment = Alignment(vertical="center", wrap_text=True)
            cell.font = Font(size=16 if value == TITLE else 11, bold=at <= top + 3)
    for first, column, last, end in merged(rows, width):
        sheet.merge_cells(None, top + first, left + column, top + last, left + end)
    for at in range(1, len(rows) + 6 if frame else 0):
        for column in range(1, 9):
            sheet.cell(at, column).border = Border(bottom=Side("thin"), right=Side("thin"))
    packed = io.BytesIO()
    book.save(packed)
    path.write_bytes(settled(packed.getvalue(), stored))


def merged(rows: list[Row], width: int) -> list[tuple[int, int, int, int]]:
    """What is merged, first row and column, last row and column: titles, and cells that hold for several lines."""
    found = [(1, 1, 1, width), *([] if rows[1][1] else [(2, 1, 2, 5)])]
    lines = [bool(row[2]) and isinstance(row[3], float) for row in rows]
    for column in (0, 1):
        for at, row in enumerate(rows):
            last = at
            while lines[at] and row[column] and lines[last + 1] and not rows[last + 1][column]:
                last += 1
            if last > at:
                found.append((at + 1, column + 1, last + 1, column + 1))
    return found


def settled(packed: bytes, stored: dict[str, float]) -> bytes:
    """A workbook without the times of its making, and with the values of formulas, neither of which openpyxl does."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(packed)) as old, zipfile.ZipFile(out, "w") as new:
        for part in old.namelist():
            text = old.read(part).decode()
            text = re.sub("(<dcterms:modified[^>]*>)[^<]*", r"\g<1>2020-03-06T17:00:00Z", text)
            for cell, value in stored.items():
                text = re.sub(f'(<c r="{cell}"[^>]*><f>[^<]*</f>)<v ?/>', rf"\g<1><v>{value:g}</v>", text)
            new.writestr(zipfile.ZipInfo(part, (2020, 3, 6, 17, 0, 0)), text, zipfile.ZIP_DEFLATED)
    return out.getvalue()


def main(folder: Path = HERE) -> None:
    """Write inbox/ and expected-marks.csv into a folder."""
    (folder / "inbox").mkdir(exist_ok=True)
    expected = []
    for number, (town, poor_village) in enumerate(towns().items()):
        marks = marks_of(number, poor_village)
        rows = rows_of(town, marks)
        if town in CHANGES:
            CHANGES[town](rows)
        write(folder / "inbox" / f"{town}.xlsx", rows, **LOOKS.get(town, {}))  # type: ignore[arg-type]
        expected += [
            (town, line, f"{full:g}", "NA" if mark == "不考核" else f"{mark:g}")
            for line, (full, mark) in enumerate(zip(FULL, marks, strict=True), 1)
            if (town, line) not in MISTAKES and (town, 0) not in MISTAKES
        ]
    with (folder / "expected-marks.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["town", "line", "full", "mark"])
        writer.writerows(sorted(expected, key=lambda row: (f"{row[0]}.xlsx", row[1])))


if __name__ == "__main__":
    main()
