"""form: the workbooks that inspectors fill in, a line for each item, which ingest reads again without an option.

Serves the inspection of Dongyuan 2020: 26 items on 30 score lines, 21 townships, a workbook for each, and item 2 not
assessed where a township has no designated poor village.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from typing import get_args

import click

from fupin import blanks, numbers, options, tables
from fupin.blanks import LABELS, Form
from fupin.chain import Files, Stage
from fupin.checks import Check
from fupin.deferred import pl
from fupin.errors import DataError, Fault, Misuse, counted
from fupin.forms import CELLS
from fupin.reports.labels import Language
from fupin.rules import read_rules
from fupin.spool import STDIN
from fupin.tables import Source, Table
from fupin.writing import Folder

_SHOWN = ("name", "group", "note")
_LONGEST = 32767  # letters that a cell holds
_NO_FILE = r'[\x00-\x1f\x7f<>:"/\\|?*]|^[\s.]|[\s.]$|^~\$|^(?i:con|prn|aux|nul|com[0-9]|lpt[0-9])(?:\.|$)'
_ENDING = ".xlsx"


def form(
    items: Table,
    *,
    roster: Table | None = None,
    title: str | None = None,
    notes: Sequence[str] = (),
    sign: Sequence[str] | None = None,
    lang: Language = "zh",
    key: Sequence[str] | None = None,
) -> dict[str, bytes]:
    """The workbooks that inspectors fill in.

    Args:
        items: item, full; perhaps name (shown for the item), group (shown once for the items that follow each other
            in it) and note (what is asked for).
        roster: a table of units, a workbook for each; one workbook with the unit to be filled in if left out.
        title: the line above.
        notes: lines below.
        sign: what is signed with; the language's own if left out.
        lang: the language of headers, hints and messages: zh or en.
        key: the roster's column of units, its first one if left out; without a roster what the column of units is
            called when the workbook is read, `unit` if left out.

    Returns:
        the bytes of the workbooks by the names of their files, which are those of the units; the same bytes each time.

    Raises:
        DataError: an item or a unit is there twice, full marks are not above 0, or a unit's name cannot be that of a
            file.
        Misuse: the column of units cannot be called so, or a text is too long for a cell.
    """
    labels = LABELS[lang]
    _check_key(key)
    table = _items(tables.table(items, "items"))
    unit = key[0] if key else "unit"
    units: list[str | None] = [None]
    if roster is not None:
        source = tables.table(roster, "roster")
        unit = key[0] if key else source.columns[0]
        units = list(_units(source, unit))
    told = Form(table, unit, title or labels.title, notes, labels.sign if sign is None else sign, labels)
    for text in (told.title, *notes, *told.sign):
        if len(text) > _LONGEST:
            raise Misuse(f"a text of {len(text)} letters; a cell holds {_LONGEST}")
    return {f"{one or labels.title}{_ENDING}": blanks.write(told, one) for one in units}


def _check_key(key: Sequence[str] | None) -> None:
    """Make sure that the column of units can be called so.

    Raises:
        Misuse: it cannot.
    """
    if key and (len(key) > 1 or key[0] in ("", *CELLS)):
        raise Misuse(f"-k names the one column of units, which is not called {', '.join(CELLS)}")


def _items(source: Source) -> pl.DataFrame:
    """The items, with full marks as texts.

    Raises:
        DataError: they are at fault.
    """
    full = numbers.read("full")
    digits = numbers.text(full).str.replace_all("[.-]", "").str.strip_chars_start("0")
    long = f"a text of more than {_LONGEST} letters, the most that a cell holds"
    rules = [
        Check((full <= 0).fill_null(False), "full marks of {value}; they have to be above 0", "full"),
        Check(digits.str.len_chars() > 15, "{value} has more than the 15 digits that a workbook holds", "full"),
        *(Check(pl.col(name).str.len_chars() > _LONGEST, lambda _: long, name) for name in ("item", *_SHOWN)),
    ]
    table = read_rules(
        source, ["item", "full"], amounts={"full": False}, unique=["item"], optional=_SHOWN, checks=rules, some=True
    )
    return table.with_columns(numbers.text(pl.col("full")).alias("full"))


def _units(source: Source, key: str) -> pl.Series:
    """The units of a roster, each of which can be the name of a file.

    Raises:
        DataError: one cannot, or two would have the same file.
    """
    if key in CELLS:
        why = f"the column of units cannot be called so, since the marks have {', '.join(CELLS)}; rename it"
        raise DataError(Fault(why, key, source.name))
    no_file = "'{value}' cannot be the name of a file; write it without < > : \" / \\ | ? *, or -k a column of codes"
    rules = [
        Check(pl.col(key).str.contains(_NO_FILE), no_file, key),
        Check(pl.col(key).str.len_bytes() > 255 - len(_ENDING), "too long for the name of a file", key),
    ]
    units = read_rules(source, [key], amounts={}, unique=[key], checks=rules, some=True)[key]
    seen: dict[str, int] = {}
    faults = []
    for row, unit in enumerate(units):
        before = seen.setdefault(unicodedata.normalize("NFC", unit).casefold(), row)
        if before != row:
            why = f"'{unit}' and '{units[before]}' would be one file where names are not told apart by case"
            faults.append(Fault(why, key, row=row, first=before))
    if faults:
        raise DataError(source.located(faults))
    return units


EXAMPLES = r"""
$ fupin form --items items.csv --roster villages.csv -o forms \
    && ls forms/莲*
