"""ingest: one clean table of what departments send.

Serves the scores of seventeen offices (Beijinggang 2019, annex 1, items 3 to 15), each with its own spelling of
villages, its own columns and its own encoding.
"""

from __future__ import annotations

import contextlib
import logging
import os
from collections.abc import Mapping, Sequence
from typing import NamedTuple

import click

from fupin import decoding, intake, options, rosters, shapes, sheets, spool, tables
from fupin.chain import Files
from fupin.deferred import pl
from fupin.errors import DataError, Fault, Misuse, counted
from fupin.intake import Rules
from fupin.sheets import Sheet
from fupin.spool import STDIN, written
from fupin.tables import Table

_TYPED = (".parquet", ".arrow", ".ipc", ".feather")


class Intake(NamedTuple):
    """What was taken in.

    Args:
        table: the clean table.
        rejects: file, sheet, line, column, value, reason, then the row itself as it came, for each rejected row.
        dropped: the file and line of each row that was left out because nothing is in it.
        refused: what is told of rejected rows where nobody takes them.
        rows: how many rows came.
    """

    table: pl.DataFrame
    rejects: pl.DataFrame
    dropped: Sequence[tuple[str, int]]
    refused: DataError
    rows: int


def ingest(
    files: Sequence[Table],
    *,
    encoding: str = "utf-8",
    rename: Mapping[str, str] | None = None,
    keep: Sequence[str] = (),
    drop: Sequence[str] = (),
    number: Sequence[str] = (),
    date: Sequence[str] = (),
    na: Sequence[str] = (),
    roster: Table | None = None,
    aliases: Table | None = None,
    key: str | None = None,
    long: Sequence[str] = (),
    wide: tuple[str, str] | None = None,
    add_source: bool = False,
) -> Intake:
    """A clean table of files as they were sent, contract §7.

    Args:
        files: CSV files (also `.gz`, `.zst`), Parquet or Arrow files, or frames; with `long` of any columns, else of
            one shape.
        encoding: what CSV files are encoded in; `auto` is UTF-8, else strict GB18030.
        rename: new names of columns, by their old ones.
        keep: only these columns, in this order; all if left out.
        drop: not these columns.
        number: columns that are made clean as numbers; with `long`, `value` means all items.
        date: columns that are made clean as dates.
        na: cells that mean `NA`, not assessed.
        roster: the units; each row's unit is found on it by name.
        aliases: alias, unit: other names of the roster's units.
        key: the column of units, if it is not called like the roster's first one.
        long: the columns that stay where the others become rows of `item` and `value`.
        wide: the columns of items and of values, of which each item becomes a column.
        add_source: add the name of the file as the column `source`.

    Returns:
        the clean table, the rejected rows, and the rows that were dropped. Rows in are rows out (before they are
        made long or wide), rows rejected and rows dropped.

    Raises:
        DataError: a file cannot be read, a column is not there, or a cell is there twice (`wide`).
        Misuse: the encoding is not known, or aliases stand without a roster.
    """
    decoding.check_name(encoding)
    rules = Rules(rename or {}, keep, drop, number, date, na, long)
    if roster is not None:
        source = tables.table(roster, "roster")
        units = rosters.read_roster(source, source.columns[0])
        known = None if aliases is None else rosters.read_aliases(tables.table(aliases, "aliases"), units)
        rules = rules._replace(key=key or source.columns[0], units=units, aliases=known)
    elif aliases is not None:
        raise Misuse("--aliases goes with --roster")
    with contextlib.ExitStack() as kept:
        taken = [sheet for file in files for sheet in sheets.mended(_sheet(file, encoding, kept))]
    intake.require(taken, rules)
    found = [intake.clean(sheet, rules) for sheet in taken]
    for sheet, clean in zip(taken, found, strict=True):
        if sheet.height != clean.table.height + clean.rejects.height + len(clean.dropped):
            raise AssertionError(f"{sheet.name}: a row was lost on the way")
    rejects = [clean.rejects for clean in found if clean.rejects.height] or [clean.rejects for clean in found]
    refused = DataError([fault for clean in found for fault in clean.faults], sum(one.height for one in rejects))
    dropped = [(sheet.name, line) for sheet, clean in zip(taken, found, strict=True) for line in clean.dropped]
    try:
        parts = [_part(sheet, clean, long, add_source) for sheet, clean in zip(taken, found, strict=True)]
        table = _together(taken, parts, rules)
        if wide:
            lines = [(sheet.name, line) for sheet, clean in zip(taken, found, strict=True) for line in clean.lines]
            table = shapes.wider(table, lines, *wide)
    except DataError as error:
        raise DataError([*refused.faults, *error.faults], refused.total + error.total) from None
    return Intake(table, pl.concat(rejects, how="diagonal"), dropped, refused, sum(sheet.height for sheet in taken))


