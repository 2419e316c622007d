"""How people lay out a sheet: titles above the table, headers of two rows, totals in it, notes and signatures below.

Contract §7. What is left out is left out by rules that a reader can check, and is always told: a title has one cell,
or few, or a label such as `单位：`; a total begins with 合计, 小计 or 总计; notes and signatures stand below the last
row and begin with words such as 注：, 填表人： or a date of their own.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import NamedTuple

from fupin import cleaning
from fupin.deferred import pl
from fupin.errors import DataError, Fault

LOOKED_AT = 60
"""So many rows are looked at to find the header, and so many at the end to find notes."""
TOTAL = (
    "^(?:.{0,12}(?:合计|小计|总计|共计)[数分]?"
    "|(?:全[县镇乡市区省村校])?(?:总?平均[分值数]?|平均得分|均值|总得?分|最[高低]分))[:：]?$"
)
_SUBTOTALS = ["小计", "小计:", "小计："]
_BEGINS = "平均总最全"  # what has no 计 begins with one of these
_LEADING = 3  # so many columns may hold the names of a row
_CLERKS = "填表|填报|制表|审核|复核|审批|经办|统计|打印"
_WORDS = (
    f"备?注|注意(?:事项)?|附[注件表]?|抄送|(?:数据)?来源|(?:填表|评分|考核|统计)?说明|{_CLERKS}|校对|签[字名章]|[盖公印]章"
    f"|(?:{_CLERKS}|检查|督查|考核|评分|参加|被检查|被督查|联系|监督|单位|主要|分管)?"
    "(?:人|人员|单位|时间|日期|电话|领导|负责人|负责人员|小?组|(?:小?组)?(?:组长|组员|成员))"
)
_SIGN = "(?:签[字名章]|盖章|公章|印章)"
_SEALED = rf".{{0,30}}(?:[（(](?:{_SIGN}|章)[）)]处?[:：]?$|{_SIGN}处?[:：])"
NOTE = rf"^[*＊※【（(]*(?:(?:{_WORDS})(?:{_SIGN}|[（(].{{0,8}}[）)])*[0-9]?[:：】]|{_SEALED})"
_OFFICE = r"^.{0,8}(?:主任|[镇乡村县局科站所队]长|书记|干部|工作队|评委|代表)[:：]"
_CLERK = rf"^(?:{_CLERKS})(?:人员?|日期|时间|单位)"
_BARE = rf"^(?:{_CLERKS}|日期|(?:{_WORDS})?{_SIGN}处?|[（(]{_SIGN}[）)])$"
_BELOW = r"^[—-]*(?:本表|以上|以下空白|[（(]?此页|第[0-9]{1,3}页|共[0-9]{1,3}页)"
_DATED = (
    r"^(?:签[字名]|盖章)?(?:[0-9二〇○零一三四五六七八九_]*年[0-9_一二三四五六七八九十]*月[0-9_一二三四五六七八九十]*日?"
    r"|[0-9]{4}([-./])[0-9]{1,2}\1[0-9]{1,2}(?:[T0-9:.]{4,})?)(?:星期[一二三四五六日天])?$"
)
OF_DATES = "日期|时间|日$|(?i:date)"
"""What the name of a column of dates holds."""
_SENDER = "(?:政府|[局办委部会所站院校]|办公室|中心|公司|支部|[小核查作收]组)$"
_UNITS = "^(?:[（(]?(?:计量)?单位[)）]?[:：]?)?$"
_UNIT = (
    r"^(?:[（(][^（()）]{1,8}[)）]|(?:[十百千万亿]?[元户人亩吨斤]|分|个|次|篇|条|件|项|天|人次|户次|公里|千米|米|公顷|平方米|公斤|千克|[%％‰])"
    r"(?:/[^/]{1,4})?)$"
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
        heads: the rows of the header, merged cells filled.
        units: the row below that says what the columns are counted in, if there is one.
    """

    header: int
    depth: int
    columns: list[str]
    heads: Sequence[Cells]
    units: int | None


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
    else:
        header = _header(rows, _spread(rows, merged), labels)
        depth = _depth(rows, merged, header)
    width = max(map(len, rows[header : header + depth]))
    heads = [[*row, *[""] * (width - len(row))] for row in _spread(rows, merged)[header : header + depth]]
    below = next((i for i in range(header + depth, len(rows)) if any(rows[i])), None)
    units = below if below is not None and _counts_in(rows[below]) else None
    return Layout(header, depth, _names(rows[header], heads, merged, header), heads, units)


