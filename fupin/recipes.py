"""Recipes: chains kept in a file, a verb per line (contract §4 and §11).

::

    # comment
    late:                                    a chain of its own, whose table is @late
    deadlines plan.csv --roster villages.csv
      --done reports.csv --late              an indented line goes on with the one before
    villages:
    deduct villages.csv --events @late --full {full} --as routine

Words are those of a POSIX shell: quotation marks and backslashes, but nothing is looked up, matched or run. Blank and
indented lines within quotation marks stand as they are; a line that is not indented is always a verb. `{NAME}` is
filled after the words have been told apart, so that a value stays one word whatever it holds.
"""

from __future__ import annotations

import contextlib
import os
import re
import shlex
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from fupin import spool
from fupin.errors import DataError, Misuse, hint

_CHAIN = re.compile(r"(\w[\w-]*):[ \t]*")
_CLOSED = re.compile(r"""(?:[^'"\\]|\\.|'[^']*'|"(?:[^"\\]|\\.)*")*""", re.DOTALL)
_MARKS = ("'", '"')
_NAME = re.compile(r"\{\{|\{(\w+)\}|\{")


class Line(NamedTuple):
    """A verb of a recipe with its words, before names are filled.

    Args:
        number: the line of the file that it begins on.
        words: its words.
        chain: the chain it belongs to; nothing before the first `NAME:`.
    """

    number: int
    words: Sequence[str]
    chain: str


class Fault(Misuse):
    """A recipe is at fault; the message begins with its file and line."""

    def __init__(self, name: str, line: int, message: str) -> None:
        super().__init__(f"{name}:{line}: {message}")


def folder_of(name: str) -> str:
    """The folder that the files of a recipe are relative to; a link stands for the recipe that it leads to.

    A recipe that comes through a pipe or a descriptor stands in no folder.
    """
    if name == spool.STDIN or spool.descriptor(name) is not None or not os.path.isfile(name):
        return ""
    return os.path.dirname(os.path.realpath(name) if os.path.islink(name) else name)


def read(name: str) -> list[Line]:
    """Read a recipe.

    Args:
        name: its file; `-` is standard input.

    Returns:
        its verbs, in order.

    Raises:
        Misuse: it cannot be read, or a line is at fault.
    """
    with contextlib.ExitStack() as keep:
        try:
            data = spool.read(name, keep, packed=False)
        except DataError as error:
            raise Misuse(error.lines[0]) from None
        if not isinstance(data, bytes):
            raise Misuse(f"{name}: too large for a recipe")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise Fault(name, line, "bytes that are not UTF-8; save the recipe as UTF-8") from None
    return _verbs(name, _entries(name, text))


def _entries(name: str, whole: str) -> list[list[tuple[int, str]]]:
    """The lines that belong together, each with its number; blank lines and comments left out.

    A line goes on with the one before if it is indented, if that one ends in a backslash, or if it is blank and a
    quotation mark is open.

    Raises:
        Fault: the first line is indented.
    """
    entries: list[list[tuple[int, str]]] = []
    text = ""
    for number, line in enumerate(re.split(r"\r\n|\r|\n", whole), 1):
        quoted, escaped = _open(text) in _MARKS, _is_escaped(text)
        if not (quoted or escaped) and (not line.strip() or line.lstrip().startswith("#")):
            continue
        if not quoted:
            line = re.sub(r"^\s+", " ", line)
        begins = not escaped and line != "" and not line[0].isspace()
        if begins:
            entries.append([])
        elif not entries:
            raise Fault(name, number, "an indented line goes on with the one before, and there is none")
        entries[-1].append((number, line))
        text = line if begins else _joined(text, line)
    return entries


def _open(text: str) -> str:
    """The quotation mark, or the backslash, that is open at the end of a text; nothing if none is."""
    closed = _CLOSED.match(text)
    return text[closed.end() :][:1] if closed else ""


def _is_escaped(text: str) -> bool:
    """Whether a text ends in a backslash that takes away the line break behind it, as none does in apostrophes."""
    return (len(text) - len(text.rstrip("\\"))) % 2 == 1 and _open(text) != "'"


def _joined(text: str, line: str) -> str:
    """A text and the line below it, as a shell reads them."""
    return text[:-1] + line if _is_escaped(text) else f"{text}\n{line}"


def _verbs(name: str, entries: Sequence[Sequence[tuple[int, str]]]) -> list[Line]:
    """The verbs of a recipe, each with the chain that it belongs to.

    Raises:
        Fault: a line is at fault.
    """
    verbs: list[Line] = []
    heads: dict[str, int] = {}
    for entry in entries:
        (number, first), *more = entry
        header = _CHAIN.fullmatch(first)
        if not header:
            verbs.append(Line(number, _words(name, entry), next(reversed(heads), "")))
        elif more:
            raise Fault(name, more[0][0], f"a verb below '{first.strip()}' is not indented; an indented line goes on")
        elif header[1] in heads:
            raise Fault(name, number, f"a chain '{header[1]}:' begins on line {heads[header[1]]} already")
        else:
            heads[header[1]] = number
    for chain, number in heads.items():
        if all(verb.chain != chain for verb in verbs):
            raise Fault(name, number, f"no verb stands below '{chain}:'")
    if not verbs:
        raise Misuse(f"{name}: there is no verb in it")
    return verbs


def _words(name: str, entry: Sequence[tuple[int, str]]) -> list[str]:
    """The words of a verb.

    Raises:
        Fault: a quotation mark is not closed, or there are no words.
    """
    (opened, text), *more = entry
    for number, line in more:
        opened = opened if _open(text) in _MARKS else number
        text = _joined(text, line)
    text = _joined(text, "")
    if _open(text):
        raise Fault(name, opened, "a quotation mark is not closed")
    if not (words := shlex.split(text)):
        raise Fault(name, entry[0][0], "a verb is missing")
    return words


def fill(words: Sequence[str], values: Mapping[str, str]) -> list[tuple[str, bool]]:
    """Words with their names filled, and whether each begins with a value.

    Args:
        words: words that hold `{NAME}`, and `{{` for a brace.
        values: what is filled in.

    Raises:
        Misuse: a name has no value, or a brace begins no name.
    """
    split: list[str] = []
    for word in words:  # --option={NAME} and -o{NAME} as two words, so that a file's name is a word of its own
        attached = re.match(r"(--[\w-]+)=(?=\{\w)|(-[A-Za-z])(?=\{\w)", word)
        split += [attached[1] or attached[2], word[attached.end() :]] if attached else [word]

    def value(match: re.Match[str]) -> str:
        if match[0] == "{{":
            return "{"
        if not match[1]:
            raise Misuse("'{' begins a name such as {year}; a brace of its own is written {{")
        if match[1] not in values:
            known = hint(match[1], values)
            raise Misuse(f"{{{match[1]}}} is not set; say --set {match[1]}=…{known}")
        return values[match[1]]

    return [(_NAME.sub(value, word), bool(re.match(r"\{\w+\}", word))) for word in split]


def names(lines: Sequence[Line]) -> set[str]:
    """All names that a recipe wants filled."""
    return {match[1] for line in lines for word in line.words for match in _NAME.finditer(word) if match[1]}


def line(words: Sequence[str]) -> str:
    """Words as a person would write them on one line of a shell."""
    return " ".join(map(_quoted, words))


def _quoted(word: str) -> str:
    if re.fullmatch(r"[\w@%+=:,./{}-]+", word):
        return word
    return f'"{word}"' if "'" in word and not re.search(r'["$`\\]', word) else shlex.quote(word)
