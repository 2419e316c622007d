"""Every sample gives the results that were computed independently of fupin."""

from __future__ import annotations

import shlex
import subprocess
from pathlib import Path

import pytest
from harness import fupin, on_path

SAMPLES = sorted(path.parent for path in (Path(__file__).parent.parent / "samples").glob("*/run.sh"))


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda path: path.name)
def test_pipes(sample: Path, tmp_path: Path) -> None:
    done = subprocess.run(["bash", sample / "run.sh"], env=on_path(tmp_path), capture_output=True, check=False)
    assert (done.returncode, done.stderr) == (0, b"")
    assert done.stdout == (sample / "expected.csv").read_bytes()


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda path: path.name)
def test_the_same_stages_as_one_chain(sample: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pipeline = (sample / "run.sh").read_text("utf-8").partition("\nfupin ")[2]
    chain = shlex.split(pipeline.replace("|\n  fupin ", "then "))
    monkeypatch.chdir(sample)
    result = fupin(*chain)
    assert (result.status, result.err) == (0, "")
    assert result.out == (sample / "expected.csv").read_text("utf-8")
