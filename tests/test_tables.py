"""Tables in and out: spellings of CSV, other formats, faulty files, large files, and what -o leaves behind."""

from __future__ import annotations

import contextlib
import csv
import datetime as dt
import gzip
import io
import os
import sys
import threading
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import polars as pl
import pytest
from conftest import Shell
from harness import Result, fupin
from hypothesis import given, settings
from hypothesis import strategies as st
from reference import quoted

from fupin import spool, tables, writing

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

PLAIN = 'village,note,code\n东山,"a, ""b""",007\n西河,"two\nlines",1.50\n南桥,,2019年4月\n'
ALL = ("keep", "--where", "1 = 1")


def passed(data: bytes) -> Result:
    """A board through a verb that keeps everything."""
    return fupin(*ALL, stdin=data)


# --- spellings of CSV


@pytest.mark.parametrize(
    ("spelling", "data"),
    [
        ("lf", PLAIN.encode()),
        ("bom", PLAIN.encode("utf-8-sig")),
        ("crlf", PLAIN.replace("\n", "\r\n").replace("two\r\n", "two\n").encode()),
        ("bom and crlf", PLAIN.replace("\n", "\r\n").replace("two\r\n", "two\n").encode("utf-8-sig")),
        ("no end of the last line", PLAIN.rstrip("\n").encode()),
        ("an empty last line", (PLAIN + "\n").encode()),
        ("an empty last line, crlf", (PLAIN + "\r\n").encode()),
        ("quotes not needed", PLAIN.replace("village", '"village"').replace("东山", '"东山"').encode()),
        ("quoted blank", PLAIN.replace("南桥,,", '南桥,"",').encode()),
    ],
)
def test_spellings_of_one_table(spelling: str, data: bytes) -> None:
    assert passed(data) == Result(0, PLAIN, ""), spelling


def test_a_bom_is_no_part_of_the_first_column(folder: Path) -> None:
    Path("board.csv").write_bytes("village,x\n东山,1\n".encode("utf-8-sig"))
    Path("events.csv").write_bytes('"village"\n东山\n'.encode("utf-8-sig"))
    words = ("tally", "board.csv", "-k", "village", "--events", "events.csv", "--count", "--as", "n")
    assert fupin(*words).out == "village,x,n\n东山,1,1\n"


def test_cells_with_returns_are_quoted() -> None:
    data = 'village,note\r\n东山,"a\rb"\r\n西河,"a\r\nb"\r\n'
    assert passed(data.encode()).out == 'village,note\n东山,"a\rb"\n西河,"a\r\nb"\n'


def test_text_stays_as_it_came() -> None:
    cells = ["007", "1.50", "+5", "05.50", "1e3", " x ", "NA", "true", "-0", "2019年4月", "=1+1", "'a'", "\t", "null"]
    data = "village,cell\n" + "".join(f"{i},{cell}\n" for i, cell in enumerate(cells))
    assert passed(data.encode()).out == data


def test_a_row_whose_only_cell_is_missing(folder: Path) -> None:
    writing.write(pl.DataFrame({"note": ["a", None, "b"]}), "out.csv")
    assert Path("out.csv").read_text() == 'note\na\n""\nb\n'
    with contextlib.ExitStack() as spool:
        assert tables.open_table("out.csv", spool).read()["note"].to_list() == ["a", None, "b"]


def test_a_quoted_blank_is_a_row(folder: Path) -> None:
    Path("events.csv").write_text('village\n东山\n""\n')
    result = fupin("tally", "--events", "events.csv", "--count", "--as", "n", stdin="village\n东山\n")
    assert (result.status, result.out) == (1, "")
    assert result.err.startswith("fupin tally: events.csv:3: village: blank")


odd = st.text(alphabet='甲a0,"\n\r \t\ufeff\x0b\x0c\x1c\x85\u2028𠮷', max_size=5)
odd_tables = st.lists(odd, min_size=1, max_size=4, unique=True).flatmap(
    lambda names: st.tuples(
        st.just(["id", *("c" + name for name in names)]),
        st.lists(st.tuples(*[odd] * len(names)), max_size=6),
    )
)


