"""ingest: one clean table of what departments send.

Serves the scores of seventeen offices (Beijinggang 2019, annex 1, items 3 to 15), each with its own spelling of
villages, its own columns and its own encoding.
"""

from __future__ import annotations

import contextlib
import logging
import os
import re
from collections.abc import Mapping, Sequence
from typing import Annotated, Any, NamedTuple, TypeAlias

import click

from fupin import conditions, decoding, gathering, layout, numbers, options, rosters, schemas, shapes, spool, tables
from fupin.books import Book
from fupin.chain import Files
from fupin.conditions import Sql
from fupin.deferred import pl
from fupin.errors import DataError, Misuse, counted
from fupin.gathering import Reading, Source
from fupin.intake import Rules
from fupin.numbers import Places
from fupin.rosters import Roster
from fupin.spool import STDIN
from fupin.tables import Table
from fupin.writing import Growing, check_name

_SIZES = {"": 1, "K": 1 << 10, "M": 1 << 20, "G": 1 << 30, "T": 1 << 40}
Line: TypeAlias = Annotated[int, range(1, numbers.MOST + 1)]
Bytes: TypeAlias = Annotated[int, range(1, 1 << 60)]
_MAX_SIZE = Reading().max_size
_MARKS = {"tab": "\t", "\\t": "\t", "comma": ",", "semicolon": ";"}


class Intake(NamedTuple):
    """What was taken in.

    Args:
        made: the clean table, which may lie on disk.
        rejects: file, sheet, line, column, value, reason, then the row itself as it came, for each rejected row.
        dropped: the `file` and `line` of each row that was left out, and `why`.
        refused: what is told of rejected rows where nobody takes them.
        rows: how many rows came.
        added: how many units that sent nothing were added.
    """

    made: Growing
    rejects: pl.DataFrame
    dropped: pl.DataFrame
    refused: DataError
    rows: int
    added: int = 0

    @property
    def table(self) -> pl.DataFrame:
        """The clean table."""
        return self.made.frame()


def ingest(
    files: Sequence[Table | Book],
    *,
    encoding: str = "utf-8",
    delimiter: str | None = None,
    header: tuple[Line, Line] | None = None,
    sheet: str | None = None,
    all_sheets: bool = False,
    max_size: Bytes = _MAX_SIZE,
    rename: Mapping[str, str] | None = None,
    keep: Sequence[str] = (),
    drop: Sequence[str] = (),
    take: Mapping[str, str] | None = None,
    number_rows: str | None = None,
    drop_rows: Sql | None = None,
    number: Sequence[str] = (),
    date: Sequence[str] = (),
    na: Sequence[str] = (),
    round_to: Mapping[str, Places] | None = None,
    unique: Sequence[str] = (),
    mask: Sequence[str] = (),
    schema: str | os.PathLike[str] | None = None,
    roster: Table | None = None,
    aliases: Table | None = None,
    complete: bool = False,
    key: str | None = None,
    long: Sequence[str] = (),
    wide: tuple[str, str] | None = None,
    add_source: bool = False,
) -> Intake:
    """A clean table of files as they were sent, contract §7.

    Args:
        files: CSV files and workbooks (also `.gz`, `.zst`), JSON lines, Parquet or Arrow files, frames, or workbooks
            that are open; with `long` of any columns, else of one shape.
        encoding: what CSV files are encoded in; `auto` is UTF-8, else strict GB18030.
        delimiter: what stands between the cells of CSV files; found if left out.
        header: the first and last line of the header; found if left out.
        sheet: the sheet of a workbook, by its name or number; the first visible one with cells if left out.
        all_sheets: read all visible sheets of a workbook.
        max_size: how many bytes a workbook may unpack to.
        rename: new names of columns, by their old ones.
        keep: only these columns, in this order; all if left out.
        drop: not these columns.
        take: names of new columns, by the labels in the titles beside which their texts stand.
        number_rows: the name of a new column that counts the rows of each sheet that are not dropped, from 1.
        drop_rows: rows that are dropped, such as headings between others.
        number: columns that are made clean as numbers; with `long`, `value` means all items.
        date: columns that are made clean as dates.
        na: cells that mean `NA`, not assessed.
        round_to: how many decimals the numbers of a column keep, rounded half up; with `long`, `value` as above.
        unique: columns that together name a row once; later ones are rejected.
        mask: columns of which only the first six and last four characters stay.
        schema: the file of a Table Schema: the names, types and constraints of columns.
        roster: the units; each row's unit is found on it by name.
        aliases: alias, unit: other names of the roster's units.
        complete: add a row of missing cells for each unit of the roster that sent nothing.
        key: the column of units, if it is not called like the roster's first one.
        long: the columns that stay where the others become rows of `item` and `value`.
        wide: the columns of items and of values, of which each item becomes a column.
        add_source: add the name of the file as the column `source`; with `all_sheets` also that of the sheet.

    Returns:
        the clean table, the rejected rows, and the rows that were dropped. Rows in are rows out (before they are
        made long or wide, and completed), rows rejected and rows dropped.

    Raises:
        DataError: a file cannot be read, a column is not there, or a cell is there twice (`wide`).
        Misuse: the encoding is not known, the header ends above its beginning, nothing is between cells, a new column
            cannot be called so, aliases or `complete` stand without a roster, or `drop_rows` names the column of
            `number_rows`.
    """
    if header and header[0] > header[1]:
        raise Misuse(f"header: line {header[0]} is below line {header[1]}; give the first line first")
    _check_number_rows(number_rows, take or {})
    if complete and roster is None:
        raise Misuse("--complete goes with --roster")
    decoding.check_name(encoding)
    known = _roster(roster, aliases, key)
    dropping = None if drop_rows is None else conditions.parse(drop_rows, "--drop-rows")
    if dropping and number_rows in dropping.columns:
        raise Misuse(f"--drop-rows: '{number_rows}' counts the rows that stay, so it cannot say which ones do")
    rules = Rules(
        rename or {}, keep, drop, number, date, na, long, known, take or {}, number_rows, dropping,
        round_to or {}, mask, None if schema is None else _schema(os.fspath(schema)),
    )  # fmt: skip
    reading = Reading(encoding, _delimiter(delimiter), header, list(rules.take), sheet, all_sheets, max_size)
    with contextlib.ExitStack() as kept:
        taken = [one for file in files for one in gathering.open_sheets(file, reading, kept)]
        source: Source | None = ("sheet" if all_sheets else "file") if add_source else None
        once = [tuple(unique)] if unique else []
        found = gathering.gather(taken, rules, unique=once, add_source=source, lines=wide is not None)
        table = found.table
        added = 0
        if complete and known is not None:
            added = gathering.add_missing(table, known, found.sent, long)
        if wide:
            lines = [(name, line) for name, lines in found.lines for line in lines]
            wider = shapes.wider(table.frame(), lines, *wide)
            table = Growing()
            table.add(wider)
    return Intake(table, found.rejects, found.left, found.faults, found.rows, added)


