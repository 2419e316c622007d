"""Measure fupin against hand-written Polars, DuckDB and Miller on the same ranking of a made-up nation.

Every contender runs as a whole process, from CSV files to a CSV file, in turns (A B C A B C …). Then the
small cases: a chain over 21 villages and `fupin --help`. Prints Markdown; see README.md beside this file.
The exit status is 1 if fupin, Polars and DuckDB do not give the same ranking; a missed target alone is 0.
"""

from __future__ import annotations

import argparse
import contextlib
import importlib.util
import os
import platform
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import polars as pl

HERE = Path(__file__).resolve().parent
FUPIN, POLARS, DUCKDB, MILLER = "fupin", "plain Polars", "DuckDB", "Miller"
INPUTS = ("villages.csv", "routine.csv", "extras.csv", "rules.csv", "vetoes.csv")
TINY_VILLAGES, NATIONAL_VILLAGES = 21, 128_000

POLARS_AT_MOST = 1.6
DUCKDB_AT_MOST = 1.9
MILLER_AT_LEAST = 12.0
GIB_BELOW = 1.5
IMPORT_AT_MOST = 1.35
HELP_MS_AT_MOST = 60.0


@dataclass
class Contender:
    """A program that does the job.

    Args:
        name: how the table calls it.
        command: its command line, given the folder of the data and the file for the result.
        prints: whether the result comes on standard output.
        runs: how often it is measured.
        seconds: wall time of each measured run.
        peaks: peak memory of each measured run, in MiB.

    """

    name: str
    command: Callable[[Path, Path], list[str]]
    prints: bool
    runs: int
    seconds: list[float] = field(default_factory=list)
    peaks: list[float] = field(default_factory=list)


def timed(command: Sequence[str], out: Path | None) -> tuple[float, float]:
    """Wall time in seconds and peak memory in MiB of a process and those it waited for.

    The peak that Linux reports includes what this process held when it started the other one, so nothing
    large is imported here before all is measured.
    """
    with open(out or os.devnull, "wb") as target:
        start = time.perf_counter()
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=target)
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - start
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        sys.exit(f"run.py: status {process.returncode} from: {' '.join(command)}")
    return seconds, usage.ru_maxrss / (1 << 20 if sys.platform == "darwin" else 1 << 10)


def chain(program: Sequence[str], folder: Path) -> list[str]:
    """Give the command line of fupin for the whole job."""
    files = {name: str(folder / name) for name in INPUTS}
    stages = (
        "deduct {villages.csv} --events {routine.csv} --full 20 --each 0.1:0.4 --as routine",
        "weight routine/20 field/100:30% industry/50 --sum 100 --as base",
        "bonus --events {extras.csv} --rules {rules.csv} --as extras",
        "weight base extras --as total",
        "veto --when CONDITION --because 低于70分 --events {vetoes.csv} --reason item",
        "rank --by total --within county",
    )
    words = {"CONDITION": "total < 70"} | {f"{{{name}}}": path for name, path in files.items()}
    return [*program, *(words.get(word, word) for word in " then ".join(stages).split())]


def contenders(runs: int, miller_runs: int) -> list[Contender]:
    """Those that can run here; for the others it says how to install them."""
    python = sys.executable

    def script(*words: str) -> Callable[[Path, Path], list[str]]:
        *program, name = words
        return lambda folder, out: [*program, str(HERE / name), str(folder), str(out)]

    found = [
        Contender(FUPIN, lambda folder, _: chain([python, "-m", "fupin"], folder), True, runs),
        Contender(POLARS, script(python, "plain_polars.py"), False, runs),
    ]
    if importlib.util.find_spec("duckdb"):
        found.append(Contender(DUCKDB, script(python, "duck.py"), False, runs))
    else:
        print(f"DuckDB is left out; to install it: {python} -m pip install duckdb\n")
    if shutil.which("mlr"):
        found.append(Contender(MILLER, script("sh", "miller.sh"), False, miller_runs))
    else:
        print("Miller is left out; to install it: sudo apt-get install miller\n")
    return [contender for contender in found if contender.runs > 0]


def generate(folder: Path, scale: float, script: str = "generate.py") -> None:
    """Make the data, in a process of its own."""
    subprocess.run([sys.executable, HERE / script, folder, "--scale", str(scale)], check=True)