@settings(max_examples=150, deadline=None)
@given(odd_tables, st.sampled_from(["crlf", "quoted"]), st.booleans())
def test_any_table_is_passed_through(given: tuple[list[str], list[tuple[str, ...]]], form: str, bom: bool) -> None:
    header, rows = given
    lines = [header, *([str(i), *row] for i, row in enumerate(rows))]
    out = io.StringIO(newline="")
    # Python's csv quotes a lone CR only where it is a part of the line end.
    forms = {"crlf": csv.writer(out), "quoted": csv.writer(out, quoting=csv.QUOTE_ALL, lineterminator="\n")}
    forms[form].writerows(lines)
    result = passed(out.getvalue().encode("utf-8-sig" if bom else "utf-8"))
    assert result.err == ""
    assert list(csv.reader(io.StringIO(result.out, newline=""))) == lines
    assert result.out == "".join(",".join(map(quoted, line)) + "\n" for line in lines)


# --- where a fault stands


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_lines_are_those_of_an_editor(folder: Path, end: str) -> None:
    rows = [
        "village,note,points",
        '东山,"one\ntwo\n\nfour",1',
        "东山,,x",
        '东山,"""\n""",2',
        '"东山","\n",y',
        "东山,,",
        "",
    ]
    Path("events.csv").write_bytes("\ufeff".encode() + end.join(rows).encode())
    result = fupin("tally", "--events", "events.csv", "--sum", "points", "--as", "n", stdin="village\n东山\n")
    places = [line.split(": ")[1:3] for line in result.err.splitlines()]
    assert places == [["events.csv:6", "points"], ["events.csv:9", "points"], ["events.csv:11", "points"]]


def test_the_line_of_a_short_row_after_a_cell_of_several_lines() -> None:
    result = passed(b'village,note\na,"1\n2\n3"\nb\nc,"d\n')
    assert (result.status, result.out, result.err) == (1, "", "fupin keep: -:5: 1 cell, where the header has 2\n")


@pytest.mark.parametrize(
    ("data", "line", "told"),
    [
        (b'village,note\na,"b" c\n', 2, "quotation mark"),
        (b'village,note\na,b "c"\n', 2, "quotation mark"),
        (b'village,note\na,b\nb,"c\n\n', 3, "never closed"),
        (b'village,"note\na,b\n', 1, "quot"),
        (b"village,note\na,b\rb,c\n", 2, "CR"),
        (b'village,note\na,"b"\rb,c\n', 2, "CR"),
        (b"village,note\na,b\r\r\n", 2, "CR"),
        (b"village,note\na,b\nb,\xff\n", 3, "UTF-8"),
        (b'village,note\na,"b\n\xff"\n', 3, "UTF-8"),
        (b"village,\xce\xf7\na,b\n", 1, "UTF-8"),
        (b"village,note\na,b\n\nb,c\n", 3, "empty"),
        (b"village,note\na,b\nb,c\n\n\n", 4, "empty"),
        (b"village,note\n,\na\n", 3, "1 cell"),
        (b"village\na\nb,\n", 3, "2 cells"),
        (b"village,,note\na,b,c\n", 1, "no name"),
        (b'village,""\na,b\n', 1, "no name"),
    ],
)
def test_what_is_no_table(data: bytes, line: int, told: str) -> None:
    result = passed(data)
    assert (result.status, result.out) == (1, "")
    assert result.err.startswith(f"fupin keep: -:{line}: ")
    assert told in result.err
    assert result.err.count("\n") == 1


@pytest.mark.parametrize("data", [b"", b"\xef\xbb\xbf"])
def test_no_input(data: bytes) -> None:
    assert passed(data) == Result(1, "", "fupin keep: -: no input (did the verb before it fail?)\n")


def test_a_missing_file_and_the_nearest(folder: Path) -> None:
    Path("villages.csv").write_text("village\n")
    result = fupin("keep", "vilages.csv", "--where", "1 = 1")
    assert result == Result(1, "", "fupin keep: vilages.csv: no such file; nearest: villages.csv\n")
    assert fupin("keep", ".", "--where", "1 = 1").err == "fupin keep: .: a folder, not a file\n"


# --- other formats


