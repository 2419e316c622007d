"""screen: flag the units for which the conditions of a table of rules hold.

Serves the ten kinds of key households and the marginal ones that Xinfeng 2020 has villages look for (part one, item
2), and the consequences of a grade that Longnan has (promotion, admonition, demotion).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple, Unpack

import click

from fupin import boards, conditions, options, tables, writing
from fupin.boards import Placing
from fupin.chain import Files
from fupin.checks import Check, check, require_columns
from fupin.conditions import Condition
from fupin.deferred import pl
from fupin.errors import SHOWN, DataError, Fault, Misuse, counted, unusable
from fupin.rules import read_rules
from fupin.streaming import LINE, Stream, work_through
from fupin.tables import Source, Table
from fupin.writing import Growing

_NAME = "flags"
_TOGETHER = 10
Counts = Sequence[int]
"""How many units have each flag."""


class Flags:
    """What joins the flags of a row: all of its truths together are the place of a text in a table.

    Args:
        names: the flags.
    """

    def __init__(self, names: Sequence[str]) -> None:
        self._tables: list[tuple[pl.Expr, pl.Series]] = []
        for start in range(0, len(names), _TOGETHER):
            some = names[start : start + _TOGETHER]
            bits = (pl.when(str(start + i)).then(1 << i).otherwise(0) for i, _ in enumerate(some))
            texts = ["; ".join(f for i, f in enumerate(some) if n >> i & 1) or None for n in range(1 << len(some))]
            self._tables.append((pl.sum_horizontal(*bits).alias(str(start)), pl.Series(texts, dtype=pl.String)))

    def joined(self, truths: pl.DataFrame) -> pl.Series:
        """The flags of each row as one text; missing where there is none."""
        codes = truths.select(code for code, _ in self._tables)
        texts = [table.gather(code) for code, (_, table) in zip(codes, self._tables, strict=True)]
        if len(texts) == 1:
            return texts[0]
        joined = pl.concat_str(texts, separator="; ", ignore_nulls=True)
        return pl.select(pl.when(joined != "").then(joined)).to_series()


class Rules(NamedTuple):
    """A table of rules, ready for boards that have certain columns.

    Args:
        names: the flag of each rule.
        conditions: when it is set.
        notes: what it means; missing where nobody says.
        flags: what joins the flags of a row.
    """

    names: Sequence[str]
    conditions: Sequence[Condition]
    notes: Sequence[str | None]
    flags: Flags

    @property
    def numbered(self) -> dict[str, str]:
        """The flags by the columns of `conditions.truths`."""
        return {str(i): name for i, name in enumerate(self.names)}


def screen(
    board: pl.DataFrame,
    rules: Table,
    name: str = _NAME,
    *,
    flagged: bool = False,
    by: str | None = None,
    detail: bool = False,
    key: Sequence[str] | None = None,
    **placing: Unpack[Placing],
) -> pl.DataFrame:
    """Append the flags of each unit, or count them, contract §6.

    Args:
        board: one row per unit, texts.
        rules: flag, when (a condition, contract §3), perhaps note.
        name: the new column: the flags joined by `; ` in the order of the rules, missing where there is none.
        flagged: keep only the rows that have a flag.
        by: count the flags for each value of this column instead.
        detail: add a column for each flag, called like it: true or false.
        key: the board's key columns.
        placing: see `boards.append`. With `by`, only `only` has a meaning: which units are counted.

    Returns:
        the board with the columns. With `by`, a table with a row for each value of that column, in board order, and
        a column of counts for each flag.

    Raises:
        DataError: a rule is at fault; its condition is unknown for a unit because a cell is missing, or a cell is not
            a number; or the cell of `by` is missing.
    """
    _one_way(name, by, detail, placing)
    found = _read(tables.table(rules, "rules"), board.columns, by or name, named=bool(by or detail))
    if by:
        return _shown(_count(board, found, by, placing.get("only")), found, by, flagged)
    marked, counts = _mark(board, found, name, flagged, detail, placing)
    _tell(found, counts)
    return marked


def screen_stream(
    stream: Stream,
    rules: Source,
    name: str,
    *,
    flagged: bool,
    by: str | None,
    detail: bool,
    key: Sequence[str] | None,
    kept: bool = False,
    **placing: Unpack[Placing],
) -> pl.DataFrame | Growing:
    """The same of a board larger than memory, whose key is looked at, too; `kept` as `Growing` has it.

    Raises:
        DataError: as `screen` does, or a key is repeated or blank, or a row of the board is not well-formed.
    """
    none = pl.DataFrame(schema=dict.fromkeys(stream.columns, pl.String))
    keys = boards.key_of(none, key)
    found = _read(rules, stream.columns, by or name, named=bool(by or detail))
    only = placing.get("only")
    wanted = [column for condition in found.conditions for column in condition.columns]
    wanted += conditions.parse(only, "only").columns if only else ()
    if by:
        parts = [_count(none, found, by, only)]
        parts += work_through(stream, keys, lambda rows: _count(rows, found, by, only), [*wanted, by])
        return _shown(pl.concat(parts).group_by("\0by", maintain_order=True).sum(), found, by, flagged)
    columns = _mark(none, found, name, flagged, detail, placing)[0].columns
    new = [name, *(found.names if detail else [])]
    appended = (
        stream.mark in (",", None)
        and set(new).isdisjoint(none.columns)
        and set("".join(found.names)).isdisjoint(',"\r\n')
    )

    def work(rows: pl.DataFrame) -> tuple[bytes, int, Counts]:
        marked, counts = _mark(rows, found, name, flagged, detail, placing)
        if LINE in marked.columns:
            return writing.csv(marked.select(LINE, *new), LINE), marked.height, counts
        return writing.csv(marked), marked.height, counts

    table = Growing(kept)
    table.add_csv(columns, b"", 0)
    total: Counts = [0] * len(found.names)
    for rows, height, counts in work_through(stream, keys, work, wanted if appended else none.columns, others=appended):
        table.add_csv(columns, rows, height)
        total = [a + b for a, b in zip(total, counts, strict=True)]
    _tell(found, total)
    return table


def _one_way(name: str, by: str | None, detail: bool, placing: Mapping[str, object]) -> None:
    """Refuse what has no meaning for counts.

    Raises:
        Misuse: it is asked for.
    """
    fill, replace = placing.get("fill"), placing.get("replace")
    given = {"--as": name != _NAME, "--detail": detail, "--fill": fill, "--replace": replace}
    if by and (without := [word for word, is_given in given.items() if is_given]):
        raise Misuse(f"{without[0]} goes without --by, which makes a table of counts")


def _read(source: Source, columns: Sequence[str], other: str, named: bool) -> Rules:
    """The rules for a board.

    Args:
        source: the table.
        columns: the columns of the board.
        other: how a column beside those of the flags is called.
        named: whether columns are called like the flags.

    Raises:
        DataError: the table is at fault; file, line and column are named.
    """
    table = read_rules(source, ["flag", "when"], amounts={}, unique=["flag"], optional=["note"], some=True)
    faults: list[Fault] = []
    found: list[Condition] = []
    for row, (flag, sql) in enumerate(table.select("flag", "when").rows()):
        if named and (flag == other or unusable(flag)):
            faults.append(Fault(f"a column of flags cannot be called '{flag}'", "flag", row=row))
        try:
            condition = conditions.parse(sql, "when", held=True)
            condition.require(columns)
        except Misuse as error:
            faults.append(Fault(str(error).removeprefix("when: "), "when", row=row))
        except DataError as error:
            faults += [fault._replace(column="when", row=row) for fault in error.faults]
        else:
            found.append(condition)
    if faults:
        raise DataError(source.located(faults[:SHOWN]), len(faults))
    names = table["flag"].to_list()
    return Rules(names, found, table["note"].to_list(), Flags(names))


def _tell(rules: Rules, counts: Counts) -> None:
    """Tell how many units have each flag."""
    for flag, note, count in zip(rules.names, rules.notes, counts, strict=True):
        options.log.info("%s: %s%s", flag, counted(count, "unit"), f" ({note})" if note else "")


def _mark(
    board: pl.DataFrame, rules: Rules, name: str, flagged: bool, detail: bool, placing: Placing
) -> tuple[pl.DataFrame, Counts]:
    """The board with its flags, and how many units have each."""
    counts: Counts = ()

    def compute(rows: pl.DataFrame) -> pl.DataFrame:
        nonlocal counts
        found = conditions.truths(rows, rules.conditions)
        counts = found.sum().row(0)
        each = rules.numbered.items() if detail else ()
        truths = [found[number].cast(pl.String).alias(flag) for number, flag in each]
        return pl.DataFrame([rules.flags.joined(found).alias(name), *truths])

    marked = boards.append(board, [name, *(rules.names if detail else [])], compute, **placing)
    return marked.filter(pl.col(name).is_not_null()) if flagged else marked, counts


def _count(board: pl.DataFrame, rules: Rules, by: str, only: conditions.Sql | None) -> pl.DataFrame:
    r"""How many units have each flag: `\0by`, and a column for each flag, called by its number.

    Raises:
        DataError: the board lacks the column to count by, or a unit has no value there.
    """
    require_columns([by], board.columns)
    check(board, [Check(pl.col(by).is_null(), "blank, where the value that units are counted by is needed", by)])
    value = pl.col(by).alias("\0by")
    _, found = boards.among(
        board,
        boards.chosen(board, only),
        lambda rows: rows.select(value).hstack(conditions.truths(rows, rules.conditions)),
    )
    counts = found.group_by("\0by").agg(pl.col(list(rules.numbered)).sum())
    values = board.select(value).unique(maintain_order=True)
    return values.join(counts, on="\0by", how="left", maintain_order="left").fill_null(0)


def _shown(counts: pl.DataFrame, rules: Rules, by: str, flagged: bool) -> pl.DataFrame:
    """Counts as a table of texts, which are told, too; those of values with a flag where only these are wanted."""
    _tell(rules, counts.select(list(rules.numbered)).sum().row(0))
    shown = counts.filter(pl.any_horizontal(pl.col(list(rules.numbered)) > 0)) if flagged else counts
    return shown.cast(pl.String).rename({"\0by": by, **rules.numbered})


EXAMPLES = r"""
$ fupin screen villages.csv --only \
    --rules <(printf '%s\n' flag,when '实地偏低,field < 80' "非贫困村,kind <> '贫困村'") |
    head -3
