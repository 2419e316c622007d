"""Figures of rank: how many units are better, who is next above and below, and what decides between equal ones."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from fupin import boards, numbers
from fupin.commands.rank import parse_breaks
from fupin.deferred import pl
from fupin.errors import NAMED, counted
from fupin.explaining import Case, Explain, Scene
from fupin.tape import Entry, Figure, Note


def explain(scene: Scene) -> Explain:
    """How a place came about."""
    options = scene.options
    breaks = parse_breaks(options["tie_break"])
    columns = [options["by"], *(column for column, _ in breaks)]
    lowest = [options["lowest_first"], *(low for _, low in breaks)]
    out = boards.vetoed(scene.board, ignore=options["ignore_veto"])
    ranked = scene.computed & (~out | (options["vetoed"] == "last"))
    values = [
        (numbers.read(column) * (-1 if low else 1)).alias(f"value{i}")
        for i, (column, low) in enumerate(zip(columns, lowest, strict=True))
    ]
    order = ["in", *(f"value{i}" for i in range(len(columns)))]
    field = scene.board.select(
        scene.units.alias("unit"), boards.groups(scene.board, options["within"]).alias("group"),
        (~out).alias("in"), *values, *(pl.col(column).alias(f"cell{i}") for i, column in enumerate(columns)),
    ).with_row_index("row").filter(ranked).sort(order, descending=True, maintain_order=True)  # fmt: skip

    def told(case: Case) -> Sequence[Figure]:
        figure = case.figure(options["name"])
        found = field.filter(pl.col("row") == case.row)
        if not found.height:
            return [figure._replace(notes=[Note("vetoed, so that it has no place")])]
        me = found.row(0, named=True)
        others = field.filter(pl.col("group") == me["group"], pl.col("row") != case.row)
        better = others.filter(_better(order, me))
        equal = others.filter(pl.col(name) == me[name] for name in order)
        worse = others.filter(~_better(order, me)).join(equal, on="row", how="anti", maintain_order="left")
        if options["ties"] == "ordinal":
            better = pl.concat([better, equal.filter(pl.col("row") < case.row)])
            worse = pl.concat([equal.filter(pl.col("row") > case.row), worse])
            equal = equal.clear()
        dense = options["ties"] == "dense"
        before = better.select(order).unique().height if dense else better.height
        entries = [Entry(Fraction(1), "the first place")]
        entries += [Entry(Fraction(before), f"{_many(before, dense)} before it")] if before else []
        notes = [Note(f"shares the place with {_names(equal)}")] if equal.height else []
        notes += [_beside("above", better.tail(1), me, columns, lowest)] if better.height else []
        notes += [_beside("below", worse.head(1), me, columns, lowest)] if worse.height else []
        return [figure._replace(entries=entries, notes=notes), *_change(case, options["previous"], figure)]

    return told


def _many(before: int, dense: bool) -> str:
    """So many units, or different results."""
    return counted(before, "different result" if dense else "unit")


def _names(units: pl.DataFrame) -> str:
    """The first units, and how many more."""
    more = units.height - NAMED
    return ", ".join(units["unit"].head(NAMED)) + (f" and {more} more" if more > 0 else "")


def _better(order: Sequence[str], me: dict[str, int]) -> pl.Expr:
    """Whether a unit stands before this one: by the first value that is not the same."""
    better = pl.lit(False)
    for name in reversed(order):
        mine = pl.lit(me[name]) if name == "in" else numbers.whole(me[name])
        better = (pl.col(name) > mine) | ((pl.col(name) == mine) & better)
    return better


def _beside(
    where: str, found: pl.DataFrame, me: dict[str, str], columns: Sequence[str], lowest: Sequence[bool]
) -> Note:
    """The next unit above or below, and what decides between it and this one."""
    other = found.row(0, named=True)
    if other["in"] != me["in"]:
        return Note(f"next {where}: {other['unit']}, {'not vetoed' if other['in'] else 'vetoed'}")
    for i, (column, low) in enumerate(zip(columns, lowest, strict=True)):
        gap = Fraction(other[f"cell{i}"]) - Fraction(me[f"cell{i}"])
        if gap:
            same = f"; {', '.join(columns[:i])} the same, and {column} decides" if i else ""
            first = ", the lowest first" if low else ""
            size = f"{numbers.show(abs(gap))} {'more' if gap > 0 else 'less'}"
            return Note(f"next {where}: {other['unit']} with {column} {other[f'cell{i}']}, {size}{first}{same}")
    return Note(f"next {where}: {other['unit']} with the same {', '.join(columns)}; the order of the board decides")


def _change(case: Case, previous: str | None, figure: Figure) -> list[Figure]:
    """The places that were gained since an earlier ranking."""
    if previous is None or case.after is None:
        return []
    before, change = case.after["previous_rank"], case.figure("change")
    if before is None or figure.value is None:
        return [case.figure("previous_rank"), change]
    entries = [Entry(Fraction(before), "the place before"), Entry(-Fraction(figure.value), "the place now")]
    return [case.figure("previous_rank"), change._replace(entries=entries)]
