"""Works out expected.csv without fupin: clause by clause, cadre by cadre, in fractions."""

from __future__ import annotations

import csv
from collections import Counter
from decimal import Decimal
from fractions import Fraction
from math import floor
from pathlib import Path

HERE = Path(__file__).parent
WORTH = {"优秀": 100, "称职": 80, "基本称职": 50, "不称职": 0}
WEIGHTS = {"development": 45, "target": 20, "leaders": 10, "heads": 10, "ballots": 10, "interviews": 5}
# Places for 优秀, and how many at most where equal scores would be parted, clauses 11, 13 and 24: what the other cadres
# of these counties have taken is off.
PLACES = {
    "一般": (80 * 15 // 100, 80 * 20 // 100),
    "靠前": (45 * 20 // 100 - 3, 45 * 20 // 100 - 3),
    "靠后": (30 * 10 // 100 - 1, 30 * 10 // 100 - 1),
    "摘帽": (13 * 15 // 100, 13 * 20 // 100),
}
Row = dict[str, str]


def text(number: Fraction) -> str:
    """A number that has few decimals."""
    return f"{(Decimal(number.numerator) / number.denominator).normalize():f}"


def rounded(number: Fraction, places: int) -> str:
    """A number that is not negative, rounded half up."""
    return text(Fraction(floor(number * 10**places + Fraction(1, 2)), 10**places))


def divided(dividend: Fraction | int, divisor: int) -> str:
    """A quotient to six decimals."""
    return rounded(Fraction(dividend) / divisor, 6)


def rows(name: str) -> list[Row]:
    """The rows of a CSV file, or of all in a folder."""
    found: list[Row] = []
    for path in sorted(HERE.glob(name)):
        with path.open(encoding="utf-8", newline="") as file:
            found += csv.DictReader(file)
    return found


def mean(ratings: list[Row], key: str, unit: str) -> str:
    """The mean of the ratings of a unit."""
    mine = [Fraction(row["rating"]) for row in ratings if row[key] == unit]
    return divided(sum(mine, Fraction(0)), len(mine))


def counties() -> dict[str, Row]:
    """The results that the cadres of a county share, clauses 8 (1 to 3), 13 and 24."""
    before = {row["county"]: int(row["rank"]) for row in rows("last-year-counties.csv")}
    leaders, found = rows("leaders.csv"), rows("counties.csv")
    for row in found:
        place = 1 + sum(Fraction(other["development"]) > Fraction(row["development"]) for other in found)
        years = (place, before[row["county"]])
        pool = "靠前" if max(years) <= 2 else "靠后" if min(years) >= len(found) - 1 else "一般"
        row |= {"leaders": mean(leaders, "county", row["county"]), "county_place": str(place)}
        row |= {"change": str(years[1] - years[0]), "pool": "摘帽" if row["lifted"] == "是" else pool}
    return {row["county"]: row for row in found}


def rated(papers: list[Row], name: str) -> dict[str, Row]:
    """The score of the papers on each cadre, how many are valid and how many invalid, clause 8 (5 and 6)."""
    counts: dict[str, Counter[str]] = {}
    for row in papers:
        counts.setdefault(row["cadre"], Counter())[row["choice"]] += 1
    found = {}
    for cadre, count in counts.items():
        valid = sum(count[choice] for choice in WORTH)
        score = divided(sum(count[choice] * worth for choice, worth in WORTH.items()), valid)
        found[cadre] = {name: score, f"{name}_valid": str(valid), f"{name}_invalid": str(count["废票"] + count["多选"])}
    return found


def grades(cadres: list[Row]) -> None:
    """Bands by the composite, and 优秀 from the top down as far as there are places, clauses 11 to 14."""
    for row in cadres:
        score = Fraction(row["composite"])
        band = "优秀" if score >= 90 else "称职" if score >= 80 else "基本称职" if score >= 60 else "不称职"
        row["grade"] = "待研究" if row["vetoed"] == "true" else band
    for pool, (places, most) in PLACES.items():
        best = [row for row in cadres if row["pool"] == pool and row["grade"] == "优秀"]
        score = {row["cadre"]: Fraction(row["composite"]) for row in best}
        for row in best:
            above = sum(other > score[row["cadre"]] for other in score.values())
            with_equals = sum(other >= score[row["cadre"]] for other in score.values())
            if with_equals > places and not (above < places and with_equals <= most):
                row["grade"] = "称职"


def consequence(row: Row) -> str:
    """Clauses 14 and 17 to 19."""
    excellent, basic = row["grade"] == "优秀", row["grade"] == "基本称职"
    better = row["lifted"] == "是" or (row["hard"] == "是" and int(row["change"]) >= 3)
    found = {
        "提出等次建议": row["grade"] == "待研究",
        "择优提拔重用": excellent and better,
        "优先提拔重用": excellent and row["last_grade"] == "优秀" and int(row["county_place"]) <= 3,
        "诫勉谈话": basic,
        "组织调整且一年内不得提拔": basic and row["finding"] != "",
        "降职免职": row["grade"] == "不称职",
    }
    return "; ".join(name for name, follows in found.items() if follows)


def main() -> str:
    """The result as CSV."""
    county, heads = counties(), rows("heads.csv")
    ballots, interviews = rated(rows("ballots/*.csv"), "ballots"), rated(rows("interviews/*.csv"), "interviews")
    vetoes = {row["cadre"]: row["reason"] for row in rows("vetoes.csv")}
    cadres = rows("cadres.csv")
    for row in cadres:
        for column in ("development", "target", "leaders", "county_place", "change", "lifted", "hard", "pool"):
            row[column] = county[row["county"]][column]
        row["heads"] = mean(heads, "cadre", row["cadre"])
        row |= ballots[row["cadre"]] | interviews[row["cadre"]]
        composite = sum((Fraction(row[part]) * weight for part, weight in WEIGHTS.items()), Fraction(0)) / 100
        row["composite"] = rounded(composite, 4)
        row["vetoed"] = "true" if row["cadre"] in vetoes else "false"
        row["veto_reason"] = vetoes.get(row["cadre"], "")
    grades(cadres)
    last = {row["cadre"]: row["grade"] for row in rows("last-year.csv")}
    unfit = {row["cadre"]: row["finding"] for row in rows("unfit.csv")}
    ranked = [row for row in cadres if row["vetoed"] == "false"]
    for row in cadres:
        row |= {"last_grade": last.get(row["cadre"], ""), "finding": unfit.get(row["cadre"], "")}
        row["consequence"] = consequence(row)
        above = sum(Fraction(other["composite"]) > Fraction(row["composite"]) for other in ranked)
        row["rank"] = str(1 + above) if row["vetoed"] == "false" else ""
    cadres.sort(key=lambda row: (row["vetoed"], int(row["rank"] or 0)))
    return "".join(",".join(line) + "\n" for line in (list(cadres[0]), *(row.values() for row in cadres)))


if __name__ == "__main__":
    print(main(), end="")
