"""fupin ingest against the plain reference on files as messy as offices send them, and one by one what it must bear.

What the reference makes of them, fupin prints byte for byte, and it rejects the same rows; no row is ever lost.
"""

from __future__ import annotations

import csv
import gzip
import io
import re
import sys
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
import reference_ingest as ref
from harness import Result, fupin
from hypothesis import HealthCheck, Phase, event, given, settings
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn
from reference import Refused, quoted
from reference_ingest import FIRST_SIX, Options, Outcome, Roster

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

# The cases are small as they are: making them smaller takes minutes and tells little.
many = settings(
    max_examples=200,
    deadline=None,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)

fewer = settings(many, max_examples=80)

# --- cells

PADS = [("", "")] * 18 + [
    (" ", ""),
    ("", "\u3000"),
    ("\xa0", "\t"),
    ("\u200b", " \ufeff\u3000"),
    ("", "\n"),
    (" ", " "),
]
BREAKS = ["", "", "", "\n", "\r\n"]
NUMBERS = ["5", "1.50", "+5", "05", "１２．５", "−3", "１2", "1,234", "1，234．５", "12,345,678.90", "95%", "９５％"]
NUMBERS += ["1.50%", "+5%", "-0.5%", "0%", ".5", "-.5", "5.", "-0", "0.123456789012345678", "999999999999999"]
NO_NUMBERS = ["二分", "1e3", "12,34", "1234,567", ",123", "95%%", "%", ".", "+", "1.2.3", "1 000", "NaN", "--5", "5元"]
NO_NUMBERS += ["0.1234567890123456789", "1000000000000000", "0.00000000000000001%", "1.5,000", "٣", "9．5．", "（5）"]
DATES = ["2019年4月28日", "2019年04月08日", "2019.4.28", "2019/4/28", "2019-4-28", "2019-04-28", "20190428", "43583"]
DATES += ["2020.2.29", "2019-4-28 14:30", "2019/4/28 9:05:00", "2019年4月28日 08:00", "２０１９．４．２８"]
NO_DATES = ["2019.2.29", "2019年13月1日", "20190431", "2019年4月", "4月28日", "28.4.2019", "19.4.28"]
NO_DATES += ["昨天", "2019-4-28-1", "123", "1234567"]
REMARKS = ["", "007", "430623199001011234", "1.50", "１２", 'a "b", c', "two\nlines", "a  b", "=1+1", "不考核"]
REMARKS += ["NA", "−", "/", "95%", "2019年4月", "''", '"']
NOTHING = ["", "", "NA", "不考核", "/"]

ROSTER = ["华容", "三封寺镇", "九龙", "九龍", "龍山", "Ａ1 村", "A,B", "发财村", "湘阴"]
ALIASES = [("三封", "三封寺镇"), ("A;B", "A,B"), ("華容", "湘阴"), ("山", "龍山")]
UNITS = [
    "华容",
    "三封寺镇",
    "三 封寺镇",
    "三封寺鎮",
    "三\u3000封 寺鎮",
    "三封",
    "九龙",
    "九龍",
    "龙山",
    "龙 山",
    "A1村",
]
UNITS += ["Ａ１村", "A,B", "A;B", "Ａ，Ｂ", "發財村", "华 容", "華容", "华\xa0容"]
NO_UNITS = ["没有此村", "九 龙", "", "NA", "华容县", "a,b"]


def seldom(draw: DrawFn, one_in: int = 12) -> bool:
    """True once in a while; shrinks to False."""
    return draw(st.integers(0, one_in - 1)) == one_in - 1


# --- files


