"""Reports on a terminal: what fits and what is wrapped, colours, places gained and lost, and languages."""

from __future__ import annotations

import os
import pty
import re
import subprocess
from pathlib import Path

import pytest
from harness import HERE, MODULE, fupin, refused
from wcwidth import wcswidth

pytestmark = pytest.mark.usefixtures("folder")

BOARD = """\
village,total,vetoed,veto_reason,rank,reward
东山村,92.50,false,,1,5000
西河村,90,false,,2,0
南渡村,88,false,,3,-3000
北岭村,95,true,总分低于七十分的村不得评先; 国检突出问题被约谈,,
"""
LAST = "village,rank\n东山村,3\n西河村,1\n北岭村,2\n"


def terminal(*words: str, **environment: str) -> list[str]:
    """The lines that a command shows on a terminal."""
    ours, theirs = pty.openpty()
    own = {"TERM": "xterm", "NO_COLOR": "", "COLUMNS": "200", **environment}
    process = subprocess.Popen([*MODULE, *words], env=HERE | own, stdout=theirs, stderr=subprocess.PIPE)
    os.close(theirs)
    shown = b""
    while part := _read(ours):
        shown += part
    os.close(ours)
    assert process.communicate(timeout=20) == (None, b"")
    assert process.returncode == 0
    return shown.decode().splitlines()


def _read(end: int) -> bytes:
    """What has arrived from a terminal; nothing once the other end is closed."""
    try:
        return os.read(end, 1 << 16)
    except OSError:
        return b""


def plain(lines: list[str]) -> list[str]:
    """The lines without colours."""
    return [re.sub(r"\x1b\[[0-9]*m", "", line) for line in lines]


def test_a_terminal_shows_colours_and_the_same_text() -> None:
    Path("board.csv").write_text(BOARD)
    lines = terminal("report", "board.csv", "--title", "表")
    assert lines[0] == "\x1b[1m表\x1b[0m"
    assert "\x1b[32m5000\x1b[0m" in lines[4]
    assert "\x1b[31m-3000\x1b[0m" in lines[6]
    assert lines[7].startswith("\x1b[2m北岭村\x1b[0m")
    assert "\x1b" not in lines[5]
    assert plain(lines) == fupin("report", "board.csv", "--title", "表").out.splitlines()


@pytest.mark.parametrize("environment", [{"NO_COLOR": "1"}, {"TERM": "dumb"}])
def test_no_colour_where_nobody_wants_it(environment: dict[str, str]) -> None:
    Path("board.csv").write_text(BOARD)
    assert terminal("report", "board.csv", **environment) == fupin("report", "board.csv").out.splitlines()


def test_a_file_gets_no_colour_and_the_whole_width() -> None:
    Path("board.csv").write_text(BOARD)
    assert terminal("report", "board.csv", "-o", "out.txt", COLUMNS="20") == []
    assert Path("out.txt").read_text() == fupin("report", "board.csv").out


@pytest.mark.parametrize("columns", [80, 70, 60, 45, 30])
def test_a_table_fits_the_terminal_and_loses_nothing(columns: int) -> None:
    Path("board.csv").write_text(BOARD)
    lines = terminal("report", "board.csv", COLUMNS=str(columns), NO_COLOR="1")
    assert max(wcswidth(line) for line in lines) <= columns
    words = " ".join(lines).split()
    assert {"92.50", "90", "88", "95", "5000", "0", "-3000", "东山村", "北岭村"} <= set(words)
    assert set("总分低于七十分的村不得评先;国检突出问题被约谈") <= set("".join(words))
    tables = "\n".join(lines).split("\n\n")
    assert all(table.startswith("village") for table in tables)
    assert len(tables) == {80: 1, 70: 1, 60: 1, 45: 2, 30: 3}[columns]


def test_a_cell_goes_on_below_itself() -> None:
    Path("board.csv").write_text("village,why,n\n东山村,总分低于七十分的村不得评先进,1\n西河村,,22\n")
    assert terminal("report", "board.csv", COLUMNS="26", NO_COLOR="1") == [
        "village  why             n",
        "-------  -------------  --",
        "东山村   总分低于七十    1",
        "         分的村不得评",
        "         先进",
        "西河村                  22",
    ]


