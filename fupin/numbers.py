"""Exact decimals: reading, adding, dividing, rounding and printing them.

A number is held as a whole number of *quanta* of 10^-18 in an Int128, which Polars adds, multiplies and divides
fast and exactly. No score ever passes through a binary float. This is the only module that knows it.

Sources of the rules: contract §2 (numbers are exact) and §11.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from numbers import Rational
from typing import Annotated, NamedTuple, TypeAlias

from fupin.deferred import pl
from fupin.errors import Misuse

PLACES = 18
ONE: int = 10**PLACES
LIMIT: int = 10**15
NOT_ASSESSED = "NA"
SYNTAX = r"^[+-]?[0-9]{1,15}(?:\.[0-9]{1,18})?$"
WORD = r"[+-]?[0-9]+(?:\.[0-9]+)?"
_CAPACITY = 2**127 - 1
MOST = 10**9
Number: TypeAlias = Fraction | Decimal | int | str
"""An exact number as callers of the library may write it."""
Places: TypeAlias = Annotated[int, range(PLACES + 1)]
"""Decimals to round to."""
Count: TypeAlias = Annotated[int, range(MOST + 1)]
"""A number of rows, events or units."""


def whole(value: int) -> pl.Expr:
    """A constant of the type that numbers are held in."""
    return pl.lit(value, dtype=pl.Int128)


def matches(text: str) -> bool:
    """Whether a text is a number as contract §2 has it."""
    return re.fullmatch(SYNTAX.strip("^$"), text, re.ASCII) is not None


def why_not(text: str) -> str:
    """Why a text is not a number, and what would be one."""
    import unicodedata

    plain = unicodedata.normalize("NFKC", text).strip()
    plain = re.sub(r"(?<=[0-9])[, ](?=[0-9]{3}(?![0-9]))", "", plain)  # thousands, and no comma for a point
    digits, _, decimals = plain.lstrip("+-").partition(".")
    if len(decimals) > PLACES and decimals.isdigit():
        return f"it has {len(decimals)} decimals, and 18 are the most"
    if len(digits) > 15 and digits.isdigit():
        return f"it has {len(digits)} digits before the point, and 15 are the most"
    if matches(plain):
        return f"write {plain} (no spaces, separators or full-width digits)"
    if plain.endswith("%") and matches(plain[:-1]):
        return "write the number that is meant, without %"
    return "a number is digits with at most one point between them, such as 20 or 0.5"


def parse(text: str, what: str, share: bool = False) -> Fraction:
    """The number that a word of the command line stands for.

    Args:
        text: the word.
        what: what it is, for messages.
        share: whether it may be a percentage.

    Raises:
        Misuse: it is not a number as contract §2 has it.
    """
    number = text.removesuffix("%") if share else text
    if not matches(number):
        raise Misuse(f"{what}: '{text}' is not a number; {why_not(number)}")
    return Fraction(number) / (1 if number == text else 100)


def exact(value: Number, what: str = "number") -> Fraction:
    """An exact number, in whatever exact form a caller has it.

    Raises:
        Misuse: it is none; a binary float is not, since it is another number than the one that was written.
    """
    if isinstance(value, str):
        return parse(value, what)
    if isinstance(value, float):
        raise Misuse(f"{what}: {value} is a binary float and not exact; write '{value}' or Decimal('{value}')")
    if not isinstance(value, Rational | Decimal) or (isinstance(value, Decimal) and not value.is_finite()):
        raise Misuse(f"{what}: {value} is not a number")
    return Fraction(value)


def parse_range(text: str, what: str) -> tuple[Fraction, Fraction]:
    """The two bounds of LO:HI.

    Raises:
        Misuse: there are not two numbers, or the first is above the second.
    """
    low, colon, high = text.partition(":")
    if not colon:
        raise Misuse(f"{what}: '{text}' is not a range LO:HI, such as 0.5:2")
    return bounds((low, high), what)


def bounds(pair: tuple[Number, Number], what: str) -> tuple[Fraction, Fraction]:
    """Two exact bounds.

    Raises:
        Misuse: one is no number, or the first is above the second.
    """
    low, high = (exact(value, what) for value in pair)
    if low > high:
        raise Misuse(f"{what}: {pair[0]} is above {pair[1]}; write the lower bound first")
    return low, high


def quanta(value: Fraction, what: str = "the value") -> int:
    """A constant in quanta.

    Raises:
        Misuse: it needs more than 18 decimals or 15 digits before the point.
    """
    scaled = value * ONE
    if scaled.denominator != 1:
        raise Misuse(f"{what}: {value} needs more than 18 decimals")
    if abs(value) >= LIMIT:
        raise Misuse(f"{what}: more than 15 digits before the point")
    return scaled.numerator


def show(value: Fraction) -> str:
    """A constant as fupin prints it, without exponent and trailing zeros."""
    places = 0
    while (value * 10**places).denominator != 1:
        places += 1
        if places > 2 * PLACES:
            return f"{value.numerator}/{value.denominator}"
    digits = str(abs(value.numerator * 10**places // value.denominator)).zfill(places + 1)
    text = f"{digits[:-places]}.{digits[-places:]}" if places else digits
    return f"-{text}" if value < 0 else text


def is_number(cell: str | pl.Expr) -> pl.Expr:
    """Whether a text cell, of a column or an expression, is a number; null for a missing cell."""
    return (pl.col(cell) if isinstance(cell, str) else cell).str.contains(SYNTAX)


def read(cell: str | pl.Expr) -> pl.Expr:
    """A text column or expression as quanta; null for what is not a number (`is_number` tells it before)."""
    cell = pl.col(cell) if isinstance(cell, str) else cell
    return cell.cast(pl.Decimal(38, PLACES), strict=False).to_physical()


def read_all(frame: pl.DataFrame, columns: Sequence[str]) -> tuple[list[pl.Series], bool]:
    """Text columns as quanta, in any order, null for what is not a number; and whether all is a number or missing.

    Columns of short whole numbers, whose first one has no point, are told apart, since they are read in a third of the
    time.
    """
    likely = [c for c in columns if "." not in (next(iter(frame[c].head(1)), "") or "")]
    integers = frame.select(pl.col(likely).cast(pl.Int64, strict=False))
    widest = frame.select(pl.col(likely).str.len_bytes().max())
    short = [c for c in likely if integers[c].null_count() == frame[c].null_count() and (widest[c][0] or 0) <= 15]
    others = [c for c in columns if c not in short]
    held = [*frame.select(read(c) for c in others), *integers.select(pl.col(short).cast(pl.Int128) * whole(ONE))]
    return held, all(column.all() for column in frame.select(is_number(c).all() for c in others))


def text(value: pl.Expr) -> pl.Expr:
    """Quanta as text: no exponent, no trailing zeros, `0` and never `-0`."""
    size = value.abs()
    before = (size // whole(ONE)).cast(pl.Int64).cast(pl.String)
    after = (size % whole(ONE)).cast(pl.Int64)
    digits = after.cast(pl.String).str.zfill(PLACES).str.strip_chars_end("0")
    number = pl.when(after == 0).then(before).otherwise(pl.concat_str(before, pl.lit("."), digits))
    return pl.when(value < 0).then(pl.concat_str(pl.lit("-"), number)).otherwise(number)


def too_large(value: pl.Expr) -> pl.Expr:
    """Whether quanta have more than 15 digits before the point."""
    return (value >= LIMIT * ONE) | (value <= -LIMIT * ONE)


def total(values: pl.Series) -> int:
    """The sum of a column of quanta, however large."""
    one, value = whole(ONE), pl.col("value")
    units, part = values.to_frame("value").select(units=(value // one).sum(), part=(value % one).sum()).row(0)
    return int(units) * ONE + int(part)


def product(left: pl.Expr, right: pl.Expr) -> tuple[pl.Expr, pl.Expr, pl.Expr]:
    """The product of two columns of quanta, whatever their size.

    Returns:
        the product in quanta; whether it needs more than 18 decimals; whether it has more than 15 digits
        before the point. The product is right only where both are false.
    """
    one = whole(ONE)
    left_whole, left_part = left // one, left % one
    right_whole, right_part = right // one, right % one
    cross = left_whole * right_part + left_part * right_whole
    tail = left_part * right_part
    units = left_whole * right_whole + (cross + tail // one) // one
    value = left_whole * right_whole * one + cross + tail // one
    return value, tail % one != 0, (units >= LIMIT) | (units < -LIMIT)


def times(value: pl.Expr, factor: int) -> tuple[pl.Expr, pl.Expr, pl.Expr]:
    """The product of a column of quanta and a constant in quanta; see `product`, which takes several times as long."""
    ratio = Fraction(factor, ONE)
    if abs(ratio.numerator) * LIMIT * ONE > _CAPACITY:
        return product(value, whole(factor))
    result, divisor = value * whole(ratio.numerator), whole(ratio.denominator)
    return result // divisor, result % divisor != 0, too_large(result // divisor)


def rounded(value: pl.Expr, rest: pl.Expr, divisor: pl.Expr, places: int) -> pl.Expr:
    """Round half up, away from zero (contract §2).

    Args:
        value: the quotient in quanta, rounded down (floor).
        rest: its remainder, 0 … divisor - 1.
        divisor: what was divided by.
        places: 0 … 18 decimals.
    """
    negative = value < 0
    size = pl.when(negative).then(whole(0) - value - (rest != 0).cast(pl.Int128)).otherwise(value)
    if places == PLACES:
        part = pl.when(negative & (rest != 0)).then(divisor - rest).otherwise(rest)
        size = size + (part * 2 >= divisor).cast(pl.Int128)
    else:
        step = 10 ** (PLACES - places)
        size = (size + whole(step // 2)) // whole(step) * whole(step)
    return pl.when(negative).then(whole(0) - size).otherwise(size)


def rounded_to(value: pl.Expr, places: int) -> pl.Expr:
    """Exact quanta rounded half up to so many decimals."""
    return rounded(value, whole(0), whole(1), places)


def divided_to(places: int | None) -> int:
    """The decimals of a result that is divided: 6 if nobody says (contract §2)."""
    return 6 if places is None else places


def mean(sums: pl.DataFrame, places: int) -> pl.Series:
    """Sums that were kept as whole units and quanta, so that they never wrap, divided by counts and rounded.

    Args:
        sums: `units` and `part` (quanta besides), and by what they are divided, `count`, 1 … 10^15; all Int128.
        places: decimals to round to.
    """
    count, one = pl.col("count"), whole(ONE)
    rest = pl.col("units") % count * one + pl.col("part")
    divided = sums.select("count", value=pl.col("units") // count * one + rest // count, rest=rest % count)
    return divided.select(rounded(pl.col("value"), pl.col("rest"), count, places)).to_series()


def portion(part: pl.Series, entire: pl.Series, amount: int, places: int) -> pl.Series:
    """Part ÷ entire × amount, rounded: digit by digit, since the product of two numbers may be too long for 128 bits.

    Args:
        part: quanta, or null.
        entire: quanta above 0 where there is a part.
        amount: quanta, 0 or more.
        places: decimals to round to.

    Returns:
        quanta; what has more than 15 digits before the point is `too_large`, and no more than that.
    """
    digits = []
    left = amount
    while left:
        left, digit = divmod(left, 10**4)
        digits.append(digit)
    base, most = whole(10**4), whole(LIMIT * ONE // max(amount, 1))
    found = pl.DataFrame({"part": part, "entire": entire}).with_columns(size=pl.col("part").abs())
    found = found.with_columns(times=pl.col("size") // pl.col("entire"), size=pl.col("size") % pl.col("entire"))
    found = found.with_columns(value=pl.col("size") * 0, rest=pl.col("size") * 0)
    for digit in reversed(digits):
        found = found.with_columns(rest=pl.col("rest") * base + pl.col("size") * whole(digit))
        found = found.with_columns(
            value=pl.col("value") * base + pl.col("rest") // pl.col("entire"), rest=pl.col("rest") % pl.col("entire")
        )
    many = pl.min_horizontal("times", most + 1) * whole(amount)
    size = rounded(pl.col("value") + many, pl.col("rest"), pl.col("entire"), places)
    return found.select(pl.when(pl.col("part") < 0).then(whole(0) - size).otherwise(size)).to_series()


class Exact(NamedTuple):
    """Results of a calculation, a row each, and what hinders printing them.

    Args:
        value: Int128 quanta, right where neither flag is set.
        inexact: needs more than 18 decimals and was not to be rounded.
        large: has more than 15 digits before the point.
    """

    value: pl.Series
    inexact: pl.Series
    large: pl.Series


def linear(frame: pl.DataFrame, factors: Mapping[str, Fraction], constant: Fraction, places: int | None) -> Exact:
    """Σ factor × column + constant, exactly, rounded once at the end if at all.

    Args:
        frame: columns of quanta (Int128, no nulls).
        factors: a factor for each column that counts.
        constant: added to every row, in units.
        places: decimals to round to; None keeps every digit.

    Returns:
        a result for each row of the frame.
    """
    columns = list(factors)
    constant *= ONE
    divisor = math.lcm(constant.denominator, *(f.denominator for f in factors.values()))
    numerators = {c: int(f * divisor) for c, f in factors.items()}
    start = int(constant * divisor)
    largest = dict.fromkeys(columns, 0)
    if columns and frame.height:
        largest = frame.select(pl.col(columns).abs().max()).row(0, named=True)
    bound = abs(start) + sum(abs(numerators[c]) * max(largest[c], 1) for c in columns)
    if bound > _CAPACITY or divisor > _CAPACITY // 4:
        return _linear_in_python(frame, numerators, start, divisor, places)
    total = frame.with_columns(
        pl.sum_horizontal(whole(start), *(pl.col(c) * whole(numerators[c]) for c in columns)).alias("\0total")
    )
    value, rest = pl.col("\0total") // whole(divisor), pl.col("\0total") % whole(divisor)
    result = total.select(
        value=value if places is None else rounded(value, rest, whole(divisor), places),
        inexact=rest != 0 if places is None else pl.lit(False),
    ).with_columns(large=too_large(pl.col("value")))
    return Exact(result["value"], result["inexact"], result["large"])


def _linear_in_python(
    frame: pl.DataFrame, numerators: Mapping[str, int], start: int, divisor: int, places: int | None
) -> Exact:
    """The same in Python's unbounded integers, for factors and numbers too long for 128 bits together."""
    columns = list(numerators)
    values, inexact, large = [], [], []
    for row in frame.select(columns).rows() if columns else [()] * frame.height:
        total = start + sum(numerators[c] * x for c, x in zip(columns, row, strict=True))
        if places is not None:
            step = 10 ** (PLACES - places)
            size = (2 * abs(total) + divisor * step) // (2 * divisor * step) * step
            value, rest = -size if total < 0 else size, 0
        else:
            value, rest = divmod(total, divisor)
        large.append(abs(value) >= LIMIT * ONE)
        values.append(0 if large[-1] else value)
        inexact.append(rest != 0)
    return Exact(
        pl.Series(values, dtype=pl.Int128),
        pl.Series(inexact, dtype=pl.Boolean),
        pl.Series(large, dtype=pl.Boolean),
    )
