"""What a table must be: its columns, and what their cells must fulfil."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple, TypeAlias

from fupin import cleaning
from fupin.checks import number_check
from fupin.conditions import Condition
from fupin.deferred import pl
from fupin.errors import DataError, Fault, hint

Cleaning: TypeAlias = "Callable[[pl.Expr], pl.Expr]"
"""What makes cells clean."""
Why = Callable[[str | None, str | None], str]
"""What makes a reason of a cell, as it came and as it was made clean."""
UNSAID = "subset"
"""What `fieldsMatch` is here if nobody says: the schema's columns are there, in any order, and others may be, which
stay as they came. The standard's `exact` would refuse a whole file for a column of remarks."""


class Rule(NamedTuple):
    """What the cells of a column must fulfil.

    Args:
        bad: true for a clean cell that does not; null counts as fulfilled, and so does `NA`.
        why: why it does not.
    """

    bad: pl.Expr
    why: Why


class Field(NamedTuple):
    """A column of a schema.

    Args:
        name: what it is called.
        title: what its heading may be instead.
        type: the type of its cells, as the standard calls it.
        missing: the cells that mean that there is none, before they are made clean.
        clean: how a cell is made clean, under any name; none where it stays as it came.
        value: what a clean cell stands for, by which the cells of a key are compared.
        rules: what its clean cells must fulfil.
        required: whether there must be such a column, whatever else may be left out.
    """

    name: str
    title: str | None
    type: str
    missing: Sequence[str]
    clean: Cleaning | None
    value: pl.Expr
    rules: Sequence[Rule]
    required: bool


class RowCheck(NamedTuple):
    """What the cells of a row must fulfil together.

    Args:
        truth: the condition, on clean cells; where it is unknown, as of a cell that is `NA`, it counts as fulfilled.
        told: what is told of a row that does not.
    """

    truth: Condition
    told: str


class Schema(NamedTuple):
    """What a table must be.

    Args:
        name: the file of the descriptor.
        fields: its columns.
        match: how the table's columns must agree with them, as `fieldsMatch` has it.
        primary: the columns that together name a row; their rules demand that none is blank.
        unique: columns whose cells together must not be there twice, where none of them is blank; `primary` is
            among them.
        checks: what the cells of a row must fulfil together.
    """

    name: str
    fields: Sequence[Field]
    match: str
    primary: tuple[str, ...]
    unique: Sequence[tuple[str, ...]]
    checks: Sequence[RowCheck]

    def rename(self, headings: Sequence[str]) -> dict[str, str]:
        """The new names of columns that are headed by a title, where no column is headed by the field's name."""
        names = [field.name for field in self.fields]
        without = [field for field in self.fields if field.name not in headings]
        titles = [field.title for field in without]
        return {
            field.title: field.name
            for field in without
            if field.title and field.title in headings and field.title not in names and titles.count(field.title) == 1
        }

    def require(self, columns: Sequence[str], file: str | None = None) -> None:
        """Make sure that a table has the columns of the schema.

        Raises:
            DataError: it has not; the nearest are told, or what allows it.
        """
        names = [field.name for field in self.fields]
        missing = [field for field in self.fields if field.name not in columns]
        if self.match in ("superset", "partial"):
            missing = [field for field in missing if field.required]
        other = [name for name in columns if name not in names]
        faults = [f"no column '{f.name}'{_titled(f)} of the schema{hint(f.name, other, 'columns')}" for f in missing]
        if self.match in ("exact", "equal", "superset"):
            lax = "partial" if self.match == "superset" else "subset"
            more = f'; the schema\'s "fieldsMatch": "{lax}" allows more columns'
            faults += [f"the schema has no field '{name}'{hint(name, names) or more}" for name in other]
        if self.match == "partial" and not set(names) & set(columns):
            faults.append(f"no column of the schema is there; its fields: {', '.join(names)}")
        if self.match == "exact" and not faults and list(columns) != names:
            at = next(i for i, name in enumerate(names) if name != columns[i])
            found = f"column {at + 1} is '{columns[at]}', and the schema has '{names[at]}' there"
            faults.append(f'{found}; its "fieldsMatch": "equal" allows any order')
        if faults:
            raise DataError([Fault(fault, file=file) for fault in faults])
        for check in self.checks:
            check.truth.require(columns, file)

    def broken(self, table: pl.DataFrame) -> list[tuple[str, Why, pl.Series]]:
        """The rules that rows break: the column, what makes the reasons, and which rows, counted from 0.

        The rules of a column are looked at in one query, so that its cells are read as numbers or dates once.

        Args:
            table: clean rows; columns of the schema that are not there have no rows at fault.
        """
        found = []
        for field in self.fields:
            if field.name not in table.columns or not field.rules:
                continue
            column, bad = (
                table[field.name],
                [rule.bad.fill_null(False).alias(str(i)) for i, rule in enumerate(field.rules)],
            )
            if not cleaning.different(column).to_frame().lazy().select(pl.any_horizontal(bad).any()).collect().item():
                continue
            at = [rows.arg_true() for rows in column.to_frame().lazy().select(bad).collect()]
            found += [(field.name, rule.why, rows) for rule, rows in zip(field.rules, at, strict=True) if len(rows)]
        return found

    def untrue(self, table: pl.DataFrame, shown: pl.DataFrame) -> list[tuple[str, pl.DataFrame]]:
        r"""The rows whose cells do not fulfil a check together: the column at fault, and `\0at`, `column`, `reason`.

        Args:
            table: clean rows.
            shown: the cells as they are told.
        """
        found = []
        for check in self.checks:
            columns = check.truth.columns
            for column in check.truth.numeric:
                odd = number_check(column, blank=True, not_assessed=True)
                at = table.select(odd.bad.alias("\0at")).to_series().arg_true()
                reasons = pl.Series("reason", map(odd.told, shown[column][at]), dtype=pl.String)
                found.append((column, pl.select(at.alias("\0at"), pl.lit(column).alias("column"), reasons)))
            each = [pl.concat_str(pl.lit(name + " "), pl.col(name).fill_null("blank")) for name in columns]
            reason = pl.concat_str(pl.lit(f"{check.told}: "), pl.concat_str(each, separator=", ")).alias("reason")
            untrue = pl.any_horizontal(~check.truth.truth, *(one.bad for one in check.truth.arithmetic))
            at = table.select(untrue.fill_null(False).alias("\0at")).to_series().arg_true()
            told = shown[at].select(at.alias("\0at"), pl.lit(columns[0]).alias("column"), reason)
            found.append((columns[0], told))
        return found


def _titled(field: Field) -> str:
    """How else a field's column may be headed."""
    return f" ('{field.title}')" if field.title and field.title != field.name else ""
