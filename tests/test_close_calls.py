"""Decisions by a hair: told where nothing but an earlier rounding may have made them, and only there (contract §2)."""

from __future__ import annotations

import logging
import random
import shlex
from collections.abc import Callable, Sequence
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from typing import Any

import polars as pl
import pytest
import reference as ref
from conftest import Shell
from harness import Result, fupin
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn
from reference import table
from test_properties import close, gap, many, nears

import fupin as library

ADVICE = "; if an earlier rounding made the difference, use --round where that figure is made"
JUDGES = "item,village,mark\n" + "".join(f"{item},甲,{mark}\n" for item in "abc" for mark in (23, 23, 24))


def told(verb: str, count: str, *pairs: str, near: str = "0.00001") -> str:
    """The line that tells of close calls."""
    return f"fupin {verb}: {count}, less than {near} apart: {'; '.join(pairs)}{ADVICE}\n"


def test_three_judges_on_three_items(folder: Path) -> None:
    """23, 23 and 24 on each of three items are 70, and 69.999999 by the usual rounding."""
    Path("marks.csv").write_text(JUDGES)
    means = [f"tally --events marks.csv --where \"item = '{item}'\" --mean mark --as {item}" for item in "abc"]
    words = " then ".join([*means, "weight a b c --as total", "veto --when 'total < 70'"])
    board = "village\n甲\n"
    result = run(words, board)
    assert (
        result.out
        == "village,a,b,c,total,vetoed,veto_reason\n甲,23.333333,23.333333,23.333333,69.999999,true,total < 70\n"
    )
    assert result.err == told("veto", "1 close decision", "甲 total 69.999999 and 70")
    rounded = run(words.replace("--as total", "--round 2 --as total"), board)
    assert (rounded.out.splitlines()[1], rounded.err) == ("甲,23.333333,23.333333,23.333333,70,false,", "")


def run(line: str, board: str) -> Result:
    """Run a line of words with a board on standard input."""
    return fupin(*shlex.split(line), stdin=board)


BOARD = "v,total,x,kind\n甲,69.999999,1,a\n乙,70,1,b\n丙,70,1.000001,a\n丁,70.00001,1,b\n戊,70.000019,1,a\n"


def test_neighbours_in_a_ranking_by_the_column_that_decides_between_them() -> None:
    result = fupin("rank", "--by", "total", "--tie-break", "x", stdin=BOARD)
    pairs = [
        "戊 total 70.000019 and 丁 total 70.00001",
        "丙 x 1.000001 and 乙 x 1",
        "乙 total 70 and 甲 total 69.999999",
    ]
    assert result.err == told(
        "rank", "3 close decisions", *pairs
    )  # 70.00001 and 70 are 0.00001 apart, which is not less
    within = fupin("rank", "--by", "total", "--within", "kind", stdin=BOARD)
    assert within.err == told("rank", "1 close decision", "丙 total 70 and 甲 total 69.999999")


def test_how_much_is_told() -> None:
    words = ["rank", "--by", "total", "--near", "0.1"]
    some, every, none = (fupin(*words, *more, stdin=BOARD) for more in ([], ["-v"], ["-q"]))
    pairs = ["戊 total 70.000019 and 丁 total 70.00001", "丙 total 70 and 甲 total 69.999999"]
    assert some.err == told("rank", "2 close decisions", *pairs, near="0.1")  # 70.00001 and 70 have too few decimals
    lines = [f"fupin rank: less than 0.1 apart: {pair}\n" for pair in pairs]
    assert every.err == some.err + "".join(lines) + "fupin rank: 5 rows in, 5 out\n"
    assert none.err == ""
    assert some.out == every.out == none.out == fupin(*words[:3], "--near", "0", stdin=BOARD).out
    assert fupin(*words[:3], "--near", "0", stdin=BOARD).err == ""
    long = "v,t\n" + "".join(f"v{i},{i}.000001\nw{i},{i}\n" for i in range(9))
    found = fupin("rank", "--by", "t", "-v", stdin=long).err.splitlines()
    assert found[0].endswith(f"v6 t 6.000001 and w6 t 6; and 6 more (-v names all){ADVICE}")
    assert len(found) == 1 + 9 + 1


def test_a_distance_is_not_below_0() -> None:
    for verb in (["rank", "--by", "t"], ["grade", "--by", "t", "--bands", "a=1"], ["veto", "--when", "t < 1"]):
        result = fupin(*verb, "--near", "-1", stdin="v,t\n")
        assert (result.status, result.err) == (2, f"fupin {verb[0]}: --near: -1 is below 0; it is a distance\n")
    result = fupin("score", "t", "--map", "1=2", "--near", "1", "--as", "p", stdin="v,t\n")
    assert (result.status, result.err) == (2, "fupin score: --near goes with --bands\n")


def test_all_and_nothing_cannot_be_told() -> None:
    assert fupin("rank", "--by", "t", "-q", "-v", stdin="v,t\n").status == 2


