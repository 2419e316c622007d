"""Measure `fupin ingest` on what offices send, beside csvclean, frictionless validate and a bare read by calamine.

Every contender runs as a whole process on the same file, the slow ones once. fupin checks the roster and the schema
and writes the clean table; csvclean reports rows that are too long or too short; frictionless checks the schema;
calamine reads the cells of a workbook as Python values. Prints Markdown; see README.md beside this file.
"""

from __future__ import annotations

import filecmp
import statistics
import sys
from collections.abc import Sequence
from pathlib import Path

from run import parser, prepared, timed, verdict

MB_PER_SECOND, GB18030_SHARE, GIB_BELOW, CALAMINE_AT_MOST = 60.0, 0.5, 2.0, 1.5
INPUTS = ("households.csv", "households-gb18030.csv", "households.xlsx", "full.xlsx", "villages.csv", "schema.json")
READ = "import python_calamine, sys; python_calamine.load_workbook(sys.argv[1]).get_sheet_by_index(0).to_python()"


def ingest(data: Path, name: str, *words: str) -> list[str]:
    """The command line that takes in a file with all checks."""
    checks = ["--roster", str(data / "villages.csv"), "-k", "village", "--schema", str(data / "schema.json")]
    return [sys.executable, "-m", "fupin", "ingest", str(data / name), *checks, *words]


def measured(command: Sequence[str], runs: int, out: Path | None) -> tuple[float, float]:
    """The median of the seconds and the highest peak in MiB, after a warm-up where there is more than one run."""
    taken = [timed(command, out) for _ in range(runs + (runs > 1))][runs > 1 :]
    return statistics.median(seconds for seconds, _ in taken), max(peak for _, peak in taken)


def same(left: Path, right: Path) -> str:
    """Whether two files have the same bytes, as a word."""
    alike = filecmp.cmp(left, right, shallow=False)
    return "same bytes as the input" if alike else "OTHER BYTES than the input"


def texts(data: Path, work: Path, runs: int, folder: Path) -> None:
    """Print how fast CSV is taken in, and how fast others, whose programs are in a folder, look at it."""
    out = work / "out.csv"
    print("| CSV | MB | s | MB/s | peak MiB | fupin ÷ it | target | | |")
    print("|---|--:|--:|--:|--:|--:|---|---|---|")
    size = (data / "households.csv").stat().st_size / 1e6
    ours, peak = measured(ingest(data, "households.csv"), runs, out)
    speed, told = size / ours, same(out, data / "households.csv")
    met = verdict(-speed, -MB_PER_SECOND) if peak < GIB_BELOW * 1024 else "MISSED"
    target = f"≥ {MB_PER_SECOND:g} MB/s, < {GIB_BELOW:g} GiB"
    print(f"| fupin ingest | {size:.0f} | {ours:.2f} | {speed:.0f} | {peak:.0f} | | {target} | {met} | {told} |")
    name = "households-gb18030.csv"
    narrow = (data / name).stat().st_size / 1e6
    seconds, peak = measured(ingest(data, name, "--encoding", "gb18030"), runs, out)
    met, target = verdict(-narrow / seconds, -speed * GB18030_SHARE), f"≥ {GB18030_SHARE:g} of that"
    told = same(out, data / "households.csv").replace("input", "UTF-8")
    print(
        f"| the same in GB18030 | {narrow:.0f} | {seconds:.2f} | {narrow / seconds:.0f} | {peak:.0f} | | {target} "
        f"| {met} | {told} |"
    )
    file = str(data / "households.csv")
    others = {
        "csvclean": [str(folder / "csvclean"), "-a", file],
        "frictionless validate": [
            str(folder / "frictionless"), "validate", file, "--trusted", "--schema", str(data / "schema.json"),
        ],
    }  # fmt: skip
    for name, command in others.items():
        if not Path(command[0]).exists():
            print(f"| {name} | | | | | | | left out, not installed | |")
            continue
        seconds, peak = measured(command, 1, None)
        speed, ratio = size / seconds, f"1/{seconds / ours:.1f}"
        print(f"| {name} | {size:.0f} | {seconds:.1f} | {speed:.1f} | {peak:.0f} | {ratio} | | | |")


def workbooks(data: Path, work: Path, runs: int) -> None:
    """Print how fast workbooks are taken in beside a bare read."""
    import polars as pl

    out = work / "out.csv"
    print("\n| workbook | rows | calamine s | fupin s | ratio | peak MiB | target | |")
    print("|---|--:|--:|--:|--:|--:|---|---|")
    for name, most in (("households.xlsx", CALAMINE_AT_MOST), ("full.xlsx", None)):
        file = str(data / name)
        bare, _ = measured([sys.executable, "-c", READ, file], runs if most else 1, None)
        ours, peak = measured(ingest(data, name), runs if most else 1, out)
        rows = pl.scan_csv(out).select(pl.len()).collect().item()
        target, met = (f"≤ {most}", verdict(ours / bare, most)) if most else ("it works", "ok")
        print(f"| {name} | {rows:,} | {bare:.2f} | {ours:.2f} | {ours / bare:.2f} | {peak:.0f} | {target} | {met} |")


def main() -> int:
    """Make the data, measure, print."""
    asked = parser(__doc__, "500 MB of CSV", 3)
    bin_folder = Path(sys.executable).parent
    asked.add_argument("--others", type=Path, default=bin_folder, help="folder of csvclean and frictionless")
    options = asked.parse_args()
    with prepared(options, "offices.py", INPUTS) as (data, work):
        texts(data, work, options.runs, options.others)
        workbooks(data, work, options.runs)
    return 0


if __name__ == "__main__":
    sys.exit(main())
