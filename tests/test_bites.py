"""Every rule of a scheme bites: without it, or with another, the recipe gives another cell that the README names.

The cells are worked out by hand from the sample's inputs.
"""

from __future__ import annotations

import csv
import io
import re
import shutil
from pathlib import Path
from typing import NamedTuple

import pytest
from harness import Result, fupin

SAMPLES = Path(__file__).parent.parent / "samples"


class Bite(NamedTuple):
    """A rule in a sample's recipe or rule table, what stands there instead, and what that does to a cell."""

    rule: str
    instead: str
    unit: str
    column: str
    cell: str
    otherwise: str
    file: str = "scheme.fupin"


BITES = {
    "county-indicators": [
        Bite("county_place > 3", "county_place > 4", "工信局", "vetoed", "true", "false"),
        Bite("'place > 5 ", "'place > 6 ", "电力局", "vetoed", "true", "false"),
        Bite("--within item ", "--within item --ties dense ", "电力局", "vetoed", "true", "false"),
        Bite(" --most 2", "", "国调队", "late", "2", "9.4"),
        Bite("--full 50 --round 2 ", "--full 50 ", "财政局", "result", "47.93", "47.934783"),
        Bite(" --within kind", "", "人民银行", "rank", "1", "16"),
    ],
    "household-visits": [
        Bite("未脱贫=6", "未脱贫=5", "C22", "visits", "9", "10"),
        Bite("已脱贫=3", "已脱贫=4", "C17", "visits", "20", "13"),
        Bite("--distinct date", "--count", "C30", "visits", "16", "17"),
        Bite("2020-03-13", "2020-03-12", "C21", "unvisited", "2", "9"),
        Bite("BETWEEN '2020-03-10' AND '2020-03-13'", "<= '2020-03-13'", "C06", "rank", "11", "8"),
        Bite("unvisited:-0.5", "unvisited:0", "C12", "rank", "3", "1"),
        Bite("--full 20", "--full 20 --floor -20", "C20", "visits", "0", "-13"),
        Bite("--tie-break helped", "", "C03", "rank", "5", "3"),
        Bite("weak <= 1", "weak <= 2", "C05", "unvisited", "0", "1", "kinds.csv"),
    ],
    "village-20-30-50": [
        Bite("--full 20 ", "--full 20 --floor -10 ", "樟木桥村", "routine", "0", "-5"),
        Bite(" --once task,due", "", "新堤村", "rank", "2", "3"),
        Bite("--once task,due", "--once task", "望月坪村", "routine", "15", "15.5"),
        Bite("--once task,due", "", "望月坪村", "routine", "15", "14.5"),
        Bite("--round 2 --as total", "--as total", "渡口社区", "total", "89.78", "89.778571"),
        Bite("--per-day 0.5", "--per-day 1", "荷叶垸村", "routine", "15", "14.5"),
        Bite("--most 2", "--most 1", "梅子园村", "routine", "14.5", "15.5"),
        Bite("--missing rescale", "--missing zero", "青塘村", "rank", "10", "11"),
        Bite("--missing rescale", "--missing rescale --na zero", "渡口社区", "industry", "44.428571", "37.32"),
        Bite(
            "媒体宣传,中央,1,3\n媒体宣传,省,0.5,3\n媒体宣传,市,0.5,3\n",
            "媒体宣传,中央,1,\n媒体宣传,省,0.5,\n媒体宣传,市,0.5,\n",
            "月形山村",
            "extras",
            "5",
            "5.5",
            "extras-rules.csv",
        ),
        Bite(
            "国家,3,3\n迎检过关,省,2,3\n迎检过关,市,1,3\n",
            "国家,3,4\n迎检过关,省,2,4\n迎检过关,市,1,4\n",
            "枫树岭村",
            "extras",
            "3",
            "4",
            "extras-rules.csv",
        ),
        Bite(
            "国家,2,2\n经验推介,省,1,2\n经验推介,市,0.5,2\n",
            "国家,2,3\n经验推介,省,1,3\n经验推介,市,0.5,3\n",
            "莲台村",
            "extras",
            "3",
            "3.5",
            "extras-rules.csv",
        ),
        Bite("现场会,,1,2", "现场会,,1,", "新堤村", "extras", "3", "4", "extras-rules.csv"),
        Bite(
            "舆情,-0.5,3\n舆情信访,信访,-0.5,3\n",
            "舆情,-0.5,\n舆情信访,信访,-0.5,\n",
            "永宁村",
            "extras",
            "-3",
            "-3.5",
            "extras-rules.csv",
        ),
        Bite(
            "国家,-3,3\n迎检问题,省,-2,3\n迎检问题,市,-1,3\n",
            "国家,-3,\n迎检问题,省,-2,\n迎检问题,市,-1,\n",
            "双丰村",
            "extras",
            "-3.5",
            "-5.5",
            "extras-rules.csv",
        ),
        Bite("total < 70", "total < 69.9", "樟木桥村", "vetoed", "true", "false"),
        Bite("total < 70", "total <= 70", "石灰冲村", "vetoed", "false", "true"),
        Bite(" --events vetoes.csv", "", "枫树岭村", "rank", "", "2"),
        Bite(" --tie-break field", "", "古井冲村", "rank", "6", "5"),
        Bite("--ties split", "--ties full", "莲台村", "reward", "3500", "4000"),
    ],
    "township-inspection": [
        Bite("--sum 102 ", "--sum 102 --na full ", "漳溪乡", "rank", "7", "6"),
        Bite("--sum 102 ", "--sum 102 --na zero ", "柳城镇", "total", "70.64", "69.25"),
        Bite("--round 2 --as total", "--as total", "柳城镇", "total", "70.64", "70.635"),
        Bite(" --within group", "", "上莞镇", "group_rank", "7", "18"),
    ],
    "station-units": [
        Bite("--full 15 ", "--full 15 --floor -15 ", "水产站", "routine", "0", "-1"),
        Bite("--once task --for \"kind <> '3'\"", "--for \"kind <> '3'\"", "团委", "routine", "17", "16.5"),
        Bite("--once task --for \"kind <> '3'\"", "--for \"kind <> '3'\"", "供电所", "routine", "19", "18.5"),
        Bite("--full 20 ", "--full 15 ", "信访办", "routine", "4", "0"),
        Bite("score class --map 一类=15,二类=13,三类=11 --as industry\n", "", "水利站", "industry", "13", "15"),
        Bite("score class --map 一类=15,二类=13,三类=11 --as industry\n", "", "农机站", "industry", "15", "13"),
        Bite("--places 15:1", "--places 15:0.5", "财政所", "industry", "0", "7"),
        Bite("score industry --na-mean --round 2 --as industry\n", "", "文广站", "base", "83.37", "86.705882"),
        Bite("--range -3:3 ", "", "党政办", "extras", "3", "3.5"),
        Bite("--range -3:3 ", "", "工会", "extras", "-3", "-4"),
        Bite("--range -3:3 ", "--sides -3:3 ", "派出所", "extras", "1", "0"),
        Bite(" --tie-break third", "", "人大办", "rank", "3", "2"),
        Bite(" --within kind", "", "派出所", "rank", "1", "3"),
    ],
    "big-contest": [
        Bite("1,5000", "1,0", "龙头村", "funds", "13000", "3000", "rewards.csv"),
        Bite("-1,-5000", "-1,0", "长坑村", "funds", "-9000", "-6500", "rewards.csv"),
        Bite(
            "contest/100:50% appraisal/100:50%",
            "contest/100:60% appraisal/100:40%",
            "龙头村",
            "mark",
            "90.37",
            "90.48",
        ),
        Bite("--sum 100 --round 2 --as mark", "--sum 100 --as mark", "龙头村", "mark", "90.37", "90.365"),
        Bite(" --tie-break contest", "", "长坑村", "rank", "8", "7"),
    ],
    "cadre-45-20-10": [
        Bite("--round 4", "--round 2", "甲06", "grade", "称职", "优秀"),
        Bite("书记,甲05,78.5", "书记,甲05,78.4", "甲05", "grade", "优秀", "称职", "heads.csv"),
        Bite("--quota 优秀=15% --quota-max 优秀=20% --base 80", "", "庚03", "grade", "称职", "优秀"),
        Bite("--quota-max 优秀=20% --base 80", "--base 80", "戊02", "grade", "优秀", "称职"),
        Bite(" --base 80", "", "乙05", "grade", "优秀", "称职"),
        Bite("veto --events vetoes.csv\n", "", "己01", "grade", "待研究", "优秀"),
        Bite("veto --events vetoes.csv\n", "", "乙06", "grade", "优秀", "称职"),
        Bite("靠前,优秀,20%,", "靠前,优秀,15%,", "甲04", "grade", "优秀", "称职", "quotas.csv"),
        Bite("靠前,优秀,20%,45,", "靠前,优秀,20%,30,", "甲04", "grade", "优秀", "称职", "quotas.csv"),
        Bite("靠前,优秀,20%,45,3", "靠前,优秀,20%,45,6", "甲04", "grade", "优秀", "称职", "quotas.csv"),
        Bite("靠后,优秀,10%,30,1,10%", "靠后,优秀,15%,30,1,15%", "壬03", "grade", "称职", "优秀", "quotas.csv"),
        Bite("靠后,优秀,10%,30,1,10%", "靠后,优秀,10%,30,1,", "壬02", "grade", "称职", "优秀", "quotas.csv"),
        Bite("靠后,优秀,10%,30,1,", "靠后,优秀,10%,30,0,", "壬02", "grade", "称职", "优秀", "quotas.csv"),
        Bite("丙县,93,92,是,", "丙县,93,92,否,", "丙02", "grade", "称职", "优秀", "counties.csv"),
        Bite("乙县,4", "乙县,2", "乙县", "pool", "一般", "靠前", "last-year-counties.csv"),
        Bite("辛县,7", "辛县,8", "辛县", "pool", "一般", "靠后", "last-year-counties.csv"),
        Bite("己县,8", "己县,6", "己04", "consequence", "择优提拔重用", "", "last-year-counties.csv"),
        Bite("己县,92.4,93.5,否,是", "己县,92.4,93.5,否,否", "己04", "consequence", "择优提拔重用", "", "counties.csv"),
        Bite(
            "place <= 3",
            "place <= 4",
            "己02",
            "consequence",
            "择优提拔重用",
            "择优提拔重用; 优先提拔重用",
            "consequences.csv",
        ),
        Bite("乙06,优秀", "乙06,称职", "乙06", "consequence", "优先提拔重用", "", "last-year.csv"),
        Bite(
            "辛05,不胜任现职\n",
            "",
            "辛05",
            "consequence",
            "诫勉谈话; 组织调整且一年内不得提拔",
            "诫勉谈话",
            "unfit.csv",
        ),
    ],
}


