"""reward: prizes from the first place down, penalties from the last place up.

Serves the monthly contest of Xinfeng 2020 (+5,000, +3,000, +2,000 and −5,000, −3,000, −2,000 yuan) and the five
villages and five cadres of Beijinggang 2019, part three, item 2.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from fractions import Fraction
from typing import Any, Literal, Unpack

import click

from fupin import boards, numbers, options, tables
from fupin.boards import Placing
from fupin.chain import Files
from fupin.checks import Check, check, number_check, require_columns
from fupin.deferred import pl
from fupin.errors import SHOWN, DataError, Fault, Misuse
from fupin.numbers import Number, Places
from fupin.rules import read_rules
from fupin.tables import Source, Table

Ties = Literal["error", "full", "split"]


def reward(
    board: pl.DataFrame,
    prizes: Sequence[Number] = (),
    penalties: Sequence[Number] = (),
    name: str = "reward",
    *,
    by: str = "rank",
    table: Table | None = None,
    within: str | None = None,
    ties: Ties = "error",
    places: Places | None = None,
    allow_overlap: bool = False,
    ignore_veto: bool = False,
    key: Sequence[str] | None = None,
    **placing: Unpack[Placing],
) -> pl.DataFrame:
    """Append what each unit wins or loses, contract §6.

    Args:
        board: one row per unit, texts.
        prizes: amounts from the first place down, 0 or more.
        penalties: amounts from the last place up, 0 or more; they are written negative.
        name: the new column, in the currency of the amounts.
        by: the column of places.
        table: instead of both lists: place (−1 is the last), amount with its sign, note.
        within: places are counted within each value of this column.
        ties: tied units take up as many places as they are many; if these have different amounts, it is an error,
            or each gets that of the first of them, or they share all of them equally.
        places: decimals to round to; if left out, 2 for an amount that was shared.
        allow_overlap: a unit may get a prize and a penalty, which are added up.
        ignore_veto: vetoed units count like the others; else they are passed over and their cell is blank.
        key: the board's key columns.
        placing: see `boards.append`.

    Returns:
        the board with the column, and with `NAME_note` if there is a table.

    Raises:
        DataError: a place is missing or no place, tied units compete for different amounts, or a unit gets both.
    """
    if bool(prizes or penalties) == (table is not None):
        raise Misuse("give --prize and --penalty, or --table")
    amounts = from_lists(prizes, penalties) if table is None else from_table(tables.table(table))
    require_columns([by], board.columns)
    keys = boards.key_of(board, key)
    out = boards.vetoed(board, ignore=ignore_veto)
    facts = pl.DataFrame({"\0group": boards.groups(board, within), "\0out": out})
    names = [name] if table is None else [name, f"{name}_note"]

    def compute(rows: pl.DataFrame) -> pl.DataFrame:
        boards.check_groups(rows, within)
        mine = rows.with_columns(facts[rows["\0row"]]).with_row_index("\0at")
        place, counts = numbers.read(by), ~pl.col("\0out")
        no_place = Check(
            (place < numbers.ONE) | (place % numbers.ONE != 0),
            "'{value}' is not a place (1, 2, 3, …)",
            by,
        )
        check(mine, [rule.among(counts) for rule in (number_check(by), no_place)])
        begin = mine.group_by("\0group").agg(late=(place.min() > numbers.ONE) & ~pl.col("\0out").any())
        if begin["late"].any():
            options.log.warning("no unit has place 1; the best place there is counts as the first")
        shares = _shares(mine.filter(counts).select("\0at", "\0group", place=place), amounts, ties, places)
        facts_of = mine.select("\0at", "\0out").join(shares, on="\0at", how="left", maintain_order="left")
        _check_shares(facts_of.with_columns(unit=boards.units(mine, keys)), ties, allow_overlap)
        return boards.printed(facts_of.select(pl.col("amount").alias(name), pl.col("note").alias(f"{name}_note")))

    return boards.append(board, names, compute, **placing)


def from_lists(prizes: Sequence[Number], penalties: Sequence[Number]) -> pl.DataFrame:
    """The amounts of places, the last ones counted −1, −2 and so on.

    Raises:
        Misuse: one is below 0.
    """
    won, lost = ([numbers.quanta(numbers.exact(amount, "amount")) for amount in side] for side in (prizes, penalties))
    if any(amount < 0 for amount in [*won, *lost]):
        raise Misuse("an amount is below 0; penalties are made negative by themselves")
    rows = [*((i, amount, None) for i, amount in enumerate(won, 1))]
    rows += [(-i, -amount, None) for i, amount in enumerate(lost, 1)]
    return pl.DataFrame(rows, schema={"place": pl.Int64, "amount": pl.Int128, "note": pl.String}, orient="row")


def from_table(source: Source) -> pl.DataFrame:
    """The amounts of places from a table."""
    place = numbers.read("place")
    whole = Check(
        (place % numbers.ONE != 0) | (place == 0),
        "'{value}' is not a place (1 is the first, -1 the last)",
        "place",
    )
    table = read_rules(
        source,
        ["place", "amount"],
        optional=["note"],
        amounts={"place": False, "amount": False},
        unique=["place"],
        checks=[whole],
    )
    table = table.select((pl.col("place") // numbers.ONE).cast(pl.Int64), "amount", "note")
    if table["place"].is_duplicated().any():
        raise DataError(Fault("a place is there twice", "place", source.name))
    return table


def _shares(units: pl.DataFrame, amounts: pl.DataFrame, ties: Ties, places: int | None) -> pl.DataFrame:
    r"""What each unit gets: `\0at`, `amount`, `note`, `both` (prize and penalty), `unequal` and `with` (a tie)."""
    tie = ["\0group", "place"]
    spot = units.sort(*tie, "\0at").with_columns(
        top=pl.int_range(1, pl.len() + 1).over("\0group"),
        bottom=-(pl.len() - pl.int_range(pl.len())).over("\0group"),
    )
    for side in ("top", "bottom"):
        listed = amounts.select(pl.col("place").alias(side), pl.col("amount", "note").name.prefix(f"{side} "))
        spot = spot.join(listed, on=side, how="left", maintain_order="left")
    top, bottom = pl.col("top amount"), pl.col("bottom amount")
    amount = top.fill_null(0) + bottom.fill_null(0)
    if ties == "full":
        both = top.first().is_not_null() & bottom.last().is_not_null()
        value = top.first().fill_null(0) + bottom.last().fill_null(0)
    else:
        both = top.is_not_null().any() & bottom.is_not_null().any()
        value = amount.sum()
    notes = pl.concat_list(pl.col("top note").first(), pl.col("bottom note").last()).first().list.drop_nulls()
    shared = spot.group_by(tie, maintain_order=True).agg(
        value.alias("value"),
        both.alias("both"),
        pl.len().cast(pl.Int128).alias("size"),
        (amount.min() != amount.max()).alias("unequal"),
        notes.list.join("; ").alias("note"),
        pl.col("\0at").alias("with"),
    )
    size = pl.col("size") if ties != "full" else numbers.whole(1)
    quotient, rest = pl.col("value") // size, pl.col("value") % size
    if places is not None:
        value = numbers.rounded(quotient, rest, size, places)
    else:
        value = pl.when(size == 1).then(quotient).otherwise(numbers.rounded(quotient, rest, size, 2))
    shared = shared.with_columns(value=value)
    return (
        spot.select("\0at", *tie)
        .join(shared, on=tie, how="left")
        .select(
            "\0at",
            amount="value",
            note=pl.col("note").replace("", None),
            both="both",
            unequal="unequal",
            together="with",
        )
    )


def _check_shares(mine: pl.DataFrame, ties: Ties, allow_overlap: bool) -> None:
    """Refuse what the office has to decide.

    Raises:
        DataError: tied units compete for different amounts, or a unit would get a prize and a penalty.
    """
    checks = []
    if ties == "error":  # said once for each tie, at the first of its units
        begins = (pl.col("unequal") & (pl.col("together").list.first() == pl.col("\0at"))).fill_null(False)
        rows = mine.select(begins.arg_true()).to_series().head(SHOWN)
        tied = [", ".join(mine["unit"][i] for i in mine["together"][row]) for row in rows]
        mine = mine.with_columns(pl.Series("tied", [None] * mine.height, dtype=pl.String).scatter(rows, tied))
        message = "{value} are tied over different amounts (--ties full or split decides)"
        checks.append(Check(begins, message, shown="tied"))
    if not allow_overlap:
        checks.append(Check(pl.col("both"), "would get a prize and a penalty (--allow-overlap adds them up)"))
    check(mine, checks)


EXAMPLES = r"""
$ fupin rank villages.csv --by field \
    then reward --prize 3000,2000,1000 --penalty 500 --ties split \
    then keep --where 'reward <> 0'
