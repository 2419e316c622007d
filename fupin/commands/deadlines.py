"""deadlines: what is due, what was done, what is late, and what lateness costs.

Serves the dated tasks of Xinfeng 2020 (visits by 13 March, problems fixed within 15 days), the quarterly reports of
Xiangyin 2016 (the 25th of each quarter's last month), and deductions for late work (Beijinggang 2019, annex 1, item 1).
"""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path
from typing import Annotated, Literal, TypeAlias, get_args

import click

from fupin import dates, ledger, options, submissions, tables
from fupin.agenda import agenda
from fupin.chain import Files
from fupin.deferred import pl
from fupin.errors import SHOWN, DataError, Fault, Misuse, counted
from fupin.lateness import Late, costs
from fupin.ledger import Events
from fupin.plans import obligations
from fupin.rules import read_rules
from fupin.spool import STDIN, written
from fupin.tables import Table
from fupin.working_days import CHINESE, Shift, WorkingDays, move

Status = Literal["done", "late", "overdue", "due", "upcoming"]
STATUSES: tuple[Status, ...] = get_args(Status)
_CENTURY = 36500
Days: TypeAlias = Annotated[int, range(_CENTURY + 1)]


def deadlines(
    plan: pl.DataFrame,
    *,
    roster: Table | None = None,
    done: Events | None = None,
    on: datetime.date | None = None,
    since: datetime.date | None = None,
    until: datetime.date | None = None,
    shift: Shift | None = None,
    calendar: Sequence[Table] = (),
    soon: Days = 7,
    status: Sequence[Status] = (),
    late: Late | None = None,
    key: Sequence[str] | None = None,
) -> pl.DataFrame:
    """The obligations of a plan, contract §8.

    Args:
        plan: task, perhaps unit, and due (a date), or start with days, or start with rule (RFC 5545); perhaps points,
            and perhaps window: so many days before the due date a submission begins to count, and with days from start
            on.
        roster: a table of units; a task without a unit is one of each of them.
        done: submissions: task, unit, date, perhaps due (the due date that it is for). One that comes before its time
            is told and left out.
        on: the day on which the status is asked for; today if left out. Later submissions do not count yet.
        since: the first due date of rules, inclusive (``--from``).
        until: the last due date of rules, inclusive (``--to``).
        shift: a due date that falls on a day off goes to the next or the previous working day.
        calendar: tables of date and working (true or false), and `cn` for Chinese holidays and the working days that
            make up for them; without it Saturdays and Sundays are days off.
        soon: so many days before its date an obligation is `due`, and no longer `upcoming`.
        status: only obligations of these statuses.
        late: give the ledger of what is late or overdue instead, with points.
        key: the roster's column of units; its first one if left out.

    Returns:
        task, unit, due, done, status, days_late; or, for `late`, unit, item (the task), points, date (the due date),
        source, due (the due date once more, for `deduct` with `once`). Rows by due date, then in the order of the plan,
        then of the roster.

    Raises:
        DataError: a row of the plan is at fault, a submission is of an unknown task or unit or meets no due date,
            the calendar does not know a year, or something late has no points.
        Misuse: the window ends before it begins, or a calendar is given and nothing to do with it.
    """
    _check(since, until, shift, calendar)
    listed = _listed(
        plan, roster=roster, done=done, today=on or dates.today(), since=since, until=until, shift=shift,
        calendar=calendar, soon=soon, key=key,
    )  # fmt: skip
    return _table(_asked(listed, status, late), late)


def _check(
    since: datetime.date | None, until: datetime.date | None, shift: Shift | None, calendar: Sequence[Table]
) -> None:
    """Refuse a window that ends before it begins, and a calendar that nothing asks for.

    Raises:
        Misuse: there is one.
    """
    if since and until and since > until:
        raise Misuse(f"--from {since} is after --to {until}")
    if calendar and shift is None:
        raise Misuse("--calendar goes with --shift next or --shift previous")