def parser(told: str | None, whole: str, runs: int) -> argparse.ArgumentParser:
    """The options that all benchmarks have.

    Args:
        told: what is measured, for the help.
        whole: what scale 1 makes.
        runs: how often it is measured if nobody says.
    """
    made = argparse.ArgumentParser(description=told)
    made.add_argument("--data", type=Path, help="folder of the data: reused, or made there")
    made.add_argument("--scale", type=float, default=1, help=f"1 makes {whole} (default 1)")
    made.add_argument("--runs", type=positive, default=runs, help=f"measured runs after a warm-up (default {runs})")
    return made


@contextlib.contextmanager
def prepared(options: argparse.Namespace, script: str, inputs: Sequence[str]) -> Iterator[tuple[Path, Path]]:
    """The folder of the data, made if need be, and one for what is written; prints what it all runs on."""
    with tempfile.TemporaryDirectory(prefix="fupin-bench-") as scratch:
        work = Path(scratch)
        data = (options.data or work / "data").resolve()
        if not all((data / name).exists() for name in inputs):
            generate(data, options.scale, script)
            os.sync()
        print(f"on {os.cpu_count()} cores, Python {platform.python_version()}\n", flush=True)
        yield data, work


def rows(file: Path) -> int:
    """How many rows a file without quoted line breaks holds; leaves it in the page cache."""
    with file.open("rb") as source:
        return sum(chunk.count(b"\n") for chunk in iter(lambda: source.read(1 << 20), b"")) - 1


def results(entries: list[Contender], data: Path, work: Path) -> dict[str, Path]:
    """Measure all in turns, after a warm-up of those that run more than once; gives the files they wrote."""
    out = {entry.name: work / f"{number}.csv" for number, entry in enumerate(entries)}
    for turn in range(max(entry.runs for entry in entries) + 1):
        for entry in entries:
            if turn > entry.runs or (turn == 0 and entry.name == MILLER):
                continue
            target = out[entry.name]
            seconds, peak = timed(entry.command(data, target), target if entry.prints else None)
            if turn:
                entry.seconds.append(seconds)
                entry.peaks.append(peak)
            print(f"{entry.name}: {seconds:.2f} s{'' if turn else ' (warm-up)'}", file=sys.stderr)
    return out


def verdict(value: float, at_most: float) -> str:
    """`ok` or `MISSED`."""
    return "ok" if value <= at_most else "MISSED"


def table(entries: list[Contender], polars_at_most: float = POLARS_AT_MOST, gib_below: float = GIB_BELOW) -> None:
    """Print medians, spreads, peaks, ratios and targets."""
    ours = statistics.median(entries[0].seconds)
    print("| contender | runs | median s | fastest–slowest s | peak MiB | fupin ÷ it | target | |")
    print("|---|--:|--:|--:|--:|--:|---|---|")
    for entry in entries:
        median, peak = statistics.median(entry.seconds), max(entry.peaks)
        ratio = ours / median
        spread = f"{min(entry.seconds):.2f}–{max(entry.seconds):.2f}"
        shown, target, met = f"{ratio:.2f}", "", ""
        if entry.name == FUPIN:
            shown, target, met = "", f"peak < {gib_below} GiB", "ok" if peak < gib_below * 1024 else "MISSED"
        elif entry.name == POLARS:
            target, met = f"≤ {polars_at_most}", verdict(ratio, polars_at_most)
        elif entry.name == DUCKDB:
            target, met = f"≤ {DUCKDB_AT_MOST}", verdict(ratio, DUCKDB_AT_MOST)
        else:
            shown = f"1/{1 / ratio:.1f}"
            target, met = f"≤ 1/{MILLER_AT_LEAST:g}", verdict(ratio, 1 / MILLER_AT_LEAST)
        print(
            f"| {entry.name} | {len(entry.seconds)} | {median:.2f} | {spread} | {peak:.0f} "
            f"| {shown} | {target} | {met} |"
        )