@dataclass
class Column:
    """A column: its name in one line, what it holds, and what it should not; a cell may have spaces around it."""

    name: str
    good: Sequence[str]
    bad: Sequence[str] = ()

    def __post_init__(self) -> None:
        often = max(1, 7 * len(self.bad) // len(self.good))
        self.cells = st.sampled_from([*list(self.good) * often, *self.bad])
        name = self.name
        places = [at for at in range(1, len(name)) if not re.search(r"\s", name[at - 1 : at + 1])]
        broken = {name[:at] + sign + name[at:] for at in places for sign in BREAKS}
        padded = {before + name + after for before, after in PADS}
        self.names = st.sampled_from([name] * 6 + sorted(broken | padded))


padding = st.sampled_from(PADS)
blanks = st.sampled_from(["", "", " ", "\u3000", '""', '"\n"'])
odd = st.sampled_from(['x "y" z', '"a"b', 'a""', '"q" '])

UNIT = Column("村", UNITS, NO_UNITS)
UNUSED, USED = Column("", ["", "", " "]), Column("", ["", "没有名称"])
COLUMNS = [
    Column("得分", [*NUMBERS, *NOTHING], NO_NUMBERS),
    Column("报送日期", [*DATES, *NOTHING], NO_DATES),
    Column("备注", REMARKS),
    Column("line", REMARKS),
    Column("a, b", [*NUMBERS, *NOTHING], [*NO_NUMBERS, *NO_DATES]),
]


@dataclass
class Office:
    """A file as an office sends it."""

    name: str
    text: str
    encoding: str = "utf-8"

    def data(self) -> bytes:
        """Its bytes."""
        return self.text.encode(self.encoding)

    def read_by(self, encoding: str) -> str:
        """What it says; `auto` is UTF-8 wherever it can be."""
        if encoding != "auto":
            return self.data().decode(encoding)
        try:
            return self.data().decode()
        except UnicodeDecodeError:
            return self.data().decode("gb18030")


def spelled(cells: Sequence[str], everything: bool = False) -> str:
    """A row of a CSV file, in quotes where needed or everywhere."""
    return ",".join('"' + cell.replace('"', '""') + '"' if everything else quoted(cell) for cell in cells) or '""'


@st.composite
def rows(draw: DrawFn, columns: Sequence[Column]) -> str:
    """A row, now and then with cells that cannot be used, too few or too many, odd quotes or nothing at all."""
    kind = draw(st.integers(0, 15))
    cells = []
    for column in columns:
        before, after = draw(padding)
        cells.append(before + draw(column.cells) + after)
    if kind == 9:
        count = draw(st.sampled_from([len(cells), len(cells), len(cells), 1]))
        return ",".join(draw(blanks) for _ in range(count))
    if kind == 12:
        cells = cells[: draw(st.integers(1, len(cells) - 1))]
    if kind == 13:
        cells += draw(st.sampled_from([[""], ["多"], ["", "1,2"]]))
    if kind in (14, 15):
        cells = [re.sub('[",\r\n]', "", cell) for cell in cells] + ["多"] * seldom(draw, 4)
        named = [place for place, column in enumerate(columns) if column.name]
        cells[draw(st.sampled_from(named))] = draw(odd)
        return ",".join(cells)
    return spelled(cells, seldom(draw, 4))


@st.composite
def offices(draw: DrawFn, name: str, columns: Sequence[Column], codes: Sequence[str] = ("utf-8",)) -> Office:
    """A file of these columns; between them perhaps one that is empty, above them perhaps nothing."""
    lines = draw(st.lists(st.sampled_from(["", ",,", " "]), max_size=2)) if seldom(draw, 4) else []
    shown = list(columns)
    if seldom(draw, 4):
        shown.insert(draw(st.integers(0, len(shown))), USED if seldom(draw) else UNUSED)
    heads = [draw(column.names) for column in shown]
    if seldom(draw, 40):
        heads[-1] = heads[0]
    lines.append(spelled(heads, seldom(draw, 3)))
    fewest = 0 if seldom(draw, 6) else 1
    lines += draw(st.lists(rows(shown), min_size=fewest, max_size=4))
    while lines[-1] == "":
        lines.pop()
    if seldom(draw, 60):
        lines.append('"' + columns[0].good[0] + ",")
    end, encoding = draw(st.sampled_from(["\n", "\n", "\r\n"])), draw(st.sampled_from(codes))
    bom = "\ufeff" if encoding == "utf-8" and seldom(draw, 4) else ""
    return Office(name, bom + end.join(lines) + end * (not seldom(draw, 6)), encoding)


@dataclass
class Case:
    """A command line, its files, and what it must give; a word @NAME is the file of that name."""

    words: list[str]
    offices: list[Office]
    options: Options
    encoding: str = "utf-8"
    tables: dict[str, str] = field(default_factory=dict)
    rejects: bool = True
    piped: bool = False

    def run(self, folder: Path, rejects: bool) -> tuple[Result, str]:
        """Run fupin in this folder: what it did, and the file of rejects."""
        for name, table in self.tables.items():
            (folder / name).write_text(table, "utf-8", newline="")
        for office in self.offices:
            (folder / office.name).write_bytes(office.data())
        files = [] if self.piped else [str(folder / office.name) for office in self.offices]
        words = [str(folder / word[1:]) if word.startswith("@") else word for word in self.words]
        words += ["--rejects", str(folder / "rejects.csv")] if rejects else []
        result = fupin("ingest", *files, *words, stdin=self.offices[0].data() if self.piped else b"")
        written = folder / "rejects.csv"
        return result, written.read_bytes().decode() if written.exists() else ""

    def want(self, folder: Path) -> Outcome:
        """What the reference makes of it."""
        names = ["-"] if self.piped else [str(folder / office.name) for office in self.offices]
        texts = [office.read_by(self.encoding) for office in self.offices]
        return ref.ingest(list(zip(names, texts, strict=True)), self.options)

    def check(self) -> None:
        """Compare fupin with the reference."""
        with TemporaryDirectory() as name:
            folder = Path(name)
            got, written = self.run(folder, self.rejects)
            try:
                want = self.want(folder)
            except Refused as refused:
                event("refused")
                assert (got.status, got.out) == (1, ""), f"accepted, though: {refused}\n{got.out}"
                lines = told(got)
                assert 1 <= len(lines) <= 21
                assert all(line.startswith("fupin ingest: ") for line in lines), got.err
                return
        if want.rejects and not self.rejects:
            event("rejected rows are an error")
            assert (got.status, got.out) == (1, "")
            lines = told(got)
            assert len(lines) == min(len(want.rejects), 20) + (len(want.rejects) > 20), got.err
            for line, reject in zip(lines[:20], want.rejects[:20], strict=True):
                assert line.startswith(f"fupin ingest: {reject.file}:{reject.line}: "), got.err
            return
        event("rejected rows" if want.rejects else "clean")
        assert (got.status, got.out) == (0, want.table.text()), got.err
        counted(got.err, "dropped", want.dropped)
        if self.rejects:
            counted(got.err, "rejected", len(want.rejects))
            self.compare(want, written)

    def compare(self, want: Outcome, written: str) -> None:
        """The same rows are rejected, for a reason that names each faulty cell."""
        header, *lines = csv.reader(io.StringIO(written, newline=""))
        # How files that call their columns differently share a header is not said.
        alike = len({frozenset(came) for came in want.came}) == 1
        assert header == want.reject_header() if alike else header[:6] == FIRST_SIX
        for line, reject in zip(lines, want.rejects, strict=True):
            file, sheet, at, column, value, reason = line[:6]
            assert (file, sheet, at) == (reject.file, "", str(reject.line))
            assert (column, value) in reject.faults
            assert reason
            assert all(other in reason for other, _ in reject.faults if other != column)
            if alike:
                assert line[6:] == [reject.row[name] for name in want.columns]


def told(result: Result) -> list[str]:
    """The lines on standard error that are about faults."""
    return [line for line in result.err.split("\n") if line and not line.startswith("fupin ingest: dropped ")]


def counted(err: str, what: str, count: int) -> None:
    """Standard error tells how many rows were dropped or rejected, once, and nothing where none was."""
    assert re.findall(rf"^fupin ingest: {what} (\d+) rows?\b", err, re.MULTILINE) == [str(count)] * (count > 0), err


def table(*lines: Sequence[str]) -> str:
    """A table as CSV."""
    return "".join(spelled(line) + "\n" for line in lines)


# --- plain tables


@st.composite
def tables(draw: DrawFn) -> Case:
    """Files of one shape and options that fit them, more or less."""
    columns = [UNIT, *draw(st.permutations(COLUMNS))[: draw(st.integers(1, 4))]]
    encoding = draw(st.sampled_from(["utf-8", "utf-8", "gb18030", "auto"]))
    case = Case([] if encoding == "utf-8" else ["--encoding", encoding], [], Options(), encoding)
    options = case.options
    if draw(st.booleans()):
        options.rename = {"村": "unit"}
    for number in range(draw(st.sampled_from([1, 1, 2, 3]))):
        mine = list(columns)
        if number and seldom(draw, 3):
            mine = draw(st.permutations(mine))
        if number and options.rename and seldom(draw, 3):
            # Each office calls the units otherwise.
            options.rename["单位"] = "unit"
            mine = [Column("单位", UNITS, NO_UNITS) if column is UNIT else column for column in mine]
        if number and len(mine) > 2 and seldom(draw, 20):
            mine = mine[1:]
        codes = ["utf-8", "gb18030"] if encoding == "auto" else [encoding]
        case.offices.append(draw(offices(f"{number}.csv", mine, codes)))
    case.piped = len(case.offices) == 1 and draw(st.booleans())
    case.rejects = draw(st.integers(0, 3)) > 0
    called = [options.rename.get(column.name, column.name) for column in columns]
    if draw(st.booleans()):
        case.words += on_roster(draw, case, called[0])
    choose_columns(draw, options, called)
    case.words += worded(draw, options)
    return case


def on_roster(draw: DrawFn, case: Case, unit: str) -> list[str]:
    """Let the units be those of a roster, perhaps with aliases; the words that say so."""
    case.options.roster, case.options.unit = Roster(ROSTER), unit
    column = draw(st.sampled_from([unit, "村", "name"]))
    case.tables["roster.csv"] = table([column, "type"], *([name, "x"] for name in ROSTER))
    words = ["--roster", "@roster.csv", *(["-k", unit] if column != unit else [])]
    if draw(st.booleans()):
        case.options.roster.aliases = ALIASES
        case.tables["aliases.csv"] = table(["note", "unit", "alias"], *(["", unit, alias] for alias, unit in ALIASES))
        words += ["--aliases", "@aliases.csv"]
    return words


def choose_columns(draw: DrawFn, options: Options, called: list[str]) -> None:
    """Choose the columns that stay, those that become clean, and one for the source."""
    for name, wanted in (("得分", options.number), ("报送日期", options.date)):
        if name in called and draw(st.integers(0, 4)):
            wanted.append(name)
    if seldom(draw, 3):
        options.na = draw(st.sampled_from([["不考核"], ["不考核", "/"]]))
    options.add_source = seldom(draw, 3)
    # An option cannot name a column with a comma.
    free = [name for name in called[1:] if "," not in name]
    if free and seldom(draw, 4):
        options.drop = draw(st.lists(st.sampled_from(free), min_size=1, max_size=3, unique=True))
    elif seldom(draw, 4):
        options.keep = draw(st.permutations([called[0], *free]))[: draw(st.integers(1, len(called)))]
        if options.roster and called[0] not in options.keep:
            options.keep = [*options.keep, called[0]]
    if seldom(draw, 30):
        options.drop = [*options.drop, "没有"]


def worded(draw: DrawFn, options: Options) -> list[str]:
    """The options as words of the command line."""
    words = ["--add-source"] * options.add_source
    pairs = [f"{old}={new}" for old, new in options.rename.items()]
    if len(pairs) > 1 and draw(st.booleans()):
        words += ["--rename", pairs.pop()]
    lists = {
        "--rename": pairs,
        "--keep": options.keep,
        "--drop": options.drop,
        "--number": options.number,
        "--date": options.date,
        "--na": options.na,
        "--long": options.long,
        "--wide": ["=".join(options.wide)] if options.wide else [],
    }
    for option, values in lists.items():
        words += [option, ",".join(values)] if values else []
    return words


@many
@given(tables())
def test_tables(case: Case) -> None:
    case.check()


# --- long and wide


@st.composite
def long(draw: DrawFn) -> Case:
    """Files of perhaps different items that become rows."""
    keys = [UNIT, Column("季度", ["1", "一", "1,2"])][: draw(st.integers(1, 2))]
    kind = draw(st.sampled_from(["", "number", "date"]))
    good, bad = {"": (REMARKS, []), "number": (NUMBERS, NO_NUMBERS), "date": (DATES, NO_DATES)}[kind]
    items = [Column(name, [*good, *NOTHING], bad) for name in ["安全", "宣传\u3000工作", "党 建", "值"]]
    case = Case([], [], Options(long=[column.name for column in draw(st.permutations(keys))]))
    options = case.options
    for number in range(draw(st.sampled_from([1, 1, 2, 3]))):
        mine = draw(st.permutations(items))[: draw(st.integers(1, 3))]
        shown = draw(st.permutations([*keys, *mine]))
        case.offices.append(draw(offices(f"{number}.csv", shown)))
    case.rejects = draw(st.integers(0, 3)) > 0
    if draw(st.booleans()):
        case.words += on_roster(draw, case, "村")
    if kind:
        setattr(options, kind, ["value"])
        options.na = draw(st.sampled_from([[], ["不考核", "/"]]))
    options.add_source = seldom(draw, 3)
    if seldom(draw, 5):
        options.drop = ["安全"]
    case.words += worded(draw, options)
    return case


@many
@given(long())
def test_long(case: Case) -> None:
    case.check()


@st.composite
def wide(draw: DrawFn) -> Case:
    """Rows whose items become columns."""
    item = Column("项目", draw(st.sampled_from([["安全", "党建"], ["安全", "a,b", "二\n行", "1"]])), ["村", ""])
    units = Column("村", ["华容", "湘阴", "三封寺镇", "三封寺鎮", "九龙", "龙山"], ["没有此村"])
    columns = [units, item, Column("分值", [*NUMBERS, *NOTHING], NO_NUMBERS)]
    columns += [Column("组", ["一", "二", ""])] * draw(st.booleans())
    options = Options(wide=("项目", "分值"), number=["分值"] * draw(st.booleans()), add_source=seldom(draw, 3))
    case = Case([], [], options)
    order = draw(st.permutations(columns))
    case.offices = [draw(offices(f"{i}.csv", order)) for i in range(draw(st.integers(1, 2)))]
    case.rejects = draw(st.integers(0, 3)) > 0
    if draw(st.booleans()):
        case.words += on_roster(draw, case, "村")
    case.words += worded(draw, options)
    return case


@fewer
@given(wide())
def test_wide(case: Case) -> None:
    case.check()


# --- no row is lost


@fewer
@given(tables())
def test_rows_in_are_rows_out_rejected_and_dropped(case: Case) -> None:
    with TemporaryDirectory() as folder:
        got, written = case.run(Path(folder), rejects=True)
    if got.status:
        return
    texts = [office.read_by(case.encoding).removeprefix("\ufeff") for office in case.offices]
    given_rows = sum(len(list(csv.reader(io.StringIO(text, newline="")))) - 1 for text in texts)
    came_out, rejected = (len(list(csv.reader(io.StringIO(text, newline="")))) - 1 for text in (got.out, written))
    dropped = sum(map(int, re.findall(r"dropped (\d+) row", got.err)))
    event(f"{rejected > 0} {dropped > 0}")
    assert given_rows == came_out + rejected + dropped


@dataclass
class Mending:
    """A table that is right, the same with faults, and the options for both."""

    right: list[list[str]]
    faulty: str
    options: Options
    words: list[str]
    excel: bool


@st.composite
def mendings(draw: DrawFn) -> Mending:
    """Rows with a number each, some of which lose cells, gain some, or get cells that cannot be used."""
    columns = [UNIT, *COLUMNS[:3]]
    right, faulty = [], ["line,村,得分,报送日期,备注"]
    for number in range(draw(st.integers(1, 5))):
        cells = [str(number), *(draw(st.sampled_from(column.good)) for column in columns)]
        right.append(cells)
        spoiled = list(cells)
        kind = draw(st.integers(0, 5))
        if kind in (2, 3, 5):
            for place in draw(st.lists(st.sampled_from([1, 2, 3]), min_size=1, unique=True)):
                spoiled[place] = draw(st.sampled_from(columns[place - 1].bad))
        if kind in (4, 5):
            spoiled = spoiled[:-1] if draw(st.booleans()) else [*spoiled, "多"]
        faulty.append(spelled(spoiled, draw(st.booleans())))
    options = Options(number=["得分"], date=["报送日期"], na=["不考核", "/"], unit="村")
    options.roster = Roster(ROSTER, ALIASES)
    options.drop = draw(st.sampled_from([[], ["备注"]]))
    options.keep = draw(st.sampled_from([[], ["得分", "line", "村"]]))
    if not options.drop and not options.keep:
        options.rename = draw(st.sampled_from([{}, {"备注": "file"}]))
    options.long = draw(st.sampled_from([[], ["line", "村"]]))
    words = ["--roster", "@roster.csv", "--aliases", "@aliases.csv", *worded(draw, options)]
    return Mending(right, "\n".join(faulty), options, words, draw(st.booleans()))


@fewer
@given(mendings())
def test_mended_rejects_give_the_rows_that_were_missing(case: Mending) -> None:
    with TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "roster.csv").write_text(table(["村"], *([name] for name in ROSTER)), "utf-8")
        (folder / "aliases.csv").write_text(table(["alias", "unit"], *ALIASES), "utf-8")
        (folder / "faulty.csv").write_text(case.faulty, "utf-8")
        words = [str(folder / word[1:]) if word.startswith("@") else word for word in case.words]
        first = fupin("ingest", folder / "faulty.csv", *words, "--rejects", folder / "rejects.csv")
        assert first.status == 0, first.err
        with (folder / "rejects.csv").open(encoding="utf-8", newline="") as file:
            header, *rejects = csv.reader(file)
        assert header == [*FIRST_SIX, "row.line", "村", "得分", "报送日期", "备注"]
        out = io.StringIO(newline="")
        writer = csv.writer(out, lineterminator="\r\n" if case.excel else "\n")
        writer.writerows([header, *([*row[:5], "", *case.right[int(row[6])]] for row in rejects)])
        mended = folder / "mended.csv"
        mended.write_text(out.getvalue(), "utf-8-sig" if case.excel else "utf-8", newline="")
        second = fupin("ingest", mended, *words)
    assert second.status == 0, second.err
    event(f"{len(rejects)} rejected")
    right = table(["line", "村", "得分", "报送日期", "备注"], *case.right)
    want = ref.ingest([("right.csv", right)], case.options).table.text()
    whole, *parts = (list(csv.reader(io.StringIO(text, newline=""))) for text in (want, first.out, second.out))
    assert parts[0][0] == parts[1][0] == whole[0]
    assert Counter(map(tuple, parts[0][1:] + parts[1][1:])) == Counter(map(tuple, whole[1:]))


