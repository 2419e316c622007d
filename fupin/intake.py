"""The rows of a sheet made clean: those that can be used, those that are refused and why, those that are left out.

Contract §7: rows in are rows out, rows rejected and rows dropped, whatever happens to them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import NamedTuple

from fupin import checks, cleaning, dates, layout, numbers, sheets
from fupin.checks import require_columns
from fupin.conditions import Condition
from fupin.deferred import pl
from fupin.errors import SHOWN, DataError, Fault, hint
from fupin.numbers import NOT_ASSESSED
from fupin.rosters import Roster
from fupin.schemas import Field, Schema
from fupin.sheets import BLANK, REJECTED, REPEATED, TOTAL, UNITS, Broken, Part, Sheet, left_out

VALUE = "value"
_ASKED = "that --drop-rows asks for"
_LONG_NUMBER = "[0-9]{10,}[0-9Xx]"
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
        roster: the units, and the column of their names.
        take: names of new columns, by the labels in the titles beside which their texts stand.
        number_rows: the name of a new column that counts the rows of each sheet that are not left out.
        drop_rows: which rows are left out.
        round_to: how many decimals the numbers of a column keep.
        mask: columns of which only the first six and the last four characters stay.
        schema: what the cells of columns must be.
    """

    rename: Mapping[str, str] = {}
    keep: Sequence[str] = ()
    drop: Sequence[str] = ()
    number: Sequence[str] = ()
    date: Sequence[str] = ()
    na: Sequence[str] = ()
    long: Sequence[str] = ()
    roster: Roster | None = None
    take: Mapping[str, str] = {}
    number_rows: str | None = None
    drop_rows: Condition | None = None
    round_to: Mapping[str, int] = {}
    mask: Sequence[str] = ()
    schema: Schema | None = None

    def leaves_out(self, name: str) -> bool:
        """Whether a column is not among those that are kept."""
        return name in self.drop or (bool(self.keep) and name not in self.keep)


class Clean(NamedTuple):
    """What has become of some rows of a sheet.

    Args:
        table: the clean rows.
        lines: their lines.
        rejects: file, sheet, line, column, value, reason, then the row as it came, for each refused row.
        faults: the same for messages, those that are shown.
        left: `line` of each row that is left out, and `why`.
        sent: the units that have sent a row, refused or not.
    """

    table: pl.DataFrame
    lines: pl.Series
    rejects: pl.DataFrame
    faults: Sequence[Fault]
    left: pl.DataFrame
    sent: pl.Series | None


def headings(sheet: Sheet, rules: Rules) -> list[str]:
    """The names of a sheet's columns, made clean and new; nothing for a column without name.

    Raises:
        DataError: two have the same, or none has a name.
    """
    new = _renamed(sheets.names(sheet), rules)
    sheets.require_headings(sheet, new)
    return new


def _renamed(names: Sequence[str], rules: Rules) -> list[str]:
    """The new names of columns.

    One that is taken from the titles keeps its name where it stands behind another that has the same and loses it.
    """
    stays = [name in rules.take.values() and name in names[:i] for i, name in enumerate(names)]
    new = [name if stay else rules.rename.get(name, name) for name, stay in zip(names, stays, strict=True)]
    titles = rules.schema.rename(new) if rules.schema else {}
    known = [stay or name in rules.rename for name, stay in zip(names, stays, strict=True)]
    return [name if is_known else titles.get(name, name) for name, is_known in zip(new, known, strict=True)]


