"""Names of units as an office writes them, found on the roster: exactly, by alias, or after folding; never guessed.

Contract §7. Folding makes full-width signs half-width, drops spaces, and makes traditional characters simplified ones.
"""

from __future__ import annotations

from collections.abc import Sequence

from fupin import cleaning
from fupin.checks import Check
from fupin.deferred import pl
from fupin.errors import DataError, nearest
from fupin.rules import read_rules
from fupin.tables import Source

_HINTED = 200
"""So many unknown names are told the nearest ones; beyond that the search would take longer than the reader lives."""


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


def find(
    names: pl.Series, units: pl.Series, aliases: pl.DataFrame | None = None
) -> tuple[pl.Series, dict[str | None, str]]:
    """Find names on a roster.

    Args:
        names: names as they came, trimmed.
        units: the roster's.
        aliases: `alias` and `unit`.

    Returns:
        the unit of each name, null where it is not found; and for the names that are not, why.

    Raises:
        DataError: a name that is not found has traditional characters, and OpenCC is not there to fold them.
    """
    known = [pl.DataFrame({"name": units, "unit": units})]
    known += [] if aliases is None else [aliases.select(name="alias", unit="unit")]
    exact = pl.concat(known).unique("name", keep="first", maintain_order=True)
    found = names.alias("name").to_frame().join(exact, on="name", how="left", maintain_order="left")
    reasons: dict[str | None, str] = {None: "blank, where the name of a unit is needed"}
    unknown = found.filter(pl.col("unit").is_null())["name"].drop_nulls().unique(maintain_order=True)
    if unknown.len():
        # a unit that is written so goes before an alias that is
        alike = pl.concat(one.with_columns(folded=fold(one["name"])).group_by("folded").agg("unit") for one in known)
        alike = alike.unique("folded", keep="first", maintain_order=True).with_columns(pl.col("unit").list.unique())
        written = pl.DataFrame({"name": unknown, "folded": fold(unknown)}).join(alike, on="folded", how="left")
        one = written.filter(pl.col("unit").list.len() == 1).select("name", late=pl.col("unit").list.first())
        found = found.join(one, on="name", how="left", maintain_order="left")
        found = found.with_columns(unit=pl.coalesce("unit", "late"))
        reasons |= _reasons(written.join(one, on="name", how="anti", maintain_order="left"), exact)
    return found["unit"], reasons


def _reasons(unknown: pl.DataFrame, known: pl.DataFrame) -> dict[str | None, str]:
    """Why names are not found, with the nearest that are."""
    reasons: dict[str | None, str] = {}
    candidates = dict(zip(fold(known["name"]), known["unit"], strict=True)) if unknown.height else {}
    for i, (name, folded, same) in enumerate(unknown.rows()):
        if same:
            reasons[name] = f"'{name}' could be {' or '.join(sorted(same))}"
            continue
        near = [candidates[one] for one in nearest(folded, candidates)] if i < _HINTED else []
        reasons[name] = f"'{name}' is not on the roster" + (f"; nearest: {', '.join(near)}" if near else "")
    return reasons


def fold(names: pl.Series) -> pl.Series:
    """Names as they are compared: half-width, without spaces, in simplified characters.

    Raises:
        DataError: there are traditional characters, and OpenCC is not there to fold them.
    """
    if not names.len():
        return names
    plain = names.alias("name").to_frame().select(cleaning.folded(pl.col("name")).fill_null("")).to_series()
    try:
        import opencc
    except ImportError:
        _refuse_traditional(plain.to_list())
        return plain
    return pl.Series(opencc.OpenCC("t2s").convert("\n".join(plain)).split("\n"), dtype=pl.String)


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
