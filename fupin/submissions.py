"""Submissions: what was handed in, and which due date it meets.

Contract §8: a submission meets the due date that it names, else in order of dates the earliest that is still open and
whose time has begun; one that comes before its time is told and left out.
"""

from __future__ import annotations

import datetime
import logging
from typing import NamedTuple

from fupin import dates
from fupin.checks import Check, faults
from fupin.deferred import pl
from fupin.errors import SHOWN, DataError, Fault, counted, one_line
from fupin.ledger import Ledger

log = logging.getLogger("fupin")
_WHAT = ("task", "unit")
_WHERE = ("file", "row", *_WHAT, "due")
_NAMED = 3


class Known(NamedTuple):
    """The tasks and units that a submission may be of, and whether there are tasks without a unit."""

    tasks: pl.Series
    units: pl.Series
    without: bool = False


def read(done: Ledger, unit: str, known: Known) -> pl.DataFrame:
    """All submissions: `file` and `row`, `task`, `unit`, `date`, `due`.

    Raises:
        DataError: one is at fault.
    """
    column = done.key[0] if done.key else "unit" if "unit" in done.columns else unit
    whole = not known.units.len() and column not in done.columns
    done.require(["task", "date", *([] if whole else [column]), *(["due"] if "due" in done.columns else [])])
    blank = pl.col(column).is_null() if not whole else pl.lit(True)
    stray = pl.lit(False) if whole else ~pl.col(column).is_in(known.units.implode())
    rules = [
        Check(pl.col("task").is_null(), "blank, where a task is needed", "task"),
        Check(~pl.col("task").is_in(known.tasks.implode()), "no task '{value}' in the plan", "task", known.tasks),
        dates.date_check("date"),
        *([dates.date_check("due", blank=True)] if "due" in done.columns else []),
    ]
    if known.units.len() and not known.without:
        rules.append(Check(blank, "blank, where a unit is needed", column))
    parts: list[pl.DataFrame] = []
    listed: list[Fault] = []
    total = ignored = 0
    for number, source in enumerate(done.sources):
        rows = source.read().with_row_index("row")
        checked = done.where.checks() if done.where is not None else []
        found, count = faults(rows, checked)
        if done.where is not None and not count:
            rows = rows.filter(done.where.truth)
        if done.strays == "ignore" and not whole:
            ignored += rows.filter(stray).height
            rows = rows.filter(~stray.fill_null(False))
        if not count:
            strangers = Check(stray, "'{value}' has no task in the plan", column, known.units)
            found, count = faults(rows, [*rules, strangers])
        listed += source.located([f._replace(row=int(rows["row"][f.row or 0])) for f in found[: SHOWN - len(listed)]])
        total += count
        parts.append(rows.select(
            "row", "task", file=pl.lit(number), unit=pl.lit(None, dtype=pl.String) if whole else pl.col(column),
            date=dates.read("date"),
            due=dates.read("due") if "due" in done.columns else pl.lit(None, dtype=pl.Date),
        ))  # fmt: skip
    if total:
        raise DataError(listed, total)
    if ignored:
        log.warning("ignored %s of units that have no task", counted(ignored, "row"))
    return pl.concat(parts)


def meet(wanted: pl.DataFrame, done: Ledger, sent: pl.DataFrame) -> pl.DataFrame:
    """The obligations with the day on which each was done.

    Args:
        wanted: the obligations: at (their number), task, unit, due, begin (the first day that counts, or null).
        done: the ledger of submissions, for messages.
        sent: the submissions, see `read`.

    Raises:
        DataError: a submission meets no due date; file and line are named.
    """
    columns = ["at", "due", "begin"]
    by_name = sent.filter(pl.col("due").is_not_null()).join(
        wanted.select(*columns, *_WHAT), on=[*_WHAT, "due"], how="left", nulls_equal=True, maintain_order="left"
    )
    soon = by_name.filter(pl.col("date") < pl.col("begin"))
    in_time = by_name.join(soon, on=["file", "row"], how="anti", maintain_order="left")
    first = pl.struct(*_WHAT, "due").is_first_distinct()
    met = in_time.filter(pl.col("at").is_not_null() & first).select("at", done="date")
    open_ = wanted.join(met, on="at", how="anti", maintain_order="left")
    unnamed = sent.filter(pl.col("due").is_null()).sort("date", "file", "row").with_row_index("nth")
    in_order = _in_order(open_, unnamed)
    left = unnamed.join(in_order, on="nth", how="anti", maintain_order="left").drop("due")
    late_begins = wanted.select(*columns, *_WHAT).filter(pl.col("begin").is_not_null())
    waiting = left.join(late_begins, on=_WHAT, nulls_equal=True).filter(pl.col("date") < pl.col("begin"))
    waiting = waiting.sort("begin").unique("nth", keep="first", maintain_order=True)
    told = {
        "is not due on {due}": in_time.filter(pl.col("at").is_null()),
        "due on {due} has been handed in already": in_time.filter(pl.col("at").is_not_null() & ~first),
        "has no due date that is still open": left.join(waiting, on="nth", how="anti").with_columns(
            due=pl.lit(None, dtype=pl.Date)
        ),
    }
    refused = pl.concat(rows.select(*_WHERE, why=pl.lit(why)) for why, rows in told.items())
    if refused.height:
        raise _refusal(done, refused, wanted)
    _tell_early(done, pl.concat(rows.select("file", "row", *_WHAT, "date", "begin") for rows in (soon, waiting)))
    met = pl.concat([met, in_order.select("at", done="date")])
    return wanted.join(met, on="at", how="left", maintain_order="left")


