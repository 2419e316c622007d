"""man: show the manual page of a verb, also where there is no man(1).

Serves whoever wants to know what a verb does before a village loses money by it.
"""

from __future__ import annotations

import sys

import click

from fupin import man, options
from fupin.chain import Stage
from fupin.errors import Misuse, hint

EXAMPLES = r"""
$ fupin man deduct | head -2
NAME
    fupin-deduct - count down from full marks, event by event
"""


@options.command("man", EXAMPLES)
@click.argument(
    "verb",
    required=False,
    default="fupin",
    metavar="[VERB]",
    help="The verb; fupin itself if left out.",
    shell_complete=lambda _, __, begun: [name for name in man.names() if name.startswith(begun)],
)
@click.option("--roff", is_flag=True, help="The page as man(1) reads it.")
@options.output
def command(verb: str, roff: bool, output: str | None) -> Stage:
    """On a terminal the page is shown by the pager.

    The same pages are installed for man(1), as fupin(1), fupin-deduct(1) and so on.
    """
    if verb not in man.names():
        raise Misuse(f"no verb '{verb}'{hint(verb, man.names(), 'verbs')}")
    shown = man.page(verb)
    text = man.roff(shown) if roff else man.plain(shown)
    if output is None and sys.stdout.isatty():
        click.echo_via_pager(text)
        text = ""
    return Stage("man", lambda *_: text, None, output=output, last=True)