village,kind,field,rank,reward
月形山村,贫困村,96.0,1,3000
枫树岭村,贫困村,94.8,2,2000
莲台村,贫困村,93.5,3,500
新堤村,非贫困村,93.5,3,500
双丰村,非贫困村,71.5,20,-500
"""


def parse_amounts(text: str | None, what: str) -> list[Fraction]:
    """The amounts of a comma-separated list, 0 or more each."""
    found = [numbers.parse(word, what) for word in text.split(",")] if text is not None else []
    if text and re.search(r"(^|,)0[0-9]", text):
        raise Misuse(f"{what}: '{text}': a comma stands between two amounts; write 5000 for five thousand")
    if "%" in (text or "") or any(amount < 0 or amount >= numbers.LIMIT for amount in found):
        raise Misuse(f"{what}: '{text}': write amounts, without a sign or %; penalties are made negative")
    return found


@options.verb("reward", examples=EXAMPLES)
@click.option("--prize", metavar="N,…", help="Amounts from the first place down.")
@click.option("--penalty", metavar="N,…", help="Amounts from the last place up; they are written negative.")
@click.option(
    "--table",
    type=options.File(),
    metavar="FILE",
    help="Instead: place (-1 is the last), amount, note; adds NAME_note.",
)
@click.option(
    "--by", type=options.Column(), default="rank", show_default=True, metavar="PLACE", help="The column of places."
)
@options.within
@click.option(
    "--ties",
    type=click.Choice(["error", "full", "split"]),
    default="error",
    show_default=True,
    help="Tied units over different amounts: an error, each that of the first of their places, or all shared equally.",
)
@options.places
@click.option("--allow-overlap", is_flag=True, help="Add up a prize and a penalty of one unit.")
@options.column("reward")
@options.ignore_veto
def command(
    prize: str | None, penalty: str | None, table: str | None, placing: dict[str, Any], **given: Any
) -> options.Apply:  # fmt: skip
    """Prizes go from the first place down, penalties from the last place up, and the others get 0.

    Vetoed units are passed over, and their cell is blank.
    """
    prizes, penalties = parse_amounts(prize, "--prize"), parse_amounts(penalty, "--penalty")
    if bool(prizes or penalties) == bool(table):
        raise Misuse("give --prize and --penalty, or --table")

    def apply(board: pl.DataFrame, files: Files) -> pl.DataFrame:
        return reward(board, prizes, penalties, table=files.open(table) if table else None, **given, **placing)

    return apply