# --- bytes

PLAIN = "村,得分\n东山,1\n西河,2\n"


def refused(*words: object, stdin: bytes | str = b"", status: int = 1, says: str = "") -> Result:
    """An error of one line that says so, and nothing on standard output."""
    result = fupin("ingest", *words, stdin=stdin)
    assert (result.status, result.out) == (status, ""), result.err
    assert len(told(result)) == 1
    assert result.err.startswith("fupin ingest: ")
    assert says in result.err
    return result


@pytest.mark.parametrize(
    ("encoding", "codec"),
    [
        ("gb18030", "gb18030"),
        ("GBK", "gbk"),
        ("gb2312", "gb2312"),
        ("utf-16", "utf-16"),
        ("utf-16-le", "utf-16-le"),
        ("utf-8", "utf-8-sig"),
        ("auto", "gb18030"),
        ("auto", "utf-8"),
        ("auto", "utf-8-sig"),
    ],
)
def test_encodings(folder: Path, encoding: str, codec: str) -> None:
    Path("a.csv").write_bytes(PLAIN.encode(codec))
    assert fupin("ingest", "a.csv", "--encoding", encoding) == Result(0, PLAIN, "")
    assert fupin("ingest", "--encoding", encoding, stdin=PLAIN.encode(codec)) == Result(0, PLAIN, "")


