"""What the tests that need a real process share."""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from harness import Result

_KEPT = ("PATH", "HOME", "TMPDIR", "LD_LIBRARY_PATH")
for name in [name for name in os.environ if name not in _KEPT and not name.startswith("PYTEST")]:
    del os.environ[name]  # no variable of the machine helps or hinders
os.environ["LC_ALL"] = "C.UTF-8"  # what is expected below is English, whatever the locale of whoever runs it
os.environ["POLARS_MAX_THREADS"] = "1"  # of each worker of pytest, which are as many as there are processors

Shell = Callable[..., Result]
ROOT = Path(__file__).parent.parent


@pytest.fixture(scope="session")
def program(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the program `fupin` of this working tree."""
    folder = tmp_path_factory.mktemp("bin")
    script = f'#!/bin/sh\nPYTHONPATH={shlex.quote(str(ROOT))} exec {shlex.quote(sys.executable)} -m fupin "$@"\n'
    (folder / "fupin").write_text(script)
    (folder / "fupin").chmod(0o755)
    return folder


@pytest.fixture(scope="session")
def shell(program: Path) -> Shell:
    """Runs a line in bash as people type it, `fupin` being found on the PATH."""

    def run(line: str, stdin: bytes = b"") -> Result:
        there = os.environ | {"PATH": f"{program}{os.pathsep}{os.environ['PATH']}"}
        done = subprocess.run(
            ["bash", "-c", line], input=stdin, capture_output=True, env=there, check=False, timeout=30
        )
        return Result(done.returncode, done.stdout.decode(), done.stderr.decode())

    return run


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder to work in."""
    monkeypatch.chdir(tmp_path)
    return tmp_path
