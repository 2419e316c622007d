"""How people lay out a sheet: titles above the table, headers of two rows, totals in it, notes and signatures below.

Contract §7. What is left out is left out by rules that a reader can check, and is always told: a title has one cell,
or few, or a label such as `单位：`; a total begins with 合计, 小计 or 总计; notes and signatures stand below the last
row and begin with words such as 注：, 填表人： or a date of their own.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from fupin import cleaning
from fupin.deferred import pl
from fupin.errors import DataError, Fault

LOOKED_AT = 60
"""So many rows are looked at to find the header, and so many at the end to find notes."""
TOTAL = (
    "^(?:.{0,12}(?:合计|小计|总计|共计)[数分]?"
    "|全?[县镇乡市区省村校]?(?:总?平均[分值数]?|平均得分|均值|总得?分|最[高低]分))[:：]?$"
)
_SUBTOTAL = r"^小\s*计[:：]?$"
_TELLING = ["计", "均", "总", "最"]  # one of these is in each
_LEADING = 3  # so many columns may hold the names of a row
_WORDS = (
    "备?注|说明|附注?|填表说明|(?:填表|填报|制表|审核|复核|审批|检查|督查|考核|评分|被检查|被督查|经办|联系|单位|主要)?"
    "(?:人|人员|单位|时间|日期|电话|负责人|负责人员|小?组|(?:小?组)?(?:组长|组员|成员))|制表|审核|复核|审批|签字|签名|盖章"
)
_SEALED = r".{1,15}(?:[（(](?:签[字名章]|盖章|公章)[）)][:：]?$|(?:签[字名章]|盖章)[:：])"
NOTE = rf"^(?:(?:{_WORDS})(?:签[字名]|盖章|[（(].{{0,8}}[）)])*[0-9]?[:：]|{_SEALED})"
_SIGNED = (
    r"^(?:签[字名]|盖章)?[0-9二〇○零一三四五六七八九_]*年[0-9_一二三四五六七八九十]*月[0-9_一二三四五六七八九十]*日?$"
)
_LABEL = r"^[^:：]{1,12}[:：]"
_MEASURE = r"^[+-]?[0-9][0-9,]*(?:\.[0-9]+)?%?$"
_YEAR = r"^(?:19|20)[0-9]{2}$"
_DATE = r"^[0-9]{4}(?:年[0-9]{1,2}月|[-./][0-9]{1,2}[-./])"

Merged = tuple[int, int, int, int]
"""A merged range of cells: its first row and column, its last row and column."""
Cells = Sequence[str]


class Layout(NamedTuple):
    """Where a table stands.

    Args:
        header: the first row of the header, 0 being the first row that was looked at.
        depth: how many rows the header has.
        columns: the names of the columns, those of several rows joined by `/`.
    """

    header: int
    depth: int
    columns: list[str]


def find(
    rows: Sequence[Cells],
    merged: Sequence[Merged] = (),
    labels: Sequence[str] = (),
    said: tuple[int, int] | None = None,
) -> Layout:
    """Find the header.

    Args:
        rows: the first rows, all with the cells that they have, trimmed; blank ones are empty.
        merged: which of their cells are merged.
        labels: texts that stand in titles.
        said: the first and last row of the header, where somebody said it.
    """
    if said is not None:
        header, depth = said[0], said[1] - said[0] + 1
        return Layout(header, depth, _names(_spread(rows, merged), merged, header, depth))
    spread = _spread(rows, merged)
    header = _header(rows, spread, labels)
    depth = _depth(rows, merged, header)
    return Layout(header, depth, _names(spread, merged, header, depth))


def require_names(found: Layout, file: str, line: int) -> None:
    """Make sure that the header that was found is no row of numbers.

    Args:
        found: the layout.
        file: the file or sheet, for messages.
        line: the line of the header.

    Raises:
        DataError: there are but numbers in it.
    """
    names = [name.strip(cleaning.SPACES) for name in found.columns]
    names = [name for name in names if name]
    if all(re.match(_MEASURE, name) and not re.match(_YEAR, name) for name in names):
        told = f"no header: there are but numbers here, such as {names[0]}; write names above them, or say"
        raise DataError(Fault(f"{told} --header-row {line} if these are the names", file=file, line=line))


def _header(rows: Sequence[Cells], spread: Sequence[Cells], labels: Sequence[str]) -> int:
    """The first row that is no title; the first of all where what follows titles looks like no header."""
    counts = [sum(map(bool, row)) for row in rows]
    full = max(counts, default=0)
    first = next((i for i, count in enumerate(counts) if count), 0)
    for i, row in enumerate(rows):
        if counts[i] and not _is_title(row, spread[i], full, labels):
            measured = any(re.match(_MEASURE, cell) and not re.match(_YEAR, cell) for cell in row)
            return i if i == first or not measured else first
    return first


def _is_title(row: Cells, spread: Cells, full: int, labels: Sequence[str]) -> bool:
    """Whether a row is a title above a table whose fullest row has so many cells."""
    count = sum(map(bool, row))
    if full == 1:
        return False
    if count == 1 and len({cell for cell in spread if cell}) == 1 and count < full:
        return True
    if any(label in cell for cell in row if cell for label in labels):
        return True
    told = any(re.match(_LABEL, cell) or re.match(_DATE, cell) for cell in row)
    return count < full and (told or sum(map(bool, spread)) * 3 <= full)


def _spread(rows: Sequence[Cells], merged: Sequence[Merged]) -> list[list[str]]:
    """The rows with merged cells filled."""
    filled = [list(row) for row in rows]
    for top, left, bottom, right in merged:
        if top >= len(filled) or left >= len(filled[top]):
            continue
        for row in filled[top : bottom + 1]:
            for column in range(left, min(right + 1, len(row))):
                row[column] = filled[top][left]
    return filled


def _depth(rows: Sequence[Cells], merged: Sequence[Merged], header: int) -> int:
    """How many rows a header has."""
    last = header
    while True:
        tall = max((b for t, _, b, _ in merged if header <= t <= last), default=last)
        wide = any(top == last and right > left for top, left, _, right in merged if top >= header)
        next_row = max(tall, last + 1 if wide else last)
        if next_row == last or next_row >= len(rows):
            break
        last = next_row
    if last == header and header + 1 < len(rows) and not merged and _goes_on(rows[header], rows[header + 1]):
        last += 1
    return last - header + 1


def _goes_on(upper: Cells, lower: Cells) -> bool:
    """Whether a second row gives names to columns that have none, and is no row of the table.

    Its first cell is blank, as the key of a row never is.
    """
    blank = [i for i, cell in enumerate(upper) if not cell]
    named = [i for i, cell in enumerate(lower) if cell]
    return (
        len(upper) == len(lower)
        and bool(upper[0] and blank and named and not lower[0])
        and all(lower[i] for i in blank if i <= max(named))
        and all(not upper[i] or (i + 1 in blank and i + 1 in named) for i in named)
        and not any(re.match(_MEASURE, lower[i]) for i in named)
    )


def _names(spread: Sequence[Cells], merged: Sequence[Merged], header: int, depth: int) -> list[str]:
    """The names of the columns: those of one row as they stand, those of several joined."""
    rows = spread[header : header + depth]
    if depth == 1:
        return list(rows[0])
    width = max(map(len, rows))
    square = [[*row, *[""] * (width - len(row))] for row in rows]
    if not merged:
        for i in range(1, width):
            square[0][i] = square[0][i] or (square[0][i - 1] if square[1][i] else "")
    names = []
    for cells in zip(*square, strict=True):
        parts = list(dict.fromkeys(cleaning.heading(cell) for cell in cells if cell))
        names.append("/".join(part for part in parts if part))
    return names


def beside(rows: Sequence[Cells], label: str) -> str | None:
    """The text beside or behind a label in the titles; nothing if the label is not there.

    Behind it in its own cell (`单位：某镇`), or else the next cell with a text on its right.
    """
    wanted = _plain(label)
    for row in rows:
        for i, cell in enumerate(row):
            plain = _plain(cell)
            if wanted and wanted in plain:
                behind = cell[cell.find(label) + len(label) :] if label in cell else plain.split(wanted, 1)[1]
                found = behind.strip(cleaning.SPACES + ":：")
                if found and (plain.startswith(wanted) or behind.lstrip(cleaning.SPACES)[:1] in ":："):
                    return re.split(r"\s{2,}|\u3000", found)[0]
                if not found:
                    return next((text.strip(cleaning.SPACES) for text in row[i + 1 :] if text and text != cell), "")
    return None


def _plain(text: str) -> str:
    """A label as it is compared: without spaces and colons."""
    return re.sub(f"{cleaning.SPACE}|[:：]", "", text)


def totals(rows: pl.DataFrame) -> pl.Series:
    """Which rows of trimmed texts are totals: their first cell that is not blank says so, or 小计 stands behind it."""
    first, others = pl.coalesce(rows.columns), rows.columns[1:_LEADING]
    asked = rows.select(first.alias("first"), *others)
    named = asked["first"].filter(asked["first"].str.contains_any(_TELLING)).unique()
    found = named.filter(named.str.replace_all(cleaning.SPACE, "").str.contains(TOTAL))
    told = [pl.col("first").is_in(found.implode()), *(pl.col(name).str.contains(_SUBTOTAL) for name in others)]
    return asked.select(pl.any_horizontal(told).fill_null(False)).to_series()


def notes(rows: Sequence[Cells], width: int) -> int:
    """Where the notes and signatures below a table begin among its last rows; their number where there are none.

    Args:
        rows: the last rows, trimmed; blank cells are empty.
        width: how many columns the table has.
    """
    begin = len(rows)
    for i in range(len(rows) - 1, -1, -1):
        cells = [re.sub(cleaning.SPACE, "", cell) for cell in rows[i] if cell]
        told = bool(cells) and (
            (re.match(NOTE, cells[0]) is not None and not any(re.match(_MEASURE, cell) for cell in cells[1:]))
            or (len(cells) == 1 and width > 1 and re.match(_SIGNED, cells[0]) is not None)
        )
        if told:
            begin = i
        elif len(cells) > 1 and not re.match(TOTAL, cells[0]):
            break
    return begin


def said(text: str) -> tuple[int, int]:
    """The lines of a header as somebody says them: `3`, or `3-4`.

    Raises:
        ValueError: they are no lines.
    """
    found = re.fullmatch(r"([1-9][0-9]{0,6})(?:-([1-9][0-9]{0,6}))?", text, re.ASCII)
    if not found:
        raise ValueError(text)
    first, last = int(found[1]), int(found[2] or found[1])
    if not first <= last <= first + 9:
        raise ValueError(text)
    return first, last


def taken(rows: Sequence[Cells], take: Mapping[str, str], file: str) -> Iterator[tuple[str, str]]:
    """The names of new columns, and the text beside each one's label.

    Raises:
        DataError: a label is not in the titles, or nothing stands beside it.
    """
    for label, name in take.items():
        text = beside(rows, label)
        if not text:
            why = "is not in the rows above the header" if text is None else "has nothing beside or behind it"
            raise DataError(Fault(f"'{label}' {why}, so that '{name}' cannot be taken", file=file))
        yield name, text
