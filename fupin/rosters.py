"""Names of units as an office writes them, found on the roster: exactly, by alias, or after folding; never guessed.

Contract §7. Folding makes full-width signs half-width, drops spaces, and makes traditional characters simplified ones.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from fupin import cleaning
from fupin.checks import Check
from fupin.deferred import pl
from fupin.errors import DataError, hint
from fupin.rules import read_rules
from fupin.tables import Source

_HINTED = 1000
"""So many unknown names are told the nearest ones; beyond that the search would take longer than the reader lives."""


class Found(NamedTuple):
    """What becomes of each name.

    Args:
        units: `name`, `unit` (null where it is not on the roster), a row for each different name.
        reasons: for the names without a unit why not.
    """

    units: pl.DataFrame
    reasons: dict[str, str]


def read_roster(roster: Source, key: str) -> pl.Series:
    """The units of a roster.

    Raises:
        DataError: one is blank or there twice.
    """
    return read_rules(roster, [key], amounts={}, unique=[key])[key]


def read_aliases(aliases: Source, units: pl.Series) -> pl.DataFrame:
    """A table of aliases: `alias`, `unit`.

    Raises:
        DataError: an alias is there twice, or its unit is not on the roster.
    """
    unknown = Check(~pl.col("unit").is_in(units.implode()), "'{value}' is not on the roster", "unit", units)
    return read_rules(aliases, ["alias", "unit"], amounts={}, unique=["alias"], checks=[unknown])


def find(names: pl.Series, units: pl.Series, aliases: pl.DataFrame | None = None) -> Found:
    """Find names on a roster.

    Args:
        names: names as they came, trimmed.
        units: the roster's.
        aliases: `alias` and `unit`.

    Returns:
        the unit of each different name, or why it has none.

    Raises:
        DataError: a name that is not found has traditional characters, and OpenCC is not there to fold them.
    """
    wanted = names.drop_nulls().unique(maintain_order=True).alias("name").to_frame()
    exact = units.alias("name").to_frame().with_columns(unit="name")
    if aliases is not None:
        exact = pl.concat([exact, aliases.rename({"alias": "name"})]).unique("name", keep="first")
    found = wanted.join(exact, on="name", how="left", maintain_order="left")
    open_ = found.filter(pl.col("unit").is_null())["name"]
    if not open_.len():
        return Found(found, {})
    folded = pl.DataFrame({"folded": fold(units), "unit": units}).group_by("folded").agg("unit")
    again = pl.DataFrame({"name": open_, "folded": fold(open_)}).join(folded, on="folded", how="left")
    reasons, matches = {}, {}
    for i, (name, _, same) in enumerate(again.rows()):
        if same and len(same) == 1:
            matches[name] = same[0]
        elif same:
            reasons[name] = f"'{name}' could be {' or '.join(sorted(same))}"
        else:
            reasons[name] = f"'{name}' is not on the roster{hint(name, units) if i < _HINTED else ''}"
    late = pl.DataFrame([*matches.items()], schema={"name": pl.String, "late": pl.String}, orient="row")
    units_ = found.join(late, on="name", how="left", maintain_order="left")
    return Found(units_.select("name", unit=pl.coalesce("unit", "late")), reasons)


def fold(names: pl.Series) -> pl.Series:
    """Names as they are compared: half-width, without spaces, in simplified characters.

    Raises:
        DataError: there are traditional characters, and OpenCC is not there to fold them.
    """
    name = pl.col("name")
    plain = names.alias("name").to_frame().select(cleaning.narrow(name).str.replace_all(r"\s", "")).to_series()
    text = "\n".join(plain.fill_null(""))
    try:
        import opencc
    except ImportError:
        _refuse_traditional(plain.to_list())
        return plain
    return pl.Series(opencc.OpenCC("t2s").convert(text).split("\n"), dtype=pl.String)


def _refuse_traditional(names: Sequence[str]) -> None:
    """Refuse what only OpenCC can compare.

    Raises:
        DataError: a name has characters that Big5 has and GB2312 has not.
    """
    for name in names:
        letters = "".join(sign for sign in name if not _has(sign, "gb2312") and _has(sign, "big5"))
        if letters:
            raise DataError(
                f"'{name}' has traditional characters ({letters}), and comparing them with simplified ones needs"
                " OpenCC: pip install 'fupin[opencc]'"
            )


def _has(sign: str, encoding: str) -> bool:
    try:
        return bool(sign.encode(encoding))
    except UnicodeEncodeError:
        return False
