"""veto: mark the units that are out, and say why.

Serves one-vote vetoes: Beijinggang 2019, annex 1, item 22 (a total below 70, serious events); Longnan (safety,
environment and others); Xiangyin 2016 (units that cost the county its title).
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import TypeAlias

import click

from fupin import boards, close_calls, conditions, ledger, options
from fupin.chain import Files
from fupin.checks import Check, check
from fupin.conditions import Condition, Sql
from fupin.deferred import pl
from fupin.errors import Misuse, counted
from fupin.ledger import Events, Ledger, Units, reduce
from fupin.numbers import Number
from fupin.partials import Aggregate

When: TypeAlias = Sql | tuple[Sql, str]


def veto(
    board: pl.DataFrame,
    when: Sequence[When] = (),
    events: Events | None = None,
    *,
    reason: str | None = None,
    near: Number | None = None,
    key: Sequence[str] | None = None,
    replace: bool = False,
) -> pl.DataFrame:
    """Append `vetoed` (true or false) and `veto_reason`, contract §6.

    Args:
        board: one row per unit, texts. Columns of an earlier veto are merged.
        when: conditions that veto a unit, or pairs of a condition and the reason to give.
        events: a row for each event that vetoes its unit.
        reason: the ledger's column of reasons (`reason`); a blank one takes the event's `item`.
        near: where numbers that a condition compares differ by less, and decide, it is told; 0.00001 if left out, 0
            for none.
        key: the board's key columns.
        replace: leave out what an earlier veto marked.

    Returns:
        the board with both columns. Reasons are joined by `; `, each once: an earlier veto's first, then the
        conditions in their order, then the events in theirs.

    Raises:
        DataError: a condition is unknown for a unit, or an event is at fault.
    """
    if not when and events is None:
        raise Misuse("give --when SQL, --events FILE, or both")
    closest, keys = close_calls.distance(near), boards.key_of(board, key)
    pairs = [_parsed(one) for one in when]
    before = [] if replace else [c for c in ("vetoed", "veto_reason") if c in board.columns]
    marked = boards.vetoed(board) if "vetoed" in before else pl.repeat(False, board.height, eager=True)
    for condition, _ in pairs:
        condition.require(board.columns)
    check(board, [rule for condition, _ in pairs for rule in condition.checks()])
    calls = [close for condition, _ in pairs for close in close_calls.of_condition(board, keys, condition, closest)]
    close_calls.tell(calls, closest)
    reasons = [board["veto_reason"]] if "veto_reason" in before else []
    for condition, because in pairs:
        met = board.select(condition.truth).to_series()
        marked = marked | met
        reasons.append(pl.select(pl.when(met).then(pl.lit(because))).to_series())
    if events is not None:
        found = _reasons(ledger.events(events), board, keys, reason)
        rows = board.select(pl.int_range(pl.len(), dtype=pl.UInt32).alias("\0row"))
        reasons.append(rows.join(found, on="\0row", how="left", maintain_order="left")["\0reasons"])
        marked = marked | reasons[-1].is_not_null()
    texts = pl.DataFrame({"vetoed": marked.cast(pl.String), "veto_reason": _joined(reasons, board.height)})
    options.log.info("%s vetoed", counted(int(marked.sum()), "unit"))
    return board.with_columns(texts)


def _parsed(when: When) -> tuple[Condition, str]:
    """A condition and its reason, which is the condition if none is given."""
    condition, because = when if isinstance(when, tuple) and not isinstance(when, Condition) else (when, None)
    parsed = conditions.parse(condition)
    return parsed, because or parsed.sql


def _joined(reasons: Sequence[pl.Series], height: int) -> pl.Series:
    """The reasons of each unit joined by `; `, each of them once."""
    if not reasons:
        return pl.repeat(None, height, dtype=pl.String, eager=True)
    table = pl.DataFrame([reason.alias(str(i)) for i, reason in enumerate(reasons)])
    several = table.with_row_index("row").filter(pl.sum_horizontal(pl.exclude("row").is_not_null()) > 1)
    joined = table.select(pl.coalesce(pl.all())).to_series()
    if several.height:
        parts = pl.concat_str(pl.exclude("row"), separator="; ", ignore_nulls=True).str.split("; ")
        once = several.select(parts.list.unique(maintain_order=True).list.join("; ")).to_series()
        joined = joined.scatter(several["row"], once)
    return joined


def _reasons(events: Ledger, board: pl.DataFrame, keys: list[str], reason: str | None) -> pl.DataFrame:
    """The reasons of each unit with events, in the order of the ledger: `row`, `reasons` joined by `; `."""
    present = [c for c in dict.fromkeys((reason or "reason", "item")) if c in events.columns]
    events.require([*present, *([reason or "reason"] if reason or not present else [])])
    text = pl.coalesce(present)
    blank = Check(text.is_null(), f"blank, and so is {present[-1]}" if len(present) > 1 else "blank", present[0])
    first = {"\0order": Aggregate("min", pl.col("\0order").cast(pl.Int128))}
    found = reduce(events, Units(board, keys), keys, first, by=present, checks=[blank])
    reasons = text.unique(maintain_order=True).str.join("; ").alias("\0reasons")
    return found.sort("\0order").group_by("\0row", maintain_order=True).agg(reasons)


EXAMPLES = r"""
$ fupin veto villages.csv --when 'field < 75' --because 实地低于75分 \
    --events vetoes.csv then keep --where "vetoed = 'true'"
village,kind,field,vetoed,veto_reason
双丰村,非贫困村,71.5,true,实地低于75分; 国检突出问题被约谈
枫树岭村,贫困村,94.8,true,重大舆情处置失当
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
    type=options.Column("ledger"),
    metavar="COLUMN",
    help="The ledger's column of reasons; a blank one takes item.  [default: reason]",
)
@click.option("--replace", is_flag=True, help="Forget what an earlier veto marked, instead of merging it.")
@options.near
def command(
    when: tuple[Condition, ...],
    because: tuple[str, ...],
    events: options.Events | None,
    reason: str | None,
    key: tuple[str, ...] | None,
    replace: bool,
    near: Fraction | None,
) -> options.Apply:
    """Adds the columns vetoed (true or false) and veto_reason.

    rank, grade and reward pass vetoed units over. A repeated veto adds to the one before.
    """
    if not when and events is None:
        raise Misuse("give --when SQL, --events FILE, or both")
    if because and len(because) != len(when):
        raise Misuse(f"{len(when)} --when and {len(because)} --because; give a reason for each condition, or for none")
    if not all(because):
        raise Misuse("--because: a reason needs words")
    if reason and events is None:
        raise Misuse("--reason goes with --events")
    pairs = list(zip(when, because, strict=True)) if because else when

    def apply(board: pl.DataFrame, files: Files) -> pl.DataFrame:
        found = events.open(files) if events else None
        return veto(board, pairs, found, reason=reason, near=near, key=key, replace=replace)

    return apply
