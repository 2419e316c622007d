"""Measure `fupin screen` with ten rules on 30 million households beside a plain Polars streaming script.

Both run as whole processes, from CSV or Parquet to a CSV file, in turns. fupin checks every row and every key;
plain_screen.py is exact, too, and checks nothing. Prints Markdown; see README.md beside this file. The exit status is 1
if they do not flag the same.
"""

from __future__ import annotations

import sys
from pathlib import Path

from run import HERE, Contender, parser, prepared, results, rows, table

POLARS_AT_MOST = 1.5
GIB_BELOW = 2


def contenders(file: str, runs: int) -> list[Contender]:
    """The contenders at one of the files."""

    def ours(folder: Path, out: Path) -> list[str]:
        words = ["screen", str(folder / file), "--rules", str(folder / "rules.csv"), "-o", str(out)]
        return [sys.executable, "-m", "fupin", *words]

    def plain(folder: Path, out: Path) -> list[str]:
        return [sys.executable, str(HERE / "plain_screen.py"), str(folder / file), str(out)]

    return [Contender("fupin", ours, False, runs), Contender("plain Polars", plain, False, runs)]


def agree(out: dict[str, Path]) -> bool:
    """Print whether both have flagged the same households alike."""
    import polars as pl

    flags = [pl.scan_csv(file, infer_schema=False).select("household", "flags") for file in out.values()]
    both = pl.concat([flags[0], flags[1].rename({"household": "other", "flags": "others"})], how="horizontal")
    alike = (pl.col("household") == pl.col("other")) & pl.col("flags").fill_null("").eq(pl.col("others").fill_null(""))
    same = bool(both.select(alike.all()).collect(engine="streaming").item())
    print(f"\n- {'the same flags' if same else 'OTHER FLAGS'}\n")
    return same


def main() -> int:
    """Make the data, measure, compare, print."""
    options = parser(__doc__, "30 million households", 3).parse_args()
    with prepared(options, "households.py", ("rules.csv",)) as (data, work):
        same = True
        for file in ("households.csv", "households.parquet"):
            print(f"\n`screen {file}`, {rows(data / 'households.csv'):,} households\n", flush=True)
            entries = contenders(file, options.runs)
            out = results(entries, data, work)
            table(entries, POLARS_AT_MOST, GIB_BELOW)
            same &= agree(out)
    return 0 if same else 1


if __name__ == "__main__":
    sys.exit(main())
