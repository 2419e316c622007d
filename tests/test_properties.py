"""fupin against the plain reference, on tables made to hurt.

Whatever the reference computes, fupin prints byte for byte; whatever it refuses, fupin refuses with one line
per fault and nothing on stdout.
"""

from __future__ import annotations

import csv
import io
import json
import shlex
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from tempfile import TemporaryDirectory

import polars as pl
import reference as ref
from harness import Result, fupin
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy
from reference import Refused, Row, Table, Term, number

from fupin.errors import one_line
from fupin.numbers import portion, times

many = settings(
    max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)

# --- running


def dressed(table: Table, form: str) -> bytes:
    """The table in one of the spellings of CSV that all mean the same."""
    if form == "lf":
        return table.text().encode()
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    if form == "quoted":
        writer = csv.writer(out, lineterminator="\n", quoting=csv.QUOTE_ALL)
    writer.writerow(table.columns)
    writer.writerows([row[column] for column in table.columns] for row in table.rows)
    return out.getvalue().encode("utf-8-sig" if form == "bom" else "utf-8")


forms = st.sampled_from(["lf", "lf", "crlf", "bom", "quoted"])


def run(words: Sequence[str], files: Mapping[str, Table], board: bytes, form: str = "lf") -> Result:
    """Run fupin; a word @NAME is the file of that name."""
    with TemporaryDirectory() as folder:
        for name, table in files.items():
            Path(folder, name).write_bytes(dressed(table, form))
        return fupin(*(str(Path(folder, word[1:])) if word.startswith("@") else word for word in words), stdin=board)


@dataclass
class Case:
    """A command line, its tables, and what it must print."""

    words: list[str]
    board: Table
    files: dict[str, Table]
    want: Callable[[], Table]
    form: str
    told: Callable[[], Sequence[str]] = tuple
    """What the lines on standard error say where nothing is refused."""

    def check(self) -> None:
        """Compare fupin with the reference."""
        got = run(self.words, self.files, dressed(self.board, self.form), self.form)
        try:
            want, why = self.want().text(), ""
        except Refused as refused:
            want, why = "", str(refused)
        if why:
            event(f"{self.words[0]} refused")
            assert got.status in (1, 2), f"accepted, though: {why}\n{got.out}"
            assert got.out == ""
            lines = got.err.splitlines()
            assert 1 <= len(lines) <= 21
            assert all(line.startswith(f"fupin {self.words[0]}: ") for line in lines), got.err
        else:
            event(f"{self.words[0]} done")
            assert (got.status, got.out) == (0, want), got.err
            told = [line.removeprefix(f"fupin {self.words[0]}: ") for line in got.err.splitlines()]
            told = [line for line in told if "--quota-max may keep them" not in line]
            told = [line for line in told if not ("ignore" in self.words and line.startswith("ignored "))]
            expected = list(self.told())
            assert [part for line, part in zip(told, expected, strict=True) if part in line] == expected, told


# --- cells

FEW = ["0", "1", "2", "2.5", "0.5", "3", "0.1", "0.2", "0.3", "5", "+5", "05.50", "10", "1.50", "-0"]
FEW += ["-1", "-2.5"]
NEAR = ["2.345", "1.0000005", "0.1234565", "0.12345649999999999", "2.0000005", "-2.345", "-0.0000005"]
DEEP = ["0.000000000000000001", "0.000000500000000001", "1.000000000000000005", "-0.000000000000000001"]
HUGE = ["999999999999999", "999999999999999.999999999999999999", "500000000000000", "-999999999999999"]
BAD = ["", "NA", "1e3", "二分", " 1", "1 ", "1,000", "95%", "NaN", ".5", "5.", "1.0000000000000000001"]
BAD += ["1000000000000000", "\uff15", "--1", "+", "-", "0x1", "inf", "1_0", "1.2.3", "1\n", "\u0661"]
NAMES = ["华容", "三封寺镇", "O'Neil, Ltd", 'the "old" mill', "two\nlines", "a\r\nb", "007", "7"]
NAMES += ["1.50", " 甲", "甲", "a,b", "a", "b", "=1+1", "-", "true", "NA", "é", "e\u0301", "𠮷村"]
odd_text = st.text(alphabet='甲乙a,"\n 0', min_size=1, max_size=4).filter(lambda text: bool(text.strip()))
names = st.sampled_from(NAMES) | odd_text
remarks = st.sampled_from(["", "007", "1.50", "+5", "NA", "2019年4月", 'a "b", c', " ", "-0"])


@st.composite
def numbers(draw: DrawFn, low: str = "0", high: str = "20", huge: bool = False) -> str:
    """A number as people write it, low…high."""
    fits = [text for text in FEW + NEAR + DEEP if number(low) <= number(text) <= number(high)]
    fits += [text for text in HUGE if huge and (number(low) < 0 or number(text) > 0)]
    if draw(st.integers(0, 5)):
        return draw(st.sampled_from(fits))
    places = draw(st.integers(0, 18))
    units = draw(st.integers(int(number(low) * 10**places), int(number(high) * 10**places)))
    text = ref.printed(Fraction(units, 10**places))
    spell = draw(st.sampled_from(["{}", "{}", "+{}", "0{}", "{}0"])) if units >= 0 else "{}"
    return spell.format(text) if "." in text and len(text.split(".")[1]) < 18 else text


@st.composite
def pool(draw: DrawFn, one: SearchStrategy[str], size: int = 3) -> SearchStrategy[str]:
    """A few values to draw from, so that ties are common."""
    return st.sampled_from(draw(st.lists(one, min_size=1, max_size=size)))


def seldom(draw: DrawFn, one_in: int = 12) -> bool:
    """True once in a while; shrinks to False."""
    return draw(st.integers(0, one_in - 1)) == one_in - 1


nears = st.sampled_from(["", "", "", "0", "0.5", "0.00000000001", "3"])
"""Distances below which decisions are told; nothing for the usual one."""


def gap(near: str) -> Fraction:
    """The distance that an option sets."""
    return number(near or "0.00001")


def close(many: int, near: str) -> list[str]:
    """What is told of so many close calls."""
    return [f"{many} close decision{'s' * (many > 1)}, less than {ref.printed(gap(near))} apart: "] if many else []


def spoil(draw: DrawFn, rows: Sequence[Row], column: str, cells: Sequence[str] = tuple(BAD)) -> None:
    """Once in a while put a cell there that is no number."""
    if rows and seldom(draw):
        draw(st.sampled_from(rows))[column] = draw(st.sampled_from(list(cells)))


# --- tables


@dataclass
class Board:
    """A board, the columns of its key, and the words that say so."""

    table: Table
    key: list[str]
    words: list[str]

    def unit(self, index: int) -> Row:
        """The key cells of one row."""
        return {column: self.table.rows[index][column] for column in self.key}


