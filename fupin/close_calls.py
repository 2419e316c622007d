"""Close calls: pairs of figures that decide, and differ by so little that an earlier rounding may have decided.

Contract §2: comparisons stay exact, but it is told where two figures differ by less than 0.00001 and one of them has
six or more decimals.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from fractions import Fraction

from fupin import boards, numbers, syntax
from fupin.conditions import Compiler, Condition
from fupin.deferred import pl
from fupin.errors import Misuse, counted, one_line
from fupin.numbers import Number
from fupin.syntax import Column, Comparison, Joined, Not

log = logging.getLogger("fupin")
_NEAR = Fraction(1, 10**5)
_FIVE = numbers.ONE // 10**5
"""The quanta of a number of five decimals are a multiple of this."""
_NAMED = 3


def distance(near: Number | None) -> int:
    """The distance below which a difference is told, in quanta.

    Args:
        near: the distance; 0.00001 if left out, and 0 for none.

    Raises:
        Misuse: it is below 0.
    """
    exact = _NEAR if near is None else numbers.exact(near, "--near")
    if exact < 0:
        raise Misuse(f"--near: {numbers.show(exact)} is below 0; it is a distance")
    return numbers.quanta(exact, "--near")


def is_close(left: pl.Expr, right: pl.Expr, near: int) -> pl.Expr:
    """Whether two numbers, in quanta, differ, are less than a distance apart, and one has six or more decimals."""
    gap = (left - right).abs()
    close = (gap > 0) & (gap < numbers.whole(near))
    if near <= _FIVE:  # numbers of five decimals are at least as far apart
        return close
    return close & ((left % _FIVE != 0) | (right % _FIVE != 0))


def tell(calls: Sequence[pl.DataFrame], near: int) -> None:
    """Tell of close calls: how many, the first three, and all of them where the verb tells what it does.

    Args:
        calls: tables as the functions below make them.
        near: the distance, in quanta.
    """
    if not sum(table.height for table in calls):
        return
    found = pl.concat(calls).sort("row", maintain_order=True)["pair"]
    named = "; ".join(found.head(_NAMED))
    more = found.len() - _NAMED
    rest = f"; and {more} more (-v names all)" if more > 0 else ""
    least = numbers.show(Fraction(near, numbers.ONE))
    told = f"{counted(found.len(), 'close decision')}, less than {least} apart: {named}{rest}"
    log.warning("%s; if an earlier rounding made the difference, use --round where that figure is made", one_line(told))
    if log.isEnabledFor(logging.INFO):
        for pair in found:
            log.info("less than %s apart: %s", least, one_line(pair))


def figures(rows: pl.DataFrame, keys: Sequence[str], column: str) -> pl.Series:
    """What the figures of units are called, such as `东山村 total 69.999999`."""
    cells = rows.select(pl.concat_str(pl.lit(f" {column} "), column))
    return boards.units(rows, keys) + cells.to_series()


def to_bounds(
    rows: pl.DataFrame, keys: Sequence[str], column: str, bounds: Sequence[tuple[int, str]], near: int
) -> list[pl.DataFrame]:
    r"""The figures that are close to a bound.

    Args:
        rows: units with a column of numbers, and where they are told as `\0row`.
        keys: the key columns.
        column: the column of figures.
        bounds: the bounds, in quanta, and what they are called.
        near: the distance, in quanta.
    """
    found = []
    for bound, called in bounds if near else ():
        close = rows.filter(is_close(numbers.read(column), numbers.whole(bound), near))
        found.append(_pairs(close["\0row"], figures(close, keys, column), pl.repeat(called, close.height, eager=True)))
    return found


def neighbours(
    ranked: pl.DataFrame, close: pl.Expr, order: pl.Expr, units: pl.DataFrame, keys: Sequence[str], column: str
) -> pl.DataFrame:
    r"""The figures of units that follow each other.

    Args:
        ranked: the units in their order, each with its row of `units` as `\0at`.
        close: whether a unit and the one before it are told.
        order: where they are told.
        units: all units with their cells.
        keys: the key columns.
        column: the column that decides.
    """
    found = ranked.select("\0at", before=pl.col("\0at").shift(1), row=order, close=close).filter("close")
    above, below = (figures(units[found[one]], keys, column) for one in ("before", "\0at"))
    return _pairs(found["row"], above, below)


def _pairs(rows: pl.Series, first: pl.Series, second: pl.Series) -> pl.DataFrame:
    """Pairs of figures as they are told, in the order of the rows."""
    return pl.DataFrame({"row": rows.cast(pl.UInt32), "pair": (first + " and " + second).cast(pl.String)})


def of_condition(board: pl.DataFrame, keys: Sequence[str], condition: Condition, near: int) -> list[pl.DataFrame]:
    """The numbers that a condition compares, are close, and decide whether it holds for a unit.

    Args:
        board: the units.
        keys: the key columns.
        condition: the condition, known for each unit.
        near: the distance, in quanta.
    """
    compiler = Compiler(condition.sql, held=False)
    compared = [
        node for node in syntax.walk(condition.tree) if isinstance(node, Comparison) and node.numeric and _reads(node)
    ]
    close = {
        id(node): is_close(compiler.value(node.left), compiler.value(node.right), near).fill_null(False)
        for node in compared
    }
    if not near or not close:
        return []
    rows = board.with_row_index("\0row").filter(pl.any_horizontal(close.values()))
    every = pl.repeat(True, rows.height, eager=True)
    found = []
    for node, decides in _deciding(condition.tree, compiler, rows, every) if rows.height else ():
        mine = rows.filter(close.get(id(node), pl.lit(False)) & decides)
        first, second = node.left, node.right
        if not _reads(first):
            first, second = second, first
        named = boards.units(mine, keys) + " " + _shown(mine, compiler, first)
        found.append(_pairs(mine["\0row"], named, _shown(mine, compiler, second)))
    return found


def _deciding(
    node: syntax.Truth, compiler: Compiler, rows: pl.DataFrame, decides: pl.Series
) -> Iterator[tuple[Comparison, pl.Series]]:
    """The comparisons of numbers below a node, and for which rows they decide the whole condition."""
    match node:
        case Comparison(numeric=True):
            yield node, decides
        case Not(part):
            yield from _deciding(part, compiler, rows, decides)
        case Joined(sign, parts):
            truths = [rows.with_columns(compiler.truth(part).alias("\0truth"))["\0truth"] for part in parts]
            settled = [~one.fill_null(False) if sign == "AND" else one.fill_null(True) for one in truths]
            many = pl.DataFrame([one.alias(str(i)) for i, one in enumerate(settled)]).sum_horizontal()
            for part, own in zip(parts, settled, strict=True):
                yield from _deciding(part, compiler, rows, decides & (many == own.cast(pl.UInt32)))


def _reads(node: syntax.Node) -> bool:
    """Whether a node reads a column."""
    return any(isinstance(one, Column) for one in syntax.walk(node))


def _shown(rows: pl.DataFrame, compiler: Compiler, value: syntax.Value) -> pl.Series:
    """A value of each row, with what it is."""
    if isinstance(value, Column):
        return rows.select(pl.concat_str(pl.lit(f"{value.name} "), value.name)).to_series()
    number = rows.select(numbers.text(compiler.value(value)).alias("number")).to_series()
    return f"{value} " + number if _reads(value) else number
