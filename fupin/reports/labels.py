"""The words of reports in Chinese and English, and which of the two the locale asks for.

What stands on a board stays as it is; of the columns that verbs call by a fixed name, and that nobody has given
another one, reports in Chinese have the headings in Chinese.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Literal, NamedTuple

Language = Literal["zh", "en"]


class Labels(NamedTuple):
    """The words of a report in one language."""

    language: str
    headings: Mapping[str, str]
    truth: Mapping[str, str]
    between: str
    new: str


LABELS: Mapping[Language, Labels] = {
    "zh": Labels(
        language="zh-CN",
        headings={
            "rank": "名次", "previous_rank": "上次名次", "change": "升降", "grade": "等次", "reward": "奖惩",
            "reward_note": "奖惩说明", "vetoed": "一票否决", "veto_reason": "否决原因", "flags": "标记",
        },
        truth={"true": "是", "false": "否"},
        between="：",
        new="新",
    ),
    "en": Labels(language="en", headings={}, truth={}, between=": ", new="new"),
}  # fmt: skip


def of_locale() -> Language:
    """The language that the locale asks for: Chinese if it is a Chinese one."""
    names = (os.environ.get(name) for name in ("LC_ALL", "LC_MESSAGES", "LANG"))
    return "zh" if next(filter(None, names), "").lower().startswith("zh") else "en"
