"""Make cadres who are voted on and rated: 100,000 of them, with 10 million ballots and 10 million ratings.

The same seed gives the same bytes on every machine, as generate.py explains.
"""

from __future__ import annotations

from pathlib import Path

import polars as pl
from generate import decimal, main, noise

CADRES, EACH = 100_000, 100
CHOICES = ["优秀"] * 7 + ["称职"] * 8 + ["基本称职"] * 2 + ["不称职", "废票", ""]


def write(folder: Path, scale: float) -> None:
    """Write cadres.csv, ballots.csv and ratings.csv; everybody has a valid ballot and a rating."""
    folder.mkdir(parents=True, exist_ok=True)
    cadres, i = max(1, int(CADRES * scale)), pl.col("i")

    def cadre(number: pl.Expr) -> pl.Expr:
        return pl.concat_str(pl.lit("陇南市干部"), number.cast(pl.String).str.zfill(6))

    def rows(count: int) -> pl.LazyFrame:
        return pl.LazyFrame({"i": pl.int_range(count, eager=True)})

    first = i < cadres
    who = cadre(pl.when(first).then(i).otherwise(noise(i, 1, cadres)))
    lot = pl.when(first).then(0).otherwise(noise(i, 2, len(CHOICES)))
    rows(cadres).select(cadre=cadre(i), county=noise(i, 3, 9) + 1).sink_csv(folder / "cadres.csv")
    rows(cadres * EACH).select(
        cadre=who, choice=lot.replace_strict(range(len(CHOICES)), CHOICES, return_dtype=pl.String)
    ).sink_csv(folder / "ballots.csv", quote_style="never")
    rows(cadres * EACH).select(cadre=who, mark=decimal(noise(i, 4, 4001) + 6000, 2)).sink_csv(folder / "ratings.csv")


if __name__ == "__main__":
    main(write, __doc__, "10 million ballots and as many ratings")