def sample_of(name: str, folder: Path) -> Path:
    """A copy of a sample."""
    return Path(shutil.copytree(SAMPLES / name, folder / "sample"))


def change(path: Path, rule: str, instead: str) -> None:
    """Put something else in the place of a rule, which is there once."""
    text = path.read_text("utf-8")
    assert text.count(rule) == 1
    path.write_text(text.replace(rule, instead), "utf-8")


def stop_at(recipe: Path, column: str) -> None:
    """Drop what comes behind the last stage that makes a column with --as, and may not take what it now holds."""
    stages = re.split(r"\n(?! )", recipe.read_text("utf-8").rstrip())
    making = [at for at, stage in enumerate(stages) if f"--as {column}" in stage]
    recipe.write_text("\n".join(stages[: making[-1] + 1] if making else stages), "utf-8")


def run(sample: Path) -> Result:
    """Run a sample's recipe."""
    return fupin("run", sample / "scheme.fupin")


def cell(table: str, unit: str, column: str) -> str:
    """The cell of a unit."""
    return next(row[column] for row in csv.DictReader(io.StringIO(table)) if unit in row.values())


@pytest.mark.parametrize(
    ("name", "bite"),
    [
        pytest.param(name, bite, id=f"{name}-{bite.unit}-{bite.rule.strip()}")
        for name, bites in BITES.items()
        for bite in bites
    ],
)
def test_a_rule_bites(name: str, bite: Bite, tmp_path: Path) -> None:
    sample = sample_of(name, tmp_path)
    assert cell((sample / "expected.csv").read_text("utf-8"), bite.unit, bite.column) == bite.cell
    change(sample / bite.file, bite.rule, bite.instead)
    stop_at(sample / "scheme.fupin", bite.column)
    result = run(sample)
    assert result.status == 0, result.err
    assert cell(result.out, bite.unit, bite.column) == bite.otherwise