def _check_number_rows(name: str | None, take: Mapping[str, str]) -> None:
    """Make sure that the column that counts rows can be called so.

    Raises:
        Misuse: it cannot.
    """
    if name == "" or (name and name in take.values()):
        raise Misuse(f"--number-rows: '{name}' cannot be the name of a new column")


def _schema(file: str) -> schemas.Schema:
    """What a Table Schema says.

    Raises:
        DataError: it cannot be read.
    """
    with contextlib.ExitStack() as keep:
        data = spool.read(file, keep)
        return schemas.read(file, data if isinstance(data, bytes) else data.read_bytes())


def _roster(roster: Table | None, aliases: Table | None, key: str | None) -> Roster | None:
    """The units and their other names.

    Raises:
        DataError: a table is at fault.
        Misuse: aliases stand without a roster.
    """
    if roster is None:
        if aliases is not None:
            raise Misuse("--aliases goes with --roster")
        return None
    source = tables.table(roster, "roster")
    units = rosters.read_roster(source, source.columns[0])
    known = None if aliases is None else rosters.read_aliases(tables.table(aliases, "aliases"), units)
    return Roster(key or source.columns[0], units, known)


def _pairs(option: str, form: str, words: Sequence[str]) -> dict[str, str]:
    """The right sides of words such as OLD=NEW,…, by their left sides.

    Raises:
        Misuse: one is not of that form, or something has two.
    """
    found: dict[str, str] = {}
    for word in (part for text in words for part in text.split(",")):
        left, equals, right = word.partition("=")
        if not (left and equals and right):
            raise Misuse(f"{option}: '{word}' is not {form}")
        if found.setdefault(left, right) != right:
            raise Misuse(
                f"{option}: '{left}' gets two {'names' if form != 'NAME=N' else 'numbers'}, {found[left]} and {right}"
            )
    return found


EXAMPLES = r"""
$ fupin ingest inbox/town-hospital.csv --encoding gb18030 \
    --rename 村=village --drop 填报日期 --roster villages.csv \
    --long village --number value | head -3
village,item,value
青塘村,健康后台,2.05
青塘村,健康实地,2.1
"""


