"""What words of the command line may be: files, conditions, numbers, names; and the command that parses them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import date
from fractions import Fraction
from typing import Any, NamedTuple

import click

from fupin import conditions, numbers
from fupin.chain import Result
from fupin.conditions import Condition
from fupin.errors import Misuse, hint
from fupin.once import Once
from fupin.spool import FileName


class Place(NamedTuple):
    """Where a recipe stands: what its files are relative to, and which chains it has made so far.

    A verb of a recipe is parsed with this as its context's object; other verbs have none.

    Args:
        folder: the folder of the recipe.
        chains: the names of the chains above.
    """

    folder: str
    chains: tuple[str, ...]


class Filled(str):
    """A word of a recipe that begins with a value of --set, so that a file it names is no file of the recipe's."""

    __slots__ = ()


class File(click.ParamType[str]):
    """The name of a file, or `-`.

    Args:
        read: whether it is a table that is read, which the stage knows from this type.
        words: what may stand in its place, and is no file.
    """

    name = "file"

    def __init__(self, read: bool = True, words: Sequence[str] = ()) -> None:
        self.read = read
        self.words = words

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Find what it is relative to. An empty name, which an unset variable of a script leaves, is refused."""
        if not value:
            raise Misuse(f"{option(param)}: the name of a file is empty")
        place = ctx.obj if ctx else None
        if value in self.words or not isinstance(place, Place) or isinstance(value, Filled | FileName | Result):
            return value if isinstance(value, FileName | Result) else str(value)
        if self.read and value.startswith("@"):
            if value[1:] not in place.chains:
                above = f"; chains above: {', '.join(place.chains)}" if place.chains else " (no chain stands above)"
                told = hint(value[1:], place.chains) or above
                raise Misuse(f"{option(param)}: no chain '{value[1:]}:' above{told}; a file is ./{value}")
            return Result(value)
        return FileName(value, place.folder)

    def shell_complete(self, ctx: click.Context, param: click.Parameter, incomplete: str) -> list[Any]:
        """File names."""
        from click.shell_completion import CompletionItem

        return [CompletionItem(incomplete, type="file")]


class Sql(click.ParamType[Condition]):
    """A condition (contract §3)."""

    name = "sql"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Condition:
        """Parse it."""
        return value if isinstance(value, Condition) else conditions.parse(value, option(param))


class Number(click.ParamType[Fraction]):
    """An exact number."""

    name = "n"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Fraction:
        """Parse it."""
        if isinstance(value, Fraction):
            return value
        number = numbers.parse(value, option(param))
        numbers.quanta(number, option(param))
        return number


class Range(click.ParamType[tuple[Fraction, Fraction]]):
    """Two bounds, LO:HI."""

    name = "lo:hi"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[Fraction, Fraction]:
        """Parse it."""
        return value if isinstance(value, tuple) else numbers.parse_range(value, option(param))


class Amounts(click.ParamType[dict[str, Fraction]]):
    """Names and their numbers, such as A=1,B=2.

    Args:
        form: what one of them looks like, for messages.
    """

    name = "name=n,…"

    def __init__(self, form: str) -> None:
        self.form = form

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> dict[str, Fraction]:
        """Parse them."""
        if isinstance(value, dict):
            return value
        what, right = option(param), f"{self.form}; commas stand between them"
        found: dict[str, Fraction] = {}
        for name, number in _pairs(value, what, right, lambda name, number: bool(name) and "=" not in number):
            found[name] = numbers.parse(number, f"{what}: {name}")
            numbers.quanta(found[name], what)
        return found


class Day(click.ParamType[date]):
    """A date, such as 2019-04-28."""

    name = "date"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> date:
        """Parse it."""
        from fupin import dates

        return value if isinstance(value, date) else dates.parse(value, option(param))


class Column(click.ParamType[str]):
    """The name of a column, or several in a form of the option's own.

    Args:
        files: the parameters that name the table it is a column of; the board if left out.
    """

    name = "column"

    def __init__(self, *files: str) -> None:
        self.files = files or ("argument", "input_")

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Refuse an empty name, which an unset variable of a script leaves."""
        if not value:
            raise Misuse(f"{option(param)}: the name of a column is empty")
        return str(value)

    def shell_complete(self, ctx: click.Context, param: click.Parameter, incomplete: str) -> list[Any]:
        """The columns of the table; behind a comma those that may stand next."""
        from click.shell_completion import CompletionItem

        from fupin import completion

        before, comma, begun = incomplete.rpartition(",")
        names = completion.columns(ctx, self.files)
        return [CompletionItem(f"{before}{comma}{name}") for name in names if name.startswith(begun)]


class Names(Column):
    """Column names separated by commas."""

    name = "column,…"

    def convert(  # type: ignore[override]
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[str, ...]:
        """Split them."""
        if isinstance(value, tuple):
            return value
        names = tuple(value.split(","))
        if not all(names) or len(set(names)) < len(names):
            raise Misuse(f"{option(param)}: '{value}' holds a name twice, or an empty one")
        return names


class Pairs(click.ParamType[dict[str, str]]):
    """NAME=VALUE,…: the values by their names."""

    name = "name=value,…"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> dict[str, str]:
        """Split them."""
        if isinstance(value, dict):
            return value
        right = "NAME=VALUE; a comma stands between two, without spaces"
        return dict(_pairs(value, option(param), right, lambda name, own: bool(name and own) and name == name.strip()))


def _pairs(words: str, what: str, right: str, fits: Callable[[str, str], bool]) -> Iterator[tuple[str, str]]:
    """The names and values of NAME=VALUE,…, in their order.

    Args:
        words: the whole.
        what: the option, for messages.
        right: what each should look like.
        fits: whether a name and a value do.

    Raises:
        Misuse: one does not, or a name is there twice.
    """
    names = set()
    for word in words.split(","):
        name, equals, value = word.partition("=")
        if not equals or not fits(name, value):
            raise Misuse(f"{what}: '{word}' is not {right}")
        if name in names:
            raise Misuse(f"{what}: '{name}' is there twice")
        names.add(name)
        yield name, value


class Command(Once):
    """A command of a verb; `examples` are what help and manual show."""

    examples: Sequence[str] = ()

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Parse the words of the command line."""
        ctx.meta["words"] = list(args)
        rest = super().parse_args(ctx, args)
        if ctx.params.get("verbose") and ctx.params.get("quiet") and not ctx.resilient_parsing:
            raise Misuse("give either --verbose or --quiet")
        return rest


def option(param: click.Parameter | None) -> str:
    """What a parameter is called in a message."""
    if param is None or isinstance(param, click.Option):
        return "option" if param is None else param.opts[0]
    return "FILE" if isinstance(param.type, File) else param.name or ""
