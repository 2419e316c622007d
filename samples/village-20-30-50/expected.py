"""Works out expected.csv without fupin: item by item, village by village, in fractions; also what a day knew of it."""

from __future__ import annotations

import csv
import functools
import io
import re
import runpy
import unicodedata
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from fractions import Fraction
from math import floor
from pathlib import Path

HERE = Path(__file__).parent
END = "2019-12-31"
PRIZES = [5000, 4000, 3000, 2000, 1000]
DUE = {  # the plan's dates, by hand: the 24th of three months, 15 days after 5 June, and 15 October
    "驻村月报": [date(2019, 5, 24), date(2019, 6, 24), date(2019, 7, 24)],
    "劝返复学名单": [date(2019, 6, 20)],
    "低保核查表": [date(2019, 10, 15)],
}
Row = dict[str, str]


def rows(name: str, encoding: str = "utf-8-sig") -> list[Row]:
    """The rows of a CSV file."""
    return list(csv.DictReader(io.StringIO((HERE / name).read_text(encoding))))


def text(number: Fraction) -> str:
    """A number that has few decimals."""
    return f"{(Decimal(number.numerator) / number.denominator).normalize():f}"


def half_up(number: Fraction, places: int) -> Fraction:
    """A number rounded, a half away from zero."""
    size = Fraction(floor(abs(number) * 10**places + Fraction(1, 2)), 10**places)
    return size if number > 0 else -size


def day_of(cell: str) -> str:
    """A date as offices write it, `2019年8月13日` or `２０１９．９．２４`."""
    year, month, day = map(int, re.findall("[0-9]+", unicodedata.normalize("NFKC", cell)))
    return date(year, month, day).isoformat()


@functools.cache
def marks() -> list[tuple[str, str, str, str]]:
    """Village, item, mark and day of all that the offices sent: clean ledgers, two sheets in GB18030, two workbooks."""
    return list(_sent())


def _sent() -> Iterator[tuple[str, str, str, str]]:
    """The same, office by office."""
    for file in sorted((HERE / "offices").iterdir()):
        for row in rows(f"offices/{file.name}"):
            yield row["village"], row["item"], row["value"], row["date"]
    for name, village in (("discipline-commission", "村(社区)"), ("town-hospital", "村")):
        for row in rows(f"inbox/{name}.csv", "gb18030"):
            day = day_of(row.pop("填报日期"))
            who = row.pop(village).replace("\u3000", "").replace(" ", "")
            for item, value in row.items():
                yield who, item, unicodedata.normalize("NFKC", value), day
    made = runpy.run_path(str(HERE / "make_inbox.py"))  # the workbooks hold these
    for area, who, *values in made["ROWS"]:
        for item, value in zip(("扶贫日", "社会扶贫", "训评星级", "扶贫资金"), values, strict=True):
            yield who, item, value, day_of(made["SENT"][area])


def late(village: str, day: date) -> dict[tuple[str, str], Fraction]:
    """What each due date costs that was met late, or not by a day: 0.5 a day, 2 at the most."""
    mine = [row for row in rows("reports.csv") if row["village"] == village and row["date"] <= str(day)]
    cost = {}
    for task, dues in DUE.items():
        sent = {row["due"]: row["date"] for row in mine if row["task"] == task and row["due"]}
        others = sorted(row["date"] for row in mine if row["task"] == task and not row["due"])
        for due in dues:
            if str(due) not in sent and others:
                sent[str(due)] = others.pop(0)
            days = (date.fromisoformat(sent.get(str(due), str(day))) - due).days
            if days > 0:
                cost[task, str(due)] = min(Fraction(2), Fraction(days, 2))
    return cost


def routine(village: str, day: str) -> Fraction:
    """20 less what each task of each due date costs, the dearest of what is told of it; not below 0."""
    cost = late(village, date.fromisoformat(day))
    for row in rows("routine.csv"):
        if row["village"] == village and row["date"] <= day:
            about = (row["task"], row["due"])
            cost[about] = max(cost.get(about, Fraction(0)), Fraction(row["points"]))
    return max(Fraction(0), 20 - sum(cost.values()))


def industry(village: str, day: str) -> Fraction:
    """The marks of the offices; those that are not assessed, or not there, by the others."""
    full = {row["item"]: Fraction(row["full"]) for row in rows("items.csv")}
    mine = {item: value for who, item, value, sent in marks() if who == village and sent <= day and value != "NA"}
    there = sum((full[item] for item in mine), Fraction(0))
    total = sum((Fraction(value) for value in mine.values()), Fraction(0))
    return total if there == 50 else half_up(total * 50 / there, 6)


def extras(village: str, day: str) -> Fraction:
    """Items 16 to 21, each within its cap."""
    rules = rows("extras-rules.csv")
    total = Fraction(0)
    for item in {rule["item"]: None for rule in rules}:
        points = {rule["level"]: Fraction(rule["points"]) for rule in rules if rule["item"] == item}
        cap = Fraction(next(rule["cap"] for rule in rules if rule["item"] == item))
        mine = [
            row for row in rows("extras.csv") if (row["village"], row["item"]) == (village, item) and row["date"] <= day
        ]
        total += max(-cap, min(cap, sum((points[row["level"]] * int(row["count"]) for row in mine), Fraction(0))))
    return total


def ranking(day: str = END) -> list[Row]:
    """The villages with all that was known on a day, ranked; vetoed ones last, in the order of the board."""
    board = rows("villages.csv")
    for row in board:
        village = row["village"]
        parts = routine(village, day), industry(village, day)
        base = parts[0] + Fraction(row["field"]) * Fraction(3, 10) + parts[1]
        more = extras(village, day)
        total = half_up(base + more, 2)
        row |= {"routine": text(parts[0]), "industry": text(parts[1]), "base": text(base), "extras": text(more)}
        row["total"] = text(total)
        why = ["总分低于70分"] if total < 70 else []
        why += [one["reason"] for one in rows("vetoes.csv") if one["village"] == village and one["date"] <= day]
        row |= {"vetoed": "true" if why else "false", "veto_reason": "; ".join(dict.fromkeys(why))}
    ranked = {row["village"]: merit(row) for row in board if row["vetoed"] == "false"}
    for row in board:
        better = sum(one > merit(row) for one in ranked.values())
        row["rank"] = str(1 + better) if row["village"] in ranked else ""
    return sorted(board, key=lambda row: int(row["rank"] or len(board) + 1))


def merit(row: Row) -> tuple[Fraction, Fraction]:
    """What the villages are ranked by: the total, then the mark in the field."""
    return Fraction(row["total"]), Fraction(row["field"])


def main() -> str:
    """The result as CSV: five prizes; villages with one place share the amounts of the places that they take up."""
    board = ranking()
    amounts = dict(enumerate(PRIZES, 1))
    for row in board:
        alike = sum(one["rank"] == row["rank"] for one in board)
        places = range(int(row["rank"]), int(row["rank"]) + alike) if row["rank"] else []
        shares = sum((amounts.get(place, 0) for place in places), 0)
        row["reward"] = text(Fraction(shares, alike)) if row["rank"] else ""
    return "".join(",".join(line) + "\n" for line in (list(board[0]), *(row.values() for row in board)))


if __name__ == "__main__":
    print(main(), end="")
