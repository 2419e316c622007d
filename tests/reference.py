"""The scoring verbs once more, plain and row by row in exact fractions, to check fupin against.

Written from the contract alone and for reading, not for speed. A table is a header and rows of text;
a verb returns the table that fupin must print, or raises `Refused` where the contract asks for an error.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from math import floor

Row = dict[str, str]
Key = tuple[str, ...]
LIMIT = Fraction(10**15)
NUMBER = re.compile(r"[+-]?[0-9]{1,15}(\.[0-9]{1,18})?")
TERM = re.compile(r"(.+?)(?:/([0-9]+(?:\.[0-9]+)?))?(?::([+-]?[0-9]+(?:\.[0-9]+)?%?))?", re.DOTALL)


class Refused(Exception):
    """The contract calls this input or command line an error."""


# --- tables


@dataclass(frozen=True)
class Table:
    """A header and rows of text."""

    columns: list[str]
    rows: list[Row]

    def plus(self, **new: list[str]) -> Table:
        """The table with more columns at the right."""
        added = [dict(zip(new, cells, strict=True)) for cells in zip(*new.values(), strict=True)]
        return Table([*self.columns, *new], [row | more for row, more in zip(self.rows, added, strict=True)])

    def text(self) -> str:
        """CSV as fupin prints it: LF, quotes only where needed."""
        lines = [self.columns, *([row[column] for column in self.columns] for row in self.rows)]
        return "".join((",".join(map(quoted, line)) or '""') + "\n" for line in lines)


def quoted(cell: str) -> str:
    """A cell as CSV writes it, in quotes only where needed."""
    return '"' + cell.replace('"', '""') + '"' if re.search('[",\r\n]', cell) else cell


def table(text: str) -> Table:
    """The table that a CSV text holds."""
    columns, *rows = csv.reader(io.StringIO(text, newline=""))
    return Table(columns, [dict(zip(columns, row, strict=True)) for row in rows])


# --- numbers


def number(cell: str) -> Fraction:
    """The number in a cell; anything else, blank and NA too, is refused."""
    if not NUMBER.fullmatch(cell):
        raise Refused(f"not a number: {cell!r}")
    return Fraction(cell)


def half_up(x: Fraction, places: int) -> Fraction:
    """Rounded, a half away from zero."""
    size = Fraction(floor(abs(x) * 10**places + Fraction(1, 2)), 10**places)
    return size if x > 0 else -size


def exact(x: Fraction, places: int | None = None) -> Fraction:
    """The number, rounded if asked; refused if it needs 19 decimals or 16 digits before the point."""
    if places is not None:
        x = half_up(x, places)
    if abs(x) >= LIMIT:
        raise Refused("more than 15 digits before the point")
    if 10**18 % x.denominator:
        raise Refused("more than 18 decimals: use --round")
    return x


def printed(x: Fraction | int, places: int | None = None) -> str:
    """A number as fupin prints it: no exponent, no trailing zeros, no -0."""
    x = exact(Fraction(x), places)
    whole, part = divmod(int(abs(x) * 10**18), 10**18)
    return ("-" if x < 0 else "") + f"{whole}.{part:018d}".rstrip("0").rstrip(".")


def held(x: Fraction, low: Fraction, high: Fraction) -> Fraction:
    """The number held within low…high."""
    return max(low, min(high, x))


def is_close(a: Fraction, b: Fraction, near: Fraction) -> bool:
    """Whether two figures differ by less than a distance, and one has six or more decimals (contract §2)."""
    return 0 < abs(a - b) < near and any((x * 10**5).denominator != 1 for x in (a, b))


def mean(values: Sequence[Fraction]) -> Fraction:
    """The mean of at least one number, of a sum within 15 digits."""
    if not values:
        raise Refused("no value has no mean")
    return exact(sum(values, Fraction(0))) / len(values)


# --- boards and ledgers


def key_of(row: Row, key: Sequence[str]) -> Key:
    """What names the unit of a row."""
    return tuple(row[column] for column in key)


def units(board: Table, key: Sequence[str]) -> list[Key]:
    """The keys of a board, unique and not blank."""
    found = [key_of(row, key) for row in board.rows]
    if len(set(found)) < len(found) or any("" in one for one in found):
        raise Refused("a key is repeated or blank")
    return found


def by_unit(
    board: Table,
    events: Table,
    key: Sequence[str],
    where: Callable[[Row], bool] = lambda _: True,
    ignore_strays: bool = False,
) -> dict[Key, list[Row]]:
    """The ledger rows of each unit, in order."""
    mine: dict[Key, list[Row]] = {unit: [] for unit in units(board, key)}
    for row in filter(where, events.rows):
        unit = key_of(row, key)
        if unit in mine:
            mine[unit].append(row)
        elif not ignore_strays:
            raise Refused(f"{unit} is not on the board")
    return mine


def groups(board: Table, within: str | None) -> list[list[int]]:
    """The row numbers of each group, groups in board order."""
    found: dict[str, list[int]] = {}
    for index, row in enumerate(board.rows):
        found.setdefault(row[within] if within else "", []).append(index)
    return list(found.values())


def vetoed(row: Row) -> bool:
    """Whether the unit is marked as vetoed."""
    return row.get("vetoed", "false") == "true"


# --- the verbs


def tally(
    board: Table,
    events: Table,
    key: Sequence[str],
    name: str,
    figure: str,
    column: str = "",
    *,
    trim: int = 0,
    expect: int | None = None,
    places: int | None = None,
    where: Callable[[Row], bool] = lambda _: True,
    ignore_strays: bool = False,
) -> Table:
    """One figure (count, distinct, sum, mean, min, max) per unit."""
    cells = []
    for rows in by_unit(board, events, key, where, ignore_strays).values():
        if expect is not None and len(rows) != expect:
            raise Refused(f"{len(rows)} rows, not {expect}")
        if figure == "count":
            cells.append(printed(len(rows)))
        elif figure == "distinct":
            cells.append(printed(len({row[column] for row in rows if row[column]})))
        else:
            values = sorted(number(row[column]) for row in rows)
            if trim and len(values) < 2 * trim + 1:
                raise Refused("too few to trim")
            if figure == "sum":
                cells.append(printed(sum(values, Fraction(0)), places))
            elif not values:
                cells.append("")
            elif figure == "mean":
                middle = values[trim : len(values) - trim]
                cells.append(printed(mean(middle), 6 if places is None else places))
            else:
                cells.append(printed(values[0] if figure == "min" else values[-1], places))
    return board.plus(**{name: cells})


def lookup(
    board: Table,
    other: Table,
    key: Sequence[str],
    on: Sequence[str],
    take: Sequence[tuple[str, str]],
    *,
    optional: bool = False,
    fill: bool = False,
    replace: bool = False,
    chosen: Callable[[Row], bool] = lambda _: True,
) -> Table:
    """Columns of another table, each under its new name; filled, each where it is missing itself.

    Rows that are not chosen have what they had.
    """
    units(board, key)
    if fill and replace:
        raise Refused("written where it is missing, and whatever is there")
    if not (fill or replace) and any(name in board.columns for _, name in take):
        raise Refused("the column is there")
    found = dict(zip(units(other, on), other.rows, strict=True))
    rows = [dict(row) for row in board.rows]
    for row in rows:
        old = dict(row)
        row |= {name: old.get(name, "") for _, name in take}
        wanted = [(column, name) for column, name in take if chosen(old) and not (fill and old.get(name))]
        mine = found.get(key_of(old, on))
        if wanted and mine is None and not optional:
            raise Refused("not found")
        row |= {name: mine[column] if mine else "" for column, name in wanted}
    return Table([*board.columns, *(name for _, name in take if name not in board.columns)], rows)


def vote(
    board: Table,
    ballots: Table | None,
    key: Sequence[str],
    name: str,
    scale: Mapping[str, str],
    *,
    choice: str = "choice",
    invalid: Sequence[str] = (),
    places: int | None = None,
    detail: bool = False,
    where: Callable[[Row], bool] = lambda _: True,
    ignore_strays: bool = False,
) -> Table:
    """Σ value ÷ valid ballots, from a ledger, or from counts on the board."""
    known = [*scale, *invalid]
    if ballots is None:
        units(board, key)
        votes = [{one: count(row[one]) for one in known} for row in board.rows]
    else:
        votes = []
        for rows in by_unit(board, ballots, key, where, ignore_strays).values():
            cast = [row[choice] for row in rows if row[choice]]
            if not set(cast) <= set(known):
                raise Refused("an unknown choice")
            votes.append({one: cast.count(one) for one in known})
    cells: dict[str, list[str]] = {name: [], f"{name}_valid": [], f"{name}_invalid": []}
    for found in votes:
        valid = sum(found[one] for one in scale)
        if not valid:
            raise Refused("no valid ballot")
        exact(Fraction(valid)), exact(Fraction(sum(found[one] for one in invalid)))
        points = sum((number(value) * found[one] for one, value in scale.items()), Fraction(0)) / valid
        cells[name].append(printed(points, 6 if places is None else places))
        cells[f"{name}_valid"].append(printed(valid))
        cells[f"{name}_invalid"].append(printed(sum(found[one] for one in invalid)))
    return board.plus(**(cells if detail else {name: cells[name]}))


def count(cell: str) -> int:
    """A whole number of 0 or more."""
    x = number(cell)
    if x < 0 or x.denominator != 1:
        raise Refused(f"not a count: {cell!r}")
    return int(x)


def points(row: Row, column: str, kind: str, rule: Mapping[str, str], places: int | None) -> str:
    """The points for a measure by a rule: `of`, `uncapped` (with `full`), `map`, `bands`, or `places` (F and STEP)."""
    cell = row[column]
    if cell in ("", "NA"):
        return cell
    if kind == "map":
        if cell not in rule:
            raise Refused(f"not in the map: {cell!r}")
        return printed(number(rule[cell]), places)
    x = number(cell)
    if kind == "uncapped":
        target = number(rule["of"] if NUMBER.fullmatch(rule["of"]) else row[rule["of"]])
        if target <= 0:
            raise Refused("a target that is not above 0")
        return printed(x / target * number(rule["full"]), 6 if places is None else places)
    if kind == "bands":
        reached = [bound for bound in rule if number(bound) <= x]
        if not reached:
            raise Refused("below all bands")
        return printed(number(rule[max(reached, key=number)]), places)
    if kind == "places":
        if x < 1 or x.denominator != 1:
            raise Refused("not a place")
        return printed(max(Fraction(0), number(rule["F"]) - (x - 1) * number(rule["STEP"])), places)
    target = number(rule["of"] if NUMBER.fullmatch(rule["of"]) else row[rule["of"]])
    if target <= 0:
        raise Refused("a target that is not above 0")
    full = number(rule["full"])
    return printed(held(x / target * full, Fraction(0), full), 6 if places is None else places)


def score(
    board: Table,
    key: Sequence[str],
    column: str,
    name: str,
    kind: str,
    rule: Mapping[str, str],
    *,
    places: int | None = None,
    chosen: Callable[[Row], bool] = lambda _: True,
    fill: bool = False,
    replace: bool = False,
) -> Table:
    """Points for a measure by one rule, or the column with the mean of its numbers in its gaps."""
    units(board, key)
    gap = {"fill-mean": "", "na-mean": "NA"}.get(kind)
    in_place = gap is not None and name == column
    if fill and replace:
        raise Refused("written where it is missing, and whatever is there")
    if name in board.columns and not (fill or replace or in_place):
        raise Refused("the column is there")
    middle = ""
    if gap is not None:
        cells = [row[column] for row in board.rows if chosen(row)]
        values = [number(cell) for cell in cells if cell not in ("", "NA")]
        if gap in cells:
            middle = printed(mean(values), 6 if places is None else places)
    result = []
    for row in board.rows:
        old = row.get(name, "")
        if not chosen(row) or (old and fill):
            result.append(old)
        elif gap is None:
            result.append(points(row, column, kind, rule, places))
        else:
            result.append(middle if row[column] == gap else row[column])
    if name not in board.columns:
        return board.plus(**{name: result})
    return Table(board.columns, [row | {name: cell} for row, cell in zip(board.rows, result, strict=True)])


def deduct(
    board: Table,
    events: Table,
    key: Sequence[str],
    name: str,
    *,
    full: str | None = None,
    items: Table | None = None,
    floor: str = "0",
    each: tuple[str, str] | None = None,
    once: Sequence[str] = (),
    column: str = "points",
    detail: bool = False,
) -> Table:
    """Full marks less the points of the events, not below the floor."""
    # One part without a name for --full, else a part per item: full marks and floor.
    parts: dict[str, tuple[Fraction, Fraction]] = {"": (number(full or "0"), number(floor))}
    if items is not None:
        parts = {row["item"]: (number(row["full"]), number(row.get("floor") or floor)) for row in items.rows}
    new: dict[str, list[str]] = {name: [], f"{name}_events": [], f"{name}_points": [], f"{name}_absorbed": []}
    for rows in by_unit(board, events, key).values():
        lost: list[tuple[Key, str, Fraction]] = []
        for row in rows:
            points, part = number(row[column]), "" if items is None else row["item"]
            if points < 0 or (each and held(points, number(each[0]), number(each[1])) != points):
                raise Refused(f"points {points}")
            if part not in parts:
                raise Refused(f"unlisted item {part!r}")
            if once and not row[once[0]]:
                raise Refused("nothing says what the event is about")
            lost.append((key_of(row, once), part, points))
        if once:
            most: dict[Key, tuple[Key, str, Fraction]] = {}
            for event in lost:
                if event[0] not in most or event[2] > most[event[0]][2]:
                    most[event[0]] = event
            lost = list(most.values())
        score = absorbed = Fraction(0)
        for part, (marks, lowest) in parts.items():
            left = marks - sum((points for _, its, points in lost if its == part), Fraction(0))
            score += max(lowest, left)
            absorbed += max(lowest, left) - left
        total = sum((points for _, _, points in lost), Fraction(0))
        for cells, figure in zip(new.values(), (score, Fraction(len(lost)), total, absorbed), strict=True):
            cells.append(printed(figure))
    return board.plus(**(new if detail else {name: new[name]}))


def bonus(
    board: Table,
    events: Table,
    rules: Table,
    key: Sequence[str],
    name: str,
    *,
    range_: tuple[str, str] | None = None,
    sides: tuple[str, str] | None = None,
    detail: bool = False,
) -> Table:
    """Capped extras: per item within ±|cap|, then all of them within a range or each side within it."""
    points = {(rule["item"], rule["level"]): number(rule["points"]) for rule in rules.rows}
    caps = {rule["item"]: rule["cap"] for rule in rules.rows}
    if any(rule["cap"] != caps[rule["item"]] for rule in rules.rows):
        raise Refused("two caps for one item")
    new: dict[str, list[str]] = {name: []}
    new |= {f"{name}_{item}": [] for item in caps} | {f"{name}_absorbed": []}
    for rows in by_unit(board, events, key).values():
        sums = dict.fromkeys(caps, Fraction(0))
        for row in rows:
            if (row["item"], row["level"]) not in points:
                raise Refused(f"no rule for {row['item']!r}, {row['level']!r}")
            sums[row["item"]] += points[row["item"], row["level"]] * number(row.get("count", "1"))
        kept = dict(sums)
        for item, cap in caps.items():
            if cap:
                kept[item] = held(sums[item], -abs(number(cap)), abs(number(cap)))
        total = sum(kept.values(), Fraction(0))
        if range_:
            total = held(total, number(range_[0]), number(range_[1]))
        if sides:
            plus = sum((part for part in kept.values() if part > 0), Fraction(0))
            minus = sum((part for part in kept.values() if part < 0), Fraction(0))
            total = min(plus, number(sides[1])) + max(minus, number(sides[0]))
        absorbed = sum(sums.values(), Fraction(0)) - total
        for cells, figure in zip(new.values(), (total, *kept.values(), absorbed), strict=True):
            cells.append(printed(figure))
    return board.plus(**(new if detail else {name: new[name]}))


@dataclass(frozen=True)
class Term:
    """COLUMN[/FULL][:WEIGHT]; without FULL it is an extra."""

    column: str
    full: Fraction | None
    weight: Fraction

    @staticmethod
    def parse(word: str) -> Term:
        """The term that a word of the command line means."""
        found = TERM.fullmatch(word)
        if not found:
            raise Refused(word)
        column, full, weight = found.groups()
        return Term(column, number(full) if full else None, share(weight or "1"))


def share(text: str) -> Fraction:
    """A weight: a number or a percentage."""
    return number(text[:-1]) / 100 if text.endswith("%") else number(text)


def weight(
    board: Table,
    key: Sequence[str],
    name: str,
    terms: Sequence[Term],
    *,
    cells: Sequence[Mapping[str, str]] | None = None,
    sum_: str | None = None,
    places: int | None = None,
    missing: str = "error",
    na: str = "rescale",
) -> Table:
    """Σ weight × column, with missing and not assessed (NA) cells as asked."""
    units(board, key)
    cells = board.rows if cells is None else cells
    if sum_ is not None and number(sum_) != sum(t.full * t.weight for t in terms if t.full is not None):
        raise Refused("the weights do not add up to --sum")
    for term in terms:
        for row in cells:
            cell = row[term.column]
            if cell == "NA" and term.full is None:
                raise Refused("NA in an extra")
            if cell == "" and (missing == "error" or (missing == "rescale" and term.full is None)):
                raise Refused("a missing cell")
            if cell not in ("", "NA") and term.full is not None and not 0 <= number(cell) <= term.full:
                raise Refused(f"{cell} is not within 0…{term.full}")

    def average(term: Term) -> Fraction:
        values = [number(row[term.column]) for row in cells if row[term.column] not in ("", "NA")]
        if not values:
            raise Refused("no value has no mean")
        return sum(values, Fraction(0)) / len(values)

    def cell_of(row: Mapping[str, str]) -> str:
        scored = extras = assessed = everything = Fraction(0)
        divided = False
        for term in terms:
            cell, share_ = row[term.column], (term.full or 0) * term.weight
            everything += share_
            if (cell == "NA" and na == "rescale") or (cell == "" and missing == "rescale"):
                divided = True
                continue
            if cell == "NA":
                value = term.full or Fraction(0) if na == "full" else Fraction(0)
            elif cell == "":
                divided |= missing == "mean"
                value = average(term) if missing == "mean" else Fraction(0)
            else:
                value = number(cell)
            assessed += share_
            if term.full is None:
                extras += value * term.weight
            else:
                scored += value * term.weight
        if divided and assessed == 0 and everything:
            return "NA"
        if assessed != everything:
            scored = scored * everything / assessed
        rounding = 6 if divided and places is None else places
        return printed(scored + extras, rounding)

    return board.plus(**{name: [cell_of(row) for row in cells]})


def weight_long(
    board: Table,
    scores: Table,
    items: Table,
    key: Sequence[str],
    name: str,
    *,
    sum_: str | None = None,
    places: int | None = None,
    missing: str = "error",
    na: str = "rescale",
    without: Sequence[str] = (),
) -> Table:
    """The same from a ledger of unit, item, value and a table of item, full, weight.

    An item that no unit has a score for is refused, if it is not left out as not assessed for all.
    """
    terms = [
        Term(row["item"], number(row["full"]) if row["full"] else None, share(row["weight"] or "1"))
        for row in items.rows
    ]
    cells = []
    for rows in by_unit(board, scores, key).values():
        mine: dict[str, str] = {}
        for row in rows:
            if row["item"] not in {term.column for term in terms} or row["item"] in mine:
                raise Refused(f"item {row['item']!r}: unlisted, or given twice")
            mine[row["item"]] = row["value"]
        cells.append({term.column: mine.get(term.column, "") for term in terms})
    for term in terms if board.rows else ():
        scored = any(row[term.column] for row in cells)
        if scored == (term.column in without):
            raise Refused(f"{term.column}: no unit has a score for it, or one has, and it is left out")
    cells = [row | dict.fromkeys(without, "NA") for row in cells]
    return weight(board, key, name, terms, cells=cells, sum_=sum_, places=places, missing=missing, na=na)


def rank(
    board: Table,
    key: Sequence[str],
    by: str,
    *,
    name: str = "rank",
    within: str | None = None,
    ties: str = "competition",
    tie_break: Iterable[str] = (),
    lowest_first: bool = False,
    veto: str = "unranked",
    keep_order: bool = False,
    previous: Table | None = None,
) -> Table:
    """Places by a column; `veto` is unranked, last (--vetoed last) or ignore (--ignore-veto)."""
    found = units(board, key)

    def order(row: Row) -> tuple[Fraction, ...]:
        """Smaller is better."""
        signs = [(by, 1 if lowest_first else -1)]
        signs += [(word.removesuffix(":asc"), 1 if word.endswith(":asc") else -1) for word in tie_break]
        last = Fraction(veto == "last" and vetoed(row))
        return (last, *(sign * number(row[column]) for column, sign in signs))

    place = [""] * len(board.rows)
    sequence: list[int] = []
    for group in groups(board, within):
        out = [i for i in group if veto == "unranked" and vetoed(board.rows[i])]
        ranked = sorted((i for i in group if i not in out), key=lambda i: order(board.rows[i]))
        orders = [order(board.rows[i]) for i in ranked]
        if ties == "error" and len(set(orders)) < len(orders):
            raise Refused("a tie")
        for position, i in enumerate(ranked):
            better = orders[: orders.index(orders[position])]
            place[i] = str(1 + {"ordinal": position, "dense": len(set(better))}.get(ties, len(better)))
        sequence += ranked + out
    new = {name: place}
    if previous is not None:
        before = {key_of(row, key): row[name] for row in previous.rows}
        new["previous_rank"] = [before.get(unit, "") for unit in found]
        pairs = zip(new["previous_rank"], place, strict=True)
        new["change"] = [str(int(old) - int(now)) if old and now else "" for old, now in pairs]
    result = board.plus(**new)
    return result if keep_order else Table(result.columns, [result.rows[i] for i in sequence])


def close_ranks(
    board: Table,
    by: str,
    *,
    within: str | None = None,
    tie_break: Sequence[str] = (),
    veto: str = "unranked",
    near: Fraction,
) -> int:
    """How many neighbours in a ranking are told apart by less than a distance, in the column that tells them apart."""
    columns = [by, *(word.removesuffix(":asc") for word in tie_break)]
    signs = [1, *(-1 if word.endswith(":asc") else 1 for word in tie_break)]
    found = 0
    for group in groups(board, within):
        for out in (False, True):
            rows = [board.rows[i] for i in group if (veto != "ignore" and vetoed(board.rows[i])) == out]
            if out and veto == "unranked":
                continue
            values = sorted([sign * number(row[c]) for c, sign in zip(columns, signs, strict=True)] for row in rows)
            for one, other in pairwise(values):
                differing = [(a, b) for a, b in zip(one, other, strict=True) if a != b]
                found += bool(differing) and is_close(*differing[0], near)
    return found


def units_of(text: str) -> int:
    """A whole number of units."""
    if number(text) < 0 or number(text).denominator != 1:
        raise Refused(f"{text} is no number of units")
    return int(number(text))


def places(quota: str, most: str, every: int, rounding: str) -> tuple[int, int]:
    """The places of a quota and of its most, of so many units."""
    found, amounts = [], []
    for text in (quota, most):
        amount = number(text.removesuffix("%"))
        share = text.endswith("%")
        if amount < 0 or (amount > 100 if share else amount.denominator != 1):
            raise Refused(f"no quota: {text}")
        exact = amount * every / 100 if share else amount
        found.append({"down": floor(exact), "up": -floor(-exact), "half-up": floor(exact + Fraction(1, 2))}[rounding])
        amounts.append(amount)
    if (quota[-1:] == "%") == (most[-1:] == "%") and amounts[1] < amounts[0]:
        raise Refused("the most is below the quota")
    return found[0], found[1]


def kept(
    mine: list[int], scores: Mapping[int, Fraction], quota: int, most: int, used: int
) -> tuple[list[int], list[int]]:
    """The units that a band keeps, and those that go down: the lowest ones, those that are equal together."""
    if used > quota:
        raise Refused("more places are used than there are")
    down: list[int] = []
    while len(mine) > quota - used:
        lowest = [i for i in mine if scores[i] == min(scores[j] for j in mine)]
        if len(mine) - len(lowest) < quota - used and len(mine) <= most - used:
            break
        mine = [i for i in mine if i not in lowest]
        down += lowest
    return mine, down


def grade(
    board: Table,
    key: Sequence[str],
    by: str,
    bands: Mapping[str, str],
    *,
    name: str = "grade",
    quota: Mapping[str, str] | None = None,
    quota_max: Mapping[str, str] | None = None,
    quotas: Table | None = None,
    rounding: str = "down",
    base: int | None = None,
    within: str | None = None,
    veto: str = "",
    ignore_veto: bool = False,
) -> Table:
    """Bands by their lower bounds; past a quota the lowest go to the next band; `veto` is a vetoed unit's grade."""
    units(board, key)
    order = sorted(bands, key=lambda band: number(bands[band]), reverse=True)
    for band, quota_ in (quota or {}).items():
        ceiling = (quota_max or {}).get(band, quota_)
        if (ceiling[-1] == "%") == (quota_[-1] == "%"):
            places(quota_, ceiling, 0, rounding)
    listed = {(row["group"], row["band"]): row for row in (quotas.rows if quotas else [])}
    for (_, band), row in listed.items():  # also of a group that is not there
        if band not in order[:-1]:
            raise Refused(f"no quota for {band}")
        places(row["quota"], row["max"] or (quota_max or {}).get(band) or row["quota"], 0, rounding)
        units_of(row["base"] or "0"), units_of(row["used"] or "0")
    if quotas and len(listed) < len(quotas.rows):
        raise Refused("a group has two quotas for a band")
    cells = [""] * len(board.rows)
    for group in groups(board, within):
        counted = [i for i in group if ignore_veto or not vetoed(board.rows[i])]
        scores = {i: number(board.rows[i][by]) for i in counted}
        if any(score < number(bands[order[-1]]) for score in scores.values()):
            raise Refused("below every band")
        for i in group:
            cells[i] = "" if i in scores else veto
        its = board.rows[group[0]][within] if within else ""
        down: list[int] = []
        for band in order:
            mine = down + [i for i in counted if not cells[i] and scores[i] >= number(bands[band]) and i not in down]
            row = listed.get((its, band), {})
            limit, most = row.get("quota", (quota or {}).get(band)), row.get("max") or (quota_max or {}).get(band)
            down = []
            if limit is not None or most is not None:
                every = units_of(row["base"]) if row.get("base") else len(group) if base is None else base
                here, top = places(limit or "", most or limit or "", every, rounding)
                if row.get("max") and top < here:
                    raise Refused("a max below the quota")
                mine, down = kept(mine, scores, here, top, units_of(row.get("used") or "0"))
            for i in mine:
                cells[i] = band
    return board.plus(**{name: cells})


