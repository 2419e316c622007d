"""Files that are no table: each is told in one line that names the file, and nothing reaches standard output."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest
from harness import fupin

CSV = "村,分\n东山,1\n".encode()
CDF = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def book(*rows: tuple[object, ...]) -> bytes:
    """A workbook of these rows."""
    made = openpyxl.Workbook()
    for row in rows:
        made.active.append(row)
    made.save(file := io.BytesIO())
    return file.getvalue()


def swollen(megabytes: int) -> bytes:
    """A workbook of a few kilobytes whose sheet unpacks to many megabytes of spaces."""
    source, file = zipfile.ZipFile(io.BytesIO(book(("村", "分"), ("东山", 1)))), io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as target:
        for name in source.namelist():
            data = source.read(name)
            filling = b" " * (megabytes << 20) if name.endswith("sheet1.xml") else b""
            target.writestr(name, data.replace(b"</sheetData>", filling + b"</sheetData>"))
    return file.getvalue()


GOOD = book(("村", "分"), ("东山", 1))
FILES: dict[str, tuple[Callable[[], bytes], str]] = {
    "text.xlsx": (lambda: CSV, "no workbook, whatever its name says; if it is CSV, let its name end in .csv"),
    "text.xls": (lambda: CSV, "no workbook, whatever its name says"),
    "text.ods": (lambda: CSV, "no workbook, whatever its name says"),
    "page.xls": (lambda: b"<html><table><tr><td>1</td></tr></table></html>", "a web page and no workbook"),
    "page.csv": (lambda: b"<!DOCTYPE html>\n<html></html>\n", "a web page, and no CSV"),
    "book.csv": (lambda: GOOD, "an Excel workbook or another archive, and no CSV"),
    "old.csv": (lambda: CDF + bytes(600), "an old Excel workbook, and no CSV"),
    "paper.csv": (lambda: b"%PDF-1.4\n", "a PDF document, and no CSV"),
    "photo.csv": (lambda: b"\xff\xd8\xff\xe0\0\x10JFIF", "an image, and no CSV"),
    "packed.csv": (lambda: b"\x1f\x8b\x08\0", "compressed (a name that ends in .gz is unpacked), and no CSV"),
    "locked.xlsx": (lambda: CDF + bytes(600) + "EncryptedPackage".encode("utf-16-le"), "locked by a password"),
    "cut.xlsx": (lambda: GOOD[: len(GOOD) // 2], "cannot be read, it is cut off or damaged"),
    "another.xlsx": (lambda: swollen(0).replace(b"xl/", b"yl/"), "another archive and no workbook"),
    "cut.csv.gz": (lambda: b"\x1f\x8b\x08\0\0", "cannot be unpacked, it is cut off or damaged"),
    "cut.csv.zst": (lambda: b"\x28\xb5\x2f\xfd\0", "cannot be unpacked, it is cut off or damaged"),
    "text.parquet": (lambda: CSV, "cannot be read as what its name says"),
    "text.jsonl": (lambda: CSV, "no line is a JSON object"),
    "empty.csv": (lambda: b"", "empty; a table has at least a header"),
    "empty.xlsx": (lambda: b"", "empty, and no workbook"),
    "blank.csv": (lambda: b"\n , ,\n\n", "no row has a cell, so that there is no header"),
    "blank.xlsx": (book, "no visible sheet has a cell"),
    "numbers.csv": (lambda: b"1,2\n3,4\n", "1: no header: there are but numbers here, such as 1; write names above"),
    "numbers.xlsx": (lambda: book((0.5, 2), (3, 4)), "Sheet:1: no header: there are but numbers here, such as 0.5"),
    "nul.csv": (lambda: CSV + b"\0,2\n", "3: a NUL byte, so that it is no text"),
    "wide.csv": (lambda: "村,分\n".encode("utf-16"), "a text in UTF-16, and no CSV (--encoding utf-16)"),
    "mixed.csv": (lambda: CSV + "乙,2\n".encode("gb18030"), "3: bytes that are not UTF-8 (D2 D2); in GB18030 the line"),
    "line.csv": (lambda: CSV + b"x" * (65 << 20), "3: a line of more than 64 MB; is this a table?"),
    "quoted.csv": (lambda: CSV + b'"' + b"x,\n" * (24 << 20), "3: the quotation mark opened here is never closed"),
    "line.jsonl": (lambda: b'{"a": "' + b"x" * (65 << 20) + b'"}\n', "1: a line of more than 64 MB; is this a table?"),
}


@pytest.mark.parametrize(("name", "made", "told"), [(name, *case) for name, case in FILES.items()], ids=FILES)
def test_a_file_that_is_no_table(
    name: str, made: Callable[[], bytes], told: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("good.csv").write_bytes(CSV)
    Path(name).write_bytes(made())
    result = fupin("ingest", "good.csv", name, "--rejects", "rejects.csv")
    assert (result.status, result.out) == (1, "")
    line = f"fupin ingest: {name}:"
    assert result.err.splitlines()[0].removeprefix(line).removeprefix(" ").startswith(told), result.err
    assert result.err.startswith(line)
    assert result.err.count("\n") == 1
    assert not Path("rejects.csv").exists()


def test_a_workbook_that_unpacks_to_too_much_is_not_unpacked(tmp_path: Path) -> None:
    (tmp_path / "bomb.xlsx").write_bytes(swollen(3))
    assert (tmp_path / "bomb.xlsx").stat().st_size < 20_000
    result = fupin("ingest", "--max-size", "2M", tmp_path / "bomb.xlsx")
    assert (result.status, result.out, result.err.count("\n")) == (1, "", 1)
    assert "bytes when it is unpacked, and --max-size allows 2097152" in result.err
    assert fupin("ingest", "--max-size", "4M", tmp_path / "bomb.xlsx").out == "村,分\n东山,1\n"


@pytest.mark.parametrize(
    ("word", "told"),
    [
        ("inbox", "inbox: a folder, not a file"),
        ("inbox/*.csv", "inbox/*.csv: no file matches"),
        ("inbx.csv", "inbx.csv: no such file; nearest: inbox.csv"),
    ],
)
def test_what_is_no_file(word: str, told: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("inbox").mkdir()
    Path("inbox.csv").write_bytes(CSV)
    result = fupin("ingest", word)
    assert (result.status, result.out, result.err) == (1, "", f"fupin ingest: {told}\n")