def refused_for(result: Result, *told: str) -> None:
    """Nothing comes, and the last line tells why."""
    assert (result.status, result.out) == (1, "")
    for part in told:
        assert part in result.err.splitlines()[-1]


def test_a_result_that_is_late_is_not_a_task_that_is_not_there(tmp_path: Path) -> None:
    """An office whose class and place are not yet published stops the run; the mean is for those without a task."""
    sample = sample_of("station-units", tmp_path)
    published = "--na 无任务 --roster units.csv\n"
    change(sample / "scheme.fupin", published, f"{published}keep --where \"unit <> '林业站'\"\n")
    refused_for(run(sample), "industry", "林业站")


def test_a_rating_that_did_not_come_stops_the_run(tmp_path: Path) -> None:
    sample = sample_of("cadre-45-20-10", tmp_path)
    change(sample / "heads.csv", "县长,丁04,", "县长,丁05,")
    result = run(sample)
    assert (result.status, result.out) == (1, "")
    assert "丁04" in result.err
    assert "丁05" in result.err


def test_a_new_cadre_has_to_be_thought_of(tmp_path: Path) -> None:
    """Who has no grade of last year is not taken for one who was not 优秀: the rule has to say so."""
    sample = sample_of("cadre-45-20-10", tmp_path)
    change(sample / "consequences.csv", " AND last_grade IS NOT NULL", "")
    refused_for(run(sample), "last_grade", "甲02")
