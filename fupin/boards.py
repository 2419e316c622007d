"""Boards: one row per assessed unit, found by its key, with the columns that verbs append."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypedDict

from fupin import conditions, numbers
from fupin.checks import Check, check, faults, repeated, require_columns
from fupin.conditions import Sql
from fupin.deferred import pl
from fupin.errors import SHOWN, DataError, Fault, Misuse, unusable
from fupin.tables import Source


class Placing(TypedDict, total=False):
    """Which cells of a new column are written (contract §6).

    Args:
        only: compute for the units for which this condition holds, and leave the others missing (``--for``).
        fill: write only where the column is missing so far.
        replace: allow a column that is already there; it keeps its place, and its cells where `only` does not hold.
    """

    only: Sql | None
    fill: bool
    replace: bool


def check_placing(fill: bool, replace: bool) -> None:
    """Refuse to write a column only where it is missing, and whatever is there.

    Raises:
        Misuse: both are asked for.
    """
    if fill and replace:
        raise Misuse("give either --fill, which writes where a cell is missing, or --replace, which writes over it")


def key_of(board: pl.DataFrame, key: Sequence[str] | None) -> list[str]:
    """The columns that name a unit: those given, or the first one.

    Raises:
        DataError: the board lacks one.
    """
    names = list(key) if key else board.columns[:1]
    require_columns(names, board.columns)
    return names


def check_apart(key: Sequence[str], names: Sequence[str]) -> None:
    """Make sure that key columns are not called like those that another table has beside them.

    Raises:
        DataError: one is.
    """
    why = "the table that is made has a column of this name beside the key; rename it"
    if twice := [Fault(why, name) for name in names if name in key]:
        raise DataError(twice)


def units(frame: pl.DataFrame, key: Sequence[str]) -> pl.Series:
    """What the unit of each row is called."""
    return frame.select(pl.concat_str(pl.col(key).fill_null(""), separator=",").alias("unit")).to_series()


def check_keys(board: pl.DataFrame, key: Sequence[str]) -> None:
    """Make sure that keys are unique and not blank (contract §1).

    Raises:
        DataError: some are not; the rows are named.
    """
    unit = pl.col(key[0]) if len(key) == 1 else pl.struct(key)
    at_fault = board.select(pl.any_horizontal(unit.is_duplicated().any(), pl.col(key).is_null().any()))
    if not at_fault.item():
        return
    broken, twice = faults(board, key_checks(key)), repeated(board, list(key))
    listed = sorted([*broken[0], *twice[0]], key=lambda fault: fault.row or 0)
    raise DataError(listed[:SHOWN], broken[1] + twice[1])


def key_checks(key: Sequence[str]) -> list[Check]:
    """That no cell of a key is blank."""
    return [Check(pl.col(name).is_null(), "blank, where the key of a unit is needed", name) for name in key]


def named(error: DataError, board: pl.DataFrame, key: Sequence[str]) -> DataError:
    """The error with the units of faulty rows, where they are not named yet."""
    rows = [fault.row for fault in error.faults if fault.row is not None]
    names = dict(zip(rows, units(board[rows], key), strict=True))
    told = [f if f.row is None else f._replace(unit=names[f.row] if f.unit is None else f.unit) for f in error.faults]
    return DataError(told, error.total)


def placed(error: DataError, board: pl.DataFrame, key: Sequence[str], source: Source | None = None) -> DataError:
    """The error with the units of faulty rows, and their lines where the board was read from a file."""
    told = named(error, board, key).faults
    if source:
        return DataError(source.located(told), error.total)
    told = [f if f.first is None else f._replace(message=f"{f.message}, first in row {f.first + 1}") for f in told]
    return DataError([fault._replace(row=None, first=None) for fault in told], error.total)


def append(
    board: pl.DataFrame,
    names: Sequence[str],
    compute: Callable[[pl.DataFrame], pl.DataFrame],
    *,
    only: Sql | None = None,
    fill: bool = False,
    replace: bool = False,
    apart: bool = False,
) -> pl.DataFrame:
    r"""Append columns that are computed for all units, or for some of them (contract §6).

    Args:
        board: the board.
        names: the columns, of which the first decides what is missing so far, unless they are apart.
        compute: from some rows of the board, their numbers in the column ``\0row``, to the columns as texts.
        only: the units to compute for (``--for``); the others are left missing, or as they are with `replace`.
        fill: write only where the first column is missing so far.
        replace: columns that are already there may be replaced; they keep their place.
        apart: the columns have nothing to do with each other, so that each is filled where it is missing itself.

    Raises:
        DataError: a column is already there, a condition is unknown for a unit, or compute raises one.
    """
    check_placing(fill, replace)
    if len(set(names)) < len(names):
        raise Misuse(f"two columns would be called '{next(n for n in names if list(names).count(n) > 1)}'")
    for name in (name for name in names if not name or unusable(name)):
        raise Misuse(f"a column cannot be called '{name}'")
    present = [name for name in names if name in board.columns]
    if present and not (replace or fill):
        raise DataError([Fault("the column is already there (--replace allows it)", name) for name in present])
    deciding = names if apart else names[:1]
    wanted = computed(board, deciding if fill else (), only)
    if only is None and not (fill and present):
        return board.with_columns(compute(board.with_row_index("\0row")).select(names))
    places, results = among(board, wanted, compute)
    columns = []
    for name in names:
        there = name in board.columns
        old = board[name] if there else pl.repeat(None, board.height, dtype=pl.String, eager=True)
        written = old.alias(name).scatter(places, results[name])
        columns.append(old.alias(name).fill_null(written) if apart and fill else written)
    return board.with_columns(columns)


def among(
    board: pl.DataFrame, wanted: pl.Expr, compute: Callable[[pl.DataFrame], pl.DataFrame]
) -> tuple[pl.Series, pl.DataFrame]:
    """What is computed for some rows of a board, behind the numbers of these rows; see `append`.

    Raises:
        DataError: compute raises one; its rows are those of the board.
    """
    rows = board.with_row_index("\0row").filter(wanted)
    try:
        return rows["\0row"], compute(rows)
    except DataError as error:
        raise error.moved(rows["\0row"].to_list()) from None


def computed(board: pl.DataFrame, gaps_in: Sequence[str], only: Sql | None) -> pl.Expr:
    """Which units a column is computed for (``--for``, ``--fill``).

    Args:
        board: the board.
        gaps_in: only where one of these columns is missing so far; wherever, if there are none.
        only: only where this holds.

    Raises:
        DataError: the condition is unknown for a unit.
    """
    wanted = chosen(board, only)
    gaps = [pl.col(name).is_null() if name in board.columns else pl.lit(True) for name in gaps_in]
    return wanted & pl.any_horizontal(gaps) if gaps else wanted


def chosen(board: pl.DataFrame, only: Sql | None) -> pl.Expr:
    """Which units a column is computed for (``--for``).

    Raises:
        DataError: the condition is unknown for a unit.
    """
    if only is None:
        return pl.lit(True)
    condition = conditions.parse(only, "only")
    condition.require(board.columns)
    check(board, condition.checks())
    return condition.truth


def printed(figures: pl.DataFrame) -> pl.DataFrame:
    """Figures as they are printed: quanta (Int128) as decimals, whole numbers and texts as they are.

    Raises:
        DataError: one has more than 15 digits before the point.
    """
    quanta = [name for name, kind in figures.schema.items() if kind == pl.Int128]
    check(
        figures,
        [Check(numbers.too_large(pl.col(c)), f"{c} gets more than 15 digits before the point") for c in quanta],
    )
    return figures.select(
        numbers.text(pl.col(name)).alias(name) if name in quanta else pl.col(name).cast(pl.String)
        for name in figures.columns
    )


def vetoed(board: pl.DataFrame, *, ignore: bool = False) -> pl.Series:
    """Which units are vetoed: those with `true` in the column `vetoed`.

    None are where there is no such column, or where vetoes are to be ignored.

    Raises:
        DataError: the column holds something else than true, false or nothing.
    """
    if ignore or "vetoed" not in board.columns:
        return pl.repeat(False, board.height, eager=True)
    cell = pl.col("vetoed")
    check(board, [Check(~cell.is_in(["true", "false"]), "'{value}' is neither true nor false", "vetoed")])
    return board.select((cell == "true").fill_null(False)).to_series()


def groups(board: pl.DataFrame, within: str | Sequence[str] | None) -> pl.Series:
    """The number of the group that each unit is in, groups counted in board order; `check_groups` finds who has none.

    Args:
        board: the board.
        within: the column of groups, or the columns that together make them; without any, all units are one.

    Raises:
        DataError: a column is not there.
    """
    names = _columns(within)
    if not names:
        return pl.repeat(0, board.height, dtype=pl.UInt32, eager=True)
    require_columns(names, board.columns)
    values = board.select(names)
    found = values.unique(maintain_order=True).with_row_index("\0group")
    return values.join(found, on=names, how="left", maintain_order="left", nulls_equal=True)["\0group"]


def check_groups(rows: pl.DataFrame, within: str | Sequence[str] | None) -> None:
    """Make sure that each of these units has a group.

    Raises:
        DataError: one has none, or a column is not there.
    """
    require_columns(_columns(within), rows.columns)
    why = "blank, where the group of a unit is needed"
    check(rows, [Check(pl.col(name).is_null(), why, name) for name in _columns(within)])


def _columns(within: str | Sequence[str] | None) -> list[str]:
    """The columns that make groups."""
    return [within] if isinstance(within, str) else list(within or ())
