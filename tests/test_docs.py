"""The examples of README and help do what they say."""

from __future__ import annotations

import re
import shlex
import subprocess
from pathlib import Path

import pytest
from harness import fupin, on_path

from fupin.verbs import VERBS

ROOT = Path(__file__).parent.parent
SAMPLE = ROOT / "samples" / "village-20-30-50"


def readme_examples() -> list[tuple[str, str]]:
    blocks = re.findall(r"```console\n\$ (.*?)\n(.*?)```", (ROOT / "README.md").read_text("utf-8"), re.DOTALL)
    assert blocks
    return blocks


@pytest.mark.parametrize(("command", "printed"), readme_examples())
def test_readme(command: str, printed: str, tmp_path: Path) -> None:
    done = subprocess.run(
        ["bash", "-c", command], cwd=SAMPLE, env=on_path(tmp_path), capture_output=True, encoding="utf-8", check=False
    )
    assert done.stdout + done.stderr == printed


@pytest.mark.parametrize("verb", VERBS)
def test_every_verb_has_help_with_examples_that_run(verb: str, monkeypatch: pytest.MonkeyPatch) -> None:
    shown = fupin(verb, "--help")
    assert shown.status == 0
    assert VERBS[verb] in shown.out
    examples = re.findall(r"\$ (fupin .*)", shown.out)
    assert examples
    monkeypatch.chdir(SAMPLE)
    for example in examples:
        result = fupin(*shlex.split(example)[1:])
        assert (result.status, result.err) == (0, ""), example
        assert result.out.count("\n") > 1


def test_readme_lists_every_verb() -> None:
    table = re.findall(r"^\| `(\w+)` \|", (ROOT / "README.md").read_text("utf-8"), re.MULTILINE)
    assert table == list(VERBS)