def require(taken: Sequence[Sheet], rules: Rules, others: Sequence[str]) -> None:
    """Make sure that each column that is named, by the rules or besides, is there in one of the files.

    Raises:
        DataError: one is not; the nearest are told.
    """
    here = [list(map(cleaning.heading, sheet.others)) or sheets.names(sheet) for sheet in taken]
    before = list(dict.fromkeys(name for names in here for name in names if name))
    after = list(dict.fromkeys(name for names in here for name in _renamed(names, rules) if name))
    where = taken[0].name if len(taken) == 1 else None
    if not taken[0].mended:
        require_columns(rules.rename, before, where)
    made = [*after, VALUE] if rules.long else after
    of_rows = rules.drop_rows.columns if rules.drop_rows else ()
    require_columns([*rules.keep, *rules.drop, *rules.long, *of_rows, *others], after, where)
    require_columns([*rules.number, *rules.date, *rules.round_to, *rules.mask], made, where)
    if gone := [name for name in others if rules.leaves_out(name)]:
        raise DataError(Fault(f"'{gone[0]}' is left out, and --unique needs it", file=where))
    key = rules.roster.key if rules.roster else None
    if key is not None and (key not in after or rules.leaves_out(key)):
        out = f"'{key}' is left out, and the roster needs it"
        told = out if key in after else f"no column '{key}'{hint(key, after, 'columns')}"
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
    names = _renamed(list(map(cleaning.heading, columns)), rules)
    kept = rules.keep or [name for name in dict.fromkeys(names) if name and name not in rules.drop]
    return list(dict.fromkeys([*kept, *made]))


def with_taken(sheet: Sheet, rules: Rules) -> Sheet:
    """A sheet with the columns that are taken from its titles, and a blank one for the numbers of its rows.

    Mended rows have them already.

    Raises:
        DataError: a label is not in the titles, or the column is there already.
    """
    if sheet.mended or sheet.form:
        return sheet
    bad = [] if sheet.bad is None else sheet.bad.filter(pl.col("line") < sheet.header).rows()
    above = sheet.header - len(sheet.titles)
    unusable = {(line - above, int(place)): reason for line, place, reason in bad}
    taken = dict(layout.taken(sheet.titles, rules.take, sheet.name, unusable))
    added = [*taken, *([rules.number_rows] if rules.number_rows else [])]
    names = _renamed(sheets.names(sheet), rules)
    if there := [name for name in added if name in names]:
        raise DataError(Fault("the column is there already", there[0], sheet.name))
    width = len(sheet.columns)
    dates = [i for i, name in enumerate(names) if _holds_dates(name, rules)]
    new = [pl.lit(text).alias(str(width + i)) for i, text in enumerate(taken.values())]

    new += [pl.lit(None, dtype=pl.String).alias(str(width + len(taken)))] if rules.number_rows else []

    def parts() -> Iterator[Part]:
        for part in sheets.without_notes(sheet.parts(), width, dates):
            rows = part.rows.with_columns(new)
            broken = [row._replace(cells=_padded(row.cells, width, list(taken.values()))) for row in part.broken]
            yield part._replace(rows=rows, broken=broken)

    return sheet._replace(columns=[*sheet.columns, *added], parts=parts)


def _holds_dates(name: str, rules: Rules) -> bool:
    """Whether a column is one of dates, as somebody or its name says."""
    meant = bool(rules.long) and name not in rules.long and VALUE in rules.date
    of_schema = [field.name for field in rules.schema.fields if field.clean is cleaning.date] if rules.schema else []
    return meant or name in (*rules.date, *of_schema) or re.search(layout.OF_DATES, name) is not None


def _padded(cells: Sequence[str | None], width: int, added: Sequence[str]) -> list[str | None]:
    """The cells of a broken row, with those that are added behind all columns of the sheet."""
    return [*cells, *[None] * (width - len(cells)), *added]


