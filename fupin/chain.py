"""Stages: a verb with its options, parsed; and chains of them, run one after the other in one process."""

from __future__ import annotations

import contextlib
import fnmatch
import logging
import os
from collections.abc import Callable, Collection, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Any, Literal, NamedTuple, TypeAlias

from fupin import boards, spool, tables
from fupin.conditions import Condition
from fupin.deferred import pl
from fupin.errors import DataError, Misuse, counted
from fupin.held import Held, blamed
from fupin.ledger import Ledger
from fupin.spool import STDIN
from fupin.streaming import Stream
from fupin.tables import Source
from fupin.writing import Growing, Made

log = logging.getLogger("fupin")


class Result(str):
    """The name of a chain of a recipe, with an `@`, where the name of a file might stand."""

    __slots__ = ()


class Files:
    """The tables that a stage may open; `-` is the table of the stage before, or standard input.

    Args:
        keep: keeps temporary files until they are no longer needed.
        before: the table of the stage before.
        given: the file that `-` stands for where no stage is before.
        results: the tables of the chains that have run.
        past: what has run, for a stage that tells people of it.
        kept: whether what the stage makes goes to a file.
    """

    def __init__(
        self,
        keep: contextlib.ExitStack,
        before: pl.DataFrame | None,
        given: str = STDIN,
        results: Mapping[str, pl.DataFrame] | None = None,
        past: Sequence[Step] = (),
        kept: bool = False,
    ) -> None:
        self._keep = keep
        self._before = before
        self._given = given
        self._results = results or {}
        self.past = past
        self.kept = kept
        self._opened: dict[str, Source] = {}
        self.found = False
        """Whether what `--fail-if` or `--check` asks about was found (status 3)."""
        self.also: dict[str, Made] = {}
        """What the stage makes besides its result, by the files it goes to."""
        self.afterwards: list[str] = []
        """What is to be told once these have been written."""

    def open(self, name: str) -> Source:
        """One table.

        Raises:
            DataError: it cannot be read.
        """
        if name not in self._opened:  # a pipe can be opened once
            found = self.unread(name)
            self._opened[name] = tables.open_table(found, self._keep) if isinstance(found, str) else found
        return self._opened[name]

    def stream(self, name: str) -> Stream | None:
        """One table that is too large for memory; none if it can be read as a whole.

        Raises:
            DataError: it cannot be read, or has no header.
        """
        if name in self._opened or self.frame(name) is not None:
            return None
        path = self._path(name)
        data = spool.read(path, self._keep)
        if isinstance(data, bytes):
            self._opened[name] = tables.opened(path, data, self._keep)
            return None
        return Stream(path, data, self._keep)

    def open_all(self, names: Sequence[str]) -> list[Source]:
        """The tables of several names or globs.

        Raises:
            DataError: one cannot be read, or a glob matches nothing.
        """
        return [self.open(file) for file in self.expand(names)]

    def expand(self, names: Sequence[str]) -> list[str]:
        """The names, with the files that match in place of each glob.

        Raises:
            DataError: a glob matches nothing.
        """
        return [file for name in names for file in ([name] if isinstance(name, Result) else spool.expand(name))]

    def frame(self, name: str) -> pl.DataFrame | None:
        """The table of an earlier stage or chain, if it is one."""
        return self._results[name] if isinstance(name, Result) else self._before if name == STDIN else None

    def unread(self, name: str) -> Source | str:
        """One table for a verb that reads files in a way of its own: a file's name, or an earlier stage's table."""
        frame = self.frame(name)
        return self._path(name) if frame is None else tables.frame_source(frame, name)

    def _path(self, name: str) -> str:
        return self._given if name == STDIN else name


class Events(NamedTuple):
    """A ledger as the command line names it."""

    files: tuple[str, ...]
    where: Condition | None
    strays: Literal["error", "ignore"]
    key: tuple[str, ...] | None

    def open(self, files: Files) -> Ledger:
        """Open its files."""
        return Ledger(files.open_all(self.files), self.where, self.strays, self.key)


