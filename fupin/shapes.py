"""Tables made long, a row for each item, and wide, a column for each."""

from __future__ import annotations

from collections.abc import Sequence

from fupin.checks import require_columns
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
    cells = rows.unpivot(items, index=["\0row", *stay], variable_name="\0item", value_name="\0value")
    return cells.sort("\0row", maintain_order=True).select(*stay, item="\0item", value="\0value")


def wider(table: pl.DataFrame, places: Sequence[tuple[str, int]], item: str, value: str) -> pl.DataFrame:
    """A table with a column for each item.

    Args:
        table: a table of texts.
        places: the file and line of each of its rows.
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
    bad = pl.col(item).is_null() | pl.col(item).is_in(stay)
    wrong = [i for i, name in enumerate(table[item]) if name is not None and unusable(name)] if table.height else []
    wrong += table.select(bad.alias("bad")).to_series().arg_true().to_list()
    if wrong:
        cells = [(table[item][row], places[row]) for row in sorted(wrong)[:SHOWN]]
        told = ["blank, where an item is needed" if c is None else f"'{c}' cannot become a column" for c, _ in cells]
        listed = [Fault(why, item, *place) for why, (_, place) in zip(told, cells, strict=True)]
        raise DataError(listed, len(wrong))
    rows = table.select(item, *stay).with_row_index("\0row")
    first = rows.unique([item, *stay], keep="first", maintain_order=True)
    again = rows.join(first, on=[item, *stay], nulls_equal=True, maintain_order="left")
    again = again.filter(pl.col("\0row") != pl.col("\0row_right"))
    if again.height:
        listed = []
        for row, name, earlier in again.head(SHOWN).select("\0row", item, "\0row_right").rows():
            of = ",".join(cell or "" for cell in table.select(stay).row(row))
            before = "{}:{}".format(*places[earlier])
            listed.append(Fault(f"'{name}' of {of} is there twice, first in {before}", item, *places[row]))
        raise DataError(listed, again.height)
    return table.pivot(item, index=stay, values=value, aggregate_function="first", maintain_order=True)
