"""run: run a recipe, a chain kept in a file.

Serves whole schemes: an office publishes its recipe beside its notice, and anybody can run it again.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from itertools import pairwise

import click

from fupin import formats, options, recipes
from fupin.chain import Chain, Stage, check
from fupin.cli import Verbs, message_of, split
from fupin.errors import Failure, Misuse, hint
from fupin.parameters import Filled, Place
from fupin.recipes import Fault, Line
from fupin.spool import STDIN
from fupin.verbs import VERBS
from fupin.writing import check_name

_ALONE = ("run", "man")

EXAMPLES = r"""
$ fupin run scheme.fupin then report --columns rank,village,reward --top 2
rank  village   reward
----  --------  ------
   1  月形山村    5000
   2  莲台村      3500

$ fupin run scheme.fupin --dry-run | tail -2
rank --by total --tie-break field
reward --prize 5000,4000,3000,2000,1000 --ties split
"""


@options.command("run", EXAMPLES)
@click.argument("recipe", metavar="FILE", type=options.File(), help="The recipe.")
@click.argument(
    "board", required=False, type=options.File(), metavar="[BOARD]", help="What the recipe reads as standard input."
)
@options.output
@click.option(
    "--set",
    "given",
    multiple=True,
    metavar="NAME=VALUE",
    help="Fill {NAME} in the recipe; a file that begins with it is relative to here. May be repeated.",
)
@click.option("--dry-run", is_flag=True, help="Show the stages with their words, and run nothing.")
@click.option("--explain", metavar="UNIT", help="Tell how this unit came to its figures, instead of the result.")
@click.option(
    "--explain-format", type=click.Choice(["text", "json"]), help="What --explain tells it in.  [default: text]"
)
@options.verbose
@options.quiet
def command(
    recipe: str,
    board: str | None,
    output: str | None,
    given: tuple[str, ...],
    dry_run: bool,
    explain: str | None,
    explain_format: str | None,
    verbose: bool,
    quiet: bool,
) -> Stage | list[Chain]:
    """A recipe has a verb on each line, with its options.

    Lines that begin with # are comments, and an indented line goes on with the one before. Files are relative to
    the recipe. A line NAME: begins a chain of its own, whose table is @NAME wherever a file is taken; the last
    chain is the result. A recipe that begins with "#!/usr/bin/env -S fupin run" runs as a program.
    """
    context = click.get_current_context()
    context.meta.update(explain=explain, explain_format=explain_format)
    chains = parsed(context, recipe, given)
    heads = [chain.stages[0] for chain in chains if chain.stages[0].dashes]
    if board and not heads:
        raise Misuse(f"nobody reads {board}; the recipe says itself what its chains begin with")
    if recipe == STDIN and board in (None, STDIN) and heads:
        raise Misuse("standard input is the recipe; give the board as a file")
    chains = [_told(chain, board or STDIN, verbose, quiet) for chain in chains]
    if output:
        *stages, last = chains[-1].stages
        if not last.last:
            check_name(output, "-o")
        elif formats.is_table(output) or formats.is_other(output):
            raise Misuse(
                f"-o: '{output}': {last.verb} prints a text; say in the recipe what {last.verb} -o is to write"
            )
        if last.output:
            raise Misuse(f"-o: the recipe writes its result to {last.output} itself")
        chains[-1] = Chain([*stages, last._replace(output=output)], chains[-1].name)
    if not dry_run:
        return chains
    check(chains)
    return Stage("run", lambda *_: _shown(chains), None, last=True)


def parsed(context: click.Context, recipe: str, given: Sequence[str]) -> list[Chain]:
    """The chains of a recipe, all stages parsed.

    Args:
        context: that of the verb that reads it.
        recipe: its file.
        given: what fills its names, each as NAME=VALUE.

    Raises:
        Misuse, Failure: the recipe is at fault, or a name is not in it.
    """
    values = _values(given)
    lines = recipes.read(recipe)
    wanted = recipes.names(lines)
    for name in values:
        if name not in wanted:
            raise Misuse(f"--set {name}: there is no {{{name}}} in {recipe}{hint(name, wanted, 'names')}")
    return _parsed(context, recipe, lines, values)


def _told(chain: Chain, board: str, verbose: bool, quiet: bool) -> Chain:
    """A chain whose first stage knows what stands for standard input, and whose stages tell what is asked for."""
    first, *others = (
        stage._replace(verbose=not quiet and (stage.verbose or verbose), quiet=not verbose and (stage.quiet or quiet))
        for stage in chain.stages
    )
    return Chain([first._replace(given=board), *others], chain.name)


def _values(given: Sequence[str]) -> dict[str, str]:
    """The values of --set NAME=VALUE.

    Raises:
        Misuse: one is not of that form, or is given twice.
    """
    values: dict[str, str] = {}
    for word in given:
        name, equals, value = word.partition("=")
        if not equals or not re.fullmatch(r"\w+", name):
            raise Misuse(f"--set: '{word}' is not NAME=VALUE")
        if name in values:
            raise Misuse(f"--set: {name} is given twice")
        values[name] = value
    return values


def _parsed(context: click.Context, recipe: str, lines: Sequence[Line], values: Mapping[str, str]) -> list[Chain]:
    """The chains that lines stand for.

    Raises:
        Failure: a line is at fault.
    """
    chains: list[Chain] = []
    for line in lines:
        if not chains or chains[-1].name != line.chain:
            chains.append(Chain([], line.chain))
        place = Place(recipes.folder_of(recipe), tuple(chain.name for chain in chains[:-1] if chain.name))
        try:
            verbs = [_stage(context, words, place, values) for words in split(line.words)]
        except (Misuse, Failure, click.ClickException) as error:
            raise Failure(line.words[0], Fault(recipe, line.number, message_of(error))) from None
        stages = [stage._replace(place=f"{recipe}:{line.number}") for stage in verbs]
        chains[-1] = Chain([*chains[-1].stages, *stages], line.chain)
    return chains


def _stage(context: click.Context, words: Sequence[str], place: Place, values: Mapping[str, str]) -> Stage:
    """One verb of a recipe, parsed.

    Raises:
        Misuse, Failure, ClickException: its words are at fault.
    """
    verbs: Verbs = context.find_root().command  # type: ignore[assignment]
    verb, *filled = [Filled(word) if begins else word for word, begins in recipes.fill(words, values)]
    if verb == "fupin":
        raise Misuse("a line of a recipe begins with the verb, without 'fupin'")
    if verb in _ALONE:
        raise Misuse(f"'{verb}' has no place in a recipe")
    if any(word == "|" and after in ("", "fupin", *VERBS) for word, after in pairwise([*words, ""])):
        raise Misuse("a recipe has no pipes; each verb stands on a line of its own")
    command = verbs.get_command(context, verb)
    if command is not None and any("{" in word for word in words):
        raw = [word for word, _ in recipes.fill(words, dict.fromkeys(values, "x"))]
        if _order(command, context, raw[1:]) != _order(command, context, filled):
            raise Misuse("a value of --set is taken for an option, because it begins with '-'")
    return verbs.stages(context, [verb, *filled], place)[-1].stages[0]


def _order(command: click.Command, context: click.Context, words: Sequence[str]) -> list[click.Parameter]:
    """The parameters of a command in the order in which words give them."""
    return command.make_parser(click.Context(command, parent=context)).parse_args(list(words))[2]


def _shown(chains: Sequence[Chain]) -> str:
    """The stages of chains as a recipe would have them, with all names filled."""
    lines: list[str] = []
    for chain in chains:
        lines += [f"{chain.name}:"] if chain.name else []
        lines += [recipes.line(stage.words).replace("{", "{{") for stage in chain.stages]
    return "\n".join(lines) + "\n"
