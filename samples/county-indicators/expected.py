"""Works out expected.csv without fupin: indicator by indicator, unit by unit, in fractions."""

from __future__ import annotations

import csv
import io
from datetime import date
from decimal import Decimal
from fractions import Fraction
from math import floor
from pathlib import Path

HERE = Path(__file__).parent
OURS = "湘阴县"
DUE = [date(2016, 9, 25), date(2016, 12, 25)]
END = date(2016, 12, 31)
Row = dict[str, str]


def text(number: Fraction) -> str:
    """A number that has few decimals."""
    return f"{(Decimal(number.numerator) / number.denominator).normalize():f}"


def rounded(number: Fraction, places: int) -> Fraction:
    """A number that is not negative, rounded half up."""
    return Fraction(floor(number * 10**places + Fraction(1, 2)), 10**places)


def rows(name: str) -> list[Row]:
    """The rows of a CSV file."""
    return list(csv.DictReader(io.StringIO((HERE / name).read_text("utf-8"))))


def county_place(full: dict[str, Fraction], results: list[Row]) -> int:
    """The place of our county by what it has of 100; what is not assessed stands for nothing."""
    totals = {}
    for county in (row["county"] for row in rows("counties.csv")):
        mine = {row["item"]: Fraction(row["value"]) for row in results if row["county"] == county}
        totals[county] = sum(mine.values()) * 100 / sum(full[item] for item in mine)
    return 1 + sum(rounded(total, 2) > rounded(totals[OURS], 2) for total in totals.values())


def answers(full: dict[str, Fraction]) -> dict[str, list[str]]:
    """The indicators that each unit answers for, in their order."""
    groups: dict[str, list[str]] = {}
    for row in rows("groups.csv"):
        groups.setdefault(row["group"], []).append(row["unit"])
    named = [(row["item"], unit) for row in rows("responsible.csv") for unit in groups.get(row["unit"], [row["unit"]])]
    units = [row["unit"] for row in rows("units.csv")]
    return {unit: [item for item in full if (item, unit) in named] for unit in units}


def lateness() -> dict[str, Fraction]:
    """What the reports of each unit cost that were late or are missing at the end of the year."""
    reports = rows("reports.csv")
    done = {(row["unit"], date.fromisoformat(row["due"])): row["date"] for row in reports if row["due"]}
    for row in sorted((row for row in reports if not row["due"]), key=lambda row: row["date"]):
        open_ = next(due for due in DUE if (row["unit"], due) not in done)
        done[row["unit"], open_] = row["date"]
    costs = {}
    for unit in (row["unit"] for row in rows("units.csv")):
        days = [(date.fromisoformat(done.get((unit, due), str(END))) - due).days for due in DUE]
        costs[unit] = sum((min(Fraction(2), max(0, late) * Fraction(1, 10)) for late in days), Fraction())
    return costs


def main() -> str:
    """The result as CSV."""
    full = {row["item"]: Fraction(row["full"]) for row in rows("indicators.csv")}
    results = [row for row in rows("results.csv") if row["value"] != "NA"]
    got = {row["item"]: Fraction(row["value"]) for row in results if row["county"] == OURS}
    better = {
        item: [row for row in results if row["item"] == item and Fraction(row["value"]) > got[item]] for item in full
    }
    lost = [item for item in full if len(better[item]) >= 5] if county_place(full, results) > 3 else []
    costs, marks, board = lateness(), {}, rows("units.csv")
    mine = answers(full)
    for row in board:
        items = mine[row["unit"]]
        points, most = sum(got[item] for item in items), sum(full[item] for item in items)
        result = rounded(Fraction(points, most) * 50, 2)
        marks[row["unit"]] = result - costs[row["unit"]]
        why = [item for item in items if item in lost]
        row |= {"indicators": str(len(items)), "got": text(Fraction(points)), "of": text(Fraction(most))}
        row |= {"result": text(result), "late": text(costs[row["unit"]]), "mark": text(marks[row["unit"]])}
        row |= {"vetoed": "true" if why else "false", "veto_reason": "; ".join(why)}
    for row in board:
        same = [one for one in board if one["kind"] == row["kind"] and one["vetoed"] == "false"]
        place = 1 + sum(marks[one["unit"]] > marks[row["unit"]] for one in same)
        row["rank"] = str(place) if row["vetoed"] == "false" else ""
    kinds = list(dict.fromkeys(row["kind"] for row in board))
    board.sort(key=lambda row: (kinds.index(row["kind"]), int(row["rank"] or len(marks))))
    return "".join(",".join(line) + "\n" for line in (list(board[0]), *(row.values() for row in board)))


if __name__ == "__main__":
    print(main(), end="")
