"""--for, --fill and --replace, of every verb that has them: what is written, and what stays as it is (contract §6)."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest
from harness import Result, fupin
from hypothesis import given, settings
from hypothesis import strategies as st
from reference import Row, table
from test_properties import many

FILES = {
    "events.csv": "unit,item,level,points,choice\n甲,a,,1,好\n甲,a,,2,差\n乙,b,,0.5,好\n丙,a,,3,好\n丁,b,,1,差\n",
    "rules.csv": "item,level,points,cap\na,,2,5\nb,,-1,\n",
    "marks.csv": "item,full\na,10\nb,10\n",
    "scores.csv": "unit,item,value\n" + "".join(f"{u},{i},5\n" for u in "甲乙丙丁" for i in "ab"),
    "other.csv": "unit,n\n甲,7\n乙,8\n丙,9\n丁,6\n",
    "flags.csv": "flag,when,note\nlow,x < 5,\n",
    "before.csv": "unit,N\n甲,2\n乙,1\n丙,3\n丁,4\n",
}
VERBS = {
    "lookup": "lookup --from other.csv --take n=N",
    "tally": "tally --events events.csv --sum points --as N",
    "vote": "vote --ballots events.csv --scale 好=100,差=0 --as N --detail",
    "score": "score x --of 10 --full 20 --as N",
    "score mean": "score x --fill-mean --as N",
    "deduct": "deduct --events events.csv --full 20 --as N --detail",
    "deduct items": "deduct --events events.csv --items marks.csv --as N",
    "bonus": "bonus --events events.csv --rules rules.csv --as N --detail",
    "weight": "weight x:0.5 --as N",
    "weight scores": "weight --scores scores.csv --items marks.csv --as N",
    "rank": "rank --by x --as N --keep-order",
    "rank previous": "rank --by x --previous before.csv --as N --keep-order",
    "grade": "grade --by x --bands 好=5,差=0 --as N",
    "reward": "reward --by p --prize 9 --ties full --as N",
    "screen": "screen --rules flags.csv --as N --detail",
}
UNITS = "甲乙丙丁"
TABLES: list[Path] = []
groups = st.lists(st.tuples(st.sampled_from("ab"), st.sampled_from("23456789")), min_size=4, max_size=4)
old_cells = st.lists(st.sampled_from(["1.50", "007", "NA", "x", ""]), min_size=4, max_size=4)


@pytest.fixture(scope="module", autouse=True)
def tables(tmp_path_factory: pytest.TempPathFactory) -> None:
    """The tables that the verbs read, in a folder for all tests here."""
    TABLES[:] = [tmp_path_factory.mktemp("placing")]
    for name, text in FILES.items():
        (TABLES[0] / name).write_text(text)


def run(verb: str, board: str, *words: str) -> Result:
    """Run a verb on a board."""
    named = [str(TABLES[0] / word) if word in FILES else word for word in VERBS[verb].split()]
    return fupin(*named, *words, stdin=board)


def board_of(cells: list[tuple[str, str]], new: Sequence[str] = (), old: Sequence[str] = ()) -> str:
    """A board with groups, numbers and places within groups, and perhaps more columns."""
    lines = [",".join(["unit", "g", "x", "p", *new])]
    for i, (unit, (group, number)) in enumerate(zip(UNITS, cells, strict=True)):
        place = 1 + sum(float(other) > float(number) for its, other in cells if its == group)
        lines.append(",".join([unit, group, number, str(place), *(old[i] for _ in new)]))
    return "\n".join(lines) + "\n"


def rows(result: Result) -> list[Row]:
    """The rows of a board."""
    assert result.status == 0, result.err
    return table(result.out).rows


def computed(verb: str, cells: list[tuple[str, str]]) -> tuple[list[str], list[Row]]:
    """The columns of a verb, and the rows where it is computed for the group a."""
    made = rows(run(verb, board_of(cells), "--for", "g = 'a'"))
    return [column for column in made[0] if column not in ("unit", "g", "x", "p")], made


@pytest.mark.parametrize("verb", VERBS)
@settings(many, max_examples=20)
@given(groups, old_cells)
def test_replace_for_some_touches_no_other_cell(verb: str, cells: list[tuple[str, str]], old: list[str]) -> None:
    new, made = computed(verb, cells)
    board = board_of(cells, new, old)
    result = run(verb, board, "--for", "g = 'a'", "--replace")
    assert rows(result) == [
        row if row["g"] == "a" else row | dict.fromkeys(new, before) for row, before in zip(made, old, strict=True)
    ]
    assert result.out.splitlines()[0] == board.splitlines()[0]
    assert run(verb, board, "--for", "g = 'a'").status == 1  # nothing is written over unasked


@pytest.mark.parametrize("verb", VERBS)
@settings(many, max_examples=20)
@given(groups, old_cells)
def test_fill_touches_nothing_that_is_there(verb: str, cells: list[tuple[str, str]], old: list[str]) -> None:
    new, made = computed(verb, cells)
    filled = rows(run(verb, board_of(cells, new, old), "--for", "g = 'a'", "--fill"))
    alone = {"score mean", "rank", "rank previous", "reward"}  # of these the figures depend on who else is filled
    for row, before, wanted in zip(filled, old, made, strict=True):
        if before or row["g"] != "a":
            assert [row[column] for column in new] == [before] * len(new)
        elif verb not in alone:
            assert row == wanted


@pytest.mark.parametrize("verb", VERBS)
def test_fill_and_replace_do_not_go_together(verb: str) -> None:
    result = run(verb, "", "--fill", "--replace")
    told = "give either --fill, which writes where a cell is missing, or --replace, which writes over it"
    assert result == Result(2, "", f"fupin {verb.partition(' ')[0]}: {told}\n")


def test_the_score_of_one_village_is_put_right() -> None:
    board = "village,field,field30\n甲,80,24\n乙,91,29\n丙,70,21\n"
    words = ["weight", "field/100:30%", "--as", "field30", "--replace", "--for", "village = '乙'"]
    assert fupin(*words, stdin=board) == Result(0, board.replace("91,29", "91,27.3"), "")


def test_a_second_ranking_fills_what_the_first_has_left(folder: Path) -> None:
    """With --previous the places gained belong to the units that are ranked."""
    Path("before.csv").write_text("v,rank\n甲,2\n乙,1\n丙,1\n丁,2\n")
    board = "v,g,x\n甲,a,5\n乙,a,4\n丙,b,3\n丁,b,9\n"
    rank = ["rank", "--by", "x", "--previous", "before.csv", "--keep-order"]
    one = fupin(*rank, "--for", "g = 'a'", stdin=board)
    assert one.out == "v,g,x,rank,previous_rank,change\n甲,a,5,1,2,1\n乙,a,4,2,1,-1\n丙,b,3,,,\n丁,b,9,,,\n"
    both = fupin(*rank, "--for", "g = 'b'", "--fill", stdin=one.out)
    assert both.out == one.out.replace("丙,b,3,,,", "丙,b,3,2,1,-1").replace("丁,b,9,,,", "丁,b,9,1,2,1")
