"""Conditions: the trees of syntax.py as Polars expressions over tables of texts.

A condition reads columns, compares exactly, knows three truth values, and can neither open a file nor run code
(contract §3).
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from typing import NamedTuple, TypeAlias

from fupin import numbers, syntax
from fupin.checks import Check, check, number_check, require_columns
from fupin.deferred import pl
from fupin.errors import Misuse
from fupin.syntax import Column, Comparison, Joined, Like, Missing, Negative, Not, Number, Product, Sum, Text

_COMPARE: dict[str, Callable[[pl.Expr, pl.Expr], pl.Expr]] = {
    "=": lambda a, b: a == b,
    "<>": lambda a, b: a != b,
    "!=": lambda a, b: a != b,
    "<": lambda a, b: a < b,
    "<=": lambda a, b: a <= b,
    ">": lambda a, b: a > b,
    ">=": lambda a, b: a >= b,
}


class Condition(NamedTuple):
    """A parsed condition.

    Args:
        sql: as it was written.
        tree: what it means.
        columns: the columns it reads.
        truth: true, false or null (unknown) for each row of a table of texts.
        numeric: the columns it reads as numbers.
        arithmetic: what else must not happen, such as a product of too many digits.
    """

    sql: str
    tree: syntax.Truth
    columns: tuple[str, ...]
    truth: pl.Expr
    numeric: tuple[str, ...] = ()
    arithmetic: tuple[Check, ...] = ()

    def checks(self) -> list[Check]:
        """What a row must pass before its truth counts: numbers are numbers, and nothing is unknown."""
        return checks_of([self])

    def require(self, names: Iterable[str], file: str | None = None) -> None:
        """Make sure that a table has the columns.

        Raises:
            DataError: one is missing.
        """
        require_columns(self.columns, names, file)


Sql: TypeAlias = Condition | str
"""A condition, parsed or not."""


def checks_of(conditions: Sequence[Condition]) -> list[Check]:
    """What a row must pass before the truth of several conditions counts; a cell that is no number is told once."""
    are_numbers = {c: number_check(c, blank=True) for condition in conditions for c in condition.numeric}
    checks = list(are_numbers.values())
    for condition in conditions:
        own = [are_numbers[column].bad for column in condition.numeric]
        unknown = condition.truth.is_null() & ~pl.any_horizontal(pl.lit(False), *own)
        why = f"missing, so that the condition {condition.sql} is unknown"
        why += " (IS NULL and IS NOT NULL ask about missing cells)"
        checks += [*condition.arithmetic, *(Check(unknown & pl.col(c).is_null(), why, c) for c in condition.columns)]
    return checks


def truths(frame: pl.DataFrame, conditions: Sequence[Condition]) -> pl.DataFrame:
    """Whether conditions hold for the rows of a table.

    Args:
        frame: a table of texts.
        conditions: the conditions, parsed for numbers that are held.

    Returns:
        true or false in a column for each condition, called by its number.

    Raises:
        DataError: one is unknown for a row because a cell is missing, or a cell is not a number.
    """
    columns = list(dict.fromkeys(column for condition in conditions for column in condition.numeric))
    held, are_numbers = numbers.read_all(frame, columns)
    frame = frame.with_columns(quanta.alias(_held(quanta.name)) for quanta in held)
    found = [condition.truth.alias(str(i)) for i, condition in enumerate(conditions)]
    bad = [rule.bad.any() for condition in conditions for rule in condition.arithmetic]
    table = frame.select(*found, pl.any_horizontal(pl.lit(not are_numbers), *bad).alias("bad"))
    if table["bad"].any() or any(map(pl.Series.has_nulls, table)):
        check(frame, checks_of(conditions))
    return table.drop("bad")


def _held(column: str) -> str:
    """Where the numbers of a column are held that have been read."""
    return f"\0{column}\0"


class Compiler:
    """Expressions of the values and truths of one condition.

    Args:
        sql: the condition, for messages.
        held: whether the numbers of columns have been read, see `truths`.
    """

    def __init__(self, sql: str, held: bool) -> None:
        self.sql = sql
        self.held = held
        self.arithmetic: list[Check] = []
        self._compiled: dict[int, pl.Expr] = {}

    def truth(self, node: syntax.Truth) -> pl.Expr:
        """Whether a condition holds: true, false or null."""
        match node:
            case Comparison(sign, left, right):
                return _COMPARE[sign](self.value(left), self.value(right))
            case Missing(value):
                return self.value(value).is_null()
            case Like(value, pattern):
                return self.value(value).str.contains(pattern)
            case Joined(sign, parts):
                return (pl.all_horizontal if sign == "AND" else pl.any_horizontal)([self.truth(part) for part in parts])
            case Not(part):
                return ~self.truth(part)

    def value(self, node: syntax.Value) -> pl.Expr:
        """The expression of a value; of one that is compared with several others it is made once."""
        if id(node) not in self._compiled:
            self._compiled[id(node)] = self._value(node)
        return self._compiled[id(node)]

    def _value(self, node: syntax.Value) -> pl.Expr:
        match node:
            case Number(value):
                return numbers.whole(numbers.quanta(value))
            case Text(value):
                return pl.lit(value, dtype=pl.String)
            case Column(name, "number"):
                return pl.col(_held(name)) if self.held else numbers.read(name)
            case Column(name):
                return pl.col(name)
            case Negative(value):
                return numbers.whole(0) - self.value(value)
            case Sum(terms):
                return self._sum(terms)
            case Product(left, right):
                return self._product(left, right)

    def _sum(self, terms: Sequence[tuple[str, syntax.Value]]) -> pl.Expr:
        (_, first), *others = terms
        result = self.value(first)
        for sign, term in others:
            result = result + self.value(term) if sign == "+" else result - self.value(term)
        self._check(numbers.too_large(result), "15 digits before the point")
        return result

    def _product(self, left: syntax.Value, right: syntax.Value) -> pl.Expr:
        if isinstance(right, Number):
            found = numbers.times(self.value(left), numbers.quanta(right.value))
        elif isinstance(left, Number):
            found = numbers.times(self.value(right), numbers.quanta(left.value))
        else:
            found = numbers.product(self.value(left), self.value(right))
        result, inexact, large = found
        self._check(inexact, "18 decimals")
        self._check(large, "15 digits before the point")
        return result

    def _check(self, bad: pl.Expr, most: str) -> None:
        self.arithmetic.append(Check(bad, f"{self.sql} makes a number of more than {most}"))


def parse(sql: Sql, what: str = "--when", known: Collection[str] = (), held: bool = False) -> Condition:
    """Parse a condition.

    Args:
        sql: an SQL boolean expression over columns, as contract §3 has it; a parsed one stays as it is.
        what: the option it comes from, for messages.
        known: columns that are known to be of numbers.
        held: whether it is for `truths`, which reads the numbers of a column once for all conditions.

    Returns:
        the condition, ready for a table of texts.

    Raises:
        Misuse: it does not parse, or compares what cannot be compared.
    """
    if isinstance(sql, Condition):
        return sql
    try:
        tree = syntax.parse(sql, what, known)
        compiler = Compiler(sql, held)
        truth = compiler.truth(tree)
    except RecursionError:
        raise Misuse(f"{what}: the condition is nested too deeply") from None
    read = [node for node in syntax.walk(tree) if isinstance(node, Column)]
    if not read:  # a constant, such as 1 = 1, is a truth for every row
        truth = truth & (pl.int_range(pl.len()) >= 0)
    columns = dict.fromkeys(node.name for node in read)
    numeric = dict.fromkeys(node.name for node in read if node.kind == "number")
    return Condition(sql, tree, tuple(columns), truth, tuple(numeric), tuple(compiler.arithmetic))
