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


def upto(last: int, form: str = "{}") -> set[str]:
    """The numbers of rules, from 1."""
    return {form.format(number) for number in range(1, last + 1)}


def chinese(last: int, form: str = "{}") -> set[str]:
    """The Chinese numbers of rules, from 一."""
    return {form.format(number) for number in "一二三四五六七"[:last]}


# The numbers that each document gives its rules.
NUMBERED = {
    "Beijinggang town 2019: the plan": {"一", "二(三)"}
    | upto(8, "二(一){}")
    | upto(3, "二(二){}")
    | chinese(3, "三({})"),
    "Annex 1: villages": upto(22),
    "Annex 2: stations and offices": upto(3),
    "Longnan city: deputy county leaders": upto(25) | upto(6, "8 ({})") | upto(6, "11 ({})"),
    "Xiangyin county 2016": chinese(4),
    "Annex: 25 indicators": upto(25),
    "Xinfeng county 2020: a town's visits, checks and contest": (
        upto(2, "一{}") | upto(4, "二{}") | upto(4, "三{}") | upto(3, "四{}")
    ),
    "Dongyuan county 2020: townships inspected": (
        chinese(4) | chinese(2, "五({})") | chinese(2, "六({})") | chinese(3, "七({})")
    ),
    "Annex: the score sheet": upto(26),
}


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
    commands = [command.split() for command in re.findall(r"`([^`]+)`", row.verb)]
    assert commands
    for verb, *words in commands:
        assert verb in VERBS
        assert {word for word in words if word.startswith("--")} <= OPTIONS[verb]
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