def _counts_in(row: Cells) -> bool:
    """Whether a row says what the columns are counted in: `（分）`, `元`; it is not that of a unit."""
    first, *others = [re.sub(cleaning.SPACE, "", cell) for cell in row]
    named = [cell for cell in others if cell]
    return re.match(_UNITS, first) is not None and bool(named) and all(re.match(_UNIT, cell) for cell in named)


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
    if all(map(_measured, names)):
        told = f"no header: there are but numbers here, such as {names[0]}; write names above them, or say"
        raise DataError(Fault(f"{told} --header-row {line} if these are the names", file=file, line=line))


def _measured(cell: str) -> bool:
    """Whether a cell holds a number, and not of a year."""
    return re.match(_MEASURE, cell) is not None and not re.match(_YEAR, cell)


def _header(rows: Sequence[Cells], spread: Sequence[Cells], labels: Sequence[str]) -> int:
    """The first row that is no title; the first of all where what follows titles looks like no header."""
    counts = [sum(map(bool, row)) for row in rows]
    full = max(counts, default=0)
    first = next((i for i, count in enumerate(counts) if count), 0)
    wanted = list(labels)
    for i, row in enumerate(rows):
        told = [label for label in wanted if any(_tells(cell, label, counts[i] < full) for cell in row)]
        wanted = [label for label in wanted if label not in told]
        if counts[i] and not told and not _is_title(row, spread[i], full):
            return i if i == first or not any(map(_measured, row)) else first
    return first


def _tells(cell: str, label: str, alone: bool) -> bool:
    """Whether a cell has a label that a text stands behind, or also one beside which it stands, and no longer name."""
    behind = cell.partition(label)[2].lstrip(cleaning.SPACES)
    return behind[:1] in tuple(":：") or (alone and _plain(cell) == _plain(label))


def _is_title(row: Cells, spread: Cells, full: int) -> bool:
    """Whether a row is a title above a table whose fullest row has so many cells."""
    count = sum(map(bool, row))
    if full == 1:
        return False
    if count == 1 and len({cell for cell in spread if cell}) == 1 and count < full:
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
        next_row = max(tall, last + 1 if _heads(rows, merged, last) else last)
        if next_row == last or next_row >= len(rows):
            break
        last = next_row
    near = any(top <= header + 1 and bottom >= header for top, _, bottom, _ in merged)
    if last == header and header + 1 < len(rows) and not near and _goes_on(rows[header], rows[header + 1]):
        last += 1
    return last - header + 1


def _heads(rows: Sequence[Cells], merged: Sequence[Merged], row: int) -> bool:
    """Whether cells of a row that are merged over several columns have names of these below, which are no marks.

    A row of the table has a cell below the first name.
    """
    wide = [range(left, right + 1) for top, left, _, right in merged if top == row and right > left]
    if not wide or row + 1 >= len(rows):
        return False
    below = {column: rows[row + 1][column] for columns in wide for column in columns if column < len(rows[row + 1])}
    first = next((column for column, cell in enumerate(rows[row]) if cell), 0)
    return (
        any(sum(bool(below.get(column)) for column in columns) > 1 for columns in wide)
        and not any(map(_measured, below.values()))
        and (first in below or first >= len(rows[row + 1]) or not rows[row + 1][first])
    )


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
        and not any(_measured(lower[i]) for i in named)
    )