@pytest.mark.parametrize("ending", [".csv.gz", ".csv.zst", ".CSV.GZ"])
def test_compressed_tables(folder: Path, ending: str) -> None:
    pack = zstd.compress if ending.endswith("zst") else gzip.compress
    Path(f"board{ending}").write_bytes(pack(PLAIN.encode()))
    assert fupin(ALL[0], f"board{ending}", *ALL[1:]) == Result(0, PLAIN, "")


@pytest.mark.parametrize("ending", [".gz", ".zst"])
def test_a_damaged_archive(folder: Path, ending: str) -> None:
    packed = (zstd.compress if ending == ".zst" else gzip.compress)(os.urandom(5000).hex().encode())
    for data in (packed[:2000], b"village\na\n"):
        Path(f"board.csv{ending}").write_bytes(data)
        result = fupin(ALL[0], f"board.csv{ending}", *ALL[1:])
        assert (result.status, result.out) == (1, "")
        assert result.err.startswith(f"fupin keep: board.csv{ending}: ")
        assert result.err.count("\n") == 1
        assert "fault of fupin" not in result.err
        assert "b'" not in result.err  # no Python in what a clerk reads


def typed() -> pl.DataFrame:
    """A table of all types that have a text."""
    return pl.DataFrame(
        {
            "id": ["a", "b", "c"],
            "int": pl.Series([9007199254740993, -1, None], dtype=pl.Int64),
            "decimal": pl.Series([Decimal("0.1"), Decimal("-12.340"), None], dtype=pl.Decimal(20, 3)),
            "float": pl.Series([0.1, 1e-7, 12.0], dtype=pl.Float64),
            "single": pl.Series([0.1, 1e16, None], dtype=pl.Float32),
            "date": [dt.date(2019, 4, 28), None, dt.date(2020, 2, 29)],
            "bool": [True, False, None],
            "text": ["007", "", "a,b"],
        }
    )


TYPED = (
    "id,int,decimal,float,single,date,bool,text\n"
    "a,9007199254740993,0.100,0.1,0.1,2019-04-28,true,007\n"
    "b,-1,-12.340,0.0000001,10000000000000000,,false,\n"
    'c,,,12,,2020-02-29,,"a,b"\n'
)


@pytest.mark.parametrize("ending", [".parquet", ".arrow", ".feather", ".ipc"])
def test_types_become_text(folder: Path, ending: str) -> None:
    write = typed().write_parquet if ending == ".parquet" else typed().write_ipc
    write(f"board{ending}")
    assert fupin(ALL[0], f"board{ending}", *ALL[1:]) == Result(0, TYPED, "")


def test_floats_count_as_what_they_show(folder: Path) -> None:
    pl.DataFrame({"village": ["a", "a", "a"], "points": [0.1, 0.2, 1e-7]}).write_parquet("events.parquet")
    result = fupin("tally", "--events", "events.parquet", "--sum", "points", "--as", "s", stdin="village\na\n")
    assert result == Result(0, "village,s\na,0.3000001\n", "")


@pytest.mark.parametrize("ending", [".parquet", ".arrow"])
def test_what_is_not_what_its_name_says(folder: Path, ending: str) -> None:
    Path(f"board{ending}").write_text("village\na\n")
    result = fupin(ALL[0], f"board{ending}", *ALL[1:])
    assert (result.status, result.out) == (1, "")
    assert result.err.startswith(f"fupin keep: board{ending}: ")
    assert "fault of fupin" not in result.err


@pytest.mark.parametrize("ending", [".csv.gz", ".csv.zst", ".parquet", ".arrow"])
def test_output_follows_the_ending(folder: Path, ending: str) -> None:
    assert fupin(*ALL, "-o", f"out{ending}", stdin=PLAIN) == Result(0, "", "")
    assert Path(f"out{ending}").read_bytes()[:4] != PLAIN.encode()[:4]
    assert fupin(ALL[0], f"out{ending}", *ALL[1:]) == Result(0, PLAIN, "")


# --- several files, and files that are none


def tallied(*files: str, stdin: str = "village\n东山\n西河\n") -> Result:
    """The sum of the points in some ledgers."""
    events = [word for file in files for word in ("--events", file)]
    return fupin("tally", *events, "--sum", "points", "--as", "s", stdin=stdin)


