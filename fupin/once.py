"""Commands that refuse an option given twice, where click would let the last one win silently."""

from __future__ import annotations

import click

from fupin.errors import Misuse


class Once(click.Command):
    """A command each of whose options counts once, unless it may be repeated."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Parse the words of the command line."""
        given = self.make_parser(ctx).parse_args(list(args))[2]
        for parameter in given:
            single = isinstance(parameter, click.Option) and not parameter.multiple
            if single and given.count(parameter) > 1 and not ctx.resilient_parsing:
                raise Misuse(f"{parameter.opts[-1]} is given twice; only one can count")
        return super().parse_args(ctx, args)
