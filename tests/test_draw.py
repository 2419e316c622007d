"""The verb draw: whoever knows the seed finds the same units with sha256sum."""

from __future__ import annotations

import hashlib
import shlex
from pathlib import Path

import polars as pl
import pytest
from conftest import Shell
from harness import fupin as run
from harness import refused
from hypothesis import given, settings
from hypothesis import strategies as st

import fupin

SEED = "2020年3月13日 07 12 19"
VILLAGES = [f"{name}{kind}" for name in ("龙头", "下湾", "青龙", "塘尾", "石坝", "马岭", "长坑") for kind in "村组"]


def test_sha256sum_finds_the_same_units(folder: Path, shell: Shell) -> None:
    Path("board.csv").write_text("village,n\n" + "".join(f"{village},1\n" for village in VILLAGES))
    lots = f"""\
tail -n +2 board.csv | cut -d, -f1 | while read -r village; do
  printf '%s %s\\n' "$(printf %s {shlex.quote(SEED)} "$village" | sha256sum | cut -d' ' -f1)" "$village"
done | sort | head -5 | cut -d' ' -f2 | sort
"""
    drawn = shell(f"fupin draw board.csv -n 5 --seed {shlex.quote(SEED)} | tail -n +2 | cut -d, -f1 | sort")
    assert drawn == shell(lots)
    assert drawn.out.count("\n") == 5


def drawn(rows: list[tuple[str, str]], number: int, seed: str) -> list[tuple[str, str]]:
    """The rows that are drawn of each group, the second cell, in the order of the table."""
    lots = {row: hashlib.sha256((seed + row[0]).encode()).hexdigest() for row in rows}
    better = {row: sum(lots[other] < lots[row] for other in rows if other[1] == row[1]) for row in rows}
    return [row for row in rows if better[row] < number]


words = st.text(st.characters(codec="utf-8", exclude_characters="\0"), min_size=1, max_size=8)
boards = st.lists(st.tuples(words, st.sampled_from(["一", "二", "NA"])), unique_by=lambda row: row[0], max_size=30)


@settings(max_examples=200, deadline=None)
@given(boards, st.integers(0, 9), words)
def test_those_with_the_smallest_digests_are_drawn(rows: list[tuple[str, str]], number: int, seed: str) -> None:
    board = pl.DataFrame(rows, ["unit", "kind"], orient="row") if rows else pl.DataFrame({"unit": [], "kind": []})
    assert fupin.draw(board, number, seed, within=["kind"]).rows() == drawn(rows, number, seed)
    all_one = [(unit, "") for unit, _ in rows]
    assert fupin.draw(board, number, seed)["unit"].to_list() == [unit for unit, _ in drawn(all_one, number, seed)]


def test_the_order_of_rows_does_not_matter() -> None:
    board = pl.DataFrame({"a": ["x,y", "x", "z"], "b": ["w", "y,w", "w"]})  # two keys that read x,y,w
    for seed in map(str, range(20)):
        one, other = (fupin.draw(rows, 1, seed, key=["a", "b"]).row(0) for rows in (board, board.reverse()))
        assert one == other


def test_groups_that_are_drawn_as_a_whole_are_told_on_one_line(folder: Path) -> None:
    board = "unit,a,b\n" + "".join(f"u{i},{i},x\n" for i in range(7))
    result = run("draw", "-n", "2", "--within", "a", "--within", "b", "--seed", "s", stdin=board)
    named = ", ".join(f"{i},x (1)" for i in range(5))
    assert result.out == board
    assert result.err == f"fupin draw: 7 groups of fewer than 2 units, drawn as a whole: {named}, …\n"
    empty = run("draw", "-n", "1", "--within", "a", "--seed", "s", stdin="unit,a\n")
    assert (empty.status, empty.out, empty.err) == (0, "unit,a\n", "")


def test_what_goes_before_a_draw_goes_into_it(folder: Path) -> None:
    board = "household,village,kind\n1,甲,贫困户\n2,甲,一般户\n3,乙,贫困户\n"
    words = ["keep", "--where", "kind = '贫困户'", "then", "draw", "-n", "1", "--within", "village", "--seed", "s"]
    assert run(*words, stdin=board).out == "household,village,kind\n1,甲,贫困户\n3,乙,贫困户\n"
    told = run("--explain", "2", "draw", "-n", "3", "--seed", "s", stdin=board)
    assert told.out == "2\n\ndraw -n 3 --seed s\n"


@pytest.mark.parametrize(
    ("board", "told"),
    [
        ("unit,kind\na,x\na,y\n", "-:3: unit: 'a' is there twice, first on line 2"),
        ("unit,kind\n,x\n", "-:2: unit: blank"),
        ("unit,knd\na,x\n", "no column 'kind'; nearest: knd"),
    ],
)
def test_bad_boards(board: str, told: str) -> None:
    refused(run("draw", "-n", "1", "--within", "kind", "--seed", "s", stdin=board), 1, "draw", told)