def test_a_ledger_of_several_files(folder: Path) -> None:
    for month, points in enumerate(["1", "2.5", "0.25"]):
        Path(f"month{month}.csv").write_text(f"village,points\n东山,{points}\n")
    Path("month3.csv.gz").write_bytes(gzip.compress("village,points\n西河,7\n".encode()))
    assert tallied("month*").out == "village,s\n东山,3.75\n西河,7\n"
    assert tallied("month0.csv", "month[12].csv").out == "village,s\n东山,3.75\n西河,0\n"
    assert tallied("year*.csv") == Result(1, "", "fupin tally: year*.csv: no file matches\n")


def test_files_of_another_shape(folder: Path) -> None:
    Path("a.csv").write_text("village,points\n东山,1\n")
    Path("b.csv").write_text("note,points,village\nx,1,东山\n")
    assert tallied("?.csv") == Result(0, "village,s\n东山,2\n西河,0\n", "")
    Path("b.csv").write_text("village,point\n东山,1\n")
    assert tallied("?.csv") == Result(1, "", "fupin tally: b.csv: no column 'points'; nearest: point\n")
    Path("b.csv").write_text("village,points,level\n东山,1,x\n")
    Path("rules.csv").write_text("item,level,points,cap\n1,,1,\n1,x,2,\n")
    words = ["bonus", "--events", "a.csv", "--events", "b.csv", "--rules", "rules.csv", "--as", "n"]
    for name in ("a.csv", "b.csv"):
        Path(name).write_text(Path(name).read_text().replace("points", "item"))
    result = fupin(*words, stdin=PLAIN)  # one has levels, so that it is not known what the other's are
    assert result == Result(1, "", "fupin bonus: a.csv: no column 'level'; columns: village, item\n")


def test_a_name_with_the_signs_of_a_glob_is_a_name(folder: Path) -> None:
    Path("events[1].csv").write_text("village,points\n东山,1\n")
    Path("events1.csv").write_text("village,points\n东山,50\n")
    assert tallied("events[1].csv").out == "village,s\n东山,1\n西河,0\n"


def test_faults_name_the_file_of_a_glob(folder: Path) -> None:
    Path("a.csv").write_text("village,points\n东山,1\n")
    Path("b.csv").write_text("village,points\n\n东山,1\n")
    assert tallied("?.csv").err == "fupin tally: b.csv:2: an empty line in the middle of the table\n"


@pytest.mark.parametrize(
    "line",
    [
        "cat board.csv | fupin tally --events events.csv --sum points --as s",
        "fupin tally --events events.csv --sum points --as s < board.csv",
        "fupin tally - --events events.csv --sum points --as s < board.csv",
        "fupin tally <(cat board.csv) --events <(tail -n +1 events.csv) --sum points --as s",
        "cat events.csv | fupin tally board.csv --events - --sum points --as s",
        "gzip -c events.csv > e.csv.gz; fupin tally -i board.csv --events e.csv.gz --sum points --as s",
    ],
)
def test_pipes_and_redirections(folder: Path, shell: Shell, line: str) -> None:
    Path("board.csv").write_text("village\n东山\n")
    Path("events.csv").write_text("village,points\n东山,0.1\n东山,0.2\n")
    assert shell(line) == Result(0, "village,s\n东山,0.3\n", "")


# --- large files: read where they lie, their structure checked by totals

ROWS = 260_000
LINE = "东山,0.5,a note that fills the line\n".encode()
HEAD = b"village,points,note\n"


def large(folder: Path, change: Callable[[list[bytes]], None], end: bytes = b"\n") -> str:
    """The name of a ledger of more than 8 MB, after a change of some of its lines."""
    lines = [HEAD, *[LINE] * ROWS]
    change(lines)
    data = b"".join(lines)
    if end != b"\n":
        data = data.replace(b"\n", end)
    assert len(data) > spool.SMALL
    name = folder / "events.csv"
    name.write_bytes(data)
    return name.name


def test_large_and_fine(folder: Path) -> None:
    def blank_cells(lines: list[bytes]) -> None:
        lines[5] = "东山,0.25,\n".encode()
        lines[-1] = "西河,7,".encode()

    assert tallied(large(folder, blank_cells)).out == f"village,s\n东山,{(ROWS - 2) // 2}.25\n西河,7\n"


