"""The reference itself, against figures worked out by hand."""

from __future__ import annotations

from fractions import Fraction

import pytest
import reference as ref
from reference import Refused, Table, Term, table


def column(result: Table, name: str) -> list[str]:
    """One column of a table."""
    return [row[name] for row in result.rows]


BOARD = table("unit\n甲\n乙\n丙\n")


@pytest.mark.parametrize(
    ("value", "places", "text"),
    [
        ("2.345", 2, "2.35"),
        ("-2.345", 2, "-2.35"),
        ("2.344999999999999999", 2, "2.34"),
        ("-0.004", 2, "0"),
        ("-0", None, "0"),
        ("05.50", None, "5.5"),
        ("+100", None, "100"),
        ("0.000000000000000001", None, "0.000000000000000001"),
        ("999999999999999", None, "999999999999999"),
        ("0.5", 0, "1"),
    ],
)
def test_numbers_print_and_round(value: str, places: int | None, text: str) -> None:
    assert ref.printed(ref.number(value), places) == text


@pytest.mark.parametrize(
    "cell", ["", "NA", "1e3", ".5", "5.", " 1", "1,000", "95%", "\uff15", "1." + "0" * 19, "1" * 16]
)
def test_what_is_no_number(cell: str) -> None:
    with pytest.raises(Refused):
        ref.number(cell)


def test_limits() -> None:
    with pytest.raises(Refused):
        ref.printed(Fraction(10**15))
    with pytest.raises(Refused):
        ref.printed(Fraction("999999999999999.5"), 0)
    with pytest.raises(Refused):
        ref.printed(Fraction(1, 10**19))


def test_quotes_only_where_needed() -> None:
    text = 'unit,note\n"a,b"," x"\n"say ""hi""","two\nlines"\nc,""\n'
    assert table(text).text() == 'unit,note\n"a,b", x\n"say ""hi""","two\nlines"\nc,\n'


def test_tally() -> None:
    events = table("unit,p\n甲,0.1\n甲,0.2\n乙,1\n乙,1\n乙,2\n")
    key = ["unit"]
    assert column(ref.tally(BOARD, events, key, "s", "sum", "p"), "s") == ["0.3", "4", "0"]
    assert column(ref.tally(BOARD, events, key, "s", "mean", "p"), "s") == ["0.15", "1.333333", ""]
    assert column(ref.tally(BOARD, events, key, "s", "mean", "p", places=1), "s") == ["0.2", "1.3", ""]
    assert column(ref.tally(BOARD, events, key, "s", "distinct", "p"), "s") == ["2", "2", "0"]
    assert column(ref.tally(BOARD, events, key, "s", "max", "p"), "s") == ["0.2", "2", ""]
    with pytest.raises(Refused):
        ref.tally(BOARD, events, key, "s", "mean", "p", trim=1)
    trimmed = ref.tally(table("unit\n乙\n"), events, key, "s", "mean", "p", trim=1, ignore_strays=True)
    assert column(trimmed, "s") == ["1"]


SCALE = {"优秀": "100", "称职": "80", "不称职": "0"}


def test_vote() -> None:
    cast = [
        ("甲", "优秀"),
        ("甲", "称职"),
        ("甲", "称职"),
        ("甲", ""),
        ("甲", "多选"),
        ("乙", "优秀"),
        ("丙", "不称职"),
    ]
    ballots = Table(["unit", "choice"], [{"unit": unit, "choice": choice} for unit, choice in cast])
    found = ref.vote(BOARD, ballots, ["unit"], "v", SCALE, invalid=["多选"], detail=True)
    assert [list(row.values()) for row in found.rows] == [
        ["甲", "86.666667", "3", "1"],
        ["乙", "100", "1", "0"],
        ["丙", "0", "1", "0"],
    ]
    counted = table("unit,优秀,称职,不称职\n甲,1,2,0\n乙,1,07,0\n")
    assert column(ref.vote(counted, None, ["unit"], "v", SCALE, places=1), "v") == ["86.7", "82.5"]
    with pytest.raises(Refused):  # neither valid nor said to be invalid
        ref.vote(BOARD, ballots, ["unit"], "v", SCALE)
    with pytest.raises(Refused):  # nobody votes on 乙
        ref.vote(BOARD, table("unit,choice\n甲,优秀\n乙,\n丙,优秀\n"), ["unit"], "v", SCALE)


