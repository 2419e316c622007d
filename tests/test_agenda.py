"""The calendar that `deadlines --ics` writes for phones, read back by icalendar."""

from __future__ import annotations

import sys
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from harness import Result, fupin, refused
from icalendar import Calendar, Component

PLAN = """\
task,unit,due,start,days,rule
月报,,,2019-03-01,,FREQ=MONTHLY;COUNT=3
核查表,,2019-03-20,,,
年报,县里,,2019-03-05,15,
"""
DONE = "task,village,date\n月报,梅子园村,2019-02-27\n月报,永宁村,2019-03-04\n"


@pytest.fixture
def office(folder: Path) -> Path:
    """A folder with a plan, two villages, and what came in."""
    Path("plan.csv").write_text(PLAN)
    Path("villages.csv").write_text("village\n梅子园村\n永宁村\n")
    Path("done.csv").write_text(DONE)
    return folder


def made(*words: str, on: str = "2019-03-14") -> Result:
    """Make the calendar of the office."""
    return fupin(*f"deadlines plan.csv --roster villages.csv --done done.csv --on {on} --ics out.ics".split(), *words)


def events(name: str = "out.ics") -> list[Component]:
    """What a calendar has, once it has been seen to be one that RFC 5545 allows."""
    data = Path(name).read_bytes()
    assert data.endswith(b"\r\n")
    assert all(len(line) <= 75 and b"\n" not in line and b"\r" not in line for line in data.split(b"\r\n"))
    calendar = Calendar.from_ical(data)
    assert (calendar["VERSION"], bool(calendar["PRODID"])) == ("2.0", True)
    assert calendar.errors == []
    found = calendar.walk("VEVENT")
    for event in found:
        assert event.errors == []
        assert {"UID", "DTSTAMP", "DTSTART", "SUMMARY"} <= set(event)
        for alarm in event.walk("VALARM"):
            assert (alarm["ACTION"], alarm["DESCRIPTION"]) == ("DISPLAY", event["SUMMARY"])
    assert len({event["UID"] for event in found}) == len(found)
    return found


def uids() -> dict[str, str]:
    """Title and date of each event, by its UID."""
    return {str(event["UID"]): f"{event['SUMMARY']} {event.start}" for event in events()}


def wakes(event: Component) -> list[datetime]:
    """When a phone sounds for an event: triggers count from the midnight with which its day begins."""
    midnight = datetime.combine(event.start, datetime.min.time(), UTC)
    return [midnight + alarm["TRIGGER"].dt for alarm in event.walk("VALARM")]


def test_an_event_for_each_obligation_of_the_list(office: Path) -> None:
    result = made()
    assert (result.status, result.err) == (0, "")
    rows = [line.split(",") for line in result.out.splitlines()[1:]]
    assert len(rows) == 9
    found = events()
    assert [[event["SUMMARY"], str(event.start)] for event in found] == [[f"{t} {u}", due] for t, u, due, *_ in rows]
    assert all(event.end - event.start == timedelta(1) for event in found)
    assert [event["DESCRIPTION"] for event in found] == [
        "done 2019-02-27", "late 2019-03-04", *["due"] * 3, *["upcoming"] * 4
    ]  # fmt: skip
    assert {event["DTSTAMP"].dt for event in found} == {datetime(2019, 3, 14, tzinfo=UTC)}
    assert {str(event["TRANSP"]) for event in found} == {"TRANSPARENT"}


def test_what_is_open_wakes_when_it_becomes_due_and_on_its_day(office: Path) -> None:
    made()
    by_title = {(str(event["SUMMARY"]), event.start): wakes(event) for event in events()}
    assert by_title["核查表 永宁村", date(2019, 3, 20)] == [
        datetime(2019, 3, 13, 9, tzinfo=UTC), datetime(2019, 3, 20, 9, tzinfo=UTC)
    ]  # fmt: skip
    assert by_title["月报 永宁村", date(2019, 3, 1)] == []  # late, and done with
    made("--soon", "0")
    assert {len(wakes(event)) for event in events()} == {0, 1}
    made("--soon", "30")
    assert datetime(2019, 4, 1, 9, tzinfo=UTC) in {time for event in events() for time in wakes(event)}
    made(on="2019-06-01")
    assert [wakes(event) for event in events()] == [[]] * 9