village,kind,field,flags
青塘村,非贫困村,88.5,非贫困村
柳林桥村,非贫困村,84.0,非贫困村

$ fupin screen villages.csv --by kind \
    --rules <(printf '%s\n' flag,when '实地偏低,field < 80' '实地优良,field >= 90')
kind,实地偏低,实地优良
非贫困村,1,3
贫困村,1,4
社区,0,0
"""


@options.verb("screen", examples=EXAMPLES, streams=True)
@click.option(
    "--rules", type=options.File(), required=True, metavar="FILE", help="The rules: flag, when (SQL), perhaps note."
)
@click.option("--only", "flagged", is_flag=True, help="Keep only the rows that have a flag.")
@click.option(
    "--by",
    type=options.Column(),
    metavar="COLUMN",
    help="Count the flags for each value of this column: a row for each value, a column for each flag.",
)
@options.column(_NAME)
@options.detail
def command(rules: str, placing: dict[str, Any], **given: Any) -> options.Apply:
    """A rule is a flag and, in the column when, the condition under which a unit has it.

    Adds a column with the flags of each unit, joined by "; " in the order of the rules and blank where there is none.
    With --detail each flag is a column, too, true or false. A condition that is unknown for a unit, because a cell is
    missing, is an error.

    A large board is read, flagged and written a part at a time, so that it may be larger than memory.
    """
    _one_way(given["name"], given["by"], given["detail"], placing)

    def apply(board: pl.DataFrame | Stream, files: Files) -> pl.DataFrame | Growing:
        if isinstance(board, Stream):
            return screen_stream(board, files.open(rules), kept=files.kept, **given, **placing)
        return screen(board, files.open(rules), **given, **placing)

    return apply