def test_big5(folder: Path) -> None:
    text = "鄉鎮,得分\n龍山,1\n"
    Path("a.csv").write_bytes(text.encode("big5"))
    assert fupin("ingest", "a.csv", "--encoding", "big5") == Result(0, text, "")
    refused("a.csv", says="a.csv:1: bytes that are not UTF-8")


def test_each_file_is_in_its_own_encoding(folder: Path) -> None:
    Path("a.csv").write_bytes(PLAIN.encode("gb18030"))
    Path("b.csv").write_bytes(PLAIN.encode())
    assert fupin("ingest", "a.csv", "b.csv", "--encoding", "auto").out == PLAIN + PLAIN.partition("\n")[2]


def test_a_wrong_encoding_names_the_line_and_how_it_would_read(folder: Path) -> None:
    head = b'village,note\nx,"two\nlines"\n'
    Path("a.csv").write_bytes(head + "东山,好\n西河,\n".encode("gb18030"))
    says = "a.csv:4: bytes that are not UTF-8 (B6 AB); in GB18030 the line reads '东山,好' (--encoding gb18030)"
    refused("a.csv", says=says)
    Path("b.csv").write_bytes(PLAIN.encode())
    says = "b.csv:1: bytes that are not GB18030 (91 2C); in UTF-8 the line reads '村,得分' (--encoding utf-8)"
    refused("b.csv", "--encoding", "gb18030", says=says)