def _names(first: Cells, heads: Sequence[Cells], merged: Sequence[Merged], header: int) -> list[str]:
    """The names of the columns: those of one row as they stand, those of several joined.

    A name that is merged over several columns is that of the first, if there are no others below it. Where nothing
    is merged, a name without one on its right goes for the columns there, too.

    Args:
        first: the first row of the header.
        heads: all of its rows, merged cells filled.
        merged: which cells are merged.
        header: where the header stands.
    """
    if len(heads) == 1:
        return list(first)
    last = header + len(heads) - 1
    upper, lower, *others = map(list, heads)
    within = {
        (row, column)
        for top, left, bottom, right in merged
        for row in range(max(top, header), min(bottom, last) + 1)
        for column in range(left, right + 1)
    }
    wide = [range(left + 1, right + 1) for top, left, bottom, right in merged if top <= last <= bottom]
    for i in range(1, len(upper)):
        if not upper[i] and lower[i] and (header, i - 1) not in within:
            upper[i] = upper[i - 1]
    names = []
    for i, cells in enumerate(zip(upper, lower, *others, strict=True)):
        parts = list(dict.fromkeys(cleaning.heading(cell) for cell in cells if cell))
        names.append("" if any(i in columns for columns in wide) else "/".join(part for part in parts if part))
    return names


def _beside(rows: Sequence[Cells], label: str, unusable: Mapping[tuple[int, int], str]) -> tuple[str, str]:
    """The text behind a label in its own cell (`单位：某镇`), or in the next one that has any; or why there is none."""
    place = _place(rows, label)
    if place is None:
        return "", "is not in the rows above the header"
    row, column, text = place
    others = range(column + 1, len(rows[row]))
    at = next((at for at in others if rows[row][at] or (row, at) in unusable), None)
    if not text and at is not None and (row, at) in unusable:
        return "", f"has {unusable[row, at]} beside it"
    if not text and at is not None and not re.search("[:：]$", rows[row][at]):
        text = rows[row][at]
    return text, "" if text else "has nothing beside or behind it"


def _place(rows: Sequence[Cells], label: str) -> tuple[int, int, str] | None:
    """The row and column of a label in the titles and the text behind it in its own cell; nothing if it is not there.

    A cell that begins with the label, or has it behind a space, is preferred to one that has it in a longer word.
    """
    wanted = _plain(label)
    texts = [(i, j, cell) for i, row in enumerate(rows) for j, cell in enumerate(row)]
    cells = [text for text in texts if wanted and wanted in _plain(text[2])]
    spaced = r"\s*".join(map(re.escape, wanted))
    own = re.compile(rf"(?:^|\s){spaced}\s*(?:[:：]|\s|$)")
    for i, j, cell in sorted(cells, key=lambda found: own.search(found[2]) is None):
        found = own.search(cell)
        within = cell.partition(label)[2] if label in cell else _plain(cell).partition(wanted)[2]
        behind = cell[found.end() :] if found else within
        text = behind.strip(cleaning.SPACES + ":：")
        if not text or found or _plain(cell).startswith(wanted) or behind.lstrip(cleaning.SPACES)[:1] in tuple(":："):
            return i, j, re.split(r"\s{2,}|\u3000", text)[0]
    return None


def _plain(text: str) -> str:
    """A label as it is compared: without spaces and colons."""
    return re.sub(f"{cleaning.SPACE}|[:：]", "", text)


def repeats(rows: pl.DataFrame, header: Sequence[Cells]) -> pl.Series:
    """Which rows of trimmed texts repeat the header: two cells at least, and all of them names of their columns.

    Args:
        rows: the rows.
        header: the rows of the header, merged cells filled.
    """
    names = [[name for name in dict.fromkeys(column) if name] for column in zip(*header, strict=True)]
    first = pl.col(rows.columns[0])
    own = [pl.col(name).is_in(names[i]) for i, name in enumerate(rows.columns)]
    odd = [pl.col(name).is_not_null() & ~one for name, one in zip(rows.columns, own, strict=True)]
    few = rows.with_row_index("\0at").filter(first.is_in(names[0]) | (first.is_null() if len(header) > 1 else False))
    found = few.filter(~pl.any_horizontal(odd) & (pl.sum_horizontal(own) > 1))
    return pl.int_range(rows.height, dtype=pl.UInt32, eager=True).is_in(found["\0at"].implode())


