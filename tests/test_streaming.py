"""A board larger than memory gives the bytes and the faults that it gives in memory."""

from __future__ import annotations

import errno
import os
import tempfile
from pathlib import Path

import pytest
from harness import Result, fupin

from fupin import spool, streaming

ROWS = "".join(f"{'东山' if i % 3 else '西河'},H{i:03},{i % 9},{i % 7}.50,{'x' * (i % 2)}\n" for i in range(200))
BOARD = f"村,户,人口,收入,注\n{ROWS}"
RULES = "flag,when\n低,收入 < 5\n人多,人口 > 3 AND 村 = '东山'\n"


def both(monkeypatch: pytest.MonkeyPatch, *words: str) -> Result:
    """What screen does with a board, which is the same in memory and a part at a time."""
    whole = fupin("screen", "board.csv", "--rules", "rules.csv", *words)
    monkeypatch.setattr(spool, "SMALL", 1000)
    monkeypatch.setattr(streaming, "_SIZE", 700)
    streamed = fupin("screen", "board.csv", "--rules", "rules.csv", *words)
    assert streamed == whole
    return streamed


@pytest.mark.parametrize("flag", ["低", '"低,很低"'])
@pytest.mark.parametrize("board", [BOARD, BOARD.replace(",x\n", ',"x, y"\n'), BOARD.replace("\n", "\r\n")])
@pytest.mark.parametrize(
    "words", [[], ["--only"], ["--detail"], ["--by", "村"], ["--as", "注", "--replace"], ["--as", "注", "--fill"]]
)
def test_cells_stay_below_their_headings(
    folder: Path, monkeypatch: pytest.MonkeyPatch, words: list[str], board: str, flag: str
) -> None:
    Path("board.csv").write_text(board, newline="")
    Path("rules.csv").write_text(RULES.replace("低", flag, 1))
    for key in ("户", "户,村"):
        assert both(monkeypatch, *words, "-k", key).status == 0
        monkeypatch.undo()
        monkeypatch.chdir(folder)


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("H150,", "H007,", "board.csv:152: 户: 'H007' is there twice, first on line 9"),
        ("H150,", ",", "board.csv:152: 户: blank"),
        ("H150,6,3.50", "H150,6,?", "board.csv:152: 收入: '?' is not a number"),
        ("H150,6,3.50", "H150,6,", "board.csv:152: 收入: missing"),
        ("H150,6", "H150,6,6", "board.csv:152: 6 cells, where the header has 5"),
    ],
)
def test_faults_are_named_by_their_lines(
    folder: Path, monkeypatch: pytest.MonkeyPatch, old: str, new: str, told: str
) -> None:
    Path("board.csv").write_text(BOARD.replace(old, new))
    Path("rules.csv").write_text(RULES)
    result = both(monkeypatch, "-k", "户")
    assert (result.status, result.out) == (1, "")
    assert told in result.err


@pytest.mark.parametrize("one_disk", [True, False])
def test_a_large_table_becomes_the_file_that_it_is_written_to(
    folder: Path, monkeypatch: pytest.MonkeyPatch, one_disk: bool
) -> None:
    def other_disk(*_: object) -> None:
        raise OSError(errno.EXDEV, "Invalid cross-device link")

    Path("board.csv").write_text(BOARD)
    Path("rules.csv").write_text(RULES)
    Path("spool").mkdir()
    Path("flags.csv").write_text("those of last week\n")
    Path("flags.csv").chmod(0o640)
    monkeypatch.setattr(tempfile, "tempdir", "spool")
    if not one_disk:
        monkeypatch.setattr(os, "link", other_disk)
    printed = both(monkeypatch, "-k", "户").out
    assert fupin("screen", "board.csv", "--rules", "rules.csv", "-k", "户", "-o", "flags.csv").status == 0
    assert Path("flags.csv").read_text() == printed
    assert Path("flags.csv").stat().st_mode & 0o777 == 0o640
    assert sorted(path.name for path in folder.iterdir()) == ["board.csv", "flags.csv", "rules.csv", "spool"]
    assert list(Path("spool").iterdir()) == []
