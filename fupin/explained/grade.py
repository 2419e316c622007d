"""Figures of grade: the band that a score reaches, and the quota that sends it further down."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from fupin import boards, numbers
from fupin.deferred import pl
from fupin.errors import counted
from fupin.explaining import Case, Explain, Scene
from fupin.quotas import limits, read_own, read_scheme
from fupin.tape import Figure, Note


def explain(scene: Scene) -> Explain:
    """Which band a score reaches, and how many places there are in it."""
    options = scene.options
    by, name = options["by"], options["name"]
    scheme = read_scheme(
        options["bands"], options["quota"], options["quota_max"], base=options["base"], rounding=options["quota_round"],
        within=options["within"], own=options["quotas"] is not None,
    )  # fmt: skip
    out = boards.vetoed(scene.board, ignore=options["ignore_veto"])
    group = boards.groups(scene.board, options["within"])
    within = options["within"]
    called = scene.board[within] if within else pl.repeat("", scene.board.height, eager=True)
    own = None if options["quotas"] is None else read_own(scene.open("quotas"), scheme)
    field = pl.DataFrame({"\0group": group, "group": called, "grade": scene.result[name], "out": out})
    field = field.with_columns(scene.units.alias("unit"), score=scene.board[by]).filter(scene.computed)
    groups = field.group_by("\0group", "group", maintain_order=True).agg(size=pl.len().cast(pl.Int128))
    places = {row[:2]: row[2:] for row in limits(scheme, own, groups).rows()}

    def told(case: Case) -> Sequence[Figure]:
        figure = case.figure(name)
        if out[case.row]:
            return [figure._replace(notes=[Note("vetoed")])]
        score = Fraction(case.before[by] or "")
        bounds = [Fraction(bound, numbers.ONE) for bound in scheme.bounds]
        reached = next(i for i, bound in enumerate(bounds) if score >= bound)
        notes = [Note(f"{by} {case.before[by]} reaches {scheme.names[reached]}, from {numbers.show(bounds[reached])}")]
        mine = field.filter(pl.col("\0group") == group[case.row], ~pl.col("out"))
        for band in scheme.names[reached:]:
            limit = places.get((group[case.row], band))
            if limit is not None:
                notes.append(Note(f"{band} has {_many(*limit)}, and {_taken(mine, band)}"))
            if band == figure.value:
                break
            notes.append(Note(f"{band} is full above this score; it goes to the next band"))
        return [figure._replace(notes=notes)]

    return told


def _many(places: int, most: int) -> str:
    """So many places."""
    many = counted(places, "place")
    return many if most == places else f"{many}, {most} where a tie lies across the end"


def _taken(mine: pl.DataFrame, band: str) -> str:
    """How many units are in a band, and the last of them."""
    there = mine.filter(grade=band).sort(numbers.read("score"), descending=True, maintain_order=True)
    if not there.height:
        return "none is taken"
    last = there.row(-1, named=True)
    return f"{there.height} taken, the last by {last['unit']} with {last['score']}"