class Stage(NamedTuple):
    """One verb of a chain, ready to run.

    Args:
        verb: its name.
        apply: from the board and the files it may open to a table, or to what people read.
        input: the board's file; `-` for the table of the stage before, or standard input; none if it takes no board.
        reads: the names of the other tables that it reads.
        output: where its table goes; none for the next stage, or standard output.
        key: the board's key columns; none for the first one.
        keyed: whether the board's keys must be unique.
        verbose: whether it tells what it did.
        quiet: whether it tells nothing but faults.
        last: whether it makes something for people, so that no verb can follow.
        streams: whether it may be given a board larger than memory as a `Stream`, whose keys it checks.
        words: the words it was parsed from, the verb's name first.
        ledgers: the ledgers that it reads.
        writes: the files that it writes besides its result.
        place: its line in a recipe.
        given: the file that `-` stands for where no stage is before.
        options: the values of its options, by their names.
        begin: begins what needs no Polars and can go on while it is imported, if the stage is the first.
    """

    verb: str
    apply: Callable[[Any, Files], Made]
    input: str | None = STDIN
    reads: Sequence[str] = ()
    output: str | None = None
    key: Sequence[str] | None = None
    keyed: bool = True
    verbose: bool = False
    last: bool = False
    streams: bool = False
    words: Sequence[str] = ()
    ledgers: Sequence[Events] = ()
    writes: Sequence[str] = ()
    place: str | None = None
    given: str = STDIN
    options: Mapping[str, Any] = MappingProxyType({})
    begin: Callable[[], None] | None = None
    quiet: bool = False

    @property
    def inputs(self) -> list[str]:
        """All tables that it reads, the board first."""
        return [*([] if self.input is None else [self.input]), *self.reads]

    @property
    def dashes(self) -> int:
        """How often it reads the table of the stage before, or standard input."""
        return self.inputs.count(STDIN)


class Chain(NamedTuple):
    """Stages that follow each other; in a recipe a chain may have a name, by which later ones read its table."""

    stages: Sequence[Stage]
    name: str = ""


class Step(NamedTuple):
    """A stage that has run: its chain, itself, what it has opened, its board, and what it has made of it."""

    chain: Chain
    stage: Stage
    files: Files
    board: pl.DataFrame
    result: object


def check(chains: Sequence[Chain]) -> None:
    """Find what is wrong with chains before any input is read (contract §4).

    Raises:
        Failure: standard input, or the table of the stage before, is wanted twice or by nobody; a verb stands behind
            one that prints for people; or a file is written twice, or read behind a verb that writes it.
    """
    prints = {f"@{chain.name}" for chain in chains if chain.stages[-1].last}
    readers = 0
    for chain in chains:
        for number, stage in enumerate(chain.stages):
            before = chain.stages[number - 1] if number else None
            with blamed(stage):
                _check_stage(stage, before, prints)
                if stage.output == STDIN and stage is not chains[-1].stages[-1]:
                    raise Misuse("-o -: only the last verb writes to standard output; name a file")
                readers += stage.dashes if before is None and stage.given == STDIN else 0
                if readers > 1 and stage.dashes:
                    raise Misuse(f"standard input can be read once, not {readers} times; give the board with -i FILE")
    _check_outputs(chains)


def _check_outputs(chains: Sequence[Chain]) -> None:
    """Make sure that no file is written twice, or read behind a stage that writes it: all are written at the end.

    Raises:
        Failure: one is.
    """
    written: set[str] = set()
    for stage in (stage for chain in chains for stage in chain.stages):
        with blamed(stage):
            for name in (stage.given if name == STDIN else name for name in stage.inputs):
                if name != STDIN and not isinstance(name, Result) and _is_among(os.path.realpath(name), written):
                    told = f"{spool.written(name)} is written by a verb above, which happens when all verbs are done"
                    raise Misuse(f"{told}; its table is - for the next verb, and @NAME for the chains of a recipe")
            for name in (name for name in [stage.output, *stage.writes] if name and name not in (STDIN, os.devnull)):
                path = os.path.realpath(name)
                if path in written:
                    raise Misuse(f"{spool.written(name)} is written by this command already")
                written.add(path)


def _is_among(path: str, written: Collection[str]) -> bool:
    """Whether a path, perhaps with the signs of a glob, is that of a file in question, or of one in such a folder."""
    if path in written or any(folder in written for folder in map(str, Path(path).parents)):
        return True
    same = (one for one in written if "**" in path or one.count(os.sep) == path.count(os.sep))
    return any(fnmatch.fnmatch(one, path) for one in same)


def _check_stage(stage: Stage, before: Stage | None, prints: set[str]) -> None:
    """Find what is wrong with one stage.

    Raises:
        Misuse: something is.
    """
    if text := next((name for name in stage.inputs if isinstance(name, Result) and name in prints), None):
        raise Misuse(f"{text} is printed for people and no table")
    if before is None:
        return
    if before.last:
        raise Misuse(f"nothing can follow {before.verb}, which prints for people and has to be the last verb")
    if stage.dashes > 1:
        raise Misuse(
            f"the table of the stage before can be read once, not {stage.dashes} times; give the board with -i FILE"
        )
    if stage.given != STDIN:
        raise Misuse(f"nobody reads {stage.given}; {stage.verb} has the table of {before.verb}")
    if not stage.dashes and not before.output:
        raise Misuse(
            f"nobody reads the table of {before.verb}; give a board (-i FILE) to the first verb only, or add -o"
        )


