"""Exact, explainable scoring of published assessment schemes.

Each verb of the command line is a function here, from a board, which is a Polars frame with a row for each assessed
unit, to a board with more columns::

    import fupin

    board = fupin.read("villages.csv")
    board = fupin.deduct(board, "routine.csv", "routine", full=20)
    board = fupin.weight(board, ["routine/20", "field/100:30%"], "total", total=50)
    board = fupin.rank(board, "total")

A board comes in with columns of any types and goes out as texts, in which numbers are written exactly; its first
column is the key if `key` does not name another one. Numbers are texts, whole numbers, `Decimal` or `Fraction`, and
never binary floats. A ledger or a table is a frame or the name of a file; `events` makes a ledger of which only some
rows count. Conditions are texts, in the language of `--where`.

`ingest` makes a clean table of files as departments send them, and `deadlines` a list of what is due, which `Late`
turns into a ledger for `deduct`. `form` gives the workbooks that inspectors fill in.

`Misuse` says that an argument is at fault, `DataError` that the data are; both are `FupinError`.
"""

from __future__ import annotations

TYPE_CHECKING = False  # as type checkers take it; importing typing would make `fupin --help` slower
if TYPE_CHECKING:
    from typing import Any

    from fupin.commands.assign import assign
    from fupin.commands.bonus import bonus
    from fupin.commands.deadlines import deadlines
    from fupin.commands.deduct import deduct
    from fupin.commands.diff import diff
    from fupin.commands.draw import draw
    from fupin.commands.form import form
    from fupin.commands.grade import grade
    from fupin.commands.ingest import Intake, ingest
    from fupin.commands.keep import keep
    from fupin.commands.lookup import lookup
    from fupin.commands.margins import margins
    from fupin.commands.rank import rank
    from fupin.commands.report import report
    from fupin.commands.reward import reward
    from fupin.commands.score import score
    from fupin.commands.screen import screen
    from fupin.commands.tally import tally
    from fupin.commands.veto import veto
    from fupin.commands.vote import vote, vote_counts
    from fupin.commands.weight import weight, weight_scores
    from fupin.errors import DataError, FupinError, Misuse
    from fupin.lateness import Late
    from fupin.ledger import events
    from fupin.library import read, write

__version__ = "0.1.0"
__all__ = [
    "DataError",
    "FupinError",
    "Intake",
    "Late",
    "Misuse",
    "assign",
    "bonus",
    "deadlines",
    "deduct",
    "diff",
    "draw",
    "events",
    "form",
    "grade",
    "ingest",
    "keep",
    "lookup",
    "margins",
    "rank",
    "read",
    "report",
    "reward",
    "score",
    "screen",
    "tally",
    "veto",
    "vote",
    "vote_counts",
    "weight",
    "weight_scores",
    "write",
]


def __getattr__(name: str) -> Any:
    """A public function, imported when it is first asked for, so that `import fupin` loads nothing heavy."""
    if name not in __all__:
        raise AttributeError(f"module 'fupin' has no attribute '{name}'")
    from fupin import library

    globals()[name] = found = library.public(name)
    return found


def __dir__() -> list[str]:
    """The public names."""
    return sorted([*globals(), *__all__])