def _listed(
    plan: pl.DataFrame,
    *,
    roster: Table | None,
    done: Events | None,
    today: datetime.date,
    since: datetime.date | None,
    until: datetime.date | None,
    shift: Shift | None,
    calendar: Sequence[Table],
    soon: int,
    key: Sequence[str] | None,
) -> pl.DataFrame:
    """All obligations with what is known of them, in order."""
    wanted = obligations(plan, since, until).with_columns(place=pl.lit(0, dtype=pl.UInt32))
    if shift is not None:
        wanted = move(wanted, shift, WorkingDays(calendar))
    wanted = wanted.with_columns(begin=pl.max_horizontal("begin", pl.col("due") - pl.duration(days="window")))
    units, unit = pl.Series(dtype=pl.String), "unit"
    if roster is not None:
        source = tables.table(roster, "roster")
        unit = key[0] if key else source.columns[0]
        units = read_rules(source, [unit], amounts={}, unique=[unit])[unit]
        each = units.alias("each").to_frame().with_row_index("nth")
        shared = wanted.filter(pl.col("unit").is_null()).join(each, how="cross")
        shared = shared.with_columns(unit="each", place="nth").drop("each", "nth")
        wanted = pl.concat([wanted.filter(pl.col("unit").is_not_null()), shared])
    wanted = wanted.sort("due", "plan", "place").with_row_index("at")
    _no_repeats(wanted)
    if done is None:
        wanted = wanted.with_columns(done=pl.lit(None, dtype=pl.Date))
    else:
        sent_in = ledger.events(done)
        named = plan["unit"] if "unit" in plan.columns else units
        known = submissions.Known(
            plan["task"].unique(maintain_order=True),
            pl.concat([units, named]).drop_nulls().unique(),
            wanted["unit"].has_nulls(),
        )
        sent = submissions.read(sent_in, unit, known)
        wanted = submissions.meet(wanted, sent_in, sent.filter(pl.col("date") <= today))
    wanted = _with_status(wanted, today, soon)
    options.log.info(
        "%s: %s",
        counted(wanted.height, "obligation"),
        ", ".join(f"{(wanted['status'] == one).sum()} {one}" for one in STATUSES),
    )
    return wanted


def _asked(listed: pl.DataFrame, status: Sequence[Status], late: Late | None) -> pl.DataFrame:
    """The obligations that are asked for."""
    asked = listed.filter(pl.col("status").is_in(status)) if status else listed
    return asked if late is None else asked.filter(pl.col("status").is_in(["late", "overdue"]))


def _table(asked: pl.DataFrame, late: Late | None) -> pl.DataFrame:
    """Obligations as a list, or as a ledger."""
    if late is not None:
        return costs(asked, late)
    return asked.select("task", "unit", "due", "done", "status", "days_late").cast(pl.String)


def _no_repeats(wanted: pl.DataFrame) -> None:
    """Make sure that nothing is due twice on a day.

    Raises:
        DataError: something is.
    """
    again = wanted.filter(~pl.struct("task", "unit", "due").is_first_distinct()).unique("plan", maintain_order=True)
    listed = [
        Fault(f"'{task}' is due on {due} already{f' for {unit}' if unit else ''}, by another row", "task", row=row)
        for row, task, unit, due in again.sort("plan").head(SHOWN).select("plan", "task", "unit", "due").rows()
    ]
    if listed:
        raise DataError(listed, again.height)


def _with_status(wanted: pl.DataFrame, today: datetime.date, soon: int) -> pl.DataFrame:
    """The obligations with status and days late."""
    due, done, now = pl.col("due"), pl.col("done"), pl.lit(today)
    status = (
        pl.when(done <= due).then(pl.lit("done"))
        .when(done > due).then(pl.lit("late"))
        .when(due < now).then(pl.lit("overdue"))
        .when(due <= now + pl.duration(days=soon)).then(pl.lit("due"))
        .otherwise(pl.lit("upcoming"))
    )  # fmt: skip
    late = (pl.coalesce(done, now) - due).dt.total_days()
    return wanted.with_columns(status=status).with_columns(
        days_late=pl.when(pl.col("status").is_in(["late", "overdue"])).then(late)
    )


def _statuses(text: str | None, option: str) -> tuple[Status, ...]:
    """The statuses of a comma-separated list.

    Raises:
        Misuse: one is none.
    """
    words = text.split(",") if text is not None else []
    found = tuple(status for status in STATUSES if status in words)
    for word in words:
        if word not in STATUSES:
            raise Misuse(f"{option}: '{word}' is not one of {', '.join(STATUSES)}")
    return found


EXAMPLES = r"""
$ fupin deadlines plan.csv --roster villages.csv --done reports.csv \
    --on 2019-12-31 --status overdue
task,unit,due,done,status,days_late
低保核查表,梅子园村,2019-10-15,,overdue,77

$ fupin deadlines plan.csv --roster villages.csv --done reports.csv \
    --on 2019-12-31 --late --per-day 0.5 --most 2 \
    then deduct -i villages.csv --events - --full 20 --as routine \
    then keep --where 'routine <= 18'
village,kind,field,routine
东湾嘴村,非贫困村,90.2,18
望月坪村,贫困村,86.0,16.5
永宁村,非贫困村,83.0,18
樟木桥村,非贫困村,88.0,18
梅子园村,非贫困村,80.5,16.5
"""


