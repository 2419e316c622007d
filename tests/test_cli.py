"""The command line: help, statuses, chains, and how faults are told."""

from __future__ import annotations

from pathlib import Path

import pytest
from harness import Result, fupin, python, refused

from fupin import __version__
from fupin.verbs import VERBS

# --- help


@pytest.mark.parametrize("word", ["--help", "-h", "--version"])
def test_help_and_version_are_quick(word: str) -> None:
    done = python("-X", "importtime", "-m", "fupin", word)
    imported = {line.rpartition("|")[2].strip() for line in done.stderr.splitlines()}
    assert done.returncode == 0
    assert "fupin.verbs" in imported
    assert "polars" not in imported
    wanted = __version__ if word == "--version" else "then"
    assert wanted in done.stdout


def test_a_command_line_is_read_before_polars_is_imported() -> None:
    modules = ", ".join(f"fupin.commands.{verb}" for verb in VERBS)
    done = python("-c", f"import sys, {modules}; print('polars' in sys.modules)")
    assert (done.stdout, done.stderr) == ("False\n", "")


def test_help_lists_all_verbs() -> None:
    lines = fupin("--help").out.splitlines()
    for verb, text in VERBS.items():
        assert any(line.split() == [verb, *text.split()] for line in lines), verb


@pytest.mark.parametrize("verb", VERBS)
def test_help_of_a_verb(verb: str) -> None:
    result = fupin(verb, "--help")
    assert (result.status, result.err) == (0, "")
    assert result.out.startswith(f"Usage: fupin {verb} ")
    assert VERBS[verb] in result.out
    example = result.out.partition("Example")[2]
    assert f"$ fupin {verb} " in example or f" then {verb} " in example
    common = {"form": ["-o", "-k", "-v"], "diff": ["-o", "-k", "-v"], "man": ["-o"], "run": ["-o", "-v"]}.get(
        verb, ["-i", "-o", "-k", "-v"]
    )
    for option in common:
        assert f"\n  {option}, --" in result.out, option


def test_no_words_at_all_show_the_help() -> None:
    result = fupin()
    assert (result.status, result.out) == (2, "")
    assert "fupin [OPTIONS]" in result.err
    assert "deduct" in result.err


# --- nearest names


def test_an_unknown_verb() -> None:
    refused(fupin("dedukt", "--help"), 2, "", "'dedukt'", "deduct")
    refused(fupin("keep", "--where", "1 = 1", "then", "rnak", "--by", "x"), 2, "", "'rnak'", "rank")
    refused(fupin("--hlp"), 2, "", "--hlp", "--help")


def test_an_unknown_option() -> None:
    refused(fupin("deduct", "--evnts", "x.csv"), 2, "deduct", "--evnts", "--events")


def test_an_unknown_choice() -> None:
    result = fupin("rank", "--by", "x", "--ties", "sparse")
    refused(result, 2, "rank", "sparse", "competition", "dense", "ordinal", "error")


BOARD = "village,total,kind\n东山,90,一\n西河,80,二\n"


