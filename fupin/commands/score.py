"""score: turn a measure into points.

Serves the industry targets of Beijinggang 2019, annex 2: by the province's class (first 15, second 13, third 11), else
by the city's place (first 15, each lower place 1 less), else the mean of the other offices.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from typing import Any, NamedTuple, Unpack

import click

from fupin import boards, close_calls, numbers, options
from fupin.boards import Placing
from fupin.chain import Files
from fupin.checks import Check, check, number_check, require_columns
from fupin.conditions import Sql
from fupin.deferred import pl
from fupin.errors import DataError, Fault, Misuse, counted, hint
from fupin.numbers import Number, Places


def score(
    board: pl.DataFrame,
    column: str,
    name: str,
    *,
    of: Number | None = None,
    full: Number | None = None,
    uncapped: bool = False,
    mapping: Mapping[str, Number] | None = None,
    bands: Sequence[tuple[Number, Number]] | None = None,
    steps: tuple[Number, Number] | None = None,
    fill_mean: bool = False,
    na_mean: bool = False,
    places: Places | None = None,
    near: Number | None = None,
    key: Sequence[str] | None = None,
    **placing: Unpack[Placing],
) -> pl.DataFrame:
    """Append points for a measure by one rule, contract §6.

    Args:
        board: one row per unit, texts.
        column: the measure. Where it is missing or `NA`, so are the points.
        name: the new column, in points.
        of: the target, above 0, a number or a column: points are measure ÷ target × full, held within 0 … full, and
            rounded to 6 decimals if `places` is left out.
        full: the points for a target that is reached.
        uncapped: points by `of` are not held within 0 … full.
        mapping: the points of each value.
        bands: lower bounds, in any order, and the points from each on.
        steps: the points of the first place, and by how much each place is lower, though not below 0; the measure is
            the place.
        fill_mean: missing cells get the mean of the numbers in the column, rounded to 6 decimals if `places` is left
            out, and all other cells stay. If `name` is the column itself, it is filled where it stands.
        na_mean: the same with cells that are not assessed, `NA`.
        places: decimals to round to.
        near: with bands, measures that differ by less from a bound are told; 0.00001 if left out, 0 for none.
        key: the board's key columns, for messages.
        placing: see `boards.append`. A mean is that of the units that `only` chooses, filled or not.

    Returns:
        the board with the column.

    Raises:
        DataError: the rule does not take a value, a target is not above 0, or there is no value to take a mean of.
    """
    rule = _rule(column, of, full, uncapped, mapping, bands, steps, fill_mean, na_mean)
    _check_near(near, bands)
    closest, keys = close_calls.distance(near), boards.key_of(board, key)
    if rule is None:
        return _filled(board, column, name, na_mean, numbers.divided_to(places), **placing)
    require_columns(rule.reads, board.columns)

    def compute(rows: pl.DataFrame) -> pl.DataFrame:
        check(rows, rule.checks)
        close_calls.tell(close_calls.to_bounds(rows, keys, column, rule.bounds, closest), closest)
        points = boards.printed(rule.points(rows, places).alias(name).to_frame())
        measure = rows[column]
        cell = pl.when(measure == numbers.NOT_ASSESSED).then(measure).otherwise(pl.col(name))
        return points.select(cell.alias(name))

    return boards.append(board, [name], compute, **placing)


class _Rule(NamedTuple):
    """How points are made of a measure.

    Args:
        reads: the columns that it needs.
        checks: what the cells must fulfil.
        points: the points in quanta, rounded to so many decimals, null where the measure is no number or text.
        bounds: what the measure is compared with, in quanta, and what that is called.
    """

    reads: Sequence[str]
    checks: Sequence[Check]
    points: Callable[[pl.DataFrame, int | None], pl.Series]
    bounds: Sequence[tuple[int, str]] = ()


def _rule(
    column: str,
    of: Number | None,
    full: Number | None,
    uncapped: bool,
    mapping: Mapping[str, Number] | None,
    bands: Sequence[tuple[Number, Number]] | None,
    steps: tuple[Number, Number] | None,
    fill_mean: bool,
    na_mean: bool,
) -> _Rule | None:
    """The rule that is given; None for a mean.

    Raises:
        Misuse: none is given, or several are, or it cannot be applied.
    """
    if [of is None, mapping is None, bands is None, steps is None, not fill_mean, not na_mean].count(False) != 1:
        raise Misuse("give one of --of (with --full), --map, --bands, --places, --fill-mean and --na-mean")
    if (of is None) != (full is None):
        raise Misuse("--of and --full go together")
    if uncapped and of is None:
        raise Misuse("--uncapped goes with --of")
    if of is not None and full is not None:
        return _by_target(column, of, full, uncapped)
    if mapping is not None:
        return _by_value(column, mapping)
    if bands is not None:
        return _by_band(column, bands)
    return None if steps is None else _by_place(column, steps)


def _check_near(near: Number | None, bands: object) -> None:
    """Make sure that there is something that can be near.

    Raises:
        Misuse: there is not.
    """
    if near is not None and bands is None:
        raise Misuse("--near goes with --bands")


def _points(value: Number, what: str) -> int:
    """Points in quanta.

    Raises:
        Misuse: they are no exact number.
    """
    return numbers.quanta(numbers.exact(value, what), what)


def _not_negative(value: int, what: str) -> int:
    """Quanta that are not negative.

    Raises:
        Misuse: they are.
    """
    if value < 0:
        raise Misuse(f"{what}: {numbers.show(Fraction(value, numbers.ONE))} is below 0")
    return value


def _expression(value: pl.Expr) -> Callable[[pl.DataFrame, int | None], pl.Series]:
    """Points that are exact, and rounded only if asked."""

    def points(rows: pl.DataFrame, places: int | None) -> pl.Series:
        found = rows.select(value.alias("value"))
        if places is not None:
            found = found.select(numbers.rounded_to(pl.col("value"), places))
        return found.to_series()

    return points


def _measure(column: str) -> Check:
    """The measure is a number, missing or not assessed."""
    return number_check(column, blank=True, not_assessed=True)


def _by_target(column: str, of: Number, full: Number, uncapped: bool) -> _Rule:
    """Measure ÷ target × full, within 0 … full if it is not to be uncapped."""
    most = _not_negative(_points(full, "--full"), "--full")
    checks = [_measure(column)]
    value, reads = numbers.read(column), [column]
    if isinstance(of, str) and not numbers.matches(of):
        target, reads = numbers.read(of), [column, of]
        asked = value.is_not_null()
        above = Check(target <= 0, "'{value}' is not above 0, as a target is", of)
        checks += [rule.among(asked) for rule in (number_check(of), above)]
    else:
        quanta = _points(of, "--of")
        if quanta <= 0:
            raise Misuse(f"--of: {of} is not above 0, as a target is")
        target = numbers.whole(quanta)
    held = pl.when(value < 0).then(numbers.whole(0)).when(value > target).then(target).otherwise(value)

    def points(rows: pl.DataFrame, places: int | None) -> pl.Series:
        both = rows.select(part=value if uncapped else held, entire=target, low=value < 0, high=value > target)
        if not uncapped:
            low, high = (int(both[side].sum()) for side in ("low", "high"))
            highest = numbers.show(Fraction(most, numbers.ONE))
            options.log.info("%s held at 0, %d at %s", counted(low, "cell"), high, highest)
        return numbers.portion(both["part"], both["entire"], most, numbers.divided_to(places))

    return _Rule(reads, checks, points)


def _by_value(column: str, mapping: Mapping[str, Number]) -> _Rule:
    """The points of each value."""
    values = list(mapping)
    if not values:
        raise Misuse("--map: there is no value")
    for value in values:
        if not isinstance(value, str) or value in ("", numbers.NOT_ASSESSED):
            raise Misuse(f"--map: {value!r} is no value; a missing measure stays missing, and NA stays NA")
    points = pl.Series([_points(one, "--map") for one in mapping.values()], dtype=pl.Int128)

    def unknown(value: str | None) -> str:
        return f"'{value}' is not in the map{hint(value or '', values, 'values')}"

    cell = pl.col(column)
    bad = ~cell.is_in([*values, numbers.NOT_ASSESSED])
    found = cell.replace_strict(pl.Series(values), points, default=None, return_dtype=pl.Int128)
    return _Rule([column], [Check(bad, unknown, column)], _expression(found))


def _by_band(column: str, bands: Sequence[tuple[Number, Number]]) -> _Rule:
    """The points of the highest lower bound that is reached."""
    points: dict[int, int] = {}
    for bound, worth in bands:
        lowest = _points(bound, "--bands")
        if lowest in points:
            raise Misuse(f"--bands: the bound {bound} is there twice")
        points[lowest] = _points(worth, "--bands")
    if not points:
        raise Misuse("--bands: there is no band")
    value, least = numbers.read(column), min(points)
    below = f"'{{value}}' is below all bands; the lowest begins at {numbers.show(Fraction(least, numbers.ONE))}"
    found = pl.lit(None, dtype=pl.Int128)
    for lowest in sorted(points):
        found = pl.when(value >= numbers.whole(lowest)).then(numbers.whole(points[lowest])).otherwise(found)
    checks = [_measure(column), Check(value < numbers.whole(least), below, column)]
    called = [(bound, numbers.show(Fraction(bound, numbers.ONE))) for bound in sorted(points)]
    return _Rule([column], checks, _expression(found), called)


def _by_place(column: str, steps: tuple[Number, Number]) -> _Rule:
    """So many points for the first place, and each place lower some less."""
    first, step = (_not_negative(_points(value, "--places"), "--places") for value in steps)
    place = numbers.read(column)
    no_place = ~(place.is_null() | ((place >= numbers.ONE) & (place % numbers.ONE == 0)))
    checks = [_measure(column), Check(no_place, "'{value}' is no place, a whole number from 1", column)]
    steps_to_none = numbers.whole(-(-first // step) if step else 0)
    below = place // numbers.ONE - 1
    below = pl.when(below > steps_to_none).then(steps_to_none).otherwise(below)
    points = numbers.whole(first) - below * numbers.whole(step)
    points = pl.when(points < 0).then(numbers.whole(0)).otherwise(points)
    return _Rule([column], checks, _expression(points))


def _filled(
    board: pl.DataFrame,
    column: str,
    name: str,
    not_assessed: bool,
    places: int,
    *,
    only: Sql | None = None,
    fill: bool = False,
    replace: bool = False,
) -> pl.DataFrame:
    """The column with the mean of its numbers in the cells that are missing, or in those that are not assessed."""
    boards.check_placing(fill, replace)
    _check_fill(column, name, fill, not_assessed)
    require_columns([column], board.columns)
    cell = pl.col(column)
    gap = (cell == numbers.NOT_ASSESSED if not_assessed else cell.is_null()).fill_null(False)
    chosen = boards.chosen(board, only)
    rows = board.with_row_index("\0row").filter(chosen)
    try:
        mean = _mean(rows, column, gap, places)
    except DataError as error:
        raise error.moved(rows["\0row"].to_list()) from None
    if name != column:
        filled = pl.when(gap).then(mean).otherwise(cell).alias(name)
        return boards.append(board, [name], lambda rows: rows.select(filled), only=only, fill=fill, replace=replace)
    return board.with_columns(pl.when(chosen & gap).then(mean).otherwise(cell).alias(name))


def _check_fill(column: str, name: str, fill: bool, not_assessed: bool) -> None:
    """Make sure that there is something to write.

    Raises:
        Misuse: a column would be filled where it is missing with what it has where it is not assessed.
    """
    if fill and not_assessed and name == column:
        raise Misuse("--fill writes where the column is missing, and --na-mean where it is NA")


def _mean(rows: pl.DataFrame, column: str, gap: pl.Expr, places: int) -> pl.Expr:
    """The mean of a column's numbers as a text, if it has a gap.

    Raises:
        DataError: a cell is no number, or there is none to take a mean of.
    """
    check(rows, [_measure(column)])
    gaps = int(rows.select(gap.sum()).item())
    if not gaps:
        return pl.lit(None, dtype=pl.String)
    values = rows.select(value=numbers.read(column)).drop_nulls()
    if values.is_empty():
        raise DataError(Fault("no unit has a value, so there is no mean", column))
    units, part = divmod(numbers.total(values["value"]), numbers.ONE)
    sums = pl.select(units=numbers.whole(units), part=numbers.whole(part), count=numbers.whole(values.height))
    text = boards.printed(numbers.mean(sums, places).alias(column).to_frame()).item()
    options.log.info("%s of %s get the mean of %s, %s", counted(gaps, "cell"), column, values.height, text)
    return pl.lit(text)


def parse_steps(text: str) -> tuple[Fraction, Fraction]:
    """The two numbers of F:STEP."""
    first, colon, step = text.partition(":")
    if not colon:
        raise Misuse(f"--places: '{text}' is not F:STEP, such as 15:1")
    return numbers.parse(first, "--places"), numbers.parse(step, "--places")


EXAMPLES = r"""
$ fupin score field villages.csv --bands 95=5,90=4,80=2,0=0 --as level | head -3
village,kind,field,level
青塘村,非贫困村,88.5,2
莲台村,贫困村,93.5,4

