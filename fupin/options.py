"""Options that verbs share, as decorators that a command file names in one line each."""

from __future__ import annotations

import functools
import inspect
import logging
from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import Any, Literal

import click

from fupin import boards, close_calls, numbers
from fupin.chain import Events, Files, Stage
from fupin.conditions import Condition
from fupin.deferred import pl
from fupin.errors import Misuse
from fupin.parameters import Amounts, Column, Command, Day, File, Names, Number, Pairs, Range, Sql
from fupin.spool import STDIN
from fupin.verbs import VERBS
from fupin.writing import Made, check_name

__all__ = ["Amounts", "Column", "Day", "Events", "File", "Names", "Number", "Pairs", "Range", "Sql"]
log = logging.getLogger("fupin")
Apply = Callable[["pl.DataFrame", Files], Made]
Callback = Callable[..., Any]
EXAMPLES_IN = "Examples, in samples/village-20-30-50"


def command(name: str, examples: str) -> Callable[[Callback], click.Command]:
    """Make a click command of a function that has its options already.

    Args:
        name: the verb.
        examples: what help and manual show, parted by blank lines: commands after `$ `, which run in the folder
            samples/village-20-30-50, and below each what it prints.
    """

    def decorate(function: Callback) -> click.Command:
        blocks = examples.strip().split("\n\n")
        shown = [f"\b\n{EXAMPLES_IN}:", *("\b\n" + "\n".join(f"  {line}" for line in b.splitlines()) for b in blocks)]
        told = f"{VERBS[name]}\n\n{inspect.cleandoc(function.__doc__ or '')}"
        made = click.command(name, cls=Command, help=told, epilog="\n\n".join(shown))(function)
        made.examples = blocks
        return made

    return decorate


output = click.option(
    "-o", "--output", type=File(read=False), metavar="FILE", help="Write the result there, whole or not at all."
)
verbose = click.option("-v", "--verbose", is_flag=True, help="Tell on standard error what was done.")
quiet = click.option("-q", "--quiet", is_flag=True, help="Tell nothing but faults.")


def verb(
    name: str,
    *,
    examples: str,
    board: Literal["argument", "option", "files"] = "argument",
    keyed: bool = True,
    last: bool = False,
    streams: bool = False,
) -> Callable[[Callback], click.Command]:
    """Make a click command of a function that turns its options into what is applied to a board.

    Args:
        name: the verb.
        examples: see `command`.
        board: whether the board is an argument or -i, or only -i; or the verb takes any number of files instead, of
            which the function is told as `files`.
        keyed: whether the board's keys must be unique.
        last: whether it makes something for people.
        streams: whether what is applied takes a `Stream`, too.
    """

    def decorate(function: Callback) -> click.Command:
        @functools.wraps(function)
        def callback(
            output: str | None,
            verbose: bool,
            quiet: bool,
            input_: str | None = None,
            argument: str | None = None,
            **given: Any,
        ) -> Stage:
            context = click.get_current_context()
            if output and not last:
                check_name(output, "-o")
            if "output" in inspect.signature(function).parameters:
                given["output"] = output
            if argument and input_:
                raise Misuse(f"the board is given twice, as {argument} and as -i {input_}")
            if board == "files":
                if given["files"] and input_:
                    raise Misuse(f"files are given twice, as {given['files'][0]} and as -i {input_}")
                given["files"] = list(given["files"]) or [input_ or STDIN]
            reads = [*_reads(context), *given.get("files", [])]
            source = None if board == "files" else argument or input_ or STDIN
            words = (name, *context.meta["words"])
            context.meta.update(ledgers=[], begin=None)
            apply: Apply = function(**given)
            ledgers, begin = context.meta["ledgers"], context.meta["begin"]
            writes = _files(context, False, ("output",))
            return Stage(
                name, apply, source, reads, output, given["key"], keyed, verbose, last, streams, words, ledgers, writes,
                options=given, begin=begin, quiet=quiet,
            )  # fmt: skip

        options = [
            click.option("-i", "--input", "input_", type=File(), metavar="FILE", help="The board."),
            click.option(
                "-k",
                "--key",
                type=Names(),
                metavar="NAME",
                help="The column, or columns A,B, that name a unit.  [default: the first column]",
            ),
        ]
        common = [options[0], output, options[1], verbose, quiet]
        if board == "argument":
            told = "The board; standard input if left out."
            callback = click.argument("argument", required=False, type=File(), metavar="[FILE]", help=told)(callback)
        if board == "files":
            told = "Files, or quoted globs; standard input if left out."
            callback = click.argument("files", nargs=-1, type=File(), metavar="[FILE]...", help=told)(callback)
        for option in reversed(common):
            callback = option(callback)
        own = getattr(callback, "__click_params__", [])
        own.sort(key=_order)
        return command(name, examples)(callback)

    return decorate