@pytest.mark.parametrize(
    "words",
    [
        ["rank", "--by", "totl"],
        ["rank", "--by", "total", "--tie-break", "totl:asc"],
        ["rank", "--by", "total", "--within", "knd"],
        ["rank", "--by", "total", "-k", "vilage"],
        ["reward", "--prize", "5", "--by", "totl"],
        ["grade", "--by", "totl", "--bands", "a=0"],
        ["grade", "--by", "total", "--bands", "a=0", "--within", "knd"],
        ["draw", "-n", "1", "--within", "village,knd", "--seed", "x"],
        ["assign", "--to", "board.csv", "--on", "knd"],
        ["weight", "totl/100", "--as", "x"],
        ["keep", "--where", "totl > 5"],
        ["screen", "--rules", "rules.csv", "--by", "knd"],
        ["screen", "--rules", "rules.csv", "--for", "totl > 5"],
        ["veto", "--when", "totl > 5"],
        ["report", "--columns", "village,totl"],
        ["report", "--by", "knd"],
        ["lookup", "--from", "board.csv", "--take", "totl"],
        ["lookup", "--from", "board.csv", "--on", "knd", "--take", "total"],
        ["tally", "--events", "board.csv", "--sum", "totl", "--as", "x"],
        ["tally", "--events", "board.csv", "--where", "totl > 5", "--count", "--as", "x"],
        ["tally", "--events", "board.csv", "--event-key", "vilage", "--count", "--as", "x"],
        ["deduct", "--events", "board.csv", "--column", "totl", "--full", "20", "--as", "x"],
        ["deduct", "--events", "board.csv", "--column", "total", "--once", "knd", "--full", "20", "--as", "x"],
        ["weight", "total", "--for", "knd = '1'", "--as", "x"],
    ],
    ids=" ".join,
)
def test_an_unknown_column(folder: Path, words: list[str]) -> None:
    Path("board.csv").write_text(BOARD)
    Path("rules.csv").write_text("flag,when\nlow,total < 5\n")
    result = fupin(*words, stdin=BOARD)
    wrong = next(name for name in ("totl", "knd", "vilage") if any(name in word for word in words))
    right = {"totl": "total", "knd": "kind", "vilage": "village"}[wrong]
    refused(result, 1, words[0], f"no column '{wrong}'; nearest: {right}")
    assert ("board.csv" in result.err) == ("board.csv" in words and "--on" not in words)  # --on: the board lacks it


# --- the command line is at fault: known before any table is read

