"""Due dates on days off: `--shift`, and the calendars that say which days those are."""

from __future__ import annotations

import sys
from datetime import date
from pathlib import Path

import polars as pl
import pytest
from harness import Result, fupin
from harness import refused as refused_by
from reference import table

import fupin as library

CN = ["--calendar", "cn"]


def due(*words: str, plan: str) -> list[str]:
    """The due dates of a plan."""
    result = fupin("deadlines", "--on", "2000-01-01", *words, stdin=plan)
    assert (result.status, result.err) == (0, "")
    return [row["due"] for row in table(result.out).rows]


def moved(day: str, *words: str) -> list[str]:
    """Where a date goes."""
    return due(*words, plan=f"task,due\na,{day}\n")


def refused(result: Result, *told: str) -> None:
    refused_by(result, 1, "deadlines", *told)


# From the notices of the State Council, read day by day.
CHINESE = [
    ("2019-04-30", "2019-04-30", "2019-04-30"),
    ("2019-05-01", "2019-05-05", "2019-04-30"),  # Labour Day, four days; Sunday the fifth is worked
    ("2019-05-04", "2019-05-05", "2019-04-30"),
    ("2019-05-05", "2019-05-05", "2019-05-05"),
    ("2019-04-28", "2019-04-28", "2019-04-28"),  # the Sunday before is worked as well
    ("2019-04-27", "2019-04-28", "2019-04-26"),
    ("2019-10-01", "2019-10-08", "2019-09-30"),  # a week for National Day
    ("2019-10-07", "2019-10-08", "2019-09-30"),
    ("2019-10-12", "2019-10-12", "2019-10-12"),
    ("2019-10-13", "2019-10-14", "2019-10-12"),
    ("2020-01-24", "2020-02-03", "2020-01-23"),  # Spring Festival, made longer until 2 February
    ("2020-01-31", "2020-02-03", "2020-01-23"),
    ("2020-01-19", "2020-01-19", "2020-01-19"),
    ("2020-06-28", "2020-06-28", "2020-06-28"),
    ("2020-12-31", "2020-12-31", "2020-12-31"),
    ("2018-12-31", "2019-01-02", "2018-12-29"),  # over the end of a year; Saturday the 29th is worked
    ("2019-01-01", "2019-01-02", "2018-12-29"),
]


@pytest.mark.parametrize(("day", "following", "previous"), CHINESE, ids=[day for day, *_ in CHINESE])
def test_chinese_days(day: str, following: str, previous: str) -> None:
    assert moved(day, "--shift", "next", *CN) == [following]
    assert moved(day, "--shift", "previous", *CN) == [previous]


@pytest.mark.parametrize(
    ("day", "following", "previous"),
    [
        ("2019-04-26", "2019-04-26", "2019-04-26"),
        ("2019-04-27", "2019-04-29", "2019-04-26"),
        ("2019-04-28", "2019-04-29", "2019-04-26"),
        ("2019-05-01", "2019-05-01", "2019-05-01"),
        ("2030-02-03", "2030-02-04", "2030-02-01"),
    ],
)
def test_without_a_calendar_saturdays_and_sundays_are_off(day: str, following: str, previous: str) -> None:
    assert moved(day) == [day]
    assert moved(day, "--shift", "next") == [following]
    assert moved(day, "--shift", "previous") == [previous]


def test_days_of_a_file(folder: Path) -> None:
    Path("days.csv").write_text("date,working,why\n2019-04-26,false,市集\n2019-04-27,true,补班\n2019-04-29,FALSE,\n")
    days = ["--shift", "next", "--calendar", "days.csv"]
    assert [moved(f"2019-04-{day}", *days) for day in (26, 27, 28, 29, 30)] == [
        ["2019-04-27"], ["2019-04-27"], ["2019-04-30"], ["2019-04-30"], ["2019-04-30"],
    ]  # fmt: skip
    assert moved("2019-05-01", *days) == ["2019-05-01"]


@pytest.mark.parametrize("order", [["cn", "days.csv"], ["days.csv", "cn"]], ids=" ".join)
def test_days_of_a_file_stand_above_the_chinese_ones(folder: Path, order: list[str]) -> None:
    Path("days.csv").write_text("date,working\n2019-05-02,true\n2019-05-05,false\n")
    days = ["--shift", "next", *(word for one in order for word in ("--calendar", one))]
    assert moved("2019-05-01", *days) == ["2019-05-02"]
    assert moved("2019-05-03", *days) == ["2019-05-06"]


