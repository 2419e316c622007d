"""The plans of samples/deadlines: what is due, done and late on several days, as it was written down by hand."""

from __future__ import annotations

import re

import pytest
from conftest import ROOT, Shell
from harness import Result

SAMPLE = ROOT / "samples" / "deadlines"
BLOCKS = re.findall(r"```sh\n(.*?)```", (SAMPLE / "README.md").read_text("utf-8"), re.DOTALL)


@pytest.mark.parametrize("block", BLOCKS, ids=[re.findall(r"expected/(\S+)\.csv", block)[0] for block in BLOCKS])
def test_the_commands_of_the_readme(block: str, shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(SAMPLE)
    assert shell(f"set -euo pipefail\n{block}") == Result(0, "", "")


def test_each_day_that_was_written_down_is_compared() -> None:
    compared = {
        SAMPLE / re.findall(r"^cd (\S+)$", block, re.MULTILINE)[0] / file
        for block in BLOCKS
        for file in re.findall(r"diff - (\S+)", block)
    }
    assert compared == set(SAMPLE.glob("*/expected/*.csv"))
    assert len(compared) == sum(block.count("| diff -") + block.count("|\n  diff -") for block in BLOCKS)
