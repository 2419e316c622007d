"""The verb `deadlines` once more, plain and row by row, to check fupin against.

Written from the contract alone and for reading, not for speed: a rule is expanded by looking at every day of every
period, a submission is matched by looking at every open due date.
"""

from __future__ import annotations

import re
from calendar import isleap, monthrange
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from reference import Refused, Row, Table, number, printed

STATUSES = ["done", "late", "overdue", "due", "upcoming"]
FREQS = ["DAILY", "WEEKLY", "MONTHLY", "YEARLY"]
WEEKDAYS = ["MO", "TU", "WE", "TH", "FR", "SA", "SU"]
DAY = timedelta(days=1)


def day(cell: str) -> date:
    """The date in a cell, YYYY-MM-DD and nothing else."""
    found = re.fullmatch(r"([0-9]{4})-([0-9]{2})-([0-9]{2})", cell)
    return calendar_day(*found.groups()) if found else refuse(f"no date: {cell!r}")


def calendar_day(year: str, month: str, of_month: str) -> date:
    """The day of these digits, if there is one."""
    try:
        return date(int(year), int(month), int(of_month))
    except ValueError as error:
        raise Refused(str(error)) from error


def later(start: date, days: int) -> date:
    """So many days later, within the calendar."""
    return start + timedelta(days) if days <= (date.max - start).days else refuse("after the year 9999")


def refuse(why: str) -> date:
    """Raise it where an expression is wanted."""
    raise Refused(why)


# --- rules: RFC 5545, section 3.3.10, for whole days


