"""Manual pages, made of the commands themselves: for `man` in roff, for `fupin man` as plain text.

`python -m fupin.man FOLDER` writes those that are committed in man/.
"""

from __future__ import annotations

import importlib
import inspect
import re
import sys
import textwrap
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import click

from fupin import __version__, guide
from fupin.cli import fupin
from fupin.options import EXAMPLES_IN
from fupin.parameters import Command
from fupin.verbs import VERBS

RELEASED = "2026-11-24"
_WIDTH = 78
_ESCAPES = {"\\": "\\e", "-": "\\-", "'": "\\(aq", "`": "\\(ga", "^": "\\(ha", "~": "\\(ti"}
_SYNOPSIS = ("fupin VERB [OPTIONS] [FILE] [then VERB [OPTIONS]]...", "fupin run RECIPE [BOARD]")
_STATUS = {
    "0": "Done.",
    "1": "The data, a rule table or a file is at fault. Nothing has been printed.",
    "2": "The command line is at fault: all that can be known without reading a table.",
    "3": "Done, and what --fail-if asks about was found.",
    "130": "Interrupted. A reader that closes the pipe early ends a verb silently.",
}


class Item(NamedTuple):
    """A term and what it means."""

    term: str
    told: str


class Code(NamedTuple):
    """Lines that stay as they are."""

    lines: Sequence[str]


class Section(NamedTuple):
    """A heading and what stands below it: paragraphs, terms and lines of code."""

    heading: str
    blocks: Sequence[str | Item | Code]


class Page(NamedTuple):
    """A manual page, called like the command."""

    name: str
    sections: Sequence[Section]


def names() -> list[str]:
    """All pages: fupin and its verbs."""
    return ["fupin", *VERBS]


def page(name: str) -> Page:
    """The page of fupin or of a verb."""
    return _of_fupin() if name == "fupin" else _of_verb(name)


def _of_fupin() -> Page:
    """The page of fupin itself."""
    verbs = [Item(f"fupin-{verb}(1)", told) for verb, told in VERBS.items()]
    told = "turn a published assessment scheme into a ranking whose every number can be defended"
    return Page("fupin", [
        Section("NAME", [f"fupin - {told}"]),
        Section("SYNOPSIS", [Code(_SYNOPSIS)]),
        *(Section(heading, _blocks(text)) for heading, text in guide.SECTIONS.items()),
        Section("VERBS", verbs),
        Section("EXIT STATUS", [Item(*row) for row in _STATUS.items()]),
        Section("SEE ALSO", [", ".join(f"fupin-{verb}(1)" for verb in VERBS)]),
    ])  # fmt: skip


def _of_verb(verb: str) -> Page:
    """The page of a verb."""
    command = fupin.get_command(click.Context(fupin, info_name="fupin"), verb)
    assert isinstance(command, Command)  # noqa: S101
    context = click.Context(command, info_name=f"fupin {verb}", help_option_names=["-h", "--help"])
    usage = " ".join([f"fupin {verb}", *command.collect_usage_pieces(context)])
    first, *paragraphs = (command.help or "").split("\n\n")
    records = [record for p in command.get_params(context) if (record := p.get_help_record(context))]
    source = inspect.getdoc(importlib.import_module(f"fupin.commands.{verb}")) or ""
    serves = [_joined(part) for part in source.split("\n\n")[1:]]
    place = EXAMPLES_IN.partition(", ")[2]
    at = list(VERBS).index(verb)
    beside = [f"fupin-{other}(1)" for other in [*list(VERBS)[max(at - 1, 0) : at], *list(VERBS)[at + 1 : at + 2]]]
    return Page(f"fupin-{verb}", [
        Section("NAME", [f"fupin-{verb} - {first[0].lower()}{first[1:].rstrip('.')}"]),
        Section("SYNOPSIS", [Code([usage])]),
        Section("DESCRIPTION", [_joined(paragraph) for paragraph in paragraphs]),
        Section("OPTIONS", [Item(*record) for record in records]),
        Section("EXAMPLES", [f"{place.capitalize()}:", *(Code(example.splitlines()) for example in command.examples)]),
        Section("EXIT STATUS", [Item(*row) for row in _STATUS.items()]),
        Section("ORIGIN", serves),
        Section("SEE ALSO", [", ".join(["fupin(1)", *beside])]),
    ])  # fmt: skip


def _joined(paragraph: str) -> str:
    """A paragraph on one line."""
    return " ".join(paragraph.split())


def _blocks(text: str) -> list[str | Item | Code]:
    """The blocks of a text: indented lines are code, `term: …` after a dash is a term, all else paragraphs."""
    blocks: list[str | Item | Code] = []
    for part in inspect.cleandoc(text).split("\n\n"):
        if part.startswith("    "):
            blocks.append(Code(textwrap.dedent(part).splitlines()))
        elif part.startswith("- "):
            items = re.split(r"^- ", part, flags=re.MULTILINE)[1:]
            blocks += [Item(term, _joined(told)) for term, _, told in (item.partition(": ") for item in items)]
        else:
            blocks.append(_joined(part))
    return blocks


def plain(shown: Page) -> str:
    """A page as plain text."""
    lines: list[str] = []
    for heading, blocks in shown.sections:
        lines.append(heading)
        for block in blocks:
            if isinstance(block, Code):
                lines += [f"    {line}".rstrip() for line in block.lines]
            elif isinstance(block, Item):
                lines += [f"    {block.term}", *_wrapped(block.told, 8)]
            else:
                lines += _wrapped(block, 4)
            lines.append("")
    return "\n".join(lines)


def _wrapped(text: str, indent: int) -> list[str]:
    return textwrap.wrap(
        text, _WIDTH, initial_indent=" " * indent, subsequent_indent=" " * indent, break_on_hyphens=False,
        break_long_words=False,
    )  # fmt: skip


def roff(shown: Page) -> str:
    """A page for man(1), in the macros of man(7)."""
    lines = [f'.TH {shown.name.upper()} 1 {RELEASED} "fupin {__version__}"']
    for heading, blocks in shown.sections:
        lines.append(f".SH {heading}")
        for number, block in enumerate(blocks):
            if isinstance(block, Code):
                lines += [*([".PP"] if number else []), ".nf", *map(_escaped, block.lines), ".fi"]
            elif isinstance(block, Item):
                lines += [".TP", _bold(block.term), *_filled(block.told)]
            else:
                lines += [*([".PP"] if number else []), *_filled(block)]
    return "\n".join(lines) + "\n"


def _bold(term: str) -> str:
    return f"\\fB{_escaped(term)}\\fR"


def _filled(text: str) -> list[str]:
    """A paragraph in lines of up to 78 bytes, of which a Chinese sign, as man(1) is told it, takes nine."""
    lines: list[str] = []
    for word in text.split():
        word = _escaped(word)
        longer = f"{lines[-1]} {word}" if lines else word
        if lines and sum(1 if sign.isascii() else 9 for sign in longer) <= _WIDTH:
            lines[-1] = longer
        else:
            lines.append(word)
    return lines


def _escaped(line: str) -> str:
    """A line in which nothing means anything to roff."""
    for sign, escape in _ESCAPES.items():
        line = line.replace(sign, escape)
    return f"\\&{line}" if line.startswith(".") else line


def write(folder: Path) -> None:
    """Write all pages to a folder."""
    for name in names():
        shown = page(name)
        (folder / f"{shown.name}.1").write_text(roff(shown), "utf-8")


if __name__ == "__main__":
    write(Path(sys.argv[1]))