def test_the_same_again_is_the_same_bytes(office: Path) -> None:
    made()
    first = Path("out.ics").read_bytes()
    made()
    assert Path("out.ics").read_bytes() == first


def test_a_uid_lasts(office: Path) -> None:
    made()
    first = uids()
    Path("done.csv").write_text(DONE + "核查表,永宁村,2019-03-15\n")
    made("--from", "2019-04-01", on="2019-03-16")
    later = uids()
    assert later == {uid: title for uid, title in first.items() if title[-10:] != "2019-03-01"}
    Path("plan.csv").write_text(PLAN.replace("2019-03-20", "2019-03-27"))
    made("--from", "2019-04-01", on="2019-03-16")
    assert uids() == {
        uid: title.replace("03-20", "03-27" if "核查" in title else "03-20") for uid, title in later.items()
    }


def test_a_date_that_is_moved_keeps_its_uid(office: Path) -> None:
    Path("done.csv").write_text("task,village,date\n")
    Path("plan.csv").write_text("task,start,rule\n月报,2019-05-01,FREQ=MONTHLY;COUNT=2\n")
    made()
    first = uids()
    made("--shift", "next", "--calendar", "cn")
    assert uids() == {uid: title.replace("05-01", "05-05").replace("06-01", "06-03") for uid, title in first.items()}


def test_a_task_of_all_and_the_same_task_of_one(folder: Path) -> None:
    Path("villages.csv").write_text("village\n永宁村\n")
    Path("plan.csv").write_text("task,unit,due\n月报,,2019-03-01\n月报,永宁村,2019-03-02\n月报,永宁村,2019-03-03\n")
    fupin("deadlines", "plan.csv", "--roster", "villages.csv", "--ics", "out.ics")
    assert len(events()) == 3


def test_only_what_is_listed(office: Path) -> None:
    made("--status", "due")
    assert len(events()) == 3
    made("--status", "done,due", "--fail-if", "late")
    assert len(events()) == 4
    result = made("--late", "--points", "1")
    assert result.out.count("\n") == 2
    assert [event["SUMMARY"] for event in events()] == ["月报 永宁村"]
    made("--status", "overdue")
    assert events() == []


def test_titles_of_any_letters(folder: Path) -> None:
    task = 'a, b; c\\n "d"\n' + "很长的任务名称" * 20
    plan = f'task,due\n"{task.replace(chr(34), chr(34) * 2)}",2019-03-01\n'
    assert fupin("deadlines", "--ics", "out.ics", stdin=plan).status == 0
    assert [str(event["SUMMARY"]) for event in events()] == [task]


def test_the_ends_of_time(folder: Path) -> None:
    plan = "task,due\na,0001-01-01\nb,9999-12-31\n"
    assert fupin("deadlines", "--ics", "out.ics", "--soon", "36500", stdin=plan).status == 0
    assert [event.start for event in events()] == [date(1, 1, 1), date(9999, 12, 31)]


def test_what_a_phone_calls_it(office: Path) -> None:
    made()
    assert b"\r\nX-WR-CALNAME:plan\r\n" in Path("out.ics").read_bytes()
    fupin("deadlines", "--ics", "out.ics", stdin=PLAN)
    assert b"\r\nX-WR-CALNAME:deadlines\r\n" in Path("out.ics").read_bytes()


def test_it_is_written_whole_or_not_at_all(office: Path) -> None:
    made()
    before = Path("out.ics").read_bytes()
    Path("done.csv").write_text(DONE + "月报,外村,2019-03-15\n")
    refused(made(), 1, "deadlines", "'外村'")
    Path("done.csv").write_text(DONE)
    refused(made("then", "keep", "-k", "task,unit,due", "--where", "x = 1"), 1, "keep", "'x'")
    assert Path("out.ics").read_bytes() == before
    assert {file.name for file in office.iterdir()} == {"plan.csv", "villages.csv", "done.csv", "out.ics"}


def test_in_a_recipe(office: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    Path("r.fupin").write_text("deadlines plan.csv --roster villages.csv --on 2019-03-14 --ics out.ics\n")
    (office / "elsewhere").mkdir()
    monkeypatch.chdir(office / "elsewhere")
    assert fupin("run", "../r.fupin").status == 0
    assert len(events("../out.ics")) == 9


def test_without_icalendar(office: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "icalendar", None)
    refused(made(), 1, "deadlines", "--ics needs icalendar: pip install 'fupin[calendar]'")
    assert not Path("out.ics").exists()