def test_of_two_files_the_later_one_counts(folder: Path) -> None:
    Path("one.csv").write_text("date,working\n2019-04-26,false\n2019-04-29,false\n")
    Path("two.csv").write_text("date,working\n2019-04-26,true\n")
    days = ["--shift", "next", "--calendar", "one.csv", "--calendar", "two.csv"]
    assert moved("2019-04-26", *days) == ["2019-04-26"]
    assert moved("2019-04-27", *days) == ["2019-04-30"]


def test_rules_end_and_are_cut_before_their_dates_move() -> None:
    plan = "task,start,rule\na,2019-04-01,FREQ=MONTHLY;BYMONTHDAY=1;COUNT=3\n"  # 1 June is a Saturday
    assert due("--shift", "next", *CN, plan=plan) == ["2019-04-01", "2019-05-05", "2019-06-03"]
    window = ["--from", "2019-05-02", "--to", "2019-06-01"]
    assert due("--shift", "next", *CN, *window, plan=plan) == ["2019-06-03"]
    assert due("--shift", "previous", *CN, *window, plan=plan) == ["2019-05-31"]


def test_dates_of_one_rule_that_come_to_the_same_day_are_one() -> None:
    plan = "task,start,rule\na,2019-04-26,FREQ=DAILY;COUNT=10\n"  # Friday to Sunday of the week after
    worked = ["2019-04-26", "2019-04-28", "2019-04-29", "2019-04-30", "2019-05-05"]
    assert due("--shift", "next", *CN, plan=plan) == worked
    assert due("--shift", "previous", *CN, plan=plan) == worked


def test_two_rows_of_a_plan_that_come_to_the_same_day_are_told() -> None:
    plan = "task,due\na,2019-05-05\nb,2019-05-04\na,2019-05-04\n"
    assert due(plan=plan) == ["2019-05-04", "2019-05-04", "2019-05-05"]
    result = fupin("deadlines", "--on", "2000-01-01", "--shift", "next", *CN, stdin=plan)
    refused(result, "-:4: task: 'a' is due on 2019-05-05 already")


def test_what_is_late_is_counted_from_the_day_that_a_date_was_moved_to(folder: Path) -> None:
    Path("done.csv").write_text("task,date,due\na,2019-05-06,2019-05-05\n")
    words = ["--on", "2019-05-20", "--shift", "next", *CN, "--done", "done.csv"]
    result = fupin("deadlines", *words, stdin="task,due\na,2019-05-01\n")
    assert result.out.splitlines()[1] == "a,,2019-05-05,2019-05-06,late,1"
    Path("done.csv").write_text("task,date,due\na,2019-05-06,2019-05-01\n")
    result = fupin("deadlines", *words, stdin="task,due\na,2019-05-01\n")
    refused(result, "done.csv:2: due: 'a' is not due on 2019-05-01; it is due on 2019-05-05")


# --- what no calendar tells


def test_a_year_that_the_chinese_calendar_does_not_know(folder: Path) -> None:
    plan = "task,start,rule\na,2019-05-01,FREQ=YEARLY;COUNT=2\nb,2090-05-06,FREQ=MONTHLY;COUNT=12\n"
    Path("plan.csv").write_text(plan)
    result = fupin("deadlines", "plan.csv", "--shift", "next", *CN)
    assert (result.status, result.out) == (1, "")
    told = "; tell its days off and make-up days in --calendar FILE (date,working) (b)"
    assert result.err.splitlines() == [
        f"fupin deadlines: plan.csv:3: the calendar cn does not know {year}{told}" for year in (2090, 2091)
    ]
    refused(fupin("deadlines", "--shift", "next", *CN, stdin="task,due\na,2003-12-31\n"), "-:2: ", "2003", "--calendar")


def test_a_file_tells_a_year_that_the_chinese_calendar_does_not_know(folder: Path) -> None:
    Path("days.csv").write_text("date,working\n2090-05-01,false\n2090-05-06,true\n")
    days = ["--shift", "next", *CN, "--calendar", "days.csv"]
    assert moved("2090-05-01", *days) == ["2090-05-02"]  # a Tuesday
    assert moved("2090-05-06", *days) == ["2090-05-06"]  # a Saturday
    assert moved("2090-05-07", *days) == ["2090-05-08"]  # a Sunday
    refused(fupin("deadlines", *days, stdin="task,due\na,2091-05-07\n"), "-:2: ", "does not know 2091")


