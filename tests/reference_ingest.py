"""The verb `ingest` once more, plain and row by row, to check fupin against.

Written from the contract alone and for reading, not for speed: a file is walked letter by letter, a row cell by cell,
and a name is looked for on the whole roster.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from fractions import Fraction

from opencc import OpenCC
from reference import NUMBER, Refused, Row, Table, printed

FIRST_SIX = ["file", "sheet", "line", "column", "value", "reason"]
ZERO_WIDTH = "\u200b\u200c\u200d\u2060\ufeff"
SIMPLIFIED = OpenCC("t2s")

# --- files


@dataclass
class Record:
    """A row of a file: the line it begins on, how it is spelled, its cells, and whether its quotes are right."""

    line: int
    text: str
    cells: list[str]
    sound: bool = True

    def empty(self) -> bool:
        """Whether there is nothing in any cell."""
        return not any(map(clean, self.cells))


def records(text: str) -> list[Record]:
    """The rows of a CSV text, by RFC 4180."""
    text = text.removeprefix("\ufeff")
    found: list[Record] = []
    at, line = 0, 1
    while at < len(text):
        begin, row = at, Record(line, "", [])
        while True:
            cell, sound, at = one_cell(text, at)
            row.cells.append(cell)
            row.sound &= sound
            if text[at : at + 1] != ",":
                break
            at += 1
        row.text = text[begin:at]
        line += row.text.count("\n") + 1
        at += 2 if text[at : at + 1] == "\r" else 1
        found.append(row)
    # An empty last line is no row.
    return found[:-1] if found and not found[-1].text else found


def one_cell(text: str, at: int) -> tuple[str, bool, int]:
    """The cell that begins here, whether its quotes are right, and where it ends."""
    begin, cell = at, ""
    if quoted := text[at : at + 1] == '"':
        at += 1
        while text[at : at + 1] != '"' or text[at : at + 2] == '""':
            if at >= len(text):
                raise Refused("a quotation mark is never closed")
            cell += text[at]
            at += 2 if text[at] == '"' else 1
        at += 1
    tail = at
    while at < len(text) and text[at] not in ",\n" and text[at : at + 2] != "\r\n":
        if text[at] == "\r":
            raise Refused("a bare CR")
        at += 1
    rest = text[tail:at]
    if '"' in rest or (quoted and rest):
        return text[begin:at], False, at
    return cell + rest, True, at


# --- cells


def clean(cell: str) -> str:
    """A cell without the spaces around it, those of no width too."""
    while cell and (cell[0].isspace() or cell[0] in ZERO_WIDTH):
        cell = cell[1:]
    while cell and (cell[-1].isspace() or cell[-1] in ZERO_WIDTH):
        cell = cell[:-1]
    return cell


def half_width(text: str) -> str:
    """Full-width ASCII as plain ASCII."""
    return "".join(chr(ord(sign) - 0xFEE0) if "！" <= sign <= "～" else sign for sign in text)


def clean_number(cell: str) -> str | None:
    """A number as fupin reads it, NA and blank as they are, or None."""
    if cell in ("", "NA"):
        return cell
    text = half_width(cell).replace("−", "-")
    percent = text.endswith("%")
    sign, digits, point, decimals = split_number(text.removesuffix("%"))
    if "," in digits:
        first, *groups = digits.split(",")
        if not 1 <= len(first) <= 3 or any(len(group) != 3 for group in groups):
            return None
        digits = first + "".join(groups)
    if not digits and not decimals:
        return None
    text = sign + (digits or "0") + (point + decimals if decimals else "")
    if percent and re.fullmatch(r"[+-]?[0-9]+(\.[0-9]+)?", text):
        try:
            text = printed(Fraction(text) / 100)
        except Refused:
            return None
    return text if NUMBER.fullmatch(text) else None


def split_number(text: str) -> tuple[str, str, str, str]:
    """Sign, digits before the point, point, and what follows it."""
    sign = text[:1] if text[:1] in ("+", "-") else ""
    digits, point, decimals = text.removeprefix(sign).partition(".")
    return sign, digits, point, decimals


DATES = [
    r"([0-9]{4})年([0-9]{1,2})月([0-9]{1,2})日",
    r"([0-9]{4})\.([0-9]{1,2})\.([0-9]{1,2})",
    r"([0-9]{4})/([0-9]{1,2})/([0-9]{1,2})",
    r"([0-9]{4})-([0-9]{1,2})-([0-9]{1,2})",
    r"([0-9]{4})([0-9]{2})([0-9]{2})",
]
TIME = r"(?:[ T]+(?:[01]?[0-9]|2[0-3]):[0-5][0-9](?::[0-5][0-9])?)?"


def clean_date(cell: str) -> str | None:
    """A date as YYYY-MM-DD, NA and blank as they are, or None."""
    if cell in ("", "NA"):
        return cell
    text = half_width(cell)
    if re.fullmatch("[1-9][0-9]{4}", text):
        return (date(1899, 12, 30) + timedelta(int(text))).isoformat()
    for form in DATES:
        if found := re.fullmatch(form + TIME, text):
            try:
                return date(*map(int, found.groups())).isoformat()
            except ValueError:
                return None
    return None


# --- names of units


@dataclass
class Roster:
    """The names of the units, and other names for them."""

    names: list[str]
    aliases: list[tuple[str, str]] = field(default_factory=list)

    def check(self) -> None:
        """Refuse what is no roster, and an alias that is not one unit's."""
        if len(set(self.names)) < len(self.names) or "" in self.names:
            raise Refused("a name is repeated or blank")
        units: dict[str, str] = {}
        for alias, unit in self.aliases:
            if unit not in self.names or units.setdefault(alias, unit) != unit:
                raise Refused(f"alias {alias!r}")

    def find(self, name: str) -> str | None:
        """The one unit that is meant: exactly, by alias, folded; else None."""
        if name in self.names:
            return name
        for alias, unit in self.aliases:
            if alias == name:
                return unit
        alike = [unit for unit in self.names if folded(unit) == folded(name)]
        return alike[0] if len(alike) == 1 else None


