"""What a report shows, whatever it is written as: columns, and sections of rows under a title and above notes."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from fupin import numbers
from fupin.deferred import pl
from fupin.reports.labels import Labels
from fupin.reports.marks import Marks

ROW = "\0row"
"""The column of a section that tells the row of the board."""


class Column(NamedTuple):
    """A column that is shown.

    Args:
        name: what it is called on the board.
        heading: what it is called here.
        numeric: whether all of its cells are numbers, `NA` or blank.
        key: whether it names a unit, so that it is a text even if it looks like a number.
    """

    name: str
    heading: str
    numeric: bool = False
    key: bool = False


class Section(NamedTuple):
    """Rows of the board, their numbers in the column ROW; what stands above them, and what they have in common."""

    rows: pl.DataFrame
    heading: str = ""
    name: str = ""


class Page(NamedTuple):
    """What is shown.

    Args:
        columns: the columns, in their order.
        sections: the rows.
        labels: the words besides.
        marks: what columns mean.
        title: a line above.
        notes: lines below.
        key: the columns that name a unit, shown or not.
    """

    columns: Sequence[Column]
    sections: Sequence[Section]
    labels: Labels
    marks: Marks = Marks()
    title: str | None = None
    notes: Sequence[str] = ()
    key: Sequence[str] = ()

    def cells(self, section: Section, plus: bool = True) -> pl.DataFrame:
        """The cells of a section as people read them: columns of texts `0`, `1`, … in the order of the columns.

        Args:
            section: the section.
            plus: whether a plus stands before places gained.
        """
        return section.rows.select(self._cell(column.name, plus).alias(str(i)) for i, column in enumerate(self.columns))

    def _cell(self, name: str, plus: bool) -> pl.Expr:
        cell = pl.col(name).fill_null("")
        if name == self.marks.vetoed and self.labels.truth:
            return cell.replace(self.labels.truth)
        if name == self.marks.change:
            bare = (numbers.read(name) > 0) & ~cell.str.starts_with("+") & plus
            gained = pl.when(bare).then(pl.concat_str(pl.lit("+"), cell)).otherwise(cell)
            return pl.when(self.marks.is_new()).then(pl.lit(self.labels.new)).otherwise(gained)
        return cell


def numeric(board: pl.DataFrame, columns: Sequence[str]) -> list[bool]:
    """For each column whether it holds numbers, and besides them nothing but `NA` and blank cells."""
    if not columns:
        return []
    found = []
    for i, name in enumerate(columns):
        number, other = numbers.is_number(name), pl.col(name) == numbers.NOT_ASSESSED
        found.append(((number | other).fill_null(True).all() & number.any()).alias(str(i)))
    return list(board.select(found).row(0))


def visible(words: str) -> str:
    """A text without signs that nobody sees and that XML may not hold."""
    return re.sub("[\x00-\x08\x0b-\x1f\x7f-\x9f\ufffe\uffff]", "", words)


def one_line(words: str) -> str:
    """A text on one line, without what would steer a terminal."""
    return re.sub(r"[\x00-\x1f\x7f-\x9f]", "", re.sub(r"\s*[\r\n]+\s*", " ", words))


def on_one_line(cell: pl.Expr) -> pl.Expr:
    """The same of a cell."""
    return cell.str.replace_all(r"\s*[\r\n]+\s*", " ").str.replace_all(r"\p{Cc}", "")