@st.composite
def boards(draw: DrawFn, cells: Mapping[str, SearchStrategy[str]], max_size: int = 6) -> Board:
    """A board with these columns, a remark, and a key of one column or two."""
    key = ["镇", "单位"] if seldom(draw, 5) else ["单位"]
    fewest = 0 if seldom(draw, 8) else 2
    found = draw(st.lists(st.tuples(*[names for _ in key]), unique=True, min_size=fewest, max_size=max_size))
    behind = draw(st.booleans())
    columns = ["备注", *key, *cells] if behind else [*key, "备注", *cells]
    rows = []
    for one in found:
        rows.append(dict(zip(key, one, strict=True)) | {"备注": draw(remarks)})
        rows[-1] |= {column: draw(cell) for column, cell in cells.items()}
    if rows and seldom(draw, 30):
        rows.append(dict(rows[0]))
    return Board(Table(columns, rows), key, ["-k", ",".join(key)] if behind or len(key) > 1 else [])


@st.composite
def ledgers(draw: DrawFn, board: Board, cells: Mapping[str, SearchStrategy[str]], max_size: int = 8) -> Table:
    """Events of the board's units, now and then one of a stranger."""
    rows: list[Row] = []
    count = draw(st.integers(0, max_size)) if board.table.rows else 0
    for _ in range(count):
        unit = board.unit(draw(st.integers(0, len(board.table.rows) - 1)))
        rows.append(unit | {column: draw(cell) for column, cell in cells.items()})
    if seldom(draw, 20):
        stray = dict.fromkeys(board.key, "没有此村")
        rows.append(stray | {column: draw(cell) for column, cell in cells.items()})
    columns = [*board.key, *cells]
    return Table(columns[::-1] if draw(st.booleans()) else columns, rows)


def split_in_two(draw: DrawFn, words: list[str], option: str, events: Table) -> dict[str, Table]:
    """The ledger as one file or as two of one shape."""
    if not seldom(draw, 4):
        words += [option, "@events.csv"]
        return {"events.csv": events}
    cut = draw(st.integers(0, len(events.rows)))
    words += [option, "@first.csv", option, "@second.csv"]
    return {
        "first.csv": Table(events.columns, events.rows[:cut]),
        "second.csv": Table(events.columns, events.rows[cut:]),
    }


# --- tally


@st.composite
def tallies(draw: DrawFn) -> Case:
    board = draw(boards({}))
    values = draw(pool(numbers("-20", "20", huge=seldom(draw, 6))))
    kinds = st.sampled_from(["a", "b", "1", "1.0", "01", "路, 灯", ""])
    events = draw(ledgers(board, {"数": values, "类": kinds, "用": st.sampled_from(["是", "是", "否"])}))
    spoil(draw, events.rows, "数")
    figure = draw(st.sampled_from(["count", "distinct", "sum", "mean", "min", "max"]))
    column = {"count": "", "distinct": "类"}.get(figure, "数")
    words = ["tally", *board.words, f"--{figure}", *filter(None, [column]), "--as", "结果"]
    files = split_in_two(draw, words, "--events", events)
    trim = draw(st.integers(1, 2)) if figure == "mean" and seldom(draw, 3) else 0
    words += ["--trim", str(trim)] if trim else []
    expect = draw(st.integers(1, 3)) if seldom(draw, 6) else None
    words += [] if expect is None else ["--expect", str(expect)]
    places = draw(st.none() | st.integers(0, 8)) if figure in ("sum", "mean") else None
    words += [] if places is None else ["--round", str(places)]
    chosen = seldom(draw, 4)
    words += ["--where", "用 = '是'"] if chosen else []
    ignored = seldom(draw, 4)
    words += ["--strays", "ignore"] if ignored else []

    def want() -> Table:
        return ref.tally(
            board.table, events, board.key, "结果", figure, column, trim=trim, expect=expect, places=places,
            where=lambda row: not chosen or row["用"] == "是", ignore_strays=ignored,
        )  # fmt: skip

    return Case(words, board.table, files, want, draw(forms))


@many
@given(tallies())
def test_tally(case: Case) -> None:
    case.check()


# --- lookup


@st.composite
def placings(draw: DrawFn, there: bool) -> tuple[bool, bool]:
    """Whether cells are filled, or written over; now and then both, or neither where the column is there."""
    if seldom(draw, 12):
        return draw(st.booleans()), draw(st.booleans())
    return draw(st.sampled_from([(True, False), (False, True)] if there else [(False, False), (True, False)]))


@st.composite
def looked_up(draw: DrawFn) -> Case:
    place = st.sampled_from(["华容", "湘阴", "007", "7", "NA", *[""] * seldom(draw, 8)])
    old = st.sampled_from(["", "1.50", "NA"])
    board = draw(boards({"县": place, "旧": old, "老": old}))
    on = draw(st.sampled_from([["县"], ["县"], ["县", "旧"], board.key]))
    source = draw(st.lists(st.sampled_from(board.table.rows), max_size=4)) if board.table.rows else []
    rows = {ref.key_of(row, on): {column: row[column] for column in on} for row in source if seldom(draw, 2)}
    if on == ["县"] and not seldom(draw, 4):
        rows = {(county,): {"县": county} for county in draw(st.permutations(["华容", "湘阴", "007", "7", "NA"]))}
    listed = [row | {"甲": draw(remarks), "乙": draw(remarks)} for row in rows.values()]
    if listed and seldom(draw, 20):
        listed.append(dict(listed[0]))
    other = Table([*on, "甲", "乙"][:: draw(st.sampled_from([1, -1]))], listed)
    names = draw(st.sampled_from([["新"], ["旧"], ["新", "旧"], ["旧", "老"], ["甲", "乙"], ["老", "新"]]))
    take = list(zip(["甲", "乙"], names, strict=False))
    words = ["lookup", *board.words, "--from", "@other.csv"]
    words += ["--on", ",".join(on)] if on != board.key or draw(st.booleans()) else []
    words += ["--take", ",".join(column if column == name else f"{column}={name}" for column, name in take)]
    optional = draw(st.booleans())
    fill, replace = draw(placings(bool(set(names) & set(board.table.columns))))
    words += ["--optional"] * optional + ["--fill"] * fill + ["--replace"] * replace
    chosen = seldom(draw, 3)
    words += ["--for", "县 = '华容'"] if chosen else []

    def want() -> Table:
        if chosen and any(not row["县"] for row in board.table.rows):
            raise Refused("a condition that is unknown")
        return ref.lookup(
            board.table, other, board.key, on, take, optional=optional, fill=fill, replace=replace,
            chosen=lambda row: not chosen or row["县"] == "华容",
        )  # fmt: skip

    return Case(words, board.table, {"other.csv": other}, want, draw(forms))


@many
@given(looked_up())
def test_lookup(case: Case) -> None:
    case.check()


# --- vote

CHOICES = ["优秀", "称职", "O'Neil 1.50", "a:b"]


