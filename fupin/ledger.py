"""Ledgers: events of any number, reduced to one row per unit in one streaming pass of flat memory.

A pass carries along whether any row was faulty; only if one was, the ledger is read again to name the lines.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Literal, NamedTuple, TypeAlias

from fupin import boards, conditions, numbers, spool
from fupin.checks import Check, faults, require_columns
from fupin.conditions import Condition, Sql
from fupin.deferred import pl
from fupin.errors import SHOWN, DataError, Fault, counted
from fupin.partials import Aggregate, finished, merged, reduced
from fupin.tables import BATCH, Source, Table, table

log = logging.getLogger("fupin")

_COMPACT = 4 * BATCH


class Ledger(NamedTuple):
    """A ledger as a verb is given it.

    Args:
        sources: one or more files; each has the columns that are used, and others may differ.
        where: which rows count; it acts first, and what it leaves out is not looked at further.
        strays: what becomes of rows whose unit is not on the board, `error` or `ignore`.
        key: the columns that name the unit, if they are called otherwise than on the board.
    """

    sources: Sequence[Source]
    where: Condition | None = None
    strays: Literal["error", "ignore"] = "error"
    key: Sequence[str] | None = None

    @property
    def columns(self) -> list[str]:
        """The columns that any file has."""
        return list(dict.fromkeys(column for source in self.sources for column in source.columns))

    def names(self, key: Sequence[str]) -> list[str]:
        """The columns that name the unit: those of the board's key, or `unit` as ledgers that fupin makes have it."""
        if self.key or len(key) > 1 or key[0] in self.columns or "unit" not in self.columns:
            return list(self.key or key)
        return ["unit"]

    def require(self, columns: Sequence[str]) -> None:
        """Make sure that every file has the columns that are used.

        Raises:
            DataError: one has not.
        """
        for source in self.sources:
            require_columns(columns, source.columns, source.name)
            if self.where is not None:
                self.where.require(source.columns, source.name)


Events: TypeAlias = "Ledger | Table | Sequence[Table]"
"""A ledger as callers of the library may have it."""


def events(
    tables: Events,
    *,
    where: Sql | None = None,
    strays: Literal["error", "ignore"] = "error",
    key: Sequence[str] | None = None,
) -> Ledger:
    """A ledger, of which perhaps only some rows count (contract §6).

    Args:
        tables: a table with a row for each event, or several tables that share the columns that are used; a file's name
            may be a glob.
        where: which rows count; it acts first, and what it leaves out is not looked at further.
        strays: what becomes of rows whose unit is not on the board, `error` or `ignore`.
        key: the columns that name the unit, if they are called otherwise than on the board.

    Returns:
        the ledger, for a verb that takes one.

    Raises:
        DataError: a table cannot be read, or a glob matches nothing.
        Misuse: the condition does not parse.
    """
    if isinstance(tables, Ledger):
        return tables
    one = isinstance(tables, str) or not isinstance(tables, Sequence)
    several: Sequence[Table] = [tables] if one else tables  # type: ignore[list-item, assignment]
    parts: list[Table] = []
    for part in several:
        parts += spool.expand(os.fspath(part)) if isinstance(part, str | os.PathLike) else [part]
    kept = None if where is None else conditions.parse(where, "where")
    return Ledger([table(part, "ledger") for part in parts], kept, strays, key)


class Units:
    """The units of a board, by a fingerprint of their keys.

    The fingerprint has 128 bits, which ten million keys share by accident once in 10^24 boards; a group-by over
    it takes a quarter of the time that one over names takes.
    """

    def __init__(self, board: pl.DataFrame, key: Sequence[str]) -> None:
        self.names = boards.units(board, key)
        self.rows = board.select(fingerprint(key).alias("\0unit")).with_row_index("\0row")


def fingerprint(key: Sequence[str]) -> pl.Expr:
    """128 bits for the texts of the key columns."""
    mark = numbers.whole(0)
    for name in key:
        column = pl.col(name)
        bits = column.hash(1).cast(pl.Int128) * numbers.whole(2**64) + column.hash(2).cast(pl.Int128)
        mark = mark * numbers.whole(0x9E3779B97F4A7C15) + bits
    return mark