def close_grades(
    board: Table,
    graded: Table,
    by: str,
    bands: Mapping[str, str],
    *,
    within: str | None = None,
    ignore_veto: bool = False,
    near: Fraction,
) -> int:
    """How many scores are close to a bound of a band, or to the next one, which a quota has sent further down."""
    order = sorted(bands, key=lambda band: number(bands[band]), reverse=True)
    found = 0
    for group in groups(board, within):
        mine = [i for i in group if ignore_veto or not vetoed(board.rows[i])]
        scores = {i: number(board.rows[i][by]) for i in mine}
        found += sum(is_close(score, number(bands[band]), near) for score in scores.values() for band in order)
        mine.sort(key=lambda i: -scores[i])
        for above, below in pairwise(mine):
            kept, fell = (order.index(graded.rows[i]["grade"]) for i in (above, below))
            reached = next(index for index, band in enumerate(order) if scores[below] >= number(bands[band]))
            found += reached <= kept < fell and is_close(scores[above], scores[below], near)
    return found


def counted(values: Sequence[int], counting: str) -> list[int]:
    """The places of values, the lowest first: dense (1, 2, 2, 3), or those of a competition (1, 2, 2, 4)."""
    others = set(values) if counting == "dense" else values
    return [1 + sum(other < value for other in others) for value in values]


