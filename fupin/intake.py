"""The rows of a sheet made clean: those that can be used, those that are refused and why, those without any cell.

Contract §7: rows in are rows out, rows rejected and rows dropped, whatever happens to them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

from fupin import cleaning, dates, numbers, rosters, sheets
from fupin.checks import require_columns
from fupin.deferred import pl
from fupin.errors import SHOWN, DataError, Fault, unusable
from fupin.numbers import NOT_ASSESSED
from fupin.sheets import REJECTED, Sheet

VALUE = "value"


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


class Clean(NamedTuple):
    """What has become of a sheet's rows.

    Args:
        table: the clean rows.
        rejects: file, sheet, line, column, value, reason, then the row as it came, for each refused row.
        dropped: the lines of rows without any cell.
    """

    table: pl.DataFrame
    rejects: pl.DataFrame
    dropped: Sequence[int]


def require(taken: Sequence[Sheet], rules: Rules) -> None:
    """Make sure that each column that is named is there in one of the files.

    Raises:
        DataError: one is not; the nearest are told.
    """
    before = list(dict.fromkeys(name for sheet in taken for name in sheets.headings(sheet) if name))
    after = [rules.rename.get(name, name) for name in before]
    where = taken[0].name if len(taken) == 1 else None
    require_columns(rules.rename, before, where)
    made = [*after, VALUE] if rules.long else after
    require_columns([*rules.keep, *rules.drop, *rules.long], after, where)
    require_columns([*rules.number, *rules.date], made, where)
    if rules.key is not None and rules.key not in after:
        require_columns([rules.key], [*after, "(the roster's units; see --rename and -k)"], where)


def clean(sheet: Sheet, rules: Rules) -> Clean:
    """Make the rows of a sheet clean.

    Raises:
        DataError: two columns would have one name.
    """
    names = [rules.rename.get(name, name) for name in sheets.headings(sheet)]
    for name in filter(None, names):
        if names.count(name) > 1 or unusable(name):
            raise DataError(Fault(f"a column cannot be called '{name}', or two are", file=sheet.name))
    cells = {name: str(i) for i, name in enumerate(names) if name and name not in rules.drop}
    if rules.keep:
        cells = {name: cells[name] for name in rules.keep if name in cells}
    meant = [name for name in cells if rules.long and name not in rules.long]
    as_numbers = [name for name in cells if name in rules.number or (name in meant and VALUE in rules.number)]
    as_dates = [name for name in cells if name in rules.date or (name in meant and VALUE in rules.date)]
    nothing = pl.all_horizontal(cleaning.trimmed(pl.col(str(i))).is_null() for i in range(len(names)))
    empty = sheet.rows.select(nothing).to_series()
    rows = sheet.rows.filter(~empty)

    def cleaned(name: str) -> pl.Expr:
        cell = pl.col(cells[name])
        text = cleaning.trimmed(cell)
        made = cleaning.number(cell) if name in as_numbers else cleaning.date(cell) if name in as_dates else text
        return pl.when(text.is_in(list(rules.na))).then(pl.lit(NOT_ASSESSED)).otherwise(made).alias(name)

    table = rows.select(cleaned(name) for name in cells)
    assessed = {name: pl.col(name) != NOT_ASSESSED for name in cells}
    problems = [_problems(table, ~numbers.is_number(n) & assessed[n], n, _no_number) for n in as_numbers]
    problems += [_problems(table, dates.read(n).is_null() & assessed[n], n, dates.why_not) for n in as_dates]
    if rules.key in cells and rules.units is not None:
        table, lost = _placed(table, str(rules.key), rules)
        problems.append(lost)
    found = _joined(problems, rows, cells)
    at = found["\0at"]
    kept = table.filter(~pl.int_range(pl.len(), dtype=pl.UInt32).is_in(at.implode()))
    rejects = _rejects(sheet, rows[at], found)
    dropped = sorted([*sheet.empty, *sheet.rows.filter(empty)["\0line"]])
    return Clean(kept, rejects, dropped)


def _placed(table: pl.DataFrame, key: str, rules: Rules) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The table with the roster's names of its units, and the rows whose unit is not found."""
    assert rules.units is not None  # noqa: S101
    found = rosters.find(table[key], rules.units, rules.aliases)
    units = table.select(key).join(found.units, left_on=key, right_on="name", how="left", maintain_order="left")["unit"]

    def why(name: str | None) -> str:
        return "blank, where the name of a unit is needed" if name is None else found.reasons[name]

    return table.with_columns(units.alias(key)), _problems(table, pl.lit(units.is_null()), key, why)


def _problems(table: pl.DataFrame, bad: pl.Expr, name: str, why: Callable[[str | None], str]) -> pl.DataFrame:
    r"""The rows that break a rule: `\0at`, `column`, `reason`."""
    at = table.select(bad.fill_null(False).alias("bad")).to_series().arg_true()
    values = table[name][at].alias("clean").to_frame()
    different = values["clean"].unique()
    reasons = pl.DataFrame({"clean": different, "reason": pl.Series([why(v) for v in different], dtype=pl.String)})
    told = values.join(reasons, on="clean", how="left", nulls_equal=True, maintain_order="left")
    return told.select(at.alias("\0at"), pl.lit(name).alias("column"), "reason")


def _no_number(value: str | None) -> str:
    """Why a cell is no number."""
    return f"'{value}' is not a number; {numbers.why_not(value or '')}"


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


def _rejects(sheet: Sheet, rows: pl.DataFrame, found: pl.DataFrame) -> pl.DataFrame:
    """The refused rows as they came, behind what is wrong with them, in order of their lines."""
    names = sheets.headings(sheet)
    own = {str(i): name for i, name in zip(range(len(names)), sheets.apart(names), strict=True) if name}
    faulty = pl.concat([rows, found.select("column", "value", "reason")], how="horizontal")
    broken = [
        {"\0line": row.line, "value": row.text, "reason": row.reason} | dict(zip(own, row.cells, strict=False))
        for row in sheet.broken
    ]
    schema = {**dict.fromkeys([*own, "column", "value", "reason"], pl.String), "\0line": pl.Int64}
    both = pl.concat([faulty.select(list(schema)), pl.DataFrame(broken, schema=schema)]).sort("\0line")
    return both.select(
        pl.lit(str(sheet.name)).alias("file"),
        pl.lit(None, dtype=pl.String).alias("sheet"),
        pl.col("\0line").cast(pl.String).alias("line"),
        *REJECTED[3:],
        *(pl.col(i).alias(name) for i, name in own.items()),
    )


def refusal(rejects: pl.DataFrame) -> DataError:
    """That rows are refused, where nobody takes them."""
    listed = [
        Fault(reason, column, file, int(line))
        for file, line, column, reason in rejects.head(SHOWN).select("file", "line", "column", "reason").rows()
    ]
    return DataError(listed, rejects.height)
