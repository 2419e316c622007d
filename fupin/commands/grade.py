"""grade: give bands by their lower bounds, within quotas.

Serves Longnan: 优秀 from 90, 称职 from 80, 基本称职 from 60, 不称职 below; 优秀 normally for 15% of all cadres,
for 20% at the most, and for a larger or smaller share in some counties; a vetoed cadre's band is up to a review.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any, Unpack, get_args

import click

from fupin import boards, close_calls, numbers, options, tables
from fupin.boards import Placing
from fupin.chain import Files
from fupin.checks import Check, check, number_check, require_columns
from fupin.deferred import pl
from fupin.errors import NAMED, SHOWN, Misuse, counted, one_line, some
from fupin.numbers import Count, Number
from fupin.quotas import Rounding, Scheme, limits, read_own, read_scheme, tell_absent
from fupin.tables import Table


def grade(
    board: pl.DataFrame,
    by: str,
    bands: Mapping[str, Number],
    name: str = "grade",
    *,
    quota: Mapping[str, Number] | None = None,
    quota_max: Mapping[str, Number] | None = None,
    quotas: Table | None = None,
    quota_round: Rounding = "down",
    base: Count | None = None,
    within: str | None = None,
    vetoed: str | None = None,
    ignore_veto: bool = False,
    near: Number | None = None,
    key: Sequence[str] | None = None,
    **placing: Unpack[Placing],
) -> pl.DataFrame:
    """Append the band of each unit, contract §6.

    Args:
        board: one row per unit, texts.
        by: the column of scores.
        bands: the lowest score of each band, which belongs to it; in any order.
        name: the new column.
        quota: how many units a band may take in each group: a whole number, or a text such as `15%`, a share of all
            rows of the group, vetoed ones too. Past it the lowest scores go to the next band, and count there.
        quota_max: how many it may take where a tie would be parted, which goes down as a whole if it does not fit.
        quotas: quotas that groups have in place of those: group, band, quota, perhaps base (the units that
            percentages count on), used (places that are gone already), and max (quota_max where it is blank).
        quota_round: how a share becomes a whole number of units.
        base: the units that percentages count on, if not all rows.
        within: the column of groups; without it all rows are one.
        vetoed: the grade of vetoed units, missing if left out. They take no place of a quota.
        ignore_veto: grade vetoed units like the others.
        near: scores that differ by less from a bound, or across the end of a quota, are told; 0.00001 if left out, 0
            for none.
        key: the board's key columns.
        placing: see `boards.append`. The rows of a group are those that are computed.

    Returns:
        the board with the column.

    Raises:
        DataError: a score is missing or below every band, or a group's quotas are at fault.
    """
    _one_way(vetoed, ignore_veto)
    scheme = read_scheme(
        bands, quota or {}, quota_max or {}, base=base, rounding=quota_round, within=within, own=quotas is not None
    )
    closest = close_calls.distance(near)
    require_columns([by], board.columns)
    keys = boards.key_of(board, key)
    group, out = boards.groups(board, within), boards.vetoed(board, ignore=ignore_veto)
    called = board[within] if within else pl.repeat("", board.height, eager=True)
    facts = pl.DataFrame({"\0group": group, "\0called": called, "\0out": out})
    own = None if quotas is None else read_own(tables.table(quotas, "quotas"), scheme)
    if own is not None:
        tell_absent(own, called)

    def compute(rows: pl.DataFrame) -> pl.DataFrame:
        boards.check_groups(rows, within)
        mine = rows.with_columns(facts[rows["\0row"]]).with_row_index("\0at")
        _check_scores(mine, by, scheme)
        groups = mine.group_by("\0group", group="\0called", maintain_order=True).agg(size=pl.len().cast(pl.Int128))
        units = mine.filter(~pl.col("\0out")).select("\0at", "\0group", score=numbers.read(by))
        units = units.sort("\0group", "score", descending=[False, True], maintain_order=True)
        ties, emptied = _banded(_ties(units, scheme), scheme, limits(scheme, own, groups))
        emptied = emptied.join(groups, on="\0group", maintain_order="left")
        _tell_emptied(emptied, units, boards.units(mine, keys), within is not None)
        _tell_counts(ties, scheme, int(mine["\0out"].sum()))
        of_ties = ties.select("natural", "band")[units.select(pl.struct(_TIE).rle_id()).to_series()]
        placed = units.hstack(of_ties)
        calls = close_calls.to_bounds(mine.filter(~pl.col("\0out")), keys, by, _bounds(scheme), closest)
        close_calls.tell([*calls, _across(placed, mine, by, keys, closest)], closest)
        found = placed.select("\0at", "band")
        both = mine.select("\0at", "\0out").join(found, on="\0at", how="left", maintain_order="left")
        named = pl.col("band").replace_strict(dict(enumerate(scheme.names)), return_dtype=pl.String)
        return both.select(pl.when("\0out").then(pl.lit(vetoed, dtype=pl.String)).otherwise(named).alias(name))

    return boards.append(board, [name], compute, **placing)


_TIE = ("\0group", "score")


def _one_way(vetoed: str | None, ignore_veto: bool) -> None:
    """Refuse two answers to what becomes of vetoed units.

    Raises:
        Misuse: there are two, or the grade of vetoed units is empty.
    """
    if vetoed is not None and ignore_veto:
        raise Misuse("give either --vetoed NAME or --ignore-veto")
    if vetoed == "":
        raise Misuse("--vetoed: the name of a grade is empty; leave it out for none")


def _check_scores(mine: pl.DataFrame, by: str, scheme: Scheme) -> None:
    """Make sure that every unit that is not vetoed has a score, in some band.

    Raises:
        DataError: one has not.
    """
    lowest = numbers.show(Fraction(scheme.bounds[-1], numbers.ONE))
    below = numbers.read(by) < numbers.whole(scheme.bounds[-1])
    told = f"'{{value}}' is below every band; the last, '{scheme.names[-1]}', begins at {lowest}"
    counts = ~pl.col("\0out")
    check(mine, [rule.among(counts) for rule in (number_check(by), Check(below, told, by))])


def _ties(units: pl.DataFrame, scheme: Scheme) -> pl.DataFrame:
    r"""Units of one group and score together: `\0group`, `score`, `size`, `natural`, `first` and `last`.

    Args:
        units: sorted by group, and the highest score first.
        scheme: the bands, to which `natural` is the index by the score alone.

    Returns:
        a row for each tie, or unit that is in none; `first` and `last` are positions in the group, from 1.
    """
    ties = units.select(pl.struct(_TIE).rle().alias("run")).unnest("run").unnest("value").rename({"len": "size"})
    below = [(pl.col("score") < numbers.whole(bound)).cast(pl.Int8) for bound in scheme.bounds]
    last = pl.col("size").cum_sum().over("\0group")
    return ties.cast({"size": pl.Int128}).with_columns(
        natural=pl.sum_horizontal(below), first=last - pl.col("size") + 1, last=last
    )


def _banded(ties: pl.DataFrame, scheme: Scheme, allowed: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    r"""Fill the bands from the best one down.

    Args:
        ties: see `_ties`.
        scheme: the bands.
        allowed: `\0group`, `band`, `places`, `most`; a band that is not there takes all.

    Returns:
        the ties with the index of their `band`; and those so large that they left a band empty, which is `short`.
    """
    ties = ties.with_columns(band=pl.lit(None, dtype=pl.Int8), taken=numbers.whole(0))
    emptied = []
    for index, name in enumerate(scheme.names):
        limit = allowed.filter(band=name).select("\0group", "places", "most")
        first, last = pl.col("first") - pl.col("taken"), pl.col("last") - pl.col("taken")
        fits = (last <= pl.col("places")) | ((first <= pl.col("places")) & (last <= pl.col("most")))
        comes = pl.col("band").is_null() & (pl.col("natural") <= index)
        here = ties.join(limit, on="\0group", how="left", maintain_order="left").with_columns(
            stays=comes & fits.fill_null(True)
        )
        lost = comes & ~pl.col("stays") & (first == 1) & (pl.col("places") > 0)
        emptied.append(here.filter(lost).select("\0group", "first", "size", "places", short=pl.lit(name)))
        staying = pl.col("size") * pl.col("stays").cast(pl.Int128)
        ties = here.select(
            pl.exclude("band", "taken", "stays", "places", "most"),
            band=pl.when("stays").then(pl.lit(index, dtype=pl.Int8)).otherwise("band"),
            taken=pl.col("taken") + staying.sum().over("\0group"),
        )
    return ties, pl.concat(emptied)


def _bounds(scheme: Scheme) -> list[tuple[int, str]]:
    """The bounds of bands, and what they are called."""
    named = zip(scheme.bounds, scheme.names, strict=True)
    return [(bound, f"{name} from {numbers.show(Fraction(bound, numbers.ONE))}") for bound, name in named]


def _across(placed: pl.DataFrame, mine: pl.DataFrame, by: str, keys: Sequence[str], near: int) -> pl.DataFrame:
    r"""The last unit within a quota and the first one past it, where they are less than a distance apart.

    Args:
        placed: units in the order of `_ties`, with the `band` that they are in and the `natural` one.
        mine: all units by `\0at`, with their cells.
        by: the column of scores.
        keys: the key columns.
        near: the distance, in quanta.
    """
    before, score = pl.col("band").shift(1), pl.col("score")
    same = pl.col("\0group") == pl.col("\0group").shift(1)
    cut = same & (pl.col("natural") <= before) & (before < pl.col("band"))
    close = cut & close_calls.is_close(score, score.shift(1), near)
    return close_calls.neighbours(placed, close, pl.col("\0at"), mine, keys, by)


def _tell_emptied(emptied: pl.DataFrame, units: pl.DataFrame, names: pl.Series, within: bool) -> None:
    """Tell which bands nobody is in because of a tie.

    Args:
        emptied: see `_banded`, and the name of the `group`.
        units: the units in the order of `_ties`.
        names: what the rows `\0at` are called.
        within: whether there are groups.
    """
    for row in emptied.head(SHOWN).rows(named=True):
        tied = units.filter(pl.col("\0group") == row["\0group"]).slice(row["first"] - 1, min(row["size"], NAMED))
        called = some(names[tied["\0at"]], row["size"])
        where = f" of '{row['group']}'" if within else ""
        options.log.warning(
            "%s",
            one_line(
                f"nobody{where} gets '{row['short']}': {counted(row['size'], 'unit')} tied over "
                f"{counted(row['places'], 'place')} (--quota-max may keep them): {called}"
            ),
        )
    if emptied.height > SHOWN:
        options.log.warning("… and %d more", emptied.height - SHOWN)


def _tell_counts(ties: pl.DataFrame, scheme: Scheme, out: int) -> None:
    """Tell how many units are in each band, and how many a quota moved."""
    sizes = dict(ties.group_by("band").agg(pl.col("size").sum()).rows())
    each = ", ".join(f"{name} {sizes.get(index, 0)}" for index, name in enumerate(scheme.names))
    moved = int(ties.filter(pl.col("band") > pl.col("natural"))["size"].sum())
    options.log.info("%s; %s moved down by a quota, %d vetoed", one_line(each), counted(moved, "unit"), out)


EXAMPLES = r"""
$ fupin grade villages.csv --by field --bands 优秀=90,称职=80,基本称职=60,不称职=0 \
    --quota 优秀=15% --quota-max 优秀=20% then keep --where "field > 90"