def _order(parameter: click.Parameter) -> int:
    """Where help shows a parameter, the last first, as click keeps them: its own arguments, then the board's."""
    if isinstance(parameter, click.Argument):
        return 2 if parameter.name == "argument" else 3
    return 0 if parameter.name in ("input_", "output", "key", "verbose", "quiet") else 1


def _reads(context: click.Context) -> list[str]:
    """The tables that a verb reads besides its board."""
    return _files(context, True, ("argument", "input_", "files"))


def _files(context: click.Context, read: bool, but: Sequence[str]) -> list[str]:
    """The files that the options of a verb name to be read, or to be written."""
    found: list[str] = []
    for parameter in context.command.params:
        value = context.params.get(parameter.name or "")
        if isinstance(parameter.type, File) and parameter.type.read == read and parameter.name not in but:
            given = [value] if isinstance(value, str) else value or []
            found += [name for name in given if name not in parameter.type.words]
    return found


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

    @click.option(
        "--for",
        "only",
        type=Sql(),
        metavar="SQL",
        help="Compute for these units; leave the others missing, or with --replace as they are.",
    )
    @click.option("--fill", is_flag=True, help="Write only where the column is missing so far.")
    @click.option("--replace", is_flag=True, help="Allow a column that is already there; it keeps its place.")
    @functools.wraps(function)
    def wrapper(only: Condition | None, fill: bool, replace: bool, **given: Any) -> Any:
        boards.check_placing(fill, replace)
        return function(placing={"only": only, "fill": fill, "replace": replace}, **given)

    return wrapper


def detail(function: Callback) -> Callback:
    """--detail: the columns in the brackets of contract §6."""
    return click.option("--detail", is_flag=True, help="Add the columns that tell how it came about.")(function)


strays = click.option(
    "--strays",
    type=click.Choice(["error", "ignore"]),
    default="error",
    show_default=True,
    help="What to do with rows whose unit is not on the board.",
)


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
        @strays
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
            found = Events(ledger, where, strays, event_key) if ledger else None
            click.get_current_context().meta["ledgers"] = [found] if found else []
            return function(events=found, **given)

        return wrapper

    return decorate


def _distance(ctx: click.Context, param: click.Parameter, value: Fraction | None) -> Fraction | None:
    """A distance of --near."""
    close_calls.distance(value)
    return value


near = click.option(
    "--near",
    type=Number(),
    metavar="N",
    callback=_distance,
    help="Tell of decisions made by less than N where a figure has six or more decimals; 0 tells of none.  "
    "[default: 0.00001]",
)
count = click.IntRange(0, numbers.MOST)
places = click.option(
    "--round", "places", type=click.IntRange(0, numbers.PLACES), metavar="N", help="Round half up to N decimals."
)


def names(
    *flags: str, metavar: str = "COLUMN,…", told: str, files: Sequence[str] = ()
) -> Callable[[Callback], Callback]:
    """An option of names separated by commas, or repeated; the command receives them in one tuple.

    Args:
        flags: what the option is called.
        metavar: what it is followed by.
        told: its help.
        files: the parameters that name the table whose columns they are; the board if left out.
    """

    def decorate(function: Callback) -> Callback:
        option = click.option(*flags, type=Names(*files), multiple=True, metavar=metavar, help=told, callback=_flat)
        return option(function)

    return decorate


def _flat(ctx: click.Context, param: click.Parameter, value: tuple[tuple[str, ...], ...]) -> tuple[str, ...]:
    """All names of an option that was given several times."""
    return tuple(dict.fromkeys(name for names in value for name in names))


def pairs(flag: str, *, metavar: str, told: str) -> Callable[[Callback], Callback]:
    """An option of NAME=VALUE pairs separated by commas, or repeated; the command receives them in one mapping."""
    return click.option(flag, type=Pairs(), multiple=True, metavar=metavar, help=told, callback=_together)


def _together(ctx: click.Context, param: click.Parameter, value: tuple[dict[str, str], ...]) -> dict[str, str]:
    """All pairs of an option that was given several times."""
    found: dict[str, str] = {}
    for one in value:
        if twice := [name for name in one if name in found]:
            raise Misuse(f"{param.opts[0]}: '{twice[0]}' is there twice")
        found |= one
    return found


within = click.option("--within", type=Column(), metavar="COLUMN", help="Within each value of this column.")
ignore_veto = click.option("--ignore-veto", is_flag=True, help="Treat vetoed units like the others.")