EVENTS = ["--events", "none.csv", "--as", "x"]
SCALE = ["--scale", "优秀=100,称职=80", "--as", "x"]
GRADE = ["--by", "a", "--bands", "称职=80,优秀=90,不称职=0"]
MISUSE = [
    (["deduct", *EVENTS], "--full"),
    (["deduct", *EVENTS, "--full", "20", "--items", "none.csv"], "--items"),
    (["deduct", *EVENTS, "--full", "1e3"], "1e3"),
    (["deduct", *EVENTS, "--full", "二十"], "二十"),
    (["deduct", *EVENTS, "--full", "\uff12\uff10"], "--full"),
    (["deduct", *EVENTS, "--full", "20.0000000000000000001"], "20.0000000000000000001"),
    (["deduct", *EVENTS, "--full", "20", "--floor", "21"], "21"),
    (["deduct", *EVENTS, "--full", "20", "--each", "2:0.5"], "2"),
    (["deduct", *EVENTS, "--full", "20", "--each", "2"], "LO:HI"),
    (["deduct", "--events", "none.csv", "--full", "20"], "--as"),
    (["deduct", "--full", "20", "--as", "x"], "--events"),
    (["deduct", *EVENTS, "--full", "20", "--event-key", "a,b"], "--event-key"),
    (["deduct", *EVENTS, "--full", "20", "-k", "a,a"], "a,a"),
    (["deduct", *EVENTS, "--full", "20", "none.csv", "surplus.csv"], "surplus.csv"),
    (["deduct", *EVENTS, "--full", "20", "none.csv", "-i", "other.csv"], "other.csv"),
    (["deduct", "--events", "none.csv", "--as", "", "--full", "20"], "--as"),
    (["tally", *EVENTS], "--count"),
    (["tally", *EVENTS, "--count", "--sum", "points"], "--count"),
    (["tally", *EVENTS, "--sum", "points", "--trim", "1"], "--mean"),
    (["tally", *EVENTS, "--mean", "points", "--round", "19"], "19"),
    (["tally", *EVENTS, "--mean", "points", "--round", "half"], "half"),
    (["tally", *EVENTS, "--count", "--expect", "-1"], "-1"),
    (["tally", *EVENTS, "--count", "--strays", "drop"], "ignore"),
    (["bonus", *EVENTS, "--rules", "none.csv", "--range", "-3:3", "--sides", "-3:3"], "--sides"),
    (["bonus", *EVENTS, "--rules", "none.csv", "--sides", "1:3"], "--sides"),
    (["weight", "a/20", "b/100:30%", "--sum", "60", "--as", "x"], "50"),
    (["weight", "a/0.1", "b/0.2", "--sum", "0.30000000000000004", "--as", "x"], "0.3 "),
    (["weight", "--as", "x"], "--scores"),
    (["weight", "a/20", "--scores", "none.csv", "--items", "none.csv", "--as", "x"], "--scores"),
    (["weight", "--scores", "none.csv", "--as", "x"], "--items"),
    (["weight", "a/-5", "--as", "x"], "a/-5"),
    (["weight", "a/20", "--where", "1 = 1", "--as", "x"], "--where"),
    (["veto"], "--when"),
    (["veto", "--when", "a < 1", "--when", "a < 2", "--because", "low"], "--because"),
    (["veto", "--when", "a < 1", "--reason", "why"], "--events"),
    (["rank"], "--by"),
    (["rank", "--by", "a", "--vetoed", "last", "--ignore-veto"], "--ignore-veto"),
    (["rank", "--by", "a", "--tie-break", "a,,b"], "a,,b"),
    (["reward"], "--prize"),
    (["reward", "--prize", "5", "--table", "none.csv"], "--table"),
    (["reward", "--prize", "5", "--penalty", "-5"], "-5"),
    (["reward", "--prize", "5,x"], "x"),
    (["reward", "--prize", "", "--penalty", "5"], "--prize"),
    (["vote", "--ballots", "none.csv", "--as", "x"], "--scale"),
    (["vote", *SCALE], "--ballots FILE or --counts"),
    (["vote", *SCALE, "--ballots", "none.csv", "--counts"], "--ballots FILE or --counts"),
    (["vote", *SCALE, "--counts", "--choice", "a"], "--choice goes with --ballots"),
    (["vote", *SCALE, "--counts", "--strays", "ignore"], "--strays"),
    (["vote", *SCALE, "--counts", "--invalid", "优秀"], "'优秀' is in the scale"),
    (["vote", "--counts", "--as", "x", "--scale", "优秀=100,优秀=80"], "'优秀' is there twice"),
    (["vote", "--counts", "--as", "x", "--scale", "优秀=100%"], "100%"),
    (["vote", "--counts", "--as", "x", "--scale", "优秀=百"], "百"),
    (["score", "a", "--as", "x"], "--of (with --full), --map, --bands, --places, --fill-mean and --na-mean"),
    (["score", "a", "--as", "x", "--map", "一类=15,一类=13"], "'一类' is there twice"),
    (["score", "a", "--as", "x", "--map", "一类"], "VALUE=POINTS"),
    (["score", "a", "--as", "x", "--map", "NA=15"], "NA"),
    (["score", "a", "--as", "x", "--bands", "95=5,九十=4"], "九十"),
    (["score", "a", "--as", "x", "--places", "15"], "F:STEP"),
    (["score", "a", "--as", "x", "--places", "15:-1"], "-1 is below 0"),
    (["score", "a", "--as", "x", "--of", "0", "--full", "5"], "above 0"),
    (["score", "a", "--as", "x", "--of", "b", "--full", "-5"], "-5 is below 0"),
    (["score", "a", "--as", "a", "--na-mean", "--fill"], "--fill writes where"),
    (["grade", "--by", "a"], "--bands"),
    (["grade", "--bands", "a=0"], "--by"),
    (["grade", "--by", "a", "--bands", ""], "NAME=VALUE"),
    (["grade", "--by", "a", "--bands", "优秀=90, 称职=80"], "without spaces"),
    (["grade", "--by", "a", "--bands", "优秀=90，称职=80"], "90，称职=80"),
    (["grade", "--by", "a", "--bands", "优秀=九十"], "九十"),
    (["grade", "--by", "a", "--bands", "优秀=90%"], "90%"),
    (["grade", "--by", "a", "--bands", "优秀=90,优秀=80"], "'优秀' is there twice"),
    (["grade", "--by", "a", "--bands", "优秀=90,称职=90.0"], "same bound"),
    (["grade", *GRADE, "--quota", "称置=15%"], "nearest: 称职"),
    (["grade", *GRADE, "--quota", "X=15%"], "bands: 优秀, 称职, 不称职"),
    (["grade", *GRADE, "--quota", "优秀=101%"], "101%"),
    (["grade", *GRADE, "--quota", "优秀=-1"], "-1"),
    (["grade", *GRADE, "--quota", "优秀=1.5"], "1.5"),
    (["grade", *GRADE, "--quota", "优秀=15％"], "such as 3 or 15%"),
    (["grade", *GRADE, "--quota", "优秀=1", "--quota", "优秀=2"], "'优秀' is there twice"),
    (["grade", *GRADE, "--quota", "优秀=1,优秀=2"], "'优秀' is there twice"),
    (["grade", *GRADE, "--quota", "不称职=15%"], "last band"),
    (["grade", *GRADE, "--quota-max", "优秀=20%"], "no --quota"),
    (["grade", *GRADE, "--quota", "优秀=15%", "--quota-max", "优秀=14.9%"], "below its quota of 15%"),
    (["grade", *GRADE, "--quota", "优秀=3", "--quota-max", "优秀=2"], "below its quota of 3"),
    (["grade", *GRADE, "--quota", "优秀=3", "--quota-max", "优=4"], "nearest: 优秀"),
    (["grade", *GRADE, "--quota", "优秀=15%", "--base", "40", "--within", "b"], "--within"),
    (["grade", *GRADE, "--base", "40"], "--quota"),
    (["grade", *GRADE, "--quota", "优秀=15%", "--base", "-1"], "-1"),
    (["grade", *GRADE, "--quotas", "none.csv"], "--within"),
    (["grade", *GRADE, "--quota-round", "even"], "half-up"),
    (["grade", *GRADE, "--vetoed", "待研究", "--ignore-veto"], "--ignore-veto"),
    (["grade", *GRADE, "--vetoed", ""], "--vetoed"),
    (["draw", "--seed", "x"], "-n"),
    (["draw", "-n", "5"], "--seed"),
    (["draw", "-n", "-1", "--seed", "x"], "-1"),
    (["draw", "-n", "1.5", "--seed", "x"], "1.5"),
    (["draw", "-n", "5", "--seed", ""], "--seed"),
    (["draw", "-n", "5", "--seed", "x", "--seed", "y"], "--seed"),
    (["draw", "-n", "5", "--seed", "x", "--within", "a,,b"], "a,,b"),
    (["assign"], "--to"),
    (["assign", "--to", ""], "--to"),
    (["assign", "--to", "-", "--groups", "none.csv"], "read once"),
    (["assign", "--to", "none.csv", "-k", "unit"], "unit"),
    (["assign", "--to", "none.csv", "--on", "a,unit"], "unit"),
    (["assign", "--to", "none.csv", "--on", "a,,b"], "a,,b"),
    (["assign", "--to", "none.csv", "--where", "a >"], "--where"),
    (["assign", "--to", "none.csv", "--strays", "drop"], "ignore"),
    (["screen"], "--rules"),
    (["screen", "--rules", "none.csv", "--by", ""], "--by"),
    (["screen", "--rules", "none.csv", "--as", ""], "--as"),
    (["screen", "--rules", "none.csv", "--for", "a >"], "--for"),
    (["screen", "--rules", "none.csv", "--by", "a", "--as", "x"], "--as goes without --by"),
    (["screen", "--rules", "none.csv", "--by", "a", "--detail"], "--detail goes without --by"),
    (["screen", "--rules", "none.csv", "--by", "a", "--fill"], "--fill goes without --by"),
    (["screen", "--rules", "none.csv", "--by", "a", "--replace"], "--replace goes without --by"),
    (["report", "--by", ""], "--by"),
    (["report", "--columns", ""], "--columns"),
    (["rank", "--by", "a", "--within", ""], "--within"),
    (["rank", "--by", "a", "--tie-break", ""], "--tie-break"),
    (["deduct", *EVENTS, "--full", "20", "--once", ""], "--once"),
    (["tally", *EVENTS, "--count", "--sum", ""], "--sum"),
    (["veto", "--events", "none.csv", "--reason", ""], "--reason"),
    (["weight", "", "--as", "x"], "empty"),
    (["lookup", "--from", "none.csv"], "--take"),
    (["lookup", "--from", "none.csv", "--take", "a,,b"], "--take"),
    (["lookup", "--from", "none.csv", "--take", "a=c,b=c"], "'c'"),
    (["form", "--items", "none.csv"], "--output"),
    (["form", "-o", "out"], "--items"),
    (["form", "--items", "none.csv", "-o", "out.xlsx"], "no folder"),
    (["form", "--items", "none.csv", "-o", "-"], "no folder"),
    (["form", "--items", "none.csv", "-o", "out", "-k", "a,b"], "-k"),
    (["form", "--items", "none.csv", "-o", "out", "-k", "item"], "item"),
    (["form", "--items", "none.csv", "-o", "out", "--lang", "fr"], "zh"),
    (["ingest", "--encoding", "gb"], "gbk"),
    (["ingest", "--encoding", "base64"], "base64"),
    (["ingest", "--rename", "a"], "OLD=NEW"),
    (["ingest", "--rename", "a=b", "--rename", "a=c"], "two names"),
    (["ingest", "--long", "a", "--wide", "b=c"], "--wide"),
    (["ingest", "--wide", "b"], "ITEM=VALUE"),
    (["ingest", "--aliases", "none.csv"], "--roster"),
    (["ingest", "-k", "a"], "--roster"),
    (["ingest", "--number", "a,,b"], "a,,b"),
    (["deadlines", "--points", "1"], "--late"),
    (["deadlines", "--late", "--per-day", "-1"], "--per-day"),
    (["deadlines", "--from", "2020-03-02", "--to", "2020-03-01"], "2020-03-02"),
    (["deadlines", "--on", "2019-02-29"], "does not exist"),
    (["deadlines", "--on", "28.4.2019"], "2019-04-28"),
    (["deadlines", "--status", "late,lost"], "overdue"),
    (["deadlines", "--fail-if", "lost"], "'lost'"),
    (["deadlines", "--where", "1 = 1"], "--done"),
    (["report", "--columns", "a,,b"], "a,,b"),
    (["report", "-o", "a.pdf"], ".html"),
    (["report", "--format", "pdf"], "markdown"),
    (["run", "none.fupin"], "no such file"),
    (["run"], "FILE"),
    (["report", "--top", "-1"], "-1"),
    (["report", "--top", "99999999999999999999"], "--top"),
    (["report", "--bottom", "99999999999999999999"], "--bottom"),
    (["tally", *EVENTS, "--mean", "points", "--trim", "99999999999999999999"], "--trim"),
    (["tally", *EVENTS, "--count", "--expect", "99999999999999999999"], "--expect"),
    (["deadlines", "--soon", "99999999999999999999"], "--soon"),
    (["keep"], "--where"),
    (["keep", "--where", ""], "empty"),
    (["keep", "--where", "total <"], "total <"),
    (["keep", "--where", "total = 'x"], "not closed"),
    (["keep", "--where", "a < b"], "TEXT(a)"),
    (["keep", "--where", "a / 2 = 1"], "/"),
    (["keep", "--where", "length(a) = 1"], "TEXT"),
    (["keep", "--where", "a = 1 AND OR b = 2"], "OR"),
    (["keep", "--where", "a"], "comparison"),
    (["keep", "--where", "(a = 1"], ")"),
    (["keep", "--where", "a = 1; DROP TABLE b"], ";"),
    (["weight", "a", "--for", "a >", "--as", "x"], "--for"),
]