def test_auto_is_strict(folder: Path) -> None:
    Path("a.csv").write_bytes(PLAIN.encode() + b"\xff\xff,3\n")
    result = refused("a.csv", "--encoding", "auto")
    assert result.err.startswith("fupin ingest: a.csv:4: ")


@pytest.mark.parametrize("encoding", ["gb", "utf-9", "base64", "rot13", ""])
def test_no_encodings(folder: Path, encoding: str) -> None:
    Path("a.csv").write_text(PLAIN, "utf-8")
    refused("a.csv", "--encoding", encoding, status=2, says="--encoding")


# --- what is no table


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"", "-: no input"),
        (b"\xef\xbb\xbf", "-: no input"),
        (b"\n,\n  ,\n", "-: "),
        (b"a,b\n1,\x002\n", "-:2: a NUL"),
        (b'a\n"1\n2"\n\x00\n', "-:4: a NUL"),
        (b'a,b\n1,2\n\n3,"4\n5,6\n', "-:4: the quotation mark"),
        (b'a,b\n"1\n2",3\n3,"4""\n', "-:4: the quotation mark"),
        (b'a,"b\n1,2\n', "-:1: the quotation mark"),
        (b'a,"b"c\n1,2\n', "-:1: "),
        (b"a,b\n1,2\r3,4\n", "-:2: a bare CR"),
        (b"a,b\r1,2\r", "-:1: a bare CR"),
        (b"a,b, a \n1,2,3\n", "a: the column is there twice, as columns 1 and 3"),
        (b'ab,"a\nb"\n1,2\n', "ab: the column is there twice"),
        (b"a,,b\n1,,2\n3,x,4\n", "column 2 has cells but no name"),
        (b"\xef\xbb\xbfa,b\n1,2\n3\n", "-:3: 1 cell, where the header has 2"),
    ],
)
def test_what_is_no_table(data: bytes, says: str) -> None:
    refused(stdin=data, says=says)


def test_an_empty_file(folder: Path) -> None:
    Path("a.csv").write_bytes(b"")
    refused("a.csv", says="a.csv: empty")


@pytest.mark.parametrize("data", ["a,b", "a,b\n", "\n\n a ,\u3000b\r\n", "\ufeff,,\n\u200ba,b,\n"])
def test_a_header_only(data: str) -> None:
    assert fupin("ingest", "--number", "b", stdin=data).out == "a,b\n"
    assert fupin("ingest", "--long", "a", stdin=data).out == "a,item,value\n"


def test_a_missing_file_and_the_nearest(folder: Path) -> None:
    Path("villages.csv").write_text(PLAIN, "utf-8")
    refused("vilages.csv", says="vilages.csv: no such file; nearest: villages.csv")
    refused("villages.csv", "--roster", "vilages.csv", says="vilages.csv: no such file; nearest: villages.csv")
    refused("none*.csv", says="none*.csv: no file matches")


# --- files


@pytest.mark.parametrize("ending", [".gz", ".zst"])
def test_compressed_files(folder: Path, ending: str) -> None:
    pack = zstd.compress if ending == ".zst" else gzip.compress
    Path(f"a.csv{ending}").write_bytes(pack(PLAIN.encode("gb18030")))
    assert fupin("ingest", f"a.csv{ending}", "--encoding", "gb18030").out == PLAIN


def test_parquet(folder: Path) -> None:
    assert fupin("ingest", "-o", "a.parquet", stdin=PLAIN).status == 0
    result = fupin("ingest", "a.parquet", "--add-source", "--number", "得分", "--rename", "村=village")
    assert result.out == "village,得分,source\n东山,1,a.parquet\n西河,2,a.parquet\n"


