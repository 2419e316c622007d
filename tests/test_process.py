"""The process that fupin runs in: encodings, streams that are full or closed, interrupts, terminals."""

from __future__ import annotations

import fcntl
import os
import pty
import signal
import subprocess
import termios
from pathlib import Path

import pytest
from conftest import Shell
from harness import HERE, MODULE, Result, fupin, python, refused

from fupin.spool import SMALL

BOARD = "village,total,kind\n东山,90,一\n西河,80,二\n"

# --- encodings

NOT_UTF8 = [
    "veto board.csv --when 'total < 85' --because $'\\xd7\\xdc'",
    "keep board.csv --where $'kind = \\'\\xd7\\xdc\\''",
    "report board.csv --title=$'\\xd7\\xdc'",
    "--explain $'\\xd7\\xdc' rank board.csv --by total",
    "run r.fupin --dry-run --set a=$'\\xd7\\xdc'",
]


@pytest.mark.parametrize("words", NOT_UTF8)
def test_a_word_that_is_not_utf8(folder: Path, shell: Shell, words: str) -> None:
    Path("board.csv").write_text(BOARD)
    Path("r.fupin").write_text("rank board.csv --by {a}\n")
    result = shell(f"fupin {words}")
    refused(result, 2, "", r"\xd7\xdc", "is not UTF-8")


def test_a_file_whose_name_is_not_utf8(folder: Path, shell: Shell) -> None:
    Path(os.fsdecode(b"\xd7\xdc.csv")).write_text(BOARD)
    assert shell("fupin keep $'\\xd7\\xdc.csv' --where 'total > 85'").out == "village,total,kind\n东山,90,一\n"


@pytest.mark.parametrize(
    "environment",
    ["LC_ALL=C PYTHONUTF8=0 PYTHONCOERCECLOCALE=0", "PYTHONIOENCODING=latin-1", "PYTHONIOENCODING=utf-16"],
)
def test_words_and_texts_are_utf8_in_every_environment(folder: Path, shell: Shell, environment: str) -> None:
    Path("村.csv").write_text(BOARD)
    told = shell(f"{environment} fupin keep 村.csv --where \"kind = '一'\" -o 一.csv then rank --by 总分")
    assert told == Result(1, "", "fupin rank: no column '总分'; columns: village, total, kind\n")
    shown = shell(f"{environment} fupin --explain 东山 rank 村.csv --by total --as 名次")
    assert (shown.status, shown.err) == (0, "")
    assert shown.out.startswith("东山\n\nrank 村.csv --by total --as 名次\n")
    assert shown.out.endswith("\n  名次 = 1\n")
    assert shell(f"{environment} fupin --help") == shell("fupin --help")
    assert shell(f"{environment} fupin deduct --help") == shell("fupin deduct --help")


# --- what a shell does

BIG = "village,n\n" + "".join(f"村{i},{i}\n" for i in range(40_000))


@pytest.mark.parametrize("reader", ["head -1", "true", "sed q"])
def test_a_reader_that_closes_the_pipe(folder: Path, shell: Shell, reader: str) -> None:
    Path("board.csv").write_text(BIG)
    result = shell(f"fupin keep board.csv --where 'n >= 0' | {reader}")
    assert result == Result(0, "" if reader == "true" else "village,n\n", "")


def test_a_full_disk(folder: Path, shell: Shell) -> None:
    Path("board.csv").write_text(BIG)
    for line in ("fupin keep board.csv --where 'n >= 0' > /dev/full", "fupin report board.csv > /dev/full"):
        result = shell(line)
        assert result.err == f"fupin {line.split()[1]}: standard output: cannot be written: No space left on device\n"
        assert result.status == 1
    refused(fupin("keep", "board.csv", "--where", "n >= 0", "-o", "/dev/full"), 1, "keep", "/dev/full", "No space left")
    assert Path("/dev/full").is_char_device()


@pytest.mark.parametrize(
    "line",
    [
        "fupin --help > /dev/full",
        "fupin --version > /dev/full",
        "fupin keep --help > /dev/full",
        "fupin man keep > /dev/full",
        "fupin --explain 东山 rank board.csv --by n > /dev/full",
        "_FUPIN_COMPLETE=bash_source fupin > /dev/full",
        "fupin --help >&-",
        "fupin --version >&-",
        "fupin keep --help >&-",
        "fupin --explain 东山 rank board.csv --by n >&-",
        "fupin report board.csv >&-",
        "fupin keep board.csv --where 'n = 1' >&-",
        "fupin keep --where 'n = 1' <&-",
    ],
)
def test_streams_that_are_full_or_closed_are_no_fault_of_fupin(folder: Path, shell: Shell, line: str) -> None:
    Path("board.csv").write_text("village,n\n东山,1\n")
    result = shell(line)
    assert (result.status, result.out) == (1, "")
    assert result.err.startswith("fupin")
    assert result.err.count("\n") == 1
    assert "fault of fupin" not in result.err


