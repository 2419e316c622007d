"""Weighted parts: terms, their full marks, and their exact sum when some are missing or not assessed.

Sources of the rules: contract §6 (`weight`) and §11.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from fractions import Fraction
from typing import Literal, NamedTuple

from fupin import numbers
from fupin.checks import Check, check, number_check, refusal
from fupin.deferred import pl
from fupin.errors import DataError, Fault, FupinError, Misuse, counted

Missing = Literal["error", "zero", "rescale", "mean"]
NotAssessed = Literal["rescale", "full", "zero"]
log = logging.getLogger("fupin")

_MANY = 100  # ways that are computed one by one
_TERM = re.compile(rf"(.+?)(?:/({numbers.WORD}))?(?::({numbers.WORD}%?))?", re.DOTALL | re.ASCII)


class Way(NamedTuple):
    """How the parts of some rows count.

    Args:
        scale: what parts with full marks are multiplied with; none where all of them would be left out.
        filled: the numbers of the cells that a mean stands for.
        divided: whether anything was divided, so that the result is rounded.
        assessed: whether any part is.
    """

    scale: Fraction | None
    filled: tuple[int, ...]
    divided: bool
    assessed: bool


class Plan(NamedTuple):
    """How the rows of one pattern are computed.

    Args:
        factors: what each cell that is there is multiplied with, by the number of its term.
        constant: what is added.
        divided: whether anything was divided, so that the result is rounded.
    """

    factors: Mapping[str, Fraction]
    constant: Fraction
    divided: bool


class Term(NamedTuple):
    """One part of a weighted sum: a column, its full marks (none for an extra) and its weight."""

    column: str
    full: Fraction | None = None
    weight: Fraction = Fraction(1)

    @property
    def share(self) -> Fraction:
        """What the part adds to the full marks of the whole."""
        return (self.full or Fraction(0)) * self.weight


def parse_term(text: str) -> Term:
    """Parse COLUMN[/FULL][:WEIGHT].

    Raises:
        Misuse: it is not of that form.
    """
    match = _TERM.fullmatch(text)
    if not match:
        raise Misuse(f"'{text}' is not a term COLUMN[/FULL][:WEIGHT]")
    column, full, factor = match.groups()
    term = Term(
        column,
        None if full is None else numbers.parse(full, text),
        Fraction(1) if factor is None else numbers.parse(factor, text, share=True),
    )
    if term.full is not None and term.full < 0:
        raise Misuse(f"'{text}': full marks are 0 or more")
    return term


def check_sum(terms: Sequence[Term], total: Fraction, error: Callable[[str], FupinError] = Misuse) -> None:
    """Make sure that the full marks, weighted, add up to what the scheme says.

    Raises:
        FupinError: they do not; the sum is told.
    """
    found = sum((term.share for term in terms), Fraction(0))
    if found != total:
        parts = " + ".join(numbers.show(term.share) for term in terms if term.full is not None)
        odd = [term.column for term in terms if term.full is None and re.search("[/:／：%％]", term.column)]
        parts += f"; is '{odd[0]}' a column? write COLUMN/FULL:WEIGHT" if odd else ""
        raise error(
            f"--sum {numbers.show(total)}: the full marks add up to {numbers.show(found)} ({parts or 'no full marks'})"
        )


def cell_checks(term: Term) -> list[Check]:
    """What a cell of a part must be."""
    column = term.column
    checks = [number_check(column, blank=True, not_assessed=term.full is not None)]
    if term.full is not None:
        value, full = numbers.read(column), numbers.show(term.full)
        checks.append(Check(value < 0, f"'{{value}}' is below 0; it is within 0 and {full}", column))
        over = value > numbers.whole(numbers.quanta(term.full, column))
        checks.append(Check(over, f"'{{value}}' is above its full marks, {full}", column))
    return checks


def combine(
    cells: pl.DataFrame,
    terms: Sequence[Term],
    name: str,
    places: int | None,
    missing: Missing,
    not_assessed: NotAssessed,
) -> pl.DataFrame:
    """The weighted sum of each row of cells.

    Rows that are scaled alike are taken together: the result is the same linear function of their cells, where what
    does not count is 0.

    Args:
        cells: a column for each term, in their order: numbers as texts, `NA`, or missing.
        terms: the terms.
        name: the column of the result.
        places: decimals to round to; if left out, 6 where something was divided.
        missing: what a missing cell counts.
        not_assessed: what an `NA` cell counts.

    Returns:
        the result as a text for each row, `NA` where every part is not assessed.

    Raises:
        DataError: a cell may not be missing, nothing is assessed, or a result has too many digits.
    """
    _check_missing(cells, terms, missing)
    values = _values(cells)
    means = _means(values, terms) if missing == "mean" else {}
    ways = {state: _way(state, terms, missing, not_assessed) for state in values["state"].unique(maintain_order=True)}
    if len(set(ways.values())) > _MANY:
        ways = {state: way._replace(filled=tuple(means) if way.filled else ()) for state, way in ways.items()}
    different = {way: number for number, way in enumerate(dict.fromkeys(ways.values()))}
    numbered = values["state"].replace_strict(
        list(ways), [different[way] for way in ways.values()], return_dtype=pl.UInt32
    )
    values = _with_full(values, terms) if not_assessed == "full" else values
    results = [pl.DataFrame(schema={"\0row": pl.UInt32, name: pl.String})]
    divided_rows = 0
    for way, number in different.items():
        rows = values.filter(numbered == number)
        if way.scale is not None:
            text = _computed(rows, _factors(terms, way.scale), means, way, name, places)
        elif way.assessed:
            raise refusal(rows["\0row"], "no part is assessed, so that there is nothing to rescale", name)
        else:
            text = pl.repeat(numbers.NOT_ASSESSED, rows.height, eager=True)
        results.append(pl.DataFrame({"\0row": rows["\0row"], name: text}))
        divided_rows += rows.height if way.divided else 0
    if divided_rows:
        log.info("%s rescaled or filled with a mean", counted(divided_rows, "unit"))
    return pl.concat(results).sort("\0row").select(name)


def _computed(
    rows: pl.DataFrame,
    factors: Mapping[str, Fraction],
    means: Mapping[int, Fraction],
    way: Way,
    name: str,
    places: int | None,
) -> pl.Series:
    """The results of rows whose parts count in one way, as texts.

    Raises:
        DataError: one has too many digits.
    """
    filled = {f"mean {i}": factors[str(i)] * means[i] for i in way.filled}
    cells = rows.select(*factors, *(_missing(i).alias(f"mean {i}") for i in way.filled))
    decimals = numbers.divided_to(places) if way.divided else places
    exact = numbers.linear(cells, {**factors, **filled}, Fraction(0), decimals)
    _refuse(rows.filter(exact.inexact), name, "needs more than 18 decimals; say --round N")
    _refuse(rows.filter(exact.large), name, "gets more than 15 digits before the point")
    return exact.value.to_frame("value").select(numbers.text(pl.col("value"))).to_series()


def plans(
    cells: pl.DataFrame, terms: Sequence[Term], missing: Missing, not_assessed: NotAssessed
) -> Iterator[tuple[str, pl.DataFrame, Plan | None]]:
    r"""How rows are computed, those of one pattern together.

    Args:
        cells: as in `combine`.
        terms: the terms.
        missing: what a missing cell counts.
        not_assessed: what an `NA` cell counts.

    Returns:
        the patterns, a letter for each cell; their rows, in quanta, with their numbers in the column `\0row`; and how
        they are computed: not at all where every part would be rescaled, so that nothing stands for them.
    """
    values = _values(cells)
    means = _means(values, terms) if missing == "mean" else {}
    for (state,), rows in values.group_by("state", maintain_order=True):
        yield str(state), rows, _plan(str(state), terms, means, missing, not_assessed)


def _values(cells: pl.DataFrame) -> pl.DataFrame:
    r"""The cells in quanta, 0 where there is no number, with their `state` and the number of the row, `\0row`."""
    there = [numbers.read(column).fill_null(0) for column in cells.columns]
    return cells.select(*there, _state(cells.columns).alias("state")).with_row_index("\0row")


def _missing(i: int) -> pl.Expr:
    """1 where a cell is missing, else 0, in quanta."""
    return pl.when(pl.col("state").str.slice(i, 1) == "m").then(numbers.whole(numbers.ONE)).otherwise(numbers.whole(0))


def _with_full(values: pl.DataFrame, terms: Sequence[Term]) -> pl.DataFrame:
    """The cells, with full marks for those that are not assessed."""
    return values.with_columns(
        pl.when(pl.col("state").str.slice(i, 1) == "n")
        .then(numbers.whole(numbers.quanta(term.full, term.column)))
        .otherwise(pl.col(str(i)))
        .alias(str(i))
        for i, term in enumerate(terms)
        if term.full is not None
    )


def _state(columns: Sequence[str]) -> pl.Expr:
    """A letter for each cell of a row: v, m or n."""
    cells = [pl.col(column) for column in columns]
    letters = [
        pl.when(cell.is_null()).then(pl.lit("m")).when(cell == numbers.NOT_ASSESSED).then(pl.lit("n")) for cell in cells
    ]
    return pl.concat_str(letter.otherwise(pl.lit("v")) for letter in letters)


def _refuse(rows: pl.DataFrame, name: str, why: str) -> None:
    """Refuse results."""
    if rows.height:
        raise refusal(rows["\0row"], why, name)


def _plan(
    states: str,
    terms: Sequence[Term],
    means: Mapping[int, Fraction],
    missing: Missing,
    not_assessed: NotAssessed,
) -> Plan | None:
    """How the rows of one pattern are computed; None where every part would be rescaled."""
    way = _way(states, terms, missing, not_assessed)
    if way.scale is None:
        return None
    factors = _factors(terms, way.scale)
    constant = Fraction(0)
    for i, term in enumerate(terms):
        if i in way.filled:
            constant += factors[str(i)] * means[i]
        elif states[i] == "n" and not_assessed == "full":
            constant += factors[str(i)] * (term.full or 0)
    return Plan({i: factor for i, factor in factors.items() if states[int(i)] == "v"}, constant, way.divided)


def _way(states: str, terms: Sequence[Term], missing: Missing, not_assessed: NotAssessed) -> Way:
    """How the parts of the rows of one pattern count."""

    def left_out(i: int) -> bool:
        rule = {"v": "", "m": missing, "n": not_assessed}[states[i]]
        return terms[i].full is not None and rule == "rescale"

    parts = [i for i, term in enumerate(terms) if term.full is not None]
    there = [i for i in parts if not left_out(i)]
    assessed = sum((terms[i].share for i in there), Fraction(0))
    filled = tuple(i for i, state in enumerate(states) if state == "m") if missing == "mean" else ()
    scale: Fraction | None = Fraction(1)
    if len(there) < len(parts):
        whole = sum((terms[i].share for i in parts), Fraction(0))
        scale = whole / assessed if there and assessed else None
    return Way(scale, filled, bool(filled) or len(there) < len(parts), any(states[i] != "n" for i in parts))


def _factors(terms: Sequence[Term], scale: Fraction) -> dict[str, Fraction]:
    """What each cell is multiplied with, by the number of its term."""
    return {str(i): term.weight * (scale if term.full is not None else 1) for i, term in enumerate(terms)}


def _means(values: pl.DataFrame, terms: Sequence[Term]) -> dict[int, Fraction]:
    """The mean of each column over the cells that are there, for those columns that lack some.

    Raises:
        DataError: a column has none.
    """
    means = {}
    for i, term in enumerate(terms):
        letter = values["state"].str.slice(i, 1)
        if not (letter == "m").any():
            continue
        there = values.filter(letter == "v")[str(i)]
        if there.is_empty():
            raise DataError(Fault("no unit has a value, so there is no mean", term.column))
        total = numbers.total(there)
        means[i] = Fraction(total, there.len() * numbers.ONE)
    return means


def _check_missing(cells: pl.DataFrame, terms: Sequence[Term], missing: Missing) -> None:
    """Make sure that cells that may not be missing are not."""
    if missing == "error":
        why, these = "missing, which is not zero (see --missing)", terms
    else:
        why = "missing, and a term without full marks cannot be rescaled"
        these = [term for term in terms if missing == "rescale" and term.full is None]
    check(cells, [Check(pl.col(str(terms.index(term))).is_null(), why, term.column) for term in these])