def folded(name: str) -> str:
    """A name in half-width and simplified characters, without any space."""
    kept = (sign for sign in half_width(name) if not sign.isspace() and sign not in ZERO_WIDTH)
    return str(SIMPLIFIED.convert("".join(kept)))


# --- the verb


@dataclass
class Options:
    """What the command line asks for."""

    rename: dict[str, str] = field(default_factory=dict)
    keep: list[str] = field(default_factory=list)
    drop: list[str] = field(default_factory=list)
    number: list[str] = field(default_factory=list)
    date: list[str] = field(default_factory=list)
    na: list[str] = field(default_factory=list)
    roster: Roster | None = None
    unit: str = ""
    long: list[str] = field(default_factory=list)
    wide: tuple[str, str] | None = None
    add_source: bool = False


@dataclass
class Reject:
    """A row that cannot be used: where, the faulty cells as they came, and the row as it came.

    A row whose shape is wrong has one fault, in no column, and its whole text is the value.
    """

    file: str
    line: int
    faults: list[tuple[str, str]]
    row: Row


@dataclass
class Outcome:
    """The clean table, what was rejected, the columns of each file, and how many rows were dropped."""

    table: Table
    rejects: list[Reject]
    came: list[list[str]]
    dropped: int

    @property
    def columns(self) -> list[str]:
        """All columns as they came, in order of first appearance."""
        return list(dict.fromkeys(name for came in self.came for name in came))

    def reject_header(self) -> list[str]:
        """The header of the file of rejects."""
        return FIRST_SIX + [f"row.{column}" if column in FIRST_SIX else column for column in self.columns]


@dataclass
class Sheet:
    """A file under its header: the columns as they came and as they are called, and the rows."""

    file: str
    came: list[str]
    called: list[str]
    rows: list[Row]
    lines: list[int]
    rejects: list[Reject]
    dropped: int


def signing(cell: str) -> bool:
    """Whether a cell is a date as tables are signed with."""
    return re.fullmatch("[0-9]*年[0-9]*月[0-9]*日?", "".join(cell.split())) is not None


def signed(filled: Sequence[Record], of_dates: Sequence[bool]) -> int:
    """How many rows stand above the date with which a table is signed: its one cell, with no whole row below it.

    A column of dates is not signed with one, whether somebody has said that it is one or others are in it.
    """
    above = len(filled)
    for place in reversed(range(len(filled))):
        cells = [(i, cell) for i, cell in enumerate(filled[place].cells) if clean(cell)]
        if len(cells) > 1:
            break
        for i, cell in cells:
            others = [record.cells[i] for record in filled[:place] if len(record.cells) > i]
            if signing(cell) and filled[:place] and of_dates[i : i + 1] != [True] and not any(map(signing, others)):
                above = place
    return above


def of_dates(name: str, options: Options) -> bool:
    """Whether a column is one of dates, because somebody says so."""
    return name in options.date or ("value" in options.date and bool(options.long) and name not in options.long)


def one_file(file: str, text: str, options: Options) -> Sheet:
    """A file as a table under its header; rows of another length and rows without any cell are out."""
    found = records(text)
    skipped = next((i for i, record in enumerate(found) if not record.empty()), None)
    if skipped is None:
        raise Refused("no header")
    header, below = found[skipped], found[skipped + 1 :]
    if not header.sound:
        raise Refused("quotes in the header")
    names = [clean(re.sub("[\r\n]", "", name)) for name in header.cells]
    filled = [record for record in below if not record.empty()]
    if len(names) > 1:
        filled = filled[: signed(filled, [of_dates(options.rename.get(name, name), options) for name in names])]
    fits = [record for record in filled if record.sound and len(record.cells) == len(names)]
    for place, name in enumerate(names):
        if not name and any(clean(record.cells[place]) for record in fits):
            raise Refused(f"column {place + 1} has cells but no name")
    places = [place for place, name in enumerate(names) if name]
    came = [names[place] for place in places]
    called = [options.rename.get(name, name) for name in came]
    if len(set(came)) < len(came) or len(set(called)) < len(called):
        raise Refused("a name is repeated")
    sheet = Sheet(file, came, called, [], [], [], skipped + len(below) - len(filled))
    for record in filled:
        cells = record.cells + [""] * len(names)
        row = {names[place]: cells[place] for place in places}
        if record in fits:
            sheet.rows.append(row)
            sheet.lines.append(record.line)
        else:
            sheet.rejects.append(Reject(file, record.line, [("", record.text)], row))
    return sheet


