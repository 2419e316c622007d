"""The rows of a sheet made clean: those that can be used, those that are refused and why, those without any cell.

Contract §7: rows in are rows out, rows rejected and rows dropped, whatever happens to them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

from fupin import cleaning, dates, numbers, rosters, sheets
from fupin.checks import require_columns
from fupin.deferred import pl
from fupin.errors import SHOWN, DataError, Fault, hint
from fupin.numbers import NOT_ASSESSED
from fupin.sheets import REJECTED, Sheet

VALUE = "value"
Why = Callable[[str | None, str | None], str]
"""What makes a reason of a cell, as it came and as it was made clean."""


class Rules(NamedTuple):
    """How rows are made clean.

    Args:
        rename: new names of columns.
        keep: only these columns, in this order; all if left out.
        drop: not these columns.
        number: columns of numbers; `value` means all that are made rows of item and value.
        date: columns of dates; the same.
        na: cells that mean `NA`, not assessed.
        long: the columns that stay where the others become rows of item and value.
        key: the column of units, where there is a roster.
        units: the roster's units.
        aliases: other names of units: `alias`, `unit`.
    """

    rename: Mapping[str, str] = {}
    keep: Sequence[str] = ()
    drop: Sequence[str] = ()
    number: Sequence[str] = ()
    date: Sequence[str] = ()
    na: Sequence[str] = ()
    long: Sequence[str] = ()
    key: str | None = None
    units: pl.Series | None = None
    aliases: pl.DataFrame | None = None

    def leaves_out(self, name: str) -> bool:
        """Whether a column is not among those that are kept."""
        return name in self.drop or (bool(self.keep) and name not in self.keep)


class Clean(NamedTuple):
    """What has become of a sheet's rows.

    Args:
        table: the clean rows.
        lines: their lines.
        rejects: file, sheet, line, column, value, reason, then the row as it came, for each refused row.
        faults: the same for messages, those that are shown.
        dropped: the lines of rows without any cell.
    """

    table: pl.DataFrame
    lines: pl.Series
    rejects: pl.DataFrame
    faults: Sequence[Fault]
    dropped: Sequence[int]


def require(taken: Sequence[Sheet], rules: Rules) -> None:
    """Make sure that each column that is named is there in one of the files.

    Raises:
        DataError: one is not; the nearest are told.
    """
    here = [[*sheets.headings(sheet, {}), *sheet.others] for sheet in taken]
    before = list(dict.fromkeys(name for names in here for name in names if name))
    after = [rules.rename.get(name, name) for name in before]
    where = taken[0].name if len(taken) == 1 else None
    if taken[0].origin is None:
        require_columns(rules.rename, before, where)
    made = [*after, VALUE] if rules.long else after
    require_columns([*rules.keep, *rules.drop, *rules.long], after, where)
    require_columns([*rules.number, *rules.date], made, where)
    if rules.key is not None and (rules.key not in after or rules.leaves_out(rules.key)):
        out = f"'{rules.key}' is left out, and the roster needs it"
        told = out if rules.key in after else f"no column '{rules.key}'{hint(rules.key, after, 'columns')}"
        raise DataError(Fault(f"{told} (the roster's units; see --rename and -k)", file=where))


def shape(columns: Sequence[str], rules: Rules, made: Sequence[str]) -> list[str]:
    """The columns of a table that is made of mended rows only.

    Args:
        columns: all columns of the table of rejected rows.
        rules: how rows are made clean.
        made: the columns of the clean rows, of which those that were added stay behind all others.
    """
    if rules.long:
        return list(made)
    names = [rules.rename.get(name, name) for name in map(cleaning.heading, columns)]
    kept = rules.keep or [name for name in dict.fromkeys(names) if name and name not in rules.drop]
    return list(dict.fromkeys([*kept, *made]))


def clean(sheet: Sheet, rules: Rules) -> Clean:
    """Make the rows of a sheet clean.

    Raises:
        DataError: two columns would have one name, or none is left.
    """
    names = sheets.headings(sheet, rules.rename)
    cells = {name: str(i) for i, name in enumerate(names) if name and name not in rules.drop}
    if rules.keep:
        cells = {name: cells[name] for name in rules.keep if name in cells}
    if not cells:
        raise DataError(Fault("no column is left", file=sheet.name))
    meant = [name for name in cells if rules.long and name not in rules.long]
    as_numbers = [name for name in cells if name in rules.number or (name in meant and VALUE in rules.number)]
    as_dates = [name for name in cells if name in rules.date or (name in meant and VALUE in rules.date)]
    empty = _empty(sheet, len(names))
    rows = sheet.rows.filter(~empty)

    came = rows.select(cleaning.trimmed(pl.col(cells[name])).alias(name) for name in cells)
    table = came.select(
        pl.when(pl.col(name).is_in(list(rules.na))).then(pl.lit(NOT_ASSESSED)).otherwise(name).alias(name)
        for name in cells
    )
    table = table.with_columns(_by_value(table[name], cleaning.number) for name in as_numbers)
    table = table.with_columns(_by_value(table[name], cleaning.date) for name in as_dates)
    assessed = {name: pl.col(name) != NOT_ASSESSED for name in cells}
    problems = {n: _problems(table, came, ~numbers.is_number(n) & assessed[n], n, _no_number) for n in as_numbers}
    problems |= {n: _problems(table, came, dates.read(n).is_null() & assessed[n], n, _no_date) for n in as_dates}
    if rules.key in cells and rules.units is not None:
        key = str(rules.key)
        units, reasons = rosters.find(came[key], rules.units, rules.aliases)
        table = table.with_columns(units.alias(key))
        problems[key] = _problems(table, came, pl.lit(units.is_null()), key, lambda name, _: reasons[name])
    found = _joined([problems[name] for name in cells if name in problems], rows, cells)
    at = found["\0at"]
    kept = ~pl.int_range(pl.len(), dtype=pl.UInt32).is_in(at.implode())
    dropped = sorted([*sheet.empty, *sheet.rows.filter(empty)["\0line"]])
    rejects, faults = _rejects(sheet, rows[at], found)
    return Clean(table.filter(kept), rows.filter(kept)["\0line"], rejects, faults, dropped)


def _by_value(column: pl.Series, clean: Callable[[pl.Expr], pl.Expr]) -> pl.Series:
    """A column made clean, each of its different values once."""
    values = column.unique().alias("came").to_frame().with_columns(clean=clean(pl.col("came")))
    cells = column.alias("came").to_frame().join(values, on="came", how="left", nulls_equal=True, maintain_order="left")
    return cells["clean"].alias(column.name)


def _empty(sheet: Sheet, width: int) -> pl.Series:
    """Which rows have no cell."""
    nothing = pl.all_horizontal(cleaning.trimmed(pl.col(str(i))).is_null() for i in range(width))
    return sheet.rows.select(nothing).to_series()


def _problems(table: pl.DataFrame, came: pl.DataFrame, bad: pl.Expr, name: str, why: Why) -> pl.DataFrame:
    r"""The rows that break a rule: `\0at`, `column`, `reason`."""
    at = table.select(bad.fill_null(False).alias("bad")).to_series().arg_true()
    cells = pl.DataFrame({"came": came[name][at], "clean": table[name][at]})
    different = cells.unique()
    reasons = different.with_columns(reason=pl.Series([why(*row) for row in different.rows()], dtype=pl.String))
    told = cells.join(reasons, on=["came", "clean"], how="left", nulls_equal=True, maintain_order="left")
    return told.select(at.alias("\0at"), pl.lit(name).alias("column"), "reason")


def _no_number(came: str | None, _: str | None) -> str:
    """Why a cell is no number."""
    return f"'{came}' is not a number; {numbers.why_not(came or '')}"


def _no_date(came: str | None, clean: str | None) -> str:
    """Why a cell is no date."""
    return dates.why_not(clean).replace(f"'{clean}'", f"'{came}'")


def _joined(problems: Sequence[pl.DataFrame], rows: pl.DataFrame, cells: Mapping[str, str]) -> pl.DataFrame:
    r"""One row for each refused row: `\0at`, `column` and `value` of its first fault, `reason` of all."""
    empty = pl.DataFrame(schema={"\0at": pl.UInt32, "column": pl.String, "reason": pl.String})
    found = pl.concat([empty, *problems]).sort("\0at", maintain_order=True)
    first = pl.col("\0at").is_first_distinct()
    told = pl.when(first).then("reason").otherwise(pl.concat_str("column", pl.lit(": "), "reason"))
    joined = found.with_columns(told=told).group_by("\0at", maintain_order=True)
    result = joined.agg(pl.col("column").first(), reason=pl.col("told").str.join("; "))
    values = [rows[cells[column]][at] for at, column in result.select("\0at", "column").rows()]
    return result.with_columns(value=pl.Series(values, dtype=pl.String))


def _rejects(sheet: Sheet, rows: pl.DataFrame, found: pl.DataFrame) -> tuple[pl.DataFrame, list[Fault]]:
    """The refused rows as they came, behind what is wrong with them, in order of their lines; and what is told."""
    if "\0came" not in rows.columns:
        rows = rows.with_columns(pl.lit(None, dtype=pl.String).alias("\0came"))
    own = {str(i): name for i, name in enumerate(sheets.apart(sheets.headings(sheet, {}))) if name}
    faulty = pl.concat([rows, found.select("column", "value", "reason")], how="horizontal")
    broken = [
        {"\0line": row.line, "\0came": row.came, "value": row.text, "reason": row.reason}
        | {str(i): cell for i, cell in enumerate(row.cells) if str(i) in own}
        for row in sheet.broken
    ]
    schema = {**dict.fromkeys([*own, "column", "value", "reason", "\0came"], pl.String), "\0line": pl.Int64}
    both = pl.concat([faulty.select(list(schema)), pl.DataFrame(broken, schema=schema)]).sort("\0line")
    shown = both.head(SHOWN).select("reason", "column", "\0line").rows()
    rejects = both.select(
        pl.lit(str(sheet.origin or sheet.name)).alias("file"),
        pl.lit(None, dtype=pl.String).alias("sheet"),
        pl.coalesce("\0came", pl.col("\0line").cast(pl.String)).alias("line"),
        *REJECTED[3:],
        *(pl.col(i).alias(name) for i, name in own.items()),
    )
    return rejects, [Fault(reason, column, sheet.name, line) for reason, column, line in shown]
