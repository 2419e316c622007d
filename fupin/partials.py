"""Figures that are made of the rows of a ledger part by part, and put together without loss."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal, NamedTuple

from fupin import numbers
from fupin.deferred import pl
from fupin.errors import SHOWN, DataError, Fault

Kind = Literal["count", "holds", "sum", "min", "max", "top", "bottom"]
_MANY = 1 << 17


class Aggregate(NamedTuple):
    """One figure per unit from the rows of a ledger.

    Args:
        kind: what is made of the rows; `holds` counts those for which the value is true, `top` and `bottom` keep the
            `size` highest or lowest ones.
        value: an expression over the ledger's texts: quanta (Int128), or a truth for `holds`; none for `count`.
        column: the column that it is made of, for messages.
    """

    kind: Kind
    value: pl.Expr | None = None
    size: int = 0
    column: str | None = None


def reduced(batch: pl.DataFrame, by: Sequence[str], aggregates: Mapping[str, Aggregate]) -> pl.DataFrame:
    """A batch as partial results. A sum is kept as whole units and quanta, so that it never wraps."""
    figures = []
    for name, aggregate in aggregates.items():
        value = pl.col(name)
        match aggregate.kind:
            case "count":
                figures.append(pl.len().cast(pl.UInt64).alias(name))
            case "holds":
                figures.append(value.sum().cast(pl.UInt64))
            case "sum":
                largest = batch.select(value.abs().max()).item() or 0
                if largest * batch.height < 2**126:
                    figures.append(value.sum())
                else:
                    figures += [
                        (value // numbers.ONE).sum().alias(name + "\0units"),
                        (value % numbers.ONE).sum(),
                    ]
            case "min":
                figures.append(value.min())
            case "max":
                figures.append(value.max())
            case "top":
                figures.append(value.top_k(aggregate.size))
            case "bottom":
                figures.append(value.bottom_k(aggregate.size))
    part = _grouped(batch, by, figures)
    for name, aggregate in aggregates.items():
        if aggregate.kind == "sum" and name + "\0units" not in part.columns:
            value = pl.col(name)
            part = part.with_columns((value // numbers.ONE).alias(name + "\0units"), (value % numbers.ONE).alias(name))
    return part.select("\0unit", *by, *_stored(aggregates))


def _grouped(rows: pl.DataFrame, by: Sequence[str], figures: Sequence[pl.Expr]) -> pl.DataFrame:
    """Rows grouped by unit; the streaming engine does it in half the time where there are many."""
    engine: Literal["streaming", "in-memory"] = "streaming" if rows.height > _MANY else "in-memory"
    return rows.lazy().group_by("\0unit", *by).agg(figures).collect(engine=engine)


def _stored(aggregates: Mapping[str, Aggregate]) -> list[str]:
    """The columns of a partial result."""
    return [c for name, a in aggregates.items() for c in ([name, name + "\0units"] if a.kind == "sum" else [name])]


def merged(parts: Sequence[pl.DataFrame], by: Sequence[str], aggregates: Mapping[str, Aggregate]) -> pl.DataFrame:
    """Partial results put together."""
    if not parts:
        lists = ("top", "bottom")
        types = {
            c: pl.UInt64 if a.kind in ("count", "holds") else pl.List(pl.Int128) if a.kind in lists else pl.Int128
            for name, a in aggregates.items()
            for c in _stored({name: a})
        }
        return pl.DataFrame(schema={"\0unit": pl.Int128, **dict.fromkeys(by, pl.String), **types})
    if len(parts) == 1:
        return parts[0]
    figures = []
    for name, aggregate in aggregates.items():
        value = pl.col(name)
        match aggregate.kind:
            case "count" | "holds":
                figures.append(value.sum())
            case "sum":
                figures += [value.sum(), pl.col(name + "\0units").sum()]
            case "min":
                figures.append(value.min())
            case "max":
                figures.append(value.max())
            case "top":
                figures.append(value.explode().top_k(aggregate.size))
            case "bottom":
                figures.append(value.explode().bottom_k(aggregate.size))
    return _grouped(pl.concat(parts), by, figures)


def finished(groups: pl.DataFrame, units: pl.Series, aggregates: Mapping[str, Aggregate]) -> pl.DataFrame:
    """Sums as one number again.

    Raises:
        DataError: one has more than 15 digits before the point.
    """
    for name, aggregate in aggregates.items():
        if aggregate.kind != "sum":
            continue
        carried = pl.col(name + "\0units") + pl.col(name) // numbers.ONE
        large = groups.filter((carried >= numbers.LIMIT) | (carried < -numbers.LIMIT))
        if large.height:
            message = "a sum of more than 15 digits before the point"
            shown = large.sort("\0row").head(SHOWN)["\0row"]
            raise DataError([Fault(message, aggregate.column, unit=units[row]) for row in shown], large.height)
        groups = groups.with_columns((carried * numbers.ONE + pl.col(name) % numbers.ONE).alias(name))
    return groups
