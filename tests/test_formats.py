"""Files are what their names say, read and written: CSV, TSV, JSON lines, JSON, Parquet, Arrow, plain and packed."""

from __future__ import annotations

import csv
import gzip
import io
import json
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

import polars as pl
import pytest
from harness import Result, fupin
from hypothesis import given
from hypothesis import strategies as st
from test_properties import many

import fupin as library

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

CELLS = [
    ["village", "note", "code"],
    ["东山", 'a, "b"', "007"],
    ["西河", "two\nlines\tand a tab", "1.50"],
    ["南桥", "", "2019年4月"],
    ["北坡", "\\n \u2028 🙂 \x01", "-0"],
]
ALL = ["keep", "--where", "1 = 1"]


def text(cells: list[list[str]], mark: str = ",") -> str:
    """A table as RFC 4180 has it."""
    file = io.StringIO(newline="")
    csv.writer(file, delimiter=mark, lineterminator="\n", quoting=csv.QUOTE_ALL).writerows(cells)
    return file.getvalue()


def plain(path: Path) -> bytes:
    """The bytes of a file, unpacked."""
    data = path.read_bytes()
    return gzip.decompress(data) if path.suffix == ".gz" else zstd.decompress(data) if path.suffix == ".zst" else data


def cells_of(path: Path) -> list[list[str]]:
    """A table as other programs read it."""
    name = path.name.removesuffix(".gz").removesuffix(".zst")
    if name.endswith((".parquet", ".arrow")):
        frame = pl.read_parquet(path) if name.endswith(".parquet") else pl.read_ipc(path)
        return [frame.columns, *([cell or "" for cell in row] for row in frame.rows())]
    content = plain(path).decode()
    if name.endswith((".jsonl", ".ndjson", ".json")):
        rows = (
            json.loads(content) if name.endswith(".json") else [json.loads(line) for line in content.split("\n")[:-1]]
        )
        assert all(cell is None or (isinstance(cell, str) and cell) for row in rows for cell in row.values())
        return [list(rows[0]), *([cell or "" for cell in row.values()] for row in rows)]
    return list(
        csv.reader(io.StringIO(content, newline=""), delimiter="\t" if ".t" in name[-4:-2] else ",", strict=True)
    )


ENDINGS = ["csv", "tsv", "tab", "jsonl", "ndjson", "json"]
ENDINGS = [*(ending + packed for ending in ENDINGS for packed in ("", ".gz", ".zst")), "parquet", "arrow", "TSV", "dat"]


@pytest.mark.parametrize("ending", ENDINGS)
def test_what_is_written_is_what_the_name_says_and_is_read_again(folder: Path, ending: str) -> None:
    target = folder / f"out.{ending}"
    assert fupin(*ALL, "-o", target, stdin=text(CELLS)) == Result(0, "", "")
    assert cells_of(target.rename(folder / f"out.{ending.lower()}")) == CELLS
    again = fupin("keep", f"out.{ending.lower()}", *ALL[1:])
    if "json" in ending and "jsonl" not in ending and "nd" not in ending:
        assert (again.status, again.out) == (1, "")
        assert "JSON is written and not read" in again.err
    else:
        assert again == fupin(*ALL, stdin=text(CELLS))
    library.write(pl.DataFrame(CELLS[1:], CELLS[0], orient="row"), target)
    assert cells_of(target.rename(folder / f"out.{ending.lower()}")) == CELLS


@pytest.mark.parametrize("ending", [".tsv", ".jsonl", ".json"])
def test_bytes(folder: Path, ending: str) -> None:
    wanted = {
        ".tsv": 'village\tn\n东山\ta,b\n西河\t"x\ty"\n南桥\t\n',
        ".jsonl": '{"village":"东山","n":"a,b"}\n{"village":"西河","n":"x\\ty"}\n{"village":"南桥","n":null}\n',
        ".json": '[\n{"village":"东山","n":"a,b"},\n{"village":"西河","n":"x\\ty"},\n{"village":"南桥","n":null}\n]\n',
    }
    board = 'village,n\n东山,"a,b"\n西河,"x\ty"\n南桥,\n'
    assert fupin(*ALL, "-o", f"o{ending}", stdin=board).status == 0
    assert Path(f"o{ending}").read_text() == wanted[ending]
    none = fupin("keep", "--where", "n = 'z' AND n IS NOT NULL", "-o", f"o{ending}", stdin="village,n\n东山,1\n")
    assert none.status == 0
    assert Path(f"o{ending}").read_text() == {".tsv": "village\tn\n", ".jsonl": "", ".json": "[]\n"}[ending]


