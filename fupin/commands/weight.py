"""weight: the weighted sum of parts, checked against their full marks.

Serves every composite of the documents: 20/30/50 (Beijinggang 2019, annex 1), 45/20/10/10/10/5 (Longnan), the
25 indicators of Xiangyin 2016 and the 30 score lines of Dongyuan 2020 (long form).
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any, Unpack

import click

from fupin import boards, ledger, numbers, options, tables
from fupin.boards import Placing
from fupin.chain import Files
from fupin.checks import Check, check, number_check, require_columns
from fupin.deferred import pl
from fupin.errors import SHOWN, DataError, Fault, Misuse, counted, hint
from fupin.ledger import Events, Ledger, Units, locate, reduce
from fupin.numbers import Number, Places
from fupin.partials import Aggregate
from fupin.parts import Missing, NotAssessed, Term, cell_checks, check_sum, combine, parse_term
from fupin.rules import read_rules
from fupin.tables import Table


def weight(
    board: pl.DataFrame,
    terms: Sequence[Term | str],
    name: str,
    *,
    total: Number | None = None,
    places: Places | None = None,
    missing: Missing = "error",
    not_assessed: NotAssessed = "rescale",
    key: Sequence[str] | None = None,
    **placing: Unpack[Placing],
) -> pl.DataFrame:
    """Append Σ weight × column, contract §6.

    Args:
        board: one row per unit, texts.
        terms: the parts, such as `field/100:30%`. A value lies within 0 … full marks; a part without full marks
            is an extra.
        name: the new column, in points.
        total: what the full marks, weighted, must add up to (``--sum``).
        places: decimals to round to; if left out, 6 for a cell that was rescaled or filled with a mean.
        missing: what a blank cell counts.
        not_assessed: what an `NA` cell counts; rescaled: the others stand for it by their full marks (``--na``).
        key: the board's key columns, for messages.
        placing: see `boards.append`.

    Returns:
        the board with the column; `NA` where every part is not assessed.

    Raises:
        DataError: a cell is no number, out of bounds or missing, or a result has too many digits.
    """
    parts = [parse_term(term) if isinstance(term, str) else term for term in terms]
    if not parts:
        raise Misuse("a weighted sum needs a term, such as field/100:30%")
    if total is not None:
        check_sum(parts, numbers.exact(total, "total"))
    columns = [term.column for term in parts]
    require_columns(columns, board.columns)
    if len(set(columns)) < len(columns):
        twice = next(column for column in columns if columns.count(column) > 1)
        options.log.warning("the column '%s' stands in two terms, and counts twice", twice)

    def compute(rows: pl.DataFrame) -> pl.DataFrame:
        cells = rows.select(pl.col(term.column).alias(str(i)) for i, term in enumerate(parts))
        check(rows, [rule for term in parts for rule in cell_checks(term)])
        return combine(cells, parts, name, places, missing, not_assessed)

    return boards.append(board, [name], compute, **placing)


def weight_scores(
    board: pl.DataFrame,
    scores: Events,
    items: Table | Sequence[Term],
    name: str,
    *,
    total: Number | None = None,
    places: Places | None = None,
    missing: Missing = "error",
    not_assessed: NotAssessed = "rescale",
    without: Sequence[str] = (),
    key: Sequence[str] | None = None,
    **placing: Unpack[Placing],
) -> pl.DataFrame:
    """Append the same from long form: a row per unit and item.

    Args:
        board: one row per unit, texts.
        scores: item, value (a number, `NA`, or blank). A row that is not there is a missing cell, too.
        items: item, full marks (blank: an extra), and perhaps weight (blank: 1); or the terms of the items.
        name: the new column, in points.
        total: what the full marks of the items, weighted, must add up to.
        places: as in `weight`.
        missing: as in `weight`.
        not_assessed: as in `weight`.
        without: items that no unit has a score for, which are left out as not assessed for all.
        key: the board's key columns.
        placing: see `boards.append`.

    Returns:
        the board with the column.

    Raises:
        DataError: as in `weight`; or an item is not in the table; or a unit's item is given twice; or no unit has a
            score for an item, or one that is to be left out has some.
    """
    terms, file = item_terms(items)
    if total is not None:
        check_sum(terms, numbers.exact(total, "total"), lambda message: DataError(Fault(message, "full", file)))
    keys = boards.key_of(board, key)
    out = left_out(without, terms, file)
    found = _scores(ledger.events(scores), Units(board, keys), keys, terms)
    if board.height:
        _check_scored(found, terms, out, file)
    cells = _pivot(found, terms, out, board.height)

    def compute(rows: pl.DataFrame) -> pl.DataFrame:
        return combine(cells[rows["\0row"]], terms, name, places, missing, not_assessed)

    return boards.append(board, [name], compute, **placing)


def item_terms(items: Table | Sequence[Term]) -> tuple[list[Term], str | None]:
    """The terms that a table of items stands for, and the table's name.

    Args:
        items: as in `weight_scores`.

    Raises:
        DataError: the table is at fault.
    """
    if isinstance(items, Sequence) and not isinstance(items, str):
        return list(items), None
    source = tables.table(items, "items")
    factor, full = pl.col("weight"), numbers.read("full")
    table = read_rules(
        source,
        ["item", "full"],
        optional=["weight"],
        amounts={"full": True},
        unique=["item"],
        checks=[
            Check(full < 0, "'{value}' is below 0; full marks are 0 or more", "full"),
            Check(
                ~factor.str.contains(f"^{numbers.WORD}%?$"), "'{value}' is not a weight, such as 0.3 or 30%", "weight"
            ),
        ],
        some=True,
    )
    terms = [
        Term(
            item,
            None if marks is None else Fraction(marks, numbers.ONE),
            Fraction(1) if weight is None else numbers.parse(weight, f"{source.name}: weight", share=True),
        )
        for item, marks, weight in table.select("item", "full", "weight").rows()
    ]
    return terms, source.name


def left_out(without: Sequence[str], terms: Sequence[Term], file: str | None = None) -> list[str]:
    """The items of --without.

    Args:
        without: items, or several of them separated by commas.
        terms: the terms of all items.
        file: the table of items, for messages.

    Raises:
        DataError: there is no such item.
    """
    names = [term.column for term in terms]
    found = [item for word in without for item in ([word] if word in names else word.split(","))]
    unknown = [item for item in found if item not in names]
    if unknown:
        raise DataError([Fault(f"--without: no item '{one}'{hint(one, names, 'items')}", file=file) for one in unknown])
    return found


def terms_of(options: Mapping[str, Any], files: Files) -> list[Term]:
    """The terms of a stage by the options of its command: those that are its words, or those of its table of items.

    Raises:
        DataError: the table is at fault.
    """
    return [parse_term(word) for word in options["terms"]] or item_terms(files.open(options["items"]))[0]


def _scores(scores: Ledger, units: Units, keys: Sequence[str], terms: Sequence[Term]) -> pl.DataFrame:
    r"""The scores of all units: `\0row`, `item`, `value`, which may be missing."""
    scores.require(["item", "value"])
    names = [term.column for term in terms]
    item = pl.col("item")
    rules = [
        Check(item.is_null(), "blank, where an item is needed", "item"),
        Check(~item.is_in(names), "'{value}' is not among the items", "item", names),
        number_check("value", blank=True, not_assessed=True),
    ]
    for term in terms:  # the first rule, on numbers, has been said for all of them; NA in an extra has not
        own = cell_checks(Term("value", term.full))
        rules += [rule.among(item == term.column) for rule in (own[1:] or own)]
    found = reduce(scores, units, keys, {"\0rows": Aggregate("count")}, by=["item", "value"], group_checks=rules)
    twice = found.group_by("\0row", "item").agg(pl.col("\0rows").sum()).filter(pl.col("\0rows") > 1).sort("\0row")
    if twice.height:
        raise _given_twice(scores, units, keys, twice)
    return found


def _check_scored(found: pl.DataFrame, terms: Sequence[Term], out: Sequence[str], file: str | None) -> None:
    """Make sure that some unit has a score, or `NA`, for each item, and none a score for what is left out.

    Raises:
        DataError: an office sent nothing, or what is to be left out has been sent.
    """
    there = dict(found.drop_nulls("value").group_by("item").len().rows())
    told = []
    for item in (term.column for term in terms):
        if item in there and item in out:
            many = counted(there[item], "unit")
            told.append(f"{many} with a score for '{item}', which --without leaves out only where no unit has one")
        elif item not in there and item not in out:
            told.append(
                f"no unit has a score for '{item}'; did its office send nothing?"
                f" (--without {item} leaves it out as not assessed for all)"
            )
    if told:
        raise DataError([Fault(one, "item", file) for one in told])


def _pivot(found: pl.DataFrame, terms: Sequence[Term], out: Sequence[str], height: int) -> pl.DataFrame:
    """The cells of all units, a column for each item, from a row per unit and item."""
    cells = pl.DataFrame({"\0row": range(height)}, schema={"\0row": pl.UInt32})
    for i, term in enumerate(terms):
        if term.column in out:
            cells = cells.with_columns(pl.lit(numbers.NOT_ASSESSED).alias(str(i)))
            continue
        mine = found.filter(item=term.column).select("\0row", pl.col("value").alias(str(i)))
        cells = cells.join(mine, on="\0row", how="left", maintain_order="left")
    return cells.drop("\0row")


def _given_twice(scores: Ledger, units: Units, keys: Sequence[str], twice: pl.DataFrame) -> DataError:
    """That a unit's item is given twice, with the lines."""
    faults = []
    label = pl.concat_str([pl.col(name) for name in scores.names(keys)], separator=",")
    for row, item in twice.select("\0row", "item").head(SHOWN).rows():
        (before, first), (source, line) = locate(scores, (label == units.names[row]) & (pl.col("item") == item), 2)
        message = f"'{item}' of {units.names[row]} is there twice, first in {before.name}:{first}"
        faults.append(Fault(message, "item", source.name, line))
    return DataError(faults, twice.height)