def _part(sheet: Sheet, clean: intake.Clean, long: Sequence[str], add_source: bool) -> pl.DataFrame:
    """The clean rows of a sheet as they stand in the table.

    Raises:
        DataError: a column is there already, or is missing.
    """
    part = shapes.longer(sheet.name, clean.table, long) if long else clean.table
    if add_source and "source" in part.columns:
        raise DataError(Fault("the column is already there, so that --add-source cannot add it", "source", sheet.name))
    return part.with_columns(pl.lit(written(sheet.origin or sheet.name)).alias("source")) if add_source else part


def _sheet(file: Table, encoding: str, keep: contextlib.ExitStack) -> Sheet:
    """One file, read."""
    if isinstance(file, str | os.PathLike) and not os.fspath(file).lower().endswith(_TYPED):
        name = file if isinstance(file, str) else os.fspath(file)
        return sheets.from_csv(name, decoding.decode(name, spool.read(name, keep), encoding, keep), keep)
    source = tables.table(file)
    return sheets.from_frame(source.name, source.read())


def _together(taken: Sequence[Sheet], parts: Sequence[pl.DataFrame], rules: Rules) -> pl.DataFrame:
    """The tables one below the other.

    Raises:
        DataError: they are not of one shape.
    """
    whole = [part.columns for sheet, part in zip(taken, parts, strict=True) if sheet.origin is None]
    first = whole[0] if whole else intake.shape(taken[0].others, rules, parts[0].columns)
    fitted = []
    for sheet, part in zip(taken, parts, strict=True):
        missing = [] if sheet.origin is None else [c for c in first if c not in part.columns]
        part = part.with_columns(pl.lit(None, dtype=pl.String).alias(column) for column in missing)
        if odd := sorted(set(part.columns) ^ set(first)):
            message = f"has other columns than {taken[0].name} ({', '.join(odd)}); see --rename, --keep and --long"
            raise DataError(Fault(message, file=sheet.name))
        fitted.append(part.select(first))
    return pl.concat(fitted)


def _renamed(words: Sequence[str]) -> dict[str, str]:
    """The new names of OLD=NEW, by their old ones.

    Raises:
        Misuse: one is not of that form, or a column gets two names.
    """
    found: dict[str, str] = {}
    for word in (part for text in words for part in text.split(",")):
        old, equals, new = word.partition("=")
        if not (old and equals and new):
            raise Misuse(f"--rename: '{word}' is not OLD=NEW")
        if found.setdefault(old, new) != new:
            raise Misuse(f"--rename: '{old}' gets two names, {found[old]} and {new}")
    return found


EXAMPLES = r"""
$ fupin ingest inbox/town-hospital.csv --encoding gb18030 \
    --rename 村=village --roster villages.csv --long village \
    --number value | head -3
village,item,value
青塘村,健康后台,2.05
青塘村,健康实地,2.1
"""