@st.composite
def votes(draw: DrawFn) -> Case:
    worth = draw(pool(numbers("-20", "20", huge=seldom(draw, 4)), size=4))
    scale = {choice: draw(worth) for choice in CHOICES[: draw(st.integers(1, 4))]}
    invalid = draw(st.sampled_from([[], ["废票"], ["废票", "多选"]]))
    detail, counted = draw(st.booleans()), draw(st.booleans())
    known = [*scale, *invalid]
    places = draw(st.none() | st.integers(0, 18))
    pairs = ",".join(f"{choice}={value}" for choice, value in draw(st.permutations(list(scale.items()))))
    words = ["vote", "--scale", pairs, "--as", "得分", *["--detail"] * detail]
    words += ["--invalid", ",".join(invalid)] if invalid else []
    words += [] if places is None else ["--round", str(places)]
    if counted:
        counts = st.sampled_from(["0", "1", "3", "07", "2.0", "+4", *["499999999999999"] * seldom(draw, 4)])
        board = draw(boards(dict.fromkeys(known, counts)))
        for row in board.table.rows:
            if not seldom(draw, 20):
                row[draw(st.sampled_from(list(scale)))] = "7"
        spoil(draw, board.table.rows, draw(st.sampled_from(known)), [*BAD, "-1", "0.5"])
        words += [*board.words, "--counts"]
        return Case(
            words, board.table, {},
            lambda: ref.vote(
                board.table, None, board.key, "得分", scale, invalid=invalid, places=places, detail=detail
            ),
            draw(forms),
        )  # fmt: skip
    board = draw(boards({}, max_size=4))
    ballots = draw(ledgers(board, {"票": st.sampled_from(["", *known]), "用": st.sampled_from(["是", "是", "否"])}))
    for index in range(len(board.table.rows)):
        if not seldom(draw, 30):
            ballots.rows.append(board.unit(index) | {"票": draw(st.sampled_from(list(scale))), "用": "是"})
    spoil(draw, ballots.rows, "票", ["优", "NA", "0", " 称职"])
    words += [*board.words, "--choice", "票"]
    files = split_in_two(draw, words, "--ballots", ballots)
    chosen = seldom(draw, 4)
    words += ["--where", "用 = '是'"] if chosen else []
    ignored = seldom(draw, 4)
    words += ["--strays", "ignore"] if ignored else []

    def want() -> Table:
        return ref.vote(
            board.table, ballots, board.key, "得分", scale, choice="票", invalid=invalid, places=places, detail=detail,
            where=lambda row: not chosen or row["用"] == "是", ignore_strays=ignored,
        )  # fmt: skip

    return Case(words, board.table, files, want, draw(forms))


@many
@given(votes())
def test_vote(case: Case) -> None:
    case.check()


# --- score


@st.composite
def scored(draw: DrawFn) -> Case:
    kind = draw(st.sampled_from(["of", "uncapped", "map", "bands", "places", "fill-mean", "na-mean"]))
    worth = numbers("-20" if kind in ("map", "bands") else "0", "20", huge=seldom(draw, 6))
    measures = {
        "of": numbers("-20", "20", huge=seldom(draw, 6)),
        "uncapped": numbers("-20", "20", huge=seldom(draw, 6)),
        "map": st.sampled_from(["一类", "二类", "a:b", "1.0"]),
        "bands": numbers("-20", "20", huge=seldom(draw, 6)),
        "places": st.sampled_from(["1", "2", "3", "+4", "015", "2.0", "999999999999999"]),
    }.get(kind, numbers("-20", "20"))
    measure = draw(pool(measures, size=4))
    cell = st.one_of(measure, measure, measure, st.sampled_from(["", "NA"]))
    target = draw(pool(numbers("0.000000000000000001", "20", huge=seldom(draw, 3))))
    board = draw(
        boards(
            {"量": cell, "目标": target, "组": st.sampled_from(["一", "二"]), "旧": st.sampled_from(["", "NA", "1.50"])}
        )
    )
    bad = ["0.5", "-1", "0", "1.0000000000000000001", "三类", "二", " 1", "1e3"]
    spoil(draw, board.table.rows, "量", bad)
    spoil(draw, board.table.rows, "目标", ["", "NA", "0", "-1", "二"])
    words, rule = ["--uncapped", "--of"] if kind == "uncapped" else [f"--{kind}"], dict[str, str]()
    if kind in ("of", "uncapped"):
        rule = {"of": draw(st.sampled_from(["目标", "目标", "10", "0.3", "05.50"])), "full": draw(worth).lstrip("-")}
        words += [rule["of"], "--full", rule["full"]]
    elif kind == "places":
        rule = {"F": draw(worth), "STEP": draw(worth)}
        words += [":".join(rule.values())]
    elif kind in ("map", "bands"):
        keys = ["一类", "二类", "a:b", "1.0"] if kind == "map" else ["-20", "0", "2", "0.3", "05.50", "2.345"]
        fewest = len(keys) - seldom(draw, 6) if kind == "map" else 1
        found = draw(st.lists(st.sampled_from(keys), unique=True, min_size=fewest))
        if kind == "bands" and not seldom(draw, 6):
            found = [*found, "-999999999999999"]
        rule = {one: draw(worth) for one in draw(st.permutations(found))}
        words += [",".join(f"{one}={value}" for one, value in rule.items())]
    places = draw(st.none() | st.integers(0, 18))
    words += [] if places is None else ["--round", str(places)]
    name = draw(st.sampled_from(["得分", "得分", "旧"] if "mean" not in kind else ["得分", "量", "量", "旧"]))
    fill, replace = draw(placings(name == "旧"))
    fill = fill and not (kind == "na-mean" and name == "量")
    words += ["--fill"] * fill + ["--replace"] * replace
    chosen = seldom(draw, 3)
    words += ["--for", "组 = '一'"] if chosen else []
    near = draw(nears)
    words += ["--near", near] if near and kind == "bands" else []

    def told() -> list[str]:
        rows = [row for row in board.table.rows if not chosen or row["组"] == "一"]
        rows = [row for row in rows if kind == "bands" and not (fill and row.get(name))]
        figures = [number(row["量"]) for row in rows if row["量"] not in ("", "NA")]
        return close(sum(ref.is_close(x, number(bound), gap(near)) for x in figures for bound in rule), near)

    def want() -> Table:
        return ref.score(
            board.table, board.key, "量", name, kind, rule, places=places,
            chosen=lambda row: not chosen or row["组"] == "一", fill=fill, replace=replace,
        )  # fmt: skip

    return Case(["score", "量", *board.words, *words, "--as", name], board.table, {}, want, draw(forms), told)


@many
@given(scored())
def test_score(case: Case) -> None:
    case.check()


