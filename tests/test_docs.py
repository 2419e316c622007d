"""The examples of README, help and manual do what they say, and the manual is the one of these commands."""

from __future__ import annotations

import doctest
import os
import re
import shutil
import subprocess
from pathlib import Path

import click
import pytest
from harness import fupin, on_path

from fupin import man
from fupin.cli import fupin as group
from fupin.parameters import Command
from fupin.verbs import VERBS

ROOT = Path(__file__).parent.parent
SAMPLE = ROOT / "samples" / "village-20-30-50"
README = (ROOT / "README.md").read_text("utf-8")
LOCALES = {"README.md": "C.UTF-8", "README.zh-CN.md": "zh_CN.UTF-8"}
"""Pages with examples, and the locale of their readers."""


def example(text: str) -> tuple[str, str]:
    """The command of an example, which may go on over lines, and what it prints."""
    lines = text.splitlines(keepends=True)
    length = next(i for i, line in enumerate(lines, 1) if not line.rstrip().endswith(("\\", "|")))
    return "".join(lines[:length]).removeprefix("$ "), "".join(lines[length:])


def readme_examples(name: str) -> list[tuple[str, str, Path]]:
    """Commands, what they print, and the folder that a reader is in by then."""
    found, folder = [], ROOT
    for kind, text in re.findall(r"```(sh|console)\n(.*?)```", (ROOT / name).read_text("utf-8"), re.DOTALL):
        if kind == "sh":
            moves = re.findall(r"^cd (\S+)$", text, re.MULTILINE)
            folder = (folder / moves[0]).resolve() if moves else folder
        else:
            found.append((*example(text), folder))
    return found


def shell(command: str, folder: Path, tmp_path: Path, locale: str = "C.UTF-8") -> str:
    env = on_path(tmp_path) | {"LC_ALL": "", "LC_MESSAGES": "", "LANG": locale}
    done = subprocess.run(
        ["bash", "-c", command], cwd=folder, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        encoding="utf-8", check=False,
    )  # fmt: skip
    return done.stdout


@pytest.mark.parametrize(
    ("locale", "command", "printed", "folder"),
    [(locale, *one) for name, locale in LOCALES.items() for one in readme_examples(name)],
)
def test_readme(locale: str, command: str, printed: str, folder: Path, tmp_path: Path) -> None:
    assert shell(command, folder, tmp_path, locale) == printed


@pytest.mark.parametrize("name", LOCALES)
def test_every_fupin_command_of_the_readme_is_run(name: str) -> None:
    text = (ROOT / name).read_text("utf-8")
    assert len(re.findall(r"^\$ fupin ", text, re.MULTILINE)) == len(readme_examples(name)) >= 10