def test_places_gained_and_lost_and_new_units() -> None:
    Path("last.csv").write_text(LAST)
    Path("board.csv").write_text("village,total\n东山村,92.5\n西河村,90\n南渡村,88\n北岭村,85\n")
    words = ["rank", "board.csv", "--by", "total", "--previous", "last.csv", "then"]
    words += ["report", "--columns", "rank,village,change"]
    assert fupin(*words).out.splitlines()[2:] == [
        "   1  东山村       +2",
        "   2  西河村       -1",
        "   3  南渡村      new",
        "   4  北岭村       -2",
    ]
    cells = [line.split("|")[3].strip() for line in fupin(*words, "--format", "markdown").out.splitlines()]
    assert cells == ["change", "-------:", "+2", "-1", "new", "-2"]
    coloured = terminal(*words)
    assert [re.findall(r"\x1b\[(3\d)m(\S+)\x1b", line) for line in coloured[2:]] == [
        [("32", "+2")], [("31", "-1")], [("32", "new")], [("31", "-2")],
    ]  # fmt: skip


def test_a_report_compares_with_an_earlier_board_itself() -> None:
    Path("last.csv").write_text(LAST)
    shown = fupin("report", "--previous", "last.csv", "--columns", "village,previous_rank,change", stdin=BOARD)
    assert [line.split() for line in shown.out.splitlines()[2:]] == [
        ["东山村", "3", "+2"], ["西河村", "1", "-1"], ["南渡村", "new"], ["北岭村", "2"],
    ]  # fmt: skip
    refused(fupin("report", "--previous", "last.csv", stdin="village,place\na,1\n"), 1, "report", "no column 'rank'")
    twice = fupin("report", "--previous", "last.csv", stdin="village,rank,change\n东山村,1,2\n")
    refused(twice, 1, "report", "change", "already there")


def test_not_assessed_cells_do_not_make_texts_of_numbers() -> None:
    shown = fupin("report", stdin="village,score\n东山,9.5\n西河,NA\n南桥,10.25\n").out
    assert shown.splitlines()[2:] == ["东山       9.5", "西河        NA", "南桥     10.25"]


@pytest.mark.parametrize(
    ("environment", "chinese"),
    [
        ({"LC_ALL": "zh_CN.UTF-8"}, True),
        ({"LC_ALL": "", "LC_MESSAGES": "zh_CN.UTF-8", "LANG": "en_US.UTF-8"}, True),
        ({"LC_ALL": "", "LC_MESSAGES": "", "LANG": "zh_CN.UTF-8"}, True),
        ({"LC_ALL": "C", "LANG": "zh_CN.UTF-8"}, False),
        ({"LC_ALL": "", "LC_MESSAGES": "en_US.UTF-8", "LANG": "zh_CN.UTF-8"}, False),
    ],
)
def test_the_locale_names_the_language(
    environment: dict[str, str], chinese: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    heading = fupin("report", stdin=BOARD).out.splitlines()[0].split()
    assert heading == (
        ["village", "total", "一票否决", "否决原因", "名次", "奖惩"]
        if chinese
        else ["village", "total", "vetoed", "veto_reason", "rank", "reward"]
    )


def test_chinese_reports() -> None:
    Path("last.csv").write_text(LAST)
    words = ["--lang", "zh", "--previous", "last.csv", "--columns", "rank,village,total,change,vetoed,reward=奖金"]
    assert fupin("report", *words, stdin=BOARD).out == (
        "名次  village  total  升降  一票否决   奖金\n"
        "----  -------  -----  ----  --------  -----\n"
        "   1  东山村   92.50    +2  否         5000\n"
        "   2  西河村      90    -1  否            0\n"
        "   3  南渡村      88    新  否        -3000\n"
        "      北岭村      95        是\n"
    )
    grouped = fupin("report", "--lang", "zh", "--by", "kind", stdin="村,kind\n东山,一\n").out
    assert grouped.splitlines()[0] == "kind：一"


def test_columns_that_a_chain_calls_otherwise() -> None:
    Path("board.csv").write_text("village,total\n东山村,92.5\n西河村,90\n")
    Path("last.csv").write_text("village,名次\n东山村,2\n西河村,1\n")
    words = ["rank", "board.csv", "--by", "total", "--as", "名次", "then", "reward", "--prize", "50", "--by", "名次"]
    words += ["--as", "奖金", "then", "report", "--previous", "last.csv", "--columns", "village,change,奖金"]
    assert [line.split() for line in fupin(*words).out.splitlines()[2:]] == [
        ["东山村", "+1", "50"], ["西河村", "-1", "0"],
    ]  # fmt: skip
    assert "\x1b[32m50\x1b" in terminal(*words)[2]


def test_a_heading_of_the_board_is_not_given_twice() -> None:
    shown = fupin("report", "--lang", "zh", stdin="village,名次,rank\n东山,1,1\n").out
    assert shown.splitlines()[0].split() == ["village", "名次", "rank"]
    refused(fupin("report", "--columns", "rank,village=rank", stdin="village,rank\na,1\n"), 2, "report", "'rank'")
