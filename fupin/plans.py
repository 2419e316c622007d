"""Plans of deadlines: what is due when, from dates, from days after a start, and from rules of recurrence.

Sources of the rules: contract §8; RFC 5545, section 3.3.10 (recurrence rules), which python-dateutil works out.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Mapping
from itertools import islice

from fupin import dates, numbers
from fupin.checks import Check, faults, number_check, require_columns
from fupin.deferred import pl
from fupin.errors import SHOWN, DataError, Fault, hint

_COLUMNS = ("task", "unit", "due", "start", "days", "rule", "points", "window")
_FREQUENCIES = ("DAILY", "WEEKLY", "MONTHLY", "YEARLY")
_DAY = re.compile(r"(?:[+-]?[1-9][0-9]?)?(?:MO|TU|WE|TH|FR|SA|SU)")
_NUMBERS = {
    "INTERVAL": (1, 99999, False),
    "COUNT": (1, 99999, False),
    "BYMONTH": (1, 12, False),
    "BYMONTHDAY": (1, 31, True),
    "BYYEARDAY": (1, 366, True),
    "BYWEEKNO": (2, 51, False),  # which year the others belong to, programs do not agree on
    "BYSETPOS": (1, 366, True),
}
"""The parts that are numbers: the least, the most, and whether they may be negative."""
_NAMES = ("FREQ", "UNTIL", "BYDAY", "WKST", *_NUMBERS)
_GOES_WITH = {
    "BYMONTHDAY": ("DAILY", "MONTHLY", "YEARLY"),
    "BYYEARDAY": ("YEARLY",),
    "BYWEEKNO": ("YEARLY",),
    "BYSETPOS": ("MONTHLY", "YEARLY"),
}
_LENGTHS = {2: 29, 4: 30, 6: 30, 9: 30, 11: 30}


def obligations(plan: pl.DataFrame, since: datetime.date | None, until: datetime.date | None) -> pl.DataFrame:
    """What a plan makes due.

    Args:
        plan: a table of texts: task, perhaps unit, and due (a date), or start with days, or start with rule; perhaps
            points, and window (so many days before the due date its time begins).
        since: the first due date of rules that counts.
        until: the last due date of rules that counts.

    Returns:
        `plan` (the row), `task`, `unit` (null for all units), `due` (a date), `points` (quanta, null if none are
        given), `mark` (what tells it apart among those of its task and unit: the date that a rule gives, or which of
        the fixed dates it is), `begin` (the start of `days`, else null) and `window` (days, or null), a row for each
        due date.

    Raises:
        DataError: a row of the plan is at fault.
    """
    require_columns(["task"], plan.columns)
    plan = plan.with_columns(pl.lit(None, dtype=pl.String).alias(c) for c in _COLUMNS if c not in plan.columns)
    listed, total = faults(plan, _checks())
    rows = plan.select(
        pl.int_range(pl.len(), dtype=pl.UInt32).alias("plan"), "task", "unit", "rule",
        due=dates.read("due"), start=dates.read("start"), points=numbers.read("points"),
        days=pl.col("days").cast(pl.Int64, strict=False), window=pl.col("window").cast(pl.Int64, strict=False),
    )  # fmt: skip
    rules = rows.filter(pl.col("rule").is_not_null() & pl.col("start").is_not_null())
    found, wrong = [], []
    for row, start, rule in rules.select("plan", "start", "rule").rows():
        try:
            found += [(row, due) for due in occurrences(rule, start, since, until)]
        except ValueError as error:
            wrong.append(Fault(f"'{rule}': {error}", "rule", row=row))
    if total or wrong:
        both = sorted([*listed, *wrong], key=lambda fault: fault.row or 0)
        raise DataError(both[:SHOWN], total + len(wrong))
    ruled = pl.DataFrame(found, schema={"plan": pl.UInt32, "due": pl.Date}, orient="row")
    ruled = ruled.with_columns(mark=pl.col("due").cast(pl.String))
    which = pl.int_range(1, pl.len() + 1).over("task", "unit")
    fixed = rows.filter(pl.col("rule").is_null()).select(
        "plan", due=pl.coalesce("due", pl.col("start") + pl.duration(days="days")),
        mark=pl.concat_str(pl.col("unit").fill_null(""), which, separator=" "),
    )  # fmt: skip
    dated = pl.concat([fixed, ruled]).join(rows.drop("due"), on="plan", maintain_order="left")
    begin = pl.when(pl.col("days").is_not_null()).then("start")
    return dated.select("plan", "task", "unit", "due", "points", "mark", "window", begin=begin)


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
        *(
            Check(~pl.col(name).str.contains("^[0-9]{1,5}$"), "'{value}' is not a number of days, 0 to 99999", name)
            for name in ("days", "window")
        ),
        Check(_due_after_start().dt.year() > 9999, "{value} days after start is beyond the year 9999", "days"),
        number_check("points", blank=True),
        Check(points < 0, "'{value}' is below 0; points are 0 or more", "points"),
    ]


def _due_after_start() -> pl.Expr:
    """The day that is so many days after the start."""
    return dates.read("start") + pl.duration(days=pl.col("days").cast(pl.Int64, strict=False))


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
    if parts.get("UNTIL", "99991231") < _compact(start):
        raise ValueError(f"UNTIL={parts['UNTIL']} is before the start, {start}")
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
    """The parts of a rule, each looked at by itself, and then together.

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
    _check_together(parts)
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
                value = _compact(datetime.date(*map(int, day.groups()[:3]))) if day else ""
            except ValueError:
                value = ""
            fine, told = bool(value), "a date such as 20201231"
        case "BYDAY":
            fine, told = all(map(_DAY.fullmatch, words)), "days such as MO or 2FR"
        case "WKST":
            fine, told = value in ("MO", "TU", "WE", "TH", "FR", "SA", "SU"), "a day such as MO"
        case _ if name in _NUMBERS:
            least, most, signed = _NUMBERS[name]
            sign = "[+-]?" if signed else ""
            sizes = [abs(int(word)) for word in words if re.fullmatch(f"{sign}[0-9]{{1,5}}", word, re.ASCII)]
            fine = len(sizes) == len(words) and all(least <= size <= most for size in sizes)
            told = f"numbers of {least} to {most}" + (f", or of -{least} to -{most}" if signed else "")
            fine = fine and (len(words) == 1 or name.startswith("BY"))
        case _:
            raise ValueError(f"{name} is no part of a rule by days, weeks, months or years{hint(name, _NAMES)}")
    if not fine:
        raise ValueError(f"{name}={','.join(words)}: write {told}")
    return value


