"""How places depend on weights: a recipe is run again for each weight, moved up and down by a share of itself.

What the others lose or win together is shared among them in proportion, so that the full marks stay what they are.
Serves whoever has to defend a scheme: a place that flips when one weight is a little different will be appealed.

Contract §10 (`margins`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from fractions import Fraction
from typing import NamedTuple

from fupin import boards, chain, numbers
from fupin.chain import Chain, Files, Stage
from fupin.commands.weight import terms_of, weight, weight_scores
from fupin.deferred import pl
from fupin.errors import DataError, Misuse
from fupin.parts import Term
from fupin.spool import STDIN


class Flip(NamedTuple):
    """A unit's place where one weight is moved.

    Args:
        unit: what the unit is called.
        what: the weight, and by how much it is moved.
        place: the unit's place by the recipe as it is.
        moved: its place then; None if it has none.
    """

    unit: str
    what: str
    place: int | None
    moved: int | None


class _Weighted(NamedTuple):
    """A stage that weights parts, what it was given, and where it stands."""

    chain: int
    stage: int
    board: pl.DataFrame
    terms: Sequence[Term]


class _Run:
    """A recipe that has been run up to its last ranking, and what its stages were given and have made."""

    def __init__(self, chains: Sequence[Chain]) -> None:
        *before, last = chains
        ranking = [i for i, stage in enumerate(last.stages) if stage.verb == "rank"]
        if not ranking:
            raise Misuse("--recipe: there is no rank in its last chain")
        self.chains = [*before, Chain(last.stages[: ranking[-1] + 1], last.name)]
        self.weighted: list[_Weighted] = []
        self.results: dict[str, pl.DataFrame] = {}
        self.places = self._places(self.chains, self._note)

    def _note(self, at: Chain, stage: Stage, files: Files, board: pl.DataFrame, result: object) -> None:
        """Keep what a stage was given, if it weights parts, and what it has made."""
        if isinstance(result, pl.DataFrame):
            self.results[at.name] = result
        if stage.verb == "weight":
            terms = terms_of(stage.options, files)
            number = next(i for i, one in enumerate(self.chains) if one is at)
            self.weighted.append(_Weighted(number, at.stages.index(stage), board, terms))

    def _places(self, chains: Sequence[Chain], watch: chain.Watch) -> dict[str, int | None]:
        """The place of each unit when chains have run; nothing is written."""
        last: list[pl.DataFrame] = []

        def see(at: Chain, stage: Stage, files: Files, board: pl.DataFrame, result: object) -> None:
            watch(at, stage, files, board, result)
            last[:] = [result] if isinstance(result, pl.DataFrame) else []

        chain.look(chains, see)
        stage = chains[-1].stages[-1]
        units = boards.units(last[0], boards.key_of(last[0], stage.key))
        places = last[0].select(numbers.read(stage.options["name"]) // numbers.ONE).to_series()
        return dict(zip(units, places, strict=True))

    def again(self, found: _Weighted, terms: Sequence[Term]) -> dict[str, int | None]:
        """The places with other weights: what stands before the stage is not run again."""
        at = self.chains[found.chain]
        stage = at.stages[found.stage]
        weighing = stage._replace(apply=_weighing(stage, terms), input=STDIN, output=None)
        rest = [_constant(found.board), weighing, *(one._replace(output=None) for one in at.stages[found.stage + 1 :])]
        before = [Chain([_constant(self.results[one.name])], one.name) for one in self.chains[: found.chain]]
        return self._places([*before, Chain(rest, at.name), *self.chains[found.chain + 1 :]], lambda *_: None)


def flips(chains: Sequence[Chain], share: Fraction) -> tuple[dict[str, int | None], list[Flip]]:
    """The places that a recipe gives, and those that change where a single weight is moved by a share of itself.

    Args:
        chains: the recipe, whose last chain ranks.
        share: above 0 and below 1.

    Returns:
        the place of each unit; and the flips in the order of the weights, first up and then down.

    Raises:
        Misuse: the recipe does not rank, or has no two weights.
        DataError: it fails, as it is or with a weight that is moved.
    """
    run = _Run(chains)
    moves = [(found, *move) for found in run.weighted for move in _moves(found.terms, share)]
    if not moves:
        raise Misuse("--recipe: no verb weight in it has two parts with full marks, so that no weight can be moved")
    listed: list[Flip] = []
    for found, what, terms in moves:
        try:
            places = run.again(found, terms)
        except DataError as error:
            raise DataError(f"with {what}: {error}") from None
        listed += [
            Flip(unit, what, place, places.get(unit)) for unit, place in run.places.items() if places.get(unit) != place
        ]
    return run.places, listed


def _moves(terms: Sequence[Term], share: Fraction) -> Iterator[tuple[str, list[Term]]]:
    """The terms with one weight moved, and what was moved, for each weight that others can give way to."""
    whole = sum((term.share for term in terms), Fraction(0))
    for i, term in enumerate(terms):
        others = whole - term.share
        if not term.share or not others:
            continue
        for sign in (1, -1):
            moved = term.weight * (1 + sign * share)
            scale = (whole - (term.full or 0) * moved) / others
            yield (
                f"{term.column} {'+' if sign > 0 else '-'}{numbers.show(share * 100)}%",
                [
                    one._replace(weight=moved if j == i else one.weight * (1 if one.full is None else scale))
                    for j, one in enumerate(terms)
                ],
            )


def _weighing(stage: Stage, terms: Sequence[Term]) -> Callable[[pl.DataFrame, Files], pl.DataFrame]:
    """What a stage does, with other terms; to all decimals where it would keep every digit."""
    options = stage.options
    same = {name: options[name] for name in ("missing", "not_assessed", "key", "only", "fill", "replace")}
    same["places"] = numbers.PLACES if options["places"] is None else options["places"]

    def apply(board: pl.DataFrame, files: Files) -> pl.DataFrame:
        if options["terms"]:
            return weight(board, terms, options["name"], **same)
        scores = stage.ledgers[0].open(files)
        return weight_scores(board, scores, terms, options["name"], without=options["without"], **same)

    return apply


def _constant(table: pl.DataFrame) -> Stage:
    """A stage that makes a table out of nothing."""
    return Stage("keep", lambda *_: table, None)


def check_places(found: Mapping[str, int | None], places: Mapping[str, int | None]) -> None:
    """Make sure that a recipe gives the places that stand on a board.

    Raises:
        DataError: it does not, so that it is the recipe of another board.
    """
    for unit, place in places.items():
        if unit not in found or found[unit] != place:
            given = "no place" if found.get(unit) is None else f"place {found[unit]}"
            raise DataError(f"--recipe gives {unit} {given}, and the board {place or 'none'}; it made another board")