def test_a_column_alone(folder: Path) -> None:
    board = 'n\n""\nx\n'
    assert fupin("keep", "--where", "1 = 1", "-k", "n", "-o", "o.tsv", stdin='n\ny\n"a\tb"\n').status == 0
    assert Path("o.tsv").read_text() == 'n\ny\n"a\tb"\n'
    assert fupin("ingest", "o.tsv") == Result(0, "n\ny\na\tb\n", "")
    library.write(pl.DataFrame({"n": [None, "x"]}), "o.tsv")
    assert Path("o.tsv").read_text() == board


@pytest.mark.parametrize(
    "name",
    ["o.xlsx", "o.xls", "o.et", "o.ods", "o.doc", "o.DOCX", "o.pdf", "o.wps", "o.html", "o.md", "o.zip", "o.csv.xz",
     "o.xlsx.gz", "o.parquet.gz", "o.arrow.zst", "o.fupin", "o.ics", "o.db"],
)  # fmt: skip
def test_no_table_is_written_as_something_else(folder: Path, name: str) -> None:
    for words in ([*ALL, "-o", name], ["ingest", "--rejects", name], [*ALL, "then", "rank", "--by", "n", "-o", name]):
        result = fupin(*words, stdin=b"\xff")
        assert (result.status, result.out) == (2, "")
        assert f"'{name}': no table is written so; end the name in .csv, .tsv, .jsonl or .json" in result.err
    with pytest.raises(library.Misuse):
        library.write(pl.DataFrame({"n": ["x"]}), name)
    assert list(folder.iterdir()) == []


@pytest.mark.parametrize("name", ["o.docx", "o.pdf", "o.doc", "o.et", "o.xls", "o.ods", "o.pptx", "o.zip"])
def test_no_report_is_written_as_something_else(folder: Path, name: str) -> None:
    for words in (["report"], ["report", "--format", "table"]):
        result = fupin(*words, "-o", name, stdin=b"\xff")
        told = f"fupin report: -o: '{name}': a report is written as text, as .md, .html or .xlsx\n"
        assert result == Result(2, "", told)


@pytest.mark.parametrize("name", ["o.csv", "o.csv.gz", "o.tsv", "o.jsonl", "o.json", "o.parquet", "o.arrow"])
def test_a_report_is_no_table(folder: Path, name: str) -> None:
    result = fupin("report", "-o", name, stdin=b"\xff")
    told = f"-o: '{name}': a report is no table; the verb before writes one with its own -o"
    assert result == Result(2, "", f"fupin report: {told}\n")
    Path("r.fupin").write_text("report\n")
    result = fupin("run", "r.fupin", "-o", name, stdin=b"\xff")
    assert (result.status, result.out) == (2, "")
    assert "report prints a text" in result.err


def test_a_report_of_another_ending_is_the_table(folder: Path) -> None:
    shown = fupin("report", stdin="village,n\n东山,1\n").out
    for name in ("notice.txt", "notice", "notice.v2"):
        assert fupin("report", "-o", name, stdin="village,n\n东山,1\n").status == 0
        assert Path(name).read_text() == shown
    mixed = fupin("report", "--format", "table", "-o", "o.html", stdin=b"\xff")
    assert mixed == Result(2, "", "fupin report: -o: 'o.html': its ending says html, and --format table\n")


# --- reading


def test_faults_of_tsv_name_the_line(folder: Path) -> None:
    number = "a number is digits with at most one point between them, such as 20 or 0.5"
    for content, told in {
        "v\tn\n甲\t1\t2\n": "b.tsv:2: 3 cells, where the header has 2; a cell that holds a tab stands in quotation"
        " marks",
        'v\tn\n"甲\n乙"\t1\n丙\n': "b.tsv:4: 1 cell, where the header has 2",
        'v\tn\n甲\t"1\n': "b.tsv:2: the quotation mark opened here is never closed",
        "v\tn\tn\n": "b.tsv:1: n: the column is there twice, as columns 2 and 3",
        "v\tn\n甲\tx\n": f"b.tsv:2: n: 'x' is not a number; {number} (甲)",
        "v,n\n甲,1\n": "b.tsv: no column 'n'; nearest: v,n;"
        " are columns separated by another mark than the file's name says?",
    }.items():
        Path("b.tsv").write_text(content)
        assert fupin("rank", "b.tsv", "--by", "n") == Result(1, "", f"fupin rank: {told}\n")