def test_the_readme_in_python(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(SAMPLE)
    session = doctest.DocTestParser().get_doctest(README, {}, "README.md", "README.md", 0)
    result = doctest.DocTestRunner().run(session)
    assert result.failed == 0
    assert result.attempted >= 9


def help_examples() -> list[tuple[str, str, str]]:
    """Verbs, their examples' commands, and what these print."""
    found = []
    for verb in VERBS:
        command = group.get_command(click.Context(group), verb)
        assert isinstance(command, Command)
        found += [(verb, *example(text + "\n")) for text in command.examples]
    return found


@pytest.mark.parametrize(("verb", "command", "printed"), help_examples())
def test_the_examples_of_help(verb: str, command: str, printed: str, tmp_path: Path) -> None:
    assert f"fupin {verb}" in command or f"then {verb}" in command
    assert printed
    folder = tmp_path / SAMPLE.name  # a copy, since some of them write files
    shutil.copytree(SAMPLE, folder)
    shown = shell(command, folder, tmp_path).splitlines(keepends=True)
    assert "".join(line for line in shown if not line.startswith("fupin ingest: dropped ")) == printed


@pytest.mark.parametrize("verb", VERBS)
def test_help_shows_the_examples(verb: str) -> None:
    shown = fupin(verb, "--help")
    assert shown.status == 0
    assert VERBS[verb] in shown.out
    examples = [(command, printed) for one, command, printed in help_examples() if one == verb]
    assert examples
    for line in (line for command, printed in examples for line in f"$ {command}{printed}".splitlines()):
        assert line in shown.out


@pytest.mark.parametrize("name", LOCALES)
def test_readme_lists_every_verb(name: str) -> None:
    table = re.findall(r"^\| `(\w+)` \|", (ROOT / name).read_text("utf-8"), re.MULTILINE)
    assert table[: len(VERBS)] == list(VERBS)


@pytest.mark.parametrize("name", LOCALES)
def test_what_the_readme_points_at_is_there(name: str) -> None:
    places = re.findall(r"\]\(([^)#]+)\)", (ROOT / name).read_text("utf-8"))
    assert len(places) > 5
    assert [place for place in places if "://" not in place and not (ROOT / place).exists()] == []


# --- the manual


def test_the_manual_is_the_one_of_these_commands(tmp_path: Path) -> None:
    man.write(tmp_path)
    made = {page.name: page.read_text("utf-8") for page in tmp_path.iterdir()}
    kept = {page.name: page.read_text("utf-8") for page in (ROOT / "man").iterdir()}
    assert kept == made, "say make man"
    assert set(kept) == {"fupin.1", *(f"fupin-{verb}.1" for verb in VERBS)}


@pytest.mark.parametrize("verb", VERBS)
def test_a_page_tells_all_that_help_tells(verb: str) -> None:
    page = fupin("man", verb)
    assert (page.status, page.err) == (0, "")
    words = " ".join(page.out.split())
    options = re.findall(r"^  (?:-\w, )?(--[\w-]+)", fupin(verb, "--help").out, re.MULTILINE)
    assert options
    assert [option for option in options if option not in words] == []
    sections = re.findall(r"^[A-Z][A-Z ]+$", page.out, re.MULTILINE)
    assert sections == ["NAME", "SYNOPSIS", "DESCRIPTION", "OPTIONS", "EXAMPLES", "EXIT STATUS", "ORIGIN", "SEE ALSO"]
    for _, command, printed in (one for one in help_examples() if one[0] == verb):
        for line in f"$ {command}{printed}".splitlines():
            assert f"    {line}".rstrip() in page.out.splitlines()


def test_the_page_of_fupin_names_all_verbs() -> None:
    page = fupin("man").out
    assert page == fupin("man", "fupin").out
    verbs = page.partition("\nVERBS\n")[2].partition("\nSEE ALSO\n")[0]
    assert re.findall(r"^    fupin-(\w+)\(1\)$", verbs, re.MULTILINE) == list(VERBS)


def test_a_page_for_man_has_lines_that_roff_reads_as_text() -> None:
    for verb in ("fupin", *VERBS):
        page = fupin("man", verb, "--roff").out
        lines = page.splitlines()
        assert lines[0].startswith(f".TH {'FUPIN' if verb == 'fupin' else f'FUPIN-{verb.upper()}'} 1 20")
        requests = {line.split()[0] for line in lines if line.startswith(".")}
        assert requests <= {".TH", ".SH", ".PP", ".TP", ".nf", ".fi"}
        assert not any(line.startswith("'") or line.endswith(" ") for line in lines)
        assert set(re.findall(r"\\(.)", page)) <= set("-e(fBR&")


def test_an_unknown_page() -> None:
    result = fupin("man", "dedukt")
    assert (result.status, result.out) == (2, "")
    assert result.err == "fupin man: no verb 'dedukt'; nearest: deduct\n"


# --- completion


def completed(line: str, shell_name: str, tmp_path: Path) -> list[str]:
    """What a shell offers for the last word of a line."""
    words = line.split(" ")
    place = words[-1] if shell_name == "fish" else str(len(words) - 1)
    env = on_path(tmp_path) | {"COMP_WORDS": line, "COMP_CWORD": place, "_FUPIN_COMPLETE": f"{shell_name}_complete"}
    done = subprocess.run(["fupin"], cwd=SAMPLE, env=env, capture_output=True, encoding="utf-8", check=False)
    assert done.stderr == ""
    lines = done.stdout.splitlines()
    if shell_name == "zsh":
        return [lines[i + 1] for i in range(0, len(lines) - 2, 3) if lines[i] == "plain"]
    return [line.partition(",")[2].partition("\t")[0] for line in lines if line.startswith("plain,")]


@pytest.mark.parametrize("name", ["bash", "zsh", "fish"])
@pytest.mark.parametrize(
    ("line", "offered"),
    [
        ("fupin de", ["deduct", "deadlines"]),
        ("fupin rank villages.csv --by field then ta", ["tally"]),
        ("fupin rank villages.csv --by field then reward --pri", ["--prize"]),
        ("fupin rank villages.csv --ties ", ["competition", "dense", "ordinal", "error"]),
        ("fupin rank villages.csv --by ", ["village", "kind", "field"]),
        ("fupin deduct villages.csv --events routine.csv --once ta", ["task"]),
        ("fupin deduct villages.csv --as routine then weight --as t then rank --by rou", ["routine"]),
        ("fupin lookup --from expected.csv --take total,ra", ["total,rank"]),
        ("fupin rank villages.csv --by field th", ["then"]),
        ("fupin man rew", ["reward"]),
    ],
)
def test_completion(name: str, line: str, offered: list[str], tmp_path: Path) -> None:
    assert sorted(completed(line, name, tmp_path)) == sorted(offered)


@pytest.mark.parametrize("name", ["bash", "zsh", "fish"])
def test_what_a_shell_reads_at_its_start(name: str, tmp_path: Path) -> None:
    env = {**on_path(tmp_path), "_FUPIN_COMPLETE": f"{name}_source"}
    done = subprocess.run(["fupin"], env=env, capture_output=True, encoding="utf-8", check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert f"_FUPIN_COMPLETE={name}_complete" in done.stdout
    assert os.linesep in done.stdout
