"""Make households to be screened: a wide table as CSV and as Parquet, and the table of ten rules.

The same seed gives the same bytes of text on every machine, as generate.py explains.
"""

from __future__ import annotations

import csv
from pathlib import Path

import polars as pl
from generate import decimal, main, noise

HOUSEHOLDS, VILLAGES = 30_000_000, 128_000
RULES = {
    "转移性收入过高": "transfers > income * 0.4",
    "劳动力系数低": "labour < 0.5",
    "无产业就业": "workers >= 1 AND jobs = 0",
    "大病": "ill >= 1",
    "非义务教育": "students >= 3",
    "土坯房": "dwelling = '土坯房'",
    "灾害隐患": "hazard = 'yes'",
    "失败或不稳": "business IN ('投资失败', '就业不稳')",
    "动力不足": "drive = '不足'",
    "大龄单身": "single = 'yes' AND age >= 45",
}


def among(value: pl.Expr, texts: dict[int, str], other: str) -> pl.Expr:
    """A text for some small values, another for all others."""
    found = pl.lit(other)
    for number, text in texts.items():
        found = pl.when(value == number).then(pl.lit(text)).otherwise(found)
    return found


def households(count: int) -> pl.LazyFrame:
    """The table, about 100 bytes a row in UTF-8; a tenth of the households have most of the flags."""
    i = pl.col("i")
    people, income = noise(i, 2, 7) + 1, noise(i, 3, 9_000_000) + 300_000
    return pl.LazyFrame({"i": pl.int_range(count, eager=True)}).select(
        household=pl.concat_str(pl.lit("H"), i.cast(pl.String).str.zfill(10)),
        village=pl.concat_str(pl.lit("新塘镇第"), noise(i, 1, VILLAGES).cast(pl.String).str.zfill(6), pl.lit("村委会")),
        people=people.cast(pl.String),
        income=decimal(income, 2),
        transfers=decimal(income * noise(i, 4, 45) // 100, 2),
        labour=decimal(noise(i, 5, 21) * 5 + 10, 2),
        workers=noise(i, 6, 4).cast(pl.String),
        jobs=noise(i, 7, 12).cast(pl.String),
        ill=among(noise(i, 8, 30), {0: "1", 1: "2"}, "0"),
        students=among(noise(i, 9, 60), {0: "3", 1: "4", 2: "2", 3: "1"}, "0"),
        dwelling=among(noise(i, 10, 25), {0: "土坯房", 1: "砖木"}, "砖混"),
        hazard=among(noise(i, 11, 50), {0: "yes"}, "no"),
        business=among(noise(i, 12, 40), {0: "投资失败", 1: "就业不稳"}, "稳定"),
        drive=among(noise(i, 13, 30), {0: "不足"}, "正常"),
        single=among(noise(i, 14, 9), {0: "yes"}, "no"),
        age=(noise(i, 15, 60) + 25).cast(pl.String),
    )


def write(folder: Path, scale: float) -> None:
    """Write households.csv, households.parquet and rules.csv."""
    folder.mkdir(parents=True, exist_ok=True)
    households(max(1, int(HOUSEHOLDS * scale))).sink_csv(folder / "households.csv")
    pl.scan_csv(folder / "households.csv", infer_schema=False).sink_parquet(folder / "households.parquet")
    with (folder / "rules.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows([("flag", "when"), *RULES.items()])


if __name__ == "__main__":
    main(write, __doc__, "3 GB of CSV")
