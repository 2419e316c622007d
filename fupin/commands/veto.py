"""veto: mark the units that are out, and say why.

Serves one-vote vetoes: Beijinggang 2019, annex 1, item 22 (a total below 70, serious events); Longnan (safety,
environment and others); Xiangyin 2016 (units that cost the county its title).
"""

from __future__ import annotations

from collections.abc import Sequence

import click

from fupin import boards, options
from fupin.chain import Files
from fupin.checks import Check, check
from fupin.conditions import Condition
from fupin.deferred import pl
from fupin.errors import Misuse
from fupin.ledger import Aggregate, Ledger, Units, reduce


def veto(
    board: pl.DataFrame,
    conditions: Sequence[tuple[Condition, str]] = (),
    events: Ledger | None = None,
    *,
    reason: str | None = None,
    key: Sequence[str] | None = None,
    replace: bool = False,
) -> pl.DataFrame:
    """Append `vetoed` (true or false) and `veto_reason`, contract §6.

    Args:
        board: one row per unit, texts. Columns of an earlier veto are merged.
        conditions: when a unit is vetoed, and the reason to give.
        events: a row for each event that vetoes its unit.
        reason: the ledger's column of reasons (`reason`); a blank one takes the event's `item`.
        key: the board's key columns.
        replace: leave out what an earlier veto marked.

    Returns:
        the board with both columns. Reasons are joined by `; `, each once: an earlier veto's first, then the
        conditions in their order, then the events in theirs.

    Raises:
        DataError: a condition is unknown for a unit, or an event is at fault.
    """
    before = [] if replace else [c for c in ("vetoed", "veto_reason") if c in board.columns]
    marked = boards.vetoed(board) if "vetoed" in before else pl.repeat(False, board.height, eager=True)
    for condition, _ in conditions:
        condition.require(board.columns)
    check(board, [rule for condition, _ in conditions for rule in condition.checks()])
    reasons = [pl.col("veto_reason").str.split("; ")] if "veto_reason" in before else []
    for condition, because in conditions:
        met = board.select(condition.truth).to_series()
        marked = marked | met
        reasons.append(pl.when(pl.lit(met)).then(pl.lit([because])))
    rows = board.with_row_index("\0row")
    if events is not None:
        found = _reasons(events, board, boards.key_of(board, key), reason)
        rows = rows.join(found, left_on="\0row", right_on="row", how="left", maintain_order="left")
        marked = marked | rows["\0reasons"].is_not_null()
        reasons.append(pl.col("\0reasons"))
    empty = pl.lit([], dtype=pl.List(pl.String))
    joined = pl.concat_list(empty, *(part.fill_null(empty) for part in reasons)).list.unique(maintain_order=True)
    texts = rows.select(vetoed=pl.lit(marked), veto_reason=joined.list.join("; ").replace("", None))
    options.log.info("%d units vetoed", marked.sum())
    return board.with_columns(texts.with_columns(pl.col("vetoed").cast(pl.String)))


def _reasons(events: Ledger, board: pl.DataFrame, keys: list[str], reason: str | None) -> pl.DataFrame:
    """The reasons of each unit with events, in the order of the ledger: `row`, a list."""
    present = [c for c in dict.fromkeys((reason or "reason", "item")) if c in events.columns]
    if reason or not present:
        events.require([reason or "reason"])
    text = pl.coalesce(present)
    blank = Check(text.is_null(), f"blank, and so is {present[-1]}" if len(present) > 1 else "blank", present[0])
    first = {"order": Aggregate("min", pl.col("\0order").cast(pl.Int128))}
    found = reduce(events, Units(board, keys), keys, first, by=present, checks=[blank])
    return found.sort("order").group_by("row", maintain_order=True).agg(text.alias("\0reasons"))


EXAMPLES = """
fupin veto totals.csv --when 'total < 70' --because 'below 70' --events vetoes.csv
"""


@options.verb("veto", examples=EXAMPLES)
@click.option(
    "--when",
    type=options.Sql(),
    multiple=True,
    metavar="SQL",
    help="Veto units for which this holds; may be repeated.",
)
@click.option("--because", multiple=True, metavar="TEXT", help="The reason for the --when of the same number.")
@options.events(required=False)
@click.option(
    "--reason",
    metavar="COLUMN",
    help="The ledger's column of reasons; a blank one takes item.  [default: reason]",
)
@click.option("--replace", is_flag=True, help="Forget what an earlier veto marked, instead of merging it.")
def command(
    when: tuple[Condition, ...],
    because: tuple[str, ...],
    events: options.Events | None,
    reason: str | None,
    key: tuple[str, ...] | None,
    replace: bool,
) -> options.Apply:
    """Adds the columns vetoed (true or false) and veto_reason.

    rank and reward pass vetoed units over. A repeated veto adds to the one before.
    """
    if not when and events is None:
        raise Misuse("give --when SQL, --events FILE, or both")
    if because and len(because) != len(when):
        raise Misuse(f"{len(when)} --when and {len(because)} --because; give a reason for each condition, or for none")
    if reason and events is None:
        raise Misuse("--reason goes with --events")
    pairs = list(zip(when, because or [condition.sql for condition in when], strict=True))

    def apply(board: pl.DataFrame, files: Files) -> pl.DataFrame:
        return veto(board, pairs, events.open(files) if events else None, reason=reason, key=key, replace=replace)

    return apply