@pytest.mark.parametrize(
    ("rows", "where", "told"),
    [
        ("2019-05-01,false\n2019-02-29,true\n", "days.csv:3: date: ", "'2019-02-29' is a date that does not exist"),
        ("2019-05-01,false\n,true\n", "days.csv:3: date: ", "blank"),
        ("2019-05-01,false\n2019-05-02,yes\n", "days.csv:3: working: ", "'yes' is neither true nor false"),
        ("2019-05-01,false\n2019-05-02,\n", "days.csv:3: working: ", "blank"),
        ("2019-05-01,false\n2019-05-01,true\n", "days.csv:3: date: ", "'2019-05-01' is there twice, first on line 2"),
    ],
)
def test_a_bad_calendar(folder: Path, rows: str, where: str, told: str) -> None:
    Path("days.csv").write_text(f"date,working\n{rows}")
    result = fupin("deadlines", "--shift", "next", "--calendar", "days.csv", stdin="task,due\na,2019-05-01\n")
    refused(result, where, told)


def test_a_calendar_without_its_columns_or_that_is_missing(folder: Path) -> None:
    Path("days.csv").write_text("day,working\n")
    words = ["deadlines", "--shift", "next", "--calendar"]
    refused(fupin(*words, "days.csv", stdin="task,due\n"), "days.csv: no column 'date'; nearest: day")
    refused(fupin(*words, "dayz.csv", stdin="task,due\n"), "dayz.csv: ", "days.csv")


def test_no_working_day_before_the_end_of_time(folder: Path) -> None:
    Path("days.csv").write_text("date,working\n9999-12-31,false\n")
    words = ["--shift", "next", "--calendar", "days.csv"]
    result = fupin("deadlines", *words, stdin="task,due\nb,9999-12-30\na,9999-12-31\n")
    refused(result, "-:3: there is no working day after 9999-12-31 (a)")
    assert moved("9999-12-31", "--shift", "previous", *words[2:]) == ["9999-12-30"]


def test_without_chinesecalendar(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "chinese_calendar", None)
    result = fupin("deadlines", "--shift", "next", *CN, stdin="task,due\na,2019-05-01\n")
    refused(result, "--calendar cn needs chinesecalendar: pip install 'fupin[calendar]'")
    assert moved("2019-05-04", "--shift", "next") == ["2019-05-06"]


# --- elsewhere than on the command line


def test_in_a_recipe(folder: Path) -> None:
    Path("here").mkdir()
    Path("here/cn").write_text("date,working\n2019-05-06,false\n")
    Path("here/plan.csv").write_text("task,due\na,2019-05-01\nb,2019-05-06\n")
    line = "deadlines plan.csv --on 2019-01-01 --shift next --calendar"
    Path("here/r.fupin").write_text(f"{line} cn\n")
    assert fupin("run", "here/r.fupin").out.count("2019-05-05") == 1
    Path("here/r.fupin").write_text(f"{line} ./cn\n")  # a file that is called so
    assert [row["due"] for row in table(fupin("run", "here/r.fupin").out).rows] == ["2019-05-01", "2019-05-07"]
    Path("here/r.fupin").write_text(
        f"days:\nkeep ./cn --where \"working = 'false'\"\nlist:\n{line} cn --calendar @days\n"
    )
    assert [row["due"] for row in table(fupin("run", "here/r.fupin").out).rows] == ["2019-05-05", "2019-05-07"]


def test_in_python() -> None:
    plan = pl.DataFrame({"task": ["a", "b"], "due": ["2019-05-01", "2019-05-05"]})
    days = pl.DataFrame({"date": ["2019-05-05"], "working": [False]})

    def found(**options: object) -> list[str]:
        return library.deadlines(plan, **options)["due"].to_list()

    assert found(shift="previous") == ["2019-05-01", "2019-05-03"]
    assert found(shift="next", calendar=["cn"]) == ["2019-05-05", "2019-05-05"]
    assert found(shift="next", calendar=["cn", days]) == ["2019-05-06", "2019-05-06"]
    with pytest.raises(library.Misuse, match=r"calendar: 'cn' is not a list; write \['cn'\]"):
        found(shift="next", calendar="cn")
    with pytest.raises(library.Misuse, match="--calendar goes with --shift"):
        found(calendar=["cn"])
    with pytest.raises(library.Misuse, match="--from 2019-05-02 is after --to 2019-05-01"):
        found(since=date(2019, 5, 2), until=date(2019, 5, 1))
    with pytest.raises(library.Misuse, match="shift: 'later' is not one of next, previous"):
        found(shift="later")
    with pytest.raises(library.DataError, match=r"^a: the calendar cn does not know 2090; "):
        library.deadlines(plan.with_columns(due=pl.lit("2090-05-01")).head(1), shift="next", calendar=["cn"])