def clean(
    sheet: Sheet, names: Sequence[str], part: Part, rules: Rules, again: pl.DataFrame | None = None, before: int = 0
) -> Clean:
    """Make some rows of a sheet clean.

    Args:
        sheet: the sheet.
        names: its headings.
        part: the rows.
        rules: how they are made clean.
        again: the `line` of rows that repeat others, with the `column` and the `reason`.
        before: how many rows of the sheet were numbered before.

    Raises:
        DataError: a column without a name has cells, or a condition cannot be told.
    """
    cells = _cells(sheet, names, rules)
    sheets.require_named(sheet, names, part.rows)
    places = [str(i) for i in range(len(names))]
    trimmed = part.rows
    if not part.trimmed:
        trimmed = trimmed.with_columns(cleaning.trimmed(pl.col(place)) for place in places)
    kinds = _kinds(sheet, trimmed, _own(sheet, rules, places))
    left = [*([] if part.left is None else [part.left]), _left(trimmed["\0line"], kinds)]
    rows, stay = part.rows, kinds.is_null()
    if not stay.all():
        rows, trimmed = rows.filter(stay), trimmed.filter(stay)
    came = trimmed.select(pl.col(cells[name]).alias(name) for name in cells)
    meant = [name for name in cells if rules.long and name not in rules.long]
    table, types = _typed(sheet, came, meant, rules)
    if rules.drop_rows is not None:
        asked = _asked(sheet, names, rules.drop_rows, table, trimmed)
        left.append(left_out(rows.filter(asked)["\0line"], _ASKED))
        rows, came, table = rows.filter(~asked), came.filter(~asked), table.filter(~asked)
    if rules.number_rows and not (sheet.mended or sheet.form):
        counting = pl.int_range(before + 1, before + 1 + rows.height, eager=True).cast(pl.String)
        rows = rows.with_columns(counting.alias(places[-1]))
        if names[-1] in cells:
            came, table = (frame.with_columns(counting.alias(names[-1])) for frame in (came, table))
    masked = came.with_columns(cleaning.masked(pl.col(name)).alias(name) for name in cells if name in rules.mask)
    told = _faulty(table, masked, types, rules)
    sent = None
    if rules.roster is not None and rules.roster.key in cells:
        key = rules.roster.key
        units, reasons = rules.roster.find(came[key])
        table = table.with_columns(units.alias(key))
        told.append((key, _problems(table, masked, pl.lit(units.is_null()), key, lambda name, _: reasons[name])))
        sent = units.drop_nulls().unique()
    order = list(cells)
    listed = [problems for _, problems in sorted(told, key=lambda one: order.index(one[0]))]
    listed = [*_unusable(sheet, rows, cells), *listed, *([] if again is None else [_repeats(again, rows)])]
    hidden = [cells[name] for name in rules.mask if name in cells]
    rows = rows.with_columns(cleaning.masked(pl.col(place)).alias(place) for place in hidden)
    found = _joined(listed, rows, cells)
    at = found["\0at"]
    rejects, faults = _rejects(sheet, part, rows[at], found, bool(hidden))
    kept = pl.int_range(pl.len(), dtype=pl.UInt32).is_in(at.implode()).not_()
    table, lines = (table.filter(kept), rows.filter(kept)["\0line"]) if at.len() else (table, rows["\0line"])
    table = table.with_columns(
        cleaning.masked(pl.col(name)).alias(name) if name in rules.mask else _rounded(name, rules) for name in cells
        if name in rules.mask or name in rules.round_to or (name in meant and VALUE in rules.round_to)
    )  # fmt: skip
    return Clean(table, lines, rejects, faults, pl.concat(left).sort("line"), sent)


def _cells(sheet: Sheet, names: Sequence[str], rules: Rules) -> dict[str, str]:
    """The places of the columns that are used, by their names.

    Raises:
        DataError: none is left.
    """
    cells = {name: str(i) for i, name in enumerate(names) if name and name not in rules.drop}
    if rules.keep:
        cells = {name: cells[name] for name in rules.keep if name in cells}
    if not cells:
        raise DataError(Fault("no column is left", file=sheet.name))
    return cells


def _own(sheet: Sheet, rules: Rules, places: Sequence[str]) -> Sequence[str]:
    """The columns that the sheet itself has."""
    added = 0 if sheet.mended or sheet.form else len(rules.take) + bool(rules.number_rows)
    return places[: len(places) - added]