def totals(rows: pl.DataFrame) -> pl.Series:
    """Which rows of trimmed texts are totals: their first cell that is not blank says so, or 小计 stands behind it."""
    first, others = pl.coalesce(rows.columns), rows.columns[1:_LEADING]
    telling = [pl.col("first").str.contains("计", literal=True), *map(pl.col("first").str.starts_with, _BEGINS)]
    telling += [pl.col(name).str.starts_with("小") for name in others]
    few = rows.select(pl.int_range(pl.len(), dtype=pl.UInt32).alias("\0at"), first.alias("first"), *others)
    few = few.filter(pl.any_horizontal(telling))
    bare = [pl.col(name).str.replace_all(cleaning.SPACE, "") for name in ("first", *others)]
    found = few.filter(pl.any_horizontal(bare[0].str.contains(TOTAL), *(name.is_in(_SUBTOTALS) for name in bare[1:])))
    return pl.int_range(rows.height, dtype=pl.UInt32, eager=True).is_in(found["\0at"].implode())


def notes(rows: Sequence[Cells], width: int, dates: Collection[int] = ()) -> int:
    """Where the notes and signatures below a table begin among its last rows; their number where there are none.

    Args:
        rows: the last rows, trimmed; blank cells are empty.
        width: how many columns the table has.
        dates: which of them hold dates.
    """
    begin = len(rows)
    for i in range(len(rows) - 1, -1, -1):
        cells = [re.sub(cleaning.SPACE, "", cell) for cell in rows[i] if cell]
        if cells and (_is_note(cells) or (len(cells) == 1 and width > 1 and _stands_below(rows, i, begin, dates))):
            begin = i
        elif len(cells) > 1 and not re.match(TOTAL, cells[0]):
            break
    return begin


def _is_note(cells: Cells) -> bool:
    """Whether cells without spaces are a note, or what people sign with; not where they hold marks of a row.

    Behind a label such as `电话：` a number is no mark. Behind labels that may also be names of rows, any text is.
    """
    labelled = [False, *(re.search("[:：]$|电话$", cell) is not None for cell in cells[:-1])]
    if re.match(NOTE, cells[0]):
        return not any(re.match(_MEASURE, cell) for cell, label in zip(cells, labelled, strict=True) if not label)
    told = [any(re.match(form, cell) for form in (NOTE, _OFFICE, _CLERK, _BARE, _DATED)) for cell in cells]
    if re.match(_OFFICE, cells[0]) or re.match(_CLERK, cells[0]):
        named = [label or re.match(_CLERK, cell) for label, cell in zip(labelled, ["", *cells[:-1]], strict=True)]
        return all(a or b for a, b in zip(told, named, strict=True))
    return re.match(_BARE, cells[0]) is not None and all(told) and (len(cells) > 1 or "章" in cells[0])


def _stands_below(rows: Sequence[Cells], at: int, begin: int, dates: Collection[int]) -> bool:
    """Whether the only cell of a row is what stands below tables.

    That is a date, where its column has no others and there is a row above, and above it who sends the table.

    Args:
        rows: the rows.
        at: the row.
        begin: the first row below the table that is known.
        dates: the columns of dates.
    """
    place = next(i for i, cell in enumerate(rows[at]) if cell)
    cell = re.sub(cleaning.SPACE, "", rows[at][place])
    if re.match(_DATED, cell):
        if place in dates:
            return False
        above = [re.sub(cleaning.SPACE, "", row[place]) for row in rows[:at] if len(row) > place]
        return any(map(any, rows[:at])) and not any(re.match(_DATED, other) for other in above)
    below = [other for other in rows[at + 1 : begin + 1] if any(other)]
    signed = bool(below) and [i for i, other in enumerate(below[0]) if other] == [place]
    if place and signed and re.search(_SENDER, cell):
        return re.match(_DATED, re.sub(cleaning.SPACE, "", below[0][place])) is not None
    return re.match(_BELOW, cell) is not None


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


def taken(
    rows: Sequence[Cells], take: Mapping[str, str], file: str, unusable: Mapping[tuple[int, int], str]
) -> Iterator[tuple[str, str]]:
    """The names of new columns, and the text beside or behind each one's label.

    Args:
        rows: the titles.
        take: the names of the columns, by their labels.
        file: the file or sheet, for messages.
        unusable: why cells of the titles cannot be used, by their rows and columns.

    Raises:
        DataError: a label is not in the titles, or nothing stands beside it that can be used.
    """
    for label, name in take.items():
        text, why = _beside(rows, label, unusable)
        if why:
            raise DataError(Fault(f"'{label}' {why}, so that '{name}' cannot be taken", file=file))
        yield name, text
