"""The verb `deadlines`: against a plain reference, by the examples of RFC 5545, and what it says of bad input."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from contextlib import chdir
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from itertools import takewhile
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
import reference_deadlines as ref
from conftest import Shell
from dateutil.rrule import rrulestr
from harness import Result, fupin
from hypothesis import Phase, assume, event, given, settings
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn
from reference import Refused, Row, Table, table
from reference_deadlines import DAY, FREQS, STATUSES, WEEKDAYS, Costs, Obligation, Rule, obligations
from test_properties import BAD, dressed, forms, many, names, numbers, remarks, seldom, split_in_two

HEADER = "task,unit,due,done,status,days_late\n"
COSTS = "unit,item,points,date,source,due\n"

# --- against the reference


@dataclass
class Case:
    """A command line, its tables, what it must print and with which status."""

    words: list[str]
    plan: Table
    files: dict[str, Table]
    want: Callable[[], tuple[Table, int]]
    form: str
    strays: int = 0
    early: list[int] = field(default_factory=list)

    def run(self) -> Result:
        """Run fupin in a folder of its own; a word @NAME is the file of that name."""
        with TemporaryDirectory() as folder, chdir(folder):
            for name, content in self.files.items():
                Path(name).write_bytes(dressed(content, self.form))
            Path("plan.csv").write_bytes(dressed(self.plan, self.form))
            given_plan = b"" if "plan.csv" in self.words else dressed(self.plan, self.form)
            return fupin("deadlines", *(word.removeprefix("@") for word in self.words), stdin=given_plan)

    def check(self) -> None:
        """Compare fupin with the reference."""
        got = self.run()
        try:
            want, status = self.want()
        except Refused as refused:
            event("refused")
            assert got.status in (1, 2), f"accepted, though: {refused}\n{got.out}"
            assert got.out == ""
            lines = got.err.splitlines()
            assert 1 <= len(lines) <= 21
            assert all(line.startswith("fupin deadlines: ") for line in lines), got.err
        else:
            event(f"done, status {status}")
            assert (got.status, got.out) == (status, want.text()), got.err
            told = [f"ignored {self.strays} row"] * bool(self.strays)
            told += [f"left out {sum(self.early)} submission"] * bool(sum(self.early))
            lines = got.err.splitlines()
            assert [part in line for part, line in zip(told, lines, strict=True)] == [True] * len(told), got.err


FIRST = date(2019, 12, 20)  # a leap year is near
TASKS = ["驻村月报", "a,b", "007", "two\nlines", 'the "list"', " 甲", "NA", "低保核查表", "=1"]
BAD_DATES = ["", "2019-02-29", "2019-6-1", "20200101", "2020-W01-1", "2020/01/01", " 2020-01-01", "2020-01-01 "]
BAD_DATES += ["\uff12020-01-01", "2020-13-01", "2020-00-10", "NA", "43800", "2020年1月1日", "2020-01-01\n"]
BAD_DAYS = ["-1", "1.5", "三", "NA", "1e1", " 1", "\u0661"]
BAD_RULES = """
    monthly, COUNT=1, FREQ=DAILY;, FREQ=DAILY;DAILY;COUNT=1, FREQ=DAILY;COUNT=1;COUNT=1, FREQ=DAILY;COUNT=x,
    FREQ=HOURLY;COUNT=1, FREQ=FORTNIGHTLY;COUNT=1, FREQ=DAILY;INTERVAL=0;COUNT=1, FREQ=DAILY;COUNT=1;UNTIL=20200101,
    FREQ=MONTHLY;BYMONTHDAY=0;COUNT=1, FREQ=MONTHLY;BYMONTHDAY=32;COUNT=1, FREQ=WEEKLY;BYDAY=XX;COUNT=1,
    FREQ=DAILY;UNTIL=20200230, FREQ=DAILY;UNTIL=20191219, FREQ=YEARLY;BYEASTER=0;COUNT=1, FREQ=DAILY;BYHOUR=9;COUNT=1
