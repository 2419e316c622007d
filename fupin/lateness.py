"""Lateness: what it costs, as a ledger that `deduct` reads (contract §8)."""

from __future__ import annotations

from typing import NamedTuple

from fupin import numbers
from fupin.deferred import pl
from fupin.errors import SHOWN, DataError, Fault
from fupin.numbers import Number


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


def costs(late: pl.DataFrame, cost: Late) -> pl.DataFrame:
    """The ledger of what lateness costs.

    Args:
        late: obligations that are late or overdue: plan (the row), task, unit, due, points (quanta), days_late.
        cost: what lateness costs.

    Returns:
        unit, item (the task), points, date (the due date), source, due (the due date, for `deduct --once item,due`).

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
        pl.col("due").cast(pl.String).alias("date"), pl.lit(cost.source).alias("source"), pl.col("due").cast(pl.String),
    )  # fmt: skip
