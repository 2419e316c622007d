"""Measure `fupin screen` with ten rules on 30 million households beside a plain Polars streaming script.

Both run as whole processes, from CSV or Parquet to a CSV file, in turns. fupin checks every row and every key;
plain_screen.py is exact, too, and checks nothing. Prints Markdown; see README.md beside this file. The exit status is 1
if they do not flag the same.
"""

from __future__ import annotations

import argparse
import os
import platform
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

from run import HERE, Contender, positive, results, rows, verdict

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


def table(entries: list[Contender]) -> None:
    """Print medians, peaks, the ratio and the targets."""
    ours, plain = (statistics.median(entry.seconds) for entry in entries)
    peak = max(entries[0].peaks)
    print("| contender | runs | median s | peak MiB |\n|---|--:|--:|--:|")
    for entry in entries:
        seconds = statistics.median(entry.seconds)
        print(f"| {entry.name} | {len(entry.seconds)} | {seconds:.2f} | {max(entry.peaks):.0f} |")
    ratio = ours / plain
    print(f"\n- fupin ÷ plain Polars {ratio:.2f}, at most {POLARS_AT_MOST}: {verdict(ratio, POLARS_AT_MOST)}")
    print(f"- fupin's peak below {GIB_BELOW} GiB: {'ok' if peak < GIB_BELOW * 1024 else 'MISSED'}")


def agree(out: dict[str, Path]) -> bool:
    """Print whether both have flagged the same households alike."""
    import polars as pl

    flags = [pl.scan_csv(file, infer_schema=False).select("household", "flags") for file in out.values()]
    both = pl.concat([flags[0], flags[1].rename({"household": "other", "flags": "others"})], how="horizontal")
    alike = (pl.col("household") == pl.col("other")) & pl.col("flags").fill_null("").eq(pl.col("others").fill_null(""))
    same = bool(both.select(alike.all()).collect(engine="streaming").item())
    print(f"- {'the same flags' if same else 'OTHER FLAGS'}\n")
    return same


def main() -> int:
    """Make the data, measure, compare, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, help="folder of the data: reused, or made there")
    parser.add_argument("--scale", type=float, default=1, help="1 makes 30 million households (default 1)")
    parser.add_argument("--runs", type=positive, default=3, help="measured runs after a warm-up (default 3)")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="fupin-bench-") as scratch:
        work = Path(scratch)
        data = (options.data or work / "data").resolve()
        if not (data / "rules.csv").exists():
            subprocess.run([sys.executable, HERE / "households.py", data, "--scale", str(options.scale)], check=True)
            os.sync()
        print(f"on {os.cpu_count()} cores, Python {platform.python_version()}")
        same = True
        for file in ("households.csv", "households.parquet"):
            print(f"\n`screen {file}`, {rows(data / 'households.csv'):,} households\n", flush=True)
            entries = contenders(file, options.runs)
            out = results(entries, data, work)
            table(entries)
            same &= agree(out)
    return 0 if same else 1


if __name__ == "__main__":
    sys.exit(main())