@many
@given(
    st.lists(
        st.tuples(st.integers(1 - 10**33, 10**33 - 1), st.integers(1, 10**33 - 1) | st.integers(1, 10**6)), min_size=1
    ),
    st.integers(0, 10**33 - 1) | st.integers(0, 100).map(lambda full: full * 10**18),
    st.integers(0, 18),
)
def test_a_portion_of_numbers_of_any_length(pairs: list[tuple[int, int]], amount: int, places: int) -> None:
    part, entire = (pl.Series(column, dtype=pl.Int128) for column in zip(*pairs, strict=True))
    want = [ref.half_up(Fraction(a, b) * Fraction(amount, 10**18), places) * 10**18 for a, b in pairs]
    for found, right in zip(portion(part, entire, amount, places), want, strict=True):
        assert found == right or (abs(right) >= 10**33 and found * right > 0 and abs(found) >= 10**33)


@many
@given(
    st.lists(st.integers(1 - 10**33, 10**33 - 1) | st.integers(-50, 50).map(lambda n: n * 10**17), min_size=1),
    st.integers(1 - 10**33, 10**33 - 1) | st.integers(-300, 300).map(lambda n: n * 10**16),
)
def test_a_product_with_a_constant(values: list[int], factor: int) -> None:
    column = pl.Series("x", values, dtype=pl.Int128).to_frame()
    value, inexact, large = times(pl.col("x"), factor)
    found = column.select(value=value, inexact=inexact, large=large).rows()
    for x, (product, is_inexact, is_large) in zip(values, found, strict=True):
        want = Fraction(x * factor, 10**18)
        if abs(want) < 10**33 and want.denominator == 1:
            assert (product, is_inexact, is_large) == (want, False, False)
        else:
            assert is_inexact or is_large


# --- deduct


@st.composite
def deductions(draw: DrawFn) -> Case:
    board = draw(boards({}))
    detail = draw(st.booleans())
    # Past 15 digits only where the sum of the points is printed, too.
    lost = numbers("0", "6", huge=detail and seldom(draw, 6))
    points = draw(pool(lost.filter(lambda text: text[0] != "-")))
    item = st.sampled_from(["卫生", "a,b", "路灯"])
    task = st.sampled_from(["1", "01", "一\n二"])
    day = st.sampled_from(["", "2019-05-24", "2019-06-24"])
    events = draw(ledgers(board, {"item": item, "task": task, "due": day, "分": points}))
    spoil(draw, events.rows, "分", [*BAD, "-1", "-0.000000000000000001"])
    column = draw(st.sampled_from(["分", "points"]))
    events = Table(
        [column if name == "分" else name for name in events.columns],
        [{column if name == "分" else name: cell for name, cell in row.items()} for row in events.rows],
    )
    words = ["deduct", *board.words, "--as", "得分", *(["--column", "分"] if column == "分" else [])]
    files = split_in_two(draw, words, "--events", events)
    full, floor, items = None, "0", None
    if draw(st.booleans()):
        full = draw(st.sampled_from(["20", "5", "05.50", "2.5", "0.3", "999999999999999", "0"]))
        words += ["--full", full]
        if draw(st.booleans()):
            floor = draw(st.sampled_from(["0", "-5", "-0.5", "-999999999999999"]))
            words += ["--floor", floor]
    else:
        marks = st.sampled_from(["5", "10", "2.5", "1.000000000000000001", "+3"])
        floors = st.sampled_from(["", "0", "-5", "1"])
        listed = [*["卫生", "a,b", "路灯"][: 2 if seldom(draw, 15) else 3], "空"]
        rows = [{"item": name, "full": draw(marks), "floor": draw(floors)} for name in listed]
        spoil(draw, rows, "full")
        items = Table(["item", "full", *(["floor"] if draw(st.booleans()) else [])], rows)
        rows[:] = [{name: row[name] for name in items.columns} for row in rows]
        files["items.csv"] = items
        words += ["--items", "@items.csv"]
    each = draw(st.sampled_from([("0.5", "2"), ("0", "5")])) if seldom(draw, 4) else None
    words += ["--each", ":".join(each)] if each else []
    once = draw(st.sampled_from([["task"], ["item"], ["task", "due"], ["item", "due", "task"], ["due", "task"]]))
    once = once if seldom(draw, 2) else []
    words += ["--once", ",".join(once)] if once else []
    words += ["--detail"] * detail

    def want() -> Table:
        return ref.deduct(
            board.table, events, board.key, "得分", full=full, items=items, floor=floor, each=each, once=once,
            column=column, detail=detail,
        )  # fmt: skip

    return Case(words, board.table, files, want, draw(forms))


@many
@given(deductions())
def test_deduct(case: Case) -> None:
    case.check()


# --- bonus


@st.composite
def extras(draw: DrawFn) -> Case:
    board = draw(boards({}))
    detail = draw(st.booleans())
    values = draw(pool(numbers("-6", "6", huge=detail and seldom(draw, 6)), size=4))
    caps = st.sampled_from(["", "3", "-3", "5.5", "0.000000000000000001", "+1"])
    rules: list[Row] = []
    for item in ["创新", "a,b", "通报"][: draw(st.integers(1, 3))]:
        cap = draw(caps)
        levels = draw(st.sampled_from([[""], ["", "省"], ["市", "省"], ["省"]]))
        rules += [{"item": item, "level": level, "points": draw(values), "cap": cap} for level in levels]
    spoil(draw, rules, "points")
    if seldom(draw, 20):
        rules[0]["cap"] = "7"
    kinds = [(rule["item"], rule["level"]) for rule in rules]
    kinds += [(kinds[0][0], "国"), ("没有", "")] if seldom(draw, 15) else []
    counted = {"count": st.sampled_from(["1", "1", "2", "03"])} if draw(st.booleans()) else {}
    events = draw(ledgers(board, {"item": st.just(""), "level": st.just("")} | counted))
    for row in events.rows:
        row["item"], row["level"] = draw(st.sampled_from(kinds))
    if counted:
        spoil(draw, events.rows, "count", ["NA", "二", "1e3", " 1"])
    words = ["bonus", *board.words, "--rules", "@rules.csv", "--as", "加分", *["--detail"] * detail]
    files = split_in_two(draw, words, "--events", events)
    table = files["rules.csv"] = Table(["item", "level", "points", "cap"], rules)
    bounds = draw(st.none() | st.sampled_from([("-3", "3"), ("-10", "5.5"), ("0", "5"), ("-0.1", "0.2")]))
    range_, sides = (bounds, None) if draw(st.booleans()) else (None, bounds)
    words += ["--range", ":".join(range_)] if range_ else []
    words += ["--sides", ":".join(sides)] if sides else []

    def want() -> Table:
        return ref.bonus(board.table, events, table, board.key, "加分", range_=range_, sides=sides, detail=detail)

    return Case(words, board.table, files, want, draw(forms))


@many
@given(extras())
def test_bonus(case: Case) -> None:
    case.check()


# --- weight

FULLS = [None, "100", "50", "7.5", "20"]
WEIGHTS = ["", "30%", "0.5", "2", "33.3333%", "0.00000000001", "12.5%"]


