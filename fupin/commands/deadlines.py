"""deadlines: what is due, what was done, what is late, and what lateness costs.

Serves the dated tasks of Xinfeng 2020 (visits by 13 March, problems fixed within 15 days), the quarterly reports of
Xiangyin 2016 (the 25th of each quarter's last month), and deductions for late work (Beijinggang 2019, annex 1, item 1).
"""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from fractions import Fraction
from typing import Annotated, Literal, NamedTuple, TypeAlias, get_args

import click

from fupin import dates, ledger, numbers, options, submissions, tables
from fupin.chain import Files
from fupin.deferred import pl
from fupin.errors import SHOWN, DataError, Fault, Misuse, counted
from fupin.ledger import Events
from fupin.numbers import Number
from fupin.plans import obligations
from fupin.rules import read_rules
from fupin.spool import written
from fupin.tables import Table

Status = Literal["done", "late", "overdue", "due", "upcoming"]
STATUSES: tuple[Status, ...] = get_args(Status)
_CENTURY = 36500
Days: TypeAlias = Annotated[int, range(_CENTURY + 1)]


class Late(NamedTuple):
    """What lateness costs, in points.

    Args:
        points: once; a plan's own points stand in for it.
        per_day: for each day late.
        most: at the most, in all.
        source: what the ledger gives as its source.
    """

    points: Number | None = None
    per_day: Number | None = None
    most: Number | None = None
    source: str = "plan"


def deadlines(
    plan: pl.DataFrame,
    *,
    roster: Table | None = None,
    done: Events | None = None,
    on: datetime.date | None = None,
    since: datetime.date | None = None,
    until: datetime.date | None = None,
    soon: Days = 7,
    status: Sequence[Status] = (),
    late: Late | None = None,
    key: Sequence[str] | None = None,
) -> pl.DataFrame:
    """The obligations of a plan, contract §8.

    Args:
        plan: task, perhaps unit, and due (a date), or start with days, or start with rule (RFC 5545); perhaps points.
        roster: a table of units; a task without a unit is one of each of them.
        done: submissions: task, unit, date, perhaps due (the due date that it is for).
        on: the day on which the status is asked for; today if left out. Later submissions do not count yet.
        since: the first due date of rules, inclusive (``--from``).
        until: the last due date of rules, inclusive (``--to``).
        soon: so many days before its date an obligation is `due`, and no longer `upcoming`.
        status: only obligations of these statuses.
        late: give the ledger of what is late or overdue instead, with points.
        key: the roster's column of units; its first one if left out.

    Returns:
        task, unit, due, done, status, days_late; or, for `late`, unit, item (the task), points, date (the due date),
        source. Rows by due date, then in the order of the plan, then of the roster.

    Raises:
        DataError: a row of the plan is at fault, a submission is of an unknown task or unit or meets no due date, or
            something late has no points.
    """
    listed = _listed(
        plan, roster=roster, done=done, today=on or dates.today(), since=since, until=until, soon=soon, key=key
    )
    return _shown(listed, status, late)


def _listed(
    plan: pl.DataFrame,
    *,
    roster: Table | None,
    done: Events | None,
    today: datetime.date,
    since: datetime.date | None,
    until: datetime.date | None,
    soon: int,
    key: Sequence[str] | None,
) -> pl.DataFrame:
    """All obligations with what is known of them, in order."""
    wanted = obligations(plan, since, until).with_columns(place=pl.lit(0, dtype=pl.UInt32))
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


def _shown(listed: pl.DataFrame, status: Sequence[Status], late: Late | None) -> pl.DataFrame:
    """The obligations that are asked for, as a list or as a ledger."""
    asked = listed.filter(pl.col("status").is_in(status)) if status else listed
    if late is not None:
        return _costs(asked.filter(pl.col("status").is_in(["late", "overdue"])), late)
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


