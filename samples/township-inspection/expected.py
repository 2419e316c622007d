"""Works out expected.csv without fupin, in fractions, from the marks that make_inbox.py puts into the workbooks.

A total is rounded half up to two decimals before it decides a place.
"""

from __future__ import annotations

import csv
import importlib.util
from fractions import Fraction
from math import floor
from pathlib import Path

HERE = Path(__file__).parent
ORDER = ["1", "通报批评", "2020-03-20"]  # two weeks from 6 March 2020


def text(number: Fraction) -> str:
    """A number of 0 or more with at most two decimals."""
    digits = f"{int(number * 100):03d}"
    return f"{digits[:-2]}.{digits[-2:]}".rstrip("0").rstrip(".")


def total(full: list[Fraction], marks: list[float | str], reading: str) -> Fraction:
    """The sum of the marks; lines that are not assessed count by the others, or in full."""
    there = [(most, Fraction(str(mark))) for most, mark in zip(full, marks, strict=True) if mark != "不考核"]
    assessed, reached = sum(most for most, _ in there), sum(mark for _, mark in there)
    if reading == "full":
        return reached + sum(full) - assessed
    return Fraction(floor(reached / assessed * sum(full) * 100 + Fraction(1, 2)), 100)


def main(reading: str = "rescale") -> str:
    """The result as CSV."""
    spec = importlib.util.spec_from_file_location("make_inbox", HERE / "make_inbox.py")
    made = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(made)
    full = [Fraction(str(most)) for most in made.FULL]
    with (HERE / "towns.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    groups = {row["town"]: row["group"] for row in rows}
    poor = {row["town"]: row["poor_village"] for row in rows}
    marks = {town: made.marks_of(number, poor[town] == "有") for number, town in enumerate(poor)}
    totals = {town: total(full, marks[town], reading) for town in poor}
    order = sorted(groups, key=lambda town: -totals[town])  # equal ones stay in the order of the notice
    lines = [
        ["town", "group", "poor_village", "total", "group_rank", "rank", "criticised", "criticised_note", "rectify_by"]
    ]
    for town in order:
        better = [one for one in groups if totals[one] > totals[town]]
        place = 1 + len(better)
        within = 1 + sum(groups[one] == groups[town] for one in better)
        last = ORDER if town in order[-3:] else ["0", "", ""]
        lines.append([town, groups[town], poor[town], text(totals[town]), str(within), str(place), *last])
    return "".join(",".join(line) + "\n" for line in lines)


if __name__ == "__main__":
    print(main(), end="")
