"""What will be appealed: units near a cut, decided ties, and places that one weight would change."""

from __future__ import annotations

from pathlib import Path

import pytest
from harness import Result, fupin, refused

HEAD = "village,kind,what,value,bound,gap,with\n"
BOARD = """\
village,area,total,vetoed,rank
甲,东,90.4,false,1
乙,东,90,false,2
丙,东,90,false,3
丁,东,70.3,false,4
戊,西,89.5,false,1
己,西,69.8,true,
"""


@pytest.fixture(autouse=True)
def board(folder: Path) -> None:
    Path("board.csv").write_text(BOARD)


def listed(*words: str) -> list[str]:
    result = fupin("margins", "board.csv", "--by", "total", *words)
    assert result.status == 0, result.err
    assert result.out.startswith(HEAD)
    return result.out.splitlines()[1:]


def test_bands_list_who_is_just_above_and_who_just_below_but_no_vetoed_unit() -> None:
    found = listed("--bands", "优秀=90,称职=70", "--within-points", "0.5", "--within", "area")
    assert [row for row in found if ",band," in row] == [
        "甲,band,优秀,90.4,90,0.4,",
        "乙,band,优秀,90,90,0,",
        "丙,band,优秀,90,90,0,",
        "丁,band,称职,70.3,70,0.3,",
        "戊,band,优秀,89.5,90,-0.5,",
    ]


def test_a_unit_just_beyond_the_distance_is_not_listed() -> None:
    found = listed("--bands", "优秀=90", "--within-points", "0.499999999999999999", "--within", "area")
    assert "戊,band,优秀,89.5,90,-0.5," not in found
    assert "甲,band,优秀,90.4,90,0.4," in found


def test_places_name_the_unit_beyond_the_cut() -> None:
    found = listed("--places", "1,-1", "--within", "area", "--within-points", "0.4")
    assert [row for row in found if ",place," in row] == [
        "甲,place,first 1,90.4,90,0.4,乙",
        "乙,place,first 1,90,90.4,-0.4,甲",
        "丙,place,first 1,90,90.4,-0.4,甲",
    ]
    found = listed("--places", "-1", "--within", "area", "--within-points", "19.7")
    assert [row for row in found if ",place," in row] == [
        "乙,place,last 1,90,70.3,19.7,丁",
        "丙,place,last 1,90,70.3,19.7,丁",
        "丁,place,last 1,70.3,90,-19.7,丙",
    ]


def test_ties_that_were_decided_are_listed_with_each_other() -> None:
    assert listed("--within", "area") == [
        "乙,tie,decided by a tie-break,90,90,0,丙",
        "丙,tie,decided by a tie-break,90,90,0,乙",
    ]


def test_a_tie_of_many_names_five_of_them() -> None:
    rows = "".join(f"村{i},80,{i}\n" for i in range(1, 9))
    Path("board.csv").write_text(f"village,total,rank\n{rows}")
    assert listed()[0] == "村1,tie,decided by a tie-break,80,80,0,村2; 村3; 村4; 村5; 村6 and 2 more"


def test_a_veto_line_has_vetoed_units_below_it() -> None:
    found = listed("--veto", "70", "--within", "area")
    assert [row for row in found if ",veto," in row] == [
        "丁,veto,veto line,70.3,70,0.3,",
        "己,veto,veto line,69.8,70,-0.2,",
    ]


RECIPE = """\
weight -i parts.csv a/10:6 b/10:4 --sum 100 --as base
weight base extra --as total
veto --when 'total < 50 AND total > 10.0' --because x
rank --by total
"""


def test_a_weight_that_is_moved_makes_the_others_give_way() -> None:
    """With a + 10 % the weights are 6.6 and 3.4, with a - 10 % they are 5.4 and 4.6; with b ± 10 % 5.6/4.4, 6.4/3.6.

    甲 has 10a + 5b + 0 and 乙 6a + 10b + 3: 80 and 79; 83 and 76.6; 77 and 81.4; 78 and 80.6; 82 and 77.4.
    丙 has 5a + 4b: 46 and vetoed; 46.6, 45.4, 45.6, 46.4 likewise, and then unranked all the time.
    """
    Path("parts.csv").write_text("village,a,b,extra\n甲,10,5,0\n乙,6,10,3\n丙,5,4,0\n")
    Path("r.fupin").write_text(RECIPE)
    made = fupin("run", "r.fupin").out
    result = fupin("margins", "--by", "total", "--recipe", "r.fupin", "--weights", "10%", "--check", stdin=made)
    assert result == Result(
        3,
        HEAD + "甲,weight,a -10%,1,2,-1,\n甲,weight,b +10%,1,2,-1,\n乙,weight,a -10%,2,1,1,\n乙,weight,b +10%,2,1,1,\n",
        "",
    )
    result = fupin("margins", "--by", "total", "--recipe", "r.fupin", "--within-points", "4", stdin=made)
    assert result == Result(0, HEAD + "丙,veto,veto line,46,50,-4,\n", "")
    result = fupin("margins", "--by", "total", "--recipe", "r.fupin", "--weights", "1%", "--check", stdin=made)
    assert result == Result(0, HEAD, "")


