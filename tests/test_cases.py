"""Small cases, each a folder: a command line, its files, and what it must print, worked out by hand.

tests/cases/VERB/CASE holds `cmd` (one line for bash, run in the folder), `expout`, `experr` and `status` (nothing
and 0 if absent) and `why`, the arithmetic.
"""

from __future__ import annotations

import shlex
import shutil
from pathlib import Path

import pytest
from conftest import Shell
from harness import Result, fupin

HERE = Path(__file__).parent
CASES = sorted(file.parent for file in HERE.glob("cases/*/*/cmd"))


def text(file: Path) -> str:
    """What a file holds, nothing if there is none; line ends as they are."""
    return file.read_bytes().decode() if file.exists() else ""


def run(line: str, shell: Shell) -> Result:
    """Run a line, without a shell where it is nothing but words for fupin."""
    signs = shlex.shlex(line, posix=True, punctuation_chars=True)
    signs.commenters = ""
    if "$" in line or not set(signs).isdisjoint({"|", "<", ">", "&&", ";", "<(", "(", ")"}):
        return shell(line)
    name, *words = shlex.split(line)
    assert name == "fupin"
    return fupin(*words)


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.parent.name}/{case.name}")
def test_case(case: Path, shell: Shell, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = shutil.copytree(case, tmp_path / case.name)
    monkeypatch.chdir(folder)
    result = run(text(case / "cmd").strip(), shell)
    assert result.out == text(case / "expout")
    assert result.err == text(case / "experr")
    assert result.status == int(text(case / "status") or 0)
    assert {file.name for file in folder.iterdir()} == {file.name for file in case.iterdir()}


def test_each_case_says_why() -> None:
    assert len(CASES) > 40
    assert [case for case in CASES if not text(case / "why").strip()] == []