forms/莲台村.xlsx
"""


@options.command("form", EXAMPLES)
@click.option(
    "--items", required=True, type=options.File(), metavar="FILE", help="item, full; perhaps name, group, note."
)
@click.option(
    "--roster", type=options.File(), metavar="FILE", help="The units, a workbook for each; one blank if left out."
)
@click.option(
    "-o",
    "--output",
    required=True,
    type=options.File(read=False),
    metavar="FOLDER",
    help="Where they go; made if missing.",
)
@click.option("--title", metavar="TEXT", help="The line above.  [default: 评分表, or Score sheet]")
@click.option("--note", "notes", multiple=True, metavar="TEXT", help="A line below; may be repeated.")
@click.option("--sign", metavar="TEXT,…", help="What is signed with.  [default: 检查人,被检查单位,日期]")
@click.option(
    "--lang",
    type=click.Choice(get_args(Language)),
    default="zh",
    show_default=True,
    help="The language of headers, hints and messages.",
)
@click.option("--replace", is_flag=True, help="Overwrite workbooks that are there, and the marks in them.")
@click.option(
    "-k",
    "--key",
    type=options.Names("roster"),
    metavar="NAME",
    help="The column of units.  [default: the roster's first, or unit]",
)
@options.verbose
@options.quiet
def command(
    items: str, roster: str | None, output: str, title: str | None, notes: tuple[str, ...], sign: str | None,
    lang: Language, replace: bool, key: tuple[str, ...] | None, verbose: bool, quiet: bool,
) -> Stage:  # fmt: skip
    """A workbook for each unit of the roster, called like the unit: a line for each item, with its full marks.

    The cells of marks take a number from 0 to the full marks, or 不考核 (NA with --lang en), and nothing else; a sum
    goes along. All cells but those of marks, remarks and signatures are locked, without a password, and the page is
    set up for A4. Without --roster it is one workbook, in which the unit is filled in too. Unit and item of each
    row stand in hidden cells, so that fupin-ingest(1) needs no option to read them: unit, item, value (NA for 不考核),
    note (the remark). A name in the items is shown instead of the item, a group once for all items that follow each
    other in it, a note beside. No workbook that is there already is overwritten, because it may have been filled
    in.
    """
    if output == STDIN or output.lower().endswith(_ENDING):
        raise Misuse(f"-o: '{output}' is no folder; the workbooks are called like the units")
    _check_key(key)
    signed = None if sign is None else [part.strip() for part in re.split("[,，]", sign) if part.strip()]

    def apply(_: pl.DataFrame, files: Files) -> Folder:
        listed = files.open(items)
        made = form(
            listed,
            roster=files.open(roster) if roster else None,
            title=title,
            notes=notes,
            sign=signed,
            lang=lang,
            key=key,
        )
        options.log.info("%s of %s", counted(len(made), "workbook"), counted(listed.read().height, "item"))
        return Folder(made, replace)

    context = click.get_current_context()
    reads = [items, *([roster] if roster else [])]
    words = ("form", *context.meta["words"])
    return Stage("form", apply, None, reads, output, verbose=verbose, last=True, words=words, quiet=quiet)
