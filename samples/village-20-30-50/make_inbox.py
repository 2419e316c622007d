"""Makes the two workbooks of inbox/: an old .xls of the poverty office, and an .ods of the finance office.

The bytes are the same each time, for one version of xlwt and odfpy.
"""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import xlwt
from odf.opendocument import OpenDocumentSpreadsheet
from odf.table import CoveredTableCell, Table, TableCell, TableRow
from odf.text import P

HERE = Path(__file__).parent
# 片区, village: 扶贫日, 社会扶贫, 训评星级; 扶贫资金
SCORES = """
东片 青塘村 0.4 0.8 1.6 3.14
东片 莲台村 0.5 1 1.9 3.70
东片 柳林桥村 0.4 0.8 1.6 3.04
东片 东湾嘴村 0.4 0.9 1.7 3.14
东片 石灰冲村 0.4 0.7 1.5 2.97
东片 白鹭洲村 0.5 0.8 1.7 3.55
东片 望月坪村 0.4 0.9 1.8 3.28
中片 荷叶垸村 0.4 0.8 1.7 3.37
中片 新堤村 0.4 0.9 1.9 3.58
中片 古井冲村 0.4 0.8 1.7 3.94
中片 双丰村 0.3 0.6 1.2 2.37
中片 团湖嘴村 0.4 0.9 1.5 3.39
中片 枫树岭村 0.5 1 2 3.96
西片 清水坝村 0.5 0.9 1.6 3.89
西片 月形山村 0.5 0.9 2 3.88
西片 永宁村 0.4 0.8 1.6 2.83
西片 樟木桥村 0.5 0.9 1.8 3.22
西片 沙河渡村 0.4 1 1.9 3.54
西片 梅子园村 0.4 0.8 1.6 2.84
西片 渡口社区 0.4 0.9 1.9 3.86
"""
ROWS = [line.split() for line in SCORES.strip().splitlines()]
SENT = {"东片": "2019年8月30日", "中片": "2019年9月5日", "西片": "2019年9月10日"}
"""When the marks of an area were handed in."""
REMARKS = {"双丰村": "公示不全", "梅子园村": "台账待补"}


def write_xls(path: Path) -> None:
    """The poverty office's: merged titles, a column that is merged for the villages of an area, a total."""
    book = xlwt.Workbook()
    sheet = book.add_sheet("得分表")
    sheet.write_merge(0, 0, 0, 5, "2019年度社会扶贫和训评星级得分表")
    sheet.write_merge(1, 1, 0, 2, "填报单位：镇扶贫办")
    sheet.write_merge(1, 1, 3, 5, "单位：分")
    for column, name in enumerate(("片区", "村(社区)", "扶贫日", "社会扶贫", "训评星级", "填报日期")):
        sheet.write(2, column, name)
    for area in ("东片", "中片", "西片"):
        places = [at for at, row in enumerate(ROWS, 3) if row[0] == area]
        sheet.write_merge(places[0], places[-1], 0, 0, area)
        sheet.write_merge(places[0], places[-1], 5, 5, SENT[area])
    for at, (_, village, *scores, _) in enumerate(ROWS, 3):
        sheet.write(at, 1, village)
        for column, score in enumerate(scores, 2):
            sheet.write(at, column, float(score))
    end = 3 + len(ROWS)
    sheet.write_merge(end, end, 0, 1, "合 计")
    for column in (2, 3, 4):
        sheet.write(end, column, round(sum(float(row[column]) for row in ROWS), 2))
    sheet.write(end + 1, 0, "填表人：")
    sheet.write(end + 1, 2, "审核人：")
    sheet.write(end + 1, 4, "2019年12月25日")
    book.save(str(path))


def write_ods(path: Path) -> None:
    """The finance office's: a blank row above, numbers of the rows, remarks, a total that is a formula, a stamp."""
    book = OpenDocumentSpreadsheet()
    table = Table(name="扶贫资金")
    book.spreadsheet.addElement(table)
    title = TableCell(valuetype="string", numbercolumnsspanned=5)
    title.addElement(P(text="2019年度扶贫资金使用管理得分表"))
    rows: list[list[object]] = [[], [title, *(CoveredTableCell() for _ in range(4))]]
    rows.append(["序号", "村", "扶贫资金", "填报日期", "备注"])
    for number, (area, village, *_, score) in enumerate(ROWS, 1):
        rows.append([number, village, float(score), SENT[area], REMARKS.get(village)])
    total = round(sum(float(row[5]) for row in ROWS), 2)
    sums = TableCell(valuetype="float", value=total, formula=f"of:=SUM([.C4:.C{len(rows)}])")
    sums.addElement(P(text=str(total)))
    rows += [["合计", None, sums], ["镇财政所（盖章）", None, "2019年12月20日"]]
    for row in rows:
        line = TableRow()
        table.addElement(line)
        for value in row or [None]:
            line.addElement(value if hasattr(value, "qname") else _cell(value))
    packed = io.BytesIO()
    book.write(packed)
    path.write_bytes(_settled(packed.getvalue()))


def _cell(value: object) -> TableCell:
    """A cell of OpenDocument."""
    if value is None:
        return TableCell()
    number = isinstance(value, int | float)
    cell = TableCell(valuetype="float", value=value) if number else TableCell(valuetype="string")
    cell.addElement(P(text=str(value)))
    return cell


def _settled(packed: bytes) -> bytes:
    """The workbook without the times at which its parts were packed."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(packed)) as old, zipfile.ZipFile(out, "w") as new:
        for part in old.infolist():
            still = zipfile.ZipInfo(part.filename, (2019, 12, 20, 17, 0, 0))
            new.writestr(still, old.read(part), part.compress_type)
    return out.getvalue()


def main(folder: Path = HERE) -> None:
    """Write the workbooks into inbox/ of a folder."""
    (folder / "inbox").mkdir(exist_ok=True)
    write_xls(folder / "inbox" / "town-poverty-office.xls")
    write_ods(folder / "inbox" / "finance-office.ods")


if __name__ == "__main__":
    main()
