"""reward: prizes from the first place down, penalties from the last place up.

Serves the monthly contest of Xinfeng 2020 (+5,000, +3,000, +2,000 and −5,000, −3,000, −2,000 yuan) and the five
villages and five cadres of Beijinggang 2019, part three, item 2.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any, Literal, Unpack

import click

from fupin import boards, numbers, options, tables
from fupin.boards import Placing
from fupin.chain import Files
from fupin.checks import Check, check, number_check, require_columns
from fupin.deferred import pl
from fupin.errors import NAMED, SHOWN, DataError, Fault, Misuse, counted, one_line, some
from fupin.numbers import Number, Places
from fupin.rules import read_rules
from fupin.tables import Source, Table

Ties = Literal["error", "full", "split"]
Counting = Literal["competition", "dense", "given"]
Remainder = Literal["first"]
_NAMED = 3


def reward(
    board: pl.DataFrame,
    prizes: Sequence[Number] = (),
    penalties: Sequence[Number] = (),
    name: str = "reward",
    *,
    by: str = "rank",
    table: Table | None = None,
    within: str | None = None,
    counting: Counting = "competition",
    ties: Ties = "error",
    remainder: Remainder | None = None,
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
        counting: what the places are (``--places``): those of a competition (1, 2, 2, 4), of each group or of the whole
            board; dense ones (1, 2, 2, 3), each of which has its amount; or whatever is given, of which each has its
            amount and nobody moves up.
        ties: tied units take up as many places as they are many; if these have different amounts, it is an error,
            or each gets that of the first of them, or they share all of them equally.
        remainder: shares are rounded toward 0, and the rest goes to the first on the board, a last decimal each.
        places: decimals to round to; if left out, 2 for an amount that was shared.
        allow_overlap: a unit may get a prize and a penalty, which are added up.
        ignore_veto: vetoed units count like the others; else they are passed over and their cell is blank.
        key: the board's key columns.
        placing: see `boards.append`.

    Returns:
        the board with the column, and with `NAME_note` if there is a table.

    Raises:
        DataError: a place is missing or none, the places are not what they are counted as, tied units compete for
            different amounts, or a unit gets both a prize and a penalty.
    """
    if bool(prizes or penalties) == (table is not None):
        raise Misuse("give --prize and --penalty, or --table")
    check_together(counting, ties, remainder, bool(penalties))
    amounts = from_lists(prizes, penalties) if table is None else from_table(tables.table(table), counting)
    require_columns([by], board.columns)
    keys = boards.key_of(board, key)
    out = boards.vetoed(board, ignore=ignore_veto)
    facts = pl.DataFrame({"\0group": boards.groups(board, within), "\0out": out})
    names = [name] if table is None else [name, f"{name}_note"]

    def compute(rows: pl.DataFrame) -> pl.DataFrame:
        boards.check_groups(rows, within)
        mine = rows.with_columns(facts[rows["\0row"]]).with_row_index("\0at")
        _check_cells(mine, by)
        if counting != "given":
            every = board.hstack(facts)
            among = [mine, every.filter(boards.chosen(board, placing.get("only"))), every]
            _check_places(among if mine.height < board.height else [mine], by, counting)
        units = mine.filter(~pl.col("\0out")).select("\0at", "\0group", place=numbers.read(by) // numbers.ONE)
        if counting == "competition":
            shares = _shares(units, amounts, ties, remainder, places)
        else:
            shares = _each(units, amounts, counting, places)
        facts_of = mine.select("\0at", "\0out").join(shares, on="\0at", how="left", maintain_order="left")
        facts_of = facts_of.with_columns(unit=boards.units(mine, keys))
        _check_shares(facts_of, ties, remainder, allow_overlap)
        return boards.printed(facts_of.select(pl.col("amount").alias(name), pl.col("note").alias(f"{name}_note")))

    return boards.append(board, names, compute, **placing)


def check_together(counting: Counting, ties: Ties, remainder: Remainder | None, penalties: bool) -> None:
    """Refuse options that do not go together.

    Raises:
        Misuse: there are some.
    """
    if counting != "competition" and ties == "split":
        raise Misuse(f"--places {counting}: each place has its amount, so that there is nothing for --ties split")
    if counting == "given" and penalties:
        raise Misuse("--places given pays prizes only, since no place is known to be the last; leave out --penalty")
    if remainder and ties != "split":
        raise Misuse("--remainder goes with --ties split")


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


def from_table(source: Source, counting: Counting = "competition") -> pl.DataFrame:
    """The amounts of places from a table.

    Raises:
        DataError: it is at fault, or has a place counted from the last one where that is not known.
    """
    place = numbers.read("place")
    whole = Check(
        (place % numbers.ONE != 0) | (place == 0),
        "'{value}' is not a place (1 is the first, -1 the last)",
        "place",
    )
    last = Check(place < 0, "'{value}' is counted from the last place, which --places given does not know", "place")
    table = read_rules(
        source,
        ["place", "amount"],
        optional=["note"],
        amounts={"place": False, "amount": False},
        unique=["place"],
        checks=[whole, last] if counting == "given" else [whole],
    )
    table = table.select((pl.col("place") // numbers.ONE).cast(pl.Int64), "amount", "note")
    if table["place"].is_duplicated().any():
        raise DataError(Fault("a place is there twice", "place", source.name))
    return table


def _check_cells(mine: pl.DataFrame, by: str) -> None:
    """Make sure that cells are places; those of vetoed units may be missing.

    Raises:
        DataError: one is not.
    """
    place, counts = numbers.read(by), ~pl.col("\0out")
    none = Check((place < numbers.ONE) | (place % numbers.ONE != 0), "'{value}' is not a place (1, 2, 3, …)", by)
    of_vetoed = number_check(by, blank=True, not_assessed=True).among(pl.col("\0out"))
    check(mine, [number_check(by).among(counts), of_vetoed, none])


def _check_places(among: Sequence[pl.DataFrame], by: str, counting: Counting) -> None:
    r"""Make sure that places are what they are counted as, within each group, or over all of them.

    Args:
        among: the units that are computed, with `\0group`; and where these are not all, those among whom they may have
            their places.
        by: the column of places.
        counting: what the places are.

    Raises:
        DataError: they are not; the first unit that has another place is named, of the reading that goes furthest.
    """
    mine, one_group = among[0], pl.lit(0, dtype=pl.UInt32).alias("\0group")
    wrong = [_misplaced(units, by, counting) for all_ in among for units in (all_, all_.with_columns(one_group))]
    fitting = [i for i, found in enumerate(wrong) if not found.height]
    if not fitting:
        first = max((found.row(0, named=True) for found in wrong[:2]), key=lambda row: row["place"])
        raise DataError(Fault(_told(first, counting, _misplaced(mine, by, "dense").height == 0), by, row=first["at"]))
    if fitting[0] > 1 and int(mine.select(numbers.read(by).min()).item() or numbers.ONE) > numbers.ONE:
        options.log.warning(
            "places are counted among the units that are computed; the best place of these counts as the first"
        )


def _misplaced(units: pl.DataFrame, by: str, counting: Counting) -> pl.DataFrame:
    """The units whose place is not the expected one: `at`, `place` and `expected`, in the order of places."""
    read = units.select(numbers.read(by).alias("quanta"), "\0group").with_row_index("at").drop_nulls("quanta")
    method: Literal["dense", "min"] = "dense" if counting == "dense" else "min"
    expected = pl.col("quanta").rank(method).over("\0group").cast(pl.Int128)
    found = read.with_columns(expected=expected).filter(pl.col("quanta") != pl.col("expected") * numbers.ONE)
    return found.select("at", "expected", place=pl.col("quanta") // numbers.ONE).sort("place", "at")


def _told(first: Mapping[str, int], counting: Counting, dense: bool) -> str:
    """What is wrong with the place of a unit."""
    told = f"'{first['place']}' stands where {first['expected']} is expected; the places of all units are counted "
    if counting == "dense":
        return f"{told}1, 2, 2, 3 here"
    other = "dense takes 1, 2, 2, 3" if dense else "given takes places as they stand"
    return f"{told}1, 2, 2, 4 here (--places {other})"


def _shares(
    units: pl.DataFrame, amounts: pl.DataFrame, ties: Ties, remainder: Remainder | None, places: int | None
) -> pl.DataFrame:
    r"""What each unit gets, where tied units take up as many places as they are many.

    Args:
        units: `\0at`, `\0group` and `place`.
        amounts: the amounts of places, see `from_lists`.
        ties: what tied units get.
        remainder: who gets what rounding has left.
        places: decimals to round to.

    Returns:
        `\0at`, `amount`, `note`, `both` (prize and penalty); of its tie `unequal`, `together`, the `entire` amount and
        what of it is `lost` by rounding shares.
    """
    tie = ["\0group", "place"]
    spot = units.sort(*tie, "\0at").with_columns(
        top=pl.int_range(1, pl.len() + 1).over("\0group"),
        bottom=-(pl.len() - pl.int_range(pl.len())).over("\0group"),
        nth=pl.int_range(pl.len()).over(tie),
    )
    spot = _with_amounts(spot, amounts)
    top, bottom = pl.col("top amount"), pl.col("bottom amount")
    amount = top.fill_null(0) + bottom.fill_null(0)
    if ties == "full":
        both = top.first().is_not_null() & bottom.last().is_not_null()
        entire = top.first().fill_null(0) + bottom.last().fill_null(0)
    else:
        both = top.is_not_null().any() & bottom.is_not_null().any()
        entire = amount.sum() if ties == "split" else amount.first()
    notes = pl.concat_list(pl.col("top note").first(), pl.col("bottom note").last()).first().list.drop_nulls()
    shared = spot.group_by(tie, maintain_order=True).agg(
        entire.alias("entire"),
        both.alias("both"),
        (pl.len().cast(pl.Int128) if ties == "split" else numbers.whole(1)).alias("size"),
        (amount.min() != amount.max()).alias("unequal"),
        notes.list.join("; ").replace("", None).alias("note"),
        pl.col("\0at").alias("together"),
    )
    each = spot.select("\0at", *tie, "nth").join(shared, on=tie, how="left", maintain_order="left")
    each = each.with_columns(amount=_share(pl.col("entire"), pl.col("size"), pl.col("nth"), remainder, places))
    lost = pl.col("entire") - pl.col("amount").sum().over(tie)
    if remainder is None:  # what is nobody's share is rounded as asked
        lost = pl.when(pl.col("size") > 1).then(lost).otherwise(numbers.whole(0))
    return each.select("\0at", "amount", "note", "both", "unequal", "together", "entire", lost=lost)


def _share(entire: pl.Expr, size: pl.Expr, nth: pl.Expr, remainder: Remainder | None, places: int | None) -> pl.Expr:
    """A share of an amount, rounded half up; or toward 0, and a last decimal more for the first ones."""
    quotient, rest = entire // size, entire % size
    if remainder is None:
        if places is not None:
            return numbers.rounded(quotient, rest, size, places)
        return pl.when(size == 1).then(quotient).otherwise(numbers.rounded(quotient, rest, size, 2))
    step = numbers.whole(10 ** (numbers.PLACES - (2 if places is None else places)))
    step = pl.when(size == 1).then(numbers.whole(1)).otherwise(step) if places is None else step
    steps = entire.abs() // step
    share = (steps // size + (nth < steps % size).cast(pl.Int128)) * step
    return pl.when(entire < 0).then(numbers.whole(0) - share).otherwise(share)


def _each(units: pl.DataFrame, amounts: pl.DataFrame, counting: Counting, places: int | None) -> pl.DataFrame:
    """What each unit gets, where each place has its amount; as `_shares` has it."""
    if counting == "dense":
        top = pl.col("place").rank("dense").over("\0group").cast(pl.Int64)
        spot = units.with_columns(top=top, bottom=top - top.max().over("\0group") - 1)
    else:
        spot = units.with_columns(top=pl.col("place").cast(pl.Int64), bottom=pl.lit(None, dtype=pl.Int64))
    spot = _with_amounts(spot, amounts)
    if spot.height and spot["top amount"].is_null().all() and spot["bottom amount"].is_null().all():
        options.log.warning("no unit has a place with an amount; the best place is %s", spot["place"].min())
    amount = pl.sum_horizontal("top amount", "bottom amount")
    note = pl.concat_str("top note", "bottom note", separator="; ", ignore_nulls=True).replace("", None)
    return spot.select(
        "\0at",
        amount=amount if places is None else numbers.rounded_to(amount, places),
        note=note,
        both=pl.col("top amount").is_not_null() & pl.col("bottom amount").is_not_null(),
        unequal=pl.lit(False),
        together=pl.concat_list("\0at"),
        entire=amount,
        lost=numbers.whole(0),
    )


def _with_amounts(spot: pl.DataFrame, amounts: pl.DataFrame) -> pl.DataFrame:
    """The units with the amounts and notes of their places, counted from the `top` and from the `bottom`."""
    for side in ("top", "bottom"):
        listed = amounts.select(pl.col("place").alias(side), pl.col("amount", "note").name.prefix(f"{side} "))
        spot = spot.join(listed, on=side, how="left", maintain_order="left")
    return spot


def _check_shares(mine: pl.DataFrame, ties: Ties, remainder: Remainder | None, allow_overlap: bool) -> None:
    """Refuse what the office has to decide.

    Raises:
        DataError: tied units compete for different amounts, a unit would get a prize and a penalty, or an amount has
            more decimals than its shares may have.
    """
    first = (pl.col("together").list.first() == pl.col("\0at")).fill_null(False)
    unequal, uneven = first & pl.col("unequal"), first & (pl.col("lost") != 0)
    checks = []
    if ties == "error":  # said once for each tie, at the first of its units
        told = "{value} are tied over different amounts (--ties full or split decides)"
        checks.append(Check(unequal, told, shown="tied"))
        mine = mine.with_columns(_tied(mine, unequal))
    if remainder:
        told = "{value} has more decimals than its shares, which --remainder first does not allow (--round N)"
        checks.append(Check(uneven, told, shown="amount of all"))
        entire = numbers.text(pl.col("entire")).alias("amount of all")
        mine = mine.with_columns(entire)
    if not allow_overlap:
        checks.append(Check(pl.col("both"), "would get a prize and a penalty (--allow-overlap adds them up)"))
    check(mine, checks)
    _tell_lost(mine, mine.filter(uneven))


def _tied(mine: pl.DataFrame, first: pl.Expr) -> pl.Series:
    """The names of the units of a tie, at the first of them; of ties that are not shown none."""
    rows = mine.select(first.arg_true()).to_series().head(SHOWN)
    tied = [", ".join(mine["unit"][mine["together"][row]]) for row in rows]
    return pl.Series("tied", [None] * mine.height, dtype=pl.String).scatter(rows, tied)


def _tell_lost(mine: pl.DataFrame, uneven: pl.DataFrame) -> None:
    """Tell which shares do not add up to the amounts.

    Args:
        mine: all units, by `\0at`.
        uneven: the first unit of each such tie.
    """
    if not uneven.height:
        return
    parts = []
    for row in uneven.head(_NAMED).rows(named=True):
        names = some(mine["unit"][row["together"][:NAMED]], len(row["together"]))
        given, entire = (numbers.show(Fraction(n, numbers.ONE)) for n in (row["entire"] - row["lost"], row["entire"]))
        parts.append(f"{names} get {given} of {entire}")
    more = uneven.height - _NAMED
    parts += [f"and {more} more"] if more > 0 else []
    told = f"shares of {counted(uneven.height, 'tie')} do not add up to the amounts: {'; '.join(parts)}"
    options.log.warning("%s (--remainder first gives what rounding leaves to the first on the board)", one_line(told))


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
    "--places",
    "counting",
    type=click.Choice(["competition", "dense", "given"]),
    default="competition",
    show_default=True,
    help="What these are: 1 2 2 4; 1 2 2 3, each with its amount; or any, each with its amount, and prizes only.",
)
@click.option(
    "--ties",
    type=click.Choice(["error", "full", "split"]),
    default="error",
    show_default=True,
    help="Tied units over different amounts: an error, each that of the first of their places, or all shared equally.",
)
@click.option(
    "--remainder",
    type=click.Choice(["first"]),
    help="With --ties split: round shares toward 0; what is left goes to the first on the board, a last decimal each.",
)
@options.places
@click.option("--allow-overlap", is_flag=True, help="Add up a prize and a penalty of one unit.")
@options.column("reward")
@options.ignore_veto
def command(
    prize: str | None, penalty: str | None, table: str | None, placing: dict[str, Any], **given: Any
) -> options.Apply:  # fmt: skip
    """Prizes go from the first place down, penalties from the last place up, and the others get 0.

    The places must be those of a competition, as rank gives them: within each group, or over the whole board. Vetoed
    units are passed over, the others move up, and their own cell is blank. A share is rounded to 2 decimals or to
    --round; shares that do not add up are told.
    """
    prizes, penalties = parse_amounts(prize, "--prize"), parse_amounts(penalty, "--penalty")
    check_together(given["counting"], given["ties"], given["remainder"], bool(penalties))
    if bool(prizes or penalties) == bool(table):
        raise Misuse("give --prize and --penalty, or --table")

    def apply(board: pl.DataFrame, files: Files) -> pl.DataFrame:
        return reward(board, prizes, penalties, table=files.open(table) if table else None, **given, **placing)

    return apply