@st.composite
def weighted(draw: DrawFn) -> Case:
    missing = draw(st.sampled_from(["error", "zero", "rescale", "mean"]))
    na = draw(st.sampled_from(["rescale", "rescale", "full", "zero"]))
    terms: list[str] = []
    cells: dict[str, SearchStrategy[str]] = {}
    for column in ["考核", "得分/项", "x:y", "a b"][: draw(st.integers(1, 4))]:
        full = draw(st.sampled_from(FULLS))
        heavy = draw(st.sampled_from(WEIGHTS if full else [*WEIGHTS, "-1", "-50%"]))
        terms.append(column + (f"/{full}" if full else "") + (f":{heavy}" if heavy else ""))
        cell = draw(pool(numbers("0", full) if full else numbers("-20", "20", huge=seldom(draw, 8))))
        blank = missing in ("zero", "mean") or (missing == "rescale" and full is not None)
        gaps = ["NA"] * (full is not None) + [""] * blank
        cells[column] = st.one_of(cell, cell, st.sampled_from(gaps)) if gaps else cell
    board = draw(boards(cells))
    parsed = [Term.parse(word) for word in terms]
    scored = [term for term in parsed if term.full is not None]
    for row in board.table.rows:
        # Nothing to rescale from is decided for NA alone.
        found = {row[term.column] for term in scored}
        if scored and found <= {"", "NA"} and not (found == {"NA"} and na == "rescale"):
            row[scored[0].column] = "5"
    spoil(draw, board.table.rows, parsed[-1].column, [*BAD[2:], "-0.000000000000000001", "100.0000001"])
    words = ["weight", *terms, *board.words, "--as", "总分"]
    words += [] if missing == "error" and draw(st.booleans()) else ["--missing", missing]
    words += [] if na == "rescale" and draw(st.booleans()) else ["--na", na]
    sum_ = None
    if draw(st.booleans()) and scored:
        total = sum((term.full * term.weight for term in scored if term.full is not None), Fraction(0))
        sum_ = ref.printed(total + seldom(draw, 10))
        words += ["--sum", sum_]
    places = draw(st.none() | st.integers(0, 8))
    words += [] if places is None else ["--round", str(places)]

    def want() -> Table:
        return ref.weight(board.table, board.key, "总分", parsed, sum_=sum_, places=places, missing=missing, na=na)

    return Case(words, board.table, {}, want, draw(forms))


@many
@given(weighted())
def test_weight(case: Case) -> None:
    case.check()


@st.composite
def weighted_long(draw: DrawFn) -> Case:
    board = draw(boards({}))
    missing = draw(st.sampled_from(["error", "zero", "rescale", "mean"]))
    fulls, heavy = st.sampled_from(["100", "7.5"]), st.sampled_from(WEIGHTS)
    rows = [
        {"item": item, "full": draw(fulls), "weight": draw(heavy)}
        for item in ["经济", "a,b", "民生", "c"][: draw(st.integers(1, 4))]
    ]
    without = [row["item"] for row in rows[1:] if seldom(draw, 6)]
    sent = [row for row in rows if row["item"] not in without and not seldom(draw, 12)]
    values = draw(pool(numbers("0", "7.5")))
    given_: list[Row] = []
    for index in range(len(board.table.rows)):
        # The first item is there for everyone: nothing to rescale from is decided for NA alone.
        found = [row for row in sent if row is rows[0] or missing == "error" or draw(st.integers(0, 2))]
        blank = [""] * (missing != "error" and bool(index))
        given_ += [
            board.unit(index)
            | {
                "item": row["item"],
                "value": draw(values | st.sampled_from(blank) if blank and row is not rows[0] else values),
            }
            for row in found
        ]
    spoil(draw, given_, "value", [cell for cell in BAD if cell not in ("", "NA")] + ["100.1", "-1"])
    spoil(draw, given_, "item", ["没有", rows[0]["item"]])
    scores = Table([*board.key, "item", "value"], draw(st.permutations(given_)))
    items = Table(["item", "full", "weight"], rows)
    words = ["weight", *board.words, "--items", "@items.csv", "--as", "总分", "--missing", missing]
    files = split_in_two(draw, words, "--scores", scores) | {"items.csv": items}
    places = draw(st.none() | st.integers(0, 8))
    words += [] if places is None else ["--round", str(places)]
    words += [word for item in without for word in ("--without", item)]

    def want() -> Table:
        return ref.weight_long(
            board.table, scores, items, board.key, "总分", places=places, missing=missing, without=without
        )

    return Case(words, board.table, files, want, draw(forms))


@many
@given(weighted_long())
def test_weight_from_long_form(case: Case) -> None:
    case.check()


# --- rank


@st.composite
def ranked(draw: DrawFn) -> Case:
    score = draw(pool(numbers("-20", "20", huge=seldom(draw, 6))))
    few = st.sampled_from(["1", "1.0", "2", "-3"])
    cells = {"分": score, "组": st.sampled_from(["乙组", "甲组"]), "次": few, "末": few}
    marked = draw(st.booleans())
    if marked:
        cells["vetoed"] = st.sampled_from(["false", "false", "true"])
    board = draw(boards(cells, max_size=8))
    counted = [row for row in board.table.rows if not ref.vetoed(row)]
    spoil(draw, counted, "分")
    words = ["rank", "--by", "分", *board.words]
    within = draw(st.sampled_from([None, "组"]))
    words += ["--within", within] if within else []
    ties = draw(st.sampled_from(["competition", "competition", "dense", "ordinal", "error"]))
    words += [] if ties == "competition" and draw(st.booleans()) else ["--ties", ties]
    tie_break = draw(st.sampled_from([[], [], ["次"], ["次:asc"], ["次:asc", "末"], ["末", "次:asc"]]))
    words += ["--tie-break", ",".join(tie_break)] if tie_break else []
    lowest_first, keep_order = draw(st.booleans()), draw(st.booleans())
    words += ["--lowest-first"] * lowest_first + ["--keep-order"] * keep_order
    veto = draw(st.sampled_from(["unranked", "last", "ignore"])) if marked else "unranked"
    words += {"unranked": [], "last": ["--vetoed", "last"], "ignore": ["--ignore-veto"]}[veto]
    files, previous = {}, None
    if seldom(draw, 3):
        places = st.sampled_from(["", "1", "2", "3", "12"])
        kept = [i for i in range(len(board.table.rows)) if draw(st.booleans())]
        before = [board.unit(i) | {"rank": draw(places)} for i in kept]
        unique = {ref.key_of(row, board.key): row for row in before}
        previous = files["before.csv"] = Table([*board.key, "rank"], list(unique.values()))
        words += ["--previous", "@before.csv"]
    near = draw(nears)
    words += ["--near", near] if near else []

    def told() -> list[str]:
        return close(
            ref.close_ranks(board.table, "分", within=within, tie_break=tie_break, veto=veto, near=gap(near)), near
        )

    def want() -> Table:
        return ref.rank(
            board.table, board.key, "分", within=within, ties=ties, tie_break=tie_break,
            lowest_first=lowest_first, veto=veto, keep_order=keep_order, previous=previous,
        )  # fmt: skip

    return Case(words, board.table, files, want, draw(forms), told)