def test_standard_input_and_chains(folder: Path) -> None:
    Path("a.csv").write_text(PLAIN, "utf-8")
    assert fupin("ingest", stdin=PLAIN).out == PLAIN
    words = ("--add-source", "then", "keep", "--where", "得分 > 1")
    assert fupin("ingest", "-", *words, stdin=PLAIN).out == "村,得分,source\n西河,2,-\n"
    both = ("then", "ingest", "-", "a.csv", "--rename", "村=village")
    assert fupin("keep", "a.csv", "--where", "得分 > 1", *both).out == "village,得分\n西河,2\n东山,1\n西河,2\n"
    assert fupin("keep", "a.csv", "--where", "得分 > 1", "then", "ingest", "--long", "村").out == (
        "村,item,value\n西河,得分,2\n"
    )


def test_the_stage_before_rejects_like_a_file(folder: Path) -> None:
    words = ("--where", "b <> 'y'", "then", "ingest", "--number", "b", "--rejects", "rejects.csv")
    result = fupin("keep", *words, stdin="a,b\n1,x\n2,y\n3,４\n")
    assert (result.status, result.out) == (0, "a,b\n3,4\n")
    row = list(csv.reader(Path("rejects.csv").read_text("utf-8").splitlines()))[1]
    assert [*row[:2], *row[3:5], *row[6:]] == ["-", "", "b", "x", "1", "x"]


def test_globs_and_the_order_of_columns(folder: Path) -> None:
    Path("1.csv").write_text("a,b\n1,2\n", "utf-8")
    Path("2.csv").write_text(" b,a\n3,4\n", "utf-8")
    Path("3.csv").write_text("a,c\n5,6\n", "utf-8")
    assert fupin("ingest", "[12].csv", "--add-source").out == "a,b,source\n1,2,1.csv\n4,3,2.csv\n"
    refused("1.csv", "3.csv", says="3.csv: has other columns than 1.csv")
    result = fupin("ingest", "?.csv", "--long", "a", "--add-source")
    assert result.out == "a,item,value,source\n1,b,2,1.csv\n4,b,3,2.csv\n5,c,6,3.csv\n"


def test_a_large_file(folder: Path) -> None:
    count = 200_000
    with Path("a.csv").open("w", encoding="gb18030") as file:
        file.write("村,得分,日期\n")
        file.writelines(f' 村{i} ,"１,{i % 1000:03d}",2019年1月{i % 28 + 1}日\n' for i in range(count))
    begun = time.monotonic()
    result = fupin("ingest", "a.csv", "--encoding", "gb18030", "--number", "得分", "--date", "日期")
    assert time.monotonic() - begun < 15
    lines = result.out.splitlines()
    assert len(lines) == count + 1
    assert lines[-1] == "村199999,1999,2019-01-24"


# --- cells


def test_codes_stay_as_they_are() -> None:
    cells = [
        "007",
        "430623199001011234",
        "1e5",
        "1,000",
        "95%",
        "2019年4月",
        "=1+1",
        "a  b",
        "１２",
        "-0",
        "null",
        "true",
    ]
    data = table(["id", "b"], *([cell, cell] for cell in cells))
    assert fupin("ingest", "--rename", "id=code", stdin=data).out == data.replace("id", "code", 1)


def test_a_line_break_in_a_cell_stays() -> None:
    data = 'a,b\r\n"x\r\ny","p\nq"\r\n'
    assert fupin("ingest", stdin=data).out == 'a,b\n"x\r\ny","p\nq"\n'


@pytest.mark.parametrize(
    "cell", ["0000-1-1", "0000年1月1日", "2019-4-28 25:99", "00043", "2019.4-6", "2019年4-6", "20190000"]
)
def test_no_dates(cell: str) -> None:
    refused("--date", "day", stdin=f"unit,day\nx,{cell}\n", says=f"-:2: day: '{cell}'")


@pytest.mark.parametrize("cell", ["2019-04-28T14:30:05", "20190428 08:30", "2019年4月28日 8:30:01"])
def test_a_time_of_day_goes(cell: str) -> None:
    assert fupin("ingest", "--date", "day", stdin=f"day\n{cell}\n").out == "day\n2019-04-28\n"


@pytest.mark.parametrize(("cell", "number"), [("1,000%", "10"), ("１，２３４．５％", "12.345"), ("-1,000", "-1000")])
def test_numbers_that_are_odd_twice(cell: str, number: str) -> None:
    assert fupin("ingest", "--number", "n", stdin=f'n\n"{cell}"\n').out == f"n\n{number}\n"


# --- rows


def test_an_empty_last_line_is_no_row() -> None:
    assert fupin("ingest", "-v", stdin="a,b\n1,2\n") == fupin("ingest", "-v", stdin="a,b\n1,2\n\n")


def test_rows_without_any_cell_are_told() -> None:
    result = fupin("ingest", stdin='\n,\na,b\n\n1,2\n,\n"\n",\u3000\n3,4\n')
    assert (result.status, result.out) == (0, "a,b\n1,2\n3,4\n")
    assert len(result.err.splitlines()) == 1
    counted(result.err, "dropped", 5)
    named = fupin("ingest", "-v", stdin='\n,\na,b\n\n1,2\n,\n"\n",\u3000\n3,4\n').err
    assert re.findall(r"-:(\d+): ", named) == ["1", "2", "4", "6", "7"]


def test_a_row_without_any_cell_may_have_any_length() -> None:
    result = fupin("ingest", stdin='a,b,c\n,\n1,2,3\n,,,,\n \n"",""\n\u3000\n"\n"\n')
    assert (result.status, result.out) == (0, "a,b,c\n1,2,3\n")
    counted(result.err, "dropped", 6)


@pytest.mark.parametrize("cell", ["", " ", "\u3000", '""', '"\n"', "\u200b"])
def test_a_column_without_name_that_holds_spaces_goes(cell: str) -> None:
    assert fupin("ingest", stdin=f"a,,b\n1,{cell},2\n3,,4\n").out == "a,b\n1,2\n3,4\n"