@options.verb("deadlines", examples=EXAMPLES, keyed=False)
@click.option("--roster", type=options.File(), metavar="FILE", help="The units; each has every task without a unit.")
@options.events("--done", required=False)
@click.option("--on", type=options.Day(), metavar="DATE", help="The day to judge by.  [default: today]")
@click.option("--from", "since", type=options.Day(), metavar="DATE", help="The first due date of rules.")
@click.option("--to", "until", type=options.Day(), metavar="DATE", help="The last due date of rules.")
@click.option(
    "--shift",
    type=click.Choice(get_args(Shift)),
    help="Move a due date on a day off to the next or previous working day.",
)
@click.option(
    "--calendar", type=options.File(words=[CHINESE]), multiple=True, metavar="cn|FILE",
    help="The days off: cn for Chinese holidays and make-up days; days of a FILE (date, working) stand above it."
    "  [default: Saturdays and Sundays]",
)  # fmt: skip
@click.option(
    "--soon", type=click.IntRange(0, _CENTURY), default=7, show_default=True, metavar="DAYS",
    help="So long before its date an obligation is due, and no longer upcoming.",
)  # fmt: skip
@click.option("--status", metavar="STATUS,…", help="Only obligations that are done, late, overdue, due or upcoming.")
@click.option("--fail-if", metavar="STATUS,…", help="End with status 3 if there is one of these.")
@click.option("--ics", type=options.File(read=False), metavar="FILE", help="Write a calendar for phones there.")
@click.option("--late", is_flag=True, help="Give what is late or overdue as a ledger for deduct.")
@click.option("--points", type=options.Number(), metavar="N", help="With --late: points once, if the plan has none.")
@click.option("--per-day", type=options.Number(), metavar="N", help="With --late: points for each day late.")
@click.option("--most", type=options.Number(), metavar="N", help="With --late: points at the most.")
def command(
    events: options.Events | None, on: datetime.date | None, since: datetime.date | None, until: datetime.date | None,
    status: str | None, fail_if: str | None, late: bool, points: Fraction | None, per_day: Fraction | None,
    most: Fraction | None, roster: str | None, key: tuple[str, ...] | None, soon: int, shift: Shift | None,
    calendar: tuple[str, ...], ics: str | None,
) -> options.Apply:  # fmt: skip
    """The board is the plan: task, perhaps unit, and due (a date), or start with days, or start with rule.

    A rule is an RFC 5545 RRULE, such as FREQ=MONTHLY;BYMONTHDAY=25; one that holds a comma stands in quotation
    marks, and one without UNTIL or COUNT needs --to. --from and --to look at the dates of rules before --shift
    moves them; dates of one rule that come to the same day are one. A year that the calendar cn does not know is
    an error; a FILE with days of that year tells it, its other days going by the week.

    A submission (--done: task, unit, date, perhaps due) meets the due date that it names, else in order of dates
    the earliest that is still open and whose time has begun: with days from start on, and with the plan's column
    window so many days before the due date. One that comes too early is told and left out, one that meets none is an
    error, and one later than --on does not count yet. With --from, --where "date >= '…'" leaves out those of earlier
    due dates.

    --fail-if looks at all obligations, whatever --status shows; --ics has those that are shown, each as an event
    of a whole day. What is open wakes at nine, when it becomes due and on its date. A phone that reads the
    calendar again moves what has been moved. -k names the roster's column of units.
    """
    for option, value in {"--points": points, "--per-day": per_day, "--most": most}.items():
        if value is not None and (not late or value < 0):
            raise Misuse(f"{option} goes with --late" if not late else f"{option}: points are 0 or more")
    if key and (len(key) > 1 or not roster):
        raise Misuse("-k names the one column of units of --roster")
    if ics and not ics.lower().endswith(".ics"):
        raise Misuse(f"--ics: '{ics}' does not end in .ics, by which phones know a calendar")
    _check(since, until, shift, calendar)
    shown, looked_for = _statuses(status, "--status"), _statuses(fail_if, "--fail-if")
    given = click.get_current_context().params
    name = written(given["argument"] or given["input_"] or STDIN)
    cost = Late(points, per_day, most, name) if late else None

    def apply(plan: pl.DataFrame, files: Files) -> pl.DataFrame:
        today = on or dates.today()
        listed = _listed(
            plan, roster=files.open(roster) if roster else None, done=events.open(files) if events else None,
            today=today, since=since, until=until, shift=shift,
            calendar=[one if one == CHINESE else files.open(one) for one in calendar], soon=soon, key=key,
        )  # fmt: skip
        files.found = bool(listed["status"].is_in(looked_for).any())
        asked = _asked(listed, shown, cost)
        if ics:
            files.also[ics] = agenda(asked, "deadlines" if name == STDIN else Path(name).stem, today, soon)
        return _table(asked, cost)

    return apply
