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

_TERM = re.compile(rf"(.+?)(?:/({numbers.WORD}))?(?::({numbers.WORD}%?))?", re.DOTALL | re.ASCII)


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

    Rows are taken together by which of their cells are there (v), missing (m) and not assessed (n): for all rows
    of one pattern the result is the same linear function of the cells that are there.

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
    divided_rows = 0
    results = [pl.DataFrame(schema={"\0row": pl.UInt32, name: pl.String})]
    for state, rows, plan in plans(cells, terms, missing, not_assessed):
        if plan is not None:
            decimals = numbers.divided_to(places) if plan.divided else places
            exact = numbers.linear(rows.select(cells.columns), plan.factors, plan.constant, decimals)
            _refuse(rows.filter(exact.inexact), name, "needs more than 18 decimals; say --round N")
            _refuse(rows.filter(exact.large), name, "gets more than 15 digits before the point")
            text = exact.value.to_frame("value").select(numbers.text(pl.col("value"))).to_series()
        elif all(letter == "n" for letter, term in zip(state, terms, strict=True) if term.full is not None):
            text = pl.repeat(numbers.NOT_ASSESSED, rows.height, eager=True)
        else:
            raise refusal(rows["\0row"], "no part is assessed, so that there is nothing to rescale", name)
        results.append(pl.DataFrame({"\0row": rows["\0row"], name: text}))
        divided_rows += rows.height if plan is not None and plan.divided else 0
    if divided_rows:
        log.info("%s rescaled or filled with a mean", counted(divided_rows, "unit"))
    return pl.concat(results).sort("\0row").select(name)


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
    there = [numbers.read(column).fill_null(0) for column in cells.columns]
    values = cells.select(*there, _state(cells.columns).alias("state")).with_row_index("\0row")
    means = _means(values, terms) if missing == "mean" else {}
    for (state,), rows in values.group_by("state", maintain_order=True):
        yield str(state), rows, _plan(str(state), terms, means, missing, not_assessed)


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

    def left_out(i: int) -> bool:
        rule = {"v": "", "m": missing, "n": not_assessed}[states[i]]
        return terms[i].full is not None and rule == "rescale"

    parts = [i for i, term in enumerate(terms) if term.full is not None]
    assessed = sum((terms[i].share for i in parts if not left_out(i)), Fraction(0))
    rescaled = any(left_out(i) for i in parts)
    if rescaled and (all(left_out(i) for i in parts) or not assessed):
        return None
    scale = sum((terms[i].share for i in parts), Fraction(0)) / assessed if rescaled else Fraction(1)
    factors: dict[str, Fraction] = {}
    constant = Fraction(0)
    for i, term in enumerate(terms):
        factor = term.weight * (scale if term.full is not None else 1)
        if states[i] == "v":
            factors[str(i)] = factor
        elif states[i] == "m" and missing == "mean":
            constant += factor * means[i]
        elif states[i] == "n" and not_assessed == "full":
            constant += factor * (term.full or 0)
    return Plan(factors, constant, rescaled or (missing == "mean" and "m" in states))


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
