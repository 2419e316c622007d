"""Households screened by the ten rules of households.py in hand-written Polars: exact, streaming, and no checks at all.

Usage: plain_screen.py HOUSEHOLDS OUT, from CSV or Parquet to CSV
"""

import sys
from decimal import Decimal

import polars as pl

c = pl.col
MONEY = pl.Decimal(15, 2)
NUMBERS = {
    "income": MONEY, "transfers": MONEY, "labour": MONEY, "workers": pl.Int64, "jobs": pl.Int64, "ill": pl.Int64,
    "students": pl.Int64, "age": pl.Int64,
}  # fmt: skip
RULES = {
    "转移性收入过高": c("transfers") > c("income") * Decimal("0.4"),
    "劳动力系数低": c("labour") < Decimal("0.5"),
    "无产业就业": (c("workers") >= 1) & (c("jobs") == 0),
    "大病": c("ill") >= 1,
    "非义务教育": c("students") >= 3,
    "土坯房": c("dwelling") == "土坯房",
    "灾害隐患": c("hazard") == "yes",
    "失败或不稳": c("business").is_in(["投资失败", "就业不稳"]),
    "动力不足": c("drive") == "不足",
    "大龄单身": (c("single") == "yes") & (c("age") >= 45),
}

source, out = sys.argv[1:]
flags = pl.concat_str(
    (pl.when(truth).then(pl.lit(flag)) for flag, truth in RULES.items()), separator="; ", ignore_nulls=True
)
if source.endswith(".parquet"):
    texts = pl.scan_parquet(source)
    typed = texts.with_columns(c(name).cast(kind) for name, kind in NUMBERS.items())
else:
    typed = pl.scan_csv(source, schema_overrides=NUMBERS)
typed.with_columns(flags=flags).sink_csv(out)
