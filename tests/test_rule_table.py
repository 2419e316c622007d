"""The table of rules in samples/README.md is whole, and each sample, verb and test that it names is there."""

from __future__ import annotations

import re
from pathlib import Path
from typing import NamedTuple

import click
import pytest

from fupin.cli import fupin as group
from fupin.verbs import VERBS

HERE = Path(__file__).parent
SAMPLES = HERE.parent / "samples"
README = (SAMPLES / "README.md").read_text("utf-8")
NONE = "–"
OPTIONS = {
    verb: {option for parameter in command.params for option in parameter.opts}
    for verb in VERBS
    if (command := group.get_command(click.Context(group), verb))
}


class Row(NamedTuple):
    """A rule, what it asks, and what stands for it."""

    rule: str
    asks: str
    sample: str
    verb: str
    test: str


def upto(last: int) -> set[str]:
    """The numbers of rules."""
    return {str(number) for number in range(1, last + 1)}


# The numbers that each document gives its rules.
NUMBERED = {
    "Beijinggang town 2019: the plan": {
        "一", *(f"二(一){number}" for number in range(1, 9)), *(f"二(二){number}" for number in range(1, 4)),
        "二(三)", "三(一)", "三(二)", "三(三)",
    },
    "Annex 1: villages": upto(22),
    "Annex 2: stations and offices": upto(3),
    "Longnan city: deputy county leaders": {
        *upto(25), *(f"8 ({number})" for number in range(1, 7)), *(f"11 ({number})" for number in range(1, 7)),
    },
    "Xiangyin county 2016": set("一二三四"),
    "Annex: 25 indicators": upto(25),
    "Xinfeng county 2020: a town's visits, checks and contest": set("一1 一2 二1 二2 二3 二4 三1 三2 三3 三4 四1 四2 四3".split()),
    "Dongyuan county 2020: townships inspected": set("一 二 三 四 五(一) 五(二) 六(一) 六(二) 七(一) 七(二) 七(三)".split()),
    "Annex: the score sheet": upto(26),
}  # fmt: skip


def tables() -> dict[str, list[Row]]:
    """The rows below each heading that has a table of rules."""
    found: dict[str, list[Row]] = {}
    for part in re.split(r"^##+ ", README, flags=re.MULTILINE):
        lines = [line.strip("|").split(" | ") for line in part.splitlines() if line.startswith("| ")]
        if lines and lines[0][0].strip() == "rule":
            found[part.splitlines()[0]] = [Row(*(cell.strip() for cell in line)) for line in lines[1:]]
    return found


ROWS = [row for rows in tables().values() for row in rows]


def numbers(rule: str) -> set[str]:
    """The numbers in the first cell of a row: `3–15` are thirteen, `22 ①` is 22, `8 (1)` is itself and 8."""
    if span := re.match(r"(\d+)–(\d+)", rule):
        return {str(number) for number in range(int(span[1]), int(span[2]) + 1)}
    return {rule, rule.partition(" ")[0]}


@pytest.mark.parametrize("heading", NUMBERED)
def test_each_numbered_rule_has_a_row(heading: str) -> None:
    found = set().union(*(numbers(row.rule) for row in tables()[heading]))
    assert NUMBERED[heading] - found == set()


def test_no_other_tables() -> None:
    assert set(tables()) == set(NUMBERED)


def test_what_is_not_computed_is_organisational_for_a_reason() -> None:
    organisational = [row for row in ROWS if row.verb.startswith("organisational: ")]
    assert [row for row in organisational if (row.sample, row.test) != (NONE, NONE)] == []
    assert [row for row in organisational if len(row.verb.split()) < 3] == []
    assert [row for row in ROWS if row.test == NONE and row not in organisational] == []


@pytest.mark.parametrize("row", [row for row in ROWS if row.test != NONE], ids=lambda row: row.rule)
def test_what_a_row_names_is_there(row: Row) -> None:
    for sample in re.findall(r"`([^`]+)`", row.sample):
        assert (SAMPLES / sample / "README.md").exists()
    verb = ""
    for word in (word for command in re.findall(r"`([^`]+)`", row.verb) for word in command.split()):
        if word.startswith("--"):
            assert word in OPTIONS[verb], f"{verb} {word}"
        elif word in VERBS:
            verb = word
    assert verb
    tests = re.findall(r"`([^`]+)`", row.test)
    assert tests
    for test in tests:
        module, _, function = test.partition("::")
        if function:
            assert re.search(rf"^def {function}\(", (HERE / f"{module}.py").read_text("utf-8"), re.MULTILINE), test
        else:
            assert (HERE / test / "cmd").exists(), test


def test_all_samples_are_told() -> None:
    told = re.findall(r"^\| \[`([\w-]+)`\]\(\1/README\.md\) \|", README, re.MULTILINE)
    assert sorted(told) == sorted(path.parent.name for path in SAMPLES.glob("*/README.md"))