def short(line: bytes) -> bytes:
    """A row without its last cell."""
    return line[: line.rindex(b",")] + b"\n"


def long(line: bytes) -> bytes:
    """A row with a cell too many."""
    return line.replace(b"\n", b",x\n")


@pytest.mark.parametrize("end", [b"\n", b"\r\n"])
@pytest.mark.parametrize(
    ("rows", "line", "cells"),
    [
        ({-1: short}, ROWS + 1, "2 cells"),
        ({-1: long}, ROWS + 1, "4 cells"),
        ({100: short, 200: long}, 101, "2 cells"),
        ({100: long, -1: short}, 101, "4 cells"),
        ({ROWS - 1: long, ROWS: short}, ROWS, "4 cells"),
        ({7: short, 8: lambda line: b"\n", 9: long, 10: long, 11: long}, 8, "2 cells"),
        ({50: lambda line: b"\n"}, 51, "an empty line"),
    ],
    ids=["short end", "long end", "balanced", "balanced far", "balanced end", "balanced with empty", "empty line"],
)
def test_large_and_ragged(
    folder: Path, rows: dict[int, Callable[[bytes], bytes]], line: int, cells: str, end: bytes
) -> None:
    def change(lines: list[bytes]) -> None:
        lines[3] = "东山,1,\n".encode()  # a blank last cell is no fault
        for row, to in rows.items():
            lines[row] = to(lines[row])

    name = large(folder, change, end)
    result = tallied(name)
    assert (result.status, result.out) == (1, "")
    assert result.err.startswith(f"fupin tally: events.csv:{line}: {cells}")
    left_out = fupin(
        "tally", "--events", name, "--where", "note IS NULL", "--count", "--as", "n", stdin="village\n东山\n"
    )
    assert (left_out.status, left_out.err) == (1, result.err)


def test_large_and_not_utf8_in_an_unused_column(folder: Path) -> None:
    def change(lines: list[bytes]) -> None:
        lines[ROWS - 3] = "东山,1,".encode() + b"\xce\xf7\n"

    result = tallied(large(folder, change))
    assert (result.status, result.out) == (1, "")
    assert result.err.startswith(f"fupin tally: events.csv:{ROWS - 2}: bytes that are not UTF-8")


@pytest.mark.parametrize("end", [b"\n", b"\r\n"])
def test_lines_of_a_large_file_after_a_cell_of_several_lines(folder: Path, end: bytes) -> None:
    def change(lines: list[bytes]) -> None:
        lines[2] = '东山,1,"a\nb\nc"\n'.encode()
        lines[ROWS - 9] = "东山,一,\n".encode()
        lines[ROWS] = '"北塘",1,"\n"\n'.encode()

    result = tallied(large(folder, change, end))
    places = [line.split(": ")[1] for line in result.err.splitlines()]
    assert places == [f"events.csv:{ROWS - 9 + 1 + 2}", f"events.csv:{ROWS + 1 + 2}"]


@pytest.mark.parametrize("end", [b"\n", b"\r\n"])
def test_a_large_board(folder: Path, end: bytes) -> None:
    rows = [f"village {i},{'007' if i % 3 else ''}\n" for i in range(500_000)]
    data = "village,code\n" + "".join(rows)
    name = folder / "board.csv"
    name.write_bytes(data.encode().replace(b"\n", end))
    assert name.stat().st_size > spool.SMALL
    assert fupin("keep", name, "--where", "1 = 1", "-o", name) == Result(0, "", "")
    assert name.read_bytes() == data.encode()
    rows[77], rows[78] = "village 77\n", "village 78,1,2\n"
    name.write_bytes(("village,code\n" + "".join(rows)).encode().replace(b"\n", end))
    assert fupin("keep", name, "--where", "1 = 1").err.endswith("board.csv:79: 1 cell, where the header has 2\n")


