"""Conditions against a plain reading of contract §3, and what they refuse."""

from __future__ import annotations

import pytest
from harness import fupin

BOARD = (
    'u,total,code,county,"a b",day,2019年\n1,69.9,007,华容,3,2019-04-01,1\n2,70,7,临湘,,2019-10-31,2\n3,,x,华容,1,,3\n'
)


@pytest.mark.parametrize(
    ("where", "kept"),
    [
        ("total < 69.9 OR total IS NULL", "3"),  # 69.9 is not below 69.9
        ("total <= 69.90 or total is null", "13"),
        ("code = '007'", "1"),  # a text
        ("code LIKE '%7'", "12"),
        ("code LIKE '__7'", "1"),
        ("code NOT LIKE '%7' AND county = '华容'", "3"),
        ("county IN ('华容', '岳阳')", "13"),
        ("county NOT IN ('华容')", "2"),
        ('"a b" IS NULL', "2"),
        ('"a b" IS NOT NULL AND "a b" >= 3', "1"),
        ('total IS NULL OR "a b" IS NULL OR total - "a b" * 0.1 > 69.59', "123"),
        ("total IS NULL OR total BETWEEN 69.95 AND 70", "23"),
        ("NOT (total IS NULL OR total BETWEEN 69.95 AND 70)", "1"),
        ("day IS NOT NULL AND day < '2019-05-01'", "1"),
        ("TEXT(code) < u", "1"),
        ("u + 0 < 2019年", ""),
        ("u + 0 = 2019年", "123"),
        ("2019年 = 2", "2"),
        ("county <> '华容' AND total = 70 OR code = 'x'", "23"),
        ("county = '临湘' OR NOT (county = '临湘')", "123"),
        ("u = 1 OR total > 1000", "1"),  # true OR unknown is true; but 3 is unknown
        ("-total > -70 AND total IS NOT NULL", "1"),
        ("1 = 1", "123"),
        ("0.1 + 0.2 = 0.3", "123"),
        ("(total * 2 + 1) * 2 = 281.6 OR total IS NULL", "13"),
        ("code = 'it''s' OR u = 2", "2"),
    ],
)
def test_rows_that_are_kept(where: str, kept: str) -> None:
    result = fupin("keep", "--where", where, stdin=BOARD)
    if where.endswith("total > 1000"):
        assert (result.status, result.out) == (1, "")
        assert "-:4: total: missing" in result.err
    else:
        assert (result.status, result.err) == (0, "")
        assert "".join(line[0] for line in result.out.splitlines()[1:]) == kept


@pytest.mark.parametrize(
    "where",
    [
        "", " ", "total", "total <", "< 70", "total < 70 70", "(total < 70", "total < 70)", "total < '70' + 1",
        "code = 007 x", "total < county", "total / 2 > 1", "abs(total) > 1", "total > (SELECT 1)", "1=1; DROP TABLE x",
        "total > 1 -- x", "read_csv('/etc/passwd') = 1", "code = 'x", 'a"b = 1', "total = .5", "total IN ()",
        "total IN (1, 'x')", "total BETWEEN 1", "code LIKE 7", "NOT", "total IS 7", "code LIKE code", "vetoed = true",
        "total = 1234567890123456", "x * x * x * x * x * x > 1", "(" * 5000 + "1" + ")" * 5000,
    ],
)  # fmt: skip
def test_what_is_no_condition_is_known_before_any_table_is_read(where: str) -> None:
    result = fupin("keep", "nothing.csv", "--where", where)
    assert (result.status, result.out) == (2, "")
    assert result.err.startswith("fupin keep: --where")
    assert result.err.count("\n") == 1


def test_long_conditions_stay_cheap() -> None:
    many = " OR ".join(f"total = {i}" for i in range(3000))
    sums = "total + " + " + ".join(["0.1"] * 500)
    result = fupin("keep", "--where", f"total IS NOT NULL AND ({many} OR {sums} = 119.9)", stdin=BOARD)
    assert (result.status, result.err) == (0, "")
    assert result.out.count("\n") == 3


def test_an_unknown_condition_names_unit_and_column() -> None:
    result = fupin("keep", "--where", "total < 70", stdin=BOARD)
    assert (result.status, result.out) == (1, "")
    assert result.err.startswith("fupin keep: -:4: total: missing")


def test_an_unknown_column_comes_with_the_nearest() -> None:
    result = fupin("keep", "--where", "totel < 70", stdin=BOARD)
    assert (result.status, result.err) == (1, "fupin keep: -: no column 'totel'; nearest: total\n")
