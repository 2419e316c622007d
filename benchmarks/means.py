"""Measure `fupin vote` on 10 million ballots and `fupin tally --mean` on 10 million ratings beside plain Polars.

Both run as whole processes, from CSV files to a CSV file, in turns. fupin checks every row; plain_means.py is exact,
too, and checks nothing. Prints Markdown; see README.md beside this file. The exit status is 1 if they do not agree.
"""

from __future__ import annotations

import argparse
import os
import platform
import subprocess
import sys
import tempfile
from pathlib import Path

from run import HERE, Contender, positive, results, rows, table

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
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, help="folder of the data: reused, or made there")
    parser.add_argument("--scale", type=float, default=1, help="1 makes 10 million of each (default 1)")
    parser.add_argument("--runs", type=positive, default=5, help="measured runs after a warm-up (default 5)")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="fupin-bench-") as scratch:
        work = Path(scratch)
        data = (options.data or work / "data").resolve()
        if not all((data / name).exists() for name in INPUTS):
            subprocess.run([sys.executable, HERE / "cadres.py", data, "--scale", str(options.scale)], check=True)
            os.sync()
        print(f"on {os.cpu_count()} cores, Python {platform.python_version()}")
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