def test_a_large_pipe(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    spool = folder / "spool"
    spool.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(spool))
    data = HEAD + LINE * ROWS
    Path("board.csv").write_text("village\n东山\n")
    words = ("tally", "board.csv", "--events", "-", "--sum", "points", "--as", "s")
    assert fupin(*words, stdin=data) == Result(0, f"village,s\n东山,{ROWS // 2}\n", "")
    result = fupin(*words, stdin=data + "东山,1\n".encode())
    assert (result.status, result.out) == (1, "")
    assert result.err == f"fupin tally: -:{ROWS + 2}: 2 cells, where the header has 3\n"
    Path("e.csv.gz").write_bytes(gzip.compress(data + "东山,一,\n".encode(), 1))
    result = tallied("e.csv.gz")
    assert result.err.startswith(f"fupin tally: e.csv.gz:{ROWS + 2}: points: '一' is not a number")
    assert list(spool.iterdir()) == []


def test_an_empty_line_in_a_large_table_of_one_column(folder: Path) -> None:
    data = b"village\n" + "东山\n".encode() * 1_300_000
    Path("events.csv").write_bytes(data)
    words = ("tally", "--events", "events.csv", "--count", "--as", "n")
    assert fupin(*words, stdin="village\n东山\n").out == "village,n\n东山,1300000\n"
    Path("events.csv").write_bytes(data + "\n东山\n".encode())
    result = fupin(*words, stdin="village\n东山\n")
    assert (result.status, result.out) == (1, "")
    assert result.err == "fupin tally: events.csv:1300002: an empty line in the middle of the table\n"


# --- output


def test_output_keeps_mode_and_follows_links(folder: Path) -> None:
    real, link = folder / "kept" / "real.csv", folder / "link.csv"
    real.parent.mkdir()
    real.write_text("old\n")
    real.chmod(0o640)
    link.symlink_to(real)
    assert fupin(*ALL, "-o", link, stdin=PLAIN) == Result(0, "", "")
    assert link.is_symlink()
    assert real.read_text() == PLAIN
    assert real.stat().st_mode & 0o777 == 0o640
    assert [file.name for file in real.parent.iterdir()] == ["real.csv"]


def test_a_new_file_has_the_mode_of_any_new_file(folder: Path) -> None:
    Path("usual").write_text("")
    assert fupin(*ALL, "-o", "out.csv", stdin=PLAIN).status == 0
    assert Path("out.csv").stat().st_mode == Path("usual").stat().st_mode


def test_output_onto_the_input(folder: Path) -> None:
    Path("board.csv").write_text("village,n\n东山,1\n西河,2\n")
    assert fupin("keep", "board.csv", "--where", "n > 1", "-o", "board.csv") == Result(0, "", "")
    assert Path("board.csv").read_text() == "village,n\n西河,2\n"


def test_a_failure_leaves_the_old_file_and_nothing_else(folder: Path) -> None:
    Path("out.csv").write_text("old\n")
    result = fupin("keep", "--where", "n > 1", "-o", "out.csv", stdin="village,n\n东山,x\n")
    assert (result.status, result.out) == (1, "")
    assert Path("out.csv").read_text() == "old\n"
    assert [file.name for file in folder.iterdir()] == ["out.csv"]