@pytest.mark.parametrize(
    ("when", "lines", "unclear"),
    [
        ("total < 70", ["70"], False),
        ("70 > total", ["70"], False),
        ("total < 35 * 2", ["70"], False),
        ("total * 2 - 10 < 130", ["70"], False),
        ("-total > -70", ["70"], False),
        ("NOT (total BETWEEN 70 AND 100)", ["70", "100"], False),
        ("total < 70 OR total > 100 AND area = '东'", ["70", "100"], False),
        ("area = '东'", [], False),
        ("total IS NULL", [], False),
        ("x + total < 172", [], True),
        ("total < x + 0", [], True),
        ("total < 70 AND total - x > 1", ["70"], True),
        ("total * 3 < 200", [], True),  # 66.666… is no number of 18 decimals
        ("total * total < 4900", [], True),
        ("total LIKE '6%'", [], True),
        ("TEXT(total) = '70'", [], True),
    ],
)
def test_veto_lines_are_found_in_conditions_or_it_is_said_that_they_cannot(
    when: str, lines: list[str], unclear: bool
) -> None:
    Path("scheme.fupin").write_text(f'veto board.csv --when "{when}"\nrank --by total\n')
    words = ["margins", "--by", "total", "--recipe", "scheme.fupin", "--within-points", "500"]
    result = fupin(*words, stdin="village,area,x,total\n甲,东,100,72\n")
    found = [row.split(",")[4] for row in result.out.splitlines()[1:] if ",veto," in row]
    assert (result.status, found) == (0, lines)
    told = f"cannot tell at which total the veto of {when} begins; give these scores with --veto N,…"
    assert result.err == (f"fupin margins: {told}\n" if unclear else "")
    assert fupin(*words, "--veto", "60", stdin="village,area,x,total\n甲,东,100,72\n").err == ""


def test_a_weight_that_makes_a_veto_takes_the_place() -> None:
    """丙 has 5a + 6b + 0: 54; with a weight of 1.98 for b, 54.0198; under 53 with a + 30 %: 7.8 and 2.2 give 52.2."""
    Path("parts.csv").write_text("village,a,b,extra\n甲,10,10,0\n丙,5,6,0\n")
    Path("r.fupin").write_text(RECIPE.replace("total < 50", "total < 53"))
    made = fupin("run", "r.fupin").out
    result = fupin("margins", "--by", "total", "--recipe", "r.fupin", "--weights", "30%", stdin=made)
    assert result.out == HEAD + "丙,weight,a +30%,2,,,\n丙,weight,b -30%,2,,,\n"


def test_weights_of_items_are_moved_too() -> None:
    Path("towns.csv").write_text("town\n甲\n乙\n")
    Path("scores.csv").write_text("town,item,value\n甲,x,5\n甲,y,2\n乙,x,4\n乙,y,3.1\n")
    Path("items.csv").write_text("item,full\nx,5\ny,5\n")
    Path("r.fupin").write_text("weight -i towns.csv --scores scores.csv --items items.csv --as t\nrank --by t\n")
    made = fupin("run", "r.fupin").out  # 甲 7, 乙 7.1; with x 1.1 and y 0.9 it is 7.3 and 7.19
    result = fupin("margins", "--by", "t", "--recipe", "r.fupin", "--weights", "10%", stdin=made)
    assert [row for row in result.out.splitlines() if "甲" in row] == [
        "甲,weight,x +10%,2,1,1,",
        "甲,weight,y -10%,2,1,1,",
    ]


def test_a_key_that_is_called_like_a_column_of_the_list() -> None:
    refused(
        fupin("margins", "-k", "kind", "--by", "total", stdin="kind,total\n甲,1\n"), 1, "margins", "kind: ", "rename it"
    )


def test_another_recipe_than_that_of_the_board_is_refused() -> None:
    Path("parts.csv").write_text("village,a,b,extra\n甲,10,5,0\n乙,6,10,3\n丙,5,4,0\n")
    Path("r.fupin").write_text(RECIPE)
    words = ["margins", "--by", "total", "--recipe", "r.fupin", "--weights", "5%"]
    refused(fupin(*words, stdin="village,total,rank\n甲,80,2\n乙,79,1\n"), 1, "margins", "甲 place 1", "board 2")
    refused(fupin(*words, stdin="village,total,rank\n丁,80,2\n"), 1, "margins", "丁 no place")


@pytest.mark.parametrize(
    ("words", "status", "told"),
    [
        (["--by", "total", "--places", "0"], 2, "0 is no place"),
        (["--by", "total", "--places", "1.5"], 2, "'1.5' is not a number of places"),
        (["--by", "total", "--within-points", "-1"], 2, "below 0"),
        (["--by", "total", "--weights", "5%"], 2, "--recipe FILE"),
        (["--by", "total", "--recipe", "stdin.fupin"], 2, "reads standard input"),
        (["--by", "total", "--recipe", "r.fupin", "--weights", "100%"], 2, "share such as 5%"),
        (["--by", "total", "--recipe", "r.fupin", "--weights", "5%"], 2, "no rank in its last chain"),
        (["--by", "totl"], 1, "nearest: total"),
        (["--by", "area"], 1, "'东' is not a number"),
        (["--by", "total", "--places", "3", "--rank", "place"], 1, "no column 'place'"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else None,
)
def test_bad_input(words: list[str], status: int, told: str) -> None:
    Path("r.fupin").write_text("weight -i board.csv total/100 --as t\n")
    Path("stdin.fupin").write_text("rank --by total\n")
    result = fupin("margins", "board.csv", *words)
    assert (result.status, result.out) == (status, "")
    assert told in result.err.splitlines()[0]
