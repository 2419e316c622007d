"""A corpus of small files as offices send them: each with the command line that takes it in, and what comes of it.

What must come was worked out by hand. Of every file the rows that came are those kept, rejected and dropped.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
import re
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter
from corpus.cases import CASES, CLEAN, LINES, TABLE, Case
from corpus.make import without_value, xlsx
from harness import fupin, refused

BOOKS = (".xlsx", ".xls", ".ods")


def words(line: str) -> list[str]:
    """The words of a line, of which one in single quotes may hold spaces."""
    return [quoted or plain for quoted, plain in re.findall(r"'([^']*)'|(\S+)", line)]


@pytest.mark.parametrize("case", CASES, ids=[case.name for case in CASES])
def test_a_file(case: Case, folder: Path) -> None:
    for name, data in [(case.name, case.data), *case.files]:
        Path(name).write_bytes(data.encode() if isinstance(data, str) else data)
    result = fupin("ingest", "-v", case.name, *words(case.words), "--rejects", "r.csv")
    if case.refused:
        refused(result, 1, "ingest", case.refused)
        return
    assert (result.status, result.out) == (0, case.out), result.err
    rejected = list(csv.reader(io.StringIO(Path("r.csv").read_text("utf-8"), newline="")))[1:]
    assert [tuple(row[2:5]) for row in rejected] == [row[:3] for row in case.rejects]
    assert all(told in row[5] for row, (*_, told) in zip(rejected, case.rejects, strict=True)), rejected
    assert {row[0] for row in rejected} <= {case.name, *(name for name, _ in case.files)}
    assert all((row[1] != "") == row[0].endswith(BOOKS) for row in rejected), rejected
    named = [line.split(":", 1)[1] for line in result.err.splitlines() if ": dropped, a row" in line]
    named = [re.sub(r"^.*?(?=\d+: dropped)", "", line).replace("dropped, ", "") for line in named]
    assert len(named) == len(case.left), named
    assert all(line.startswith(told) for line, told in zip(named, case.left, strict=True)), named
    told = re.search(r"(\d+) rows? in, (\d+) kept, (\d+) rejected, (\d+) dropped", result.err)
    assert told
    came, kept, not_kept, dropped = map(int, told.groups())
    assert (not_kept, dropped) == (len(case.rejects), len(case.left))
    assert came == kept + not_kept + dropped
    if not ({"--long", "--wide", "--complete"} & set(words(case.words))):
        assert kept == len(list(csv.reader(io.StringIO(case.out)))) - 1


def test_many_files_by_name_by_glob_and_from_standard_input(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("a.csv").write_text(LINES, "utf-8")
    Path("b.xlsx").write_bytes(xlsx([["村", "分"], ["南坪", 3]]))
    both = CLEAN + "南坪,3\n"
    assert fupin("ingest", "a.csv", "b.xlsx").out == fupin("ingest", "[ab].*").out == both
    assert fupin("ingest", "-", "b.xlsx", stdin=LINES).out == both
    assert fupin("ingest", stdin=Path("b.xlsx").read_bytes()).out == "村,分\n南坪,3\n"


def test_what_the_corpus_rejects_can_be_mended_and_fed_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("a.xlsx").write_bytes(xlsx(TABLE, change=without_value))
    assert fupin("ingest", "a.xlsx", "--number", "分", "--rejects", "r.csv").out == "村,分\n"
    mended = Path("r.csv").read_text("utf-8").replace(",东山,=1+1", ",东山,2").replace(",西河,#DIV/0!", ",西河,7.5")
    Path("m.csv").write_text(mended, "utf-8")
    assert fupin("ingest", "m.csv", "--number", "分").out == "村,分\n东山,2\n西河,7.5\n"


UNUSABLE = [case for case in CASES if case.rejects and all("a formula without" in row[3] for row in case.rejects)]


@pytest.mark.parametrize("case", UNUSABLE, ids=[case.name for case in UNUSABLE])
def test_a_cell_that_cannot_be_used_is_rejected_again_until_somebody_has_looked_at_it(case: Case, folder: Path) -> None:
    Path(case.name).write_bytes(case.data)
    assert fupin("ingest", case.name, "--rejects", "r.csv").out == case.out
    again = fupin("ingest", "r.csv", "--rejects", "again.csv")
    assert again.out == case.out.partition("\n")[0] + "\n"
    header, *rows = csv.reader(Path("again.csv").read_text("utf-8").splitlines())
    assert [row[:5] for row in rows] == [[case.name, "1", *told[:3]] for told in case.rejects]
    assert all(row[5].endswith("clear its reason if it is right as it is") for row in rows)
    with open("cleared.csv", "w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([header, *([*row[:5], "", *row[6:]] for row in rows)])
    assert fupin("ingest", "cleared.csv").out.count("\n") == 1 + len(rows)


def test_rows_with_a_name_twice_can_be_mended_too(folder: Path) -> None:
    Path("a.csv").write_text("单位：甲镇,\n镇,分\n东山,1\n西河,x\n", "utf-8")
    words = ["--rename", "镇=村", "--take", "单位=镇", "--number", "分"]
    assert fupin("ingest", "a.csv", *words, "--rejects", "r.csv").out == "村,分,镇\n东山,1,甲镇\n"
    Path("m.csv").write_text(Path("r.csv").read_text("utf-8").replace("西河,x", "西河,2"), "utf-8")
    result = fupin("ingest", "a.csv", "m.csv", *words, "--rejects", "again.csv")
    assert result.out == "村,分,镇\n东山,1,甲镇\n西河,2,甲镇\n"
    assert fupin("ingest", "m.csv", *words).out == "村,分,镇\n西河,2,甲镇\n"


def moment(*parts: int) -> dt.datetime:
    """A date and a time, of which a workbook does not say where on earth it is."""
    return dt.datetime(*parts)  # type: ignore[arg-type]  # noqa: DTZ001


CELLS: list[list[Any]] = [
    ["text", "number", "date", "moment", "truth", "mixed"],
    ["甲\n乙", 1, dt.date(2019, 4, 28), moment(2019, 4, 28, 14, 30), True, "007"],
    [' =x, "y" ', -2.5, dt.date(1900, 3, 1), moment(2020, 2, 29, 23, 59, 59), False, 7],
    ["１２", 0.1 + 0.2, dt.date(9999, 12, 31), moment(2000, 1, 1, 12), True, 1234567.125],
    ["#N/A?", 1e14, dt.date(2020, 2, 29), moment(1999, 12, 31, 0, 0, 1), False, "中"],
]


def shown(cell: object) -> str:
    """A cell as Excel shows it, worked out without fupin."""
    if isinstance(cell, bool):
        return str(cell).lower()
    if isinstance(cell, dt.datetime):
        return cell.strftime("%Y-%m-%d %H:%M:%S") if cell.time() != dt.time() else cell.date().isoformat()
    if isinstance(cell, dt.date):
        return cell.isoformat()
    if isinstance(cell, int | float):
        return f"{Decimal(f'{cell:.15g}').normalize():f}"
    return str(cell).strip()


def moments_by_xlsxwriter() -> bytes:
    """The cells by xlsxwriter."""
    file = io.BytesIO()
    with xlsxwriter.Workbook(file, {"strings_to_numbers": False, "strings_to_formulas": False}) as book:
        sheet = book.add_worksheet()
        forms = {dt.date: book.add_format({"num_format": "yyyy-mm-dd"})}
        forms[dt.datetime] = book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"})
        for y, row in enumerate(CELLS):
            for x, cell in enumerate(row):
                if type(cell) in forms:
                    sheet.write_datetime(y, x, cell, forms[type(cell)])
                else:
                    sheet.write(y, x, cell)
    return file.getvalue()


@pytest.mark.parametrize("made", [lambda: xlsx(CELLS), moments_by_xlsxwriter], ids=["openpyxl", "xlsxwriter"])
def test_a_workbook_reads_back_cell_for_cell(made: Callable[[], bytes], tmp_path: Path) -> None:
    (tmp_path / "a.xlsx").write_bytes(made())
    result = fupin("ingest", tmp_path / "a.xlsx")
    assert result.err == ""
    assert list(csv.reader(io.StringIO(result.out, newline=""))) == [[shown(cell) for cell in row] for row in CELLS]
