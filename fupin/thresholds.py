"""The numbers at which a condition on one column changes, such as 70 in `total < 35 * 2`, found in its tree."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import NamedTuple

from fupin import numbers, syntax
from fupin.conditions import Condition
from fupin.errors import Misuse
from fupin.syntax import Column, Comparison, Like, Negative, Number, Product, Sum


class Thresholds(NamedTuple):
    """Where a condition on a column changes.

    Args:
        values: the numbers that the column is compared with.
        unclear: whether it is also compared with what other columns hold, or as a text.
    """

    values: list[Fraction]
    unclear: bool


class _Linear(NamedTuple):
    """A value that is slope × column + constant."""

    slope: Fraction
    constant: Fraction


def find(condition: Condition, column: str) -> Thresholds:
    """Where a condition on a column changes.

    Args:
        condition: the condition.
        column: the column.
    """
    found: list[Fraction] = []
    unclear = False
    for node in syntax.walk(condition.tree):
        if isinstance(node, Comparison | Like) and column in _columns(node):
            value = _threshold(node, column) if isinstance(node, Comparison) and node.numeric else None
            found += [] if value is None else [value]
            unclear = unclear or value is None
    return Thresholds(list(dict.fromkeys(found)), unclear)


def _columns(node: syntax.Node) -> Iterator[str]:
    """The columns below a node."""
    return (one.name for one in syntax.walk(node) if isinstance(one, Column))


def _threshold(comparison: Comparison, column: str) -> Fraction | None:
    """The value of a column at which both sides of a comparison are equal; None where there is no such number."""
    left, right = _linear(comparison.left, column), _linear(comparison.right, column)
    if left is None or right is None or left.slope == right.slope:
        return None
    value = (right.constant - left.constant) / (left.slope - right.slope)
    try:
        numbers.quanta(value)
    except Misuse:
        return None
    return value


def _linear(node: syntax.Value, column: str) -> _Linear | None:
    """A value as slope × column + constant; None where it is not of that form."""
    match node:
        case Number(value):
            return _Linear(Fraction(0), value)
        case Column(name) if name == column:
            return _Linear(Fraction(1), Fraction(0))
        case Negative(value):
            return _scaled(_linear(value, column), Fraction(-1))
        case Sum(terms):
            total: _Linear | None = _Linear(Fraction(0), Fraction(0))
            for sign, term in terms:
                total = _added(total, _scaled(_linear(term, column), Fraction(1 if sign == "+" else -1)))
            return total
        case Product(left, right):
            return _product(_linear(left, column), _linear(right, column))
    return None


def _scaled(value: _Linear | None, factor: Fraction) -> _Linear | None:
    """A value times a constant."""
    return None if value is None else _Linear(value.slope * factor, value.constant * factor)


def _added(left: _Linear | None, right: _Linear | None) -> _Linear | None:
    """The sum of two values."""
    if left is None or right is None:
        return None
    return _Linear(left.slope + right.slope, left.constant + right.constant)


def _product(left: _Linear | None, right: _Linear | None) -> _Linear | None:
    """The product of two values, of which one has to be a constant."""
    if left is None or right is None:
        return None
    if not left.slope:
        return _scaled(right, left.constant)
    return None if right.slope else _scaled(left, right.constant)