@pytest.mark.parametrize(
    ("when", "pairs"),
    [
        ("total < 70", ["甲 total 69.999999 and 70"]),
        ("70 > total", ["甲 total 69.999999 and 70"]),
        ("total < 35 * 2", ["甲 total 69.999999 and 70"]),
        ("total * 2 < 140", ["甲 total * 2 139.999998 and 140"]),
        ("total + 0 < x * 70", ["甲 total + 0 69.999999 and x * 70 70"]),
        ("total BETWEEN 60 AND 70", ["甲 total 69.999999 and 70"]),
        ("NOT (total >= 70)", ["甲 total 69.999999 and 70"]),
        ("total IN (1, 70)", ["甲 total 69.999999 and 70"]),
        ("total = 70", ["甲 total 69.999999 and 70"]),
        ("total < 70 AND kind = 'a'", ["甲 total 69.999999 and 70"]),
        ("total < 70 AND kind = 'b'", []),  # 甲 is none of these, whatever its total is
        ("total < 70 OR kind = 'a'", []),  # 甲 is one of these already
        ("TEXT(total) < '70'", []),
        ("total < 69.9", []),
    ],
)
def test_numbers_that_a_veto_compares(when: str, pairs: Sequence[str]) -> None:
    result = fupin("veto", "--when", when, stdin=BOARD.replace("70.00001", "80"))
    assert result.status == 0
    assert result.err == (told("veto", "1 close decision", *pairs) if pairs else "")


def test_the_end_of_a_quota() -> None:
    board = "v,s\n甲,95\n乙,91.000001\n丙,91\n丁,80\n"
    words = ["grade", "--by", "s", "--bands", "优=90,良=0"]
    result = fupin(*words, "--quota", "优=2", stdin=board)
    assert [row["grade"] for row in table(result.out).rows] == ["优", "优", "良", "良"]
    assert result.err == told("grade", "1 close decision", "乙 s 91.000001 and 丙 s 91")
    for quota in ("1", "3"):
        assert fupin(*words, "--quota", f"优={quota}", stdin=board).err == ""


def test_units_that_do_not_count() -> None:
    board = "v,s,vetoed\n甲,90,false\n乙,89.999999,true\n丙,80,false\n"
    words = ["--by", "s"]
    assert fupin("rank", *words, stdin=board).err == ""
    assert fupin("rank", *words, "--vetoed", "last", stdin=board).err == ""
    assert fupin("rank", *words, "--ignore-veto", stdin=board).err != ""
    assert fupin("grade", *words, "--bands", "a=90,b=0", stdin=board).err == ""
    assert fupin("rank", *words, "--for", "v <> '乙'", "--ignore-veto", stdin=board).err == ""


def test_a_chain_tells_what_the_pipe_tells(folder: Path, shell: Shell) -> None:
    Path("b.csv").write_text(BOARD)
    Path("r.fupin").write_text("veto b.csv --when 'total < 70'\nrank --by total --ignore-veto\n")
    chain = shell("fupin veto b.csv --when 'total < 70' then rank --by total --ignore-veto")
    pipe = shell("fupin veto b.csv --when 'total < 70' | fupin rank --by total --ignore-veto")
    assert chain == pipe == shell("fupin run r.fupin")
    assert chain.err.count("close decision") == 2
    assert shell("fupin run r.fupin -q").err == ""


def test_the_library_has_the_same_argument() -> None:
    board = pl.DataFrame({"v": ["甲", "乙"], "s": ["90", "89.999999"]})
    for near, calls in ((None, 1), ("0", 0), (Fraction(1, 10**6), 0), ("0.0000011", 1)):
        assert told_by(lambda near=near: library.rank(board, "s", near=near)) == calls
        assert told_by(lambda near=near: library.veto(board, ["s < 90"], near=near)) == calls
        assert told_by(lambda near=near: library.grade(board, "s", {"a": "90", "b": 0}, near=near)) == calls
        assert (
            told_by(lambda near=near: library.score(board, "s", "p", bands=[("90", 2), ("0", 1)], near=near)) == calls
        )


def told_by(call: Callable[[], object]) -> int:
    """How many lines of close calls a call tells."""
    lines: list[str] = []
    log = logging.getLogger("fupin")
    handler, before = logging.Handler(), (log.handlers, log.level)
    handler.emit = lambda record: lines.append(record.getMessage())  # type: ignore[method-assign]
    log.handlers, log.level = [handler], logging.WARNING
    try:
        call()
    finally:
        log.handlers, log.level = before
    return sum("close decision" in line for line in lines)


# --- against exact fractions


