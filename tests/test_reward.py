"""reward takes places at their word, or says what is wrong with them; and shares add up, or it is told."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import polars as pl
import pytest
from harness import Result, fupin
from hypothesis import given
from hypothesis import strategies as st
from reference import printed, table
from test_properties import many

import fupin as library

BOARD = "village,kind,total\n甲,a,97\n乙,b,95\n丙,a,95\n丁,b,90\n戊,a,71\n"
PRIZES = ["--prize", "5000,3000,2000"]


def run(*words: str, board: str = BOARD) -> Result:
    """Rank, and what follows."""
    return fupin("rank", "--by", "total", *words, stdin=board)


def paid(result: Result) -> dict[str, str]:
    """What each village gets."""
    assert (result.status, result.err) == (0, "")
    return {row["village"]: row["reward"] for row in table(result.out).rows}


def refused(result: Result, unit: str, value: str, expected: str, counted: str = "1, 2, 2, 4") -> None:
    """The one line that names the first unit whose place is not the expected one."""
    assert (result.status, result.out, result.err.count("\n")) == (1, "", 1), result.err
    assert (
        f"'{value}' stands where {expected} is expected; the places of all units are counted {counted} here"
        in result.err
    )
    assert unit in result.err


@pytest.mark.parametrize("prizes", [PRIZES, ["--penalty", "5000"], [*PRIZES, "--ties", "full"]])
def test_a_score_is_no_place(prizes: list[str]) -> None:
    """The worst would be paid as the first."""
    result = fupin("reward", "--by", "total", *prizes, stdin=BOARD)
    refused(result, "戊", "71", "1")
    assert result.err.startswith("fupin reward: -:6: total: ")


def test_places_that_are_dense() -> None:
    dense = ["--ties", "dense", "then", "reward", *PRIZES]
    result = run(*dense, "--ties", "full")
    refused(result, "丁", "3", "4")
    assert "--places dense takes 1, 2, 2, 3" in result.err
    assert paid(run(*dense, "--places", "dense")) == {"甲": "5000", "乙": "3000", "丙": "3000", "丁": "2000", "戊": "0"}
    refused(run("then", "reward", *PRIZES, "--places", "dense"), "丁", "4", "3", "1, 2, 2, 3")


def test_penalties_of_dense_places_count_places() -> None:
    board = "village,total\n甲,97\n乙,71\n丙,71\n"
    result = run("--ties", "dense", "then", "reward", "--penalty", "50,20", "--places", "dense", board=board)
    assert paid(result) == {"甲": "-20", "乙": "-50", "丙": "-50"}
    marked = run("--ties", "dense", "then", "veto", "--when", "total > 96", "then", "reward", "--prize", "9,8",
                 "--places", "dense", board=board)  # fmt: skip
    assert paid(marked) == {"甲": "", "乙": "9", "丙": "9"}


@pytest.mark.parametrize(
    ("where", "unit", "value", "expected"),
    [("rank > 2", "丁", "4", "1"), ("rank <> 2", "丁", "4", "2"), ("village <> '丙'", "丁", "4", "3")],
)
def test_rows_that_were_taken_away(where: str, unit: str, value: str, expected: str) -> None:
    kept = ["then", "keep", "--where", where, "then", "reward", *PRIZES]
    result = run(*kept, "--ties", "full")
    refused(result, unit, value, expected)
    assert "--places given takes places as they stand" in result.err
    amounts = {"1": "5000", "2": "3000", "3": "2000"}
    ranks = {row["village"]: row["rank"] for row in table(run(*kept[:4]).out).rows}
    given_places = run(*kept, "--places", "given")
    assert {row["village"]: row["reward"] for row in table(given_places.out).rows} == {
        village: amounts.get(rank, "0") for village, rank in ranks.items()
    }
    nobody = "fupin reward: no unit has a place with an amount; the best place is 4\n"
    assert given_places.err == (nobody if where == "rank > 2" else "")


def test_a_whole_ranking_pays_within_groups_as_a_ranking_within_them() -> None:
    """Rank then reward --within kind."""
    whole = paid(run("then", "reward", *PRIZES, "--within", "kind"))
    apart = paid(run("--within", "kind", "then", "reward", *PRIZES, "--within", "kind"))
    assert whole == apart == {"甲": "5000", "丙": "3000", "戊": "2000", "乙": "5000", "丁": "3000"}


def test_the_others_move_up_for_a_vetoed_unit() -> None:
    """Rank then veto then reward, and veto then rank then reward."""
    after = paid(run("then", "veto", "--when", "total > 96", "then", "reward", *PRIZES, "--ties", "split"))
    assert after == {"甲": "", "乙": "4000", "丙": "4000", "丁": "2000", "戊": "0"}
    before = fupin("veto", "--when", "total > 96", "then", "rank", "--by", "total", "then", "reward", *PRIZES,
                   "--ties", "split", stdin=BOARD)  # fmt: skip
    assert paid(before) == after
    last = fupin("veto", "--when", "total > 96", "then", "rank", "--by", "total", "--vetoed", "last", "then", "reward",
                 *PRIZES, "--penalty", "10", "--ties", "split", stdin=BOARD)  # fmt: skip
    assert paid(last) == after | {"戊": "-10"}


def test_the_reading_that_goes_furthest_is_told() -> None:
    """The whole board is fine up to place 5, of which there are two while place 4 is missing; kind a is not up to 3."""
    board = "village,kind,rank\n甲,a,1\n乙,b,2\n丙,a,3\n丁,b,5\n戊,a,5\n"
    refused(fupin("reward", *PRIZES, "--within", "kind", stdin=board), "丁", "5", "4")


def test_units_without_a_place() -> None:
    board = "village,rank,vetoed\n甲,1,false\n乙,{},{}\n"
    for cell in ("", "NA"):
        result = fupin("reward", *PRIZES, stdin=board.format(cell, "false"))
        assert (result.status, result.out) == (1, "")
        assert result.err.startswith("fupin reward: -:3: rank: ")
        assert fupin("reward", *PRIZES, stdin=board.format(cell, "true")).out.splitlines()[-1] == f"乙,{cell},true,"


def test_only_some_units() -> None:
    words = ["then", "reward", "--for", "kind = 'b'", *PRIZES]
    result = run(*words)
    assert [row["reward"] for row in table(result.out).rows] == ["", "5000", "", "3000", ""]
    told = "places are counted among the units that are computed; the best place of these counts as the first"
    assert result.err == f"fupin reward: {told}\n"
    apart = run("--within", "kind", *words)
    assert (apart.err, table(apart.out).rows[3]["reward"]) == ("", "5000")


def test_prizes_that_only_are_given() -> None:
    for words in (["--penalty", "10"], ["--prize", "10", "--penalty", "10"]):
        result = fupin("reward", "--places", "given", *words, stdin=b"\xff")
        assert (result.status, result.out) == (2, "")
        assert "pays prizes only" in result.err
    for places in ("dense", "given"):
        result = fupin("reward", "--places", places, *PRIZES, "--ties", "split", stdin=b"\xff")
        assert (result.status, "nothing for --ties split" in result.err) == (2, True)


def test_a_table_does_not_count_from_the_last_where_that_is_not_known(folder: Path) -> None:
    Path("t.csv").write_text("place,amount,note\n1,10,\n-1,-5,\n")
    result = fupin("reward", "--table", "t.csv", "--places", "given", stdin="v,rank\n甲,1\n")
    assert (result.status, result.out) == (1, "")
    assert result.err.startswith("fupin reward: t.csv:3: place: '-1' ")


@pytest.mark.parametrize(
    ("prize", "words", "shares", "told"),
    [
        ("1000", [], ["333.33", "333.33", "333.33"], "999.99 of 1000"),
        ("2000", [], ["666.67", "666.67", "666.67"], "2000.01 of 2000"),
        ("1000", ["--remainder", "first"], ["333.34", "333.33", "333.33"], ""),
        ("2000", ["--remainder", "first"], ["666.67", "666.67", "666.66"], ""),
        ("2000", ["--remainder", "first", "--round", "0"], ["667", "667", "666"], ""),
        ("3000", [], ["1000", "1000", "1000"], ""),
        ("1000", ["--round", "0"], ["333", "333", "333"], "999 of 1000"),
    ],
)
def test_shares_add_up_or_it_is_told(prize: str, words: list[str], shares: list[str], told: str) -> None:
    """Those of prizes, and the same of penalties."""
    board = "village,rank\n丙,1\n甲,1\n乙,1\n"
    for option, sign in (("--prize", ""), ("--penalty", "-")):
        result = fupin("reward", option, prize, "--ties", "split", *words, stdin=board)
        assert [row["reward"] for row in table(result.out).rows] == [sign + share for share in shares]
        line = told and "fupin reward: shares of 1 tie do not add up to the amounts: 丙, 甲, 乙 get " + told
        signed = (
            line.replace("get ", f"get {sign}")
            .replace("of 1000", f"of {sign}1000")
            .replace("of 2000", f"of {sign}2000")
        )
        assert result.err == (
            signed and f"{signed} (--remainder first gives what rounding leaves to the first on the board)\n"
        )


def test_nothing_is_lost_of_an_amount_of_more_decimals() -> None:
    board = "village,rank\n甲,1\n乙,1\n"
    result = fupin("reward", "--prize", "10.001", "--ties", "split", "--remainder", "first", stdin=board)
    assert (result.status, result.out) == (1, "")
    assert "10.001 has more decimals than its shares" in result.err
    fine = fupin("reward", "--prize", "10.001", "--ties", "split", "--remainder", "first", "--round", "3", stdin=board)
    assert [row["reward"] for row in table(fine.out).rows] == ["5.001", "5"]


def test_a_percentage_is_no_amount(folder: Path) -> None:
    """0.18 yuan is not meant."""
    result = fupin("reward", "--prize", "18%", stdin=b"\xff")
    assert (result.status, result.err) == (
        2,
        "fupin reward: --prize: '18%' is not a number; write the number that is meant, without %\n",
    )
    Path("t.csv").write_text("place,amount\n1,18%\n")
    result = fupin("reward", "--table", "t.csv", stdin="v,rank\n甲,1\n")
    assert result.status == 1
    assert "0.18" not in result.err


def test_the_library_has_the_same_arguments() -> None:
    board = pl.DataFrame({"v": ["甲", "乙", "丙"], "rank": [1, 1, 3]})
    split = library.reward(board, [1], ties="split", remainder="first")
    assert split["reward"].to_list() == ["0.5", "0.5", "0"]
    dense = library.reward(board.with_columns(rank=pl.Series([1, 1, 2])), [3, "1.5"], counting="dense")
    assert dense["reward"].to_list() == ["3", "3", "1.5"]
    assert library.reward(board, [3, 2, 1], counting="given")["reward"].to_list() == ["3", "3", "1"]
    with pytest.raises(library.DataError, match="stands where 3 is expected"):
        library.reward(board.with_columns(rank=pl.Series([1, 1, 2])), [1])
    with pytest.raises(library.Misuse):
        library.reward(board, [1], remainder="first")


@many
@given(
    st.lists(st.tuples(st.integers(0, 4), st.sampled_from("ab"), st.booleans()), min_size=1, max_size=12),
    st.lists(st.integers(0, 500000).map(lambda cents: Fraction(cents, 100)), min_size=1, max_size=4),
    st.booleans(),
)
def test_rewards_add_up_to_what_was_to_be_given(
    rows: list[tuple[int, str, bool]], prizes: list[Fraction], grouped: bool
) -> None:
    """And without the remainder those with one place get the same."""
    board = "v,kind,total,vetoed\n" + "".join(
        f"v{i},{kind},{total},{str(out).lower()}\n" for i, (total, kind, out) in enumerate(rows)
    )
    within = ["--within", "kind"] if grouped else []
    amounts = ",".join(map(printed, prizes))
    words = ["rank", "--by", "total", *within, "then", "reward", "--prize", amounts, *within, "--ties", "split"]
    exact = table(fupin(*words, "--remainder", "first", stdin=board).out).rows
    alike = table(fupin(*words, "-q", stdin=board).out).rows
    for group in "ab" if grouped else [""]:
        mine = [row for row in exact if row["kind"] == group or not grouped]
        many_paid = sum(row["vetoed"] == "false" for row in mine)
        assert sum(Fraction(row["reward"] or 0) for row in mine) == sum(prizes[:many_paid])
    groups: dict[tuple[str, str], set[str]] = {}
    for row in alike:
        groups.setdefault((row["kind"] if grouped else "", row["rank"]), set()).add(row["reward"])
    assert all(len(rewards) == 1 for (_, rank), rewards in groups.items() if rank)
