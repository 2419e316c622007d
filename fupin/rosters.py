"""Names of units as an office writes them, found on the roster: exactly, by alias, or after folding; never guessed.

Contract §7. Folding makes full-width signs half-width, drops spaces, and makes traditional characters simplified ones.
"""

from __future__ import annotations

import functools
from collections.abc import Sequence

from fupin import cleaning
from fupin.checks import Check
from fupin.deferred import pl
from fupin.errors import DataError, nearest
from fupin.rules import read_rules
from fupin.tables import Source

_BLANK = "blank, where the name of a unit is needed"
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


class Roster:
    """The units, and how their names are found.

    Args:
        key: the column of their names in tables that are made clean.
        units: their names.
        aliases: `alias` and `unit`: other names of theirs.
    """

    def __init__(self, key: str, units: pl.Series, aliases: pl.DataFrame | None = None) -> None:
        self.key = key
        self.units = units
        self._known = [pl.DataFrame({"name": units, "unit": units})]
        self._known += [] if aliases is None else [aliases.select(name="alias", unit="unit")]
        self._exact = pl.concat(self._known).unique("name", keep="first", maintain_order=True)
        self._told: dict[str | None, str] = {None: _BLANK}

    @functools.cached_property
    def _alike(self) -> pl.DataFrame:
        """The units by their folded names; a unit that is written so goes before an alias that is."""
        alike = [one.with_columns(folded=fold(one["name"])).group_by("folded").agg("unit") for one in self._known]
        first = pl.concat(alike).unique("folded", keep="first", maintain_order=True)
        return first.with_columns(pl.col("unit").list.unique())

    def find(self, names: pl.Series) -> tuple[pl.Series, dict[str | None, str]]:
        """Find names.

        Args:
            names: names as they came, trimmed.

        Returns:
            the unit of each name, null where it is not found; and for the names that are not, why.

        Raises:
            DataError: a name that is not found has traditional characters, and OpenCC is not there to fold them.
        """
        found = names.alias("name").to_frame().join(self._exact, on="name", how="left", maintain_order="left")
        unknown = found.filter(pl.col("unit").is_null())["name"].drop_nulls().unique(maintain_order=True)
        if not unknown.len():
            return found["unit"], self._told
        folded = pl.DataFrame({"name": unknown, "folded": fold(unknown)})
        folded = folded.join(self._alike, on="folded", how="left", maintain_order="left")
        one = folded.filter(pl.col("unit").list.len() == 1).select("name", late=pl.col("unit").list.first())
        found = found.join(one, on="name", how="left", maintain_order="left")
        self._tell(folded.join(one, on="name", how="anti", maintain_order="left"))
        return found.select(pl.coalesce("unit", "late").alias("unit"))["unit"], self._told

    def _tell(self, unknown: pl.DataFrame) -> None:
        """Find out why names are not found, and the nearest that are."""
        known = dict(zip(fold(self._exact["name"]), self._exact["unit"], strict=True)) if unknown.height else {}
        for name, folded, same in unknown.rows():
            if name in self._told:
                continue
            if same:
                self._told[name] = f"'{name}' could be {' or '.join(sorted(same))}"
                continue
            near = (
                list(dict.fromkeys(known[one] for one in nearest(folded, known))) if len(self._told) < _HINTED else []
            )
            self._told[name] = f"'{name}' is not on the roster" + (f"; nearest: {', '.join(near)}" if near else "")


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
