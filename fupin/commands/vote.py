"""vote: score ballots, the mean value of the valid ones.

Serves Longnan's democratic evaluation and interviews: excellent 100, competent 80, basically competent 50, not
competent 0, divided by the valid ballots.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Unpack

import click

from fupin import boards, ledger, numbers, options
from fupin.boards import Placing
from fupin.chain import Files
from fupin.checks import Check, check, count_check, number_check, require_columns
from fupin.deferred import pl
from fupin.errors import Misuse, hint
from fupin.ledger import Events, Units, reduce
from fupin.numbers import Number, Places
from fupin.partials import Aggregate


def vote(
    board: pl.DataFrame,
    ballots: Events,
    scale: Mapping[str, Number],
    name: str,
    *,
    choice: str = "choice",
    invalid: Sequence[str] = (),
    places: Places | None = None,
    key: Sequence[str] | None = None,
    detail: bool = False,
    **placing: Unpack[Placing],
) -> pl.DataFrame:
    """Append Σ value ÷ valid ballots, contract §6.

    Args:
        board: one row per unit, texts.
        ballots: a row for each ballot, with its choice. A blank choice is an abstention, which is not valid.
        scale: what each choice is worth, in points.
        name: the new column, in points.
        choice: the ledger's column of choices.
        invalid: what stands there for an invalid ballot.
        places: decimals to round to; 6 if left out.
        key: the board's key columns.
        detail: add NAME_valid and NAME_invalid, numbers of ballots; abstentions are in neither.
        placing: see `boards.append`.

    Returns:
        the board with its new columns.

    Raises:
        DataError: a choice is not known, a unit has no valid ballot, or a stray row is found.
    """
    worth = _worth(scale, invalid)
    keys = boards.key_of(board, key)
    cast = ledger.events(ballots)
    cast.require([choice])

    def unknown(value: str | None) -> str:
        return f"'{value}' is neither a choice of the scale nor an invalid ballot{hint(value or '', worth, 'known')}"

    cell = pl.col(choice)
    chosen = {f"\0{i}": cell == one for i, one in enumerate(worth)} | {"\0blank": cell.is_null()}
    rules = [Check(~pl.any_horizontal(*chosen.values()), unknown, choice)]
    ballots_of = {column: Aggregate("holds", holds) for column, holds in chosen.items()}
    found = reduce(cast, Units(board, keys), keys, ballots_of, checks=rules)

    def compute(rows: pl.DataFrame) -> pl.DataFrame:
        mine = rows.select("\0row").join(found, on="\0row", how="left", maintain_order="left")
        counts = mine.select(pl.exclude("\0row").fill_null(0).cast(pl.Int128))
        return _result(counts, worth, name, places, detail)

    return boards.append(board, _names(name, detail), compute, **placing)


def vote_counts(
    board: pl.DataFrame,
    scale: Mapping[str, Number],
    name: str,
    *,
    invalid: Sequence[str] = (),
    places: Places | None = None,
    key: Sequence[str] | None = None,
    detail: bool = False,
    **placing: Unpack[Placing],
) -> pl.DataFrame:
    """Append the same from ballots that have been counted.

    Args:
        board: one row per unit, texts; its columns called like the choices hold the numbers of ballots.
        scale: as in `vote`.
        name: the new column, in points.
        invalid: columns of invalid ballots.
        places: as in `vote`.
        key: the board's key columns, for messages.
        detail: as in `vote`.
        placing: see `boards.append`.

    Returns:
        the board with its new columns.

    Raises:
        DataError: a count is missing or no whole number of 0 or more, or a unit has no valid ballot.
    """
    worth = _worth(scale, invalid)
    require_columns(worth, board.columns)

    def compute(rows: pl.DataFrame) -> pl.DataFrame:
        check(rows, [rule for column in worth for rule in (number_check(column), count_check(column))])
        counts = rows.select(
            *((numbers.read(column) // numbers.ONE).alias(f"\0{i}") for i, column in enumerate(worth)),
            numbers.whole(0).alias("\0blank"),
        )
        return _result(counts, worth, name, places, detail)

    return boards.append(board, _names(name, detail), compute, **placing)


def _worth(scale: Mapping[str, Number], invalid: Sequence[str]) -> dict[str, int | None]:
    """What each choice is worth in quanta, None for an invalid ballot.

    Raises:
        Misuse: there is no choice, one has no name, or one is called invalid too.
    """
    if not scale:
        raise Misuse("the scale has no choice")
    for name in [*scale, *invalid]:
        if not isinstance(name, str) or not name:
            raise Misuse(f"a choice cannot be called {name!r}; a blank choice is an abstention")
    if both := [name for name in invalid if name in scale]:
        raise Misuse(f"'{both[0]}' is in the scale and invalid at once")
    values = {name: numbers.quanta(numbers.exact(value, name), name) for name, value in scale.items()}
    return values | dict.fromkeys(invalid)


def _names(name: str, detail: bool) -> list[str]:
    """The new columns."""
    return [name, f"{name}_valid", f"{name}_invalid"] if detail else [name]


def _result(
    counts: pl.DataFrame, worth: Mapping[str, int | None], name: str, places: int | None, detail: bool
) -> pl.DataFrame:
    r"""The new columns of counted ballots.

    Args:
        counts: ballots of each choice, columns `\0` and a number in the order of `worth`; and `\0blank` ones.
        worth: see `_worth`.
        name: the new column.
        places: decimals to round to.
        detail: whether to tell how many are valid and invalid.

    Raises:
        DataError: a unit has no valid ballot.
    """
    nothing = numbers.whole(0)
    values = {f"\0{i}": value for i, value in enumerate(worth.values())}
    valid = {column: value for column, value in values.items() if value is not None}
    sums = counts.select(
        units=pl.sum_horizontal(pl.col(c) * numbers.whole(value // numbers.ONE) for c, value in valid.items()),
        part=pl.sum_horizontal(pl.col(c) * numbers.whole(value % numbers.ONE) for c, value in valid.items()),
        count=pl.sum_horizontal(list(valid)),
        invalid=pl.sum_horizontal(nothing, *(c for c in values if c not in valid)),
        blank=pl.col("\0blank"),
    )
    none = pl.format("no valid ballot ({} invalid, {} blank)", "invalid", "blank").alias("none")
    many = pl.max_horizontal("count", "invalid") >= numbers.LIMIT
    check(
        sums.with_columns(none),
        [
            Check(pl.col("count") == 0, "{value}, so that there is no result", shown="none"),
            Check(many, "more than 15 digits of ballots"),
        ],
    )
    options.log.info(
        "%d valid, %d invalid and %d blank ballots", *sums.select(pl.col("count", "invalid", "blank").sum()).row(0)
    )
    ballots = {f"{name}_valid": "count", f"{name}_invalid": "invalid"} if detail else {}
    result = numbers.mean(sums, numbers.divided_to(places))
    return boards.printed(
        sums.select(result.alias(name), *(pl.col(c).cast(pl.Int64).alias(new) for new, c in ballots.items()))
    )


EXAMPLES = r"""
$ fupin vote <(printf 'cadre,优秀,称职,不称职\n甲,18,5,2\n') --counts \
    --scale 优秀=100,称职=80,不称职=0 --as rating