def test_score() -> None:
    def scored(cells: str, kind: str, rule: dict[str, str], places: int | None = None) -> list[str]:
        board = Table(["unit", "x"], [{"unit": str(i), "x": cell} for i, cell in enumerate(cells.split(" "))])
        return column(ref.score(board, ["unit"], "x", "s", kind, rule, places=places), "s")

    assert scored("20 40 41 -1 NA ", "of", {"of": "40", "full": "15"}) == ["7.5", "15", "15", "0", "NA", ""]
    assert scored("1 2", "of", {"of": "3", "full": "10"}) == ["3.333333", "6.666667"]
    assert scored("二类 一类", "map", {"一类": "15", "二类": "13"}) == ["13", "15"]
    assert scored("95 94.999 90.0 0", "bands", {"95": "5", "0": "0", "90": "4"}) == ["5", "4", "4", "0"]
    assert scored("1 2 15 16 99", "places", {"F": "15", "STEP": "1"}) == ["15", "14", "1", "0", "0"]
    assert scored("1 4", "places", {"F": "2.5", "STEP": "0.75"}) == ["2.5", "0.25"]
    assert scored("1  2 NA", "fill-mean", {}) == ["1", "1.5", "2", "NA"]
    assert scored("1  2 NA 2", "na-mean", {}, 1) == ["1", "", "2", "1.7", "2"]
    for cells, kind, rule in [
        ("5", "of", {"of": "0", "full": "15"}),
        ("三类", "map", {"一类": "15"}),
        ("89.999", "bands", {"90": "4"}),
        ("0", "places", {"F": "15", "STEP": "1"}),
        ("1.5", "places", {"F": "15", "STEP": "1"}),
        (" NA", "fill-mean", {}),
    ]:
        with pytest.raises(Refused):
            scored(cells, kind, rule)


def test_deduct() -> None:
    events = table("unit,item,task,points\n甲,a,1,15\n甲,a,1,7\n甲,b,2,0.5\n乙,b,3,1\n")
    plain = ref.deduct(BOARD, events, ["unit"], "d", full="20", detail=True)
    assert [list(row.values()) for row in plain.rows] == [
        ["甲", "0", "3", "22.5", "2.5"],
        ["乙", "19", "1", "1", "0"],
        ["丙", "20", "0", "0", "0"],
    ]
    once = ref.deduct(BOARD, events, ["unit"], "d", full="20", once=["task"], detail=True)
    assert list(once.rows[0].values()) == ["甲", "4.5", "2", "15.5", "0"]
    items = table("item,full,floor\na,10,-5\nb,5,\n")
    itemised = ref.deduct(BOARD, events, ["unit"], "d", items=items, detail=True)
    assert list(itemised.rows[0].values()) == ["甲", "-0.5", "3", "22.5", "7"]
    with pytest.raises(Refused):
        ref.deduct(BOARD, events, ["unit"], "d", full="20", each=("1", "15"))


def test_bonus() -> None:
    rules = table("item,level,points,cap\n奖,国,5,6\n奖,省,2,6\n罚,,-4,\n")
    events = table("unit,item,level,count\n甲,奖,国,1\n甲,奖,省,1\n甲,罚,,1\n乙,罚,,2\n")
    result = ref.bonus(BOARD, events, rules, ["unit"], "b", range_=("-5", "5"), detail=True)
    assert [list(row.values()) for row in result.rows] == [
        ["甲", "2", "6", "-4", "1"],
        ["乙", "-5", "0", "-8", "-3"],
        ["丙", "0", "0", "0", "0"],
    ]
    sided = ref.bonus(BOARD, events, rules, ["unit"], "b", sides=("-3", "3"))
    assert column(sided, "b") == ["0", "-3", "0"]


def test_weight() -> None:
    assert Term.parse("a/b/100:30%") == Term("a/b", Fraction(100), Fraction(3, 10))
    assert Term.parse("a:b") == Term("a:b", None, Fraction(1))
    board = table("unit,x,y,z\n甲,90,40,-1\n乙,NA,40,0\n丙,NA,NA,0\n")
    terms = [Term.parse(word) for word in ("x/100:50%", "y/50", "z")]
    assert column(ref.weight(board, ["unit"], "w", terms, sum_="100"), "w") == ["84", "80", "NA"]
    assert column(ref.weight(board, ["unit"], "w", terms, na="full"), "w") == ["84", "90", "100"]
    gaps = table("unit,x\n甲,1\n乙,\n丙,1.000001\n")
    filled = ref.weight(gaps, ["unit"], "w", [Term.parse("x/10")], missing="mean")
    assert column(filled, "w") == ["1", "1.000001", "1.000001"]
    with pytest.raises(Refused):
        ref.weight(gaps, ["unit"], "w", [Term.parse("x/10")])
    scores = table("unit,item,value\n甲,x,3\n乙,x,4\n丙,x,5\n丙,y,5\n")
    items = table("item,full,weight\nx,5,50%\ny,5,\n")
    long = ref.weight_long(BOARD, scores, items, ["unit"], "w", missing="rescale")
    assert column(long, "w") == ["4.5", "6", "7.5"]


