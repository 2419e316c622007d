"""Makes the workbooks: the third party's and the poverty office's of inbox/, and industry-targets.xlsx. All is made up.

The bytes are the same each time, for one version of openpyxl.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable
from itertools import groupby
from pathlib import Path

import openpyxl
from openpyxl.worksheet.worksheet import Worksheet

HERE = Path(__file__).parent
KINDS = {"1": "结对帮扶单位", "2": "结对帮扶、驻村帮扶单位", "3": "结对帮扶、驻村帮扶、行业扶贫单位"}
# kind, unit: third party's score
THIRD_PARTY = """
1 党政办 93.5
1 人大办 90
1 司法所 88.25
1 工会 85
1 团委 92.5
1 妇联 90
1 综治办 79.5
1 信访办 72
2 派出所 90
2 供电所 88
2 邮政所 91
2 国土所 82.5
2 市场监管所 86
2 信用社 84
2 电信所 80
2 税务所 92
3 农机站 93
3 水利站 91.5
3 卫生院 90
3 联校 89
3 民政办 92
3 人社站 88.5
3 村建站 83
3 财政所 86
3 文广站 87
3 林业站 81
3 水产站 70.5
"""
# unit: staff assigned, effort; the province's class, the city's place
INDUSTRY_OFFICES = """
农机站 5 5 一类 3
水利站 5 4.5 二类 1
卫生院 5 4 三类 2
联校 5 4.5 二类 -
民政办 5 5 - 1
人社站 5 4 - 4
村建站 4 3.5 - 9
财政所 5 3.5 - 17
文广站 5 4 无任务 无任务
林业站 3 3 - 15
水产站 0 1.5 无任务 无任务
"""


def third_party(sheet: Worksheet) -> None:
    """A title, a header, the kind in a merged cell, a signature."""
    sheet.title = "评估结果"
    sheet.append(["2019年度帮扶效果、政策落实、群众满意度第三方评估结果"])
    sheet.merge_cells("A1:D1")
    sheet.append(["类别", "单位", "第三方评估", "备注"])
    rows = [line.split() for line in THIRD_PARTY.strip().splitlines()]
    for kind, group in groupby(rows, key=lambda row: row[0]):
        first = sheet.max_row + 1
        for _, unit, score in group:
            sheet.append([None, unit, float(score), "回访两次" if unit == "信访办" else None])
        sheet.cell(first, 1, KINDS[kind])
        sheet.merge_cells(start_row=first, end_row=sheet.max_row, start_column=1, end_column=1)
    sheet.append(["评估机构（盖章）：", None, "2019年12月18日"])


def survey(sheet: Worksheet) -> None:
    """Marks for the joint survey of the industry offices, which the third kind has."""
    sheet.title = "联合排查"
    sheet.append(["2019年度参加联合全面排查计分表"])
    sheet.merge_cells("A1:D1")
    sheet.append(["序号", "单位", "排查专人", "排查有力"])
    for number, line in enumerate(INDUSTRY_OFFICES.strip().splitlines(), 1):
        unit, staff, effort, *_ = line.split()
        sheet.append([number, unit, float(staff), float(effort)])
    sheet.append(["填表人：", None, "审核人："])


def targets(sheet: Worksheet) -> None:
    """What province and city have published of the industry targets."""
    sheet.title = "行业扶贫"
    sheet.append(["2019年度行业扶贫指标省市年终考核结果"])
    sheet.merge_cells("A1:D1")
    sheet.append(["序号", "单位", "省考类别", "市考名次"])
    for number, line in enumerate(INDUSTRY_OFFICES.strip().splitlines(), 1):
        unit, _, _, *results = line.split()
        found = [None if one == "-" else int(one) if one.isdigit() else one for one in results]
        sheet.append([number, unit, *found])
    sheet.append(["说明：省考核结果未出来的单位，以市考核结果为准。"])


def save(fill: Callable[[Worksheet], None], path: Path) -> None:
    """Write a workbook of one sheet, without the time at which that is done."""
    book = openpyxl.Workbook()
    fill(book.worksheets[0])
    packed = io.BytesIO()
    book.save(packed)
    with zipfile.ZipFile(packed) as old, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as new:
        for part in old.infolist():
            content = re.sub(rb"(<dcterms:[^>]*>)[^<]*", rb"\g<1>2019-12-20T17:00:00Z", old.read(part))
            new.writestr(zipfile.ZipInfo(part.filename, (2019, 12, 20, 17, 0, 0)), content, zipfile.ZIP_DEFLATED)


def main(folder: Path = HERE) -> None:
    """Write the workbooks into a folder and its inbox/."""
    (folder / "inbox").mkdir(exist_ok=True)
    save(third_party, folder / "inbox" / "third-party.xlsx")
    save(survey, folder / "inbox" / "town-poverty-office.xlsx")
    save(targets, folder / "industry-targets.xlsx")


if __name__ == "__main__":
    main()
