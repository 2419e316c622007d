"""Plans of deadlines: what is due when, from dates, from days after a start, and from rules of recurrence.

Sources of the rules: contract §8; RFC 5545, section 3.3.10 (recurrence rules), which python-dateutil works out.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Mapping
from itertools import islice

from fupin import dates, numbers
from fupin.checks import Check, check, number_check, require_columns
from fupin.deferred import pl
from fupin.errors import DataError, Fault

_COLUMNS = ("task", "unit", "due", "start", "days", "rule", "points")
_FREQUENCIES = ("DAILY", "WEEKLY", "MONTHLY", "YEARLY")
_DAY = re.compile(r"[+-]?[0-9]{0,2}(MO|TU|WE|TH|FR|SA|SU)")
_MOST = {"BYMONTH": 12, "BYMONTHDAY": 31, "BYYEARDAY": 366, "BYWEEKNO": 53, "BYSETPOS": 366}
_POSITIVE = ("INTERVAL", "COUNT")


def obligations(plan: pl.DataFrame, since: datetime.date | None, until: datetime.date | None) -> pl.DataFrame:
    """What a plan makes due.

    Args:
        plan: a table of texts: task, perhaps unit, and due (a date), or start with days, or start with rule; perhaps
            points.
        since: the first due date of rules that counts.
        until: the last due date of rules that counts.

    Returns:
        `plan` (the row), `task`, `unit` (null for all units), `due` (a date) and `points` (quanta, null if none
        are given), a row for each due date.

    Raises:
        DataError: a row of the plan is at fault.
    """
    require_columns(["task"], plan.columns)
    plan = plan.with_columns(pl.lit(None, dtype=pl.String).alias(c) for c in _COLUMNS if c not in plan.columns)
    check(plan, _checks())
    rows = plan.select(
        pl.int_range(pl.len(), dtype=pl.UInt32).alias("plan"), "task", "unit", "rule",
        due=dates.read("due"), start=dates.read("start"), days=pl.col("days").cast(pl.Int64),
        points=numbers.read("points"),
    )  # fmt: skip
    rules = rows.filter(pl.col("rule").is_not_null())
    found, faults = [], []
    for row, start, rule in rules.select("plan", "start", "rule").rows():
        try:
            found += [(row, due) for due in occurrences(rule, start, since, until)]
        except ValueError as error:
            faults.append(Fault(f"'{rule}': {error}", "rule", row=row))
    if faults:
        raise DataError(faults)
    ruled = pl.DataFrame(found, schema={"plan": pl.UInt32, "due": pl.Date}, orient="row")
    fixed = rows.filter(pl.col("rule").is_null()).select(
        "plan", due=pl.coalesce("due", pl.col("start") + pl.duration(days="days"))
    )
    return pl.concat([fixed, ruled]).join(rows.drop("due"), on="plan").select("plan", "task", "unit", "due", "points")


def _checks() -> list[Check]:
    """What a row of a plan must fulfil."""
    due, start, days, rule = (pl.col(name).is_not_null() for name in ("due", "start", "days", "rule"))
    points = numbers.read("points")
    return [
        Check(pl.col("task").is_null(), "blank, where a task is needed", "task"),
        Check(~due & ~start, "neither due nor start is given", "due"),
        Check(due & (start | days | rule), "give either due, or start with days or rule", "due"),
        Check(start & ~due & ~days & ~rule, "start needs days, or a rule", "start"),
        Check(start & ~due & days & rule, "give either days or a rule", "rule"),
        dates.date_check("due", blank=True),
        dates.date_check("start", blank=True),
        Check(~pl.col("days").str.contains("^[0-9]{1,5}$"), "'{value}' is not a number of days, 0 to 99999", "days"),
        number_check("points", blank=True),
        Check(points < 0, "'{value}' is below 0; points are 0 or more", "points"),
    ]


def occurrences(
    rule: str, start: datetime.date, since: datetime.date | None, until: datetime.date | None
) -> list[datetime.date]:
    """The dates of a recurrence rule.

    Args:
        rule: an RFC 5545 RRULE by days, weeks, months or years.
        start: the first date that can be one, if the rule matches it.
        since: leave out earlier dates.
        until: leave out later dates.

    Raises:
        ValueError: the rule is at fault, or has no end.
    """
    from dateutil.rrule import rruleset, rrulestr

    parts = _parts(rule)
    if until is None and "UNTIL" not in parts and "COUNT" not in parts:
        raise ValueError("it has no end; say --to, or write UNTIL or COUNT")
    count = int(parts.pop("COUNT", 0)) or None
    rules = rruleset()
    for days in _days(parts):
        text = ";".join(f"{name}={value}" for name, value in (parts | days).items())
        one = rrulestr(text, dtstart=datetime.datetime.combine(start, datetime.time()))
        rules.rrule(one)  # type: ignore[arg-type]  # a text of one line makes one rule
    found = []
    for moment in islice(rules, count):
        if until is not None and moment.date() > until:
            break
        if since is None or moment.date() >= since:
            found.append(moment.date())
    return found


def _days(parts: Mapping[str, str]) -> list[dict[str, str]]:
    """BYDAY as dateutil takes it: with days such as MO, or with days such as 1MO, but not with both at once.

    Raises:
        ValueError: BYSETPOS would have to choose among both.
    """
    words = parts.get("BYDAY", "").split(",")
    sorts = [[word for word in words if word[:2].isalpha()], [word for word in words if not word[:2].isalpha()]]
    if not all(sorts) or "BYDAY" not in parts:
        return [{}]
    if "BYSETPOS" in parts:
        raise ValueError("BYDAY with numbered and other days does not go with BYSETPOS")
    return [{"BYDAY": ",".join(days)} for days in sorts]


def _parts(rule: str) -> dict[str, str]:
    """The parts of a rule, each looked at by itself.

    Raises:
        ValueError: one is at fault.
    """
    parts: dict[str, str] = {}
    for part in rule.upper().removeprefix("RRULE:").split(";"):
        name, equals, value = part.partition("=")
        if not equals or not value:
            raise ValueError(f"'{part}' is not NAME=VALUE, such as FREQ=MONTHLY")
        if name in parts:
            raise ValueError(f"{name} is there twice")
        parts[name] = _checked(name, value)
    if "FREQ" not in parts:
        raise ValueError(f"FREQ is missing; it is one of {', '.join(_FREQUENCIES)}")
    if "UNTIL" in parts and "COUNT" in parts:
        raise ValueError("give either UNTIL or COUNT")
    return parts


def _checked(name: str, value: str) -> str:
    """The value of one part of a rule, if it is one.

    Raises:
        ValueError: it is not.
    """
    words = value.split(",")
    match name:
        case "FREQ":
            fine, told = value in _FREQUENCIES, f"one of {', '.join(_FREQUENCIES)}"
        case "UNTIL":
            day = re.fullmatch(r"([0-9]{4})-?([0-9]{2})-?([0-9]{2})(T[0-9]{6}Z?)?", value, re.ASCII)
            try:
                value = datetime.date(*map(int, day.groups()[:3])).strftime("%Y%m%d") if day else ""
            except ValueError:
                value = ""
            fine, told = bool(value), "a date such as 20201231"
        case "BYDAY":
            fine, told = all(map(_DAY.fullmatch, words)), "days such as MO or 2FR"
        case "WKST":
            fine, told = value in ("MO", "TU", "WE", "TH", "FR", "SA", "SU"), "a day such as MO"
        case _ if name in _MOST:
            signed = "" if name == "BYMONTH" else "[+-]?"
            numbers_ = [abs(int(word)) for word in words if re.fullmatch(f"{signed}[0-9]{{1,3}}", word, re.ASCII)]
            fine = len(numbers_) == len(words) and all(0 < number <= _MOST[name] for number in numbers_)
            told = f"numbers of 1 to {_MOST[name]}"
        case _ if name in _POSITIVE:
            fine, told = re.fullmatch(r"0*[1-9][0-9]{0,4}", value, re.ASCII) is not None, "a number of 1 or more"
        case _:
            raise ValueError(f"{name} is no part of a rule by days, weeks, months or years")
    if not fine:
        raise ValueError(f"{name}={','.join(words)}: write {told}")
    return value