village,kind,field,grade
莲台村,贫困村,93.5,优秀
东湾嘴村,非贫困村,90.2,称职
白鹭洲村,非贫困村,91.50,称职
新堤村,非贫困村,93.5,优秀
枫树岭村,贫困村,94.8,优秀
月形山村,贫困村,96.0,优秀
沙河渡村,贫困村,92.6,称职
"""


@options.verb("grade", examples=EXAMPLES)
@click.option(
    "--by", type=options.Column(), required=True, metavar="COLUMN", help="The column of scores, the highest best."
)
@click.option(
    "--bands",
    type=options.Pairs(),
    required=True,
    metavar="BAND=N,…",
    help="The lowest score of each band, which belongs to it.",
)
@options.pairs(
    "--quota", metavar="BAND=N|N%,…", told="How many units a band may take in each group; % of all rows of the group."
)
@options.pairs(
    "--quota-max", metavar="BAND=N|N%,…", told="How many it may take where a tie lies across the end of the quota."
)
@click.option(
    "--quotas",
    type=options.File(),
    metavar="FILE",
    help="Quotas of groups of their own: group, band, quota, and perhaps base, used, max.",
)
@click.option("--base", type=options.count, metavar="N", help="Count percentages on N, not on all rows.")
@options.within
@click.option(
    "--quota-round",
    type=click.Choice(get_args(Rounding)),
    default="down",
    show_default=True,
    help="How a percentage becomes a number of units, in --quota-max too.",
)
@options.column("grade")
@click.option("--vetoed", metavar="NAME", help="The grade of vetoed units.  [default: none]")
@options.ignore_veto
@options.near
def command(
    bands: dict[str, str],
    quota: dict[str, str],
    quota_max: dict[str, str],
    quotas: str | None,
    quota_round: Rounding,
    base: int | None,
    within: str | None,
    placing: dict[str, Any],
    **given: Any,
) -> options.Apply:
    """Past a quota, the lowest scores go to the next band, and count there.

    Equal scores stay together: those across the end of a quota stay if --quota-max has room for all of them, and
    else go down. In --quotas, used places are taken off, base is what percentages count on, and a blank max is that
    of --quota-max. Vetoed units count among all rows, but take no place. With --for, a group is the rows that are
    computed. A missing score, or one below every band, is an error.
    """
    _one_way(given["vetoed"], given["ignore_veto"])
    read_scheme(bands, quota, quota_max, base=base, rounding=quota_round, within=within, own=quotas is not None)

    def apply(board: pl.DataFrame, files: Files) -> pl.DataFrame:
        return grade(
            board, bands=bands, quota=quota, quota_max=quota_max, quotas=files.open(quotas) if quotas else None,
            quota_round=quota_round, base=base, within=within, **given, **placing,
        )  # fmt: skip

    return apply
