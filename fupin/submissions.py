"""Submissions: what was handed in, and which due date it meets.

Contract §8: a submission meets the due date that it names, else in order of dates the earliest that is still open.
"""

from __future__ import annotations

import logging
from typing import NamedTuple

from fupin import dates
from fupin.checks import Check, faults
from fupin.deferred import pl
from fupin.errors import SHOWN, DataError, Fault, counted
from fupin.ledger import Ledger

log = logging.getLogger("fupin")
_WHERE = ("file", "row", "task", "unit", "due")


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
    done.require(["task", "date", *([] if whole else [column])])
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

    A submission meets the due date that it names, else in order of dates the earliest that is still open.

    Raises:
        DataError: a submission meets no due date; file and line are named.
    """
    named = sent.filter(pl.col("due").is_not_null())
    what = ["task", "unit"]
    again = ~pl.struct(*what, "due").is_first_distinct()
    by_name = named.join(wanted.select("at", *what, "due"), on=[*what, "due"], how="left", nulls_equal=True)
    open_ = wanted.join(by_name, on="at", how="anti").select("at", *what)
    order = pl.int_range(pl.len()).over(what)
    unnamed = sent.filter(pl.col("due").is_null()).sort("date", "file", "row").with_columns(nth=order)
    in_order = unnamed.join(
        open_.with_columns(nth=order), on=[*what, "nth"], how="left", nulls_equal=True, maintain_order="left"
    )
    told = {
        "is not due on {due}": by_name.filter(pl.col("at").is_null()),
        "due on {due} has been handed in already": by_name.filter(pl.col("at").is_not_null() & again),
        "has no due date that is still open": in_order.filter(pl.col("at").is_null()),
    }
    refused = pl.concat(rows.select(*_WHERE, why=pl.lit(why)) for why, rows in told.items())
    if refused.height:
        raise _refusal(done, refused, wanted)
    met = pl.concat([by_name.select("at", done="date"), in_order.select("at", done="date")])
    return wanted.join(met, on="at", how="left", maintain_order="left")


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