@options.verb("ingest", examples=EXAMPLES, board="files")
@click.option("--encoding", default="utf-8", show_default=True, metavar="NAME", help="gb18030, big5, … or auto.")
@click.option("--delimiter", metavar="MARK", help="What stands between cells: , ; | or tab.  [default: found]")
@click.option("--header-row", metavar="N[-M]", help="The line, or lines, of the header.  [default: found]")
@click.option("--sheet", metavar="NAME|N", help="The sheet of a workbook.  [default: the first visible with cells]")
@click.option("--all-sheets", is_flag=True, help="All visible sheets of a workbook.")
@click.option("--max-size", default="2G", show_default=True, metavar="SIZE", help="What a workbook may unpack to.")
@click.option("--rename", multiple=True, metavar="OLD=NEW,…", help="Call columns otherwise; may be repeated.")
@options.names("--keep", told="Only these columns, in this order.")
@options.names("--drop", told="Not these columns.")
@click.option("--take", multiple=True, metavar="LABEL=NAME", help="The text beside a label in the titles; a column.")
@click.option("--number-rows", metavar="NAME", help="A column that counts the rows of each sheet that stay.")
@click.option("--drop-rows", type=options.Sql(), metavar="SQL", help="Drop these rows, such as section headings.")
@options.names("--number", told="Make these clean as numbers.")
@options.names("--date", told="Make these clean as dates.")
@options.names("--na", metavar="TEXT,…", told="Cells that mean NA, not assessed.")
@click.option("--round", "rounding", multiple=True, metavar="NAME=N", help="Round to N decimals, half up.")
@options.names("--unique", told="Together these name a row once; later rows are rejected.")
@options.names("--mask", told="Of these only the first 6 and last 4 characters stay.")
@click.option("--schema", type=options.File(), metavar="FILE", help="A Table Schema (JSON): what columns must be.")
@click.option("--roster", type=options.File(), metavar="FILE", help="The units: names become those of this table.")
@click.option("--aliases", type=options.File(), metavar="FILE", help="Other names of units: alias, unit.")
@click.option("--complete", is_flag=True, help="Add units of the roster that sent nothing, with missing cells.")
@options.names("--long", metavar="KEY,…", told="All other columns become rows: item, value.")
@click.option("--wide", metavar="ITEM=VALUE", help="Items become columns, with their values as cells.")
@click.option("--add-source", is_flag=True, help="The name of the file, and sheet, as the column source.")
@click.option("--rejects", type=options.File(read=False), metavar="FILE", help="Write rejected rows there.")
def command(
    files: Sequence[str], encoding: str, delimiter: str | None, header_row: str | None, sheet: str | None,
    all_sheets: bool, max_size: str, rename: tuple[str, ...], keep: tuple[str, ...], drop: tuple[str, ...],
    take: tuple[str, ...], number_rows: str | None, drop_rows: conditions.Condition | None,
    number: tuple[str, ...], date: tuple[str, ...], na: tuple[str, ...], rounding: tuple[str, ...],
    unique: tuple[str, ...], mask: tuple[str, ...], schema: str | None, roster: str | None,
    aliases: str | None, complete: bool,
    long: tuple[str, ...], wide: str | None, add_source: bool, rejects: str | None,
    key: tuple[str, ...] | None, output: str | None,
) -> options.Apply:  # fmt: skip
    """Titles, headers printed again, totals (合计, 小计) and means, blank rows, notes and signatures are dropped.

    Spaces around cells go, and column names are put on one line; those of two header rows are joined with /. A
    column is made clean as numbers (full-width digits; 1,234 is 1234, and 95% is 0.95) or dates (2019年4月28日,
    2019.4.28, Excel's days) only where --number or --date says so; with --long, --number value means all items.
    Names of units are found on the roster exactly, by alias, or after full-width signs, spaces and traditional
    characters are folded; -k names their column. What cannot be used is rejected with its reason: to --rejects,
    or else it is an error. A file of rejects whose rows have been mended, behind the reasons, is read again by
    the same command.
    """
    decoding.check_name(encoding)
    given: dict[str, Any] = {
        "encoding": encoding, "delimiter": _delimiter(delimiter), "header": _header_row(header_row), "sheet": sheet,
        "all_sheets": all_sheets, "max_size": _size(max_size), "rename": _pairs("--rename", "OLD=NEW", rename),
        "keep": keep, "drop": drop, "take": _pairs("--take", "LABEL=NAME", take), "number_rows": number_rows,
        "drop_rows": drop_rows, "number": number, "date": date, "na": na, "round_to": _places(rounding),
        "unique": unique, "mask": mask, "complete": complete, "key": key[0] if key else None, "long": long,
        "wide": _wide(wide), "add_source": add_source,
    }  # fmt: skip
    if wide and long:
        raise Misuse("give either --long or --wide")
    if sheet and all_sheets:
        raise Misuse("give either --sheet or --all-sheets")
    if (aliases or complete) and not roster:
        raise Misuse(f"{'--aliases' if aliases else '--complete'} goes with --roster")
    if key and (len(key) > 1 or not roster):
        raise Misuse("-k names the one column of units that --roster is for")
    _check_number_rows(number_rows, given["take"])
    if rejects:
        check_name(rejects, "--rejects")
    begun: dict[str, Book] = {}

    def begin() -> None:
        if sheet is None and (book := gathering.begin(files[0], given["max_size"])):
            begun[files[0]] = book

    click.get_current_context().meta["begin"] = begin

    def apply(board: pl.DataFrame, opened: Files) -> Growing:
        names_of = opened.expand(files)
        _apart(rejects, [*names_of, *filter(None, (schema, roster, aliases, output))])
        taken = ingest(
            [begun.pop(file) if file in begun else opened.unread(file) for file in names_of],
            schema=schema,
            roster=opened.open(roster) if roster else None,
            aliases=opened.open(aliases) if aliases else None,
            **given,
        )
        if rejects:
            opened.also[rejects] = taken.rejects
            if taken.rejects.height:
                opened.afterwards.append(f"rejected {counted(taken.rejects.height, 'row')}, see {rejects}")
        elif taken.rejects.height:
            raise taken.refused
        _tell(taken)
        return taken.made

    return apply