""".replace("\n", " ").split(", ")
BAD_RULES = [rule.strip() for rule in BAD_RULES]

dates = st.integers(0, 120).map(lambda days: FIRST + days * DAY)
near = st.sampled_from([0, 1, 3, 10, 40, 60]).map(lambda days: FIRST + days * DAY)


@st.composite
def rules(draw: DrawFn, start: date, *, rare: bool = False) -> str:
    """A rule that finds a date within some years; a rare one has the parts that few people use."""

    def signed(most: int, count: int = 3) -> str:
        chosen = draw(st.lists(st.integers(1, most), min_size=1, max_size=count, unique=True))
        return ",".join(str(-one if seldom(draw, 4) else one) for one in chosen)

    freq = draw(st.sampled_from([*FREQS, "MONTHLY"]))
    parts = [f"FREQ={freq}"]
    # Weeks around the new year, weeks without a weekday, and positions in weeks are refused.
    weeks = rare and freq == "YEARLY" and seldom(draw, 3)
    positions = rare and not weeks and freq in ("MONTHLY", "YEARLY") and seldom(draw, 3)
    if not weeks and seldom(draw, 2):
        parts.append(f"INTERVAL={draw(st.sampled_from([1, 2, 3, 6, 12] if freq == 'MONTHLY' else [1, 2, 3]))}")
    if seldom(draw, 4):
        parts.append(f"BYMONTH={signed(12).replace('-', '')}")
    if freq in ("MONTHLY", "YEARLY") and seldom(draw, 2):
        month_days = st.sampled_from(["25", "-1", "31", "1,-1", "29", "30,15", "+5"])
        parts.append(f"BYMONTHDAY={signed(31) if draw(st.booleans()) else draw(month_days)}")
    parts += [f"BYWEEKNO={draw(st.integers(2, 51))}"] if weeks else []
    if rare and freq == "YEARLY" and seldom(draw, 4):
        parts.append(f"BYYEARDAY={signed(366)}")
    if weeks or seldom(draw, 2):
        weekdays = draw(st.lists(st.sampled_from(WEEKDAYS), min_size=1, max_size=3, unique=True))
        numbered = freq in ("MONTHLY", "YEARLY") and not weeks and draw(st.booleans())
        # Days such as MO and 1MO in one rule go together, but not with BYSETPOS.
        nth = st.sampled_from([*([] if positions else [""]), "1", "2", "-1", "+3"]) if numbered else st.just("")
        parts.append("BYDAY=" + ",".join(draw(nth) + one for one in weekdays))
    if positions and any(part.startswith("BY") for part in parts):
        parts.append(f"BYSETPOS={signed(4, 2)}")
    parts += [f"WKST={draw(st.sampled_from(WEEKDAYS))}"] if seldom(draw, 3) else []
    end = draw(st.sampled_from(["COUNT", "UNTIL", ""]))
    if end == "COUNT":
        parts.append(f"COUNT={draw(st.integers(1, 6))}")
    elif end == "UNTIL":
        parts.append(f"UNTIL={max(start, draw(dates)):%Y%m%d}")
    rule = ";".join([*parts[:1], *draw(st.permutations(parts[1:]))] if draw(st.booleans()) else parts[::-1])
    assume(Rule.parse(rule).dates(start, start + 1500 * DAY))
    return rule


@st.composite
def rule_cases(draw: DrawFn) -> tuple[date, str, date]:
    """A first day, a rule, and the last day to look at."""
    start = draw(dates)
    return start, draw(rules(start, rare=True)), start + draw(st.integers(0, 1500)) * DAY


def expanded(start: date | str, rule: str, *words: str) -> list[str]:
    """The due dates that fupin finds for a rule."""
    plan = Table(["task", "start", "rule"], [{"task": "t", "start": str(start), "rule": rule}])
    result = fupin("deadlines", "--on", "2000-01-01", *words, stdin=plan.text())
    assert (result.status, result.err) == (0, "")
    return [row["due"] for row in table(result.out).rows]


# Rules are short enough to be read as they are found, and shrinking ends at those that find nothing for centuries.
@settings(many, phases=[Phase.explicit, Phase.reuse, Phase.generate])
@given(rule_cases())
def test_rules(case: tuple[date, str, date]) -> None:
    start, rule, to = case
    assert expanded(start, rule, "--to", str(to)) == [str(one) for one in Rule.parse(rule).dates(start, to)]


@settings(many, phases=[Phase.explicit, Phase.reuse, Phase.generate])
@given(rule_cases())
def test_rules_are_those_of_dateutil(case: tuple[date, str, date]) -> None:
    start, rule, to = case
    days_ = re.findall("BYDAY=([^;]*)", rule)
    assume(len({one[:2].isalpha() for one in days_[0].split(",")}) == 1 if days_ else True)  # it does not take both
    theirs = rrulestr(rule, dtstart=datetime.combine(start, datetime.min.time()))
    found = takewhile(lambda moment: moment.date() <= to, theirs)
    assert expanded(start, rule, "--to", str(to)) == [str(moment.date()) for moment in found]


@dataclass
class Drawn:
    """What a plan was drawn with: who there is, and the words that say so."""

    plan: Table
    roster: Table | None = None
    key: str | None = None
    units: list[str] = field(default_factory=list)
    words: list[str] = field(default_factory=list)
    files: dict[str, Table] = field(default_factory=dict)


@st.composite
def plans(draw: DrawFn) -> Drawn:
    units = draw(st.lists(names, min_size=1, max_size=4, unique=True))
    who = draw(st.sampled_from(["roster", "roster", "plan", "nobody"]))
    windows = draw(st.booleans())
    rows: list[Row] = []
    for index in range(0 if seldom(draw, 20) else draw(st.integers(1, 4))):
        task = TASKS[draw(st.integers(0, len(TASKS) - 1))] if seldom(draw, 6) else TASKS[index]
        row = {
            "task": task,
            "unit": "",
            "due": "",
            "start": "",
            "days": "",
            "rule": "",
            "points": "",
            "window": "",
            "备注": draw(remarks),
        }
        if who == "plan" or (who == "roster" and seldom(draw, 4)):
            row["unit"] = draw(st.sampled_from([*units, "编外村"]))
        how = draw(st.sampled_from(["due", "days", "rule"]))
        if how == "due":
            row["due"] = str(draw(dates))
        else:
            start = draw(near)
            row["start"] = str(start)
            row[how] = draw(st.sampled_from(["0", "15", "007", "30"])) if how == "days" else draw(rules(start))
        row["points"] = draw(st.just("") | numbers("0", "6").filter(lambda text: text[0] != "-"))
        if windows:
            row["window"] = draw(st.sampled_from(["", "0", "3", "007", "40", "99999"]))
        rows.append(row)
    if rows and seldom(draw, 12):
        rows.append(dict(rows[0]))
    spoil_plan(draw, rows)
    unused = [name for name in ("due", "start", "days", "rule") if not any(row[name] for row in rows)]
    unused += ["unit"] if who == "nobody" else []
    unused += ["points"] if draw(st.booleans()) else []
    unused += [] if windows else ["window"]
    known = ("task", "unit", "due", "start", "days", "rule", "points", "window", "备注")
    columns = [name for name in known if name not in unused]
    columns = columns if draw(st.booleans()) else draw(st.permutations(columns))
    plan = Table(columns, [{name: row[name] for name in columns} for row in rows])
    if who != "roster":
        return Drawn(plan, units=sorted({row["unit"] for row in rows} - {""}))
    if seldom(draw, 20):
        units.append(draw(st.sampled_from([units[0], ""])))
    behind = draw(st.booleans())
    roster = Table(["户数", "村"] if behind else ["村", "户数"], [{"村": unit, "户数": "3"} for unit in units])
    words = ["--roster", "@roster.csv", *(["-k", "村"] if behind else [])]
    return Drawn(plan, roster, "村" if behind else None, units, words, {"roster.csv": roster})


def spoil_plan(draw: DrawFn, rows: Sequence[Row]) -> None:
    """Once in a while make a cell of the plan wrong."""
    if not rows or not seldom(draw, 6):
        return
    row = draw(st.sampled_from(rows))
    bad = {
        "task": [""],
        "due": BAD_DATES,
        "start": BAD_DATES,
        "days": BAD_DAYS,
        "rule": BAD_RULES,
        "points": [*BAD, "-1"],
        "window": BAD_DAYS,
    }
    if seldom(draw, 3):  # a second form beside the first
        row[draw(st.sampled_from(["due", "start"]))] = "2020-01-01"
        row["days"] = draw(st.sampled_from(["", "3"]))
        return
    name = draw(st.sampled_from([name for name in bad if name in ("task", "points") or row[name]]))
    row[name] = draw(st.sampled_from(bad[name]))


@st.composite
def submissions(draw: DrawFn, drawn: Drawn, found: list[Obligation], column: str | None) -> Table:
    """Some of the due dates, met early or late, and now and then a row that is wrong."""
    rows: list[Row] = []
    for one in draw(st.permutations([one for one in found[:10] if draw(st.integers(0, 2))])):
        handed_in = one.due + draw(st.integers(-9, 12)) * DAY if one.due < date.max - 20 * DAY else one.due
        row = {
            "task": one.task,
            "who": one.unit,
            "date": str(handed_in),
            "due": "",
            "用": draw(st.sampled_from("是是是否")),
        }
        if seldom(draw, 3):
            row["due"] = str(one.due)
        rows.append(row)
    if rows and seldom(draw, 6):
        wrong = [("date", BAD_DATES), ("due", BAD_DATES[1:]), ("due", ["2018-01-01"]), ("task", ["", "没有"])]
        name, cells = draw(st.sampled_from(wrong))
        draw(st.sampled_from(rows))[name] = draw(st.sampled_from(cells))
    if rows and seldom(draw, 12):
        rows.append(dict(draw(st.sampled_from(rows))))  # handed in twice
    if found and drawn.units and seldom(draw, 6):
        stray = {"task": found[0].task, "who": "没有此村", "date": str(found[0].due), "due": "", "用": "是"}
        rows.insert(draw(st.integers(0, len(rows))), stray)
    left_out = [] if any(row["due"] for row in rows) or draw(st.booleans()) else ["due"]
    names_ = [
        name for name in ("task", "who", "date", "due", "用") if name not in left_out and (column or name != "who")
    ]
    shown = {"who": column or ""}
    kept = [{shown.get(name, name): row[name] for name in names_} for row in rows]
    columns = [shown.get(name, name) for name in names_]
    return Table(columns if draw(st.booleans()) else columns[::-1], kept)


@st.composite
def calendars(draw: DrawFn, words: list[str], files: dict[str, Table], *, chinese: bool) -> ref.Calendar:
    """Working days, and the words that say so; the Chinese ones only where no date is outside the known years."""
    listed: list[Table] = []
    for number in range(draw(st.integers(0, 2))):
        told = draw(st.lists(near | dates, max_size=12, unique=True))
        rows = [{"date": str(one), "working": draw(st.sampled_from(["true", "false", "FALSE"]))} for one in told]
        if rows and seldom(draw, 12):
            spoilt = [("working", "yes"), ("working", ""), ("date", "2020-02-30"), ("date", rows[-1]["date"])]
            rows[0] |= [draw(st.sampled_from(spoilt))]
        listed.append(Table(["date", "working"], rows))
        files[f"days{number}.csv"] = listed[-1]
        words += ["--calendar", f"@days{number}.csv"]
    chinese = chinese and draw(st.booleans())
    words += ["--calendar", "cn"] if chinese else []
    return ref.Calendar(listed, chinese)


@st.composite
def cases(draw: DrawFn) -> Case:
    drawn = draw(plans())
    plan, on = drawn.plan, draw(dates | dates.map(lambda on: on + 60 * DAY))
    soon = draw(st.sampled_from([7, 7, 0, 1, 30, 36500]))
    fixed = [row["due"] for row in plan.rows if re.fullmatch("2020-0[1-4]-[12][0-9]", row.get("due", ""))]
    if fixed and seldom(draw, 2):  # where a status changes
        on = ref.day(draw(st.sampled_from(fixed))) + draw(st.sampled_from([0, 1, -soon, -soon - 1])) * DAY
    words, files = ["--on", str(on), *drawn.words], dict(drawn.files)
    since = draw(near) if seldom(draw, 4) else None
    to = FIRST + draw(st.sampled_from([40, 150, 150])) * DAY if draw(st.integers(0, 7)) else None
    words += (["--from", str(since)] if since else []) + (["--to", str(to)] if to else [])
    words += [] if soon == 7 and draw(st.booleans()) else ["--soon", str(soon)]
    shift = draw(st.sampled_from(["next", "previous"])) if seldom(draw, 3) else None
    calendar = draw(calendars(words, files, chinese=to is not None)) if shift else None
    words += ["--shift", shift] if shift else []
    done, chosen, ignored, event_key = None, False, False, None
    if draw(st.integers(0, 4)):
        try:
            units = None if drawn.roster is None else drawn.units
            found = obligations(plan, units, since, to, shift, calendar)
        except Refused:
            found = []
        event_key = draw(st.sampled_from([None, None, "单位"])) if drawn.units else None
        own = [drawn.key or "村"] if drawn.roster else []
        column = event_key or (draw(st.sampled_from(["unit", *own])) if drawn.units or drawn.roster else None)
        done = draw(submissions(drawn, found, column))
        words += ["--event-key", event_key] if event_key else []
        files |= split_in_two(draw, words, "--done", done)
        chosen, ignored = seldom(draw, 4), seldom(draw, 2)
        words += (["--where", "用 = '是'"] if chosen else []) + (["--strays", "ignore"] if ignored else [])
    status = draw(st.lists(st.sampled_from(STATUSES), max_size=3)) if seldom(draw, 2) else []
    fail_if = draw(st.lists(st.sampled_from(STATUSES), max_size=2))
    words += ["--status", ",".join(status)] if status else []
    words += ["--fail-if", ",".join(fail_if)] if fail_if else []
    costs = None
    if seldom(draw, 2):
        figures = st.none() | numbers("0", "6").filter(lambda text: text[0] != "-")
        costs = Costs(draw(figures), draw(figures), draw(figures))
        words.append("--late")
        given_costs = [("--points", costs.points), ("--per-day", costs.per_day), ("--most", costs.most)]
        words += [word for option, figure in given_costs if figure is not None for word in (option, figure)]
    how = draw(st.sampled_from([["plan.csv"], ["-i", "plan.csv"], ["-"], []]))

    early: list[int] = []

    def where(row: Row) -> bool:
        return not chosen or row["用"] == "是"

    def want() -> tuple[Table, int]:
        found = ref.judged(
            plan, on, roster=drawn.roster, key=drawn.key, done=done, event_key=event_key, where=where,
            ignore_strays=ignored, since=since, to=to, shift=shift, calendar=calendar, soon=soon, early=early,
        )  # fmt: skip
        source = "plan.csv" if "plan.csv" in how else "-"
        printed = ref.deadlines(found, status) if costs is None else ref.late(found, costs, source, status)
        return printed, 3 if any(one.status in fail_if for one in found) else 0

    strays = [row for row in (done.rows if done else []) if "没有此村" in row.values() and where(row)]
    return Case([*words, *how], plan, files, want, draw(forms), len(strays) if ignored else 0, early)


@many
@given(cases())
def test_deadlines(case: Case) -> None:
    case.check()


@st.composite
def windows(draw: DrawFn) -> tuple[Table, Table]:
    """Due dates that are close together, with windows that overlap in any order, and many submissions."""
    span = st.integers(0, 12).map(lambda days: FIRST + days * DAY)
    dues = draw(st.lists(st.tuples(st.sampled_from("甲甲乙"), span), min_size=1, max_size=7, unique=True))
    alike = draw(st.none() | st.sampled_from(["", "3"]))
    rows = [
        {
            "task": task,
            "due": str(due),
            "window": draw(st.sampled_from(["", "0", "2", "5", "9"]) if alike is None else st.just(alike)),
        }
        for task, due in dues
    ]
    sent = draw(st.lists(st.tuples(st.sampled_from([task for task, _ in dues]), span), max_size=9))
    named = draw(st.lists(st.sampled_from(dues), max_size=2, unique=True))
    done = [{"task": task, "date": str(one), "due": ""} for task, one in sent]
    done += [{"task": task, "date": str(draw(span)), "due": str(due)} for task, due in named]
    return Table(["task", "due", "window"], rows), Table(["task", "date", "due"], draw(st.permutations(done)))


@settings(many, max_examples=400)
@given(windows())
def test_submissions_count_from_when_their_window_begins(case: tuple[Table, Table]) -> None:
    plan, done = case
    on, early = FIRST + 20 * DAY, list[int]()
    with TemporaryDirectory() as folder, chdir(folder):
        Path("done.csv").write_text(done.text())
        got = fupin("deadlines", "--on", on, "--done", "done.csv", stdin=plan.text())
    try:
        found = ref.judged(plan, on, done=done, early=early)
    except Refused:
        assert (got.status, got.out) == (1, "")
        return
    assert (got.status, got.out) == (0, ref.deadlines(found).text())
    assert got.err.startswith(f"fupin deadlines: left out {early[0]} submission") if early[0] else got.err == ""


# --- rules: the examples of RFC 5545, section 3.8.5.3, in whole days


def days(text: str) -> list[str]:
    """The dates in `1997-09 2-4 30; 1997-10 1`."""
    found = []
    for month in text.split("; "):
        name, *spans = month.split()
        for span in spans:
            first, _, last = span.partition("-")
            found += [f"{name}-{one:02d}" for one in range(int(first), int(last or first) + 1)]
    return found


# UNTIL=19971224T000000Z comes before nine o'clock of that day: in whole days it is the day before.
EXAMPLES = [
    ("1997-09-02", "FREQ=DAILY;COUNT=10", "", "1997-09 2-11"),
    ("1997-09-02", "FREQ=DAILY;UNTIL=19971223", "", "1997-09 2-30; 1997-10 1-31; 1997-11 1-30; 1997-12 1-23"),
    (
        "1997-09-02",
        "FREQ=DAILY;INTERVAL=2",
        "1997-10-07",
        "1997-09 2 4 6 8 10 12 14 16 18 20 22 24 26 28 30; 1997-10 2 4 6",
    ),
    ("1997-09-02", "FREQ=DAILY;INTERVAL=10;COUNT=5", "", "1997-09 2 12 22; 1997-10 2 12"),
    (
        "1998-01-01",
        "FREQ=YEARLY;UNTIL=20000131;BYMONTH=1;BYDAY=SU,MO,TU,WE,TH,FR,SA",
        "",
        "1998-01 1-31; 1999-01 1-31; 2000-01 1-31",
    ),
    ("1998-01-01", "FREQ=DAILY;UNTIL=20000131;BYMONTH=1", "", "1998-01 1-31; 1999-01 1-31; 2000-01 1-31"),
    ("1997-09-02", "FREQ=WEEKLY;COUNT=10", "", "1997-09 2 9 16 23 30; 1997-10 7 14 21 28; 1997-11 4"),
    (
        "1997-09-02",
        "FREQ=WEEKLY;UNTIL=19971223",
        "",
        "1997-09 2 9 16 23 30; 1997-10 7 14 21 28; 1997-11 4 11 18 25; 1997-12 2 9 16 23",
    ),
    (
        "1997-09-02",
        "FREQ=WEEKLY;INTERVAL=2;WKST=SU",
        "1998-02-20",
        "1997-09 2 16 30; 1997-10 14 28; 1997-11 11 25; 1997-12 9 23; 1998-01 6 20; 1998-02 3 17",
    ),
    ("1997-09-02", "FREQ=WEEKLY;UNTIL=19971006;WKST=SU;BYDAY=TU,TH", "", "1997-09 2 4 9 11 16 18 23 25 30; 1997-10 2"),
    ("1997-09-02", "FREQ=WEEKLY;COUNT=10;WKST=SU;BYDAY=TU,TH", "", "1997-09 2 4 9 11 16 18 23 25 30; 1997-10 2"),
    (
        "1997-09-01",
        "FREQ=WEEKLY;INTERVAL=2;UNTIL=19971223;WKST=SU;BYDAY=MO,WE,FR",
        "",
        "1997-09 1 3 5 15 17 19 29; 1997-10 1 3 13 15 17 27 29 31; 1997-11 10 12 14 24 26 28; 1997-12 8 10 12 22",
    ),
    ("1997-09-02", "FREQ=WEEKLY;INTERVAL=2;COUNT=8;WKST=SU;BYDAY=TU,TH", "", "1997-09 2 4 16 18 30; 1997-10 2 14 16"),
    (
        "1997-09-05",
        "FREQ=MONTHLY;COUNT=10;BYDAY=1FR",
        "",
        "1997-09 5; 1997-10 3; 1997-11 7; 1997-12 5; 1998-01 2; 1998-02 6; 1998-03 6; 1998-04 3; 1998-05 1; 1998-06 5",
    ),
    ("1997-09-05", "FREQ=MONTHLY;UNTIL=19971223;BYDAY=1FR", "", "1997-09 5; 1997-10 3; 1997-11 7; 1997-12 5"),
    (
        "1997-09-07",
        "FREQ=MONTHLY;INTERVAL=2;COUNT=10;BYDAY=1SU,-1SU",
        "",
        "1997-09 7 28; 1997-11 2 30; 1998-01 4 25; 1998-03 1 29; 1998-05 3 31",
    ),
    (
        "1997-09-22",
        "FREQ=MONTHLY;COUNT=6;BYDAY=-2MO",
        "",
        "1997-09 22; 1997-10 20; 1997-11 17; 1997-12 22; 1998-01 19; 1998-02 16",
    ),
    (
        "1997-09-28",
        "FREQ=MONTHLY;BYMONTHDAY=-3",
        "1998-02-28",
        "1997-09 28; 1997-10 29; 1997-11 28; 1997-12 29; 1998-01 29; 1998-02 26",
    ),
    (
        "1997-09-02",
        "FREQ=MONTHLY;COUNT=10;BYMONTHDAY=2,15",
        "",
        "1997-09 2 15; 1997-10 2 15; 1997-11 2 15; 1997-12 2 15; 1998-01 2 15",
    ),
    (
        "1997-09-30",
        "FREQ=MONTHLY;COUNT=10;BYMONTHDAY=1,-1",
        "",
        "1997-09 30; 1997-10 1 31; 1997-11 1 30; 1997-12 1 31; 1998-01 1 31; 1998-02 1",
    ),
    (
        "1997-09-10",
        "FREQ=MONTHLY;INTERVAL=18;COUNT=10;BYMONTHDAY=10,11,12,13,14,15",
        "",
        "1997-09 10-15; 1999-03 10-13",
    ),
    (
        "1997-09-02",
        "FREQ=MONTHLY;INTERVAL=2;BYDAY=TU",
        "1998-03-31",
        "1997-09 2 9 16 23 30; 1997-11 4 11 18 25; 1998-01 6 13 20 27; 1998-03 3 10 17 24 31",
    ),
    (
        "1997-06-10",
        "FREQ=YEARLY;COUNT=10;BYMONTH=6,7",
        "",
        "1997-06 10; 1997-07 10; 1998-06 10; 1998-07 10; 1999-06 10; 1999-07 10; 2000-06 10; 2000-07 10; "
        "2001-06 10; 2001-07 10",
    ),
    (
        "1997-03-10",
        "FREQ=YEARLY;INTERVAL=2;COUNT=10;BYMONTH=1,2,3",
        "",
        "1997-03 10; 1999-01 10; 1999-02 10; 1999-03 10; 2001-01 10; 2001-02 10; 2001-03 10; 2003-01 10; "
        "2003-02 10; 2003-03 10",
    ),
    (
        "1997-01-01",
        "FREQ=YEARLY;INTERVAL=3;COUNT=10;BYYEARDAY=1,100,200",
        "",
        "1997-01 1; 1997-04 10; 1997-07 19; 2000-01 1; 2000-04 9; 2000-07 18; 2003-01 1; 2003-04 10; "
        "2003-07 19; 2006-01 1",
    ),
    ("1997-05-19", "FREQ=YEARLY;BYDAY=20MO", "1999-12-31", "1997-05 19; 1998-05 18; 1999-05 17"),
    ("1997-05-12", "FREQ=YEARLY;BYWEEKNO=20;BYDAY=MO", "1999-12-31", "1997-05 12; 1998-05 11; 1999-05 17"),
    (
        "1997-03-13",
        "FREQ=YEARLY;BYMONTH=3;BYDAY=TH",
        "1999-12-31",
        "1997-03 13 20 27; 1998-03 5 12 19 26; 1999-03 4 11 18 25",
    ),
    (
        "1997-06-05",
        "FREQ=YEARLY;BYDAY=TH;BYMONTH=6,7,8",
        "1998-12-31",
        "1997-06 5 12 19 26; 1997-07 3 10 17 24 31; 1997-08 7 14 21 28; 1998-06 4 11 18 25; "
        "1998-07 2 9 16 23 30; 1998-08 6 13 20 27",
    ),
    (
        "1997-09-02",
        "FREQ=MONTHLY;BYDAY=FR;BYMONTHDAY=13",
        "2000-12-31",
        "1998-02 13; 1998-03 13; 1998-11 13; 1999-08 13; 2000-10 13",
    ),
    (
        "1997-09-13",
        "FREQ=MONTHLY;BYDAY=SA;BYMONTHDAY=7,8,9,10,11,12,13",
        "1998-06-30",
        "1997-09 13; 1997-10 11; 1997-11 8; 1997-12 13; 1998-01 10; 1998-02 7; 1998-03 7; 1998-04 11; "
        "1998-05 9; 1998-06 13",
    ),
    (
        "1996-11-05",
        "FREQ=YEARLY;INTERVAL=4;BYMONTH=11;BYDAY=TU;BYMONTHDAY=2,3,4,5,6,7,8",
        "2007-12-31",
        "1996-11 5; 2000-11 7; 2004-11 2",
    ),
    ("1997-09-04", "FREQ=MONTHLY;COUNT=3;BYDAY=TU,WE,TH;BYSETPOS=3", "", "1997-09 4; 1997-10 7; 1997-11 6"),
    (
        "1997-09-29",
        "FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-2",
        "1998-03-31",
        "1997-09 29; 1997-10 30; 1997-11 27; 1997-12 30; 1998-01 29; 1998-02 26; 1998-03 30",
    ),
    ("1997-08-05", "FREQ=WEEKLY;INTERVAL=2;COUNT=4;BYDAY=TU,SU;WKST=MO", "", "1997-08 5 10 19 24"),
    ("1997-08-05", "FREQ=WEEKLY;INTERVAL=2;COUNT=4;BYDAY=TU,SU;WKST=SU", "", "1997-08 5 17 19 31"),
    ("2007-01-15", "FREQ=MONTHLY;BYMONTHDAY=15,30;COUNT=5", "", "2007-01 15 30; 2007-02 15; 2007-03 15 30"),
]


@pytest.mark.parametrize(("start", "rule", "to", "found"), EXAMPLES)
def test_an_example_of_the_rfc(start: str, rule: str, to: str, found: str) -> None:
    assert expanded(start, rule, *(["--to", to] if to else [])) == days(found)
    assert [str(one) for one in Rule.parse(rule).dates(ref.day(start), ref.day(to) if to else None)] == days(found)


MORE_RULES = [
    # What the rule leaves open is taken from the start: its day of the week, of the month, of the year.
    ("2016-02-29", "FREQ=YEARLY;COUNT=2", "2016-02 29; 2020-02 29"),
    ("2019-01-31", "FREQ=MONTHLY;COUNT=3", "2019-01 31; 2019-03 31; 2019-05 31"),
    # Each Monday, and the last Friday of the month (26 September 1997).
    ("1997-09-01", "FREQ=MONTHLY;BYDAY=MO,-1FR;COUNT=6", "1997-09 1 8 15 22 26 29"),
    # A start that the rule does not take is no due date, and does not count.
    ("2019-05-01", "FREQ=MONTHLY;BYMONTHDAY=24;COUNT=3", "2019-05 24; 2019-06 24; 2019-07 24"),
    # The same day named twice is one due date.
    ("2019-05-01", "FREQ=MONTHLY;BYMONTHDAY=31,-1,31;COUNT=2", "2019-05 31; 2019-06 30"),
    ("2019-05-02", "FREQ=DAILY;UNTIL=20190502", "2019-05 2"),
    ("2019-05-02", "FREQ=MONTHLY;BYMONTHDAY=31;UNTIL=20190530", ""),
    ("2019-12-30", "FREQ=DAILY;INTERVAL=1;UNTIL=20200101", "2019-12 30 31; 2020-01 1"),
    ("9999-12-30", "FREQ=DAILY;COUNT=5", "9999-12 30 31"),
]


@pytest.mark.parametrize(("start", "rule", "found"), MORE_RULES, ids=[rule for _, rule, _ in MORE_RULES])
def test_a_rule_by_hand(start: str, rule: str, found: str) -> None:
    assert expanded(start, rule) == (days(found) if found else [])


def test_from_and_to_bound_rules_only_and_count_from_the_start() -> None:
    plan = "task,due,start,days,rule\na,2019-01-01,,,\nb,,2019-01-01,400,\nc,,2019-03-01,,FREQ=DAILY;COUNT=5\n"
    result = fupin("deadlines", "--on", "2000-01-01", "--from", "2019-03-02", "--to", "2019-03-04", stdin=plan)
    found = [(row["task"], row["due"]) for row in table(result.out).rows]
    assert found == [("a", "2019-01-01"), *[("c", f"2019-03-0{one}") for one in (2, 3, 4)], ("b", "2020-02-05")]
    beyond = fupin("deadlines", "--on", "2000-01-01", "--from", "2019-03-04", stdin=plan)
    assert [row["due"] for row in table(beyond.out).rows if row["task"] == "c"] == ["2019-03-04", "2019-03-05"]


# --- bad input: one line that says where


def refused(result: Result, status: int, *told: str) -> None:
    """One line in the name of the verb, which begins with the first text and tells the others."""
    assert (result.status, result.out) == (status, ""), result.err
    assert result.err.startswith(f"fupin deadlines: {told[0]}"), result.err
    assert result.err.count("\n") == 1, result.err
    for part in told[1:]:
        assert part in result.err


FORMS = "task,due,start,days,rule\n"
BAD_PLANS = [
    ("task,due\na,2019-03-01\nb,2019-02-29\n", "due", "'2019-02-29'", "does not exist"),
    ('task,due\n"a\na",2019-03-01\nb,2019-02-29\n', "due", "'2019-02-29'"),
    ("task,due\na,2019-03-01\nb,20190301\n", "due", "'20190301'", "2019-04-28"),
    ("task,due\na,2019-03-01\nb,2019-3-1\n", "due", "'2019-3-1'"),
    ("task,due\na,2019-03-01\nb,2019年3月1日\n", "due", "'2019年3月1日'"),
    ("task,due\na,2019-03-01\nb,\n", "due", "neither due nor start"),
    ("task,due\na,2019-03-01\n,2019-03-02\n", "task", "blank"),
    ("task,start\na,2019-03-01\n", "start", "days", "rule"),
    (FORMS + "a,2019-03-01,,,\nb,2019-03-01,2019-03-01,3,\n", "due", "start"),
    (FORMS + "a,2019-03-01,,,\nb,2019-03-01,,3,\n", "due", "days"),
    (FORMS + "a,2019-03-01,,,\nb,,2019-03-01,3,FREQ=DAILY;COUNT=1\n", "rule", "days"),
    (FORMS + "a,2019-03-01,,,\nb,,2019-13-01,3,\n", "start", "'2019-13-01'"),
    (FORMS + "a,2019-03-01,,,\nb,,2019-03-01,-3,\n", "days", "'-3'"),
    (FORMS + "a,2019-03-01,,,\nb,,2019-03-01,1.5,\n", "days", "'1.5'"),
    (FORMS + "a,2019-03-01,,,\nb,,,3,\n", "due", "start"),
    (FORMS + "a,2019-03-01,,,\nb,,2019-03-01,,FREQ=DAILY\n", "rule", "--to", "UNTIL", "COUNT"),
    ("task,due,points\na,2019-03-01,1\nb,2019-03-02,-1\n", "points", "'-1'"),
    ("task,due\na,2019-03-01\na,2019-03-01\n", "task", "'a'", "2019-03-01"),
    (FORMS + "a,2019-03-04,,,\na,,2019-03-01,,FREQ=DAILY;COUNT=5\n", "task", "'a'", "2019-03-04"),
]


@pytest.mark.parametrize("case", BAD_PLANS, ids=[plan.splitlines()[-1] for plan, *_ in BAD_PLANS])
@pytest.mark.parametrize("late", [[], ["--late", "--points", "1"]], ids=["", "late"])
def test_a_bad_plan(folder: Path, case: tuple[str, ...], late: list[str]) -> None:
    plan, column, *told = case
    Path("plan.csv").write_text(plan)
    line = plan.count("\n")
    refused(fupin("deadlines", "plan.csv", "--on", "2019-03-01", *late), 1, f"plan.csv:{line}: {column}: ", *told)
    at_stdin = fupin("deadlines", "--on", "2019-03-01", *late, stdin=plan)
    refused(at_stdin, 1, f"-:{line}: {column}: ", *told)


WRONG_RULES = [
    ("FREQ=HOURLY;COUNT=1", "FREQ=HOURLY"),
    ("FREQ=FORTNIGHTLY;COUNT=1", "FREQ=FORTNIGHTLY"),
    ("COUNT=1", "FREQ"),
    ("FREQ=MONTHLY;BYMONTHDAY=32;COUNT=1", "BYMONTHDAY=32"),
    ("FREQ=MONTHLY;BYMONTHDAY=0;COUNT=1", "BYMONTHDAY=0"),
    ("FREQ=MONTHLY;BMONTHDAY=2;COUNT=1", "BMONTHDAY"),
    ("FREQ=WEEKLY;BYDAY=XX;COUNT=1", "BYDAY=XX"),
    ("FREQ=MONTHLY;BYDAY=0MO;COUNT=1", "0MO"),
    ("FREQ=DAILY;INTERVAL=0;COUNT=1", "INTERVAL=0"),
    ("FREQ=DAILY;COUNT=0", "COUNT=0"),
    ("FREQ=DAILY;COUNT=1;UNTIL=20190301", "UNTIL"),
    ("FREQ=DAILY;UNTIL=20190230", "UNTIL=20190230"),
    ("FREQ=DAILY;UNTIL=20190228", "UNTIL=20190228 is before the start, 2019-03-01"),
    ("FREQ=DAILY;UNTIL=09991231", "UNTIL=09991231"),
    ("FREQ=DAILY;COUNT=1;COUNT=1", "COUNT"),
    ("FREQ=DAILY;BYHOUR=9;COUNT=1", "BYHOUR"),
    ("FREQ=YEARLY;BYEASTER=0;COUNT=1", "BYEASTER"),
    ("每月25日", "每月25日"),
    # What RFC 5545, section 3.3.10, forbids: taken at its word it would mean something that nobody said.
    ("FREQ=WEEKLY;BYDAY=1MO;COUNT=1", "BYDAY=1MO"),
    ("FREQ=DAILY;BYDAY=1MO;COUNT=1", "BYDAY=1MO"),
    ("FREQ=YEARLY;BYDAY=54MO;COUNT=1", "BYDAY=54MO"),
    ("FREQ=YEARLY;BYWEEKNO=5;BYDAY=1MO;COUNT=1", "BYDAY=1MO"),
    ("FREQ=WEEKLY;BYMONTHDAY=25;COUNT=1", "BYMONTHDAY"),
    ("FREQ=MONTHLY;BYYEARDAY=100;COUNT=1", "BYYEARDAY"),
    ("FREQ=MONTHLY;BYWEEKNO=5;COUNT=1", "BYWEEKNO"),
    ("FREQ=MONTHLY;BYSETPOS=1;COUNT=1", "BYSETPOS"),
    # What programs do not agree on, or work out wrongly, or what never comes.
    ("FREQ=YEARLY;BYWEEKNO=20;COUNT=3", "BYWEEKNO"),
    ("FREQ=YEARLY;BYWEEKNO=52;BYDAY=SU;COUNT=3", "BYWEEKNO=52"),
    ("FREQ=YEARLY;BYWEEKNO=-2;BYDAY=SU;COUNT=3", "BYWEEKNO=-2"),
    ("FREQ=WEEKLY;BYDAY=MO,TH;BYSETPOS=1;COUNT=3", "BYSETPOS"),
    ("FREQ=MONTHLY;BYDAY=MO,1FR;BYSETPOS=1;COUNT=3", "BYSETPOS"),
    ("FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30;COUNT=1", "BYMONTHDAY=30"),
    ("FREQ=DAILY;BYMONTH=4,6;BYMONTHDAY=-31", "BYMONTHDAY=-31"),
]


@pytest.mark.parametrize(("rule", "part"), WRONG_RULES, ids=[rule for rule, _ in WRONG_RULES])
def test_a_wrong_rule_is_told_with_its_part(rule: str, part: str) -> None:
    plan = f'task,start,rule\na,2019-03-01,FREQ=DAILY;COUNT=1\nb,2019-03-01,"{rule}"\n'
    refused(fupin("deadlines", "--on", "2019-03-01", "--to", "2030-01-01", stdin=plan), 1, "-:3: rule: ", part, "(b)")


def test_a_rule_with_a_comma_has_quotes_in_csv() -> None:
    plan = "task,start,rule\na,2019-03-01,FREQ=WEEKLY;BYDAY=MO,FR;COUNT=2\n"
    refused(fupin("deadlines", "--on", "2019-03-01", stdin=plan), 1, "-:2: ")
    quoted = plan.replace("FREQ", '"FREQ').replace("=2\n", '=2"\n')
    result = fupin("deadlines", "--on", "2019-03-01", stdin=quoted)
    assert result == Result(0, HEADER + "a,,2019-03-01,,due,\na,,2019-03-04,,due,\n", "")


def test_every_faulty_cell_of_a_plan_is_told() -> None:
    plan = FORMS + "a,,2019-03-01,,FREQ=X\nb,2019-02-29,,,\n,2019-03-01,,,\nc,,2019-03-01,x,\nd,,,,\n"
    result = fupin("deadlines", "--on", "2019-03-01", stdin=plan)
    where = [line.split(": ")[1:3] for line in result.err.splitlines()]
    columns = ["rule", "due", "task", "days", "due"]
    assert where == [[f"-:{line}", column] for line, column in enumerate(columns, 2)]


@pytest.mark.parametrize(
    ("form", "cells"),
    [
        ("due", "0000-01-01"),
        ("start,days", "0000-01-01,3"),
        ("start,days", "9999-12-30,2"),
        ("start,rule", "0000-01-01,FREQ=DAILY;COUNT=2"),
    ],
)
def test_no_date_is_outside_the_years_1_to_9999(form: str, cells: str) -> None:
    result = fupin("deadlines", "--on", "2019-03-01", stdin=f"task,{form}\na,{cells}\n")
    refused(result, 1, "-:2: ", "(a)")


PLAN = "task,unit,due\n月报,,2019-03-01\n月报,,2019-04-01\n核查表,东湾村,2019-03-01\n"
ROSTER = "village,kind\n梅子园村,一\n永宁村,二\n"
BAD_DONE = [
    ("task,unit,date\n核查表,东湾村,2019-03-01\n月抱,永宁村,2019-03-01\n", "task", "'月抱'", "月报"),
    ("task,unit,date\n核查表,东湾村,2019-03-01\n月报,永林村,2019-03-01\n", "unit", "'永林村'", "永宁村"),
    ("task,village,date\n核查表,东湾村,2019-03-01\n月报,永林村,2019-03-01\n", "village", "'永林村'", "永宁村"),
    ("task,unit,date\n核查表,东湾村,2019-03-01\n月报,,2019-03-01\n", "unit", "blank"),
    ("task,unit,date\n核查表,东湾村,2019-03-01\n,永宁村,2019-03-01\n", "task", "blank"),
    ("task,unit,date\n核查表,东湾村,2019-03-01\n月报,永宁村,\n", "date", "blank"),
    ("task,unit,date\n核查表,东湾村,2019-03-01\n月报,永宁村,2019-02-29\n", "date", "'2019-02-29'", "does not exist"),
    ("task,unit,date\n核查表,东湾村,2019-03-01\n月报,永宁村,1.3.2019\n", "date", "'1.3.2019'", "2019-04-28"),
    ("task,unit,date,due\n核查表,东湾村,2019-03-01,\n月报,永宁村,2019-03-01,三月\n", "due", "'三月'"),
    (
        "task,unit,date,due\n核查表,东湾村,2019-03-01,\n月报,永宁村,2019-03-01,2019-03-02\n",
        "due",
        "2019-03-02",
        "2019-04-01",
    ),
    ("task,unit,date\n核查表,东湾村,2019-03-01\n核查表,永宁村,2019-03-01\n", "task", "'核查表'", "永宁村"),
    (
        "task,unit,date\n核查表,东湾村,2019-03-01\n核查表,东湾村,2019-03-02\n",
        "task",
        "'核查表'",
        "东湾村",
        "2019-03-01",
    ),
    # Submissions after --on meet nothing yet, but they are read.
    ("task,unit,date\n核查表,东湾村,2019-03-01\n月抱,永宁村,2019-09-01\n", "task", "'月抱'", "月报"),
    ("task,unit,date\n核查表,东湾村,2019-03-01\n月报,永林村,2019-09-01\n", "unit", "'永林村'", "永宁村"),
    ("task,unit,date,due\n核查表,东湾村,2019-03-01,\n月报,永宁村,2019-09-01,三月\n", "due", "'三月'"),
]


@pytest.mark.parametrize("case", BAD_DONE, ids=[done.splitlines()[-1] for done, *_ in BAD_DONE])
def test_bad_submissions(folder: Path, case: tuple[str, ...]) -> None:
    done, column, *told = case
    for name, text in {"plan.csv": PLAN, "villages.csv": ROSTER, "done.csv": done}.items():
        Path(name).write_text(text)
    words = ["deadlines", "plan.csv", "--roster", "villages.csv", "--on", "2019-05-01"]
    refused(fupin(*words, "--done", "done.csv"), 1, f"done.csv:3: {column}: ", *told)
    Path("first.csv").write_text(done.splitlines()[0] + "\n")
    refused(fupin(*words, "--done", "first.csv", "--done", "done.csv"), 1, f"done.csv:3: {column}: ", *told)


def test_two_submissions_for_one_due_date(folder: Path) -> None:
    Path("done.csv").write_text("task,date,due\na,2019-03-03,2019-03-01\na,2019-03-02,2019-03-01\n")
    plan = "task,due\na,2019-03-01\na,2019-04-01\n"
    words = ["deadlines", "--on", "2019-05-01", "--done", "done.csv"]
    refused(fupin(*words, stdin=plan), 1, "done.csv:3: due: ", "'a'", "2019-03-01", "already")


@pytest.mark.parametrize(
    ("name", "text", "where", "told"),
    [
        ("villages.csv", "village,kind\n永宁村,一\n永宁村,二\n", "villages.csv:3: village: ", "'永宁村'"),
        ("villages.csv", "village,kind\n永宁村,一\n,二\n", "villages.csv:3: village: ", "blank"),
        ("villages.csv", "", "villages.csv: ", "empty"),
        ("done.csv", "task,unit,dat\n", "done.csv: no column 'date'", "dat"),
        ("done.csv", "tsk,unit,date\n", "done.csv: no column 'task'", "tsk"),
        ("done.csv", "task,village_,date\n", "done.csv: no column 'village'", "village_"),
        ("plan.csv", "tsk,due\na,2019-03-01\n", "plan.csv: no column 'task'", "tsk"),
        ("plan.csv", "task,due,due\n", "plan.csv:1: due: ", "twice"),
        ("plan.csv", "task,due\na\n", "plan.csv:2: ", "header"),
    ],
)
def test_a_bad_table(folder: Path, name: str, text: str, where: str, told: str) -> None:
    for file, content in {"plan.csv": PLAN, "villages.csv": ROSTER, "done.csv": "task,unit,date\n"}.items():
        Path(file).write_text(text if file == name else content)
    words = ["plan.csv", "--roster", "villages.csv", "--done", "done.csv", "--on", "2019-05-01"]
    refused(fupin("deadlines", *words), 1, where, told)


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["--from", "2019-03-02", "--to", "2019-03-01"], ["--from 2019-03-02", "--to 2019-03-01"]),
        (["--on", "2019-02-29"], ["--on", "'2019-02-29'"]),
        (["--to", "2019/03/01"], ["--to", "'2019/03/01'"]),
        (["--soon", "-1"], ["--soon", "-1"]),
        (["--soon", "week"], ["--soon", "week"]),
        (["--status", "late,"], ["--status", "overdue"]),
        (["--fail-if", "missing"], ["--fail-if", "'missing'", "overdue"]),
        (["--most", "1"], ["--most", "--late"]),
        (["--late", "--points", "-1"], ["--points"]),
        (["--late", "--points", "5%"], ["--points", "5%"]),
        (["--late", "--points", "0.5分"], ["--points", "0.5分"]),
        (["--strays", "ignore"], ["--strays", "--done"]),
        (["--shift", "later"], ["--shift", "later", "next"]),
        (["--calendar", "cn"], ["--calendar", "--shift"]),
        (["--ics", "plan.csv"], ["--ics", "plan.csv", ".ics"]),
        (["--event-key", "a"], ["--event-key", "--done"]),
        (["--roster", "villages.csv", "-k", "a,b"], ["-k"]),
    ],
    ids=lambda value: " ".join(value),
)
def test_a_wrong_command_line(words: list[str], told: list[str]) -> None:
    refused(fupin("deadlines", *words, stdin=b"\xff"), 2, "", *told)


@pytest.mark.parametrize("words", [[], ["--most", "2"]], ids=" ".join)
def test_late_work_must_cost_something(folder: Path, words: list[str]) -> None:
    Path("plan.csv").write_text("task,due,points\na,2019-03-01,1\nb,2019-03-02,\n")
    late = ["deadlines", "plan.csv", "--late", *words]
    assert fupin(*late, "--on", "2019-03-02") == Result(0, COSTS + ",a,1,2019-03-01,plan.csv,2019-03-01\n", "")
    refused(fupin(*late, "--on", "2019-03-03"), 1, "plan.csv:3: points: ", "'b'", "--points", "--per-day")


def test_points_of_more_than_15_digits() -> None:
    plan = "task,due\na,2019-03-01\n"
    words = ["deadlines", "--late", "--per-day", "999999999999999", "--on"]
    assert fupin(*words, "2019-03-02", stdin=plan) == Result(
        0, COSTS + ",a,999999999999999,2019-03-01,-,2019-03-01\n", ""
    )
    refused(fupin(*words, "2019-03-03", stdin=plan), 1, "", "a", "15 digits")


# --- matching and status


def listed(result: Result) -> list[str]:
    """Each obligation as DUE DONE STATUS DAYS."""
    assert (result.status, result.err) == (0, "")
    rows = table(result.out).rows
    return [" ".join(filter(None, [row["due"], row["done"], row["status"], row["days_late"]])) for row in rows]


@pytest.mark.parametrize(
    ("due", "soon", "status"),
    [
        ("2019-03-09", [], "overdue 1"),
        ("2019-03-10", [], "due"),
        ("2019-03-17", [], "due"),
        ("2019-03-18", [], "upcoming"),
        ("2019-03-10", ["--soon", "0"], "due"),
        ("2019-03-11", ["--soon", "0"], "upcoming"),
        ("2019-03-11", ["--soon", "1"], "due"),
        ("2018-03-10", [], "overdue 365"),
        ("2016-02-10", [], "overdue 1124"),
        ("9999-12-31", ["--soon", "36500"], "upcoming"),
    ],
)
def test_status_without_a_submission(due: str, soon: list[str], status: str) -> None:
    assert listed(fupin("deadlines", "--on", "2019-03-10", *soon, stdin=f"task,due\na,{due}\n")) == [f"{due} {status}"]


def test_the_last_day_there_is() -> None:
    assert listed(fupin("deadlines", "--on", "9999-12-31", stdin="task,due\na,9999-12-31\n")) == ["9999-12-31 due"]


@pytest.mark.parametrize(
    ("done", "found"),
    [
        # In order of dates, not of the ledger.
        (["2019-03-02,", "2019-02-28,"], ["2019-03-01 2019-02-28 done", "2019-04-01 2019-03-02 done"]),
        # The named one first: what names nothing takes what is left.
        (["2019-03-02,", "2019-03-05,2019-03-01"], ["2019-03-01 2019-03-05 late 4", "2019-04-01 2019-03-02 done"]),
        (["2019-04-02,2019-04-01"], ["2019-03-01 overdue 65", "2019-04-01 2019-04-02 late 1"]),
        # On the day itself a submission counts, on the day after not yet.
        (["2019-05-05,"], ["2019-03-01 2019-05-05 late 65", "2019-04-01 overdue 34"]),
        (["2019-05-06,"], ["2019-03-01 overdue 65", "2019-04-01 overdue 34"]),
        (["2019-05-06,2019-03-01", "2019-05-07,2019-03-01"], ["2019-03-01 overdue 65", "2019-04-01 overdue 34"]),
        # Two on one day meet two due dates; a third of a later day meets none, which is no error yet.
        (["2019-03-01,", "2019-03-01,", "2019-05-06,"], ["2019-03-01 2019-03-01 done", "2019-04-01 2019-03-01 done"]),
    ],
)
def test_matching(folder: Path, done: list[str], found: list[str]) -> None:
    Path("done.csv").write_text("task,date,due\n" + "".join(f"a,{row}\n" for row in done))
    plan = "task,due\na,2019-04-01\na,2019-03-01\n"
    assert listed(fupin("deadlines", "--on", "2019-05-05", "--done", "done.csv", stdin=plan)) == found


def test_a_task_without_a_unit_can_be_met_beside_tasks_with_one(folder: Path) -> None:
    Path("done.csv").write_text("task,unit,date\n年报,,2019-03-01\n月报,永宁村,2019-03-02\n")
    plan = "task,unit,due\n年报,,2019-03-01\n月报,永宁村,2019-03-01\n"
    result = fupin("deadlines", "--on", "2019-05-05", "--done", "done.csv", stdin=plan)
    assert listed(result) == ["2019-03-01 2019-03-01 done", "2019-03-01 2019-03-02 late 1"]


def test_today_if_on_is_left_out() -> None:
    def today() -> date:
        return datetime.now(UTC).astimezone().date()

    before = today()
    plan = "task,due\n" + "".join(f"a,{before + days * DAY}\n" for days in (-1, 0, 7, 8))
    result = fupin("deadlines", stdin=plan)
    assert result.out in {fupin("deadlines", "--on", day, stdin=plan).out for day in (before, today())}


# --- empty tables


@pytest.mark.parametrize("header", ["task,due", "task", "task,unit,start,days,rule,points"])
def test_an_empty_plan(folder: Path, header: str) -> None:
    Path("villages.csv").write_text(ROSTER)
    Path("done.csv").write_text("task,unit,date\n")
    words = [
        "deadlines",
        "--on",
        "2019-03-01",
        "--roster",
        "villages.csv",
        "--done",
        "done.csv",
        "--fail-if",
        "overdue",
    ]
    assert fupin(*words, stdin=header + "\n") == Result(0, HEADER, "")
    assert fupin(*words, "--late", stdin=header + "\n") == Result(0, COSTS, "")
    Path("done.csv").write_text("task,unit,date\n月报,永宁村,2019-03-01\n")
    refused(fupin(*words, stdin=header + "\n"), 1, "done.csv:2: task: ", "'月报'")


def test_an_empty_roster(folder: Path) -> None:
    Path("plan.csv").write_text(PLAN)
    Path("villages.csv").write_text("village\n")
    words = ["deadlines", "plan.csv", "--roster", "villages.csv", "--on", "2019-03-01"]
    assert fupin(*words) == Result(0, HEADER + "核查表,东湾村,2019-03-01,,due,\n", "")
    Path("done.csv").write_text("task,unit,date\n月报,东湾村,2019-03-01\n")
    refused(fupin(*words, "--done", "done.csv"), 1, "done.csv:2: task: ", "'月报'", "东湾村")


def test_no_submissions_are_like_no_ledger(folder: Path) -> None:
    Path("plan.csv").write_text(PLAN)
    Path("villages.csv").write_text(ROSTER)
    Path("done.csv").write_text("task,unit,date,due\n")
    words = ["deadlines", "plan.csv", "--roster", "villages.csv", "--on", "2019-03-20"]
    result = fupin(*words, "--done", "done.csv")
    assert result == fupin(*words)
    assert result.status == 0
    assert result.out.count("overdue") == 3


def test_an_empty_input() -> None:
    refused(fupin("deadlines", "--on", "2019-03-01", stdin=""), 1, "-: no input")


# --- with other verbs

LIST = "deadlines plan.csv --roster villages.csv --done done.csv --on 2019-03-20"
LATE = f"{LIST} --late --points 0.5 --per-day 0.5 --most 4"


@pytest.fixture
def office(folder: Path) -> Path:
    """A folder with a plan, two villages, and what came in: 永宁村 two days late, 梅子园村 nothing."""
    Path("plan.csv").write_text("task,due\n月报,2019-03-01\n核查表,2019-03-18\n")
    Path("villages.csv").write_text(ROSTER)
    Path("done.csv").write_text("task,village,date\n月报,永宁村,2019-03-03\n核查表,永宁村,2019-03-18\n")
    return folder


# 月报: 0.5 + 19 × 0.5 is more than 4; 核查表: 0.5 + 2 × 0.5 = 1.5. 永宁村: 0.5 + 2 × 0.5 = 1.5.
FIRST_TWO = "梅子园村,月报,4,2019-03-01,plan.csv,2019-03-01\n永宁村,月报,1.5,2019-03-01,plan.csv,2019-03-01\n"
EVENTS = FIRST_TWO + "梅子园村,核查表,1.5,2019-03-18,plan.csv,2019-03-18\n"
BOARD = "village,kind,routine\n梅子园村,一,14.5\n永宁村,二,18.5\n"


def test_late_work_is_a_ledger(office: Path) -> None:
    assert fupin(*LATE.split()) == Result(0, COSTS + EVENTS, "")
    from_stdin = fupin(*LATE.replace("plan.csv", "-").split(), stdin=Path("plan.csv").read_bytes())
    assert from_stdin.out == COSTS + EVENTS.replace("plan.csv", "-")


def test_late_work_of_one_status(office: Path) -> None:
    overdue, late, other = EVENTS.splitlines(keepends=True)
    assert fupin(*LATE.split(), "--status", "overdue") == Result(0, COSTS + overdue + other, "")
    assert fupin(*LATE.split(), "--status", "late,done") == Result(0, COSTS + late, "")
    assert fupin(*LATE.split(), "--status", "done") == Result(0, COSTS, "")


def test_a_pipe_into_deduct(office: Path, shell: Shell) -> None:
    line = f"fupin {LATE} | fupin deduct villages.csv --events - --full 20 --as routine"
    assert shell(line) == Result(0, BOARD, "")
    by_file = f"fupin deduct villages.csv --events <(fupin {LATE}) --full 20 --as routine"
    assert shell(by_file) == Result(0, BOARD, "")


def test_the_loop_in_one_line(office: Path, shell: Shell) -> None:
    Path("done.csv").rename("subs.csv")
    line = """
        fupin deadlines plan.csv --roster villages.csv --done subs.csv --late --points 0.5 |
        fupin deduct villages.csv --events - --full 20 --as routine
    """
    assert shell(line) == Result(0, "village,kind,routine\n梅子园村,一,19\n永宁村,二,19.5\n", "")
    plan = Path("plan.csv").read_text()
    Path("plan.csv").write_text(plan.replace("2019-03-01", "2019-03-03"))  # another date, another lateness
    assert shell(line).out.endswith("永宁村,二,20\n")


def test_a_chain_into_deduct(office: Path) -> None:
    deduct = "then deduct -i villages.csv --events - --full 20 --as routine then rank --by routine"
    result = fupin(*f"{LATE} {deduct}".split())
    assert result == Result(0, "village,kind,routine,rank\n永宁村,二,18.5,1\n梅子园村,一,14.5,2\n", "")


def test_the_list_goes_through_a_chain(office: Path) -> None:
    words = [*LIST.split(), "then", "keep", "-k", "task,unit"]
    result = fupin(*words, "--where", "days_late IS NOT NULL AND days_late <> 2")
    assert result == Result(0, HEADER + "月报,梅子园村,2019-03-01,,overdue,19\n", "")


def test_the_plan_comes_from_the_stage_before(office: Path) -> None:
    keep = ["keep", "plan.csv", "-k", "task", "--where", "due < '2019-03-10'", "then"]
    result = fupin(*keep, *LATE.replace(" plan.csv", "").split(), "--where", "task = '月报'")
    assert result == Result(0, COSTS + FIRST_TWO.replace("plan.csv", "-"), "")


def test_strays_are_counted(office: Path) -> None:
    with Path("done.csv").open("a") as file:
        file.write("月报,外村,2019-03-01\n核查表,外村,2019-03-01\n")
    result = fupin(*LATE.split(), "--strays", "ignore")
    assert (result.status, result.out) == (0, COSTS + EVENTS)
    assert result.err.startswith("fupin deadlines: ignored 2 rows")
    assert result.err.count("\n") == 1


# --- exit status 3


@pytest.mark.parametrize(
    ("words", "status"),
    [
        (["--fail-if", "overdue"], 3),
        (["--fail-if", "late"], 3),
        (["--fail-if", "due,overdue"], 3),
        (["--fail-if", "due"], 0),
        (["--fail-if", "due,upcoming"], 0),
        (["--fail-if", "overdue", "--late", "--points", "1"], 3),
        # It asks about all obligations, whatever is printed.
        (["--fail-if", "done", "--late", "--points", "1"], 3),
        (["--fail-if", "overdue", "--status", "done"], 3),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_fail_if(office: Path, words: list[str], status: int) -> None:
    line = [*LIST.split(), *words]
    plain = fupin(*line[: line.index("--fail-if")], *line[line.index("--fail-if") + 2 :])
    assert plain.status == 0
    assert plain.out.count("\n") > 1
    assert fupin(*line) == Result(status, plain.out, "")
    assert fupin(*line, "-o", "out.csv") == Result(status, "", "")
    assert Path("out.csv").read_text() == plain.out
    chained = fupin(*line, "then", "keep", "-k", "unit,date" if "--late" in line else "task,unit", "--where", "1 = 1")
    assert chained == Result(status, plain.out, "")


def test_an_error_is_not_status_3(office: Path) -> None:
    Path("done.csv").write_text("task,village,date\n月报,永宁村,2019-03-33\n")
    refused(fupin(*LATE.split(), "--fail-if", "overdue"), 1, "done.csv:2: date: ")


def test_output_that_is_refused_leaves_the_file(office: Path) -> None:
    Path("out.csv").write_text("as it was\n")
    Path("done.csv").write_text("task,village,date\n月报,永宁村,2019-03-33\n")
    refused(fupin(*LATE.split(), "-o", "out.csv"), 1, "done.csv:2: date: ")
    assert Path("out.csv").read_text() == "as it was\n"
