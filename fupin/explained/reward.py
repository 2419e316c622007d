"""Figures of reward: the amounts of the places that a unit takes up, alone or with those that share its place."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
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
    counting = options["counting"]
    if options["table"]:
        listed = from_table(scene.open("table"), counting)
    else:
        listed = from_lists(parse_amounts(options["prize"], ""), parse_amounts(options["penalty"], ""))
    amounts = {place: Fraction(amount, numbers.ONE) for place, amount, _ in listed.rows()}
    out = boards.vetoed(scene.board, ignore=options["ignore_veto"])
    field = scene.board.select(
        boards.groups(scene.board, options["within"]).alias("group"),
        (numbers.read(options["by"]) // numbers.ONE).alias("place"),
    ).with_row_index("row")
    counted_units = field.filter(scene.computed & ~out)

    def told(case: Case) -> Sequence[Figure]:
        figure = case.figure(options["name"])
        if out[case.row]:
            return [figure._replace(notes=[Note("vetoed, and passed over")])]
        mine = field["place"][case.row]
        group = counted_units.filter(pl.col("group") == field["group"][case.row])
        if counting != "competition":
            places = group["place"].unique().sort() if counting == "dense" else pl.Series([mine])
            place = int((places < mine).sum()) + 1 if counting == "dense" else int(mine)
            last = place - places.len() - 1 if counting == "dense" else 0
            figure = figure._replace(entries=_entries([place, last], amounts, f"place {place} has no amount"))
            return [_rounded(figure, options["places"])]
        tied = group.filter(pl.col("place") == mine)
        before, size = group.filter(pl.col("place") < mine).height, tied.height
        top = list(range(before + 1, before + size + 1))
        bottom = [place - group.height - 1 for place in top]
        if options["ties"] == "full":
            top, bottom = top[:1], bottom[-1:]
        elif options["ties"] == "error":  # all of these places have the same amount
            top, bottom = top[:1], bottom[:1]
        none = f"place {before + 1} of {group.height} has no amount"
        figure = figure._replace(entries=_entries([*top, *bottom], amounts, none))
        if options["ties"] != "split" or size == 1:
            return [_rounded(figure, options["places"])]
        divided = Entry(Fraction(size), f"shared by {counted(size, 'unit')}", sign="÷")
        figure = figure._replace(entries=[*figure.entries, divided])
        decimals = 2 if options["places"] is None else options["places"]
        if options["remainder"]:
            return [_with_rest(figure, decimals, size, tied["row"].index_of(case.row) or 0)]
        return [figure.rounded(decimals)]

    return told


def _entries(places: Sequence[int], amounts: Mapping[int, Fraction], none: str) -> list[Entry]:
    """The amounts of places, if any has one."""
    return [Entry(amounts[place], _place(place)) for place in places if place in amounts] or [Entry(Fraction(0), none)]


def _rounded(figure: Figure, places: int | None) -> Figure:
    """The figure, rounded if that is asked for."""
    return figure if places is None else figure.rounded(places)


def _with_rest(figure: Figure, decimals: int, size: int, nth: int) -> Figure:
    """The figure of a share rounded toward 0, with a last decimal more for the first units."""
    share, last = figure.sum, Fraction(1, 10**decimals)
    sign = -1 if share < 0 else 1
    steps = int(abs(share) * size / last)
    entries = [Entry(sign * (steps // size) * last - share, f"rounded toward 0 to {decimals} decimals")]
    if nth < steps % size:
        entries.append(Entry(sign * last, "of what is left, as one of the first on the board"))
    return figure._replace(entries=[*figure.entries, *(entry for entry in entries if entry.amount)])


def _place(place: int) -> str:
    """A place in words, the last ones counted -1, -2 and so on."""
    return f"place {place}" if place > 0 else "the last place" if place == -1 else f"place {-place} from the last"