def test_rank() -> None:
    board = table("unit,g,s,vetoed\na,1,5,false\nb,2,7,false\nc,1,5.0,false\nd,1,9,true\ne,1,1,false\nf,1,6,false\n")
    result = ref.rank(board, ["unit"], "s", within="g")
    assert [(row["unit"], row["rank"]) for row in result.rows] == [
        ("f", "1"), ("a", "2"), ("c", "2"), ("e", "4"), ("d", ""), ("b", "1"),
    ]  # fmt: skip
    last = ref.rank(board, ["unit"], "s", ties="dense", veto="last", keep_order=True)
    assert column(last, "rank") == ["3", "1", "3", "5", "4", "2"]
    before = table("unit,rank\na,6\nd,1\n")
    change = ref.rank(board, ["unit"], "s", keep_order=True, previous=before)
    assert column(change, "change") == ["3", "", "", "", "", ""]
    assert column(change, "previous_rank") == ["6", "", "", "1", "", ""]


def test_reward() -> None:
    board = table("unit,rank\na,1\nb,2\nc,2\nd,2\ne,5\n")
    up, down = ["5000", "3000"], ["5000", "2000", "1000"]
    with pytest.raises(Refused):
        ref.reward(board, ["unit"], prize=up, penalty=down)
    with pytest.raises(Refused):  # places 2 to 4 hold a prize and two penalties
        ref.reward(board, ["unit"], prize=up, penalty=down, ties="full")
    full = ref.reward(board, ["unit"], prize=up, penalty=down, ties="full", allow_overlap=True)
    assert column(full, "reward") == ["5000", "1000", "1000", "1000", "-5000"]
    split = ref.reward(board, ["unit"], ties="split", prize=["5000", "3000", "2000"])
    assert column(split, "reward") == ["5000", "1666.67", "1666.67", "1666.67", "0"]
    notes = table("place,amount,note\n1,10,first\n-1,-3,last\n")
    marked = ref.reward(table("unit,rank,vetoed\na,1,false\nb,,true\nc,2,false\n"), ["unit"], amounts=notes)
    assert [row["reward"] + row["reward_note"] for row in marked.rows] == ["10first", "", "-3last"]
    with pytest.raises(Refused):
        ref.reward(table("unit,rank,vetoed\na,1,false\nb,,true\nc,3,false\n"), ["unit"], amounts=notes)
    rest = ref.reward(board, ["unit"], ties="split", prize=["5000", "3000", "2000"], remainder=True)
    assert column(rest, "reward") == ["5000", "1666.67", "1666.67", "1666.66", "0"]
    dense = ref.reward(table("unit,rank\na,1\nb,2\nc,2\nd,3\n"), ["unit"], prize=["3", "2", "1"], counting="dense")
    assert column(dense, "reward") == ["3", "2", "2", "1"]
    given = ref.reward(table("unit,rank\na,3\nb,4\n"), ["unit"], prize=["3", "2", "1"], counting="given")
    assert column(given, "reward") == ["1", "0"]


def test_grade() -> None:
    board = table("unit,s,g\na,95,x\nb,90,x\nc,90.0,x\nd,89.995,x\ne,100,y\n")
    bands = {"B": "80", "A": "90", "C": "0"}
    plain = ref.grade(board, ["unit"], "s", bands)
    assert column(plain, "grade") == ["A", "A", "A", "B", "A"]
    tied = ref.grade(board, ["unit"], "s", bands, quota={"A": "60%", "B": "1"})
    assert column(tied, "grade") == ["A", "C", "C", "C", "A"]
    kept = ref.grade(board, ["unit"], "s", bands, quota={"A": "3"}, quota_max={"A": "80%"})
    assert column(kept, "grade") == ["A", "A", "A", "B", "A"]
    split = ref.grade(board, ["unit"], "s", bands, quota={"A": "3"}, quota_max={"A": "3"})
    assert column(split, "grade") == ["A", "B", "B", "B", "A"]
    own = table("group,band,quota,base,used,max\nx,A,10%,30,2,\ny,A,0,,,\n")
    used = ref.grade(board, ["unit"], "s", bands, quotas=own, within="g")
    assert column(used, "grade") == ["A", "B", "B", "B", "B"]
    marked = board.plus(vetoed=["true", "", "", "", ""])
    review = ref.grade(marked, ["unit"], "s", bands, quota={"A": "60%"}, veto="待研究")
    assert column(review, "grade") == ["待研究", "A", "A", "B", "A"]
    with pytest.raises(Refused):
        ref.grade(board, ["unit"], "s", {"A": "90", "B": "89.999"})
