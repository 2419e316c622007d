"""Rule tables: the small CSV files in which an office writes its items, full marks, caps and prizes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from fupin import numbers
from fupin.checks import Check, faults, number_check, repeated, require_columns
from fupin.deferred import pl
from fupin.errors import SHOWN, DataError, Fault
from fupin.tables import Source


def read_rules(
    source: Source,
    required: Sequence[str],
    *,
    amounts: Mapping[str, bool],
    unique: list[str],
    optional: Sequence[str] = (),
    checks: Sequence[Check] = (),
    some: bool = False,
) -> pl.DataFrame:
    """Read a rule table and make sure that it can be applied.

    Args:
        source: the table.
        required: columns that it must have; cells of those that are neither amounts nor optional are not blank.
        amounts: columns of numbers, and whether a blank cell is allowed.
        unique: columns that together name a rule once.
        optional: columns that it may have; where it has not, their cells are blank.
        checks: what else each row must fulfil.
        some: whether it must have a row.

    Returns:
        the required and optional columns: amounts as Int128 quanta, the others as texts.

    Raises:
        DataError: the table is at fault; file, line and column are named.
    """
    require_columns(required, source.columns, source.name)
    table = source.read()
    table = table.with_columns(
        pl.lit(None, dtype=pl.String).alias(name) for name in optional if name not in table.columns
    ).select(list(dict.fromkeys([*required, *optional])))
    texts = [name for name in required if name not in amounts and name not in optional]
    rules = [
        *(Check(pl.col(name).is_null(), "blank", name) for name in texts),
        *(number_check(name, blank=blank) for name, blank in amounts.items()),
        *checks,
    ]
    if some and not table.height:
        raise DataError(Fault("it has no rows", file=source.name))
    broken, twice = faults(table, rules), repeated(table, unique)
    if broken[1] + twice[1]:
        listed = sorted([*broken[0], *twice[0]], key=lambda fault: fault.row or 0)
        raise DataError(source.located(listed[:SHOWN]), broken[1] + twice[1])
    return table.with_columns(numbers.read(name) for name in amounts)
