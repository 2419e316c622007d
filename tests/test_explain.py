"""The account of one unit: its stages, the ledger rows behind them, and what they wrote."""

from __future__ import annotations

from pathlib import Path

import pytest
from conftest import Shell
from harness import Result, fupin

BOARD = "village,kind\n东山,一\n西河,二\n"
EVENTS = 'village,task,points,source\n东山,a,1,"通报, 1"\n西河,b,2,\n东山,c,0.5,会议\n东山,d,9,\n'


@pytest.fixture(autouse=True)
def tables(folder: Path) -> None:
    Path("board.csv").write_text(BOARD)
    Path("events.csv").write_text(EVENTS)


def test_a_chain() -> None:
    words = ["deduct", "board.csv", "--events", "events.csv", "--where", "points < 5", "--full", "20", "--as", "left"]
    words += ["then", "veto", "--when", "left < 18", "then", "rank", "--by", "left", "-o", "out.csv"]
    words += ["then", "keep", "--where", "kind = '二'"]
    assert fupin("--explain", "东山", *words) == Result(
        0,
        """\
东山

deduct board.csv --events events.csv --where 'points < 5' --full 20 --as left
  + 20   full marks
  - 1    events.csv:2: task a, points 1, source 通报, 1
  - 0.5  events.csv:4: task c, points 0.5, source 会议
  left = 18.5

veto --when 'left < 18'
  · does not hold: left < 18 (left 18.5)
  vetoed = false
  veto_reason =

rank --by left -o out.csv
  + 1  the first place
  · next below: 西河 with left 18, 0.5 less
  rank = 1

keep --where "kind = '二'"
  left out
""",
        "",
    )
    assert not Path("out.csv").exists()


def test_a_recipe_with_chains_of_its_own() -> None:
    Path("r.fupin").write_text(
        "some:\nkeep events.csv -k task --where 'points < 5'\n"
        "board:\ntally board.csv --events @some --sum points --as n\nreport\n"
    )
    told = fupin("run", "r.fupin", "--explain", "西河")
    assert told == Result(
        0,
        "西河\n\nboard:\n\ntally board.csv --events @some --sum points --as n\n"
        "  + 2  @some:3: task b, points 2\n  n = 2\n",
        "",
    )
    assert fupin("--explain", "西河", "run", "r.fupin") == told


def test_what_becomes_of_a_unit_that_is_counted() -> None:
    Path("rules.csv").write_text("flag,when\n一,kind = '一'\n")
    Path("r.fupin").write_text(
        "flagged:\nscreen board.csv --rules rules.csv\ncounts:\nscreen -i @flagged --rules rules.csv --by kind\n"
    )
    told = fupin("run", "r.fupin", "--explain", "东山")
    assert told.out == (
        "东山\n\nflagged:\n\nscreen board.csv --rules rules.csv\n"
        "  · 一 holds: kind = '一' (kind 一)\n  flags = 一\n\n"
        "counts:\n\nscreen -i @flagged --rules rules.csv --by kind\n  goes into a table without village\n"
    )


def test_a_pipe_is_read_once(shell: Shell) -> None:
    result = shell("fupin --explain 西河 tally board.csv --events <(cat events.csv) --count --as n | tail -2")
    assert result.out.endswith(":3: task b, points 2\n  n = 1\n")


def test_a_key_of_two_columns() -> None:
    result = fupin("--explain", "东山,一", "weight", "-k", "village,kind", "-i", "b.csv", "n:2", "--as", "m")
    assert result.status == 1
    Path("b.csv").write_text("village,kind,n\n东山,一,1\n东山,二,2\n")
    result = fupin("--explain", "东山,二", "weight", "-k", "village,kind", "-i", "b.csv", "n:2", "--as", "m")
    assert result.out.splitlines()[-1] == "  m = 4"


def test_a_cell_that_was_there_is_not_told_to_be_looked_up() -> None:
    Path("offices.csv").write_text("office,class,place\n甲,一类,\n")
    Path("late.csv").write_text("office,class,place\n甲,二类,5\n")
    told = fupin(
        "--explain", "甲", *["lookup", "offices.csv", "--from", "late.csv", "--take", "class,place", "--fill"]
    ).out
    assert told.splitlines()[3:] == ["  · from: late.csv:2: office 甲, class 二类, place 5", "  place = 5"]