def _kinds(sheet: Sheet, rows: pl.DataFrame, own: Sequence[str]) -> pl.Series:
    """Why rows of trimmed texts are left out; null for those that stay.

    Args:
        sheet: their sheet.
        rows: the rows.
        own: the columns that the sheet itself has.
    """
    blank = pl.all_horizontal(pl.col(place).is_null() for place in own)
    if sheet.mended or sheet.form:
        return rows.select(pl.when(blank).then(pl.lit(BLANK))).to_series()
    kinds = pl.when(blank).then(pl.lit(BLANK)).when(layout.totals(rows.select(own))).then(pl.lit(TOTAL))
    if sheet.heads:
        kinds = kinds.when(layout.repeats(rows.select(own), sheet.heads)).then(pl.lit(REPEATED))
    if sheet.units is not None:
        kinds = kinds.when(pl.col("\0line") == sheet.units).then(pl.lit(UNITS))
    return rows.select(kinds).to_series()


def _left(lines: pl.Series, kinds: pl.Series) -> pl.DataFrame:
    """The lines of rows that are left out, and why."""
    return pl.DataFrame({"line": lines, "why": kinds}).filter(kinds.is_not_null())


class _Types(NamedTuple):
    """What is known of the columns of a table: those with odd cells, those of numbers, and those of the schema."""

    odd: Sequence[str]
    numbers: Sequence[str]
    fields: Sequence[Field]


def _typed(sheet: Sheet, came: pl.DataFrame, meant: Sequence[str], rules: Rules) -> tuple[pl.DataFrame, _Types]:
    """Trimmed cells made clean as what somebody says they are.

    Args:
        sheet: their sheet.
        came: the cells.
        meant: the columns that `value` means.
        rules: how they are made clean.

    Raises:
        DataError: the columns are not those of the schema.
    """
    names = came.columns
    fields = [field for field in rules.schema.fields if field.name in names] if rules.schema else []
    if rules.schema:
        rules.schema.require(names, sheet.name)
    table = came.with_columns(_without(field) for field in fields if field.missing)
    table = table.with_columns(pl.all().replace(list(rules.na), NOT_ASSESSED)) if rules.na else table
    as_numbers = [name for name in names if name in rules.number or (name in meant and VALUE in rules.number)]
    as_numbers += [field.name for field in fields if field.clean is cleaning.number and field.name not in as_numbers]
    as_dates = [name for name in names if name in rules.date or (name in meant and VALUE in rules.date)]
    as_dates += [field.name for field in fields if field.clean is cleaning.date and field.name not in as_dates]
    others = [field for field in fields if field.clean and field.name not in (*as_numbers, *as_dates)]
    table = table.with_columns(_by_value(table[field.name], field.clean) for field in others if field.clean)
    odd = {name: _odd(table[name], numbers.is_number(name)) for name in as_numbers}
    odd |= {name: _odd(table[name], dates.read(name).is_not_null()) for name in as_dates if name not in as_numbers}
    odd = {name: rows for name, rows in odd.items() if rows.len()}
    table = table.with_columns(_mended(table[name], odd[name], as_numbers) for name in odd)
    return table, _Types(list(odd), as_numbers, fields)


def _faulty(table: pl.DataFrame, came: pl.DataFrame, types: _Types, rules: Rules) -> list[tuple[str, pl.DataFrame]]:
    r"""The rows that are not what their columns should be: the column, and `\0at`, `column`, `reason`."""
    broken = rules.schema.broken(table) if rules.schema and types.fields else []
    told = [(name, _told(table, came, at, name, why)) for name, why, at in broken]
    known = [field.name for field in types.fields]
    for name in (name for name in types.odd if name not in known):
        bad = ~numbers.is_number(name) if name in types.numbers else dates.read(name).is_null()
        why = _no_number if name in types.numbers else _no_date
        told.append((name, _problems(table, came, bad & (pl.col(name) != NOT_ASSESSED), name, why)))
    return [*told, *(rules.schema.untrue(table, came) if rules.schema else [])]


def _without(field: Field) -> pl.Expr:
    """A column without the texts that mean that a cell is missing."""
    return pl.when(~pl.col(field.name).is_in(field.missing)).then(pl.col(field.name)).alias(field.name)