@pytest.mark.parametrize("closed", ["2> /dev/full", "2>&-"])
def test_nobody_is_told_where_standard_error_is_full_or_closed(folder: Path, shell: Shell, closed: str) -> None:
    Path("board.csv").write_text("village,n\n东山,1\n")
    assert shell(f"fupin rank board.csv --by n -v {closed}") == Result(0, "village,n,rank\n东山,1,1\n", "")
    for line, status in {
        "fupin rank none.csv --by n": 1,
        "fupin nonsense": 2,
        "fupin": 2,
        "fupin report board.csv > /dev/full": 1,
        "fupin keep --where 'n = 1' <&-": 1,
    }.items():
        assert shell(f"{line} {closed}") == Result(status, "", "")


def until_it_waits(process: subprocess.Popen[bytes], ledger: int) -> None:
    """Come back when a process has read all that a FIFO holds and waits for more."""
    stat = Path(f"/proc/{process.pid}/stat")
    while fcntl.ioctl(ledger, termios.FIONREAD, b"\0\0\0\0") != b"\0\0\0\0" or ") S " not in stat.read_text():
        assert process.poll() is None, "it ended before all was sent"
        os.sched_yield()


@pytest.mark.parametrize("sent", [0, SMALL + (1 << 20)], ids=["nothing read yet", "spooling"])
def test_an_interrupt(folder: Path, sent: int) -> None:
    os.mkfifo("events.csv")
    Path("board.csv").write_text("village\n东山\n")
    Path("out.csv").write_text("old\n")
    words = ["tally", "board.csv", "--events", "events.csv", "--count", "--as", "n", "-o", "out.csv"]
    spool = folder / "spool"
    spool.mkdir()
    process = subprocess.Popen(
        [*MODULE, *words], env=HERE | {"TMPDIR": str(spool)}, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    with Path("events.csv").open("wb", buffering=0) as ledger:  # goes on when fupin has opened the other end
        ledger.write(b"village\n")
        for _ in range(sent >> 12):
            ledger.write(b"x" * (1 << 12))
        until_it_waits(process, ledger.fileno())
        assert len(list(spool.iterdir())) == (1 if sent else 0)
        process.send_signal(signal.SIGINT)
        try:
            out, err = process.communicate(timeout=5)
        except subprocess.TimeoutExpired:
            process.kill()
            process.communicate()
            pytest.fail("Ctrl-C did not end it while it waited for its ledger")
    assert (process.returncode, out) == (130, b"")
    assert err == b""
    assert list(spool.iterdir()) == []
    assert Path("out.csv").read_text() == "old\n"
    assert sorted(file.name for file in folder.iterdir()) == ["board.csv", "events.csv", "out.csv", "spool"]


def test_an_interrupt_while_a_recipe_is_read(folder: Path) -> None:
    process = subprocess.Popen(
        [*MODULE, "run", "-"], env=HERE, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    assert process.stdin is not None
    process.stdin.write(b"rank\n")
    process.stdin.flush()
    until_it_waits(process, process.stdin.fileno())
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=20)
    assert (process.returncode, out, err) == (130, b"", b"")


@pytest.mark.parametrize("module", ["fupin.verbs", "click", "fupin.chain", "fupin.commands.rank", "polars"])
def test_an_interrupt_while_modules_are_loaded(folder: Path, module: str) -> None:
    Path("board.csv").write_text(BOARD)
    code = f"""
import os, signal, sys
class Interrupting:
    def find_spec(self, name, *_):
        if name == "{module}":
            os.kill(os.getpid(), signal.SIGINT)
sys.meta_path.insert(0, Interrupting())
from fupin.__main__ import start
sys.argv = ["fupin", "rank", "board.csv", "--by", "total"]
start()
"""
    done = python("-c", code)
    assert (done.returncode, done.stdout, done.stderr) == (130, "", "")


def test_a_verb_that_waits_for_a_terminal_says_so(folder: Path) -> None:
    ours, theirs = pty.openpty()
    words = [*MODULE, "keep", "--where", "n > 1"]
    process = subprocess.Popen(words, env=HERE, stdin=theirs, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    os.write(ours, "village,n\n东山,1\n西河,2\n\x04".encode())
    out, err = process.communicate(timeout=20)
    os.close(ours)
    os.close(theirs)
    assert (process.returncode, out.decode()) == (0, "village,n\n西河,2\n")
    assert "terminal" in err.decode()
    assert err.count(b"\n") == 1


@pytest.mark.parametrize(
    "line", ["fupin ingest board.csv | head -n 1", "fupin ingest board.csv --unique 注 -o out.csv"]
)
def test_nothing_is_left_of_a_large_table(folder: Path, shell: Shell, line: str) -> None:
    Path("spool").mkdir()
    Path("board.csv").write_text("村,注\n" + "".join(f"H{i},{'东山村' * 12}\n" for i in range(250_000)))
    told = shell(f"export TMPDIR=$PWD/spool; {line}")
    assert told.out == ("村,注\n" if "head" in line else "")
    assert list(Path("spool").iterdir()) == []
    assert not Path("out.csv").exists()
