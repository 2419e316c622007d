"""Tables made long, a row for each item, and wide, a column for each."""

from __future__ import annotations

from collections.abc import Sequence

from fupin.checks import repeated, require_columns
from fupin.deferred import pl
from fupin.errors import SHOWN, DataError, Fault, unusable


def longer(name: str, table: pl.DataFrame, stay: Sequence[str]) -> pl.DataFrame:
    """A table with a row for each cell: the columns that stay, `item` and `value`.

    Args:
        name: the table's file, for messages.
        table: a table of texts.
        stay: its columns that stay; all others become items.

    Returns:
        the rows in their order, and within each its items in the order of the columns. A blank cell is a row, too.

    Raises:
        DataError: a column that stays is not there, or is called like a new one.
    """
    require_columns(stay, table.columns, name)
    if taken := [column for column in stay if column in ("item", "value")]:
        raise DataError(Fault("a column that stays cannot be called so; --rename it", taken[0], name))
    items = [column for column in table.columns if column not in stay]
    if not items:
        raise DataError(Fault("there is no column that could become rows", file=name))
    rows = table.with_row_index("\0row")
    cells = rows.unpivot(items, index=["\0row", *stay], variable_name="item", value_name="value")
    return cells.sort("\0row", maintain_order=True).drop("\0row")


def wider(table: pl.DataFrame, item: str, value: str) -> pl.DataFrame:
    """A table with a column for each item.

    Args:
        table: a table of texts.
        item: the column of items, which become columns in the order in which they are met.
        value: the column of their values.

    Returns:
        a row for each different rest of the row, in order.

    Raises:
        DataError: a cell is there twice, or an item cannot be a column.
    """
    require_columns([item, value], table.columns)
    stay = [column for column in table.columns if column not in (item, value)]
    if not stay:
        raise DataError("besides items and values there is no column that could name a row")
    faults = [Fault("blank, where an item is needed", item)] if table[item].has_nulls() else []
    items = table[item].drop_nulls().unique(maintain_order=True)
    faults += [Fault(f"'{name}' cannot become a column", item) for name in items if name in stay or unusable(name)]
    if faults:
        raise DataError(faults)
    twice, total = repeated(table.select(item, *stay), [item, *stay])
    if total:
        shown = [
            Fault(f"{fault.message}, in rows {(fault.first or 0) + 1} and {(fault.row or 0) + 1}", item)
            for fault in twice
        ]
        raise DataError(shown[:SHOWN], total)
    return table.pivot(item, index=stay, values=value, aggregate_function="first", maintain_order=True)
