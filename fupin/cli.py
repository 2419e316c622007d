"""The front door: the table of verbs, the chain, and the one place where faults become lines and a status."""

from __future__ import annotations

import importlib
import os
import signal
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from fupin import __version__, process
from fupin.errors import Failure, FupinError, Misuse, hint
from fupin.once import Once
from fupin.verbs import VERBS, front_page

if TYPE_CHECKING:
    from fupin.chain import Chain, Stage

THEN = "then"


class Verbs(Once, click.Group):
    """The verbs, each loaded when it is wanted, and chained by the word `then`."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """All verbs, in the order of the work."""
        return list(VERBS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of a verb."""
        if cmd_name not in VERBS:
            return None
        command: click.Command = importlib.import_module(f"fupin.commands.{cmd_name}").command
        return command

    def format_help(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the front page."""
        formatter.write(front_page())

    def stages(self, ctx: click.Context, words: Sequence[str], place: object = None) -> list[Chain]:
        """Parse the words of one verb.

        Args:
            ctx: the context that it is parsed in.
            words: the verb and its words.
            place: the recipe that it stands in.

        Returns:
            a chain of one stage, or all chains of a recipe.

        Raises:
            Failure, Misuse, ClickException: the words are at fault.
        """
        from fupin.chain import Chain, Stage

        verb = words[0]
        command = self.get_command(ctx, verb)
        if command is None:
            raise Misuse(f"no verb '{verb}'{hint(verb, VERBS, 'verbs')}")
        try:
            asked: list[str] | None = None if place is None else []  # a recipe has nobody to help
            with command.make_context(verb, list(words[1:]), ctx, obj=place, help_option_names=asked) as own:
                parsed = command.invoke(own)
        except FupinError as error:
            raise Failure(verb, error) from None
        return [Chain([parsed])] if isinstance(parsed, Stage) else parsed

    def invoke(self, ctx: click.Context) -> int:
        """Parse all stages of a chain, then run them."""
        try:
            return self._run(ctx)
        except KeyboardInterrupt:
            raise Interrupted from None

    def _run(self, ctx: click.Context) -> int:
        from fupin import chain, writing

        chains = self._chains(ctx, [*ctx._protected_args, *ctx.args])
        unit, form = _asked(ctx, "explain"), _asked(ctx, "explain_format")
        if form and unit is None:
            raise Misuse("--explain-format goes with --explain UNIT")
        if begin := chains[0].stages[0].begin:
            begin()
        importlib.import_module("polars")  # here an interrupt does not get lost in the midst of it
        process.interruptible()
        if unit is None:
            return chain.run(chains, _announce)
        from fupin.explaining import Account

        account = Account([unit], chains)
        status = chain.run(chains, _announce, account.stage)
        told = account.json(unit) if form == "json" else account.text(unit)
        writing.write_stdout(lambda file: file.write(told.encode()))
        return status

    def _chains(self, ctx: click.Context, words: Sequence[str]) -> list[Chain]:
        """The chains of the command line: those that recipes have besides, then its own.

        Raises:
            Misuse: two recipes name a chain alike, so that one would read what the other has made.
        """
        from fupin.chain import Chain

        before: list[Chain] = []
        whole = Chain([])
        for stage in split(words):
            *named, own = self.stages(ctx, stage)
            if twice := {chain.name for chain in before} & {chain.name for chain in named if chain.name}:
                raise Failure(stage[0], Misuse(f"two recipes have a chain '{min(twice)}:'; run them one by one"))
            before += named
            whole = Chain([*whole.stages, *own.stages], own.name or whole.name)
        return [*before, whole]


def _asked(ctx: click.Context, name: str) -> str | None:
    """An option of fupin itself that `run` has too.

    Raises:
        Misuse: both are given.
    """
    given = [value for value in (ctx.params[name], ctx.meta.get(name)) if value is not None]
    if len(given) > 1:
        raise Misuse(f"--{name.replace('_', '-')} is given twice; only one can count")
    return given[0] if given else None


class Interrupted(Exception):
    """Somebody pressed Ctrl-C; click would print an empty line for it."""


def split(words: Sequence[str]) -> list[list[str]]:
    """The words of each stage.

    Raises:
        Misuse: there is no verb, or none before or after a `then`.
    """
    if not words:
        raise Misuse("a verb is missing: fupin VERB …")
    parts: list[list[str]] = [[]]
    for word in words:
        if word == THEN:
            parts.append([])
        else:
            parts[-1].append(word)
    if not all(parts):
        raise Misuse(f"'{THEN}' stands between two verbs: fupin VERB … {THEN} VERB …")
    return parts


def _announce(stage: Stage) -> None:
    """Let what is told from now on be told in the name of a stage."""
    import logging

    log = logging.getLogger("fupin")
    log.propagate = False
    log.setLevel(logging.INFO if stage.verbose else logging.ERROR if stage.quiet else logging.WARNING)
    teller = logging.Handler()
    teller.emit = lambda record: process.tell(f"fupin {stage.verb}: {record.getMessage()}")  # type: ignore[method-assign]
    log.handlers = [teller]


@click.command(cls=Verbs, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, prog_name="fupin")
@click.option("--explain", metavar="UNIT", help="Tell how a unit came to its figures.")
@click.option("--explain-format", type=click.Choice(["text", "json"]), help="What to tell it in.")
def fupin(explain: str | None, explain_format: str | None) -> None:
    """Turn a published assessment scheme into a ranking whose every number can be defended."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run fupin.

    Args:
        arguments: the words after `fupin`; those of the command line if left out.

    Returns:
        the exit status: 0 done, 1 the data is at fault, 2 the command line is, 3 found, 130 interrupted.
    """
    if arguments is None and hasattr(signal, "SIGPIPE"):
        signal.signal(signal.SIGPIPE, signal.SIG_DFL)
        signal.signal(signal.SIGTERM, lambda number, _: sys.exit(128 + number))
    if "_FUPIN_COMPLETE" in os.environ:
        from fupin import completion

        completion.register()
    try:
        _check_words(sys.argv[1:] if arguments is None else arguments)
        status = fupin.main(arguments, prog_name="fupin", standalone_mode=False) or 0
        sys.stdout.flush()
        return status
    except Failure as failure:
        return _report(failure.lines, failure.verb, failure.error.status)
    except FupinError as error:
        return _report(error.lines, "", error.status)
    except click.exceptions.NoArgsIsHelpError as error:
        process.tell(error.format_message())
        return Misuse.status
    except click.ClickException as error:
        context = getattr(error, "ctx", None)
        verb = context.info_name if context is not None and context.parent is not None else ""
        return _report([message_of(error)], verb, Misuse.status)
    except (Interrupted, KeyboardInterrupt, click.exceptions.Abort):
        return 130
    except SystemExit:
        raise
    except OSError as error:
        return _report([f"standard output: cannot be written: {error.strerror}"], "", 1)
    except BaseException as error:  # Polars' panics are no Exceptions
        why = f"{type(error).__name__}: {error}".split("\n")[0]
        return _report([f"this is a fault of fupin itself, please report it ({why})"], "", 1)


def _check_words(words: Sequence[str]) -> None:
    """Make sure that all words could be read, so that no sign of theirs gets lost in a table.

    Raises:
        Misuse: the bytes of one mean nothing in the encoding of the locale. The name of a file may be so.
    """
    for word in words:
        if any("\ud800" <= letter <= "\udfff" for letter in word) and not os.path.exists(word):
            told = os.fsencode(word).decode(errors="backslashreplace")
            encoding = sys.getfilesystemencoding().upper()
            raise Misuse(f"'{told}' is not {encoding}; is the terminal, or the script, in another encoding?")


def message_of(error: FupinError | Failure | click.ClickException) -> str:
    """What is wrong with a command line, on one line."""
    if isinstance(error, click.ClickException):
        return " ".join(error.format_message().split())
    return error.lines[0]


def _report(lines: Sequence[str], verb: str, status: int) -> int:
    """Print faults, a line each."""
    for line in lines:
        process.tell(f"fupin {verb}: {line}" if verb else f"fupin: {line}")
    return status
