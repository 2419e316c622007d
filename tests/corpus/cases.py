"""What offices send: each case a file, the command line that takes it in, and what comes of it, worked out by hand."""

from __future__ import annotations

import datetime as dt
import gzip
from collections.abc import Sequence
from typing import NamedTuple

from corpus.make import as_shown, by_xlsxwriter, doubled, ods, parquet, with_error, without_value, worked_out, xls, xlsx
from fupin.spool import zstandard

LINES = "村,分\n东山,1\n西河,2\n"
TABLE = [["村", "分"], ["东山", 1], ["西河", 2]]
ROSTER = "village\n东山村\n西河村\n南坪村\n"


class Case(NamedTuple):
    """A file and what comes of it.

    Args:
        name: the file.
        data: its bytes.
        words: the command line, without the file.
        out: the clean table.
        rejects: line, column, value and a part of the reason of each rejected row.
        left: the lines that are left out and why, as -v names them.
        files: other files that are there.
        refused: a part of the one line that is told where there is no table.
    """

    name: str
    data: bytes
    words: str = ""
    out: str = ""
    rejects: Sequence[tuple[str, str, str, str]] = ()
    left: Sequence[str] = ()
    files: Sequence[tuple[str, str | bytes]] = ()
    refused: str = ""


DEPTS = [
    ["得分表"],
    [None],
    ["村", "基础", None, "加分"],
    [None, "道路", "饮水", None],
    ["东山", 1, 2, 3],
    ["西河", 4, 5, 6],
]
SCHEMA = (
    '{"fields": [{"name": "村", "constraints": {"required": true, "unique": true, "pattern": "..村"}},'
    ' {"name": "类", "constraints": {"enum": ["甲", "乙"]}},'
    ' {"name": "分", "type": "number", "constraints": {"minimum": 0, "maximum": 100}},'
    ' {"name": "满", "type": "number"}],'
    ' "checks": [{"type": "row-constraint", "formula": "分 <= 满", "description": "above"}]}'
)
CLEAN = "村,分\n东山,1\n西河,2\n"
CASES = [
    # --- formats and encodings
    Case("comma.csv", LINES.encode(), "", CLEAN),
    Case("marked.csv", b"\xef\xbb\xbf" + LINES.replace("\n", "\r\n").encode(), "", CLEAN),
    Case("tab.tsv", LINES.replace(",", "\t").encode(), "", CLEAN),
    Case("semicolon.csv", LINES.replace(",", ";").encode(), "", CLEAN),
    Case("bar.txt", LINES.replace(",", "|").encode(), "--delimiter |", CLEAN),
    Case("said.csv", "村;分,数\n东山;1,5\n".encode(), "--delimiter ;", '村,"分,数"\n东山,"1,5"\n'),
    Case("packed.csv.gz", gzip.compress(LINES.encode()), "", CLEAN),
    Case("gb.csv", LINES.encode("gb18030"), "--encoding gb18030", CLEAN),
    Case("auto.csv", LINES.encode("gb18030"), "--encoding auto", CLEAN),
    Case("big5.csv", "鄉,分\n東山,1\n".encode("big5"), "--encoding big5", "鄉,分\n東山,1\n"),
    Case("wide.csv", LINES.encode("utf-16"), "--encoding utf-16", CLEAN),
    Case(
        "lines.jsonl", '{"村": "东山", "分": 1.50}\n{"分": null, "村": "西河"}\n'.encode(),
        "", "村,分\n东山,1.50\n西河,\n",
    ),
    Case("table.parquet", parquet(), "", "村,分,日,是,无\n东山,1.50,2019-04-28,true,\n"),
    Case("new.xlsx", xlsx(TABLE), "", CLEAN),
    Case("old.xls", xls([["得分表"], *TABLE, ["合计", 3]]), "", CLEAN, left=["1: a row above", "5: a row of totals"]),
    Case(
        "free.ods", ods([["单位：甲镇"], *TABLE]), "--take 单位=镇", "村,分,镇\n东山,1,甲镇\n西河,2,甲镇\n",
        left=["1: a row above"],
    ),
    Case("packed.csv.zst", zstandard().compress(LINES.encode()), "", CLEAN),
    Case("packed.xlsx.gz", gzip.compress(xlsx(TABLE)), "", CLEAN),
    Case("tabs.csv", LINES.replace(",", "\t").encode(), "", CLEAN),
    Case("plain-auto.csv", LINES.encode(), "--encoding auto", CLEAN),
    Case(
        "unasked.csv", b"a,b\n1,2\n" + "东山,1\n".encode("gb18030"), "--drop b",
        refused="unasked.csv:3: bytes that are not UTF-8 (B6 AB); in GB18030 the line reads '东山,1'",
    ),
    Case(
        "neither.csv", LINES.encode() + b"\xff\xff\n", "--encoding auto",
        refused="neither.csv:4: bytes that are not UTF-8",
    ),
    Case(
        "odd-lines.jsonl", '{"村": "东山", "分": 1}\n[1]\n\n{"村": "西河", "分": 2.50}\n'.encode(), "",
        "村,分\n东山,1\n西河,2.50\n", [("2", "", "[1]", "object")], left=["3: a row without any cell"],
    ),
    Case(
        "many.csv", LINES.encode(), "more.xlsx last.tsv --add-source",
        "村,分,source\n东山,1,many.csv\n西河,2,many.csv\n南坪,3,more.xlsx\n北岭,4,last.tsv\n",
        files=[("more.xlsx", xlsx([["分", "村"], [3, "南坪"]])), ("last.tsv", "村\t分\n北岭\t4\n")],
    ),
    Case(
        "shapes.csv", LINES.encode(), "other.csv", refused="other.csv: has other columns than shapes.csv (分, 数)",
        files=[("other.csv", "村,数\n南坪,3\n")],
    ),
    # --- sheets as people make them
    Case(
        "two-rows.xlsx", xlsx(DEPTS, merge=["A1:D1", "A3:A4", "B3:C3", "D3:D4"]), "",
        "村,基础/道路,基础/饮水,加分\n东山,1,2,3\n西河,4,5,6\n", left=["1: a row above", "2: a row without any cell"],
    ),
    Case(
        "unmerged-rows.xlsx",
        xlsx(
            [
                ["得分表"], ["片区", "村", "基础", None, "加分"], [None, None, "道路", "饮水"],
                ["甲片", "东山", 1, 2, 3], [None, "西河", 4, 5, 6],
            ],
            merge=["A1:E1", "A4:A5"],
        ),
        "", "片区,村,基础/道路,基础/饮水,加分\n甲片,东山,1,2,3\n甲片,西河,4,5,6\n", left=["1: a row above"],
    ),
    Case(
        "half-merged-rows.xlsx",
        xlsx([["村", "基础", None, "加分"], [None, "道路", "饮水"], ["东山", 1, 2, 3]], merge=["A1:A2", "D1:D2"]),
        "", "村,基础/道路,基础/饮水,加分\n东山,1,2,3\n",
    ),
    Case(
        "years.xlsx",
        xlsx([["村", "得分", None], [None, 2018, 2019], ["东山", 2000, 1950]], merge=["A1:A2", "B1:C1"]),
        "", "村,得分/2018,得分/2019\n东山,2000,1950\n",
    ),
    Case(
        "wide-name.xlsx",
        xlsx([["村", None, "分"], ["东山", None, 1], ["西河", None, 2]], merge=["A1:B1", "A2:B2", "A3:B3"]), "", CLEAN,
    ),
    Case(
        "wide-marks.xlsx", xlsx([["村", "评", None], ["东山", "好", "快"]], merge=["B1:C1"]), "",
        refused="wide-marks.xlsx:1:1: column 3 has cells but no name",
    ),
    Case(
        "wide-money.xlsx", xlsx([["村", "奖", None], ["东山", 2000, 1950]], merge=["B1:C1"]), "--sheet 1",
        refused="wide-money.xlsx:1:1: column 3 has cells but no name",
    ),
    Case(
        "name-error.xlsx", xlsx([["村", "x"], ["东山", 1]], change=with_error("B1")),
        refused="name-error.xlsx:1:1: the name of column 2 is '#N/A', an error and no value",
    ),
    Case(
        "name-unworked.xlsx", by_xlsxwriter([["村", ("=A1",)], ["东山", 1]]),
        refused="name-unworked.xlsx:1:1: the name of column 2 is '=A1', a formula without a stored value",
    ),
    Case(
        "label-in-name.xlsx", xlsx([["单位：甲镇"], ["单位名称", "分"], ["东山", 1]]), "--take 单位=镇",
        "单位名称,分,镇\n东山,1,甲镇\n", left=["1: a row above"],
    ),
    Case(
        "label-as-name.csv", "单位,甲镇,\n单位,分,次\n东山,1,2\n".encode(), "--take 单位=镇",
        "单位,分,次,镇\n东山,1,2,甲镇\n", left=["1: a row above"],
    ),
    Case(
        "label-in-words.xlsx", xlsx([["评分单位：水利局"], ["单 位：甲镇　2019年"], ["村", "分"], ["东山", 1]]),
        "--take 单位=镇", "村,分,镇\n东山,1,甲镇\n", left=["1: a row above", "2: a row above"],
    ),
    Case(
        "label-nowhere.csv", "单位名称,分\n东山,1\n".encode(), "--take 单位=镇",
        refused="label-nowhere.csv: '单位' is not in the rows above the header, so that '镇' cannot be taken",
    ),
    Case(
        "label-alone.csv", "单位：,,日期：\n村,分,次\n东山,1,2\n".encode(), "--take 单位=镇",
        refused="label-alone.csv: '单位' has nothing beside or behind it",
    ),
    Case(
        "label-error.xlsx", xlsx([["单位：", "x"], ["村", "分"], ["东山", 1]], change=with_error("B1")),
        "--take 单位=镇",
        refused="label-error.xlsx:1: '单位' has an error and no value beside it, so that '镇' cannot be taken",
    ),
    Case(
        "label-unworked.xls", xls([["单位：", "=A2", "日期"], [], ["村", "分", "次"], ["东山", 1, 2]]),
        "--take 单位=镇",
        refused="label-unworked.xls:1: '单位' has a formula without a stored value",
    ),
    Case(
        "merged.xlsx", xlsx([["镇", "村", "分"], ["甲镇", "东山", 1], [None, "西河", 2]], merge=["A2:A3"]), "",
        "镇,村,分\n甲镇,东山,1\n甲镇,西河,2\n",
    ),
    Case(
        "merged-error.xlsx",
        xlsx(
            [["镇", "村", "分"], ["甲镇", "东山"], [None, "西河"], [None, "南坪", 3]], merge=["A2:A4", "C2:C3"],
            change=with_error("C2"),
        ),
        "", "镇,村,分\n甲镇,南坪,3\n",
        [("2", "分", "#N/A", "an error and no value"), ("3", "分", "#N/A", "an error and no value")],
    ),
    Case(
        "merged-unworked.xlsx",
        xlsx([["村", "分"], ["东山", "=1+1"], ["西河"], ["南坪"], ["北岭", 4]], merge=["B2:B4"]),
        "", "村,分\n北岭,4\n",
        [(line, "分", "=1+1", "a formula without a stored value") for line in "234"],
    ),
    Case(
        "merged-over.xlsx",
        xlsx([["村", "甲", "乙"], ["东山", "=1+1", 1], ["西河", None, 2]], merge=["B2:B3"]), "--keep 村,乙",
        "村,乙\n东山,1\n西河,2\n",
    ),
    Case(
        "areas.xlsx",
        xlsx(
            [
                ["片区", "村", "分"], ["县城片区", "东山", 1], [None, "西河", 2], [None, "小 计", 3],
                ["乡村片区", "小计", 9], [None, "南坪", 4], [None, "北岭", 5], ["合计", None, 12],
            ],
            merge=["A2:A4", "A5:A7"],
        ),
        "", "片区,村,分\n县城片区,东山,1\n县城片区,西河,2\n乡村片区,南坪,4\n乡村片区,北岭,5\n",
        left=["4: a row of totals", "5: a row of totals", "8: a row of totals"],
    ),
    Case(
        "area-names.csv", "片区,村,分\n县城片区,东山,1\n县城片区,西河,2\n县城片区,小计,3\n全县合计,,3\n".encode(),
        "", "片区,村,分\n县城片区,东山,1\n县城片区,西河,2\n", left=["4: a row of totals", "5: a row of totals"],
    ),
    Case(
        "two-totals.xlsx",
        xlsx(
            [["村", "项", "数"], ["东山", "户", 1], [None, "人", 2], ["合计", "户", 1], [None, "人", 2]],
            merge=["A2:A3", "A4:A5"],
        ),
        "", "村,项,数\n东山,户,1\n东山,人,2\n", left=["4: a row of totals", "5: a row of totals"],
    ),
    Case(
        "blank.xlsx", xlsx([[None, "村", None, "分"], [], [None, "东山", None, 1], [], [None, "西河", None, 2]]),
        "", CLEAN, left=["2: a row without any cell", "4: a row without any cell"],
    ),
    Case(
        "below.csv", (LINES + "小计,3\n总计：,3\n填表人：,\n2019年4月28日,\n").encode(), "", CLEAN,
        left=["4: a row of totals", "5: a row of totals", "6: a row with notes", "7: a row with notes"],
    ),
    Case(
        "signed.xlsx",
        xlsx(
            [
                ["村", "分", "意见"], ["东山", 1, "好"], ["西河", 2], ["*注：满分10分"], ["2.按月计"],
                ["组成员：甲、乙"], ["制表人", "甲", "审核人"], ["审核：", None, "盖章"],
                ["联系电话：", 13800138000], [None, "（公章）"],
                [None, None, "某县水利局"], [None, None, dt.date(2019, 4, 30)],
            ]
        ),
        "", "村,分,意见\n东山,1,好\n西河,2,\n",
        left=[f"{line}: a row with notes or signatures below the table" for line in range(4, 13)],
    ),
    Case(
        "dated.csv", (LINES + "某镇人民政府（盖章）,\n2019.4.30,\n").encode(), "", CLEAN,
        left=["4: a row with notes", "5: a row with notes"],
    ),
    Case(
        "sealed.xls", xls([*TABLE, [], ["", "单位负责人（签字）："], ["", "二〇一九年四月"]]), "", CLEAN,
        left=["4: a row without any cell", "5: a row with notes", "6: a row with notes"],
    ),
    Case(
        "last-marks.csv", "名,评,次\n甲,优秀,1\n书记：丙,优秀,\n审核,完成,\n注：乙村,,3\n".encode(), "",
        "名,评,次\n甲,优秀,1\n书记：丙,优秀,\n审核,完成,\n注：乙村,,3\n",
    ),
    Case(
        "last-office.csv", "名,评,次\n镇长：乙,优秀,\n书记：丙,合格,\n".encode(), "",
        "名,评,次\n镇长：乙,优秀,\n书记：丙,合格,\n",
    ),
    Case(
        "last-date.csv", "日期,村,分\n2019.4.28,东山,1\n2019.4.29,西河,\n2019.4.30,,\n".encode(), "",
        "日期,村,分\n2019.4.28,东山,1\n2019.4.29,西河,\n2019.4.30,,\n",
    ),
    Case(
        "dates-alone.csv", "村,到,看\n东山,,\n,2019年4月29日,\n,,2019.4.30\n".encode(), "--date 到,看",
        "村,到,看\n东山,,\n,2019-04-29,\n,,2019-04-30\n",
    ),
    Case("one-date.csv", "日期,分\n2019-04-30,\n".encode(), "", "日期,分\n2019-04-30,\n"),
    Case(
        "last-key.csv", "村,分\n东山,1\n审核,\n检查组,\n".encode(), "", "村,分\n东山,1\n审核,\n检查组,\n",
    ),
    Case(
        "pages.xlsx",
        xlsx(
            [
                ["得分表"], ["村", "基础", None], [None, "道路", "饮水"], [None, "（分）", "（元/户）"], ["东山", 1, 2],
                ["村", "基础"], [None, "道路", "饮水"], ["西河", 3, 4],
            ],
            merge=["A1:C1", "A2:A3", "B2:C2", "A6:A7", "B6:C6"],
        ),
        "--number 基础/道路", "村,基础/道路,基础/饮水\n东山,1,2\n西河,3,4\n",
        left=[
            "1: a row above the header", "4: a row of units below the header", "6: a row that repeats the header",
            "7: a row that repeats the header",
        ],
    ),
    Case(
        "again.csv", "村, 分 ,备注\n东山,1,\n 村,分,备注\n西河,2,备注\n村,分,\n".encode(), "",
        "村,分,备注\n东山,1,\n西河,2,备注\n",
        left=["3: a row that repeats the header", "5: a row that repeats the header"],
    ),
    Case("column.csv", "村\n东山\n村\n".encode(), "", "村\n东山\n村\n"),
    Case(
        "units.csv", "序号,村,长,占\n单位,,公里,%\n1,东山,1,2\n".encode(), "--number 长,占",
        "序号,村,长,占\n1,东山,1,2\n", left=["2: a row of units"],
    ),
    Case(
        "full-marks.csv", "村,路,水\n满分,10,20\n东山,1,2\n,（好）,3\n".encode(), "",
        "村,路,水\n满分,10,20\n东山,1,2\n,（好）,3\n",
    ),
    Case(
        "statistics.csv",
        (LINES + "合计数,3\n总 分,3\n平均,1.5\n全县平均分,1.5\n最高分：,2\n").encode(), "", CLEAN,
        left=[f"{line}: a row of totals" for line in range(4, 9)],
    ),
    Case(
        "like-totals.csv", "项,分\n审计,1\n统计局,2\n平均工资,3\n总分馆,4\n合计划,5\n道路,平均\n".encode(), "",
        "项,分\n审计,1\n统计局,2\n平均工资,3\n总分馆,4\n合计划,5\n道路,平均\n",
    ),
    Case("hidden.xlsx", xlsx([["旧", "值"], ["x", 9]], TABLE, hidden=[1]), "", CLEAN),
    Case("second.xlsx", xlsx([["旧", "值"], ["x", 9]], TABLE), "--sheet 2", CLEAN),
    Case("all.xlsx", xlsx(TABLE, [["村", "分"], ["南坪", 3]]), "--all-sheets", CLEAN + "南坪,3\n"),
    Case(
        "errors.xlsx", xlsx(TABLE, change=without_value), "", "村,分\n",
        [("2", "分", "=1+1", "a formula without a stored value"), ("3", "分", "#DIV/0!", "an error and no value")],
    ),
    Case("stored.xlsx", by_xlsxwriter([["村", "分"], ["东山", ("=1+1", 2)]]), "", "村,分\n东山,2\n"),
    Case(
        "unworked.xlsx",
        by_xlsxwriter(
            [["村", "分", "加"], ["东山", ("=1+1",), 1], ["西河", ("=C3*2", 2), 1], ["南坪", 3, ("=B4", "")]]
        ),
        "", "村,分,加\n西河,2,1\n",
        [
            ("2", "分", "=1+1", "a formula without a stored value; open and save it in Excel or LibreOffice"),
            ("4", "加", "=B4", "a formula without a stored value"),
        ],
    ),
    Case(
        "given.xlsx", by_xlsxwriter([["村", "分", "过"], ["东山", ("=A1", "0"), ("=1=2", False)]]), "",
        "村,分,过\n东山,0,false\n",
    ),
    Case("zero.xlsx", worked_out(by_xlsxwriter([["村", "分"], ["东山", ("=1-1",)]])), "", "村,分\n东山,0\n"),
    Case(
        "array.xlsx", by_xlsxwriter([["村", "分"], ["东山"], ["西河"], ["南坪"]], doubled), "", "村,分\n西河,4\n",
        [("2", "分", "=A2:A4*2", "without a stored value"), ("4", "分", "=A2:A4*2", "without a stored value")],
    ),
    Case(
        "unworked.xls", xls([["村", "分"], ["东山", "=1+1"], ["西河", 2]]), "", "村,分\n西河,2\n",
        [("2", "分", "", "a formula without a stored value")],
    ),
    Case(
        "unworked.ods", ods([["村", "分"], ["东山", ("=[.C2]*2",)], ["西河", ("=1-1", 0)]]), "", "村,分\n西河,0\n",
        [("2", "分", "=[.C2]*2", "a formula without a stored value")],
    ),
    Case("breaks.xlsx", xlsx([["村\n名", "备注"], ["东山", "甲\n乙"]]), "", '村名,备注\n东山,"甲\n乙"\n'),
    Case(
        "merged.xls",
        xls([["镇", "村", "分"], ["甲镇", "东山", 1], [None, "西河", 2], [None, "小计", 3]], ["A2:A4"]), "",
        "镇,村,分\n甲镇,东山,1\n甲镇,西河,2\n", left=["4: a row of totals"],
    ),
    Case(
        "merged.ods",
        ods(
            [
                ["村", "基础", None], [None, "道路", "饮水"], ["东山", 1, 2], ["西河", ("=1/0", "#DIV/0!"), 3],
                ["南坪", None, 4],
            ],
            ["A1:A2", "B1:C1", "B4:B5"],
        ),
        "", "村,基础/道路,基础/饮水\n东山,1,2\n",
        [("4", "基础/道路", "#DIV/0!", "an error"), ("5", "基础/道路", "#DIV/0!", "an error")],
    ),
    Case(
        "errors.xls", xls([["村", "分"], ["东山", "#N/A"], ["西河", "#DIV/0!"], ["南坪", 3]]), "", "村,分\n南坪,3\n",
        [("2", "分", "#N/A", "an error and no value"), ("3", "分", "#DIV/0!", "an error and no value")],
    ),
    Case("first-empty.xlsx", xlsx([], TABLE), "", CLEAN),
    Case(
        "header-said.xlsx", xlsx([["村", "分"], ["单位", "得分"], ["东山", 1]]), "--header-row 2",
        "单位,得分\n东山,1\n", left=["1: a row above the header"],
    ),
    Case(
        "headers-said.csv", "甲,乙\n村,分\n东山,1\n".encode(), "--header-row 1-2", "甲/村,乙/分\n东山,1\n",
    ),
    Case(
        "total-first.csv", "村,分\n全镇合计,3\n东山,1\n西河,2\n".encode(), "", CLEAN, left=["2: a row of totals"],
    ),
    Case(
        "whole.xlsx",
        xlsx(
            [
                [], [None, "某镇得分表"], [None, "被查乡镇：甲镇", None, "日期：2019年4月"], [None, "村", "得分", None],
                [None, None, "日常", "实地"], [None, "东山", 1, 2], [], [None, "小计", 1, 2], [None, "说明：满分5分"],
                [None, "检查人：", None, "审核人："], [None, None, None, dt.date(2019, 4, 28)],
            ],
            merge=["B2:D2", "B3:C3", "B4:B5", "C4:D4"],
        ),
        "--take 被查乡镇=镇 --long 镇,村", "镇,村,item,value\n甲镇,东山,得分/日常,1\n甲镇,东山,得分/实地,2\n",
        left=[
            "1: a row without", "2: a row above", "3: a row above", "7: a row without", "8: a row of totals",
            "9: a row with notes", "10: a row with notes", "11: a row with notes",
        ],
    ),
    Case(
        "long-note.xlsx",
        xlsx(
            [["村", "分", "次"], ["东山", 1], ["注：甲\n乙"], ["一、满分10分"], ["二、扣完为止"]], merge=["A3:C3"]
        ),
        "", "村,分,次\n东山,1,\n", left=[f"{line}: a row with notes" for line in "345"],
    ),
    # --- cells
    Case(
        "texts.xlsx", xlsx([["村", "分", "日"], ["东山", " １２．５ ", 43583]]), "--number 分 --date 日",
        "村,分,日\n东山,12.5,2019-04-28\n",
    ),
    Case(
        "floats.xlsx", by_xlsxwriter([["甲", "乙", "丙"], [0.1 + 0.2, 1e-7, 123456789012345.0]]), "",
        "甲,乙,丙\n0.3,0.0000001,123456789012345\n",
    ),
    Case(
        "codes.xlsx", xlsx([["证", "号"], ["11010519491231002X", "007"], [110105194912310021, "008"]]), "",
        "证,号\n11010519491231002X,007\n", [("3", "证", "110105194912310000", "Excel keeps 15 digits")],
    ),
    Case(
        "cells.csv", '村,分,率,日\n　东山　,"１，２３４．５",95％,2019.4.28\n西河,"1,234",5%,2019年4月28日\n'.encode(),
        "--number 分,率 --date 日", "村,分,率,日\n东山,1234.5,0.95,2019-04-28\n西河,1234,0.05,2019-04-28\n",
    ),
    Case(
        "numbers.csv", "村,分\n东山,二分\n西河,1e3\n南坪,1,5\n北岭,4\n".encode(), "--number 分", "村,分\n北岭,4\n",
        [
            ("2", "分", "二分", "is not a number"), ("3", "分", "1e3", "is not a number"),
            ("4", "", "南坪,1,5", "3 cells"),
        ],
    ),
    Case(
        "kinds.xlsx",
        by_xlsxwriter([["真", "日", "时", "率"], [True, dt.date(2019, 4, 28)]], as_shown), "",
        "真,日,时,率\ntrue,2019-04-28,2019-04-29 08:30:00,0.95\n",
    ),
    Case(
        "serials.xlsx", xlsx([["日", "号"], [43583, 43583], ["2019/4/28", 1]]), "--date 日",
        "日,号\n2019-04-28,43583\n2019-04-28,1\n",
    ),
    Case(
        "dates.csv",
        (
            "日\n2019-4-28\n2019/04/28\n20190428\n２０１９年４月２８日\n2019年4月28日 8:30\n2019.2.29\n4月28日\nNA\n"
        ).encode(),
        "--date 日", "日\n" + "2019-04-28\n" * 5 + "NA\n", [("7", "日", "2019.2.29", ""), ("8", "日", "4月28日", "")],
    ),
    Case(
        "thousands.csv", '村,分\na,"1,234,567.5"\nb,１２，３４５\nc,"12,34"\nd,"1,23,456"\ne,-0.5%\nf,−３\n'.encode(),
        "--number 分", "村,分\na,1234567.5\nb,12345\ne,-0.005\nf,-3\n",
        [("4", "分", "12,34", "is not a number"), ("5", "分", "1,23,456", "is not a number")],
    ),
    Case("untouched.csv", "号,率\n００７,95%\n008,\u3000１ \n".encode(), "", "号,率\n００７,95%\n008,１\n"),
    Case(
        "long-floats.xlsx", by_xlsxwriter([["甲", "乙"], [2 / 3, 123456789.123456789], [1e15, 0.1 + 0.7]]), "",
        "甲,乙\n0.666666666666667,123456789.123457\n", [("3", "甲", "1000000000000000", "Excel keeps 15 digits")],
    ),
    Case(
        "phones.xlsx", xlsx([["村", "电话", "证"], ["东山", 13800138000, "11010519491231002x"]]), "--mask 电话",
        "村,电话,证\n东山,138001*8000,11010519491231002x\n",
    ),
    # --- shape, schema and personal data
    Case(
        "all-named.xlsx", xlsx(TABLE, [["村", "分"], ["南坪", "x"], ["北岭", 4]]),
        "--all-sheets --add-source --number 分",
        "村,分,source\n东山,1,all-named.xlsx:1\n西河,2,all-named.xlsx:1\n北岭,4,all-named.xlsx:2\n",
        [("2", "分", "x", "is not a number")],
    ),
    Case(
        "first-named.xlsx", xlsx(TABLE), "--add-source",
        "村,分,source\n东山,1,first-named.xlsx\n西河,2,first-named.xlsx\n",
    ),
    Case(
        "taken-renamed.xlsx", xlsx([["单位：甲镇"], ["镇", "分"], ["东山", 1], ["西河", "x"]]),
        "--rename 镇=村 --take 单位=镇 --number 分 --keep 镇,村,分", "镇,村,分\n甲镇,东山,1\n", [("4", "分", "x", "")],
        left=["1: a row above"],
    ),
    Case(
        "taken-and-renamed.csv", "单位：甲镇,\n村,分\n东山,1\n".encode(), "--take 单位=镇 --rename 镇=town",
        "村,分,town\n东山,1,甲镇\n", left=["1: a row above"],
    ),
    Case(
        "shape.csv", "村,甲,乙,备注\n东山,1,不考核,x\n西河,,2.345,y\n".encode(),
        "--rename 村=village --drop 备注 --long village --number value --na 不考核 --round value=2",
        "village,item,value\n东山,甲,1\n东山,乙,NA\n西河,甲,\n西河,乙,2.35\n",
    ),
    Case(
        "wider.csv", "村,项,分\n东山,甲,1\n东山,乙,2\n西河,甲,3\n".encode(), "--wide 项=分",
        "村,甲,乙\n东山,1,2\n西河,3,\n",
    ),
    Case("kept.csv", "村,甲,乙\n东山,1,2\n".encode(), "--keep 乙,村 --add-source", "乙,村,source\n2,东山,kept.csv\n"),
    Case(
        "counted.csv", "项,分\n一、道路,\n修路,1\n修桥,2\n".encode(), "--number-rows no --drop-rows '分 IS NULL'",
        "项,分,no\n修路,1,1\n修桥,2,2\n", left=["2: a row that --drop-rows asks for"],
    ),
    Case(
        "twice.csv", "村,分\n东山,1\n西河,2\n东山,3\n".encode(), "--unique 村", CLEAN,
        [("4", "村", "东山", "'东山' is there twice, first in twice.csv:2")],
    ),
    Case(
        "schema.csv",
        "村,类,分,满\n东山村,甲,90,100\n东山村,乙,1,9\n西河,甲,1,9\n,甲,1,9\n南坪村,丙,1,9\n北岭村,甲,-1,9\n中寨村,甲,101,200\n上坝村,乙,9.5,9\n".encode(),
        "--schema schema.json", "村,类,分,满\n东山村,甲,90,100\n",
        [
            ("3", "村", "东山村", "is there twice"), ("4", "村", "西河", "pattern"), ("5", "村", "", "blank"),
            ("6", "类", "丙", "甲, 乙"), ("7", "分", "-1", "below"), ("8", "分", "101", "above"),
            ("9", "分", "9.5", "above: 分 9.5, 满 9"),
        ],
        files=[("schema.json", SCHEMA)],
    ),
    Case(
        "masked.csv", "户,证,电话\n甲,110105194912310021,13800138000\n".encode(), "--mask 证,电话",
        "户,证,电话\n甲,110105********0021,138001*8000\n",
    ),
    Case(
        "wide-twice.csv", "村,项,分\n东山,甲,1\n东山,甲,1\n".encode(), "--wide 项=分", refused="wide-twice.csv:3",
    ),
    Case("kept-not.csv", LINES.encode(), "--keep 村,分数", refused="kept-not.csv: no column '分数'; nearest: 分"),
    Case(
        "long-odd.csv", "村,甲,乙\n东山,1,x\n西河,2,3\n".encode(), "--long 村 --number value",
        "村,item,value\n西河,甲,2\n西河,乙,3\n", [("2", "乙", "x", "is not a number")],
    ),
    Case(
        "rounded.csv", "村,分\na,2.345\nb,-2.345\nc,NA\nd,\ne,2.3449\nf,7\n".encode(), "--number 分 --round 分=2",
        "村,分\na,2.35\nb,-2.35\nc,NA\nd,\ne,2.34\nf,7\n",
    ),
    Case(
        "twice-both.csv", "村,项,分\n东山,甲,1\n东山,乙,2\n东山,甲,3\n".encode(), "--unique 村,项",
        "村,项,分\n东山,甲,1\n东山,乙,2\n",
        [("4", "村", "东山", "'东山,甲' is there twice, first in twice-both.csv:2")],
    ),
    Case(
        "all-shapes.xlsx",
        xlsx(
            [
                ["单位：甲镇"], ["序号", "村名", "道路", "饮水", "备注"], [1, "东山", "5%", "/", "x"],
                [None, "二、其他"], [2, "西河", 3, 4],
            ]
        ),
        "--take 单位=镇 --rename 村名=村 --drop 序号,备注 --drop-rows '序号 IS NULL' --long 镇,村 --number value"
        " --na /",
        "镇,村,item,value\n甲镇,东山,道路,0.05\n甲镇,东山,饮水,NA\n甲镇,西河,道路,3\n甲镇,西河,饮水,4\n",
        left=["1: a row above", "4: a row that --drop-rows asks for"],
    ),
    # --- roster and aliases
    Case(
        "names.csv", "village,分\n东山村,1\n 西 河 村,2\n南坪,3\n東山村,4\n东川村,5\n".encode(),
        "--roster roster.csv --aliases aliases.csv --complete",
        "village,分\n东山村,1\n西河村,2\n南坪村,3\n东山村,4\n",
        [("6", "village", "东川村", "'东川村' is not on the roster; nearest: 东山村")],
        files=[("roster.csv", ROSTER), ("aliases.csv", "alias,unit\n南坪,南坪村\n")],
    ),
    Case(
        "silent.csv", "village,分\n东山村,1\n".encode(), "--roster roster.csv --complete",
        "village,分\n东山村,1\n西河村,\n南坪村,\n", files=[("roster.csv", ROSTER)],
    ),
    Case(
        "nearest.csv", "village,分\n东山材,1\n,2\n西河村,3\n".encode(), "--roster roster.csv", "village,分\n西河村,3\n",
        [
            ("2", "village", "东山材", "'东山材' is not on the roster; nearest: 东山村"),
            ("3", "village", "", "blank"),
        ],
        files=[("roster.csv", ROSTER)],
    ),
    Case(
        "twins.csv", "乡,分\n九 龙,1\n九龍,2\n九龙,3\n".encode(), "--roster roster.csv", "乡,分\n九龍,2\n九龙,3\n",
        [("2", "乡", "九 龙", "'九 龙' could be 九龍 or 九龙")], files=[("roster.csv", "乡\n九龍\n九龙\n")],
    ),
    Case(
        "aliased.xlsx", xlsx([["单位", "分"], ["三封", 1], ["三 封 寺", 2]]),
        "--roster roster.csv --aliases aliases.csv -k 单位", "单位,分\n三封寺镇,1\n华容镇,2\n",
        files=[
            ("roster.csv", "镇\n三封寺镇\n华容镇\n"), ("aliases.csv", "alias,unit\n三封,三封寺镇\n三封寺,华容镇\n"),
        ],
    ),
    Case(
        "alias-of-none.csv", "镇,分\n甲,1\n".encode(), "--roster roster.csv --aliases aliases.csv",
        refused="aliases.csv:2: unit: '丙' is not on the roster",
        files=[("roster.csv", "镇\n甲\n"), ("aliases.csv", "alias,unit\n乙,丙\n")],
    ),
    Case(
        "no-roster-column.csv", LINES.encode(), "--roster roster.csv", refused="no column 'village'",
        files=[("roster.csv", ROSTER)],
    ),
]  # fmt: skip
