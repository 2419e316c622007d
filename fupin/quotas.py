"""Bands and how many units each may take: the quotas of all groups, and those that a table gives to some of them.

Serves Longnan: bands with lower bounds, 优秀 normally within 15% of all and within 20% at the most, a larger or smaller
share for some counties.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from fractions import Fraction
from itertools import pairwise
from typing import Literal, NamedTuple

from fupin import numbers
from fupin.checks import Check, faults
from fupin.deferred import pl
from fupin.errors import SHOWN, DataError, Fault, Misuse, counted, hint
from fupin.numbers import Number
from fupin.rules import read_rules
from fupin.tables import Source

log = logging.getLogger("fupin")
Rounding = Literal["down", "up", "half-up"]
_RIGHT = "write a whole number of units, or a percentage from 0% to 100%, such as 3 or 15%"
_COLUMNS = ["quota", "share", "most", "most_share"]
_CENT = 100 * numbers.ONE


class Quota(NamedTuple):
    """How many units a band may take.

    Args:
        amount: units or percent, in quanta.
        share: whether it is percent.
    """

    amount: int
    share: bool


class Scheme(NamedTuple):
    """Bands and the quotas that groups have if they have none of their own.

    Args:
        names: the bands, best first.
        bounds: the lowest score of each, in quanta.
        quotas: how many units bands may take.
        most: how many they may take if otherwise a tie would be parted.
        base: the units that percentages count on; None for all of the group.
        rounding: how a share of them becomes a whole number.
    """

    names: list[str]
    bounds: list[int]
    quotas: dict[str, Quota]
    most: dict[str, Quota]
    base: int | None
    rounding: Rounding


class Own(NamedTuple):
    r"""Quotas that groups have of their own.

    Args:
        source: the table that they are from.
        table: `\0row`, group, band, max as it stands there, the columns of `_general`, base and used in quanta.
    """

    source: Source
    table: pl.DataFrame


def read_scheme(
    bands: Mapping[str, Number],
    quota: Mapping[str, Number],
    quota_max: Mapping[str, Number],
    *,
    base: int | None,
    rounding: Rounding,
    within: str | None,
    own: bool,
) -> Scheme:
    """Bands and quotas, as far as they can be checked without a table.

    Args:
        bands: the lowest score of each band.
        quota: how many units bands may take, whole numbers or percentages.
        quota_max: how many they may take if otherwise a tie would be parted.
        base: the units that percentages count on, if not all of the group.
        rounding: how a share becomes a whole number.
        within: the column of groups.
        own: whether groups have quotas of their own.

    Raises:
        Misuse: they do not go together.
    """
    if not bands:
        raise Misuse("--bands: there is no band")
    if base is not None and within is not None:
        raise Misuse("--base does not go with --within; in --quotas each group has its own")
    if base is not None and not quota:
        raise Misuse("--base goes with --quota")
    if own and within is None:
        raise Misuse("--quotas goes with --within, the column of its groups")
    found = {name: numbers.quanta(numbers.exact(bound, "--bands"), "--bands") for name, bound in bands.items()}
    names = sorted(found, key=lambda name: found[name], reverse=True)
    for above, name in pairwise(names):
        if found[above] == found[name]:
            raise Misuse(f"--bands: '{above}' and '{name}' have the same bound")
    quotas, most = (_of_bands(given, o, names) for given, o in ((quota, "--quota"), (quota_max, "--quota-max")))
    for name in most:
        if name not in quotas and not own:
            raise Misuse(f"--quota-max: '{name}' has no --quota")
        if name in quotas and quotas[name].share == most[name].share and most[name] < quotas[name]:
            raise Misuse(f"--quota-max: {quota_max[name]} for '{name}' is below its quota of {quota[name]}")
    return Scheme(names, [found[name] for name in names], quotas, most, base, rounding)


def _of_bands(given: Mapping[str, Number], option: str, names: list[str]) -> dict[str, Quota]:
    """The quotas of an option.

    Raises:
        Misuse: there is no such band, it is the last one, or it is no quota.
    """
    for name in given:
        if name not in names:
            raise Misuse(f"{option}: no band '{name}'{hint(name, names, 'bands')}")
        if name == names[-1]:
            raise Misuse(f"{option}: '{name}' is the last band, which takes all that are left")
    return {name: _quota(value, f"{option}: '{name}'") for name, value in given.items()}


def _quota(value: Number, what: str) -> Quota:
    """A quota.

    Raises:
        Misuse: it is none.
    """
    share = isinstance(value, str) and value.endswith("%")
    text = value.removesuffix("%") if isinstance(value, str) else value
    if isinstance(text, str) and not numbers.matches(text):
        raise Misuse(f"{what} gets '{value}', which is no quota; {_RIGHT}")
    number = numbers.exact(text, what)
    if number < 0 or (number > 100 if share else number.denominator != 1):
        shown = numbers.show(number) if isinstance(value, Fraction) else value
        raise Misuse(f"{what} gets {shown}, which is no quota; {_RIGHT}")
    return Quota(numbers.quanta(number, what), share)


def read_own(source: Source, scheme: Scheme) -> Own:
    """Read the quotas that groups have of their own.

    Args:
        source: the table: group, band, quota, and perhaps base, used and max.
        scheme: the bands; its most stands in for a blank max.

    Raises:
        DataError: the table is at fault; file, line and column are named.
    """
    band = pl.col("band")
    checks = [
        Check(~band.is_in(scheme.names), "no band '{value}'", "band", scheme.names),
        Check(band == scheme.names[-1], "'{value}' is the last band, which takes all that are left", "band"),
        *(Check(_no_quota(name), f"'{{value}}' is no quota; {_RIGHT}", name) for name in ("quota", "max")),
        *(Check(_no_count(name), "'{value}' is not a whole number of units", name) for name in ("base", "used")),
    ]
    table = read_rules(
        source,
        ["group", "band", "quota"],
        optional=["base", "used", "max"],
        amounts={"base": True, "used": True},
        unique=["group", "band"],
        checks=checks,
    ).with_row_index("\0row")
    table = table.with_columns(
        quota=_amount("quota"), share=_share("quota"), most=_amount("max"), most_share=_share("max")
    )
    general = _general(scheme).select("band", general="most", general_share="most_share")
    table = table.join(general, on="band", how="left", maintain_order="left").with_columns(
        most=pl.coalesce("most", "general"),
        most_share=pl.coalesce("most_share", "general_share"),
        shown=pl.coalesce(pl.format("'{}'", "max"), pl.lit("blank, so that --quota-max counts, which")),
    )
    below = (pl.col("most") < pl.col("quota")) & (pl.col("share") == pl.col("most_share"))
    listed, total = faults(table, [Check(below, "{value} is below the quota of this group", "max", shown="shown")])
    if total:
        raise DataError(source.located(listed), total)
    return Own(source, table.select("\0row", "group", "band", "base", "used", "max", *_COLUMNS))


def tell_absent(own: Own, groups: pl.Series) -> None:
    """Tell of the groups that have quotas of their own and are not on the board.

    Args:
        own: the quotas.
        groups: the group of each unit of the board.
    """
    known = groups.unique(maintain_order=True)
    lost = own.table.filter(~pl.col("group").is_in(known.implode())).unique("group", maintain_order=True)
    shown = lost.head(SHOWN).select("\0row", "group").rows()
    faults = [Fault(f"no unit is in the group '{group}'{hint(group, known)}", "group", row=row) for row, group in shown]
    for fault in own.source.located(faults):
        log.warning("%s", fault)
    if lost.height > SHOWN:
        log.warning("… and %d more", lost.height - SHOWN)


def _amount(column: str) -> pl.Expr:
    """The number of a quota, in quanta."""
    return numbers.read(pl.col(column).str.strip_suffix("%"))


def _share(column: str) -> pl.Expr:
    """Whether a quota is a percentage."""
    return pl.col(column).str.ends_with("%")


def _no_quota(column: str) -> pl.Expr:
    """Whether a cell is no quota."""
    amount = _amount(column)
    outside = pl.when(_share(column)).then(amount > _CENT).otherwise(amount % numbers.ONE != 0)
    return ~numbers.is_number(pl.col(column).str.strip_suffix("%")) | (amount < 0) | outside


def _no_count(column: str) -> pl.Expr:
    """Whether a number is no count of units."""
    return (numbers.read(column) < 0) | (numbers.read(column) % numbers.ONE != 0)


def _general(scheme: Scheme) -> pl.DataFrame:
    """The quotas of the scheme, a row for each band that has any."""
    none = (None, None)
    rows = [(name, *scheme.quotas.get(name, none), *scheme.most.get(name, none)) for name in scheme.names]
    kinds = [pl.String, pl.Int128, pl.Boolean, pl.Int128, pl.Boolean]
    table = pl.DataFrame(rows, dict(zip(["band", *_COLUMNS], kinds, strict=True)), orient="row")
    return table.filter(pl.any_horizontal(pl.col(_COLUMNS).is_not_null()))


def limits(scheme: Scheme, own: Own | None, groups: pl.DataFrame) -> pl.DataFrame:
    r"""How many units may be in each band of each group.

    Args:
        scheme: bands and quotas.
        own: quotas that groups have of their own.
        groups: `\0group`, `group` (its name), `size` (Int128).

    Returns:
        a row for each group and band with a quota: `\0group`, `band`, and Int128 `places` and `most`, less those
        that are used.

    Raises:
        DataError: a group has used more than its quota, or its max is below its quota, or lacks one.
    """
    general = _general(scheme)
    listed = groups.join(general.filter(pl.col("quota").is_not_null()), how="cross").with_columns(
        base=numbers.whole(scheme.base * numbers.ONE) if scheme.base is not None else pl.lit(None, dtype=pl.Int128),
        used=pl.lit(None, dtype=pl.Int128),
    )
    if own is not None:
        mine = own.table.join(groups, on="group", how="inner", maintain_order="left")
        _check_most(groups.join(general.filter(pl.col("quota").is_null()), how="cross"), mine, own.source)
        listed = pl.concat([listed.join(mine, on=["group", "band"], how="anti"), mine], how="diagonal")
    base = pl.coalesce(pl.col("base") // numbers.ONE, "size")
    places = _places("quota", "share", base, scheme.rounding)
    listed = listed.with_columns(
        places=places,
        most=pl.coalesce(_places("most", "most_share", base, scheme.rounding), places),
        used=pl.col("used").fill_null(0) // numbers.ONE,
    )
    if own is not None:
        _check_places(listed.filter(pl.col("\0row").is_not_null()), own.source)
    return listed.select("\0group", "band", pl.col("places", "most") - pl.col("used"))


def _places(amount: str, share: str, base: pl.Expr, rounding: Rounding) -> pl.Expr:
    """The whole number of units that a quota is of a base."""
    product = base * pl.col(amount)
    part = product % _CENT
    more = {"down": pl.lit(False), "up": part > 0, "half-up": part * 2 >= _CENT}[rounding]
    shared = product // _CENT + more.cast(pl.Int128)
    return pl.when(share).then(shared).otherwise(pl.col(amount) // numbers.ONE)


def _check_most(needed: pl.DataFrame, mine: pl.DataFrame, source: Source) -> None:
    """Refuse a --quota-max that has no quota in some group, where it would bound nothing.

    Raises:
        DataError: there are such groups.
    """
    bare = needed.join(mine, on=["group", "band"], how="anti", maintain_order="left")
    told = [
        Fault(f"no quota of '{band}' for the group '{group}', which --quota-max needs", file=source.name)
        for group, band in bare.select("group", "band").head(SHOWN).rows()
    ]
    if told:
        raise DataError(told, bare.height)


def _check_places(mine: pl.DataFrame, source: Source) -> None:
    """Refuse quotas of groups that contradict themselves, now that their places are known.

    Raises:
        DataError: more are used than the quota has, or a max is below its quota.
    """
    over = pl.col("used") > pl.col("places")
    below = pl.col("max").is_not_null() & (pl.col("most") < pl.col("places"))
    wrong = mine.filter(over | below).with_columns(over=over)
    told = []
    for row in wrong.head(SHOWN).rows(named=True):
        quota = f"the quota of this group, {counted(row['places'], 'place')}"
        over_it = f"{row['used']} used, which is more than {quota}", "used"
        message, column = over_it if row["over"] else (f"'{row['max']}' is {row['most']}, less than {quota}", "max")
        told.append(Fault(message, column, row=row["\0row"]))
    if told:
        raise DataError(source.located(told), wrong.height)
