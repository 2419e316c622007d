"""Run fupin in this process as a shell would: words in, bytes and a status out."""

from __future__ import annotations

import importlib.util
import io
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from unittest import mock

from fupin import cli

TRICKY = """\
village,mark,code,reward,note
"=cmd|'/C calc'!A0",1.50,007,5000,<script>alert(1)</script>
"| a | b |",0.3,010,-3000,"*x* _y_ `z` [l](u) #1 ~s~ &amp; \\n"
"两
行🙂",91.123456789012,1,,@SUM(1)
-x,12,2,0.5,+1
"""
"""A board whose cells mean something to spreadsheets, browsers and Markdown if they are let."""
MODULE = [sys.executable, "-m", "fupin"]
HERE = os.environ | {"PYTHONPATH": str(Path(cli.__file__).parent.parent)}


@dataclass(frozen=True)
class Result:
    """What a command left behind."""

    status: int
    out: str
    err: str


def fupin(*words: object, stdin: str | bytes = b"") -> Result:
    """Run ``fupin WORDS…`` with these bytes on its standard input."""
    given = io.BytesIO(stdin.encode() if isinstance(stdin, str) else stdin)
    streams = {
        "stdin": io.TextIOWrapper(given, "utf-8"),
        "stdout": io.TextIOWrapper(io.BytesIO(), "utf-8", newline="", write_through=True),
        "stderr": io.TextIOWrapper(io.BytesIO(), "utf-8", newline="", write_through=True),
    }
    with mock.patch.multiple(sys, **streams):
        status = cli.main([str(word) for word in words])
    out, err = (streams[name].buffer.getvalue().decode() for name in ("stdout", "stderr"))
    return Result(status, out, err)


def on_path(folder: Path) -> dict[str, str]:
    """An environment in which a shell finds fupin, this one, on its PATH; the folder takes the script."""
    script = folder / "fupin"
    script.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m fupin "$@"\n')
    script.chmod(0o755)
    root = str(Path(cli.__file__).parent.parent)
    return {**os.environ, "PATH": f"{folder}{os.pathsep}{os.environ['PATH']}", "PYTHONPATH": root}


def python(*words: str) -> subprocess.CompletedProcess[str]:
    """Run Python with fupin importable."""
    command = [sys.executable, *words]
    return subprocess.run(command, env=HERE, capture_output=True, text=True, check=False, timeout=30)


def script(path: Path) -> ModuleType:
    """A Python script of a sample, loaded and not run."""
    spec = importlib.util.spec_from_file_location(f"{path.stem}_of_{path.parent.name}", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def refused(result: Result, status: int, verb: str, *told: str) -> None:
    """One line in the name of the verb, which tells all that; nothing on stdout."""
    assert (result.status, result.out) == (status, ""), result.err
    assert result.err.startswith(f"fupin {verb}: " if verb else "fupin: ")
    assert result.err.count("\n") == 1
    for part in told:
        assert part in result.err