@options.verb("ingest", examples=EXAMPLES, board="files")
@click.option("--encoding", default="utf-8", show_default=True, metavar="NAME", help="gb18030, big5, … or auto.")
@click.option("--rename", multiple=True, metavar="OLD=NEW,…", help="Call columns otherwise; may be repeated.")
@options.names("--keep", told="Only these columns, in this order.")
@options.names("--drop", told="Not these columns.")
@options.names("--number", told="Make these clean as numbers.")
@options.names("--date", told="Make these clean as dates.")
@options.names("--na", metavar="TEXT,…", told="Cells that mean NA, not assessed.")
@click.option("--roster", type=options.File(), metavar="FILE", help="The units: names become those of this table.")
@click.option("--aliases", type=options.File(), metavar="FILE", help="Other names of units: alias, unit.")
@options.names("--long", metavar="KEY,…", told="All other columns become rows: item, value.")
@click.option("--wide", metavar="ITEM=VALUE", help="Items become columns, with their values as cells.")
@click.option("--add-source", is_flag=True, help="Add the name of the file as the column source.")
@click.option("--rejects", type=options.File(read=False), metavar="FILE", help="Write rejected rows there.")
def command(
    files: Sequence[str], encoding: str, rename: tuple[str, ...], keep: tuple[str, ...],
    drop: tuple[str, ...], number: tuple[str, ...], date: tuple[str, ...],
    na: tuple[str, ...], roster: str | None, aliases: str | None, long: tuple[str, ...],
    wide: str | None, add_source: bool, rejects: str | None, key: tuple[str, ...] | None, output: str | None,
) -> options.Apply:  # fmt: skip
    """Spaces around cells go, column names are put on one line, and rows without any cell are dropped.

    A column is made clean as numbers (full-width digits, 1,234, 95%) or dates (2019年4月28日, 2019.4.28, Excel's days)
    only where --number or --date says so; with --long, --number value means all items. Names of units are found on
    the roster exactly, by alias, or after full-width signs, spaces and traditional characters are folded; -k names
    their column. What cannot be used is rejected with its reason: to --rejects, or else it is an error.
    """
    decoding.check_name(encoding)
    names = _renamed(rename)
    item, _, value = (wide or "").partition("=")
    if wide is not None and (not item or not value or item == value):
        raise Misuse(f"--wide: '{wide}' is not ITEM=VALUE, the names of two columns")
    if wide and long:
        raise Misuse("give either --long or --wide")
    if aliases and not roster:
        raise Misuse("--aliases goes with --roster")
    if key and (len(key) > 1 or not roster):
        raise Misuse("-k names the one column of units that --roster is for")

    def apply(board: pl.DataFrame, opened: Files) -> pl.DataFrame:
        names_of = opened.expand(files)
        _apart(rejects, [*names_of, *filter(None, (roster, aliases, output))])
        given = [opened.unread(file) for file in names_of]
        taken = ingest(
            given, encoding=encoding, rename=names, keep=keep, drop=drop, number=number,
            date=date, na=na, roster=opened.open(roster) if roster else None,
            aliases=opened.open(aliases) if aliases else None, key=key[0] if key else None, long=long,
            wide=(item, value) if wide else None, add_source=add_source,
        )  # fmt: skip
        if rejects:
            opened.also[rejects] = taken.rejects
            if taken.rejects.height:
                opened.afterwards.append(f"rejected {counted(taken.rejects.height, 'row')}, see {rejects}")
        elif taken.rejects.height:
            raise taken.refused
        _tell(taken)
        return taken.table

    return apply


def _apart(rejects: str | None, others: Sequence[str]) -> None:
    """Make sure that rejected rows do not overwrite another file of the command.

    Raises:
        Misuse: they would.
    """
    if rejects == STDIN:
        raise Misuse("--rejects: rejected rows go to a file of their own")
    for other in others if rejects else ():
        if os.path.realpath(rejects or "") == os.path.realpath(other):
            raise Misuse(f"--rejects: {rejects} is used by this command already")


def _tell(taken: Intake) -> None:
    """Tell what is not in the table."""
    rejected, dropped = taken.rejects.height, len(taken.dropped)
    kept = taken.rows - rejected - dropped
    options.log.info("%s in, %d kept, %d rejected, %d dropped", counted(taken.rows, "row"), kept, rejected, dropped)
    for name, line in taken.dropped:
        options.log.info("%s:%d: dropped, a row without any cell", name, line)
    if taken.dropped:
        how = "" if options.log.isEnabledFor(logging.INFO) else " (-v names them)"
        options.log.warning("dropped %s without any cell%s", counted(len(taken.dropped), "row"), how)