$ fupin score field villages.csv --of 96 --full 20 --round 2 --as share | head -3
village,kind,field,share
青塘村,非贫困村,88.5,18.44
莲台村,贫困村,93.5,19.48

$ fupin rank villages.csv --by field \
    then score rank --places 15:1 --as points | sed -n '1p; 4,5p; 21p'
village,kind,field,rank,points
莲台村,贫困村,93.5,3,13
新堤村,非贫困村,93.5,3,13
双丰村,非贫困村,71.5,20,0
"""


@options.verb("score", examples=EXAMPLES)
@click.argument("column", type=options.Column(), metavar="COLUMN", help="The measure.")
@click.option(
    "--of", type=options.Column(), metavar="T", help="The target, a number or a column: points are COLUMN ÷ T × --full."
)
@click.option("--full", type=options.Number(), metavar="F", help="The most points; with --of.")
@click.option("--uncapped", is_flag=True, help="Do not hold the points of --of within 0 and --full.")
@click.option(
    "--map", "mapping", type=options.Amounts("VALUE=POINTS"), metavar="VALUE=POINTS,…", help="The points of each value."
)
@click.option(
    "--bands",
    type=options.Amounts("BOUND=POINTS"),
    metavar="BOUND=POINTS,…",
    help="The points from each lower bound on.",
)
@click.option(
    "--places",
    "steps",
    metavar="F:STEP",
    help="COLUMN is a place: the first gets F, each lower one STEP less, none below 0.",
)
@click.option("--fill-mean", is_flag=True, help="Give missing cells the mean of the others.")
@click.option("--na-mean", is_flag=True, help="Give the cells that are NA, not assessed, the mean of the others.")
@options.column()
@options.places
@options.near
def command(
    column: str,
    of: str | None,
    full: Fraction | None,
    uncapped: bool,
    bands: dict[str, Fraction] | None,
    steps: str | None,
    placing: dict[str, Any],
    **given: Any,
) -> options.Apply:
    """Points by one rule. A missing measure gives a missing cell, NA gives NA, and any other value must fit the rule.

    --of holds points within 0 and --full (-v tells how many cells it held), and rounds them to 6 decimals or to
    --round. --fill-mean and --na-mean round the mean likewise; where NAME is COLUMN, they fill it where it stands. With
    --for the mean is that of these units.
    """
    if os.path.isfile(column):
        raise Misuse(f"'{column}' is a file, where the column stands: score COLUMN [FILE]")
    pair = None if steps is None else parse_steps(steps)
    bounds = None if bands is None else list(bands.items())
    _rule(column, of, full, uncapped, given["mapping"], bounds, pair, given["fill_mean"], given["na_mean"])
    _check_near(given["near"], bounds)
    _check_fill(column, given["name"], placing["fill"], given["na_mean"])

    def apply(board: pl.DataFrame, files: Files) -> pl.DataFrame:
        return score(board, column, of=of, full=full, uncapped=uncapped, bands=bounds, steps=pair, **given, **placing)

    return apply