EXAMPLES = r"""
$ fupin weight -i villages.csv field/100:30% --as field30 | head -3
village,kind,field,field30
青塘村,非贫困村,88.5,26.55
莲台村,贫困村,93.5,28.05

$ fupin weight -i villages.csv field/100:30% --sum 100 --as total
fupin weight: --sum 100: the full marks add up to 30 (30)
"""


@options.verb("weight", examples=EXAMPLES, board="option")
@click.argument(
    "terms",
    nargs=-1,
    type=options.Column("input_"),
    metavar="[COLUMN[/FULL][:WEIGHT]]...",
    help="The parts, such as field/100:30%.",
)
@options.events("--scores", required=False)
@click.option("--items", type=options.File(), metavar="FILE", help="With --scores: item, full, perhaps weight.")
@click.option(
    "--without",
    multiple=True,
    metavar="ITEM,…",
    help="With --scores: leave out an item that no unit has a score for, as not assessed for all.",
)
@options.column()
@click.option("--sum", "total", type=options.Number(), metavar="N", help="What FULL × WEIGHT must add up to.")
@options.places
@click.option(
    "--missing",
    type=click.Choice(["error", "zero", "rescale", "mean"]),
    default="error",
    show_default=True,
    help="What to do with blank cells.",
)
@click.option(
    "--na",
    "not_assessed",
    type=click.Choice(["rescale", "full", "zero"]),
    default="rescale",
    show_default=True,
    help="What to do with NA cells, those of parts that were not assessed.",
)
def command(
    terms: tuple[str, ...],
    events: options.Events | None,
    items: str | None,
    without: tuple[str, ...],
    total: Fraction | None,
    key: tuple[str, ...] | None,
    placing: dict[str, Any],
    **given: Any,
) -> options.Apply:  # fmt: skip
    """The result is Σ WEIGHT × COLUMN, each part within 0 and its FULL marks.

    WEIGHT is a number or a percentage, 1 if left out. A term without FULL is an extra: it is outside --sum, may be
    negative, and is never rescaled.

    With --scores, a score that is blank or not there is missing, and an item that no unit has a score for is an error.
    """
    if (events is None) != (items is None):
        raise Misuse("--scores and --items go together")
    if (events is None) == (not terms):
        raise Misuse("give either terms, such as field/100:30%, or --scores and --items")
    if without and events is None:
        raise Misuse("--without goes with --scores")
    for term in terms:
        if os.path.isfile(term):
            raise Misuse(f"'{term}' is a file, where a term stands; give the board with -i {term}")
    parts = [parse_term(term) for term in terms]
    if terms and total is not None:
        check_sum(parts, total)

    def apply(board: pl.DataFrame, files: Files) -> pl.DataFrame:
        if events is None:
            return weight(board, parts, key=key, **given, **placing)
        return weight_scores(
            board,
            events.open(files),
            files.open(items or ""),
            total=total,
            without=without,
            key=key,
            **given,
            **placing,
        )

    return apply