def _by_value(column: pl.Series, clean: Callable[[pl.Expr], pl.Expr]) -> pl.Series:
    """A column made clean, each of its different values once."""
    values = column.unique().alias("came").to_frame().with_columns(clean=clean(pl.col("came")))
    cells = column.alias("came").to_frame().join(values, on="came", how="left", nulls_equal=True, maintain_order="left")
    return cells["clean"].alias(column.name)


def _odd(column: pl.Series, fine: pl.Expr) -> pl.Series:
    """The different cells of a column that are not fine as they are."""
    return cleaning.different(column).to_frame().filter(~fine)[column.name].unique()


def _mended(column: pl.Series, odd: pl.Series, as_numbers: Sequence[str]) -> pl.Series:
    """A column whose odd cells are made clean as numbers, or else as dates."""
    name = column.name
    clean = cleaning.number if name in as_numbers else cleaning.date
    values = odd.alias(name).to_frame().with_columns(clean(pl.col(name)).alias("clean"))
    cells = column.to_frame().join(values, on=name, how="left", maintain_order="left")
    return cells.select(pl.coalesce("clean", name).alias(name)).to_series()


def _asked(
    sheet: Sheet, names: Sequence[str], condition: Condition, table: pl.DataFrame, rows: pl.DataFrame
) -> pl.Series:
    """Which rows a condition drops; columns that are not kept it reads as they came.

    Raises:
        DataError: it cannot be told of one.
    """
    others = [name for name in condition.columns if name not in table.columns]
    table = table.with_columns(
        (rows[str(names.index(name))] if name in names else pl.lit(None, dtype=pl.String)).alias(name)
        for name in others
    )
    faults, total = checks.faults(table, condition.checks())
    if total:
        placed = [fault._replace(file=sheet.name, line=rows["\0line"][fault.row or 0], row=None) for fault in faults]
        raise DataError(placed, total)
    return table.select(condition.truth.fill_null(False).alias("asked")).to_series()


def _rounded(name: str, rules: Rules) -> pl.Expr:
    """A column with its numbers rounded, half up."""
    places = rules.round_to[name] if name in rules.round_to else rules.round_to[VALUE]
    value = numbers.rounded_to(numbers.read(name), places)
    return pl.when(numbers.is_number(name)).then(numbers.text(value)).otherwise(name).alias(name)


def _problems(table: pl.DataFrame, came: pl.DataFrame, bad: pl.Expr, name: str, why: Why) -> pl.DataFrame:
    r"""The rows that break a rule: `\0at`, `column`, `reason`."""
    return _told(table, came, table.select(bad.fill_null(False).alias("bad")).to_series().arg_true(), name, why)


def _told(table: pl.DataFrame, came: pl.DataFrame, at: pl.Series, name: str, why: Why) -> pl.DataFrame:
    r"""Rows that break a rule, and why: `\0at`, `column`, `reason`."""
    cells = pl.DataFrame({"came": came[name][at], "clean": table[name][at]})
    different = cells.unique()
    reasons = different.with_columns(reason=pl.Series([why(*row) for row in different.rows()], dtype=pl.String))
    told = cells.join(reasons, on=["came", "clean"], how="left", nulls_equal=True, maintain_order="left")
    return told.select(at.alias("\0at"), pl.lit(name).alias("column"), "reason")


def _unusable(sheet: Sheet, rows: pl.DataFrame, cells: Mapping[str, str]) -> list[pl.DataFrame]:
    r"""The rows with cells of a workbook that cannot be used: `\0at`, `column`, `reason`."""
    if sheet.bad is None or not sheet.bad.height:
        return []
    names = pl.DataFrame({"place": list(cells.values()), "column": list(cells)})
    places = rows.select("\0line").with_row_index("\0at")
    found = sheet.bad.join(names, on="place").join(places, left_on="line", right_on="\0line")
    return [found.select("\0at", "column", "reason")]