def test_a_unit_that_is_on_no_board() -> None:
    result = fupin("--explain", "东边", "rank", "board.csv", "--by", "kind", "--lowest-first")
    assert result.status == 1
    result = fupin("--explain", "东", "tally", "board.csv", "--events", "events.csv", "--count", "--as", "n")
    assert result == Result(1, "", "fupin: '东' is on no board; nearest: 东山\n")


def test_each_chain_has_its_name_above_it() -> None:
    Path("r.fupin").write_text("first:\nrank board.csv --by kind\nsecond:\nweight -i board.csv n --as b\n")
    Path("board.csv").write_text("village,kind,n\n东山,1,3\n西河,2,4\n")
    told = fupin("run", "r.fupin", "--explain", "西河")
    parts = [part for part in told.out.split("\n\n") if part.endswith(":")]
    assert (told.status, parts) == (0, ["first:", "second:"])
    chained = fupin("--explain", "西河", "run", "r.fupin", "then", "keep", "--where", "n = 4").out
    assert [part for part in chained.split("\n\n") if part.endswith(":")] == ["first:", "second:"]


def test_recipes_that_name_a_chain_alike_are_not_mixed_up() -> None:
    Path("a.fupin").write_text(
        "some:\nkeep events.csv -k task --where 'points < 2'\nboard:\ntally board.csv --events @some --count --as n\n"
    )
    Path("b.fupin").write_text(
        "some:\nkeep events.csv -k task --where 'points > 2'\nboard:\ntally --events @some --count --as m\n"
    )
    result = fupin("run", "a.fupin", "then", "run", "b.fupin")
    assert result == Result(2, "", "fupin run: two recipes have a chain 'some:'; run them one by one\n")


def test_a_row_of_a_ledger_is_a_line() -> None:
    Path("events.csv").write_text('village,task,points\n东山,"a\nevents.csv:9: points 99\r\x1b[1m",1\n')
    told = fupin("--explain", "东山", "tally", "board.csv", "--events", "events.csv", "--count", "--as", "n").out
    assert told.splitlines()[3] == r"  + 1  events.csv:2: task a\nevents.csv:9: points 99\r\x1b[1m, points 1"
    assert told.splitlines()[4:] == ["  n = 1"]
    words = ["veto", "board.csv", "--when", "kind = '一'", "--because", "a\n  n = 2"]
    told = fupin("--explain", "东山", *words).out
    assert told.splitlines()[2:] == [
        r"""veto board.csv --when "kind = '一'" --because 'a\n  n = 2'""",
        "  · holds: kind = '一' (kind 一)",
        "  vetoed = true",
        r"  veto_reason = a\n  n = 2",
    ]


@pytest.mark.parametrize(
    "words",
    [
        ["--explain", "东山", "run", "r.fupin", "--dry-run"],
        ["run", "r.fupin", "--dry-run", "--explain", "东山"],
        ["--explain", "东山", "report", "board.csv"],
        ["--explain", "东山", "man", "rank"],
        ["--explain", "", "rank", "board.csv", "--by", "kind"],
        ["run", "r.fupin", "--explain", ""],
        ["--explain", "东山", "--explain", "西河", "rank", "board.csv", "--by", "kind"],
        ["--explain", "东山", "run", "r.fupin", "--explain", "西河"],
        ["--explain", "东山"],
    ],
    ids=" ".join,
)
def test_nothing_to_explain_is_a_fault_of_the_command_line(words: list[str]) -> None:
    Path("r.fupin").write_text("rank board.csv --by kind\n")
    result = fupin(*words)
    assert (result.status, result.out, result.err.count("\n")) == (2, "", 1)
    assert "'then'" not in result.err
    assert any(told in result.err for told in ("--explain", "a verb is missing"))


def test_a_mean_is_that_of_the_units_that_are_chosen_filled_or_not(folder: Path) -> None:
    Path("board.csv").write_text("村,组,分,补\n甲,一,4,7\n乙,一,,\n丙,二,3,\n")
    told = fupin(
        "--explain", "乙", "score", "分", "-i", "board.csv", "--fill-mean", "--as", "补", "--fill", "--for", "组 = '一'"
    )
    assert [line.split() for line in told.out.splitlines()[-3:]] == [
        ["+", "4", "the", "sum", "of", "分"], ["÷", "1", "the", "mean", "of", "1", "unit"], ["补", "=", "4"],
    ]  # fmt: skip
