"""Figures of reward: the amounts of the places that a unit takes up, alone or with those that share its place."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from fupin import boards, numbers
from fupin.commands.reward import from_lists, from_table, parse_amounts
from fupin.deferred import pl
from fupin.errors import counted
from fupin.explaining import Case, Explain, Scene
from fupin.tape import Entry, Figure, Note


def explain(scene: Scene) -> Explain:
    """Which amounts a unit gets, or has a share of."""
    options = scene.options
    if options["table"]:
        listed = from_table(scene.open("table"))
    else:
        listed = from_lists(parse_amounts(options["prize"], ""), parse_amounts(options["penalty"], ""))
    amounts = {place: Fraction(amount, numbers.ONE) for place, amount, _ in listed.rows()}
    out = boards.vetoed(scene.board, ignore=options["ignore_veto"])
    field = scene.board.select(
        boards.groups(scene.board, options["within"]).alias("group"),
        numbers.read(options["by"]).alias("place"),
    ).with_row_index("row")
    counting = field.filter(scene.computed & ~out)

    def told(case: Case) -> Sequence[Figure]:
        figure = case.figure(options["name"])
        if out[case.row]:
            return [figure._replace(notes=[Note("vetoed, and passed over")])]
        group = counting.filter(pl.col("group") == field["group"][case.row])
        mine = numbers.whole(field["place"][case.row])
        before, size = group.filter(pl.col("place") < mine).height, group.filter(pl.col("place") == mine).height
        top = list(range(before + 1, before + size + 1))
        bottom = [place - group.height - 1 for place in top]
        full = options["ties"] == "full"
        if full:
            top, bottom = top[:1], bottom[-1:]
        entries = [Entry(amounts[place], _place(place)) for place in [*top, *bottom] if place in amounts]
        entries = entries or [Entry(Fraction(0), f"place {before + 1} of {group.height} has no amount")]
        if size > 1 and not full:
            entries.append(Entry(Fraction(size), f"shared by {counted(size, 'unit')}", sign="÷"))
        places = options["places"]
        figure = figure._replace(entries=entries)
        return [figure if places is None and (full or size == 1) else figure.rounded(2 if places is None else places)]

    return told


def _place(place: int) -> str:
    """A place in words, the last ones counted -1, -2 and so on."""
    return f"place {place}" if place > 0 else "the last place" if place == -1 else f"place {-place} from the last"
