"""Works out expected.csv without fupin: clause by clause, unit by unit, in fractions."""

from __future__ import annotations

import csv
import io
import unicodedata
from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction
from math import floor
from pathlib import Path

import openpyxl

HERE = Path(__file__).parent
SENT = {
    "第三方评估": "third",
    "组织考核": "organisation",
    "指挥部考核": "headquarters",
    "排查专人": "staff",
    "排查有力": "effort",
}
FORMULAS = {
    "1": "routine + third × 0.8",
    "2": "routine + third × 0.3 + organisation × 0.2 + headquarters × 0.3",
    "3": "routine + staff + effort + industry + organisation × 0.16 + headquarters × 0.24 + third × 0.2",
}
Row = dict[str, str]


def text(number: Fraction) -> str:
    """A number that has few decimals."""
    return f"{(Decimal(number.numerator) / number.denominator).normalize():f}"


def rows(name: str, encoding: str = "utf-8-sig") -> list[Row]:
    """The rows of a CSV file."""
    return list(csv.DictReader(io.StringIO((HERE / name).read_text(encoding))))


def sheet(name: str, header: int) -> list[Row]:
    """The rows of a workbook from its header on, and what signatures and notes stand below."""
    lines = openpyxl.load_workbook(HERE / name).worksheets[0].iter_rows(min_row=header, values_only=True)
    columns, *found = [["" if cell is None else str(cell) for cell in line] for line in lines]
    return [dict(zip(columns, line, strict=True)) for line in found]


def sent() -> Iterator[tuple[str, str, str]]:
    """Unit, item and score of all that offices sent."""
    formal = {row["alias"]: row["unit"] for row in rows("aliases.csv")}
    tables = [
        rows("inbox/town-organisation-office.csv", "gb18030"),
        rows("inbox/county-organisation-department.csv", "gb18030"),
        rows("inbox/town-headquarters.csv"),
        rows("inbox/county-headquarters.csv"),
        sheet("inbox/third-party.xlsx", 2),
        sheet("inbox/town-poverty-office.xlsx", 2),
    ]
    for row in (row for table in tables for row in table):
        unit = (row.get("单位名称") or row.get("单位") or "").replace(" ", "")
        for item in SENT.keys() & row.keys():
            yield formal.get(unit, unit), SENT[item], unicodedata.normalize("NFKC", row[item])


def industry(board: list[Row]) -> None:
    """Class first, place else, and the mean of the others where there is no such task."""
    found: dict[str, Fraction] = {}
    for row in board:
        if row["class"] in ("一类", "二类", "三类"):
            found[row["unit"]] = Fraction({"一类": 15, "二类": 13, "三类": 11}[row["class"]])
        elif row["place"].isdigit():
            found[row["unit"]] = Fraction(max(0, 16 - int(row["place"])))
    mean = sum(found.values()) / len(found)
    cents = Fraction(floor(mean * 100 + Fraction(1, 2)), 100)
    for row in board:
        points = cents if row["class"] == "NA" else found.get(row["unit"])
        row["industry"] = "" if points is None else text(points)


def routine(board: list[Row]) -> None:
    """Full marks less what each task costs, the dearest of its events."""
    cost: dict[tuple[str, str], Fraction] = {}
    for event in rows("routine.csv"):
        task, points = (event["unit"], event["task"]), Fraction(event["points"])
        cost[task] = max(points, cost.get(task, Fraction(0)))
    for row in board:
        full = Fraction(15 if row["kind"] == "3" else 20)
        row["routine"] = text(max(Fraction(0), full - sum(p for (unit, _), p in cost.items() if unit == row["unit"])))


def base(board: list[Row]) -> None:
    """The formula of the unit's kind."""
    for row in board:
        parts = [part.partition(" × ") for part in FORMULAS[row["kind"]].split(" + ")]
        row["base"] = text(
            sum((Fraction(row[column]) * Fraction(weight or 1) for column, _, weight in parts), Fraction())
        )


def extras(board: list[Row]) -> None:
    """All additions and subtractions, the sum within 3 either way."""
    rules = {(rule["item"], rule["level"]): Fraction(rule["points"]) for rule in rows("extras-rules.csv")}
    for row in board:
        mine = [event for event in rows("extras.csv") if event["unit"] == row["unit"]]
        net = sum((rules[event["item"], event["level"]] * int(event["count"]) for event in mine), Fraction(0))
        row["extras"] = text(min(Fraction(3), max(Fraction(-3), net)))


def main() -> str:
    """The result as CSV."""
    board = rows("units.csv")
    scores = {(unit, item): score for unit, item, score in sent()}
    results = {row["单位"]: row for row in sheet("industry-targets.xlsx", 2)}
    for row in board:
        row |= {item: scores.get((row["unit"], item), "") for item in SENT.values()}
        found = results.get(row["unit"], {})
        row["class"], row["place"] = (found.get(c, "").replace("无任务", "NA") for c in ("省考类别", "市考名次"))
    industry(board)
    routine(board)
    base(board)
    extras(board)
    for row in board:
        row["total"] = text(Fraction(row["base"]) + Fraction(row["extras"]))
    merit = {row["unit"]: (Fraction(row["total"]), Fraction(row["third"])) for row in board}
    for row in board:
        better = [one for one in board if one["kind"] == row["kind"] and merit[one["unit"]] > merit[row["unit"]]]
        row["rank"] = str(1 + len(better))
    board.sort(key=lambda row: (row["kind"], int(row["rank"])))
    return "".join(",".join(line) + "\n" for line in (list(board[0]), *(row.values() for row in board)))


if __name__ == "__main__":
    print(main(), end="")
