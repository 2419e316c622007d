"""Measure `fupin vote` on 10 million ballots and `fupin tally --mean` on 10 million ratings beside plain Polars.

Both run as whole processes, from CSV files to a CSV file, in turns. fupin checks every row; plain_means.py is exact,
too, and checks nothing. Prints Markdown; see README.md beside this file. The exit status is 1 if they do not agree.
"""

from __future__ import annotations

import sys
from pathlib import Path

from run import HERE, Contender, parser, prepared, results, rows, table

INPUTS = ("cadres.csv", "ballots.csv", "ratings.csv")
JOBS = {
    "vote": "--ballots ballots.csv --scale 优秀=100,称职=80,基本称职=50,不称职=0 --invalid 废票",
    "tally": "--events ratings.csv --mean mark",
}


def contenders(job: str, runs: int) -> list[Contender]:
    """The contenders at one of the jobs."""

    def ours(folder: Path, _: Path) -> list[str]:
        words = [str(folder / word) if word in INPUTS else word for word in JOBS[job].split()]
        return [sys.executable, "-m", "fupin", job, str(folder / "cadres.csv"), *words, "--as", "mean"]

    def plain(folder: Path, out: Path) -> list[str]:
        return [sys.executable, str(HERE / "plain_means.py"), job, str(folder), str(out)]

    return [Contender("fupin", ours, True, runs), Contender("plain Polars", plain, False, runs)]


def agree(out: dict[str, Path]) -> bool:
    """Print whether both have the same means in the same order."""
    import polars as pl

    means = [pl.read_csv(file, schema_overrides={"mean": pl.Decimal(38, 6)}) for file in out.values()]
    same = means[0].equals(means[1])
    print(f"\n- {'the same means' if same else 'OTHER MEANS'} for {len(means[0]):,} cadres\n")
    return same


def main() -> int:
    """Make the data, measure, compare, print."""
    options = parser(__doc__, "10 million of each", 5).parse_args()
    with prepared(options, "cadres.py", INPUTS) as (data, work):
        same = True
        for job, file in zip(JOBS, INPUTS[1:], strict=True):
            print(f"\n`{job}`, {rows(data / file):,} rows\n", flush=True)
            entries = contenders(job, options.runs)
            out = results(entries, data, work)
            table(entries)
            same &= agree(out)
    return 0 if same else 1


if __name__ == "__main__":
    sys.exit(main())