def _in_order(open_: pl.DataFrame, unnamed: pl.DataFrame) -> pl.DataFrame:
    """The submissions, in their order, each with the earliest due date that is open and whose time has begun.

    Args:
        open_: the due dates that are open: at, task, unit, due, begin.
        unnamed: the submissions: nth (their order), task, unit, date.

    Returns:
        `nth`, `at` and `date` of those that meet one.
    """
    groups = open_.select(_WHAT).unique().with_row_index("group")
    begin = pl.col("begin").fill_null(datetime.date.min)
    of_group = open_.join(groups, on=_WHAT, nulls_equal=True).select("group", "at", "due", begin=begin)
    of_group = of_group.sort("group", "due").with_columns(place=pl.int_range(1, pl.len() + 1).over("group"))
    sent = unnamed.join(groups, on=_WHAT, nulls_equal=True).select("group", "nth", "date").sort("nth")
    turned = of_group.filter((pl.col("begin") < pl.col("begin").shift(1)).over("group"))["group"].unique().implode()
    one_by_one = pl.col("group").is_in(turned)
    return pl.concat([
        _as_they_begin(of_group.filter(~one_by_one), sent.filter(~one_by_one)),
        _by_turns(of_group.filter(one_by_one), sent.filter(one_by_one)),
    ])  # fmt: skip


def _as_they_begin(open_: pl.DataFrame, sent: pl.DataFrame) -> pl.DataFrame:
    """The same where an earlier due date never begins later: the nth submission that meets any meets the nth due date.

    So many have been met after a submission as after the one before and one more, but not more than have begun.
    """
    begun = sent.sort("date", maintain_order=True).join_asof(
        open_.select("group", "begin", "place").sort("begin", maintain_order=True),
        left_on="date", right_on="begin", by="group", check_sortedness=False,
    )  # fmt: skip
    number = pl.int_range(1, pl.len() + 1).over("group")
    spare = (pl.col("place").fill_null(0) - number).cum_min().over("group")
    counted_ = begun.sort("nth").with_columns(place=number + pl.min_horizontal(spare, pl.lit(0)))
    before = pl.col("place").shift(1, fill_value=0).over("group")
    meeting = counted_.filter(pl.col("place") > before)
    return meeting.join(open_, on=["group", "place"], maintain_order="left").select("nth", "at", "date")


def _by_turns(open_: pl.DataFrame, sent: pl.DataFrame) -> pl.DataFrame:
    """The same where windows lie in another order: the first submission of each group, then the second, and so on."""
    found = [pl.DataFrame(schema={"nth": sent.schema["nth"], "at": open_.schema["at"], "date": pl.Date})]
    for (_,), turn in sent.with_columns(turn=pl.int_range(pl.len()).over("group")).group_by(
        "turn", maintain_order=True
    ):
        begun = turn.join(open_, on="group").filter(pl.col("begin") <= pl.col("date"))
        meeting = begun.sort("due").unique("nth", keep="first", maintain_order=True)
        found.append(meeting.select("nth", "at", "date"))
        open_ = open_.join(meeting, on="at", how="anti")
    return pl.concat(found)


def _tell_early(done: Ledger, early: pl.DataFrame) -> None:
    """Tell of the submissions that came before their time: how many, and the first three or all of them.

    Args:
        done: the ledger of submissions.
        early: `file`, `row`, `task`, `unit`, `date`, and `begin`, the first day that would have counted.
    """
    if not early.height:
        return
    every = log.isEnabledFor(logging.INFO)
    told: list[Fault] = []
    shown = early.sort("file", "row")[: early.height if every else _NAMED]
    for file, row, task, unit, date, begin in shown.rows():
        of = f"'{task}' of {unit}" if unit else f"'{task}'"
        told += done.sources[file].located([Fault(f"{of} on {date} counts from {begin} on", "date", row=row)])
    more = early.height - _NAMED
    rest = f"; and {more} more (-v names all)" if more > 0 else ""
    named = "; ".join(str(fault) for fault in told[:_NAMED])
    log.warning("%s", one_line(f"left out {counted(early.height, 'submission')} before their time: {named}{rest}"))
    for fault in told if every else ():
        log.info("left out, as before its time: %s", fault)


def _refusal(done: Ledger, refused: pl.DataFrame, wanted: pl.DataFrame) -> DataError:
    """That submissions meet no due date."""
    listed: list[Fault] = []
    for file, row, task, unit, due, why in refused.sort("file", "row").head(SHOWN).rows():
        same = wanted.filter(pl.col("task") == task, pl.col("unit").eq_missing(unit))
        days = ", ".join(map(str, same["due"].head(5))) + (", …" if same.height > 5 else "")
        of = f"'{task}' of {unit}" if unit else f"'{task}'"
        message = f"{of} {why.format(due=due)}; it is {f'due on {days}' if same.height else 'never due'}"
        listed += done.sources[file].located([Fault(message, "due" if due else "task", row=row)])
    return DataError(listed, refused.height)
