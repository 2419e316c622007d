"""Options that verbs share, as decorators that a command file names in one line each."""

from __future__ import annotations

import functools
import inspect
import logging
from collections.abc import Callable
from fractions import Fraction
from typing import Any, Literal, NamedTuple

import click

from fupin import conditions, numbers
from fupin.chain import Files, Stage
from fupin.conditions import Condition
from fupin.deferred import pl
from fupin.errors import Misuse
from fupin.ledger import Ledger
from fupin.verbs import VERBS

_NOT_WRITTEN = (".xlsx", ".xls", ".ods", ".html", ".htm", ".md", ".pdf", ".json")
log = logging.getLogger("fupin")
Apply = Callable[["pl.DataFrame", Files], "pl.DataFrame | str"]
Callback = Callable[..., Any]


class File(click.ParamType[str]):
    """The name of a table: a file, or `-`. The stage knows from this type what it reads."""

    name = "file"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Refuse an empty name, which an unset variable of a script leaves."""
        if not value:
            raise Misuse(f"{_option(param)}: the name of a file is empty")
        return str(value)

    def shell_complete(self, ctx: click.Context, param: click.Parameter, incomplete: str) -> list[Any]:
        """File names."""
        from click.shell_completion import CompletionItem

        return [CompletionItem(incomplete, type="file")]


class Sql(click.ParamType[Condition]):
    """A condition (contract §3)."""

    name = "sql"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Condition:
        """Parse it."""
        return value if isinstance(value, Condition) else conditions.parse(value, _option(param))


class Number(click.ParamType[Fraction]):
    """An exact number, a percentage allowed."""

    name = "n"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Fraction:
        """Parse it."""
        if isinstance(value, Fraction):
            return value
        number = numbers.parse(value, _option(param))
        numbers.quanta(number, _option(param))
        return number


class Range(click.ParamType[tuple[Fraction, Fraction]]):
    """Two bounds, LO:HI."""

    name = "lo:hi"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[Fraction, Fraction]:
        """Parse it."""
        return value if isinstance(value, tuple) else numbers.parse_range(value, _option(param))


class Names(click.ParamType[tuple[str, ...]]):
    """Column names separated by commas."""

    name = "column,…"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> tuple[str, ...]:
        """Split them."""
        if isinstance(value, tuple):
            return value
        names = tuple(value.split(","))
        if not all(names) or len(set(names)) < len(names):
            raise Misuse(f"{_option(param)}: '{value}' names a column twice or not at all")
        return names


class Once(click.Command):
    """A command that refuses an option given twice, where the last one would silently win."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Parse the words of the command line."""
        given = self.make_parser(ctx).parse_args(list(args))[2]
        for parameter in given:
            if isinstance(parameter, click.Option) and not parameter.multiple and given.count(parameter) > 1:
                raise Misuse(f"{parameter.opts[-1]} is given twice; only one can count")
        return super().parse_args(ctx, args)


def _option(param: click.Parameter | None) -> str:
    return "option" if param is None else "FILE" if isinstance(param, click.Argument) else param.opts[0]


class Events(NamedTuple):
    """A ledger as the command line names it."""

    files: tuple[str, ...]
    where: Condition | None
    strays: Literal["error", "ignore"]
    key: tuple[str, ...] | None

    def open(self, files: Files) -> Ledger:
        """Open its files."""
        return Ledger(files.open_all(self.files), self.where, self.strays, self.key)