def _repeats(again: pl.DataFrame, rows: pl.DataFrame) -> pl.DataFrame:
    r"""The rows that repeat others: `\0at`, `column`, `reason`."""
    places = rows.select("\0line").with_row_index("\0at")
    return places.join(again, left_on="\0line", right_on="line").select("\0at", "column", "reason")


def _no_number(came: str | None, _: str | None) -> str:
    """Why a cell is no number."""
    return f"'{came}' is not a number; {numbers.why_not(came or '')}"


def _no_date(came: str | None, clean: str | None) -> str:
    """Why a cell is no date."""
    return dates.why_not(clean).replace(f"'{clean}'", f"'{came}'")


def _joined(problems: Sequence[pl.DataFrame], rows: pl.DataFrame, cells: Mapping[str, str]) -> pl.DataFrame:
    r"""One row for each refused row: `\0at`, `column` and `value` of its first fault, `reason` of all."""
    empty = pl.DataFrame(schema={"\0at": pl.UInt32, "column": pl.String, "reason": pl.String})
    found = pl.concat([empty, *problems]).unique(["\0at", "column"], keep="first", maintain_order=True)
    found = found.sort("\0at", maintain_order=True)
    first = pl.col("\0at").is_first_distinct()
    told = pl.when(first).then("reason").otherwise(pl.concat_str("column", pl.lit(": "), "reason"))
    joined = found.with_columns(told=told).group_by("\0at", maintain_order=True)
    result = joined.agg(pl.col("column").first(), reason=pl.col("told").str.join("; "))
    values = [rows[cells[name]][at] if name in cells else None for at, name in result.select("\0at", "column").rows()]
    return result.with_columns(value=pl.Series(values, dtype=pl.String))


def _rejects(
    sheet: Sheet, part: Part, rows: pl.DataFrame, found: pl.DataFrame, hidden: bool
) -> tuple[pl.DataFrame, list[Fault]]:
    """The refused rows as they came, behind what is wrong with them, in order of their lines; and what is told."""
    if "\0came" not in rows.columns:
        rows = rows.with_columns(pl.lit(None, dtype=pl.String).alias("\0came"))
    own = {str(i): name for i, name in enumerate(sheets.apart(sheets.names(sheet))) if name}
    faulty = pl.concat([rows, found.select("column", "value", "reason")], how="horizontal")
    broken = [
        {"\0line": row.line, "\0came": row.came, "value": row.text, "reason": row.reason}
        | {str(i): cell for i, cell in enumerate(row.cells) if str(i) in own}
        for row in ([_hidden(row) for row in part.broken] if hidden else part.broken)
    ]
    schema = {**dict.fromkeys([*own, "column", "value", "reason", "\0came"], pl.String), "\0line": pl.Int64}
    both = pl.concat([faulty.select(list(schema)), pl.DataFrame(broken, schema=schema)]).sort("\0line")
    shown = both.head(SHOWN).select("reason", "column", "\0line").rows()
    rejects = both.select(
        pl.lit(str(sheet.file or sheet.name)).alias("file"),
        pl.lit(sheet.sheet, dtype=pl.String).alias("sheet"),
        pl.coalesce("\0came", pl.col("\0line").cast(pl.String)).alias("line"),
        *REJECTED[3:],
        *(pl.col(i).alias(name) for i, name in own.items()),
    )
    return rejects, [Fault(reason, column, sheet.name, line) for reason, column, line in shown]


def _hidden(row: Broken) -> Broken:
    """A broken row, of which nobody knows in which columns its cells belong, without the middle of long numbers."""
    cells = [None if cell is None else re.sub(_LONG_NUMBER, _stars, cell) for cell in row.cells]
    return row._replace(cells=cells, text=re.sub(_LONG_NUMBER, _stars, row.text))


def _stars(found: re.Match[str]) -> str:
    """A long number without its middle."""
    return found[0][:6] + "*" * (len(found[0]) - 10) + found[0][-4:]
