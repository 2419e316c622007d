"""The words of reports in Chinese and English, and which of the two the locale asks for.

What stands on a board stays as it is; of the columns that verbs call by a fixed name, and that nobody has given
another one, reports in Chinese have the headings in Chinese.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Literal, NamedTuple

from fupin.verbs import VERBS

Language = Literal["zh", "en"]


class Labels(NamedTuple):
    """The words of a report in one language.

    Args:
        language: its name on a page of HTML.
        headings: what columns are called that verbs call by a fixed name.
        truth: the cells `true` and `false`.
        verbs: what each verb does.
    """

    language: str
    headings: Mapping[str, str]
    truth: Mapping[str, str]
    verbs: Mapping[str, str]
    between: str
    new: str
    footer: str
    cover: str
    ranking: str
    parts: str
    counts_for: str
    full: str
    weight: str
    live: str
    charts: str
    first: str
    rules: str
    chain: str
    verb: str
    does: str
    parameters: str
    place: str
    ledger: str
    file: str
    line: str
    vetoed: str
    why: str
    since: str
    same: str
    up: str
    down: str
    came: str
    comma: str


_CHINESE_VERBS = {
    "form": "生成检查人员填写的评分表",
    "ingest": "整理各单位报来的表格",
    "lookup": "从另一张表取数",
    "tally": "按单位统计台账",
    "vote": "计算民主测评得分",
    "score": "把指标值换算成得分",
    "deduct": "从满分起逐项扣分",
    "bonus": "加减分（有上限）",
    "weight": "按满分和权重汇总",
    "veto": "一票否决",
    "rank": "排名",
    "grade": "评定等次",
    "reward": "奖惩",
    "deadlines": "时限与逾期",
    "screen": "按条件筛查",
    "keep": "保留符合条件的行",
    "draw": "随机抽取",
    "assign": "分解任务到责任单位",
    "margins": "接近分数线和名次线的单位",
    "diff": "两次公布结果的对比",
    "report": "打印",
    "run": "执行方案文件",
    "man": "查看手册",
}

LABELS: Mapping[Language, Labels] = {
    "zh": Labels(
        language="zh-CN",
        headings={
            "rank": "名次", "previous_rank": "上次名次", "change": "升降", "grade": "等次", "reward": "奖惩",
            "reward_note": "奖惩说明", "vetoed": "一票否决", "veto_reason": "否决原因", "flags": "标记",
        },
        truth={"true": "是", "false": "否"},
        verbs=_CHINESE_VERBS,
        between="：",
        new="新",
        footer="第 &P 页，共 &N 页",
        cover="封面",
        ranking="排名",
        parts="分项",
        counts_for="计入",
        full="满分",
        weight="权重",
        live="合计是公式，随分项变动；名次、等次、奖惩和否决不随之变动。",
        charts="图表",
        first="前 {} 名",
        rules="计算规则",
        chain="步骤组",
        verb="步骤",
        does="说明",
        parameters="参数",
        place="出处",
        ledger="台账",
        file="文件",
        line="行",
        vetoed="一票否决",
        why="得分是怎么来的",
        since="与上次相比",
        same="名次没有变化。",
        up="上升",
        down="下降",
        came="新进排名",
        comma="、",
    ),
    "en": Labels(
        language="en",
        headings={},
        truth={},
        verbs=VERBS,
        between=": ",
        new="new",
        footer="&P / &N",
        cover="Cover",
        ranking="Ranking",
        parts="Parts",
        counts_for="Counts for",
        full="Full marks",
        weight="Weight",
        live="Totals are formulas and follow their parts; places, grades, prizes and vetoes do not.",
        charts="Charts",
        first="the first {}",
        rules="Rules",
        chain="Chain",
        verb="Verb",
        does="What it does",
        parameters="Parameters",
        place="Where",
        ledger="Ledger",
        file="File",
        line="Line",
        vetoed="vetoed",
        why="How the figures came about",
        since="Since last time",
        same="No place has changed.",
        up="Up",
        down="Down",
        came="New",
        comma=", ",
    ),
}  # fmt: skip


def of_locale() -> Language:
    """The language that the locale asks for: Chinese if it is a Chinese one."""
    names = (os.environ.get(name) for name in ("LC_ALL", "LC_MESSAGES", "LANG"))
    return "zh" if next(filter(None, names), "").lower().startswith("zh") else "en"
