"""Works out expected.csv and expected/ without fupin, in fractions; every figure is rounded half up to two decimals."""

from __future__ import annotations

import csv
from decimal import Decimal
from fractions import Fraction
from math import floor
from pathlib import Path

HERE = Path(__file__).parent
MONTHS = ["2020-03", "2020-04", "2020-05"]
TRADITIONAL = {"龍頭村": "龙头村"}
Row = dict[str, str]


def rows(name: str) -> list[Row]:
    """The rows of a CSV file."""
    with (HERE / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def cents(number: Fraction) -> Fraction:
    """A number that is not negative, rounded to two decimals."""
    return Fraction(floor(number * 100 + Fraction(1, 2)), 100)


def text(number: Fraction) -> str:
    """A number that has few decimals."""
    return f"{Decimal(number.numerator) / number.denominator:f}"


def mean(numbers: list[Fraction]) -> Fraction:
    """The mean of at least one number."""
    return sum(numbers, Fraction()) / len(numbers)


def places(marks: dict[str, tuple[Fraction, ...]]) -> dict[str, int]:
    """The place of each village, the best first; equal ones share theirs."""
    return {village: 1 + sum(other > mark for other in marks.values()) for village, mark in marks.items()}


def table(found: list[Row]) -> str:
    """Rows as CSV, by their places."""
    found.sort(key=lambda row: int(row["rank"]))
    return "".join(",".join(line) + "\n" for line in (list(found[0]), *(row.values() for row in found)))


def scores(month: str, name: str) -> dict[str, list[Fraction]]:
    """The scores of each village in a table."""
    found: dict[str, list[Fraction]] = {}
    for row in rows(f"{month}/{name}.csv"):
        found.setdefault(TRADITIONAL.get(row["village"], row["village"]), []).append(Fraction(row["score"]))
    return found


def sights(month: str) -> dict[str, Fraction]:
    """What each village has of the 30 points for the village; an item that is not assessed counts by the others."""
    full = {row["item"]: Fraction(row["full"]) for row in rows("items.csv")}
    mine: dict[str, dict[str, Fraction]] = {}
    for row in rows(f"{month}/sights.csv"):
        if row["value"] != "NA":
            mine.setdefault(row["village"], {})[row["item"]] = Fraction(row["value"])
    return {
        village: cents(sum(got.values()) * sum(full.values()) / sum(full[item] for item in got))
        for village, got in mine.items()
    }


def board(month: str) -> list[Row]:
    """A month's contest; villages of equal marks share the amounts of the places that they take up."""
    households, groups, village = scores(month, "households"), scores(month, "groups"), sights(month)
    found, totals = rows("villages.csv"), {}
    for row in found:
        name = row["village"]
        three = cents(mean(households[name])), mean(groups[name]), village[name]
        total = totals[name] = (cents(three[0] / 2 + three[1] / 5 + three[2]),)
        row |= dict(zip(("households", "groups", "sights", "total"), map(text, (*three, *total)), strict=True))
    place = places(totals)
    prizes = {}
    for row in rows("rewards.csv"):
        at = int(row["place"])
        prizes[at if at > 0 else len(found) + 1 + at] = row
    for row in found:
        first = place[row["village"]]
        taken = range(first, first + list(place.values()).count(first))
        amounts = [Fraction(prizes[at]["amount"]) if at in prizes else Fraction() for at in taken]
        notes = [prizes[at]["note"] for at in taken if at in prizes]
        row |= {"rank": str(first), "reward": text(mean(amounts)), "reward_note": notes[0] if notes else ""}
    return found


def main() -> str:
    """The year's marks, and what the villages won and lost in its months, as CSV."""
    months = [{row["village"]: row for row in board(month)} for month in MONTHS]
    found, marks = rows("villages.csv"), {}
    for row in found:
        mine = [month[row["village"]] for month in months]
        contest = cents(mean([Fraction(one["total"]) for one in mine]))
        mark = cents((contest + Fraction(row["appraisal"])) / 2)
        marks[row["village"]] = (mark, contest)
        funds = sum(Fraction(one["reward"]) for one in mine)
        row |= {"contest": text(contest), "funds": text(Fraction(funds)), "mark": text(mark)}
    place = places(marks)
    for row in found:
        row["rank"] = str(place[row["village"]])
    return table(found)


if __name__ == "__main__":
    (HERE / "expected.csv").write_text(main(), "utf-8")
    for one in MONTHS:
        (HERE / "expected" / f"{one}.csv").write_text(table(board(one)), "utf-8")