def test_json_lines(folder: Path) -> None:
    lines = ['{"v":"甲","n":1.50}', "", '{"n":1e2,"v":"乙","x":true}', '{"v":"丙","n":12345678901234567890,"x":null}']
    Path("b.jsonl").write_text("\n".join(lines) + "\n")
    assert fupin("keep", "b.jsonl", "--where", "1 = 1").out == (
        "v,n,x\n甲,1.50,\n乙,1e2,true\n丙,12345678901234567890,\n"
    )
    result = fupin("rank", "b.jsonl", "--by", "n")
    assert [line.split(" is not")[0] for line in result.err.splitlines()] == [
        "fupin rank: b.jsonl:3: n: '1e2'", "fupin rank: b.jsonl:4: n: '12345678901234567890'",
    ]  # fmt: skip
    for line, told in {
        '{"v":"丁","n":[1]}': "'n' holds",
        '{"v":"丁","n":{"a":1}}': "'n' holds",
        '["丁",1]': "no JSON object",
        '{"v":"丁"': "not JSON",
    }.items():
        Path("b.jsonl").write_text("\n".join([*lines, line]) + "\n")
        result = fupin("keep", "b.jsonl", "--where", "1 = 1")
        assert (result.status, result.out) == (1, "")
        assert result.err.startswith(f"fupin keep: b.jsonl:5: {told}")
    Path("b.jsonl").write_bytes('{"v":"甲"}\n'.encode("gb18030"))
    assert fupin("keep", "b.jsonl", "--where", "1 = 1").err.startswith("fupin keep: b.jsonl:1: ")


@pytest.mark.parametrize("ending", ["tsv", "jsonl", "tsv.gz", "jsonl.zst"])
def test_a_ledger_of_many_rows(folder: Path, ending: str) -> None:
    """It lies on the disk, and a fault at its end is named by its line."""
    rows = 300_000
    frame = pl.DataFrame(
        {"v": ["甲", "乙"] * (rows // 2), "points": ["1.5", "2"] * (rows // 2), "note": "镇扶贫办通报" * 4}
    )
    library.write(frame, f"e.{ending}")
    words = ["tally", "--events", f"e.{ending}", "--sum", "points", "--as", "s"]
    assert fupin(*words, stdin="v\n甲\n乙\n").out == f"v,s\n甲,{rows // 2 * 3 // 2}\n乙,{rows}\n"
    library.write(pl.concat([frame, pl.DataFrame({"v": ["甲"], "points": ["x"], "note": ["y"]})]), f"e.{ending}")
    told = fupin(*words, stdin="v\n甲\n乙\n").err
    line = rows + (2 if "tsv" in ending else 1)
    assert told.startswith(f"fupin tally: e.{ending}:{line}: points: 'x' is not a number")


def test_a_large_board_is_screened(folder: Path) -> None:
    frame = pl.DataFrame(
        {"v": [f"h{i}" for i in range(250_000)], "n": ["1", "2"] * 125_000, "note": "镇扶贫办通报" * 6}
    )
    Path("rules.csv").write_text("flag,when,note\nlow,n < 2,\n")
    found = []
    for ending in ("csv", "tsv", "jsonl"):
        library.write(frame, f"b.{ending}")
        found.append(fupin("screen", f"b.{ending}", "--rules", "rules.csv", "--only"))
    assert found[0].out.count("\n") == 125_001
    assert found[0] == found[1] == found[2]


cells_of_texts = st.lists(st.text(alphabet="甲a,\"\t\n\r '\\{[:0", max_size=4), min_size=2, max_size=2)


@many
@given(st.lists(cells_of_texts, max_size=4))
def test_cells_come_through_every_format(rows: list[list[str]]) -> None:
    cells = [["k", "a", "b"], *([f"k{i}", *row] for i, row in enumerate(rows, 1))]
    before = fupin(*ALL, stdin=text(cells))
    assert before.status == 0
    with TemporaryDirectory() as folder:
        for ending in ("tsv", "jsonl") if rows else ("tsv",):
            path = Path(folder, f"t.{ending}")
            assert fupin(*ALL, "-o", path, stdin=text(cells)).status == 0
            assert cells_of(path) == cells
            assert fupin("keep", path, *ALL[1:]) == before
