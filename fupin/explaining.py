"""How a unit came to its figures: each stage with its terms and numbers, and the ledger rows behind them.

What a verb has to say of its own is in `explained/VERB.py`: a function `explain`, which is given a scene and returns
what makes the figures of one unit. The terms are reckoned again here, in fractions, and have to come to the figure
that the verb has written.

Contract §10.
"""

from __future__ import annotations

import importlib
import importlib.util
import json
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from fractions import Fraction
from functools import cached_property
from typing import Any, NamedTuple

from fupin import boards, numbers, recipes
from fupin.chain import Chain, Files, Stage
from fupin.deferred import pl
from fupin.errors import DataError, Misuse, hint, one_line
from fupin.ledger import Ledger
from fupin.tables import Source
from fupin.tape import Figure, Row


class Case(NamedTuple):
    """One unit at one stage.

    Args:
        row: its row on the board.
        name: what it is called.
        before: its cells on the board that the stage was given.
        after: those on the board that it made; None where it has left the unit out.
        events: the rows of the stage's ledgers that count for it.
    """

    row: int
    name: str
    before: Mapping[str, str | None]
    after: Mapping[str, str | None] | None
    events: Sequence[Row]

    def figure(self, column: str) -> Figure:
        """A cell that the stage has written, without what makes it."""
        return Figure(column, None if self.after is None else self.after[column])


Explain = Callable[[Case], Sequence[Figure]]


class Scene:
    """A stage that has run.

    Args:
        stage: the stage.
        files: what it has opened.
        board: the board that it was given.
        result: the board that it made.
    """

    def __init__(self, stage: Stage, files: Files, board: pl.DataFrame, result: pl.DataFrame) -> None:
        self.options = stage.options
        self.board = board
        self.result = result
        self.key = boards.key_of(board, stage.key)
        self._stage = stage
        self.files = files

    @cached_property
    def units(self) -> pl.Series:
        """What the units of the board are called, in its order."""
        return boards.units(self.board, self.key)

    @cached_property
    def computed(self) -> pl.Series:
        """For which units of the board the stage computes anything (``--for``, ``--fill``)."""
        gaps_in = [self.options["name"]] if self.options.get("fill") and "name" in self.options else []
        wanted = boards.computed(self.board, gaps_in, self.options.get("only"))
        return self.board.with_columns(wanted.alias("\0computed"))["\0computed"]

    def open(self, option: str) -> Source:
        """The table that an option names."""
        return self.files.open(self.options[option])

    def rows(self, units: Sequence[str]) -> Iterator[tuple[str, Row]]:
        """The rows of the stage's ledgers that count for some units, with the units."""
        for ledger in self._stage.ledgers:
            yield from _rows(ledger.open(self.files), self.key, units)

    def table(self, option: str) -> list[Row]:
        """The rows of a rule table that an option names."""
        source = self.open(option)
        table = source.read()
        lines = source.lines(range(table.height))
        return [Row(source.name, line, cells) for line, cells in zip(lines, table.iter_rows(named=True), strict=True)]


class _Told(NamedTuple):
    """What a stage has done to a unit: its figures, or why there are none."""

    chain: str
    stage: Stage
    gone: str
    figures: Sequence[Figure]


class Account:
    """The accounts of some units, stage by stage.

    Args:
        units: what they are called; cells of a key of several columns are joined by commas. None for all.
        chains: what is going to run.

    Raises:
        Misuse: nothing in them concerns a unit, or a name is empty.
    """

    def __init__(self, units: Collection[str] | None, chains: Sequence[Chain]) -> None:
        if units is not None and not all(units):
            raise Misuse("--explain: the name of a unit is empty")
        if not any(stage.keyed and stage.input is not None for chain in chains for stage in chain.stages):
            told = ", ".join(units or ["all"])
            raise Misuse(f"--explain {told}: no verb here computes anything of a unit")
        self._units = units
        self._names: dict[str, None] = {}
        self._told: dict[str, list[_Told]] = {}

    def stage(self, chain: Chain, stage: Stage, files: Files, board: pl.DataFrame, result: object) -> None:
        """Take down what a stage has done; called while the files that it has read are still open.

        Args:
            chain: the chain that it is in.
            stage: the stage.
            files: what it has opened.
            board: the board that it was given.
            result: what it has made of it.
        """
        if not stage.keyed or not isinstance(result, pl.DataFrame) or not board.width:
            return
        scene = Scene(stage, files, board, result)
        self._names |= dict.fromkeys(scene.units.head(10_000))
        without = [column for column in scene.key if column not in result.columns]
        explain = _nothing if without else _explanation(scene, stage)
        for case in _cases(scene, self._units):
            gone = (
                "" if case.after is not None else f"goes into a table without {without[0]}" if without else "left out"
            )
            figures = [] if gone else _figures(scene, case, explain)
            self._told.setdefault(case.name, []).append(_Told(chain.name, stage, gone, figures))

    def text(self, unit: str) -> str:
        """The account of a unit for people to read.

        Raises:
            DataError: the unit has been on no board.
        """
        parts, chain = [one_line(unit)], ""
        for told in self._of(unit):
            if told.chain != chain:
                chain = told.chain
                parts += [f"{chain}:"] if chain else []
            lines = [one_line(recipes.line(told.stage.words))]
            lines += [f"  {told.gone}"] if told.gone else []
            parts.append("\n".join([*lines, *(line for figure in told.figures for line in figure.lines)]))
        return "\n\n".join(parts) + "\n"

    def json(self, unit: str) -> str:
        """The account of a unit for programs to read; numbers are texts, and exact.

        Raises:
            DataError: the unit has been on no board.
        """
        stages = [
            {
                "chain": told.chain or None,
                "place": told.stage.place,
                "verb": told.stage.verb,
                "command": recipes.line(told.stage.words),
                "left_out": bool(told.gone),
                "figures": [_figure_of(figure) for figure in told.figures],
            }
            for told in self._of(unit)
        ]
        return json.dumps({"unit": unit, "stages": stages}, ensure_ascii=False, indent=2) + "\n"

    def __contains__(self, unit: str) -> bool:
        """Whether a unit has been on a board."""
        return unit in self._told

    def _of(self, unit: str) -> list[_Told]:
        """What has been done to a unit.

        Raises:
            DataError: it has been on no board.
        """
        if unit not in self._told:
            raise DataError(f"'{unit}' is on no board{hint(unit, self._names)}")
        return self._told[unit]


