"""Reports show what stands on the board, and nothing of it means anything else to whoever reads them."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from harness import TRICKY, fupin
from wcwidth import wcswidth

pytestmark = pytest.mark.usefixtures("folder")


def test_markdown_shows_every_sign_as_it_is() -> None:
    result = fupin("report", "--format", "markdown", "--title", "# 1|<b>", "--note", "*n*", stdin=TRICKY)
    assert (result.status, result.err) == (0, "")
    title, empty, header, line, *rows, empty_too, note = result.out.splitlines()
    assert (title, empty, empty_too, note) == (r"\# 1\|\<b\>".join(["# ", ""]), "", "", r"\*n\*")
    assert [cell.strip() for cell in header.strip("|").split("|")] == ["village", "mark", "code", "reward", "note"]
    assert [cell[:1] + cell[-1:] for cell in line.strip("|").split("|")] == [":-", "-:", "-:", "-:", ":-"]
    cells = [[cell.strip() for cell in row[1:-1].split(" | ")] for row in rows]
    assert cells == [
        [r"=cmd\|'/C calc'!A0", "1.50", "007", "5000", r"\<script\>alert(1)\</script\>"],
        [r"\| a \| b \|", "0.3", "010", "-3000", r"\*x\* \_y\_ \`z\` \[l\](u) \#1 \~s\~ \&amp; \\n"],
        ["两 行🙂", "91.123456789012", "1", "", "@SUM(1)"],
        ["-x", "12", "2", "0.5", "+1"],
    ]


def test_a_table_shows_every_sign_as_it_is() -> None:
    shown = fupin("report", stdin=TRICKY).out.splitlines()
    assert [re.split(r"  +", line.strip()) for line in shown[2:]] == [
        ["=cmd|'/C calc'!A0", "1.50", "007", "5000", "<script>alert(1)</script>"],
        ["| a | b |", "0.3", "010", "-3000", r"*x* _y_ `z` [l](u) #1 ~s~ &amp; \n"],
        ["两 行🙂", "91.123456789012", "1", "@SUM(1)"],
        ["-x", "12", "2", "0.5", "+1"],
    ]
    notes = zip(shown[2:], ["<", "*", "@", "+"], strict=True)
    assert {wcswidth(line[: line.index(note)]) for line, note in notes} == {17 + 2 + 15 + 2 + 4 + 2 + 6 + 2}


@pytest.mark.parametrize("form", ["table", "markdown"])
def test_nothing_steers_a_terminal_or_breaks_a_line(form: str) -> None:
    board = '"vil\nlage","vil\nla\x1bge",k\n"a\n\x1b[31mb",1,"x\r\n\x9by"\n'
    words = ["--title", "t\n\x1b]0;x\x07t", "--note", "n\r\nn\x00", "--by", "k"]
    result = fupin("report", "--format", form, *words, stdin=board)
    assert (result.status, result.err) == (0, "")
    assert not any(sign in result.out for sign in "\x00\x07\x1b\x9b\r")
    lines = [line.strip("| ") for line in result.out.replace("\\", "").splitlines() if line.strip()]
    assert lines[0].lstrip("# ") == "t ]0;xt"
    assert lines[1].lstrip("# ") == "k: x y"
    assert "vil lage" in lines[2]
    assert "a [31mb" in lines[4]
    assert lines[5:] == ["n n"]


def test_markdown_by_the_ending_and_by_sections() -> None:
    board = "village,kind,n\n东山,一,1\n西河,二,22\n"
    assert fupin("report", "--by", "kind", "--columns", "village=村,n", "-o", "r.md", stdin=board).out == ""
    assert Path("r.md").read_text() == (
        "## kind: 一\n\n| 村   | n |\n|:-----|--:|\n| 东山 | 1 |\n\n"
        "## kind: 二\n\n| 村   |  n |\n|:-----|---:|\n| 西河 | 22 |\n"
    )
