"""Makes the households, their helpers, the visits and the reports of this sample; all of it is made up.

A few households are set by hand so that every rule has one just at its bound; the others are drawn from a stream of
bytes that is the same on every machine.
"""

from __future__ import annotations

import csv
import hashlib
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from pathlib import Path

VILLAGES = [
    "上坪村",
    "下坪村",
    "石门村",
    "松树坳村",
    "竹山村",
    "河背村",
    "龙头村",
    "黄泥岭村",
    "樟坑村",
    "新屋村",
    "茶园村",
    "大桥村",
]
COLUMNS = [
    "household", "village", "cadre", "status", "people", "income", "transfers", "weak", "workers", "jobs", "ill",
    "students", "home", "hazard", "venture", "drive", "single_age", "at_risk",
]  # fmt: skip
PLAIN = ["4", "48000", "6000", "0", "2", "1", "0", "0", "砖房", "否", "稳定", "足", "", "否"]
SET = {
    "H0001": ("未脱贫", {"income": "16000", "transfers": "9000"}),  # registered: neither marginal nor key
    "H0002": ("一般", {"income": "20000", "at_risk": "是"}),  # 5,000 a head is not below 5,000
    "H0003": ("一般", {"income": "19999.99", "at_risk": "是"}),
    "H0004": ("一般", {"income": "19999.99"}),  # not at risk
    "H0005": ("一般", {"income": "45000", "transfers": "18000"}),  # 40% is not above 40%
    "H0006": ("一般", {"income": "45000", "transfers": "18000.01"}),
    "H0007": ("一般", {"workers": "0", "weak": "2"}),  # two who do half the work of one
    "H0008": ("一般", {"workers": "0", "weak": "1"}),
    "H0009": ("一般", {"workers": "1", "jobs": "0"}),
    "H0010": ("一般", {"workers": "0", "jobs": "0"}),  # nobody who could work
    "H0011": ("一般", {"ill": "1"}),
    "H0012": ("一般", {"students": "2"}),
    "H0013": ("一般", {"students": "3"}),
    "H0014": ("一般", {"home": "土坯房"}),
    "H0015": ("一般", {"hazard": "是"}),
    "H0016": ("一般", {"venture": "失败"}),
    "H0017": ("一般", {"venture": "不稳定"}),
    "H0018": ("一般", {"drive": "不足"}),
    "H0019": ("一般", {"single_age": "44"}),
    "H0020": ("一般", {"single_age": "45"}),
    "H0021": ("一般", {"income": "15000", "transfers": "9000", "ill": "2", "at_risk": "是"}),
}
SEED = b"household-visits"


def stream() -> Iterator[int]:
    """Bytes that are the same everywhere."""
    block = 0
    while True:
        yield from hashlib.sha256(SEED + str(block).encode()).digest()
        block += 1


def households(draw: Iterator[int]) -> list[list[str]]:
    """2,000 households in 12 villages, each with the cadre who helps it: three in each village."""
    found = []
    for number in range(1, 2001):
        village = (number * 7 + number // 90) % len(VILLAGES)
        name, cadre = f"H{number:04d}", f"C{village * 3 + next(draw) % 3 + 1:02d}"
        status, given = SET.get(name, ("", {}))
        cells = dict(zip(COLUMNS[4:], PLAIN, strict=True))
        if status:
            cells |= given
        else:
            status = "未脱贫" if next(draw) < 6 else "已脱贫" if next(draw) < 70 else "一般"
            cells |= drawn(draw)
        found.append([name, VILLAGES[village], cadre, status, *cells.values()])
    return found


def drawn(draw: Iterator[int]) -> dict[str, str]:
    """What there is in a household."""
    people = next(draw) % 6 + 1
    income = people * (next(draw) * 90 + 2600) + next(draw)
    single = people == 1 and next(draw) < 120
    transfers = income * (next(draw) % 48) // 100
    weak = min(people, next(draw) % 8 // 3)
    return {
        "people": str(people),
        "income": str(income),
        "transfers": str(transfers),
        "weak": str(weak),
        "workers": str(next(draw) % (people + 1 - weak)),
        "jobs": str(0 if next(draw) < 24 else 1),
        "ill": str(1 if next(draw) < 12 else 0),
        "students": str(next(draw) % 4 if people > 3 and next(draw) < 40 else 0),
        "home": "土坯房" if next(draw) < 8 else "砖房",
        "hazard": "是" if next(draw) < 6 else "否",
        "venture": ["失败", "不稳定"][next(draw) % 2] if next(draw) < 10 else "稳定",
        "drive": "不足" if next(draw) < 8 else "足",
        "single_age": str(30 + next(draw) % 40) if single else "",
        "at_risk": "是" if next(draw) < 60 else "否",
    }


def visits(draw: Iterator[int], rows: Sequence[Sequence[str]]) -> list[list[str]]:
    """A visit from 10 to 13 March for nearly all, over the year nearly as many as are asked for, some on one day."""
    found = []
    for number, (household, _, cadre, status, *_) in enumerate(rows, start=1):
        if next(draw) > 3:
            found.append([household, cadre, (date(2020, 3, 10) + timedelta(next(draw) % 4)).isoformat()])
        elif number % 4 == 0:  # visited before it was asked for
            found.append([household, cadre, (date(2020, 3, 2) + timedelta(number % 8)).isoformat()])
        asked = {"未脱贫": 6, "已脱贫": 3}.get(status, 1) - (2 if cadre == "C20" else 0)
        for turn in range(1, asked + next(draw) % 2 - (next(draw) < 60) - (next(draw) < 10)):
            day = date(2020, 3, 20) + timedelta(turn * 40 + next(draw) % 30)
            found += [[household, cadre, day.isoformat()]] * (2 if next(draw) < 5 else 1)
    return sorted(found, key=lambda row: row[2])


def reports(draw: Iterator[int]) -> list[list[str]]:
    """What the villages handed in: summaries, problems fixed, and what was left; some late or never."""
    found = []
    for village in VILLAGES:
        for task, due in (
            ("走访汇总", date(2020, 3, 16)),
            ("村级整改", date(2020, 3, 16)),
            ("遗留问题", date(2020, 4, 9)),
        ):
            if next(draw) > 20:
                found.append([task, village, (due + timedelta(next(draw) % 9 - 6)).isoformat()])
    return sorted(found, key=lambda row: row[2])


def write(path: Path, columns: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Write a table."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerows([columns, *rows])


def main(folder: Path = Path(__file__).parent) -> None:
    """Write all tables that are made."""
    draw = stream()
    rows = households(draw)
    write(folder / "households.csv", COLUMNS, rows)
    write(folder / "visits.csv", ["household", "cadre", "date"], visits(draw, rows))
    write(folder / "reports.csv", ["task", "village", "date"], reports(draw))
    write(folder / "villages.csv", ["village"], [[village] for village in VILLAGES])
    cadres = [[f"C{number + 1:02d}", VILLAGES[number // 3]] for number in range(3 * len(VILLAGES))]
    write(folder / "cadres.csv", ["cadre", "village"], cadres)


if __name__ == "__main__":
    main()