def _nothing(_: Case) -> Sequence[Figure]:
    """No figure needs to be told of."""
    return []


def _explanation(scene: Scene, stage: Stage) -> Explain:
    """What a verb has to say of its figures, which is nothing where they speak for themselves."""
    module = f"fupin.explained.{stage.verb}"
    if importlib.util.find_spec(module) is None:
        return _nothing
    explain: Explain = importlib.import_module(module).explain(scene)
    return explain


def _figures(scene: Scene, case: Case, explain: Explain) -> list[Figure]:
    """The figures that a stage has written for a unit, with what makes them."""
    after = case.after or {}
    changed = [c for c in after if c not in case.before or case.before[c] != after[c]]
    if not scene.computed[case.row]:
        return [Figure(column, after[column]) for column in changed]
    found = {figure.column: figure for figure in explain(case)}
    for figure in found.values():
        _prove(figure)
    return [*found.values(), *(Figure(column, after[column]) for column in changed if column not in found)]


def _prove(figure: Figure) -> None:
    """Make sure that the terms of a figure come to what the verb has written.

    Raises:
        RuntimeError: they do not, which is a fault of fupin itself.
    """
    if figure.entries and figure.sum != Fraction(figure.value or "NaN"):
        raise RuntimeError(f"the terms of {figure.column} come to {figure.sum}, not {figure.value}")


def _cases(scene: Scene, units: Collection[str] | None) -> Iterator[Case]:
    """The units that are asked for, and on the board."""
    named = scene.board.select(pl.all(), scene.units.alias("\0name")).with_row_index("\0row")
    if units is not None:
        named = named.filter(pl.col("\0name").is_in(list(units)))
    if not named.height:
        return
    names = named["\0name"].to_list()
    events: dict[str, list[Row]] = {name: [] for name in names}
    for name, row in scene.rows(names):
        events[name].append(row)
    after: dict[str, dict[str, str | None]] = {}
    if set(scene.key) <= set(scene.result.columns):
        made = boards.units(scene.result, scene.key)
        mine = made.is_in(names)
        after = dict(zip(made.filter(mine), scene.result.filter(mine).iter_rows(named=True), strict=True))
    for before in named.iter_rows(named=True):
        number, name = before.pop("\0row"), before.pop("\0name")
        yield Case(number, name, before, after.get(name), events[name])


def _rows(ledger: Ledger, key: Sequence[str], units: Sequence[str]) -> Iterator[tuple[str, Row]]:
    """The rows of a ledger that count for some units, with the units."""
    names = ledger.names(key)
    unit = pl.concat_str(names, separator=",", ignore_nulls=True)
    mine = unit.is_in(units)
    for source in ledger.sources:
        frame = source.scan().with_row_index("\0row")
        rows = (frame.filter(mine) if ledger.where is None else frame.filter(ledger.where.truth, mine)).collect()
        called = rows.select(unit).to_series()
        lines = source.lines(rows["\0row"].to_list())
        for name, line, row in zip(called, lines, rows.drop("\0row").iter_rows(named=True), strict=True):
            yield name, Row(source.name, line, {c: cell for c, cell in row.items() if c not in names})


def _figure_of(figure: Figure) -> dict[str, Any]:
    """A figure as JSON has it."""
    entries = [
        {"sign": entry.sign, "amount": numbers.show(entry.amount), "what": entry.what, **_place_of(entry.row)}
        for entry in figure.entries
    ]
    notes = [{"text": note.text, **_place_of(note.row)} for note in figure.notes]
    return {"column": figure.column, "value": figure.value, "entries": entries, "notes": notes}


def _place_of(row: Row | None) -> dict[str, Any]:
    """Where a row stands, as JSON has it."""
    return {} if row is None else {"file": row.file, "line": row.line, "cells": row.cells}