def _costs(late: pl.DataFrame, cost: Late) -> pl.DataFrame:
    """The ledger of what lateness costs.

    Raises:
        DataError: something late costs nothing that is known.
    """
    once, per_day, most = (
        None if value is None else numbers.whole(numbers.quanta(numbers.exact(value, name), name))
        for name, value in (("points", cost.points), ("per_day", cost.per_day), ("most", cost.most))
    )
    points = pl.col("points") if once is None else pl.col("points").fill_null(once)
    if once is None and per_day is None:
        free = late.filter(pl.col("points").is_null()).unique("plan", maintain_order=True)
        listed = [
            Fault(f"'{task}' is late, and what that costs is not said (--points, --per-day)", "points", row=row)
            for row, task in free.select("plan", "task").head(SHOWN).rows()
        ]
        if listed:
            raise DataError(listed, free.height)
    if per_day is not None:
        points = points.fill_null(0) + per_day * pl.col("days_late").cast(pl.Int128)
    if most is not None:
        points = pl.min_horizontal(points, most)
    ledger_ = late.with_columns(points=points)
    large = ledger_.filter(numbers.too_large(pl.col("points")))
    if large.height:
        why = "points get more than 15 digits before the point (--most holds them)"
        raise DataError([Fault(why, "points", row=row) for row in large["plan"].head(SHOWN)], large.height)
    return ledger_.select(
        "unit", pl.col("task").alias("item"), numbers.text(pl.col("points")).alias("points"),
        pl.col("due").cast(pl.String).alias("date"), pl.lit(cost.source).alias("source"),
    )  # fmt: skip


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
望月坪村,贫困村,86.0,17
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
    "--soon", type=click.IntRange(0, _CENTURY), default=7, show_default=True, metavar="DAYS",
    help="So long before its date an obligation is due, and no longer upcoming.",
)  # fmt: skip
@click.option("--status", metavar="STATUS,…", help="Only obligations that are done, late, overdue, due or upcoming.")
@click.option("--fail-if", metavar="STATUS,…", help="End with status 3 if there is one of these.")
@click.option("--late", is_flag=True, help="Give what is late or overdue as a ledger for deduct.")
@click.option("--points", type=options.Number(), metavar="N", help="With --late: points once, if the plan has none.")
@click.option("--per-day", type=options.Number(), metavar="N", help="With --late: points for each day late.")
@click.option("--most", type=options.Number(), metavar="N", help="With --late: points at the most.")
def command(
    events: options.Events | None, on: datetime.date | None, since: datetime.date | None, until: datetime.date | None,
    status: str | None, fail_if: str | None, late: bool, points: Fraction | None, per_day: Fraction | None,
    most: Fraction | None, roster: str | None, key: tuple[str, ...] | None, soon: int,
) -> options.Apply:  # fmt: skip
    """The board is the plan: task, perhaps unit, and due (a date), or start with days, or start with rule.

    A rule is an RFC 5545 RRULE, such as FREQ=MONTHLY;BYMONTHDAY=25; one that holds a comma stands in quotation
    marks, and one without UNTIL or COUNT needs --to. A submission later than --on does not count yet. A
    submission (--done: task, unit, date, perhaps due) meets the due date that it names, else in order of dates
    the earliest that is still open; with --from, --where "date >= '…'" leaves out those of earlier due dates.
    --fail-if looks at all obligations, whatever --status shows. -k names the roster's column of units.
    """
    costs = {"--points": points, "--per-day": per_day, "--most": most}
    for option, value in costs.items():
        if value is not None and (not late or value < 0):
            raise Misuse(f"{option} goes with --late" if not late else f"{option}: points are 0 or more")
    if since and until and since > until:
        raise Misuse(f"--from {since} is after --to {until}")
    if key and (len(key) > 1 or not roster):
        raise Misuse("-k names the one column of units of --roster")
    shown, asked = _statuses(status, "--status"), _statuses(fail_if, "--fail-if")
    name = click.get_current_context().params["argument"] or click.get_current_context().params["input_"]
    cost = Late(points, per_day, most, written(name or "-")) if late else None

    def apply(plan: pl.DataFrame, files: Files) -> pl.DataFrame:
        listed = _listed(
            plan, roster=files.open(roster) if roster else None, done=events.open(files) if events else None,
            today=on or dates.today(), since=since, until=until, soon=soon, key=key,
        )  # fmt: skip
        files.found = bool(listed["status"].is_in(asked).any())
        return _shown(listed, shown, cost)

    return apply
