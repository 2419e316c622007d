"""Reports as aligned texts: for a terminal, within its width and perhaps in colour, and as Markdown (GitHub's)."""

from __future__ import annotations

import re
from collections.abc import Sequence

from fupin.deferred import pl
from fupin.reports.page import Page, Section, on_one_line, one_line

_GAP = "  "
_NARROWEST = 8
_BOLD, _FAINT, _RED, _GREEN = "1", "2", "31", "32"
_SIGNS = re.compile(r"[\\`*_\[\]<>|~&#]")


def text(page: Page, width: int | None = None, colour: bool = False) -> str:
    """Aligned tables for a terminal.

    Args:
        page: what is shown.
        width: letters across. In a table that is wider, columns of texts get narrower and their cells go on in the
            next line; and what is still too wide is told in several tables, each with the columns of the key.
        colour: whether prizes and places gained are green, penalties and places lost red, vetoed units faint.
    """
    parts = [_painted(one_line(page.title), _BOLD if colour else "")] if page.title else []
    for section in page.sections:
        parts += [one_line(section.heading)] if section.heading else []
        parts += _tables(page, section, width, colour)
    return "\n\n".join([*parts, *map(one_line, page.notes)]) + "\n"


def _tables(page: Page, section: Section, most: int | None, colour: bool) -> list[str]:
    """A section as one table, or as several where it is too wide."""
    cells = page.cells(section).select(on_one_line(pl.all()))
    names = [one_line(column.heading) for column in page.columns]
    numeric = [column.numeric for column in page.columns]
    widths = _widths(cells, names)
    least = [
        w if number else min(w, max(width_of(n), _NARROWEST))
        for w, n, number in zip(widths, names, numeric, strict=True)
    ]
    rows = [tuple(names), *cells.rows()]
    colours = [[_BOLD] * len(names), *_colours(page, section, cells)] if colour else [[""] * len(names)] * len(rows)
    tables = []
    for block in _blocks(least, [i for i, column in enumerate(page.columns) if column.key], most):
        across = [widths[i] for i in block]
        across = across if most is None else _narrowed(across, [least[i] for i in block], most)
        right = [numeric[i] and cells.height > 0 for i in block]
        head, *body = (
            _lines([row[i] for i in block], across, right, [own[i] for i in block])
            for row, own in zip(rows, colours, strict=True)
        )
        rule = _GAP.join("-" * width for width in across)
        tables.append("\n".join([*head, rule, *(line for lines in body for line in lines)]))
    return tables


def _colours(page: Page, section: Section, cells: pl.DataFrame) -> list[list[str]]:
    """The colour of each cell."""
    signed = [i for i, column in enumerate(page.columns) if column.name in (page.marks.reward, page.marks.change)]
    found = []
    for row, vetoed in zip(cells.rows(), page.marks.vetoes(section.rows), strict=True):
        colours = [_FAINT if vetoed else ""] * len(row)
        for i in signed:
            colours[i] = _RED if row[i].startswith("-") else colours[i] if row[i] in ("", "0") else _GREEN
        found.append(colours)
    return found


def _narrowed(widths: Sequence[int], least: Sequence[int], most: int) -> list[int]:
    """The widths of columns within a line: the widest get narrower first, none more than it may."""
    narrow = [max(min(width, most), own) for width, own in zip(widths, least, strict=True)]
    while _across(narrow) > most and (wide := [i for i, width in enumerate(narrow) if width > least[i]]):
        narrow[max(wide, key=narrow.__getitem__)] -= 1
    return narrow


def _blocks(widths: Sequence[int], keys: Sequence[int], most: int | None) -> list[list[int]]:
    """The columns of each table, so that none is wider than a line if that can be; the key stands in each."""
    blocks: list[list[int]] = [[]]
    for i in range(len(widths)):
        full = most is not None and _across([widths[j] for j in [*blocks[-1], i]]) > most
        if full and set(blocks[-1]) - set(keys):
            blocks.append([key for key in keys if key != i])
        blocks[-1].append(i)
    return blocks


def _across(widths: Sequence[int]) -> int:
    return sum(widths) + len(_GAP) * (len(widths) - 1)


def _lines(cells: Sequence[str], widths: Sequence[int], right: Sequence[bool], colours: Sequence[str]) -> list[str]:
    """The lines of a row, more than one if a cell is wider than its column."""
    import wcwidth

    pairs = list(zip(cells, widths, strict=True))
    parts = [[cell] if width_of(cell) <= width else wcwidth.wrap(cell, width) or [""] for cell, width in pairs]
    lines = []
    for at in range(max(map(len, parts))):
        line = ""
        for part, width, ends, colour in zip(parts, widths, right, colours, strict=True):
            words = part[at] if at < len(part) else ""
            line += _padded(_painted(words, colour), width - width_of(words), ends) + _GAP
        lines.append(line.rstrip())
    return lines


def _padded(words: str, room: int, right: bool) -> str:
    return " " * room + words if right else words + " " * room


def _painted(words: str, colour: str) -> str:
    return f"\x1b[{colour}m{words}\x1b[0m" if words and colour else words


def width_of(words: str) -> int:
    """How many letters wide a text is; a Chinese sign is two."""
    if words.isascii():
        return len(words)
    import wcwidth

    return wcwidth.width(words)


def _widths(cells: pl.DataFrame, names: Sequence[str]) -> list[int]:
    """How wide each column is."""
    return [max(map(width_of, [name, *cells[i]])) for name, i in zip(names, cells.columns, strict=True)]


def markdown(page: Page) -> str:
    """The same as Markdown, every sign of a cell shown as it is."""
    parts = [f"# {_plain(page.title)}"] if page.title else []
    for section in page.sections:
        parts += [f"## {_plain(section.heading)}"] if section.heading else []
        parts.append(_piped(page, section))
    return "\n\n".join([*parts, *map(_plain, page.notes)]) + "\n"


def _piped(page: Page, section: Section) -> str:
    """A section as a table of Markdown."""
    cells = page.cells(section).select(on_one_line(pl.all()).str.replace_all(_SIGNS.pattern, r"\${0}"))
    names = [_plain(column.heading) for column in page.columns]
    widths = _widths(cells, names)
    right = [column.numeric and cells.height > 0 for column in page.columns]

    def line(row: Sequence[str]) -> str:
        columns = zip(row, widths, right, strict=True)
        return f"| {' | '.join(_padded(words, width - width_of(words), ends) for words, width, ends in columns)} |"

    rule = "|".join(
        "-" * (width + 1) + ":" if ends else ":" + "-" * (width + 1) for width, ends in zip(widths, right, strict=True)
    )
    return "\n".join([line(names), f"|{rule}|", *map(line, cells.rows())])


def _plain(words: str) -> str:
    """A text on one line in which nothing means anything to Markdown."""
    return _SIGNS.sub(r"\\\g<0>", one_line(" ".join(words.split())))