@pytest.mark.parametrize(
    ("words", "told"), MISUSE, ids=lambda value: " ".join(value) if isinstance(value, list) else ""
)
def test_misuse_is_told_before_any_table_is_read(folder: Path, words: list[str], told: str) -> None:
    refused(fupin(*words, stdin=b"\xff"), 2, words[0], told)
    later = fupin("keep", "none.csv", "--where", "1 = 1", "-o", "out.csv", "then", *words)
    refused(later, 2, words[0], told)
    assert list(folder.iterdir()) == []


# --- chains


@pytest.mark.parametrize(
    "words", [["then"], ["then", "rank"], ["keep", "then"], ["keep", "then", "then", "rank"]], ids=" ".join
)
def test_then_stands_between_two_verbs(words: list[str]) -> None:
    words = [word for name in words for word in ([name, "--where", "1 = 1"] if name == "keep" else [name])]
    refused(fupin(*words, stdin=BOARD), 2, "", "'then'", "VERB")


def test_a_dash_is_the_table_of_the_stage_before(folder: Path) -> None:
    Path("villages.csv").write_text("village\n东山\n西河\n")
    events = "village,points\n东山,1\n东山,7\n西河,2\n"
    words = ["keep", "-k", "points", "--where", "points < 5", "then"]
    words += ["deduct", "-i", "villages.csv", "--events", "-", "--full", "20", "--as", "d"]
    assert fupin(*words, stdin=events) == Result(0, "village,d\n东山,19\n西河,18\n", "")
    one = ["keep", "--where", "1 = 1", "then", "keep", "-", "--where", "total > 80"]
    assert fupin(*one, stdin=BOARD).out == "village,total,kind\n东山,90,一\n"