def verb(
    name: str, *, examples: str, file_argument: bool = True, keyed: bool = True, last: bool = False
) -> Callable[[Callback], click.Command]:
    """Make a click command of a function that turns its options into what is applied to a board.

    Args:
        name: the verb.
        examples: lines that help and manual show, each a command that runs in a sample's folder.
        file_argument: whether the board may be given as an argument (else only by -i or standard input).
        keyed: whether the board's keys must be unique.
        last: whether it prints for people.
    """

    def decorate(function: Callback) -> click.Command:
        @functools.wraps(function)
        def callback(
            input_: str | None, output: str | None, verbose: bool, board: str | None = None, **given: Any
        ) -> Stage:
            context = click.get_current_context()
            if output == "":
                raise Misuse("-o: the name of a file is empty")
            if output and output.lower().endswith(_NOT_WRITTEN):
                raise Misuse(f"-o: '{output}': this is not written; end the name in .csv, .csv.gz, .parquet or .arrow")
            if board and input_:
                raise Misuse(f"the board is given twice, as {board} and as -i {input_}")
            reads: list[str] = []
            for parameter in context.command.params:
                value = context.params.get(parameter.name or "")
                if isinstance(parameter.type, File) and parameter.name not in ("board", "input_") and value:
                    reads += [value] if isinstance(value, str) else value
            key = given["key"]
            apply: Apply = function(**given)
            return Stage(name, apply, board or input_, tuple(reads), output, key, keyed, verbose, last)

        if file_argument:
            told = "The board; standard input if left out."
            callback = click.argument("board", required=False, type=File(), metavar="[FILE]", help=told)(callback)
        common = [
            click.option("-i", "--input", "input_", type=File(), metavar="FILE", help="The board."),
            click.option("-o", "--output", metavar="FILE", help="Write the table there, whole or not at all."),
            click.option(
                "-k",
                "--key",
                type=Names(),
                metavar="NAME",
                help="The column, or columns A,B, that name a unit.  [default: the first column]",
            ),
            click.option("-v", "--verbose", is_flag=True, help="Tell on standard error what was done."),
        ]
        for option in reversed(common):
            callback = option(callback)
        own = getattr(callback, "__click_params__", [])
        own.sort(key=lambda p: p.name in ("input_", "output", "key", "verbose"), reverse=True)
        epilog = "\b\nExamples:\n" + "\n".join(
            f"  $ {line}" if line.startswith("fupin") else f"    {line}" for line in examples.strip().splitlines()
        )
        told = f"{VERBS[name]}\n\n{inspect.cleandoc(function.__doc__ or '')}"
        return click.command(name, cls=Once, help=told, epilog=epilog)(callback)

    return decorate


def column(default: str | None = None) -> Callable[[Callback], Callback]:
    """Options of verbs that append a column: --as, --for, --fill, --replace.

    The command receives `name`, and `placing` for `boards.append`.
    """

    def decorate(function: Callback) -> Callback:
        @click.option(
            "--as",
            "name",
            metavar="NAME",
            required=default is None,
            default=default,
            show_default=bool(default),
            help="The name of the new column.",
        )
        @placing
        @functools.wraps(function)
        def wrapper(**given: Any) -> Any:
            if not given["name"]:
                raise Misuse("--as: a column needs a name")
            return function(**given)

        return wrapper

    return decorate


def placing(function: Callback) -> Callback:
    """Options on which cells are written: --for, --fill, --replace."""

    @click.option("--for", "only", type=Sql(), metavar="SQL", help="Compute for these units; leave the others missing.")
    @click.option("--fill", is_flag=True, help="Write only where the column is missing so far.")
    @click.option("--replace", is_flag=True, help="Allow a column that is already there; it keeps its place.")
    @functools.wraps(function)
    def wrapper(only: Condition | None, fill: bool, replace: bool, **given: Any) -> Any:
        return function(placing={"only": only, "fill": fill, "replace": replace}, **given)

    return wrapper


def detail(function: Callback) -> Callback:
    """--detail: the columns in the brackets of contract §6."""
    return click.option("--detail", is_flag=True, help="Add the columns that tell how it came about.")(function)


def events(option: str = "--events", required: bool = True) -> Callable[[Callback], Callback]:
    """Options of a ledger. The command receives `events`, or None where it is left out."""

    def decorate(function: Callback) -> Callback:
        @click.option(
            option,
            "ledger",
            type=File(),
            multiple=True,
            required=required,
            metavar="FILE",
            help="The ledger: a file, a quoted glob, or the option repeated.",
        )
        @click.option("--where", type=Sql(), metavar="SQL", help="Use only these rows of the ledger.")
        @click.option(
            "--strays",
            type=click.Choice(["error", "ignore"]),
            default="error",
            show_default=True,
            help="What to do with rows whose unit is not on the board.",
        )
        @click.option(
            "--event-key",
            type=Names(),
            metavar="NAME",
            help="The key column of the ledger, if named otherwise.",
        )
        @functools.wraps(function)
        def wrapper(
            ledger: tuple[str, ...],
            where: Condition | None,
            strays: Literal["error", "ignore"],
            event_key: tuple[str, ...] | None,
            **given: Any,
        ) -> Any:
            key = given["key"]
            if event_key and len(event_key) != len(key or ("",)):
                raise Misuse(f"--event-key: {len(event_key)} columns for a key of {len(key or ('',))}")
            if not ledger and (where or event_key or strays != "error"):
                raise Misuse(f"--where, --strays and --event-key go with {option}")
            return function(events=Events(ledger, where, strays, event_key) if ledger else None, **given)

        return wrapper

    return decorate


places = click.option("--round", "places", type=click.IntRange(0, 18), metavar="N", help="Round half up to N decimals.")
within = click.option("--within", metavar="COLUMN", help="Within each value of this column.")
ignore_veto = click.option("--ignore-veto", is_flag=True, help="Treat vetoed units like the others.")
