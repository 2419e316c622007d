"""Stages: a verb with its options, parsed; and chains of them, run one after the other in one process."""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Callable, Sequence
from typing import NamedTuple

from fupin import boards, tables, writing
from fupin.deferred import pl
from fupin.errors import DataError, Failure, FupinError, Misuse, counted
from fupin.tables import Source

log = logging.getLogger("fupin")


class Files:
    """The tables that a stage may open; `-` is the table of the stage before, or standard input."""

    def __init__(self, spool: contextlib.ExitStack, before: pl.DataFrame | None) -> None:
        self._spool = spool
        self._before = before

    def open(self, name: str) -> Source:
        """One table.

        Raises:
            DataError: it cannot be read.
        """
        if name == "-" and self._before is not None:
            return tables.frame_source(self._before, name)
        return tables.open_table(name, self._spool)

    def open_all(self, names: Sequence[str]) -> list[Source]:
        """The tables of several names or globs.

        Raises:
            DataError: one cannot be read, or a glob matches nothing.
        """
        return [self.open(file) for name in names for file in tables.expand(name)]


class Stage(NamedTuple):
    """One verb of a chain, ready to run.

    Args:
        verb: its name.
        apply: from the board and the files it may open to a table, or to a text for people.
        input: the board's file; none for the table of the stage before, or standard input.
        reads: the names of the other tables that it reads.
        output: where its table goes; none for the next stage, or standard output.
        key: the board's key columns; none for the first one.
        keyed: whether the board's keys must be unique.
        verbose: whether it tells what it did.
        last: whether it makes a text for people, so that no verb can follow.
    """

    verb: str
    apply: Callable[[pl.DataFrame, Files], pl.DataFrame | str]
    input: str | None = None
    reads: Sequence[str] = ()
    output: str | None = None
    key: Sequence[str] | None = None
    keyed: bool = True
    verbose: bool = False
    last: bool = False

    @property
    def inputs(self) -> list[str]:
        """All tables that it reads, the board first."""
        return [self.input or "-", *self.reads]


def check(stages: Sequence[Stage]) -> None:
    """Find what is wrong with a chain before any input is read (contract §4).

    Raises:
        Failure: standard input, or the table of the stage before, is wanted twice or by nobody; or a verb stands
            behind one that prints for people.
    """
    for number, stage in enumerate(stages):
        if stage.last and number < len(stages) - 1:
            after = stages[number + 1].verb
            raise Failure(
                after, Misuse(f"nothing can follow {stage.verb}, which prints for people and has to be the last verb")
            )
        dashes = stage.inputs.count("-")
        what = "the table of the stage before" if number else "standard input"
        if dashes > 1:
            raise Failure(
                stage.verb,
                Misuse(f"{what} can be read once, not {dashes} times; give the board with -i FILE"),
            )
        if number and not dashes and not stages[number - 1].output:
            before = stages[number - 1].verb
            raise Failure(
                stage.verb,
                Misuse(f"nobody reads the table of {before}; give a board (-i FILE) to the first verb only, or add -o"),
            )


def run(stages: Sequence[Stage], announce: Callable[[Stage], None]) -> None:
    """Run a chain and write its result.

    Args:
        stages: the chain.
        announce: is told which stage begins.

    Raises:
        Failure: a stage fails. Nothing has reached standard output then.
    """
    check(stages)
    result: pl.DataFrame | str | None = None
    for number, stage in enumerate(stages):
        announce(stage)
        try:
            result = _run_stage(stage, result if isinstance(result, pl.DataFrame) else None)
            if stage.output or number == len(stages) - 1:
                _write(result, stage.output)
        except FupinError as error:
            raise Failure(stage.verb, error) from None
        except pl.exceptions.PolarsError as error:
            raise Failure(stage.verb, DataError(str(error).strip().split("\n")[0])) from error


def _run_stage(stage: Stage, before: pl.DataFrame | None) -> pl.DataFrame | str:
    """Run one stage on its board."""
    with contextlib.ExitStack() as spool:
        files = Files(spool, before)
        source = None
        if before is not None and stage.input in (None, "-"):
            board = before
        else:
            source = files.open(stage.input or "-")
            board = source.read()
        key = boards.key_of(board, stage.key)
        try:
            if stage.keyed:
                boards.check_keys(board, key)
            result = stage.apply(board, files)
        except DataError as error:
            raise _placed(error, board, key, source) from None
    if isinstance(result, pl.DataFrame):
        log.info("%s in, %d out", counted(board.height, "row"), result.height)
    return result


def _placed(error: DataError, board: pl.DataFrame, key: Sequence[str], source: Source | None) -> DataError:
    """The error with the units of faulty rows, and their lines where the board was read from a file."""
    rows = [fault.row for fault in error.faults if fault.row is not None]
    names = dict(zip(rows, boards.units(board[rows], key), strict=True))
    faults = [fault if fault.row is None else fault._replace(unit=names[fault.row]) for fault in error.faults]
    if source:
        return DataError(source.located(faults), error.total)
    told = [f if f.first is None else f._replace(message=f"{f.message}, first in row {f.first + 1}") for f in faults]
    return DataError([fault._replace(row=None, first=None) for fault in told], error.total)


def _write(result: pl.DataFrame | str, output: str | None) -> None:
    """Write a stage's result to where it goes."""
    if isinstance(result, pl.DataFrame):
        writing.write(result, output)
    elif output is None or output == "-":
        writing.write_stdout(lambda file: file.write(result.encode()))
    else:
        writing.write_file(output, lambda file: file.write(result.encode()))