def test_an_unread_table_is_an_error(folder: Path) -> None:
    Path("villages.csv").write_text("village,n\n东山,1\n")
    words = ["keep", "--where", "1 = 1", "then", "rank", "-i", "villages.csv", "--by", "n"]
    refused(fupin(*words, stdin=BOARD), 2, "rank", "nobody reads", "keep", "-i", "-o")
    kept = ["keep", "--where", "1 = 1", "-o", "kept.csv", *words[3:]]
    assert fupin(*kept, stdin=BOARD) == Result(0, "village,n,rank\n东山,1,1\n", "")
    assert Path("kept.csv").read_text() == BOARD


def test_a_table_that_is_read_twice(folder: Path) -> None:
    tally = ["tally", "--events", "-", "--count", "--as", "n"]
    refused(fupin(*tally, stdin=BOARD), 2, "tally", "standard input")
    chained = fupin("keep", "none.csv", "--where", "1 = 1", "then", *tally)
    refused(chained, 2, "tally", "stage before")
    refused(fupin("bonus", "-i", "b.csv", "--events", "-", "--rules", "-", "--as", "b"), 2, "bonus", "standard input")


def test_report_can_only_be_the_last(folder: Path) -> None:
    refused(fupin("report", "none.csv", "then", "rank", "--by", "total"), 2, "rank", "report", "last")


