"""Makes the ratings of heads, the ballots and the interviews, the same each time. All is made up.

Most cadres get ratings around a mark and ballots drawn with chances that come to it; those of whom the README tells
get the counts that bring them to the score told there.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator
from itertools import cycle
from pathlib import Path
from random import Random

HERE = Path(__file__).parent
SEED = "45-20-10"
CHOICES = ["优秀", "称职", "基本称职", "不称职"]
UNUSED = ["", "废票", "多选"]  # an abstention, invalid ballots
# Papers of the meeting and of the interviews in each county, and the marks out of 100 of its cadres in their order.
MARKS = """
甲县 112 106 93 90 86 82 = = 70
乙县 118 104 96 94 92 88 86 = 72
丙县 109 105 95 92 88 84 80 77
丁县 124 110 93 90 86 82 78 76 70
戊县 115 103 96 = 89 84 = 75 70
己县 107 108 97 96 93 90 83 74
庚县 121 107 97 95 90 88.5 82 78 66
辛县 110 104 90 85 80 75 60 = =
壬区 106 109 97.5 = = 92 85 80
"""
# The mean of the heads' ratings; ballots and interviews for 优秀, 称职, 基本称职 and 不称职.
COUNTED = {
    "甲05": (78, (40, 40, 8, 12), (36, 44, 8, 12)),  # 90
    "甲06": (78, (41, 39, 8, 12), (36, 44, 7, 13)),  # 89.995
    "乙06": (84, (45, 45, 4, 6), (44, 45, 4, 7)),  # 91.2
    "戊02": (92, (67, 29, 4, 0), (62, 34, 4, 0)),  # 91.2
    "戊05": (50, (10, 25, 30, 35), (10, 27, 28, 35)),  # 80
    "辛06": (25, (5, 10, 14, 71), (2, 5, 16, 77)),  # 60
    "辛07": (24, (5, 10, 11, 74), (2, 5, 16, 77)),  # 59.75
    "壬02": (93, (70, 29, 0, 1), (69, 30, 0, 1)),  # 90.6
    "壬03": (94, (67, 29, 4, 0), (69, 30, 0, 1)),  # 90.6
}


def cadres() -> Iterator[tuple[str, str, int, int, str]]:
    """Cadre, county, papers of the meeting and of the interviews, mark."""
    for line in MARKS.strip().splitlines():
        county, meeting, interviews, *marks = line.split()
        for number, mark in enumerate(marks, 1):
            yield f"{county[0]}{number:02}", county, int(meeting), int(interviews), mark


def drawn(random: Random, papers: int, mark: float) -> list[str]:
    """Choices that come to a mark but for chance, a few of them not valid."""
    bad, poor = (100 - mark) * 0.15, (100 - mark) * 0.4
    good = 100 - bad - poor
    best = min(max((mark - 0.5 * poor - 0.8 * good) / 0.2, 0), good)
    chances = [best, good - best, poor, bad, 2, 1, 1]
    return random.choices([*CHOICES, *UNUSED], chances, k=papers)


def counted(random: Random, papers: int, counts: tuple[int, ...]) -> list[str]:
    """Choices with these counts, and the other papers not valid, in any order."""
    found = [choice for choice, count in zip(CHOICES, counts, strict=True) for _ in range(count)]
    unused = cycle(UNUSED)
    found += [next(unused) for _ in range(papers - len(found))]
    return sorted(found, key=lambda _: random.random())


def write(path: Path, header: str, rows: Iterable[tuple[object, ...]]) -> None:
    """Write a table."""
    path.parent.mkdir(exist_ok=True)
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows([header.split(), *rows])


def main(folder: Path = HERE) -> None:
    """Write heads.csv, ballots/ and interviews/ into a folder."""
    random = Random(SEED)  # noqa: S311
    heads: list[tuple[str, str, str]] = []
    papers: dict[str, list[tuple[int, str, str]]] = {}
    for cadre, county, *sizes, mark in cadres():
        rated, *counts = COUNTED.get(cadre, (0, None, None))
        spread = random.choice([0.5, 1, 1.5])
        middle = rated or round(2 * float(mark)) / 2
        heads += [("书记", cadre, f"{middle + spread:g}"), ("县长", cadre, f"{middle - spread:g}")]
        for kind, size, count in zip(("ballots", "interviews"), sizes, counts, strict=True):
            choices = counted(random, size, count) if count else drawn(random, size, float(mark))
            papers.setdefault(f"{kind}/{county}.csv", []).extend(
                (paper, cadre, choice) for paper, choice in enumerate(choices, 1)
            )
    write(folder / "heads.csv", "head cadre rating", heads)
    for name, rows in papers.items():
        write(folder / name, "paper cadre choice", sorted(rows))


if __name__ == "__main__":
    main()