def test_a_write_that_fails_half_way(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(frame: pl.DataFrame, file: io.BytesIO, *_: object) -> None:
        file.write(b"village")
        raise OSError(28, "No space left on device")

    Path("out.csv").write_text("old\n")
    monkeypatch.setattr(writing, "_write_csv", full)
    result = fupin(*ALL, "-o", "out.csv", stdin=PLAIN)
    assert result == Result(1, "", "fupin keep: out.csv: cannot be written: No space left on device\n")
    assert Path("out.csv").read_text() == "old\n"
    assert [file.name for file in folder.iterdir()] == ["out.csv"]


@pytest.mark.parametrize("target", ["none/out.csv", "."])
def test_where_nothing_can_be_written(folder: Path, target: str) -> None:
    result = fupin(*ALL, "-o", target, stdin=PLAIN)
    assert (result.status, result.out) == (1, "")
    assert result.err.startswith(f"fupin keep: {target}: cannot be written: ")
    assert list(folder.iterdir()) == []


def test_output_to_a_fifo_is_written_directly(folder: Path) -> None:
    os.mkfifo("fifo")
    read: list[str] = []
    reader = threading.Thread(target=lambda: read.append(Path("fifo").read_text()), daemon=True)
    reader.start()
    assert fupin(*ALL, "-o", "fifo", stdin=PLAIN) == Result(0, "", "")
    reader.join(10)
    assert read == [PLAIN]
    assert [file.name for file in folder.iterdir()] == ["fifo"]


def test_output_in_mid_chain_is_a_tee(folder: Path) -> None:
    words = ["keep", "--where", "n > 1", "-o", "mid.csv", "then", "rank", "--by", "n", "-o", "end.csv"]
    assert fupin(*words, stdin="village,n\n东山,1\n西河,2\n") == Result(0, "", "")
    assert Path("mid.csv").read_text() == "village,n\n西河,2\n"
    assert Path("end.csv").read_text() == "village,n,rank\n西河,2,1\n"


def test_a_failure_leaves_what_is_written_in_mid_chain(folder: Path) -> None:
    Path("mid.csv").write_text("old\n")
    Path("bad.csv").write_text("a,b\n1\n")
    words = ["ingest", "--keep", "village", "--rejects", "bad.csv", "then", "keep", "--where", "1 = 1", "-o", "mid.csv"]
    result = fupin(*words, "then", "keep", "--where", "village > 1", stdin="village,n\n东山,1\n")
    assert (result.status, result.out) == (1, "")
    assert Path("mid.csv").read_text() == "old\n"
    assert Path("bad.csv").read_text() == "a,b\n1\n"
    assert sorted(file.name for file in folder.iterdir()) == ["bad.csv", "mid.csv"]


@pytest.mark.parametrize("read", ["mid.csv", "./mid.csv", "m*.csv"])
def test_a_file_is_not_read_before_it_is_written(folder: Path, read: str) -> None:
    Path("mid.csv").write_text("village,n\n东山,9\n")
    words = ["keep", "--where", "n > 1", "-o", "mid.csv", "then", "tally", "--events", read, "--count", "--as", "m"]
    result = fupin(*words, stdin=b"\xff")
    assert (result.status, result.out, result.err.count("\n")) == (2, "", 1)
    assert result.err.startswith(f"fupin tally: {read} is written by a verb above")


def test_standard_output_is_for_the_last_verb(folder: Path) -> None:
    result = fupin("keep", "--where", "n > 1", "-o", "-", "then", "rank", "--by", "n", stdin=b"\xff")
    assert (result.status, result.out, result.err.count("\n")) == (2, "", 1)
    assert result.err.startswith("fupin keep: -o -: ")
    assert fupin(*ALL, "then", "rank", "--by", "n", "-o", "-", stdin="v,n\na,1\n").out == "v,n,rank\na,1,1\n"


@pytest.mark.parametrize(
    ("line", "left"),
    [
        ("fupin keep b.csv --where 'n > 1' -o /dev/stdout >> f", "old\nvillage,n\n西河,2\n"),
        ("fupin keep b.csv --where 'n > 1' -o /dev/stderr 2>> f", "old\nvillage,n\n西河,2\n"),
        ("(echo a; fupin keep b.csv --where 'n > 1' -o /dev/stdout; echo b) > f", "a\nvillage,n\n西河,2\nb\n"),
        ("exec 7> f; echo a >&7; fupin keep b.csv --where 'n > 1' -o /dev/fd/7", "a\nvillage,n\n西河,2\n"),
        ("fupin keep b.csv --where 'n > 1' -o /proc/self/fd/1 >> f", "old\nvillage,n\n西河,2\n"),
        ("ln -s /dev/stdout l; fupin report b.csv --columns n -o l >> f", "old\nn\n-\n1\n2\n"),
        (
            "fupin keep b.csv --where 'n > 1' -o /dev/stdout then keep --where 'n > 2' > f",
            "village,n\n西河,2\nvillage,n\n",
        ),
    ],
)
def test_a_descriptor_is_written_where_the_shell_has_it(folder: Path, shell: Shell, line: str, left: str) -> None:
    Path("b.csv").write_text("village,n\n东山,1\n西河,2\n")
    Path("f").write_text("old\n")
    number = Path("f").stat().st_ino
    assert shell(line) == Result(0, "", "")
    assert Path("f").read_text() == left
    assert Path("f").stat().st_ino == number