@many
@given(ranked())
def test_rank(case: Case) -> None:
    case.check()


# --- grade

BANDS = [{"优秀": "90", "称职": "80", "基本称职": "60", "不称职": "0"}, {"b": "-1", "a": "+5.50"}, {"合格": "-100"}]
QUOTAS = ["0", "1", "2", "3", "15%", "20%", "33.3%", "50%", "0%", "100%", "12.5%", "0.000000000000000001%"]
SCORES = ["90", "90.0", "89.995", "89.999999999999999999", "95", "80", "79.5", "60", "5.5", "0", "5.499", "100"]


@st.composite
def quotas_of(draw: DrawFn, bands: Mapping[str, str]) -> tuple[dict[str, str], dict[str, str]]:
    """Quotas of some bands, and the most of some of these."""
    order = sorted(bands, key=lambda band: number(bands[band]), reverse=True)
    least, most = dict[str, str](), dict[str, str]()
    for band in order[: None if seldom(draw, 30) else -1]:
        if draw(st.booleans()):
            least[band] = draw(st.sampled_from(QUOTAS))
            if draw(st.booleans()):
                kind = [one for one in QUOTAS if one.endswith("%") == least[band].endswith("%")]
                most[band] = draw(st.sampled_from(QUOTAS if seldom(draw, 8) else kind[-4:] + ["9"] * ("3" in kind)))
    return least, most


@st.composite
def graded(draw: DrawFn) -> Case:
    bands = draw(st.sampled_from([BANDS[0], BANDS[0], *BANDS]))
    cells = {"分": draw(pool(st.sampled_from(SCORES) | numbers("0", "20"), size=4))}
    cells["组"] = st.sampled_from(["乙组", "甲组", "甲, 组"])
    marked = draw(st.booleans())
    if marked:
        cells["vetoed"] = st.sampled_from(["false", "false", "", "true"])
    board = draw(boards(cells, max_size=14))
    spoil(draw, [row for row in board.table.rows if not ref.vetoed(row)], "分", [*BAD, "-101"])
    words = ["grade", "--by", "分", *board.words]
    words += ["--bands", ",".join(f"{band}={bands[band]}" for band in draw(st.permutations(list(bands))))]
    within = draw(st.sampled_from([None, "组"]))
    words += ["--within", within] if within else []
    quota, quota_max = draw(quotas_of(bands))
    together = draw(st.booleans())
    for option, given_ in (("--quota", quota), ("--quota-max", quota_max)):
        each = [f"{band}={value}" for band, value in given_.items()]
        for word in [",".join(each)] if together and each else each:
            words += [option, word]
    base = draw(st.integers(0, 40)) if quota and not within and draw(st.booleans()) else None
    words += [] if base is None else ["--base", str(base)]
    rounding = draw(st.sampled_from(["down", "down", "up", "half-up"]))
    words += [] if rounding == "down" else ["--quota-round", rounding]
    files: dict[str, Table] = {}
    quotas = None
    present = list({row["组"]: None for row in board.table.rows})
    if within and present and draw(st.booleans()):
        rows = []
        for group in draw(st.lists(st.sampled_from(present), unique=True)):
            least, most = draw(quotas_of(bands))
            extra = {
                "base": draw(st.sampled_from(["", "", "7", "40"])),
                "used": draw(st.sampled_from(["", "", "0", "1"])),
            }
            rows += [{"group": group, "band": b, "quota": least[b], "max": most.get(b, "")} | extra for b in least]
        spoil(draw, rows, "quota", ["", "101%", "-1", "1.5", "15％", "NA"])
        spoil(draw, rows, "base", ["-1", "1.5", "NA"])
        if rows and seldom(draw):
            rows[0]["group"] = "没有此组"
        spoil(draw, rows, "band", ["优", min(bands, key=lambda band: number(bands[band]))])
        quotas = files["quotas.csv"] = Table(["group", "band", "quota", "base", "used", "max"], rows)
        words += ["--quotas", "@quotas.csv"]
    veto = draw(st.sampled_from(["", "待研究", "优秀"]))
    ignore_veto = marked and not veto and seldom(draw, 4)
    words += (["--vetoed", veto] if veto else []) + ["--ignore-veto"] * ignore_veto
    last = min(bands, key=lambda band: number(bands[band]))
    near = draw(nears)
    words += ["--near", near] if near else []

    def told() -> list[str]:
        absent = [row["group"] for row in (quotas.rows if quotas else []) if row["group"] not in present]
        calls = ref.close_grades(
            board.table, want(), "分", bands, within=within, ignore_veto=ignore_veto, near=gap(near)
        )
        return [*("no unit is in the group" for _ in set(absent)), *close(calls, near)]

    def want() -> Table:
        if last in quota:
            raise Refused("a quota on the last band")
        return ref.grade(
            board.table, board.key, "分", bands, quota=quota, quota_max=quota_max, quotas=quotas, rounding=rounding,
            base=base, within=within, veto=veto, ignore_veto=ignore_veto,
        )  # fmt: skip

    return Case(words, board.table, files, want, draw(forms), told)


@many
@given(graded())
def test_grade(case: Case) -> None:
    case.check()


@st.composite
def contested(draw: DrawFn) -> Case:
    """More units in the upper bands than their quotas have places, and many of them equal."""
    scores = draw(st.lists(st.sampled_from(["95", "90", "90.0", "89.995", "80"]), min_size=1, max_size=3, unique=True))
    groups = draw(st.sampled_from([["甲"], ["甲", "乙"]]))
    cells = st.tuples(st.sampled_from(scores), st.sampled_from(groups), st.sampled_from(["", "", "", "true"]))
    rows = [
        {"单位": f"C{i}", "分": score, "县": group, "vetoed": out}
        for i, (score, group, out) in enumerate(draw(st.lists(cells, min_size=4, max_size=12)))
    ]
    board = Table(["单位", "分", "县", "vetoed"], rows)
    most = st.integers(0, 60).map(lambda share: f"{share}%")
    quota = {"优秀": draw(st.integers(1, 4).map(str) | most)}
    if draw(st.booleans()):
        quota["称职"] = draw(st.integers(1, 4).map(str) | most)
    quota_max = {band: more(draw, least) for band, least in quota.items() if draw(st.booleans())}
    words = ["grade", "--by", "分", "--bands", "优秀=90,称职=80,基本称职=60,不称职=0", "--within", "县"]
    words += [word for band, value in quota.items() for word in ("--quota", f"{band}={value}")]
    words += [word for band, value in quota_max.items() for word in ("--quota-max", f"{band}={value}")]
    files: dict[str, Table] = {}
    quotas = None
    if draw(st.booleans()):
        least = draw(st.integers(1, 4)) if quota["优秀"][-1] != "%" else 2
        own = {
            "group": rows[0]["县"],
            "band": "优秀",
            "quota": str(least),
            "base": "",
            "used": draw(st.sampled_from("012")),
        }
        quotas = Table([*own, "max"], [own | {"max": draw(st.sampled_from(["", str(least), str(least + 2)]))}])
        files["quotas.csv"] = quotas
        words += ["--quotas", "@quotas.csv"]

    def want() -> Table:
        return ref.grade(board, ["单位"], "分", BANDS[0], quota=quota, quota_max=quota_max, quotas=quotas, within="县")

    return Case(words, board, files, want, "lf")


