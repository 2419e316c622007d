"""Tapes: a figure with the terms that make it, as the tape of an adding machine shows them (contract §10)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from typing import Literal, NamedTuple

from fupin import numbers
from fupin.errors import one_line

Sign = Literal["+", "×", "÷"]


class Row(NamedTuple):
    """A row of a ledger or rule table.

    Args:
        file: the table's name.
        line: its line there.
        cells: its cells, without those that name the unit.
    """

    file: str
    line: int
    cells: Mapping[str, str | None]

    def __str__(self) -> str:
        told = ", ".join(f"{column} {cell}" for column, cell in self.cells.items() if cell is not None)
        return f"{self.file}:{self.line}: {told}" if told else f"{self.file}:{self.line}"


class Entry(NamedTuple):
    """A line of a tape.

    Args:
        amount: what is added, or what the sum so far is multiplied with or divided by.
        what: where it comes from; nothing where the row says all.
        row: the row that it stands in.
        sign: what is done with it.
    """

    amount: Fraction
    what: str = ""
    row: Row | None = None
    sign: Sign = "+"

    @property
    def told(self) -> str:
        """Where it comes from, in words."""
        return "; ".join(part for part in (self.what, str(self.row or "")) if part)


class Note(NamedTuple):
    """Something about a figure that adds nothing to it.

    Args:
        text: what there is to know.
        row: the row that it is about.
    """

    text: str
    row: Row | None = None

    def __str__(self) -> str:
        return self.text if self.row is None else f"{self.text}: {self.row}"


class Figure(NamedTuple):
    """A cell that a verb has written, and how it came about.

    Args:
        column: its column.
        value: the cell; None for a missing one.
        entries: what makes it, in their order; none for what is not a sum.
        notes: what else there is to know.
    """

    column: str
    value: str | None
    entries: Sequence[Entry] = ()
    notes: Sequence[Note] = ()

    @property
    def sum(self) -> Fraction:
        """What the entries come to."""
        total = Fraction(0)
        for entry in self.entries:
            total = _DONE[entry.sign](total, entry.amount)
        return total

    def rounded(self, places: int) -> Figure:
        """The figure with an entry for what rounding half up adds, if it adds anything."""
        total = self.sum
        added = half_up(total, places) - total
        if not added:
            return self
        return self._replace(entries=[*self.entries, Entry(added, f"rounded half up to {places} decimals")])

    def held(self, low: Fraction | None, high: Fraction | None, what: str) -> Figure:
        """The figure with an entry for what a bound adds or takes away, if it does."""
        return self._replace(entries=[*self.entries, *holding(self.sum, low, high, what)])

    @property
    def lines(self) -> list[str]:
        """The figure for people to read, the entries first and the cell last."""
        amounts = [_amount(entry) for entry in self.entries]
        width = max(map(len, amounts), default=0)
        told = [f"  {amount:{width}}  {entry.told}" for amount, entry in zip(amounts, self.entries, strict=True)]
        told += [f"  · {note}" for note in self.notes]
        return [one_line(line) for line in [*told, f"  {self.column} = {self.value or ''}".rstrip()]]


_DONE: dict[Sign, Callable[[Fraction, Fraction], Fraction]] = {
    "+": lambda total, amount: total + amount,
    "×": lambda total, amount: total * amount,
    "÷": lambda total, amount: total / amount,
}


def _amount(entry: Entry) -> str:
    """The amount of an entry with its sign."""
    if entry.sign == "+" and entry.amount < 0:
        return f"- {numbers.show(-entry.amount)}"
    return f"{entry.sign} {numbers.show(entry.amount)}"


def holding(value: Fraction, low: Fraction | None, high: Fraction | None, what: str) -> list[Entry]:
    """What holds a value within bounds: an entry, or none where it is within them already.

    Args:
        value: the value.
        low: the lower bound, if there is one.
        high: the upper bound, if there is one.
        what: what the bounds are called.
    """
    if low is not None and value < low:
        return [Entry(low - value, f"held at {what} {numbers.show(low)}")]
    if high is not None and value > high:
        return [Entry(high - value, f"held at {what} {numbers.show(high)}")]
    return []


def half_up(value: Fraction, places: int) -> Fraction:
    """A number rounded half up, away from zero (contract §2)."""
    scaled = abs(value) * 10**places
    size = Fraction((2 * scaled.numerator + scaled.denominator) // (2 * scaled.denominator), 10**places)
    return -size if value < 0 else size