@pytest.mark.parametrize("spelling", ['5" pipe', '5"', '"5" pipe', 'a "b" c', '5" and 6"'])
def test_odd_quotes_spoil_their_own_line_only(folder: Path, spelling: str) -> None:
    Path("a.csv").write_text(f"a,b\n0,1\n1,{spelling}\n2,3\n3,4\n4,{spelling}\n5,6\n", "utf-8")
    result = fupin("ingest", "a.csv", "--rejects", "rejects.csv")
    assert (result.status, result.out) == (0, "a,b\n0,1\n2,3\n3,4\n5,6\n")
    rejects = list(csv.reader(Path("rejects.csv").read_text("utf-8").splitlines()))[1:]
    assert [(row[2], row[4], *row[6:]) for row in rejects] == [
        ("3", f"1,{spelling}", "1", spelling),
        ("6", f"4,{spelling}", "4", spelling),
    ]


def test_rejected_cells_stand_under_their_columns(folder: Path) -> None:
    data = 'a,,b,c\n1,,2,3\n4,,5\n6,,"7"x,8\n9,,10,11,12\n"x, y" z,,1,2\n'
    assert fupin("ingest", "--rejects", "rejects.csv", stdin=data).out == "a,b,c\n1,2,3\n"
    rejects = list(csv.reader(Path("rejects.csv").read_text("utf-8").splitlines()))
    assert [row[6:] for row in rejects] == [
        ["a", "b", "c"],
        ["4", "5", ""],
        ["6", '"7"x', "8"],
        ["9", "10", "11"],
        ['"x, y" z', "1", "2"],
    ]


def test_rejected_rows_are_an_error_and_twenty_are_shown(folder: Path) -> None:
    data = "a,b\n" + "x,1\n" * 3 + "x\n" * 30
    result = fupin("ingest", "--number", "a", stdin=data)
    assert (result.status, result.out) == (1, "")
    lines = result.err.splitlines()
    assert [line.split(": ")[1] for line in lines[:20]] == [f"-:{line}" for line in range(2, 22)]
    assert lines[20:] == ["fupin ingest: … and 13 more"]


def test_a_file_of_rejects_is_there_also_when_nothing_is_rejected(folder: Path) -> None:
    assert fupin("ingest", "--rename", "a=x", "--rejects", "r.csv", stdin="a,file\n1,2\n").err == ""
    assert Path("r.csv").read_text("utf-8") == "file,sheet,line,column,value,reason,a,row.file\n"


@pytest.mark.parametrize("words", [["--rejects", "a.csv"], ["--rejects", "o.csv", "-o", "o.csv"]])
def test_rejects_do_not_overwrite_a_file_of_the_same_command(folder: Path, words: list[str]) -> None:
    Path("a.csv").write_text("a,b\n1,2\n3\n", "utf-8")
    result = fupin("ingest", "a.csv", *words)
    assert result.status != 0
    assert Path("a.csv").read_text("utf-8") == "a,b\n1,2\n3\n"
    assert not Path("o.csv").exists()


# --- rejects come back


def mended(file: str, wrong: str, right: str) -> None:
    """Mend the one cell that is wrong in a file of rejects."""
    text = Path(file).read_text("utf-8")
    head, _, row = text.rpartition(f",{wrong}")
    Path(file).write_text(f"{head},{right}{row}", "utf-8")


def test_rejects_of_files_that_call_the_units_otherwise_come_back(folder: Path) -> None:
    Path("1.csv").write_text("村,分\n甲,1\n乙,x\n", "utf-8")
    Path("2.csv").write_text("村(社区),分\n丙,2\n丁,3\n", "utf-8")
    words = ("--rename", "村=village,村(社区)=village", "--number", "分")
    assert fupin("ingest", "?.csv", *words, "--rejects", "rejects.csv").out == "village,分\n甲,1\n丙,2\n丁,3\n"
    mended("rejects.csv", "x", "7")
    assert fupin("ingest", "rejects.csv", *words) == Result(0, "village,分\n乙,7\n", "")


def test_rejects_of_files_of_different_items_come_back(folder: Path) -> None:
    Path("1.csv").write_text("村,安全\n甲,1\n乙,x\n", "utf-8")
    Path("2.csv").write_text("村,党建\n甲,2\n乙,3\n", "utf-8")
    words = ("--long", "村", "--number", "value")
    out = "村,item,value\n甲,安全,1\n甲,党建,2\n乙,党建,3\n"
    assert fupin("ingest", "?.csv", *words, "--rejects", "rejects.csv").out == out
    mended("rejects.csv", "x", "7")
    assert fupin("ingest", "rejects.csv", *words) == Result(0, "村,item,value\n乙,安全,7\n", "")


def test_rejects_that_come_back_unmended_are_rejected_again(folder: Path) -> None:
    Path("a.csv").write_text("a,b\n1,x\n2,３\n4,y\n", "utf-8")
    assert fupin("ingest", "a.csv", "--number", "b", "--rejects", "r.csv").out == "a,b\n2,3\n"
    result = fupin("ingest", "r.csv", "--number", "b")
    assert (result.status, result.out) == (1, "")
    assert [line.split(": ")[1] for line in told(result)] == ["r.csv:2", "r.csv:3"]


# --- columns


@pytest.mark.parametrize(
    "words",
    [
        ["--rename", "得份=x"],
        ["--keep", "得份"],
        ["--drop", "得份"],
        ["--number", "得份"],
        ["--date", "得份"],
        ["--long", "得份"],
        ["--wide", "得份=村"],
        ["--wide", "村=得份"],
        ["--roster", "a.csv", "-k", "得份"],
        ["--long", "村", "--number", "得份"],
        ["--rename", "得分=分", "--number", "得份,分"],
    ],
)
def test_a_missing_column_and_the_nearest(folder: Path, words: list[str]) -> None:
    Path("a.csv").write_text(PLAIN, "utf-8")
    result = refused("a.csv", *words)
    assert "no column '得份'; " in result.err
    assert re.search("(nearest|columns): .*分", result.err)


