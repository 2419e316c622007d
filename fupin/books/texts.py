"""Cells as the texts that Excel shows."""

from __future__ import annotations

import datetime as dt
import functools
import itertools
import math
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal

from fupin.books.cells import NO_NUMBER, TOO_LONG, Bad, Cell, Cells, in_full, without_zeros
from fupin.deferred import pl

_NUMBERS = "#"  # before the place of a column
_BATCH = 1 << 10  # rows whose cells stay near the processor while they are turned into columns


def shown(cells: Cells) -> tuple[pl.DataFrame, list[Bad]]:
    """The cells of a sheet as texts, each at its place, and those that cannot be used, in order."""
    parts = [_blank(0)]
    rows = iter(cells.rows)
    while batch := list(itertools.islice(rows, _BATCH)):
        parts.append(pl.DataFrame(dict(_typed(_columns(batch), cells.left))) if any(batch) else _blank(len(batch)))
    came = pl.concat(parts, how="diagonal", rechunk=True)
    bad = list(cells.bad)
    texts: dict[str, pl.Series] = {}
    for column in came.columns:
        place = column.removeprefix(_NUMBERS)
        if place == column:
            found = came[column].set(came[column] == "", None)
        else:
            found, wrong = _decimals(came[column])
            bad += [Bad(row, int(place), value, reason) for row, value, reason in wrong]
        texts[place] = found.zip_with(found.is_not_null(), texts[place]) if place in texts else found
    height = max([came.height, *(cell.row + 1 for cell in bad)])
    width = max([0, *(int(place) + 1 for place in texts if came.height), *(cell.column + 1 for cell in bad)])
    nothing = pl.Series([None], dtype=pl.String).new_from_index(0, height)
    every = {i: texts[i].extend(nothing[came.height :]) if i in texts else nothing for i in map(str, range(width))}
    return pl.DataFrame(every), sorted(bad, key=lambda cell: cell[:2])


def _columns(rows: Sequence[Sequence[Cell]]) -> Iterable[Sequence[Cell]]:
    """The columns of rows; those of rows of one length are told apart faster."""
    width = len(rows[0])
    if any(len(row) != width for row in rows):
        return itertools.zip_longest(*rows, fillvalue="")
    cells = list(itertools.chain.from_iterable(rows))
    return (cells[i::width] for i in range(width))


def _typed(columns: Iterable[Sequence[Cell]], left: int) -> Iterator[tuple[str, pl.Series]]:
    """The texts and the numbers of columns, each where there are any."""
    for i, values in enumerate(columns, left):
        kinds = set(map(type, values))
        if kinds == {float}:
            yield f"{_NUMBERS}{i}", pl.Series(values, dtype=pl.Float64)
        elif kinds == {str}:
            yield str(i), pl.Series(values, dtype=pl.String)
        elif kinds == {dt.date}:
            yield str(i), pl.Series(values, dtype=pl.Date).cast(pl.String)
        else:
            yield str(i), pl.Series(map(_not_number, values), dtype=pl.String)
            if float in kinds:
                numbers = [value if type(value) is float else None for value in values]
                yield f"{_NUMBERS}{i}", pl.Series(numbers, dtype=pl.Float64)


def _blank(rows: int) -> pl.DataFrame:
    """Rows without a cell."""
    return pl.DataFrame({"0": [None] * rows}, schema={"0": pl.String})


def _not_number(value: Cell) -> str | None:
    """A cell as text, if it is no number."""
    return value if type(value) is str else None if isinstance(value, float) else _moment(value)


@functools.lru_cache(1 << 14)
def _moment(value: bool | dt.date | dt.time | dt.timedelta) -> str:
    """A truth value, a date, a time or a duration as text; of a date at midnight the date alone."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, dt.timedelta):
        seconds, rest = divmod(abs(value), dt.timedelta(seconds=1))
        shown = f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}.{rest.microseconds:06}"
        return ("-" if value < dt.timedelta() else "") + without_zeros(shown)
    if isinstance(value, dt.datetime):
        return without_zeros(value.isoformat(" ")).removesuffix(" 00:00:00")
    return without_zeros(value.isoformat())


def _decimals(numbers: pl.Series) -> tuple[pl.Series, list[tuple[int, str, str]]]:
    """Numbers as Excel shows them, with 15 digits and no exponent; and those that cannot be used, by their places."""
    places = (~(numbers.abs() < 10**15 - 0.5)).arg_true()
    wrong = [
        (at, in_full(value), TOO_LONG if math.isfinite(value) else NO_NUMBER)
        for at, value in zip(places, numbers[places], strict=True)
    ]
    numbers = numbers.scatter(places, None).set(numbers == 0, 0.0)  # so that there is no -0
    texts = numbers.cast(pl.String).str.strip_suffix(".0")
    places = ((texts.str.len_bytes() > 15) | ((numbers.abs() < 1e-4) & (numbers != 0))).arg_true()
    if places.is_empty():
        return texts, wrong
    long = numbers[places].unique()
    shown = pl.Series([f"{Decimal(f'{value:.15g}'):f}" for value in long], dtype=pl.String)
    return _scattered(texts, places, numbers[places].replace_strict(long, shown, return_dtype=pl.String)), wrong


def _scattered(texts: pl.Series, places: pl.Series, others: pl.Series) -> pl.Series:
    """Texts with others at some places, which Polars can only do with numbers."""
    sources = pl.int_range(len(texts), dtype=pl.UInt32, eager=True)
    return pl.concat([texts, others])[sources.scatter(places, range(len(texts), len(texts) + len(others)))]