cadre,优秀,称职,不称职,rating
甲,18,5,2,88

$ printf '%s\n' cadre,choice 甲,优秀 甲,称职 甲,称职 甲, 甲,多选 |
    fupin vote <(printf 'cadre\n甲\n') --ballots - --invalid 废票,多选 \
    --scale 优秀=100,称职=80,不称职=0 --as rating --detail
cadre,rating,rating_valid,rating_invalid
甲,86.666667,3,1
"""


@options.verb("vote", examples=EXAMPLES)
@options.events("--ballots", required=False)
@click.option("--counts", is_flag=True, help="The ballots are counted: the board has a column for each choice.")
@click.option(
    "--scale",
    type=options.Amounts("CHOICE=VALUE"),
    required=True,
    metavar="CHOICE=VALUE,…",
    help="What each choice is worth.",
)
@click.option(
    "--choice",
    type=options.Column("ledger"),
    metavar="COLUMN",
    help="The ledger's column of choices.  [default: choice]",
)
@options.names("--invalid", metavar="CHOICE,…", told="Choices that stand for an invalid ballot.")
@options.column()
@options.places
@options.detail
def command(
    events: options.Events | None,
    counts: bool,
    scale: dict[str, Any],
    choice: str | None,
    invalid: tuple[str, ...],
    placing: dict[str, Any],
    **given: Any,
) -> options.Apply:
    """The result is Σ value ÷ valid ballots, rounded to 6 decimals or to --round.

    A blank choice is an abstention. Neither it nor an invalid ballot is valid, and any other unknown choice is an
    error; so is a unit without a valid ballot. With --counts the numbers of ballots stand on the board, in columns
    called like the choices. --detail adds NAME_valid and NAME_invalid.
    """
    if bool(events) == counts:
        raise Misuse("give either --ballots FILE or --counts")
    if counts and choice:
        raise Misuse("--choice goes with --ballots")
    _worth(scale, invalid)

    def apply(board: pl.DataFrame, files: Files) -> pl.DataFrame:
        if events is None:
            return vote_counts(board, scale, invalid=invalid, **given, **placing)
        cast = events.open(files)
        return vote(board, cast, scale, choice=choice or "choice", invalid=invalid, **given, **placing)

    return apply