def ingest(files: Sequence[tuple[str, str]], options: Options) -> Outcome:
    """One clean table of several files: their names and their decoded texts."""
    sheets = [one_file(file, text, options) for file, text in files]
    check_columns(sheets, options)
    if options.roster:
        options.roster.check()
    rejects: list[Reject] = []
    long: list[Row] = []
    plain: list[Row] = []
    for sheet in sheets:
        mine = chosen(sheet.called, options)
        for came, line in zip(sheet.rows, sheet.lines, strict=True):
            cells = {name: came[old] for old, name in zip(sheet.came, sheet.called, strict=True) if name in mine}
            row, faults = clean_row(cells, options)
            if faults:
                sheet.rejects.append(Reject(sheet.file, line, faults, came))
                continue
            source = {"source": sheet.file} if options.add_source else {}
            plain.append(row | source)
            keys = {key: row[key] for key in options.long}
            for item in mine:
                if item not in options.long:
                    long.append(keys | {"item": item, "value": row[item]} | source)
        rejects += sorted(sheet.rejects, key=lambda reject: reject.line)
    columns = [*options.long, "item", "value"] if options.long else chosen(sheets[0].called, options)
    table = Table(columns + ["source"] * options.add_source, long if options.long else plain)
    if options.wide:
        table = widened(table, *options.wide)
    return Outcome(table, rejects, [sheet.came for sheet in sheets], sum(sheet.dropped for sheet in sheets))


def chosen(columns: Sequence[str], options: Options) -> list[str]:
    """The columns that stay, in their order."""
    kept = [name for name in options.keep if name in columns] if options.keep else list(columns)
    return [name for name in kept if name not in options.drop]


def check_columns(sheets: Sequence[Sheet], options: Options) -> None:
    """Refuse the name of a column that no file has; a key of --long and the unit must be in each."""
    came = {name for sheet in sheets for name in sheet.came}
    called = {name for sheet in sheets for name in sheet.called}
    stay = [chosen(sheet.called, options) for sheet in sheets]
    made = {"value"} if options.long else set()
    require(options.rename, came)
    require([*options.keep, *options.drop], called)
    require([*options.number, *options.date], called | made)
    for columns in stay:
        require([*options.long, *(options.wide or []), *([options.unit] if options.roster else [])], columns)
        if not set(columns) - set(options.long):
            raise Refused("no column is left, or none that could become rows")
        if set(columns) != set(stay[0]) and not options.long:
            raise Refused("files of different columns")
        new = (["item", "value"] if options.long else []) + (["source"] if options.add_source else [])
        if set(new) & set(options.long if options.long else columns):
            raise Refused("a new column is there already")


def require(names: Iterable[str], columns: Iterable[str]) -> None:
    """Refuse a name that is not there."""
    if missing := set(names) - set(columns):
        raise Refused(f"no column {missing}")


def clean_row(cells: Row, options: Options) -> tuple[Row, list[tuple[str, str]]]:
    """The cells made clean, and those that cannot be used: column and cell as it came."""
    items = [name for name in cells if name not in options.long] if options.long else []
    numbers = [*options.number, *(items if "value" in options.number else [])]
    dates = [*options.date, *(items if "value" in options.date else [])]
    row: Row = {}
    faults: list[tuple[str, str]] = []
    for name, came in cells.items():
        cell: str | None = clean(came)
        if cell in options.na:
            cell = "NA"
        if cell is not None and name in numbers:
            cell = clean_number(cell)
        if cell is not None and name in dates:
            cell = clean_date(cell)
        if cell is not None and options.roster and name == options.unit:
            cell = options.roster.find(cell)
        if cell is None:
            faults.append((name, came))
        row[name] = cell or ""
    return row, faults


def widened(table: Table, item: str, value: str) -> Table:
    """Items become columns with their values as cells."""
    same = [name for name in table.columns if name not in (item, value)]
    items = list(dict.fromkeys(row[item] for row in table.rows))
    if set(items) & set(same) or "" in items:
        raise Refused("an item cannot be a column")
    rows: dict[tuple[str, ...], Row] = {}
    for row in table.rows:
        mine = rows.setdefault(tuple(row[name] for name in same), {name: row[name] for name in same})
        if row[item] in mine:
            raise Refused(f"{row[item]!r} is given twice")
        mine[row[item]] = row[value]
    return Table([*same, *items], [dict.fromkeys(items, "") | row for row in rows.values()])
