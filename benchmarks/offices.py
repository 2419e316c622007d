"""Make what offices send: a table of households as CSV and as a workbook, its roster and its Table Schema.

The same seed gives the same bytes of text on every machine, as generate.py explains.
"""

from __future__ import annotations

import json
from pathlib import Path

import polars as pl
import xlsxwriter
from generate import decimal, main, noise

HOUSEHOLDS, VILLAGES, SHEET = 6_050_000, 483, 100_000
SCHEMA = {
    "fields": [
        {"name": "household", "constraints": {"required": True, "pattern": "H[0-9]{8}"}},
        {"name": "village", "constraints": {"required": True}},
        {"name": "kind", "constraints": {"enum": ["一般户", "低保户", "五保户"]}},
        {"name": "people", "type": "integer", "constraints": {"minimum": 1, "maximum": 12}},
        {"name": "income", "type": "number", "constraints": {"minimum": 0}},
        {"name": "mark", "type": "number", "constraints": {"minimum": 0, "maximum": 100}},
        {"name": "visited", "type": "date", "constraints": {"minimum": "2019-01-01"}},
        {"name": "remark"},
    ]
}


def village(number: pl.Expr) -> pl.Expr:
    """Name a village."""
    return pl.concat_str(pl.lit("新塘镇第"), number.cast(pl.String).str.zfill(3), pl.lit("村民委员会"))


def households(count: int) -> pl.LazyFrame:
    """The clean table, about 83 bytes a row in UTF-8."""
    i = pl.col("i")
    kind = noise(i, 3, 3)
    return pl.LazyFrame({"i": pl.int_range(count, eager=True)}).select(
        household=pl.concat_str(pl.lit("H"), i.cast(pl.String).str.zfill(8)),
        village=village(noise(i, 1, VILLAGES)),
        kind=pl.when(kind == 0)
        .then(pl.lit("一般户"))
        .when(kind == 1)
        .then(pl.lit("低保户"))
        .otherwise(pl.lit("五保户")),
        people=(noise(i, 4, 9) + 1).cast(pl.String),
        income=decimal(noise(i, 5, 4_000_000), 2),
        mark=decimal(noise(i, 6, 1001), 1),
        visited=(pl.date(2019, 1, 1) + pl.duration(days=noise(i, 7, 365).cast(pl.Int64))).cast(pl.String),
        remark=pl.when(noise(i, 8, 5) == 0).then(pl.lit("外出务工")),
    )


def workbook(path: Path, rows: int) -> None:
    """The same table as a workbook, its numbers and dates as Excel keeps them."""
    with xlsxwriter.Workbook(path) as book:
        sheet, date = book.add_worksheet(), book.add_format({"num_format": "yyyy-mm-dd"})
        numbers = pl.col("people", "income", "mark").cast(pl.Float64)
        table = households(rows).with_columns(numbers, pl.col("visited").str.to_date()).collect()
        for place, name in enumerate(table.columns):
            sheet.write_string(0, place, name)
        for line, row in enumerate(table.iter_rows(), 1):
            for place, cell in enumerate(row):
                if place == 6:
                    sheet.write_datetime(line, place, cell, date)
                else:
                    sheet.write(line, place, cell)


def write(folder: Path, scale: float) -> None:
    """Write households.csv, households-gb18030.csv, households.xlsx, full.xlsx, villages.csv and schema.json."""
    folder.mkdir(parents=True, exist_ok=True)
    households(max(1, int(HOUSEHOLDS * scale))).sink_csv(folder / "households.csv")
    gb18030 = folder / "households-gb18030.csv"
    with (folder / "households.csv").open(encoding="utf-8") as text, gb18030.open("w", encoding="gb18030") as target:
        while chunk := text.read(1 << 20):
            target.write(chunk)
    workbook(folder / "households.xlsx", max(1, int(SHEET * min(scale, 1))))
    workbook(folder / "full.xlsx", max(1, int(((1 << 20) - 1) * min(scale, 1))))
    names = pl.LazyFrame({"i": pl.int_range(VILLAGES, eager=True)}).select(village=village(pl.col("i")))
    names.sink_csv(folder / "villages.csv")
    (folder / "schema.json").write_text(json.dumps(SCHEMA, ensure_ascii=False), "utf-8")


if __name__ == "__main__":
    main(write, __doc__, "500 MB of CSV")
