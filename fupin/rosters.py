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
"""So many unknown names of a part are told the nearest ones."""
_COMPARED = 2_000_000
"""So many pairs of names are compared for it, so that a large roster does not make everybody wait."""


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

    @functools.cached_property
    def _alike(self) -> pl.DataFrame:
        """The units by their folded names; a unit that is written so goes before an alias that is."""
        alike = [one.with_columns(folded=fold(one["name"])).group_by("folded").agg("unit") for one in self._known]
        first = pl.concat(alike).unique("folded", keep="first", maintain_order=True)
        return first.with_columns(pl.col("unit").list.unique())

    @functools.cached_property
    def _folded(self) -> dict[str, str]:
        """The units by the folded names that lead to them."""
        return dict(zip(fold(self._exact["name"]), self._exact["unit"], strict=True))

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
            return found["unit"], {None: _BLANK}
        folded = pl.DataFrame({"name": unknown, "folded": fold(unknown)})
        folded = folded.join(self._alike, on="folded", how="left", maintain_order="left")
        one = folded.filter(pl.col("unit").list.len() == 1).select("name", late=pl.col("unit").list.first())
        found = found.join(one, on="name", how="left", maintain_order="left")
        reasons = self._reasons(folded.join(one, on="name", how="anti", maintain_order="left"))
        return found.select(pl.coalesce("unit", "late").alias("unit"))["unit"], {None: _BLANK, **reasons}

    def _reasons(self, unknown: pl.DataFrame) -> dict[str | None, str]:
        """Why names are not found, and the nearest that are."""
        most = min(_HINTED, _COMPARED // self._exact.height) if self._exact.height else 0
        told: dict[str | None, str] = {}
        for name, folded, same in unknown.rows():
            if same:
                told[name] = f"'{name}' could be {' or '.join(sorted(same))}"
                continue
            known = self._folded if len(told) < most else {}
            near = list(dict.fromkeys(known[one] for one in nearest(folded, known)))
            told[name] = f"'{name}' is not on the roster" + (f"; nearest: {', '.join(near)}" if near else "")
        return told


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
