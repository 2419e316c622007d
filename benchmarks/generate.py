"""Make a made-up nation: 128,000 villages, 10 million routine events, 1 million extras.

The same seed gives the same bytes on every machine: the numbers come from a hash of the row number in plain
64-bit integer arithmetic (splitmix64), not from a library's random generator.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path

import polars as pl

VILLAGES, EVENTS, EXTRAS = 128_000, 10_000_000, 1_000_000
COUNTIES = 2_800


def noise(rows: pl.Expr, stream: int, modulus: int) -> pl.Expr:
    """Integers from 0 to modulus - 1, one per row number, different in every stream."""
    z = rows.cast(pl.UInt64) * 0x9E3779B97F4A7C15 + (stream * 0xBF58476D1CE4E5B9 & (2**64 - 1))
    for shift, factor in ((2**30, 0xBF58476D1CE4E5B9), (2**27, 0x94D049BB133111EB)):
        z = (z ^ (z // shift)) * factor
    return (z ^ (z // 2**31)) // 2**11 % modulus


def decimal(units: pl.Expr, places: int) -> pl.Expr:
    """Write units / 10^places as text."""
    whole, rest = (units // 10**places).cast(pl.String), (units % 10**places).cast(pl.String)
    return pl.concat_str(whole, pl.lit("."), rest.str.zfill(places))


def village(number: pl.Expr) -> pl.Expr:
    """Name a village by the county's number and its own, as official codes do."""
    return pl.concat_str(
        pl.lit("县"), (number % COUNTIES).cast(pl.String).str.zfill(4), pl.lit("村"), number.cast(pl.String)
    )


def write(folder: Path, scale: float) -> None:
    """Write villages.csv, routine.csv, extras.csv, rules.csv and vetoes.csv into the folder."""
    villages, events, extras = (max(1, int(n * scale)) for n in (VILLAGES, EVENTS, EXTRAS))
    folder.mkdir(parents=True, exist_ok=True)
    i = pl.col("i")

    def rows(count: int) -> pl.LazyFrame:
        return pl.LazyFrame({"i": pl.int_range(count, eager=True)})

    rows(villages).select(
        village=village(i),
        county=pl.concat_str(pl.lit("县"), (i % COUNTIES).cast(pl.String).str.zfill(4)),
        field=decimal(noise(i, 1, 2500) + 7500, 2),
        industry=decimal(noise(i, 2, 1500) + 3500, 2),
    ).sink_csv(folder / "villages.csv")
    rows(events).select(
        village=village(noise(i, 3, villages)),
        task=pl.concat_str(pl.lit("T"), noise(i, 4, 400).cast(pl.String).str.zfill(3)),
        date=pl.date(2019, 1, 1) + pl.duration(days=noise(i, 5, 365).cast(pl.Int64)),
        points=decimal(noise(i, 6, 4) + 1, 1),
    ).sink_csv(folder / "routine.csv")
    item = noise(i, 8, 6)
    rows(extras).select(
        village=village(noise(i, 7, villages)),
        item=pl.lit("I") + (item + 16).cast(pl.String),
        level=pl.lit("L") + noise(i, 9, 3).cast(pl.String),
    ).sink_csv(folder / "extras.csv")
    signs_and_caps = {16: (1, 3), 17: (1, 3), 18: (1, 2), 19: (1, 2), 20: (-1, 3), 21: (-1, 3)}
    points = ("0.1", "0.25", "0.5")
    with (folder / "rules.csv").open("w", encoding="utf-8") as rules:
        rules.write("item,level,points,cap\n")
        for number, (sign, cap) in signs_and_caps.items():
            for level, value in enumerate(points):
                rules.write(f"I{number},L{level},{'-' if sign < 0 else ''}{value},{cap}\n")
    rows(max(1, villages // 100)).select(village=village(noise(i, 10, villages)), item=pl.lit("约谈")).sink_csv(
        folder / "vetoes.csv"
    )


def main(make: Callable[[Path, float], None], told: str | None, whole: str) -> None:
    """Make data as the command line says.

    Args:
        make: writes them into a folder, at a scale.
        told: what they are, for the help.
        whole: what scale 1 makes.
    """
    parser = argparse.ArgumentParser(description=told)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--scale", type=float, default=1, help=f"1 makes {whole}")
    arguments = parser.parse_args()
    make(arguments.folder, arguments.scale)


if __name__ == "__main__":
    main(write, __doc__, "the whole nation")
