"""Run fupin in this process as a shell would: words in, bytes and a status out."""

from __future__ import annotations

import io
import sys
from dataclasses import dataclass
from unittest import mock

from fupin import cli


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