def _compact(day: datetime.date) -> str:
    """A date as rules write it, such as 20201231."""
    return day.isoformat().replace("-", "")


def _check_together(parts: Mapping[str, str]) -> None:
    """Refuse what RFC 5545 forbids, what never comes, and what dateutil works out wrongly.

    Raises:
        ValueError: parts do not go together.
    """
    by = parts["FREQ"]
    numbered = [int(word[:-2]) for word in parts.get("BYDAY", "").split(",") if len(word) > 2]
    for name, frequencies in _GOES_WITH.items():
        if name in parts and by not in frequencies:
            raise ValueError(f"{name} does not go with FREQ={by}, only with {' and '.join(frequencies)}")
    if numbered and (by not in ("MONTHLY", "YEARLY") or "BYWEEKNO" in parts):
        raise ValueError(f"BYDAY={parts['BYDAY']}: numbers go with FREQ=MONTHLY or YEARLY, and not with BYWEEKNO")
    if any(abs(number) > (5 if by == "MONTHLY" else 53) for number in numbered):
        raise ValueError(f"BYDAY={parts['BYDAY']}: no {'month' if by == 'MONTHLY' else 'year'} has so many")
    if "BYWEEKNO" in parts and "BYDAY" not in parts:
        raise ValueError("BYWEEKNO needs BYDAY")
    if "BYSETPOS" in parts and not {"BYDAY", "BYMONTH", "BYMONTHDAY", "BYYEARDAY", "BYWEEKNO"} & set(parts):
        raise ValueError("BYSETPOS needs another part that it chooses from, such as BYDAY")
    days = [int(word) for word in parts.get("BYMONTHDAY", "0").split(",")]
    months = [int(word) for word in parts.get("BYMONTH", "1").split(",")]
    if min(map(abs, days)) > max(_LENGTHS.get(month, 31) for month in months):
        raise ValueError(f"BYMONTHDAY={parts['BYMONTHDAY']}: no such day comes in BYMONTH={parts['BYMONTH']}")
