"""What can go wrong: one exception family, the exit statuses, and the nearest right names."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

_LONG = 2000
NAMED = 5
"""How many of several units are named in a message."""
SHOWN = 20
"""How many faults of a table are shown; the others are counted."""


class Fault(NamedTuple):
    """One thing that is wrong, and where.

    Args:
        message: what is wrong, with the value, and what would be right.
        column: the column at fault.
        file, line: where it stands, line 1 being the first of the file.
        row: the row of the board (0 is the first), while its line is not yet known.
        unit: the assessed unit, named where the line is not known.
        first: the row of the board that this one repeats.
    """

    message: str
    column: str | None = None
    file: str | None = None
    line: int | None = None
    row: int | None = None
    unit: str | None = None
    first: int | None = None

    def within(self, file: str) -> Fault:
        """The fault with the name of the file, if it has no place yet."""
        return self._replace(file=file) if self.file is None and self.unit is None else self

    def __str__(self) -> str:
        place = self.file if self.line is None else f"{self.file}:{self.line}"
        places = [place or self.unit, self.column, self.message]
        starts = self.message.startswith((f"{self.unit} ", f"{self.unit},"))
        said = not self.unit or f"'{self.unit}'" in self.message or starts
        known = f" ({self.unit})" if place and not said else ""
        return ": ".join(one_line(part) for part in places if part) + one_line(known)


class FupinError(Exception):
    """Whatever fupin refuses to do; `lines` are the messages for people, `status` is the exit status."""

    status = 1

    @property
    def lines(self) -> list[str]:
        """The messages, one line each."""
        return [one_line(str(self))]


class Misuse(FupinError):
    """The command line, or an argument of a library call, is at fault."""

    status = 2


class DataError(FupinError):
    """The data, a rule table or a file is at fault.

    Args:
        faults: what is wrong, in the order of the table; a text stands for a fault without a place.
        total: how many faults there are, where that is more than are listed.
    """

    def __init__(self, faults: Fault | str | Sequence[Fault], total: int | None = None) -> None:
        listed = [Fault(faults)] if isinstance(faults, str) else faults
        self.faults = [listed] if isinstance(listed, Fault) else list(listed)
        self.total = len(self.faults) if total is None else total
        super().__init__(str(self.faults[0]) if self.faults else "")

    @property
    def lines(self) -> list[str]:
        """At most 20 faults, then how many more."""
        shown = [str(fault) for fault in self.faults[:SHOWN]]
        more = self.total - len(shown)
        return [*shown, f"… and {more} more"] if more > 0 else shown

    def moved(self, rows: Sequence[int]) -> DataError:
        """The same error for the table that a part was taken from: row i of the part is rows[i] of it."""

        def of(row: int | None) -> int | None:
            return None if row is None else rows[row]

        return DataError([f._replace(row=of(f.row), first=of(f.first)) for f in self.faults], self.total)


class Failure(Exception):
    """A verb of the command line that refused, and its line in a recipe."""

    def __init__(self, verb: str, error: FupinError, place: str | None = None) -> None:
        self.verb = verb
        self.error = error
        self.place = place
        super().__init__(verb, error)

    @property
    def lines(self) -> list[str]:
        """The messages, one line each."""
        if self.place is None:
            return self.error.lines
        if isinstance(self.error, Misuse):
            return [f"{self.place}: {line}" for line in self.error.lines]
        return [f"{line} ({self.place})" for line in self.error.lines]


def one_line(text: str) -> str:
    """The text with its line breaks and control characters made visible, cut where it is too long to be read."""
    text = text if len(text) <= _LONG else f"{text[: _LONG - 100]} … {text[-99:]}"
    return "".join(c if c.isprintable() or c == "\u3000" else repr(c)[1:-1] for c in text)


def some(first: Iterable[str], count: int) -> str:
    """The first names, and an ellipsis where there are more.

    Args:
        first: at most `NAMED` of them.
        count: how many there are.
    """
    return ", ".join([*first, *["…"][: count > NAMED]])


def counted(number: int, noun: str) -> str:
    """A number of things."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def unusable(name: str) -> bool:
    """Whether a column cannot be called so: Polars takes names from ^ to $, and *, for patterns of names."""
    return name == "*" or "\0" in name or (name.startswith("^") and name.endswith("$"))


def nearest(word: str, names: Iterable[str], most: int = 3) -> list[str]:
    """The names most like a word, best first."""
    from rapidfuzz import distance, process

    alike = distance.Indel.normalized_similarity
    return [name for name, *_ in process.extract(word, list(names), scorer=alike, limit=most, score_cutoff=0.5)]


def hint(word: str, names: Iterable[str], what: str = "") -> str:
    """A clause that names the nearest right names, or all where they are few."""
    names = list(names)
    found = nearest(word, names)
    if found:
        return f"; nearest: {', '.join(found)}"
    if what and 0 < len(names) <= 12:
        return f"; {what}: {', '.join(names)}"
    return ""