def test_three_hundred_villages_and_the_means_of_three_judges(folder: Path) -> None:
    """All that rounding decides wrongly is told: ties of true totals that are parted, and places that are turned."""
    chance = random.Random(2019)  # noqa: S311 - marks that are made up
    marks = {f"v{i}": [[chance.randint(60, 99) for _ in range(3)] for _ in range(3)] for i in range(300)}
    rows = [
        f"{v},{item},{mark}\n"
        for v, items in marks.items()
        for item, three in zip("abc", items, strict=True)
        for mark in three
    ]
    Path("marks.csv").write_text("v,item,mark\n" + "".join(rows))
    Path("board.csv").write_text("v\n" + "".join(f"{v}\n" for v in marks))
    words = []
    for item in "abc":
        words += [
            "then",
            "tally",
            "--events",
            "marks.csv",
            "--where",
            f"item = '{item}'",
            "--mean",
            "mark",
            "--as",
            item,
        ]
    words = [*words[1:], "then", "weight", "a:0.3", "b:0.3", "c:0.4", "--as", "total", "then", "rank", "--by", "total"]
    result = fupin(*words, "-v", stdin=Path("board.csv").read_bytes())
    true = {
        v: sum(Fraction(w) * sum(three) for w, three in zip(("0.3", "0.3", "0.4"), items, strict=True)) / 3
        for v, items in marks.items()
    }
    ranked = table(result.out).rows
    wrong = [
        (one["v"], other["v"])
        for one, other in pairwise(ranked)
        if (true[one["v"]] == true[other["v"]]) != (one["rank"] == other["rank"]) or true[one["v"]] < true[other["v"]]
    ]
    assert len(wrong) > 20
    pairs = {
        tuple(line.split(": ")[-1].split()[i] for i in (0, 4)) for line in result.err.splitlines() if "apart: v" in line
    }
    assert set(wrong) <= pairs


@st.composite
def conditions(draw: DrawFn, depth: int = 2) -> Any:
    """A condition on the columns a and b, as a tree of comparisons with AND, OR and NOT."""
    kind = draw(st.sampled_from(["compare", "compare", "and", "or", "not"])) if depth else "compare"
    if kind == "compare":
        left, right = draw(
            st.permutations([draw(st.sampled_from(["a", "b", "a - b"])), draw(st.sampled_from(NUMBERS))])
        )
        return kind, left, draw(st.sampled_from(["<", "<=", ">", ">=", "=", "<>"])), right
    parts = [draw(conditions(depth - 1)) for _ in range(1 if kind == "not" else draw(st.integers(2, 3)))]
    return kind, *parts


NUMBERS = ["70", "69.999999", "70.000009", "70.00001", "0.000001", "0"]


def spelled(tree: Any) -> str:
    """The condition as SQL."""
    kind, *parts = tree
    if kind == "compare":
        return " ".join(parts)
    if kind == "not":
        return f"NOT ({spelled(parts[0])})"
    return f" {kind.upper()} ".join(f"({spelled(part)})" for part in parts)


def comparisons(tree: Any) -> list[Any]:
    """The comparisons of a tree, from left to right."""
    return [tree] if tree[0] == "compare" else [one for part in tree[1:] for one in comparisons(part)]


def holds(tree: Any, truths: list[bool]) -> bool:
    """Whether a condition holds where its comparisons, from left to right, hold or not."""
    kind, *parts = tree
    if kind == "compare":
        return truths.pop(0)
    found = [holds(part, truths) for part in parts]
    return not found[0] if kind == "not" else all(found) if kind == "and" else any(found)


def value(word: str, row: dict[str, str]) -> Fraction:
    """A number of a comparison."""
    if word == "a - b":
        return Fraction(row["a"]) - Fraction(row["b"])
    return Fraction(row.get(word, word))


SIGNS = {
    "<": Fraction.__lt__, "<=": Fraction.__le__, ">": Fraction.__gt__, ">=": Fraction.__ge__,
    "=": Fraction.__eq__, "<>": lambda x, y: x != y,
}  # fmt: skip


@many
@given(
    conditions(), st.lists(st.tuples(st.sampled_from(NUMBERS), st.sampled_from(NUMBERS)), min_size=1, max_size=4), nears
)
def test_a_veto_tells_of_comparisons_that_decide_by_less(tree: Any, cells: list[tuple[str, str]], near: str) -> None:
    """What decides is found here by turning each comparison round."""
    rows = [{"v": f"v{i}", "a": a, "b": b} for i, (a, b) in enumerate(cells)]
    expected, marked = 0, []
    for row in rows:
        sides = [(value(left, row), sign, value(right, row)) for _, left, sign, right in comparisons(tree)]
        truths = [SIGNS[sign](left, right) for left, sign, right in sides]
        marked.append(holds(tree, list(truths)))
        for i, (left, _, right) in enumerate(sides):
            turned = [truth != (i == j) for j, truth in enumerate(truths)]
            expected += ref.is_close(left, right, gap(near)) and holds(tree, turned) != marked[-1]
    board = "v,a,b\n" + "".join(f"{row['v']},{row['a']},{row['b']}\n" for row in rows)
    result = fupin("veto", "--when", spelled(tree), *(["--near", near] if near else []), stdin=board)
    assert [row["vetoed"] == "true" for row in table(result.out).rows] == marked
    lines = close(expected, near)
    assert [part in line for part, line in zip(lines, result.err.splitlines(), strict=True)] == [True] * len(lines)
