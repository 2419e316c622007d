"""Works out what is expected without fupin: household by household, in fractions."""

from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import Callable, Sequence
from datetime import date
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

HERE = Path(__file__).parent
SEED = "大比武2020-03"
ASKED = {"未脱贫": 6, "已脱贫": 3, "一般": 0}
MARCH = ["2020-03-10", "2020-03-11", "2020-03-12", "2020-03-13"]
Row = dict[str, str]


def rows(name: str) -> list[Row]:
    """The rows of a table."""
    return list(csv.DictReader(io.StringIO((HERE / name).read_text("utf-8"))))


def table(columns: Sequence[str], lines: Sequence[Sequence[object]]) -> str:
    """A table as fupin prints it."""
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows([columns, *lines])
    return out.getvalue()


def text(number: Fraction) -> str:
    """A number that has few decimals."""
    return f"{(Decimal(number.numerator) / number.denominator).normalize():f}"


def share(row: Row, part: str, whole: str) -> Fraction:
    """One number of a household by another."""
    return Fraction(row[part]) / Fraction(row[whole])


KINDS: dict[str, Callable[[Row], bool]] = {
    "边缘户": lambda row: share(row, "income", "people") < 5000 and row["at_risk"] == "是",
    "转移性收入": lambda row: share(row, "transfers", "income") > Fraction(40, 100),
    "弱劳力": lambda row: row["workers"] == "0" and int(row["weak"]) < 2,
    "无业": lambda row: int(row["workers"]) > 0 and row["jobs"] == "0",
    "大病": lambda row: int(row["ill"]) > 0,
    "多学生": lambda row: int(row["students"]) > 2,
    "土坯房": lambda row: row["home"] == "土坯房",
    "隐患点": lambda row: row["hazard"] == "是",
    "创业失败": lambda row: row["venture"] != "稳定",
    "动力不足": lambda row: row["drive"] == "不足",
    "大龄单身": lambda row: row["single_age"] != "" and int(row["single_age"]) > 44,
}
"""Kinds of households that are not registered."""


def households() -> list[Row]:
    """The households with their kinds and visits."""
    days: dict[str, list[str]] = {}
    for row in rows("visits.csv"):
        days.setdefault(row["household"], []).append(row["date"])
    found = []
    for row in rows("households.csv"):
        kinds = [kind for kind, holds in KINDS.items() if row["status"] == "一般" and holds(row)]
        mine = days.get(row["household"], [])
        asked, visits = ASKED[row["status"]], len(set(mine))
        row |= {"kinds": "; ".join(kinds), "in_march": str(sum(day in MARCH for day in mine))}
        row |= {"visits": str(visits), "asked": str(asked), "short": str(asked - visits)}
        found.append(row)
    return found


def main() -> str:
    """The cadres, ranked by their visits."""
    found = []
    for cadre in rows("cadres.csv"):
        mine = [row for row in households() if row["cadre"] == cadre["cadre"]]
        helped = sum(row["status"] != "一般" for row in mine)
        unvisited = sum(row["in_march"] == "0" and (row["status"] != "一般" or row["kinds"] != "") for row in mine)
        short = sum(max(0, int(row["short"])) for row in mine)
        visits = max(0, 20 - short)
        points = visits - Fraction(unvisited, 2)
        found.append(
            ([cadre["cadre"], cadre["village"], helped, unvisited, short, visits, text(points)], (points, helped))
        )
    found.sort(key=lambda one: one[1], reverse=True)
    order = [result for _, result in found]
    columns = ["cadre", "village", "helped", "unvisited", "short", "visits", "points", "rank"]
    return table(columns, [[*cells, order.index(result) + 1] for cells, result in found])


def villages() -> str:
    """The villages' summaries, ranked by what they handed in by its date."""
    begin, due = date(2020, 3, 10), date(2020, 3, 16)
    plan = {
        "走访汇总": (begin, due, 1),
        "村级整改": (begin, due, 1),
        "遗留问题": (date(2020, 3, 25), date(2020, 4, 9), 2),
    }
    done = {(row["task"], row["village"]): date.fromisoformat(row["date"]) for row in rows("reports.csv")}
    found = []
    for village in (row["village"] for row in rows("villages.csv")):
        mine = [row["kinds"].split("; ") for row in households() if row["village"] == village]
        late = (cost for task, (on, by, cost) in plan.items() if not on <= done.get((task, village), date.max) <= by)
        counts = [sum(kind in kinds for kinds in mine) for kind in KINDS]
        found.append([village, *counts, 10 - sum(late)])
    found.sort(key=lambda cells: int(cells[-1]), reverse=True)
    reports = [cells[-1] for cells in found]
    lines = [[*cells, reports.index(cells[-1]) + 1] for cells in found]
    return table(["village", *KINDS, "reports", "rank"], lines)


def drawn() -> str:
    """The registered and the marginal households that are drawn in each village, two each if there are two."""
    pools: dict[tuple[str, str], list[Row]] = {}
    listed = households()
    for row in listed:
        row["pool"] = "贫困户" if row["status"] != "一般" else "边缘户" if "边缘户" in row["kinds"] else ""
        if row["pool"]:
            pools.setdefault((row["village"], row["pool"]), []).append(row)
    lots = {row["household"]: hashlib.sha256((SEED + row["household"]).encode()).hexdigest() for row in listed}
    chosen = {
        row["household"] for pool in pools.values() for row in sorted(pool, key=lambda r: lots[r["household"]])[:2]
    }
    return table(list(listed[0]), [list(row.values()) for row in listed if row["household"] in chosen])


if __name__ == "__main__":
    for name, made in {
        "expected.csv": main(),
        "expected/villages.csv": villages(),
        "expected/drawn.csv": drawn(),
    }.items():
        (HERE / name).write_text(made, "utf-8")