def reduce(
    ledger: Ledger,
    units: Units,
    key: Sequence[str],
    aggregates: Mapping[str, Aggregate],
    *,
    by: Sequence[str] = (),
    checks: Sequence[Check] = (),
    group_checks: Sequence[Check] = (),
) -> pl.DataFrame:
    r"""Reduce a ledger to a row for each unit and each combination of the `by` columns that it has rows of.

    Args:
        ledger: the ledger.
        units: the units of the board.
        key: the board's key columns.
        aggregates: the figures wanted, by names that begin with `\0`, as no column of a table does. One that is
            called `\0order` counts the rows.
        by: text columns of the ledger to group by besides the unit; blank ones are null.
        checks: what each row must fulfil.
        group_checks: the same for the `by` columns only, which costs less.

    Returns:
        `\0row` (the unit's row on the board), the `by` columns, then the figures: Int128 quanta for `sum`, `min`
        and `max`, lists of them for `top` and `bottom`, UInt64 for `count` and `holds`. The order of rows is not
        defined.

    Raises:
        DataError: a row breaks a rule or its unit is not on the board; file and lines are named.
    """
    names = ledger.names(key)
    ledger.require([*names, *by])
    aggregates = {"\0ignored": Aggregate("count"), **aggregates} if ledger.strays == "ignore" else dict(aggregates)
    parts: list[pl.DataFrame] = []
    events = 0
    for batch in _batches(ledger, units, names, by, aggregates, checks):
        if batch["\0faulty"].any():
            raise _faults(ledger, units, names, [*checks, *group_checks])
        parts.append(reduced(batch, by, aggregates))
        events += batch.height
        if sum(part.height for part in parts) > _COMPACT:
            parts = [merged(parts, by, aggregates)]
    log.info("%s", counted(events, "event"))
    groups = merged(parts, by, aggregates).join(units.rows, on="\0unit", how="left")
    lost = groups["\0row"].is_null()
    if lost.any():
        if ledger.strays == "error":
            raise _faults(ledger, units, names, [*checks, *group_checks])
        ignored = counted(int(groups.filter(lost)["\0ignored"].sum()), "row")
        log.warning("ignored %s of units that are not on the board", ignored)
        groups = groups.filter(~lost)
    if by and faults(groups.select(by).unique(), group_checks)[1]:
        raise _faults(ledger, units, names, [*checks, *group_checks])
    return finished(groups, units.names, aggregates).select("\0row", *by, *(a for a in aggregates if a != "\0ignored"))


def _batches(
    ledger: Ledger,
    units: Units,
    names: Sequence[str],
    by: Sequence[str],
    aggregates: Mapping[str, Aggregate],
    checks: Sequence[Check],
) -> Iterator[pl.DataFrame]:
    """The rows that count, batch by batch: fingerprint, `by` columns, values, and whether they are faulty."""
    values = {name: a.value for name, a in aggregates.items() if a.kind != "count"}
    unit = fingerprint(names)
    bad = _any(check.bad for check in checks)
    if ledger.strays == "ignore":
        bad = bad & unit.is_in(units.rows["\0unit"].implode())
    bad = bad | _any(check.bad for check in _key_checks(names))

    for number, source in enumerate(ledger.sources):

        def plan(frame: pl.LazyFrame, uncertain: pl.Expr, number: int = number) -> pl.LazyFrame:
            faulty = bad
            if "\0order" in values:
                frame = frame.with_row_index("\0order").with_columns(pl.col("\0order").cast(pl.Int64) + (number << 40))
            if ledger.where is not None:
                unknown = _any(check.bad for check in ledger.where.checks())
                frame = frame.with_columns(unknown.alias("\0unknown"))
                frame = frame.filter(pl.col("\0unknown") | ledger.where.truth.fill_null(False))
                faulty = bad | pl.col("\0unknown")
            return frame.select(
                unit.alias("\0unit"), *by, uncertain.alias("\0uncertain"), faulty.alias("\0faulty"), **values
            )

        if ledger.where is not None:
            source.verify()  # rows that it leaves out must be well-formed, too
        yield from source.batches(plan)


def _key_checks(names: Sequence[str]) -> list[Check]:
    return [Check(pl.col(name).is_null(), "blank, where the key of a unit is needed", name) for name in names]


def _any(conditions: Iterable[pl.Expr]) -> pl.Expr:
    return pl.any_horizontal(pl.lit(False), *(condition.fill_null(False) for condition in conditions))


def _faults(ledger: Ledger, units: Units, names: Sequence[str], checks: Sequence[Check]) -> DataError:
    """Read the ledger again and name what is wrong."""
    label = ",".join(names)
    stray = Check(
        ~fingerprint(names).is_in(units.rows["\0unit"].implode()),
        "'{value}' is not on the board",
        label,
        candidates=units.names,
        shown="\0key",
    )
    if ledger.strays == "ignore":
        checks = [rule.among(~stray.bad) for rule in checks]
    else:
        present = pl.all_horizontal(pl.col(name).is_not_null() for name in names)
        checks = [stray.among(present), *checks]
    checks = [*_key_checks(names), *checks]
    listed: list[Fault] = []
    total = 0
    for source in ledger.sources:
        here: list[Fault] = []
        frame = source.scan().with_columns(pl.concat_str(names, separator=",", ignore_nulls=True).alias("\0key"))
        for batch in frame.with_row_index("\0row").collect_batches(chunk_size=BATCH, maintain_order=True):
            rows = batch
            for rules in ([ledger.where.checks()] if ledger.where else []) + [checks]:
                if rules is checks and ledger.where is not None:
                    rows = rows.filter(ledger.where.truth.fill_null(False))
                found, count = faults(rows, rules)
                for fault in found:
                    row, unit = rows.select("\0row", "\0key").row(fault.row or 0)
                    here.append(fault._replace(row=row, unit=unit))
                total += count
        listed += source.located(sorted(here, key=lambda fault: fault.row or 0)[: SHOWN - len(listed)])
    return DataError(listed, total)


def locate(ledger: Ledger, rows: pl.Expr, most: int) -> list[tuple[Source, int]]:
    """The files and lines of the first rows for which an expression over the ledger's texts holds."""
    found: list[tuple[Source, int]] = []
    for source in ledger.sources:
        frame = source.scan().with_row_index("\0row")
        frame = frame.filter(rows) if ledger.where is None else frame.filter(ledger.where.truth, rows)
        numbers_of_rows = frame.select("\0row").head(most - len(found)).collect()["\0row"].to_list()
        found += [(source, line) for line in source.lines(numbers_of_rows)]
    return found
