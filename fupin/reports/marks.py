"""Which columns of a board mean something to people: who is first, rewarded, out, or has gained a place."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from fupin import numbers
from fupin.chain import Step
from fupin.deferred import pl


class Marks(NamedTuple):
    """The columns of the board that say who gained and lost a place, is rewarded or out; none where there is no such.

    Args:
        rank: places.
        change: places gained.
        reward: prizes, and penalties below 0.
        vetoed: `true` or `false`.
        reason: why.
        score: what the places follow.
    """

    rank: str | None = None
    change: str | None = None
    reward: str | None = None
    vetoed: str | None = None
    reason: str | None = None
    score: str | None = None

    def is_vetoed(self) -> pl.Expr:
        """Whether a row is that of a vetoed unit."""
        return pl.lit(False) if self.vetoed is None else (pl.col(self.vetoed) == "true").fill_null(False)

    def vetoes(self, rows: pl.DataFrame) -> list[bool]:
        """Which rows are those of vetoed units."""
        return rows.with_columns(self.is_vetoed().alias("\0out"))["\0out"].to_list()

    def is_new(self) -> pl.Expr:
        """Whether a row is that of a unit that has a place and had none."""
        if self.change is None:
            return pl.lit(False)
        here = [pl.lit(True) if self.rank is None else pl.col(self.rank).is_not_null(), ~self.is_vetoed()]
        return pl.col(self.change).is_null() & pl.all_horizontal(here)


def find(board: pl.DataFrame, keys: Sequence[str], past: Sequence[Step] = (), score: str | None = None) -> Marks:
    """The columns that verbs have written, or that they would call so.

    Args:
        board: the board.
        keys: the columns that name a unit.
        past: the stages that have made the board.
        score: the column that the places follow; found if left out.
    """
    ranked, rewarded = _last("rank", board, past), _last("reward", board, past)
    there = {name: name for name in board.columns}
    rank = there.get(ranked.get("name", "rank"))
    followed = ranked.get("by") or (rank and _followed(board, rank, keys))
    return Marks(
        rank, there.get("change"), there.get(rewarded.get("name", "reward")), there.get("vetoed"),
        there.get("veto_reason"), score or there.get(followed or ""),
    )  # fmt: skip


def _last(verb: str, board: pl.DataFrame, past: Sequence[Step]) -> Mapping[str, Any]:
    """The options of the last stage of a verb whose column is on the board; none if there is no such."""
    options = [step.stage.options for step in past if step.stage.verb == verb]
    return next((one for one in reversed(options) if one.get("name") in board.columns), {})


def _followed(board: pl.DataFrame, rank: str, keys: Sequence[str]) -> str | None:
    """The column that places follow: numbers that never rise from one place to the next, the last one before them."""
    place = numbers.read(rank)
    follows = (place > place.shift(1)).fill_null(False)
    left = [name for name in board.columns[: board.columns.index(rank)] if name not in keys]
    fine = board.select(
        (
            numbers.is_number(name).fill_null(True).all()
            & (~follows | (numbers.read(name) <= numbers.read(name).shift(1)).fill_null(False)).all()
            & numbers.read(name).filter(place.is_not_null()).is_not_null().all()
        ).alias(name)
        for name in left
    )
    return next((name for name in reversed(left) if fine[name].item()), None) if left else None