@dataclass
class Rule:
    """The parts of an RRULE; an empty list is a part that is not there."""

    freq: str
    interval: int = 1
    count: int | None = None
    until: date | None = None
    week_start: int = 0
    # Each a list of whole numbers, negative ones from the end.
    months: list[int] = field(default_factory=list)
    month_days: list[int] = field(default_factory=list)
    year_days: list[int] = field(default_factory=list)
    week_numbers: list[int] = field(default_factory=list)
    positions: list[int] = field(default_factory=list)
    # A day of the week and which one of the month or the year, 0 for every one.
    weekdays: list[tuple[int, int]] = field(default_factory=list)

    @staticmethod
    def parse(text: str) -> Rule:
        """The rule that a text spells."""
        given: dict[str, str] = {}
        for part in text.split(";"):
            name, equals, value = part.partition("=")
            if not equals or name in given:
                raise Refused(f"rule part {part!r}")
            given[name] = value
        rule = Rule(given.pop("FREQ", ""))
        if rule.freq not in FREQS or {"COUNT", "UNTIL"} <= set(given):
            raise Refused(text)
        for name, value in given.items():
            rule.take(name, value)
        rule.check()
        return rule

    def take(self, name: str, value: str) -> None:
        """Read one part."""
        lists = {
            "BYMONTH": (self.months, 12),
            "BYMONTHDAY": (self.month_days, 31),
            "BYYEARDAY": (self.year_days, 366),
            "BYWEEKNO": (self.week_numbers, 53),
            "BYSETPOS": (self.positions, 366),
        }
        if name in lists:
            found, most = lists[name]
            found += [whole(word, most, signed=name != "BYMONTH") for word in value.split(",")]
        elif name == "INTERVAL":
            self.interval = whole(value, 10**6)
        elif name == "COUNT":
            self.count = whole(value, 10**6)
        elif name == "UNTIL" and re.fullmatch("[0-9]{8}", value):
            self.until = calendar_day(value[:4], value[4:6], value[6:])
        elif name == "WKST" and value in WEEKDAYS:
            self.week_start = WEEKDAYS.index(value)
        elif name == "BYDAY":
            for word in value.split(","):
                if word[-2:] not in WEEKDAYS:
                    raise Refused(f"BYDAY={value}")
                nth = whole(word[:-2], 53, signed=True) if word[:-2] else 0
                self.weekdays.append((WEEKDAYS.index(word[-2:]), nth))
        else:
            raise Refused(f"rule part {name}={value}")

    def check(self) -> None:
        """Refuse the parts that the RFC forbids together."""
        named = self.months or self.month_days or self.year_days or self.week_numbers or self.weekdays
        numbered = any(nth for _, nth in self.weekdays)
        if (
            (self.positions and not named)
            or (self.week_numbers and self.freq != "YEARLY")
            or (self.year_days and self.freq != "YEARLY")
            or (self.month_days and self.freq == "WEEKLY")
            or (numbered and (self.freq not in ("MONTHLY", "YEARLY") or self.week_numbers))
        ):
            raise Refused("parts that do not go together")

    def from_start(self, start: date) -> None:
        """Take from the first day what the parts leave open."""
        if self.freq == "DAILY" or self.weekdays or self.month_days or self.year_days:
            return
        if self.freq == "WEEKLY" or self.week_numbers:
            self.weekdays = [(start.weekday(), 0)]
        else:
            self.month_days = [start.day]
            if self.freq == "YEARLY" and not self.months:
                self.months = [start.month]

    def holds(self, one: date) -> bool:
        """Whether the parts take this day."""
        in_month, in_year = monthrange(one.year, one.month)[1], 366 if isleap(one.year) else 365
        nth_day = one.timetuple().tm_yday
        return (
            (not self.months or one.month in self.months)
            and (not self.month_days or bool({one.day, one.day - in_month - 1} & set(self.month_days)))
            and (not self.year_days or bool({nth_day, nth_day - in_year - 1} & set(self.year_days)))
            and (not self.week_numbers or bool(self.week_number(one) & set(self.week_numbers)))
            and (not self.weekdays or self.is_weekday(one, in_month, in_year))
        )

    def is_weekday(self, one: date, in_month: int, in_year: int) -> bool:
        """Whether BYDAY takes this day: which one of the month, of the year for a yearly rule without months."""
        within, size = one.day, in_month
        if self.freq == "YEARLY" and not self.months:
            within, size = one.timetuple().tm_yday, in_year
        ordinals = {0, (within - 1) // 7 + 1, -((size - within) // 7 + 1)}
        return any(weekday == one.weekday() and nth in ordinals for weekday, nth in self.weekdays)

    def week_number(self, one: date) -> set[int]:
        """The number of the day's week, from either end of its year; week 1 is the first with four days in it."""

        def first(year: int) -> date:
            fourth = date(year, 1, 4)
            return fourth - (fourth.weekday() - self.week_start) % 7 * DAY

        year = max(year for year in (one.year - 1, one.year, one.year + 1) if first(year) <= one)
        count = (first(year + 1) - first(year)).days // 7
        nth = (one - first(year)).days // 7 + 1
        return {nth, nth - count - 1}

    def periods(self, start: date) -> Iterator[list[date]]:
        """The days of each day, week, month or year that the rule looks at, from the one of the first day on."""
        try:
            if self.freq in ("DAILY", "WEEKLY"):
                size = 1 if self.freq == "DAILY" else 7
                first = start if size == 1 else start - (start.weekday() - self.week_start) % 7 * DAY
                while True:
                    yield [first + n * DAY for n in range(size)]
                    first += self.interval * size * DAY
            month = start.year * 12 + start.month - 1 if self.freq == "MONTHLY" else start.year * 12
            while True:
                months = range(month, month + (1 if self.freq == "MONTHLY" else 12))
                spans = [(m // 12, m % 12 + 1) for m in months]
                yield [date(y, m, d) for y, m in spans for d in range(1, monthrange(y, m)[1] + 1)]
                month += self.interval * len(months)
        except (OverflowError, ValueError):  # the calendar ends
            return

    def dates(self, start: date, to: date | None) -> list[date]:
        """The days of the rule, to the last day at most."""
        if self.count is None and self.until is None and to is None:
            raise Refused("a rule without an end")
        if self.until is not None and self.until < start:
            raise Refused("a rule that ends before it begins")
        self.from_start(start)
        last = min(end for end in (self.until, to, date.max) if end is not None)
        found: list[date] = []
        for period in self.periods(start):
            if period[0] > last or (self.count is not None and len(found) >= self.count):
                break
            chosen = [one for one in period if self.holds(one)]
            if self.positions:
                taken = {p - 1 if p > 0 else len(chosen) + p for p in self.positions}
                chosen = [one for index, one in enumerate(chosen) if index in taken]
            found += [one for one in chosen if start <= one <= last]
        return found[: self.count]


def whole(word: str, most: int, *, signed: bool = False) -> int:
    """A whole number other than 0 in a rule."""
    if not re.fullmatch("[+-]?[0-9]+" if signed else "[0-9]+", word) or not 1 <= abs(int(word)) <= most:
        raise Refused(f"{word!r} is not within 1…{most}")
    return int(word)


# --- working days

# From the notices of the State Council for 2019 and 2020, with the longer Spring Festival that 2020 was given later:
# days off, and days of the weekend that are worked instead.
KNOWN = (2019, 2020)
DAYS_OFF = """
    2019-01-01 2019-02-04/10 2019-04-05/07 2019-05-01/04 2019-06-07/09 2019-09-13/15 2019-10-01/07
    2020-01-01 2020-01-24/31 2020-02-01/02 2020-04-04/06 2020-05-01/05 2020-06-25/27 2020-10-01/08
"""
MADE_UP = """
    2019-02-02/03 2019-04-28 2019-05-05 2019-09-29 2019-10-12
    2020-01-19 2020-04-26 2020-05-09 2020-06-28 2020-09-27 2020-10-10
"""


def spans(text: str) -> set[date]:
    """The days of spans such as 2019-05-01/04."""
    found = set()
    for word in text.split():
        first, _, last = word.partition("/")
        found |= {
            date.fromisoformat(f"{first[:8]}{one:02d}") for one in range(int(first[8:]), int(last or first[8:]) + 1)
        }
    return found


@dataclass
class Calendar:
    """Which days are working days: what tables say, else the notices if they count, else Monday to Friday."""

    tables: Sequence[Table] = ()
    chinese: bool = False

    def told(self) -> dict[date, str]:
        """What the tables say."""
        told: dict[date, str] = {}
        for rows in (table.rows for table in self.tables):
            said = {day(row["date"]): row["working"].lower() for row in rows}
            if len(said) < len(rows) or set(said.values()) - {"true", "false"}:
                raise Refused("a day twice, or neither true nor false")
            told |= said
        return told

    def working(self, one: date) -> bool:
        """Whether it is a working day."""
        told = self.told()
        if one in told:
            return told[one] == "true"
        if self.chinese and one.year in KNOWN:
            return one in spans(MADE_UP) or (one.weekday() < 5 and one not in spans(DAYS_OFF))
        return one.weekday() < 5

    def shifted(self, one: date, shift: str) -> date:
        """The day itself, or the working day next to it."""
        while not self.working(one):
            one += DAY if shift == "next" else -DAY
        return one


# --- the verb


@dataclass
class Obligation:
    """One due date of one task and unit, and what has become of it."""

    order: tuple[date, int, int]
    task: str
    unit: str
    due: date
    points: str
    begin: date = date.min
    done: date | None = None
    status: str = ""
    days_late: int | None = None

    def judge(self, on: date, soon: int) -> None:
        """Set the status of a day."""
        if self.done:
            self.status = "late" if self.done > self.due else "done"
        elif self.due < on:
            self.status = "overdue"
        else:
            self.status = "due" if (self.due - on).days <= soon else "upcoming"
        if self.status in ("late", "overdue"):
            self.days_late = ((self.done or on) - self.due).days


def due_dates(row: Row, since: date | None, to: date | None) -> list[date]:
    """The due dates of a plan's row."""
    given = {name for name in ("due", "start", "days", "rule") if row.get(name)}
    if given == {"due"}:
        return [day(row["due"])]
    if given == {"start", "days"}:
        days = number(row["days"])
        if days < 0 or days.denominator > 1:
            raise Refused("days is no whole number from 0 on")
        return [later(day(row["start"]), int(days))]
    if given == {"start", "rule"}:
        found = Rule.parse(row["rule"]).dates(day(row["start"]), to)
        return [one for one in found if since is None or one >= since]
    raise Refused(f"a row with {sorted(given)}")


def obligations(
    plan: Table,
    units: list[str] | None,
    since: date | None,
    to: date | None,
    shift: str | None = None,
    calendar: Calendar | None = None,
) -> list[Obligation]:
    """All due dates, by date, then plan, then roster."""
    found: list[Obligation] = []
    if calendar:
        calendar.told()
    for index, row in enumerate(plan.rows):
        if not row["task"]:
            raise Refused("no task")
        if row.get("points") and number(row["points"]) < 0:
            raise Refused("points below 0")
        window = number(row.get("window") or "99999")
        if window < 0 or window.denominator > 1:
            raise Refused("window is no whole number from 0 on")
        mine = [row["unit"]] if row.get("unit") else [""] if units is None else units
        dues = due_dates(row, since, to)
        if shift:
            dues = sorted({(calendar or Calendar()).shifted(due, shift) for due in dues})
        for due in dues:
            for place, unit in enumerate(mine):
                begins = [due - int(window) * DAY] if row.get("window") else []
                begins += [day(row["start"])] if row.get("days") else []
                begin = max(begins, default=date.min)
                found.append(Obligation((due, index, place), row["task"], unit, due, row.get("points", ""), begin))
    if len({(one.task, one.unit, one.due) for one in found}) < len(found):
        raise Refused("a task, unit and due date twice")
    return sorted(found, key=lambda one: one.order)


def meet(one: Obligation, submitted: date) -> None:
    """Mark a due date as met."""
    if one.done:
        raise Refused("met already")
    one.done = submitted


def match(
    found: list[Obligation], rows: list[Row], tasks: set[str], units: set[str], column: str, on: date, ignore: bool
) -> int:
    """Let the submissions up to a day meet the due dates: those that name one first, the others by date.

    A due date takes none from before its time; how many came too early is returned.
    """
    early = 0
    unnamed: list[tuple[date, list[Obligation]]] = []
    for row in rows:
        unit = row.get(column, "")
        if unit not in units:
            if not ignore:
                raise Refused(f"unknown unit {unit!r}")
            continue
        if row["task"] not in tasks:
            raise Refused(f"unknown task {row['task']!r}")
        submitted, named = day(row["date"]), day(row["due"]) if row.get("due") else None
        mine = [one for one in found if (one.task, one.unit) == (row["task"], unit)]
        if submitted > on:
            continue
        if named is None:
            unnamed.append((submitted, mine))
            continue
        meant = [one for one in mine if one.due == named]
        if not meant:
            raise Refused("no such due date")
        if submitted < meant[0].begin:
            early += 1
        else:
            meet(meant[0], submitted)
    return early + in_order(unnamed)


def in_order(unnamed: list[tuple[date, list[Obligation]]]) -> int:
    """Let submissions meet, by date, the earliest due date that is open and has begun; how many came too early."""
    early = 0
    for submitted, mine in sorted(unnamed, key=lambda one: one[0]):
        still_open = [one for one in mine if not one.done and one.begin <= submitted]
        if still_open:
            meet(still_open[0], submitted)
        elif any(submitted < one.begin for one in mine):
            early += 1
        else:
            raise Refused("a submission without a due date")
    return early


def roster_units(roster: Table | None, key: str | None) -> list[str] | None:
    """The units of a roster, unique and not blank."""
    if roster is None:
        return None
    units = [row[key or roster.columns[0]] for row in roster.rows]
    if len(set(units)) < len(units) or "" in units:
        raise Refused("a unit is repeated or blank")
    return units


@dataclass(frozen=True)
class Costs:
    """What --late was told: points once, for each day, and at the most."""

    points: str | None = None
    per_day: str | None = None
    most: str | None = None

    def of(self, one: Obligation) -> str:
        """The points of a late obligation."""
        once = one.points or self.points
        if once is None and self.per_day is None:
            raise Refused("nothing says what lateness costs")
        total = number(once or "0") + number(self.per_day or "0") * (one.days_late or 0)
        return printed(total if self.most is None else min(total, number(self.most)))


def judged(
    plan: Table,
    on: date,
    *,
    roster: Table | None = None,
    key: str | None = None,
    done: Table | None = None,
    event_key: str | None = None,
    where: Callable[[Row], bool] = lambda _: True,
    ignore_strays: bool = False,
    since: date | None = None,
    to: date | None = None,
    shift: str | None = None,
    calendar: Calendar | None = None,
    soon: int = 7,
    early: list[int] | None = None,
) -> list[Obligation]:
    """Every obligation with its status; `early` takes down how many submissions came before their time."""
    if since and to and since > to:
        raise Refused("the window is reversed")
    units = roster_units(roster, key)
    found = obligations(plan, units, since, to, shift, calendar)
    known = {row.get("unit") or "" for row in plan.rows}
    if units is not None:
        known = known - {""} | set(units)
    if done is not None:
        choices = [event_key] if event_key else ["unit", key or (roster.columns[0] if roster else "unit")]
        columns = [name for name in choices if name in done.columns]
        if not columns and (roster is not None or known - {""}):
            raise Refused("no column of units")
        rows = [row for row in done.rows if where(row)]
        tasks = {row["task"] for row in plan.rows}
        before = match(found, rows, tasks, known, columns[0] if columns else "", on, ignore_strays)
        if early is not None:
            early.append(before)
    for one in found:
        one.judge(on, soon)
    return found


def deadlines(found: Sequence[Obligation], status: Sequence[str] = ()) -> Table:
    """The list of obligations."""
    rows = [
        {
            "task": one.task,
            "unit": one.unit,
            "due": one.due.isoformat(),
            "done": one.done.isoformat() if one.done else "",
            "status": one.status,
            "days_late": "" if one.days_late is None else str(one.days_late),
        }
        for one in found
        if not status or one.status in status
    ]
    return Table(["task", "unit", "due", "done", "status", "days_late"], rows)


def late(found: Sequence[Obligation], costs: Costs, source: str, status: Sequence[str] = ()) -> Table:
    """What lateness costs, as the ledger that `deduct` reads."""
    rows = [
        {
            "unit": one.unit,
            "item": one.task,
            "points": costs.of(one),
            "date": one.due.isoformat(),
            "source": source,
            "due": one.due.isoformat(),
        }
        for one in found
        if one.days_late is not None and (not status or one.status in status)
    ]
    return Table(["unit", "item", "points", "date", "source", "due"], rows)
