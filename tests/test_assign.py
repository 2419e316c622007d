"""The verb assign: nobody who is named for an indicator is lost, and nobody counts twice."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest
from harness import Result, refused
from harness import fupin as run
from hypothesis import given, settings
from hypothesis import strategies as st

import fupin

BOARD = "indicator,full\n减贫,16\n识别,5\n"


@pytest.fixture(autouse=True)
def to(folder: Path) -> None:
    Path("to.csv").write_text("indicator,unit\n减贫,扶贫办\n减贫,各乡镇\n识别,各乡镇\n")
    Path("groups.csv").write_text("group,unit\n各乡镇,龙头镇\n各乡镇,下湾镇\n")


Rule = tuple[str, str, str]
names = st.sampled_from("甲乙丙丁")
rules = st.lists(st.tuples(st.sampled_from("123"), names, st.sampled_from("主协")), unique_by=lambda rule: rule[:2])
groupings = st.lists(st.tuples(st.sampled_from("丙丁"), st.sampled_from("甲乙戊")), unique=True)


def answers(items: list[str], to: list[Rule], groups: list[tuple[str, str]]) -> list[tuple[str, str, str]]:
    """Who answers for what, one by one: an own row goes before that of a group, and the first group before others."""
    found = []
    group_names = {group for group, _ in groups}
    for item in items:
        mine = [rule for rule in to if rule[0] == item]
        owns = {unit for _, unit, _ in mine if unit not in group_names}
        seen = set()
        for _, unit, role in mine:
            if unit in owns:
                found.append((unit, item, role))
                continue
            for member in (member for group, member in groups if group == unit):
                if member not in owns | seen:
                    seen.add(member)
                    found.append((member, item, role))
    return found


@settings(max_examples=200, deadline=None)
@given(st.permutations("123"), rules, groupings)
def test_everybody_who_is_named_answers_once(items: list[str], to: list[Rule], groups: list[tuple[str, str]]) -> None:
    board = pl.DataFrame({"indicator": items, "full": range(3)})
    table = pl.DataFrame(to, {"indicator": pl.String, "unit": pl.String, "role": pl.String}, orient="row")
    several = pl.DataFrame(groups, {"group": pl.String, "unit": pl.String}, orient="row")
    result = fupin.assign(board, table, groups=several)
    assert result.select("unit", "item", "role").rows() == answers(items, to, groups)
    assert result["full"].to_list() == [str(items.index(item)) for item in result["item"]]


def test_a_name_without_a_group_stays(folder: Path) -> None:
    words = ["assign", "--to", "to.csv", "--groups", "groups.csv"]
    Path("groups.csv").write_text("group,unit\n有关乡镇,龙头镇\n")
    result = run(*words, stdin=BOARD)
    assert result.out.splitlines()[1:] == ["扶贫办,减贫,16", "各乡镇,减贫,16", "各乡镇,识别,5"]
    Path("units.csv").write_text("unit\n扶贫办\n龙头镇\n")
    told = run(*words, "then", "veto", "-i", "units.csv", "--events", "-", stdin=BOARD)
    assert (told.status, told.out) == (1, "")
    assert told.err.splitlines()[0] == "fupin veto: -:3: unit: '各乡镇' is not on the board"


def test_nothing_is_assigned_of_an_empty_board() -> None:
    result = run("assign", "--to", "to.csv", "--strays", "ignore", "--where", "full > 5", stdin="indicator,full\n")
    assert result == Result(0, "unit,item,full\n", "fupin assign: ignored 3 rows that are not on the board\n")
    assert run("assign", "--to", "to.csv", "--where", "full > 16", stdin=BOARD) == Result(0, "unit,item,full\n", "")


def test_a_condition_without_a_column() -> None:
    words = ["assign", "--to", "to.csv", "--where"]
    assert run(*words, "1 = 1", stdin=BOARD) == run(*words[:-1], stdin=BOARD)
    assert run(*words, "1 = 2", stdin=BOARD).out == "unit,item,full\n"


def test_that_nobody_answers_is_told_on_one_line() -> None:
    board = BOARD + "".join(f"指标{i},1\n" for i in range(7))
    told = run("assign", "--to", "to.csv", "-v", stdin=board).err.splitlines()
    assert told[0] == "fupin assign: nobody answers for 7 rows of the board, left out: " + ", ".join(
        [*(f"指标{i}" for i in range(5)), "…"]
    )


@pytest.mark.parametrize(
    ("words", "board", "told"),
    [
        (["--where", "full > 5"], "indicator,full\n减贫,\n识别,5\n", "-:2: full: missing, so that"),
        (["--where", "ful > 5"], BOARD, "no column 'ful'; nearest: full"),
        (["--on", "ful"], BOARD, "no column 'ful'; nearest: full"),
        (["--on", "full"], BOARD, "to.csv: no column 'full'"),
        (["-k", "full"], "indicator,full\n减贫,\n", "-:2: full: blank"),
        ([], "indicator,unit\n减贫,龙头镇\n识别,龙头镇\n", "-: unit: the ledger has this column too"),
        ([], "unit,full\n减贫,1\n", "-: unit: --to has the responsible ones"),
        ([], "indicator,full\n减贫,1\n", "to.csv:4: indicator: '识别' is not on the board"),
        (["--to", "none.csv"], BOARD, "none.csv: no such file"),
        (["--groups", "to.csv"], BOARD, "to.csv: no column 'group'"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_bad_tables(words: list[str], board: str, told: str) -> None:
    words = ["assign", *([] if "--to" in words else ["--to", "to.csv"]), *words]
    refused(run(*words, stdin=board), 1, "assign", told)


def test_a_fault_in_a_chain_names_the_indicator() -> None:
    board = "county,indicator,rank\n湘阴,减贫,3\n平江,识别,\n"
    words = ["keep", "--where", "county <> ''", "then", "assign", "-k", "indicator", "--to", "to.csv"]
    refused(run(*words, "--where", "rank > 2", stdin=board), 1, "assign", "识别: rank: ")
    twice = board.replace("识别", "减贫")
    refused(run(*words, stdin=twice), 1, "assign", "indicator: '减贫' is there twice, first in row 1")
    with pytest.raises(fupin.DataError, match=r"^识别: rank: "):
        fupin.assign(pl.read_csv(board.encode()), "to.csv", key=["indicator"], where="rank > 2")


def test_an_account_of_a_unit_has_what_it_answers_for() -> None:
    Path("units.csv").write_text("unit\n扶贫办\n龙头镇\n")
    words = ["assign", "--to", "to.csv", "--where", "full > 5", "then", "tally", "-i", "units.csv", "--events", "-"]
    words += ["--strays", "ignore", "--count", "--as", "n"]
    told = run("--explain", "扶贫办", *words, stdin=BOARD)
    assert told.out.splitlines()[-2:] == ["  + 1  -:2: item 减贫, full 16", "  n = 1"]
    refused(run("--explain", "减贫", "assign", "--to", "to.csv", stdin=BOARD), 2, "", "no verb here computes")
