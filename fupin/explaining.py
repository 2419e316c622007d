"""How a unit came to its figures, in a first form: each stage, the ledger rows behind it, and what it wrote.

Contract §10.
"""

from __future__ import annotations

from collections.abc import Sequence

from fupin import boards, recipes
from fupin.chain import Chain, Files, Stage
from fupin.deferred import pl
from fupin.errors import DataError, Misuse, hint, one_line
from fupin.ledger import Ledger


class Account:
    """The account of one unit, stage by stage.

    Args:
        unit: what the unit is called; cells of a key of several columns are joined by commas.
        chains: what is going to run.

    Raises:
        Misuse: nothing in them concerns a unit, or the name is empty.
    """

    def __init__(self, unit: str, chains: Sequence[Chain]) -> None:
        if not unit:
            raise Misuse("--explain: the name of a unit is empty")
        if not any(stage.keyed and stage.input is not None for chain in chains for stage in chain.stages):
            raise Misuse(f"--explain {unit}: no verb here computes anything of a unit")
        self._unit = unit
        self._names: dict[str, None] = {}
        self._parts: list[str] = []
        self._found = False
        self._chain = ""

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
        key = boards.key_of(board, stage.key)
        names = boards.units(board, key)
        self._names |= dict.fromkeys(names.head(10_000))
        before = board.filter(names == self._unit)
        if not before.height:
            return
        self._found = True
        lines = [one_line(recipes.line(stage.words))]
        for events in stage.ledgers:
            lines += [f"  {row}" for row in _rows(events.open(files), key, self._unit)]
        named = set(key) <= set(result.columns)
        after = result.filter(boards.units(result, key) == self._unit) if named else before.clear()
        if not after.height:
            lines.append("  left out" if named else f"  goes into a table without {','.join(key)}")
        else:
            old = before.row(0, named=True)
            new = after.row(0, named=True)
            lines += [
                one_line(f"  {c} = {'' if v is None else v}".rstrip())
                for c, v in new.items()
                if c not in old or old[c] != v
            ]
        if chain.name != self._chain:
            self._chain = chain.name
            self._parts += [f"{chain.name}:"] if chain.name else []
        self._parts.append("\n".join(lines))

    def text(self) -> str:
        """The account.

        Raises:
            DataError: the unit has been on no board.
        """
        if not self._found:
            raise DataError(f"'{self._unit}' is on no board{hint(self._unit, self._names)}")
        return "\n\n".join([one_line(self._unit), *self._parts]) + "\n"


def _rows(ledger: Ledger, key: Sequence[str], unit: str) -> list[str]:
    """The rows of a ledger that count for a unit, with their files and lines."""
    found = []
    names = ledger.names(key)
    mine = pl.concat_str(names, separator=",", ignore_nulls=True) == unit
    for source in ledger.sources:
        frame = source.scan().with_row_index("\0row")
        rows = (frame.filter(mine) if ledger.where is None else frame.filter(ledger.where.truth, mine)).collect()
        cells = rows.drop("\0row", *names)
        for line, row in zip(source.lines(rows["\0row"].to_list()), cells.rows(), strict=True):
            told = ", ".join(f"{c} {v}" for c, v in zip(cells.columns, row, strict=True) if v is not None)
            found.append(one_line(f"{source.name}:{line}: {told}"))
    return found