def test_the_roster_s_first_column_must_be_there(folder: Path) -> None:
    Path("r.csv").write_text("village\n东山\n", "utf-8")
    result = refused("--roster", "r.csv", stdin=PLAIN, says="no column 'village'; columns: 村, 得分")
    assert "-k" in result.err


def test_renaming_that_ends_in_two_columns_of_one_name() -> None:
    refused("--rename", "a=b", stdin="a,b\n1,2\n", says="b")
    assert fupin("ingest", "--rename", "a=b,b=a", stdin="a,b\n1,2\n").out == "b,a\n1,2\n"


def test_a_source_that_is_there_already_is_not_overwritten() -> None:
    refused("--add-source", stdin="a,source\n1,the office\n", says="source")


def test_all_columns_dropped() -> None:
    refused("--drop", "a,b", stdin="a,b\n1,2\n")


def test_an_item_called_value(folder: Path) -> None:
    out = "村,item,value\n甲,value,1\n甲,item,2\n"
    assert fupin("ingest", "--long", "村", stdin="村,value,item\n甲,1,2\n").out == out
    refused("--long", "item", stdin="item,x\n甲,1\n", says="item")


# --- wide


def test_items_become_columns() -> None:
    data = "item,unit,value,year\nb,x,1,1\na,y,2,1\na,x,,1\nb,x,3,2\n"
    assert fupin("ingest", "--wide", "item=value", stdin=data).out == "unit,year,b,a\nx,1,1,\ny,1,,2\nx,2,3,\n"
    long_again = ("--wide", "item=value", "then", "ingest", "--long", "unit,year")
    assert fupin("ingest", *long_again, stdin=data).out.count("\n") == 7


@pytest.mark.parametrize(
    ("data", "says"),
    [
        ("u,i,v\nx,a,1\ny,a,2\nx,a,1\n", "twice"),
        ("u,i,v\nx,a,\nx,a,\n", "twice"),
        ("u,i,v\nx,,1\n", "blank"),
        ("u,i,v\nx,u,1\n", "'u'"),
        ("i,v\na,1\n", "name a row"),
    ],
)
def test_what_cannot_become_wide(data: str, says: str) -> None:
    refused("--wide", "i=v", stdin=data, says=says)


# --- rosters


def roster(names: Sequence[str], aliases: Sequence[tuple[str, str]] = (), column: str = "unit") -> list[str]:
    """Write a roster and aliases; the words that give them."""
    Path("roster.csv").write_text(table([column], *([name] for name in names)), "utf-8")
    Path("aliases.csv").write_text(table(["alias", "unit"], *aliases), "utf-8")
    return ["--roster", "roster.csv", "--aliases", "aliases.csv"]


@pytest.mark.parametrize("column", ["unit", "alias", "name", "folded", "value", "key", "村"])
def test_a_roster_s_column_may_have_any_name(folder: Path, column: str) -> None:
    words = roster(["龍山", "华容"], [("华", "华容")], column)
    data = f"{column},x\n龙山,1\n华,2\n华 容,3\n"
    assert fupin("ingest", *words, stdin=data).out == f"{column},x\n龍山,1\n华容,2\n华容,3\n"
    refused(*words, stdin=f"{column}\n没有此村\n", says="'没有此村' is not on the roster")
    renamed = fupin("ingest", *words, "--rename", f"镇={column}", stdin="镇\n龙山\n").out
    assert renamed == f"{column}\n龍山\n"
    named = fupin("ingest", "--roster", "roster.csv", "-k", "镇", stdin="镇\n龙山\n").out
    assert named == "镇\n龍山\n"


@pytest.mark.parametrize(
    ("name", "unit"),
    [
        ("Ａ1 村", "Ａ1 村"),
        ("A1村", "Ａ1 村"),
        ("Ａ１\u3000村", "Ａ1 村"),
        ("华\u200b容", "华容"),
        ("华\xa0容", "华容"),
        ("臺上", "台上"),
        ("發財", "发财"),
        ("華容", "湘阴"),
        ("九龍", "九龍"),
        ("\u3000九龙 ", "九龙"),
    ],
)
def test_a_name_that_is_found(folder: Path, name: str, unit: str) -> None:
    words = roster(["Ａ1 村", "华容", "台上", "发财", "湘阴", "九龙", "九龍"], [("華容", "湘阴")], "村")
    assert fupin("ingest", *words, stdin=f"村\n{name}\n").out == f"村\n{unit}\n"


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("九 龙", "九龍 or 九龙"),
        ("三封寺", "nearest: 三封寺镇"),
        ("湘陰縣", "nearest: 湘阴"),
        ("NA", "not on the roster"),
        ('""', "blank"),
    ],
)
def test_a_name_that_is_not_found(folder: Path, name: str, says: str) -> None:
    words = roster(["九龙", "九龍", "三封寺镇", "湘阴"], [], "村")
    refused(*words, stdin=f"村,x\n{name},1\n", says=says)


@pytest.mark.parametrize(
    ("aliases", "says"),
    [
        ([("a", "没有")], "aliases.csv:2: unit: '没有' is not on the roster"),
        ([("a", "华容"), ("a", "湘阴")], "aliases.csv:3: alias: 'a' is there twice"),
        ([("", "华容")], "aliases.csv:2: alias: blank"),
    ],
)
def test_aliases_that_say_nothing(folder: Path, aliases: list[tuple[str, str]], says: str) -> None:
    refused(*roster(["华容", "湘阴"], aliases, "村"), stdin="村\n华容\n", says=says)


@pytest.mark.parametrize(("names", "says"), [(["a", "a"], "roster.csv:3: "), (["a", ""], "roster.csv:3: ")])
def test_a_roster_names_each_unit_once(folder: Path, names: list[str], says: str) -> None:
    refused(*roster(names, [], "村"), stdin="村\na\n", says=says)