def compare(out: dict[str, Path]) -> bool:
    """Print what differs from fupin's result, and whether the exact contenders agree with it."""
    import polars as pl

    def board(name: str, total: type[pl.Float64] | pl.Decimal) -> pl.DataFrame:
        columns = pl.read_csv(out[name], infer_schema=False).select("village", "vetoed", "rank", "total")
        return columns.with_columns(pl.col("rank").fill_null(""), pl.col("total").cast(total))

    exact = pl.Decimal(38, 18)
    ours, agree = board(FUPIN, exact), True
    for name in (POLARS, DUCKDB):
        if name not in out:
            continue
        theirs = board(name, exact)
        pairs = ours.join(theirs, on="village", how="full", suffix="_theirs")
        wrong = {
            column: int(pairs[column].ne_missing(pairs[f"{column}_theirs"]).sum())
            for column in ("village", "vetoed", "rank", "total")
        }
        if any(wrong.values()):
            told = ", ".join(f"{count} in {column}" for column, count in wrong.items() if count)
            agree = False
            print(f"- fupin and {name} DIFFER: {told} of {len(ours)} villages")
        else:
            order = "same order" if ours["village"].equals(theirs["village"]) else "ANOTHER ORDER of rows"
            print(f"- fupin and {name}: same ranks, vetoes and totals for {len(ours)} villages, {order}")
    if MILLER in out:
        pairs = ours.join(board(MILLER, pl.Float64), on="village", how="left", suffix="_theirs")
        vetoed = int(pairs["vetoed"].ne_missing(pairs["vetoed_theirs"]).sum())
        ranked = pairs.filter(pl.col("vetoed") == "false")
        wrong_rank = int(ranked["rank"].ne_missing(ranked["rank_theirs"]).sum())
        print(
            f"- Miller's floats place {wrong_rank} of {len(ranked)} ranked villages differently within their "
            f"county, and veto {vetoed} differently"
        )
        places = [ranked[column].rank("min", descending=True) for column in ("total", "total_theirs")]
        nation = int((places[0] != places[1]).sum())
        print(f"- in one ranking of the whole nation, the same floats would place {nation} of them differently")
    return agree


def small_cases(work: Path, runs: int) -> None:
    """Print what a small chain and the help cost beyond starting Python and importing."""
    tiny = work / "tiny"
    generate(tiny, (TINY_VILLAGES + 0.5) / NATIONAL_VILLAGES)
    script = Path(sys.executable).with_name("fupin")
    program = [str(script)] if script.exists() else [sys.executable, "-m", "fupin"]
    commands = {
        "chain": chain(program, tiny),
        "import": [sys.executable, "-c", "import polars, click"],
        "help": [*program, "--help"],
        "pass": [sys.executable, "-c", "pass"],
    }
    taken: dict[str, list[float]] = {name: [] for name in commands}
    for turn in range(runs + 1):
        for name, command in commands.items():
            seconds, _ = timed(command, None)
            if turn:
                taken[name].append(seconds * 1000)
    median = {name: statistics.median(values) for name, values in taken.items()}
    ratio, extra = median["chain"] / median["import"], median["help"] - median["pass"]
    print(f"| small case (median of {runs}, `{' '.join(program)}`) | ms | beside | ms | | target | |")
    print("|---|--:|---|--:|--:|---|---|")
    print(
        f"| the chain over {TINY_VILLAGES} villages | {median['chain']:.0f} | `import polars, click` "
        f"| {median['import']:.0f} | {ratio:.2f}× | ≤ {IMPORT_AT_MOST}× | {verdict(ratio, IMPORT_AT_MOST)} |"
    )
    print(
        f"| `fupin --help` | {median['help']:.0f} | `python -c pass` | {median['pass']:.0f} "
        f"| +{extra:.0f} ms | ≤ {HELP_MS_AT_MOST:g} ms | {verdict(extra, HELP_MS_AT_MOST)} |"
    )


def positive(text: str) -> int:
    """Read a number of runs, at least 1."""
    if (number := int(text)) < 1:
        raise argparse.ArgumentTypeError("at least 1")
    return number


def main() -> int:
    """Make the data, measure, compare, print."""
    asked = parser(__doc__, "the whole nation", 5)
    asked.add_argument("--miller-runs", type=int, default=1, help="runs of Miller, 0 for none (default 1)")
    asked.add_argument("--small-runs", type=positive, default=20, help="of the small cases (default 20)")
    options = asked.parse_args()
    with prepared(options, "generate.py", INPUTS) as (data, work):
        villages, events, extras = (rows(data / name) for name in INPUTS[:3])
        print(f"{villages:,} villages, {events:,} events, {extras:,} extras\n", flush=True)
        entries = contenders(options.runs, options.miller_runs)
        out = results(entries, data, work)
        table(entries)
        if villages != NATIONAL_VILLAGES:
            print("\nThe targets are meant for the whole nation (`--scale 1`).")
        print()
        small_cases(work, options.small_runs)
        print()
        return 0 if compare(out) else 1


if __name__ == "__main__":
    sys.exit(main())