def more(draw: DrawFn, quota: str) -> str:
    """A quota that is not below another one of its kind."""
    if quota.endswith("%"):
        return f"{draw(st.integers(int(quota[:-1]), 100))}%"
    return str(int(quota) + draw(st.integers(0, 4)))


@many
@given(contested())
def test_grade_where_ties_lie_across_the_cut(case: Case) -> None:
    case.check()


# --- reward

AMOUNTS = ["5000", "3000", "2000", "1000.55", "0.01", "100", "33.335"]


@st.composite
def what_is_paid(draw: DrawFn, counting: str) -> tuple[Table | None, list[str], list[str]]:
    """A table of amounts, or prizes and penalties; places from the last mostly where it is known."""
    if seldom(draw, 3):
        notes = draw(st.sampled_from(["罚", "", "a,b"]))
        rows = [
            {"place": str(place), "amount": draw(st.sampled_from(AMOUNTS)), "note": draw(remarks)}
            for place in range(1, draw(st.integers(1, 3)) + 1)
        ]
        last = 0 if counting == "given" and not seldom(draw) else draw(st.integers(0, 2))
        rows += [
            {"place": f"-{place}", "amount": "-" + draw(st.sampled_from(AMOUNTS)), "note": notes}
            for place in range(1, last + 1)
        ]
        return Table(["place", "amount", "note"], draw(st.permutations(rows))), [], []
    prize = draw(st.lists(st.sampled_from(AMOUNTS), max_size=3))
    most = 0 if counting == "given" and prize and not seldom(draw) else 3
    return None, prize, draw(st.lists(st.sampled_from(AMOUNTS), min_size=0 if prize else 1, max_size=most))


@st.composite
def rewarded(draw: DrawFn) -> Case:
    by = draw(st.sampled_from(["rank", "名次"]))
    cells = {by: st.sampled_from(["1", "2", "2", "3", "4", "5"]), "组": st.sampled_from(["乙组", "甲组"])}
    marked = draw(st.booleans())
    if marked:
        cells["vetoed"] = st.sampled_from(["false", "false", "false", "true"])
    board = draw(boards(cells, max_size=8))
    ignore_veto = marked and seldom(draw, 4)
    within = draw(st.sampled_from([None, "组"]))
    counting = draw(st.sampled_from(["competition", "competition", "dense", "given"]))
    if not seldom(draw, 6):  # places that are what they are counted as, of each group or of all
        for group in ref.groups(board.table, within if draw(st.booleans()) else None):
            rows = [board.table.rows[i] for i in group]
            placed = ref.counted([int(row[by]) for row in rows], counting)
            for row, place in zip(rows, placed, strict=True):
                row[by] = str(place)
    for row in board.table.rows:
        if ref.vetoed(row) and seldom(draw, 3):
            row[by] = draw(st.sampled_from(["", "NA"]))
    if not marked:
        spoil(draw, board.table.rows, by, ["", "NA", "一", "1.5", "0"])
    words = ["reward", *board.words, *(["--by", by] if by != "rank" else [])]
    words += ["--ignore-veto"] if ignore_veto else []
    words += ["--within", within] if within else []
    words += [] if counting == "competition" else ["--places", counting]
    ties = draw(
        st.sampled_from(["error", "full", "split"] if counting == "competition" else ["error", "error", "full"])
    )
    words += [] if ties == "error" and draw(st.booleans()) else ["--ties", ties]
    remainder = ties == "split" and draw(st.booleans())
    words += ["--remainder", "first"] * remainder
    places = draw(st.none() | st.integers(0, 3)) if ties == "split" else None
    words += [] if places is None else ["--round", str(places)]
    files: dict[str, Table] = {}
    amounts, prize, penalty = draw(what_is_paid(counting))
    if amounts is not None:
        files["amounts.csv"] = amounts
        words += ["--table", "@amounts.csv"]
    words += (["--prize", ",".join(prize)] if prize else []) + (["--penalty", ",".join(penalty)] if penalty else [])
    overlap = draw(st.booleans())
    words += ["--allow-overlap"] if overlap else []
    uneven: list[int] = []

    def want() -> Table:
        uneven.clear()
        return ref.reward(
            board.table, board.key, prize=prize, penalty=penalty, amounts=amounts, by=by, within=within,
            counting=counting, ties=ties, remainder=remainder, allow_overlap=overlap, ignore_veto=ignore_veto,
            places=places, uneven=uneven,
        )  # fmt: skip

    def told() -> list[str]:
        given_ = [row[by] for row in board.table.rows if ignore_veto or not ref.vetoed(row)]
        first = amounts.rows if amounts else [{"place": str(place)} for place in range(1, len(prize) + 1)]
        if counting == "given":
            return ["no unit has a place with"] * bool(given_ and {row["place"] for row in first}.isdisjoint(given_))
        return [f"shares of {len(uneven)} tie{'s' * (len(uneven) > 1)} do not add up"] * bool(uneven)

    return Case(words, board.table, files, want, draw(forms), told)


@many
@given(rewarded())
def test_reward(case: Case) -> None:
    case.check()


# --- chains and pipes


@dataclass
class Chain:
    """Verbs that follow each other, and their tables."""

    stages: list[list[str]]
    board: Table
    files: dict[str, Table]