def shares(entire: Fraction, units: int, places: int | None, remainder: bool) -> list[Fraction]:
    """What each of some units gets of an amount; with a remainder the first ones a last decimal more."""
    decimals = (2 if units > 1 else 18) if places is None else places
    if not remainder:
        return [half_up(entire / units, decimals)] * units
    steps = abs(entire) * 10**decimals
    if steps.denominator > 1:
        raise Refused("an amount of more decimals than its shares")
    each, left = divmod(int(steps), units)
    sign = -1 if entire < 0 else 1
    return [Fraction(sign * (each + (nth < left)), 10**decimals) for nth in range(units)]


def reward(
    board: Table,
    key: Sequence[str],
    *,
    prize: Sequence[str] = (),
    penalty: Sequence[str] = (),
    amounts: Table | None = None,
    by: str = "rank",
    name: str = "reward",
    within: str | None = None,
    ties: str = "error",
    counting: str = "competition",
    remainder: bool = False,
    allow_overlap: bool = False,
    ignore_veto: bool = False,
    places: int | None = None,
    uneven: list[int] | None = None,
) -> Table:
    """Prizes from the first place down, penalties from the last place up.

    `uneven` takes down how many ties have shares that do not add up to their amount.
    """
    units(board, key)
    amount = {place: number(text) for place, text in enumerate(prize, 1)}
    amount |= {-place: -number(text) for place, text in enumerate(penalty, 1)}
    note: dict[int, str] = {}
    if amounts is not None:
        amount = {int(row["place"]): number(row["amount"]) for row in amounts.rows}
        note = {int(row["place"]): row["note"] for row in amounts.rows}
    read = places_of(board, by, within, counting, ignore_veto=ignore_veto)
    if (counting != "competition" and ties == "split") or (remainder and ties != "split"):
        raise Refused("nothing to split")
    if counting == "given" and min(amount, default=1) < 0:
        raise Refused("no place is the last")
    cells, notes, zero = [""] * len(board.rows), [""] * len(board.rows), Fraction(0)
    for group in groups(board, within):
        paid = [i for i in group if ignore_veto or not vetoed(board.rows[i])]
        shown = {i: read[i] or 0 for i in paid}
        last = len(set(shown.values()) if counting == "dense" else paid) + 1
        for i in paid:
            tied = [j for j in paid if shown[j] == shown[i]]
            # The positions, from 1, that this unit shares with those of the same place.
            before = {shown[j] if counting == "dense" else j for j in paid if shown[j] < shown[i]}
            first = shown[i] if counting == "given" else 1 + len(before)
            shared = range(first, first + (len(tied) if counting == "competition" else 1))
            top = [p for p in shared if p in amount]
            bottom = [p - last for p in reversed(shared) if p - last in amount and counting != "given"]
            if ties == "full" and counting == "competition":
                top = [p for p in top if p == shared[0]]
                bottom = [p for p in bottom if p == shared[-1] - last]
                value = exact(sum((amount[p] for p in top + bottom), zero), places)
            else:
                each = [
                    amount.get(p, zero) + (amount.get(p - last, zero) if counting != "given" else 0) for p in shared
                ]
                if ties == "error" and len(set(each)) > 1:
                    raise Refused("a tie over different amounts")
                mine = [exact(each[0], places)] * len(tied)
                if ties == "split":
                    mine = shares(sum(each, zero), len(each), places, remainder)
                value = mine[tied.index(i) if counting == "competition" else 0]
                if uneven is not None and i == tied[0] and sum(mine, zero) != sum(each, zero) and len(each) > 1:
                    uneven.append(i)
            if top and bottom and not allow_overlap:
                raise Refused("both a prize and a penalty")
            cells[i] = printed(value)
            notes[i] = "; ".join(note[p] for p in top[:1] + bottom[:1] if note.get(p))
    return board.plus(**({name: cells} if amounts is None else {name: cells, f"{name}_note": notes}))


def places_of(board: Table, by: str, within: str | None, counting: str, *, ignore_veto: bool) -> list[int | None]:
    """The place of each unit, where vetoed ones may have none; counted as they are to be, in each group or in all."""
    read: list[int | None] = []
    for row in board.rows:
        if vetoed(row) and not ignore_veto and row[by] in ("", "NA"):
            read.append(None)
        elif number(row[by]) < 1 or number(row[by]).denominator != 1:
            raise Refused(f"no place: {row[by]!r}")
        else:
            read.append(int(number(row[by])))
    apart = [[p for i in group if (p := read[i]) is not None] for group in groups(board, within)]
    whole = [p for p in read if p is not None]
    fits = whole == counted(whole, counting) or all(group == counted(group, counting) for group in apart)
    if counting != "given" and not fits:
        raise Refused("other places than they are counted as")
    return read