def test_a_later_stage_names_verb_unit_and_column() -> None:
    words = ["rank", "--by", "total", "--as", "place", "then", "weight", "total/85", "--as", "x"]
    result = fupin(*words, stdin=BOARD)
    refused(result, 1, "weight", "东山", "total", "'90'", "85")
    missing = fupin("keep", "--where", "1 = 1", "then", "rank", "--by", "totl", stdin=BOARD)
    refused(missing, 1, "rank", "no column 'totl'; nearest: total")


def test_stages_see_new_columns_and_keys() -> None:
    words = ["weight", "total", "--as", "t", "then", "rank", "-k", "kind", "--by", "t", "--lowest-first"]
    assert fupin(*words, stdin=BOARD).out == "village,total,kind,t,rank\n西河,80,二,80,1\n东山,90,一,90,2\n"


# --- faults


@pytest.mark.parametrize(("bad", "lines"), [(20, 20), (21, 21), (1234, 21)])
def test_twenty_faults_are_shown_and_all_counted(folder: Path, bad: int, lines: int) -> None:
    rows = "".join(f"v{i},x\nw{i},5\n" for i in range(bad))
    Path("events.csv").write_text("village,n\n" + rows)
    ledger = fupin("tally", "--events", "events.csv", "--sum", "n", "--as", "s", stdin="village,n\n" + rows)
    board = fupin("weight", "n/5", "--as", "s", stdin="village,n\n" + rows)
    for result, name in ((ledger, "tally: events.csv"), (board, "weight: -")):
        told = result.err.splitlines()
        assert (result.status, result.out, len(told)) == (1, "", lines)
        assert [line.split(": ")[1].split(":")[1] for line in told[:20]] == [str(2 * i + 2) for i in range(20)]
        assert told[0].startswith(f"fupin {name}:2: n: 'x' is not a number")
        if bad > 20:
            assert told[-1] == f"fupin {name.split(':')[0]}: … and {bad - 20} more"


def test_control_signs_in_a_message_are_made_visible(folder: Path) -> None:
    Path("events.csv").write_text('village\n"东\n\x1b[31m山"\n')
    result = fupin("tally", "--events", "events.csv", "--count", "--as", "n", stdin="village\n东山\n")
    refused(result, 1, "tally", "events.csv:2: village: '东\\n\\x1b[31m山' is not on the board")