@st.composite
def chains(draw: DrawFn) -> Chain:
    few = st.sampled_from(["0", "2", "2.5", "+5", "05.50", "19.999999999999999999"])
    board = draw(boards({"甲": few, "乙": few, "组": st.sampled_from(["一", "二"])}))
    unique = {ref.key_of(row, board.key): row for row in board.table.rows}
    board = Board(Table(board.table.columns, list(unique.values())), board.key, board.words)
    events = draw(ledgers(board, {"item": st.sampled_from(["a", "b"]), "level": st.just(""), "points": few}))
    rules = ref.table("item,level,points,cap\na,,1.5,2\nb,,-1,\n")
    numeric, ranks = ["甲", "乙"], dict[str, list[str]]()
    stages: list[list[str]] = []
    for index in range(draw(st.integers(2, 4))):
        column, name = draw(st.sampled_from(numeric)), f"n{index}"
        ledger = ["--events", "@events.csv", "--strays", "ignore", *board.words, "--as", name]
        verbs = ["deduct", "weight", "bonus", "tally", "veto", "rank", "keep", "draw", "grade"]
        verbs += ["reward"] if ranks else []
        verb = draw(st.sampled_from(verbs))
        if verb == "deduct":
            once = draw(st.sampled_from([[], ["--once", "item"], ["--detail"]]))
            stages.append([verb, *ledger, "--full", "20", *once])
        elif verb == "bonus":
            stages.append([verb, *ledger, "--rules", "@rules.csv", "--range", "-3:3"])
        elif verb == "tally":
            figure = draw(st.sampled_from([["--count"], ["--sum", "points"], ["--distinct", "item"]]))
            stages.append([verb, *ledger, *figure])
        elif verb == "weight":
            other = draw(st.sampled_from(numeric))
            stages.append([verb, f"{column}:30%", f"{other}:0.5", *board.words, "--round", "2", "--as", name])
        elif verb == "veto":
            why = draw(st.sampled_from(["低, 太低", "x"]))
            stages.append([verb, *board.words, "--when", f"{column} < 5", "--because", why])
        elif verb == "grade":
            quota = ["--quota", "好=1", "--quota-max", "好=50%", "--within", "组", "--vetoed", "停"]
            stages.append([verb, *board.words, "--by", column, "--bands", "好=3,中=0,差=-99", "--as", name, *quota])
        elif verb == "keep":
            stages.append([verb, *board.words, "--where", f"{column} >= 2"])
        elif verb == "draw":
            stages.append([verb, *board.words, "-n", "2", "--within", "组", "--seed", name])
        elif verb == "rank":
            choices = [[], ["--within", "组"], ["--vetoed", "last"], ["--ties", "dense"]]
            options = draw(st.sampled_from(choices))
            stages.append([verb, *board.words, "--by", column, "--as", f"rank{index}", *options])
            ranks[f"rank{index}"] = options
        else:
            place = draw(st.sampled_from(sorted(ranks)))
            gone = "--ties" in ranks[place] or any(stage[0] in ("keep", "draw") for stage in stages)
            groups = ["--within", "组"] if "--within" in ranks[place] else []
            counted = ["--ties", "full", "--places", "given"] if gone else ["--ties", "split", "--penalty", "70"]
            money = ["--prize", "5000,300.5", "--allow-overlap", *counted, *groups]
            stages.append([verb, *board.words, "--by", place, "--as", name, *money])
        if verb in ("deduct", "bonus", "tally", "weight"):
            numeric.append(name)
    return Chain(stages, board.table, {"events.csv": events, "rules.csv": rules})


@st.composite
def recipes(draw: DrawFn) -> tuple[Chain, str, dict[str, str]]:
    """A chain, the same as a recipe in some spelling, and the values that it is filled with."""
    chain = draw(chains())
    values: dict[str, str] = {}
    text = draw(st.sampled_from(["", "#!/usr/bin/env -S fupin run\n", "# {not a name}\n\n", "the-board:\n"]))
    for stage in chain.stages:
        for index, word in enumerate(stage):
            brace = word.removeprefix("@").replace("{", "{{")
            spelled = shlex.quote(brace)
            if index and word[0] not in "-@" and seldom(draw, 4):
                values[f"值{len(values)}"] = word
                spelled = f"{{值{len(values) - 1}}}"
            elif draw(st.booleans()) and not set(brace) & set('"$`\\'):
                spelled = f'"{brace}"'
            before = draw(st.sampled_from([" ", " ", "  ", "\n  ", "\n\t# a comment\n\t", " \\\n  "])) if index else ""
            text += before + spelled
        text += draw(st.sampled_from(["\n", "\n\n", "\n# between\n"]))
    return chain, text, values


@many
@given(recipes())
def test_a_chain_gives_the_bytes_of_the_pipe_and_of_the_recipe(case: tuple[Chain, str, dict[str, str]]) -> None:
    chain, recipe, values = case
    board = dressed(chain.board, "lf")
    words = [word for stage in chain.stages for word in ("then", *stage)][1:]
    at_once = run(words, chain.files, board)
    assert at_once.status == 0, at_once.err
    piped = board.decode()
    for stage in chain.stages:
        step = run(stage, chain.files, piped.encode())
        assert step.status == 0, step.err
        piped = step.out
    assert at_once.out == piped
    assert piped.count("\n") > 0
    with TemporaryDirectory() as folder:
        for name, table in chain.files.items():
            Path(folder, name).write_bytes(dressed(table, "lf"))
        Path(folder, "r.fupin").write_text(recipe, "utf-8", newline="")
        given_words = [word for name, value in values.items() for word in ("--set", f"{name}={value}")]
        kept = fupin("run", Path(folder, "r.fupin"), *given_words, stdin=board)
    assert (kept.status, kept.out) == (0, piped), kept.err


# --- explanations


def explained(words: Sequence[str], files: Mapping[str, Table], board: Table, key: Sequence[str]) -> None:
    """Whatever a command prints of a unit, its terms come to; and no other figure is explained than is printed."""
    done = run(words, files, dressed(board, "lf"))
    if done.status or not board.rows:
        return
    printed = {ref.key_of(row, key): row for row in ref.table(done.out).rows}
    for row in board.rows[:3]:
        unit = ",".join(row[column] for column in key)
        got = run(["--explain", unit, "--explain-format", "json", *words], files, dressed(board, "lf"))
        assert got.status == 0, got.err
        stages = json.loads(got.out)["stages"]
        assert stages[-1]["left_out"] == (ref.key_of(row, key) not in printed)
        figures = [figure for stage in stages for figure in stage["figures"]]
        last = {figure["column"]: figure["value"] or "" for figure in figures}  # a second veto writes the same columns
        cells = printed.get(ref.key_of(row, key), last)
        assert last == {column: cells[column] for column in last}
        for figure in figures:
            total = Fraction(0)
            for entry in figure["entries"]:
                amount = Fraction(entry["amount"])
                total = {"+": total + amount, "×": total * amount, "÷": total / (amount or 1)}[entry["sign"]]
            assert not figure["entries"] or total == Fraction(figure["value"]), figure
        text = run(["--explain", unit, *words], files, dressed(board, "lf"))
        assert text.status == 0
        assert text.out.startswith(one_line(unit))


verbs_of_figures = st.one_of(
    tallies(), votes(), scored(), deductions(), extras(), weighted(), weighted_long(), ranked(), graded(), rewarded()
)


@settings(many, max_examples=100)
@given(verbs_of_figures)
def test_the_terms_of_a_figure_come_to_it(case: Case) -> None:
    key = case.words[case.words.index("-k") + 1].split(",") if "-k" in case.words else case.board.columns[:1]
    explained(case.words, case.files, case.board, key)


@settings(many, max_examples=50)
@given(chains())
def test_the_terms_of_the_figures_of_a_chain_come_to_them(chain: Chain) -> None:
    words = [word for stage in chain.stages for word in ("then", *stage)][1:]
    key = words[words.index("-k") + 1].split(",") if "-k" in words else chain.board.columns[:1]
    explained(words, chain.files, chain.board, key)