def _delimiter(text: str | None) -> str | None:
    """What stands between cells, as somebody says it.

    Raises:
        Misuse: nothing can.
    """
    mark = None if text is None else _MARKS.get(text, text)
    if mark is not None and (len(mark) != 1 or mark.isalnum() or not mark.isascii() or mark in " \"'\r\n\0.-+%"):
        raise Misuse(f"--delimiter: '{text}' cannot stand between cells; give , ; | or tab")
    return mark


def _header_row(text: str | None) -> tuple[int, int] | None:
    """The first and last line of the header.

    Raises:
        Misuse: these are no lines.
    """
    try:
        return None if text is None else layout.said(text)
    except ValueError:
        raise Misuse(f"--header-row: '{text}' is not a line such as 3, or lines such as 3-4") from None


def _size(text: str) -> int:
    """A number of bytes, such as 500M.

    Raises:
        Misuse: it is none.
    """
    found = re.fullmatch("([1-9][0-9]{0,11})([KMGT]?)", text, re.ASCII)
    if not found:
        raise Misuse(f"--max-size: '{text}' is not a size such as 500M or 2G")
    return int(found[1]) * _SIZES[found[2]]


def _wide(text: str | None) -> tuple[str, str] | None:
    """The columns of items and of values.

    Raises:
        Misuse: they are not two.
    """
    if text is None:
        return None
    item, _, value = text.partition("=")
    if not item or not value or item == value:
        raise Misuse(f"--wide: '{text}' is not ITEM=VALUE, the names of two columns")
    return item, value


def _places(words: Sequence[str]) -> dict[str, int]:
    """How many decimals columns keep.

    Raises:
        Misuse: it is no number of decimals.
    """
    found = _pairs("--round", "NAME=N", words)
    for name, places in found.items():
        if not re.fullmatch("[0-9]{1,2}", places, re.ASCII) or int(places) > numbers.PLACES:
            raise Misuse(f"--round: '{places}' decimals of '{name}'; give 0 to {numbers.PLACES}")
    return {name: int(places) for name, places in found.items()}


def _apart(rejects: str | None, others: Sequence[str]) -> None:
    """Make sure that rejected rows do not overwrite another file of the command.

    Raises:
        Misuse: they would.
    """
    if rejects == STDIN or (rejects or "").startswith(("/dev/stdout", "/dev/fd/", "/proc/")):
        raise Misuse("--rejects: rejected rows go to a file of their own")
    for other in others if rejects else ():
        if os.path.realpath(rejects or "") == os.path.realpath(other):
            raise Misuse(f"--rejects: {rejects} is used by this command already")


def _tell(taken: Intake) -> None:
    """Tell what is not in the table, and what is in it though nobody sent it."""
    rejected, dropped = taken.rejects.height, taken.dropped.height
    kept = taken.rows - rejected - dropped
    options.log.info("%s in, %d kept, %d rejected, %d dropped", counted(taken.rows, "row"), kept, rejected, dropped)
    if options.log.isEnabledFor(logging.INFO):
        for name, line, why in taken.dropped.rows():
            options.log.info("%s:%d: dropped, a row %s", name, line, why)
    if dropped:
        of_each = taken.dropped.group_by("why", maintain_order=True).len()
        kinds = of_each.sort("len", descending=True, maintain_order=True).rows()
        how = "" if options.log.isEnabledFor(logging.INFO) else " (-v names them)"
        each = ", ".join(why if len(kinds) == 1 else f"{count} {why}" for why, count in kinds)
        options.log.warning("dropped %s%s %s%s", counted(dropped, "row"), ":" * (len(kinds) > 1), each, how)
    if taken.added:
        options.log.warning("added %s of the roster that sent nothing", counted(taken.added, "unit"))
