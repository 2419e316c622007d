"""Working days: which days are ones, and where a due date goes that falls on another.

Sources of the rules: contract §8; the yearly notices of the State Council on public holidays and the working days that
make up for them, which chinesecalendar knows.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Sequence
from typing import Literal, cast

from fupin import dates, tables
from fupin.checks import Check
from fupin.deferred import pl
from fupin.errors import SHOWN, DataError, Fault
from fupin.rules import read_rules
from fupin.tables import Source, Table

CHINESE = "cn"
"""What the calendar of Chinese holidays is called."""
Shift = Literal["next", "previous"]


class WorkingDays:
    """Which days are working days: those that tables say, else the Chinese ones, else Monday to Friday.

    Args:
        calendar: tables of date and working (true or false), of which a later one stands above an earlier one; and
            `cn` for Chinese holidays and the working days that make up for them. Of a year that these do not know,
            and tables do, the days that are not told go by the week.

    Raises:
        DataError: a table is at fault, or chinesecalendar is not there.
    """

    def __init__(self, calendar: Sequence[Table]) -> None:
        self._told: dict[datetime.date, bool] = {}
        self._else: Callable[[datetime.date], bool] = _by_the_week
        for one in calendar:
            if isinstance(one, str) and one == CHINESE:
                self._else = _chinese()
            else:
                self._told |= dict(_read(tables.table(one, "calendar")).iter_rows())
        self._years = {day.year for day in self._told}

    def working(self, day: datetime.date) -> bool:
        """Whether a day is a working day.

        Raises:
            ValueError: nothing tells of its year.
        """
        if day in self._told:
            return self._told[day]
        try:
            return self._else(day)
        except NotImplementedError:
            if day.year in self._years:
                return _by_the_week(day)
            told = f"the calendar {CHINESE} does not know {day.year}"
            raise ValueError(f"{told}; tell its days off and make-up days in --calendar FILE (date,working)") from None

    def shifted(self, day: datetime.date, shift: Shift) -> datetime.date:
        """The day itself if it is a working day, else the next or the previous one.

        Raises:
            ValueError: there is none, or nothing tells of the year.
        """
        step = datetime.timedelta(days=1 if shift == "next" else -1)
        found = day
        try:
            while not self.working(found):
                found += step
        except OverflowError:
            raise ValueError(f"there is no working day {'after' if shift == 'next' else 'before'} {day}") from None
        return found


def move(wanted: pl.DataFrame, shift: Shift, days: WorkingDays) -> pl.DataFrame:
    """Obligations on working days only; dates of one row of the plan that come to the same day are one.

    Raises:
        DataError: a due date has no working day, or nothing tells of its year; the rows of the plan are named.
    """
    moved: dict[datetime.date, datetime.date] = {}
    lost: dict[datetime.date, str] = {}
    for day in wanted["due"].unique().sort():
        try:
            moved[day] = days.shifted(day, shift)
        except ValueError as error:
            lost[day] = str(error)
    if lost:
        told = wanted.filter(pl.col("due").is_in(list(lost))).select("plan", "due").rows()
        faults = dict.fromkeys(Fault(lost[day], row=row) for row, day in sorted(told))
        raise DataError(list(faults)[:SHOWN], len(faults))
    pairs = pl.DataFrame({"due": list(moved), "moved": list(moved.values())}, {"due": pl.Date, "moved": pl.Date})
    found = wanted.join(pairs, on="due", how="left", maintain_order="left").with_columns(due="moved").drop("moved")
    return found.unique(["plan", "due"], keep="first", maintain_order=True)


def _by_the_week(day: datetime.date) -> bool:
    """Whether a day is one of Monday to Friday."""
    return day.weekday() < 5


def _chinese() -> Callable[[datetime.date], bool]:
    """What tells Chinese working days; it raises NotImplementedError for a year that it does not know.

    Raises:
        DataError: chinesecalendar is not there.
    """
    try:
        import chinese_calendar
    except ImportError:
        needs = f"--calendar {CHINESE} needs chinesecalendar: pip install 'fupin[calendar]'"
        raise DataError(f"{needs}; or tell the days in --calendar FILE (date,working)") from None
    return cast(Callable[[datetime.date], bool], chinese_calendar.is_workday)


def _read(table: Source) -> pl.DataFrame:
    """The days of a table, and whether they are working days.

    Raises:
        DataError: it is at fault; file and line are named.
    """
    working = pl.col("working").str.to_lowercase()  # a spreadsheet makes TRUE of true
    checks = [
        dates.date_check("date", blank=True),
        Check(~working.is_in(["true", "false"]), "'{value}' is neither true nor false", "working"),
    ]
    rows = read_rules(table, ["date", "working"], amounts={}, unique=["date"], checks=checks)
    return rows.select(dates.read("date"), working == "true")