Watch: TypeAlias = "Callable[[Chain, Stage, Files, pl.DataFrame, object], None]"
"""Is told of each stage that has run: its chain, itself, what it has opened, its board, and what it has made of it."""


def run(chains: Sequence[Chain], announce: Callable[[Stage], None], watch: Watch | None = None) -> int:
    """Run chains and write the result of the last one, and what stages write on the way.

    Args:
        chains: the chains, each after those whose tables it reads.
        announce: is told which stage begins.
        watch: is told which stage has run; nothing is written then.

    Returns:
        the exit status: 0, or 3 where a stage found what it was asked about.

    Raises:
        Failure: a stage fails. Nothing has reached standard output then.
    """
    check(chains)
    with contextlib.ExitStack() as keep:
        held = Held(keep)
        found = _run_all(chains, announce, watch, held, keep)
        held.write(announce)
    return 3 if found else 0


def look(chains: Sequence[Chain], watch: Watch) -> None:
    """Run chains for what their stages are given and make; nothing is written, and nothing told but faults.

    Args:
        chains: the chains, each after those whose tables it reads.
        watch: is told which stage has run.

    Raises:
        Failure: a stage fails.
    """
    level = log.level
    log.setLevel(logging.ERROR)
    try:
        run(chains, lambda _: None, watch)
    finally:
        log.setLevel(level)


def _run_all(
    chains: Sequence[Chain],
    announce: Callable[[Stage], None],
    watch: Watch | None,
    held: Held,
    keep: contextlib.ExitStack,
) -> bool:
    """Run all stages, and hold what they write: whether one found what it was asked about."""
    told = any(stage.last for chain in chains for stage in chain.stages)
    results: dict[str, pl.DataFrame] = {}
    past: list[Step] = []
    found = False
    for chain in chains:
        result: Made | None = None
        for stage in chain.stages:
            announce(stage)
            with blamed(stage):
                before = _frame(result)
                with contextlib.ExitStack() as own:
                    files = Files(keep if told else own, before, stage.given, results, past, bool(stage.output))
                    board, result = _run_stage(stage, before, files, bool(told) or watch is not None)
                    if told or watch is not None:
                        result = result.frame() if isinstance(result, Growing) else result
                        past += [Step(chain, stage, files, board, result)] if told else []
                    if watch is not None:
                        watch(chain, stage, files, board, result)
                found = found or files.found
                if watch is None:
                    last = stage is chain.stages[-1] and chain is chains[-1]
                    held.add(stage, files, result, last)
        if chain is not chains[-1] and (table := _frame(result)) is not None:
            results[f"@{chain.name}"] = table
    return found


def _frame(made: Made | None) -> pl.DataFrame | None:
    """The table that a stage has made, if it is one."""
    return made.frame() if isinstance(made, Growing) else made if isinstance(made, pl.DataFrame) else None


def _run_stage(stage: Stage, before: pl.DataFrame | None, files: Files, whole: bool) -> tuple[pl.DataFrame, Made]:
    """Run one stage: the board it was given, and what it makes of it.

    Args:
        stage: the stage.
        before: the table of the stage before.
        files: what it may open.
        whole: whether the board is wanted however large it is; otherwise there may be none.
    """
    if stage.streams and stage.input is not None and not whole and (stream := files.stream(stage.input)):
        try:
            result = stage.apply(stream, files)
        except DataError as error:
            raise DataError([fault.within(stream.name) for fault in error.faults], error.total) from None
        if isinstance(result, pl.DataFrame | Growing):
            log.info("%s in, %d out", counted(stream.height, "row"), result.height)
        return pl.DataFrame(), result
    source = None
    board = pl.DataFrame()
    if stage.input is not None:
        source = None if before is not None and stage.input == STDIN else files.open(stage.input)
        board = source.read() if source is not None else board if before is None else before
        key = boards.key_of(board, stage.key if stage.keyed else None)
        try:
            if stage.keyed:
                boards.check_keys(board, key)
            result = stage.apply(board, files)
        except DataError as error:
            raise boards.placed(error, board, key, source) from None
        if isinstance(result, pl.DataFrame):
            log.info("%s in, %d out", counted(board.height, "row"), result.height)
    else:
        result = stage.apply(board, files)
    return board, result
