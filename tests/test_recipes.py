"""Recipes: what is read, what is refused, and what runs."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from conftest import Shell
from harness import Result, fupin

BOARD = "village,total,kind\n东山,90,一\n西河,80,二\n"
RANKED = "village,total,kind,rank\n东山,90,一,1\n西河,80,二,2\n"


@pytest.fixture(autouse=True)
def tables(folder: Path) -> Path:
    """A folder `there` with a board and a ledger, and a board here."""
    there = folder / "there"
    there.mkdir()
    (there / "board.csv").write_text(BOARD)
    (there / "events.csv").write_text("village,points\n东山,1\n西河,2\n西河,0.5\n")
    Path("board.csv").write_text(BOARD.replace("90", "70"))
    return there


def recipe(text: str | bytes, name: str = "there/r.fupin") -> str:
    Path(name).write_bytes(text if isinstance(text, bytes) else text.encode())
    return name


def faulty(text: str | bytes, line: int | None, *told: str, words: tuple[str, ...] = ()) -> None:
    """One line that names the recipe's line and tells all that, before any table is read."""
    result = fupin("run", recipe(text), *words, stdin=b"\xff")
    assert (result.status, result.out) == (2, ""), result.err
    assert result.err.count("\n") == 1
    place = "there/r.fupin" if line is None else f"there/r.fupin:{line}: "
    for part in (place, *told):
        assert part in result.err, result.err


# --- what runs


def test_files_are_relative_to_the_recipe() -> None:
    name = recipe("rank board.csv --by total\nkeep --where 'rank > 0' -o out.csv\nreport -o out.md\n")
    assert fupin("run", name) == Result(0, "", "")
    assert Path("there/out.csv").read_text() == RANKED
    assert "| 东山" in Path("there/out.md").read_text()
    assert sorted(os.listdir()) == ["board.csv", "there"]


def test_a_glob_is_relative_to_the_recipe_also_where_its_folder_looks_like_one() -> None:
    os.mkdir("a[b]")
    for name in ("1", "2"):
        Path(f"a[b]/e{name}.csv").write_text(f"village,points\n东山,{name}\n")
    Path("a[b]/board.csv").write_text(BOARD)
    name = recipe("tally board.csv --events 'e*.csv' --sum points --as n\n", "a[b]/r.fupin")
    assert fupin("run", name).out == "village,total,kind,n\n东山,90,一,3\n西河,80,二,0\n"


def test_lines_that_go_on_comments_and_line_ends() -> None:
    text = "\ufeff#!/usr/bin/env -S fupin run\r\n\r\n# what follows\r\nrank\r\n  # in between\r\n\tboard.csv\r\n"
    text += "  --by \\\r\ntotal\r\n\r\n"
    assert fupin("run", recipe(text)).out == RANKED


def test_words_are_those_of_a_shell() -> None:
    name = recipe(
        """veto board.csv --when "kind = '一'" --because a\\ \\"b\\"' #'"c" --when 'total < 0' --because '$HOME *'\n"""
    )
    shown = fupin("run", name)
    assert shown.out.splitlines()[1] == '东山,90,一,true,"a ""b"" #c"'


def test_lines_within_quotation_marks_stand_as_they_are() -> None:
    text = "veto board.csv --when \"kind = '一'\"\n  --because 'a\n\n  #2 x\n \tb\\\n  c'\n# d\n"
    name = recipe(text + "keep --where 'total > 85'\n")
    assert fupin("run", name).out.partition("true,")[2] == '"a\n\n  #2 x\n \tb\\\n  c"\n'
    name = recipe('veto board.csv --when "kind = \'一\'" --because "a \\\nb"\n')
    assert fupin("run", name).out.splitlines()[1] == "东山,90,一,true,a b"


def test_a_line_may_be_indented_by_wide_blanks() -> None:
    assert fupin("run", recipe("rank board.csv\n\u3000\u3000--by \\\n\u3000total\n")).out == RANKED


def test_a_named_chain_is_a_table_wherever_a_file_is() -> None:
    text = """
late:
keep events.csv -k points --where 'points > 0.6'
names:
keep board.csv --where "total > 0"
board:
lookup @names --from @names --take kind=again -o again.csv
deduct -i @names --events @late --full 5 --as left -o left.csv
deduct -i @names --events @late --events @late --full 5 --as left
"""
    result = fupin("run", recipe(text))
    assert result == Result(0, "village,total,kind,left\n东山,90,一,3\n西河,80,二,1\n", "")
    assert Path("there/again.csv").read_text() == "village,total,kind,again\n东山,90,一,一\n西河,80,二,二\n"
    assert Path("there/left.csv").read_text() == "village,total,kind,left\n东山,90,一,4\n西河,80,二,3\n"


def test_the_last_chain_is_the_result() -> None:
    text = "rank board.csv --by total\nothers:\nrank board.csv --by total --lowest-first\n"
    assert fupin("run", recipe(text)).out.splitlines()[1] == "西河,80,二,1"


def test_the_board_of_the_command_line() -> None:
    name = recipe("rank --by total\n")
    here = "village,total,kind,rank\n西河,80,二,1\n东山,70,一,2\n"
    assert fupin("run", name, "board.csv").out == here
    assert fupin("run", name, "-", stdin=BOARD).out == fupin("run", name, stdin=BOARD).out == RANKED
    as_ledger = recipe("tally board.csv --events - --count --as n\n")
    assert fupin("run", as_ledger, "board.csv").out.splitlines()[1] == "东山,90,一,1"
    as_files = recipe("ingest --keep village\n")
    assert fupin("run", as_files, "board.csv").out == "village\n东山\n西河\n"


def test_values_are_one_word_whatever_they_hold() -> None:
    name = recipe("veto board.csv --when '{when}' --because {why} --when \"kind = '{{'\" --because {{{why}}\n")
    words = ["--set", "when=total < 85 OR kind = 'x y'", "--set", 'why=it\'s "low"; rm -rf {x} | then']
    result = fupin("run", name, *words)
    assert (result.status, result.err) == (0, "")
    assert result.out.splitlines()[2] == '西河,80,二,true,"it\'s ""low""; rm -rf {x} | then"'


def test_a_value_that_is_a_file_is_relative_to_here() -> None:
    for line in ("keep {file} --where 'total = 70'", "keep -i{file} --where 'total = 70'"):
        assert fupin("run", recipe(line + "\n"), "--set", "file=board.csv").out.count("\n") == 2
    recipes_own = recipe("keep ./{name}.csv --where 'total = 90' --output={out}\n")
    assert fupin("run", recipes_own, "--set", "name=board", "--set", "out=o.csv") == Result(0, "", "")
    assert Path("o.csv").read_text().count("\n") == 2


def test_in_a_chain_and_with_an_output() -> None:
    name = recipe("rank --by total\n")
    words = ["keep", "--where", "total > 85", "then", "run", name, "then", "lookup", "--from", "board.csv"]
    assert fupin(*words, "--take", "total=old", stdin=BOARD).out == "village,total,kind,rank,old\n东山,90,一,1,70\n"
    assert fupin("run", name, "-o", "out.csv", stdin=BOARD) == Result(0, "", "")
    assert Path("out.csv").read_text() == RANKED


def test_a_recipe_is_a_program(shell: Shell) -> None:
    Path(recipe("#!/usr/bin/env -S fupin run\nrank board.csv --by total\n")).chmod(0o755)
    os.mkdir("bin")
    Path("bin/ranking").symlink_to("../there/r.fupin")
    assert shell("there/r.fupin") == Result(0, RANKED, "")
    assert shell('PATH="$PWD/bin:$PATH"; cd /; ranking') == Result(0, RANKED, "")


def test_a_recipe_on_standard_input() -> None:
    assert fupin("run", "-", "there/board.csv", stdin="rank --by total\n").out == RANKED
    assert fupin("run", "-", stdin="rank there/board.csv --by total\n").out == RANKED
    for words in (["run", "-"], ["run", "-", "-"]):
        result = fupin(*words, stdin="rank --by total\n")
        assert (result.status, result.out) == (2, "")
        assert "standard input is the recipe" in result.err


def test_a_recipe_through_a_pipe_is_relative_to_here(shell: Shell) -> None:
    here = "village,total,kind,rank\n西河,80,二,1\n东山,70,一,2\n"
    assert shell("fupin run <(echo rank board.csv --by total)") == Result(0, here, "")
    assert shell("fupin run /dev/fd/7 7<<<'rank board.csv --by total'") == Result(0, here, "")


def test_a_dry_run_shows_the_stages_and_reads_nothing() -> None:
    text = "# x\nlate:\nkeep none.csv --where '{{ {c}'\nboard:\nrank {b}\n  --by total then reward --prize 1\n"
    shown = fupin("run", recipe(text.replace("{{ ", "")), "--dry-run", "--set", "c=kind = '{'", "--set", "b=x y.csv")
    wanted = "late:\nkeep none.csv --where \"kind = '{{'\"\nboard:\nrank 'x y.csv' --by total\nreward --prize 1\n"
    assert shown == Result(0, wanted, "")


def test_verbose_tells_of_all_stages() -> None:
    result = fupin("run", recipe("rank board.csv --by total\nkeep --where 'rank = 1'\n"), "-v")
    assert result.err == "fupin rank: 2 rows in, 2 out\nfupin keep: 2 rows in, 1 out\n"


def test_what_a_stage_finds_is_the_status() -> None:
    Path("there/plan.csv").write_text("task,due\na,2020-03-01\n")
    text = "deadlines plan.csv --on 2020-03-02 --fail-if overdue\nkeep -k task --where 'days_late = 1'\n"
    result = fupin("run", recipe(text))
    assert result == Result(3, "task,unit,due,done,status,days_late\na,,2020-03-01,,overdue,1\n", "")


# --- what is refused before any table is read


def test_faults_name_their_line() -> None:
    faulty("rank board.csv --by total\n\n# c\ndedukt --full 3\n", 4, "fupin dedukt: ", "nearest: deduct")
    faulty("rank board.csv\n  --bie total\n", 1, "fupin rank: ", "--by")
    faulty("rank --by a\nkeep --where 'a <'\n", 2, "fupin keep: ", "a <")
    faulty("rank --by a\nweight a/20 b/30 --sum 60 --as x\n", 2, "50")
    faulty("rank --by a\nfupin keep --where 'a = 1'\n", 2, "without 'fupin'")
    faulty("rank --by a |\nkeep --where 'a = 1'\n", 1, "no pipes")
    faulty("run other.fupin\n", 1, "'run'")
    faulty("rank --by a\n  then\n", 1, "'then'")
    faulty("rank board.csv --by total\nkeep --help\n", 2, "fupin keep: ", "--help")
    faulty("rank board.csv --by total -h\n", 1, "fupin rank: ", "-h")
    faulty("\\\n\n", 1, "a verb is missing")


def test_faults_of_quotation_marks_and_lines() -> None:
    faulty("keep --where 'a = 1\nrank --by a\n", 1, "quotation mark")
    faulty("veto --when 'a = 1'\n  --because don't\n\nrank --by 'a'\n", 2, "quotation mark")
    faulty("veto --when 'a = 1'\n  --because 'a\n\nb'\n", 2, "quotation mark")
    faulty("  rank --by a\n", 1, "indented")
    faulty("a:\n  rank --by a\n", 2, "indented")
    faulty("a:\nb:\nrank --by a\n", 1, "'a:'")
    faulty("a:\nrank --by a\n# c\nb:\n", 4, "'b:'")
    faulty("a:\nrank --by a\na:\nrank --by a\n", 3, "line 1")
    faulty("", None, "no verb")
    faulty("# only a comment\n", None, "no verb")
    faulty(b"rank --by a\n# \xb4\xe5\n", 2, "UTF-8")


def test_faults_of_names() -> None:
    faulty("rank --by {year}\n", 1, "{year}", "--set year=")
    faulty("rank --by {yaer} --within {year}\n", 1, "nearest: year", words=("--set", "year=1"))
    faulty("rank --by {}\n", 1, "{{")
    for values, told in ((["yaer=1"], "{yaer}"), (["a=1", "a=2"], "twice"), (["a"], "NAME=VALUE"), (["=1"], "=1")):
        result = fupin("run", recipe("rank --by {a}\n"), *(word for value in values for word in ("--set", value)))
        assert (result.status, result.out) == (2, "")
        assert told in result.err


def test_a_value_is_never_an_option() -> None:
    faulty("weight {term} --as x\n", 1, "option", words=("--set", "term=-o/tmp/x"))
    faulty("weight a {term} --as x\n", 1, "option", words=("--set", "term=--replace"))
    name = recipe("bonus board.csv --events none.csv --rules none.csv --as x --range {range}\n")
    assert "none.csv: no such file" in fupin("run", name, "--set", "range=-3:3").err


def test_faults_of_chains() -> None:
    faulty("rank --by a\nb:\nkeep @late --where 'a = 1'\n", 3, "no chain 'late:'")
    faulty("late:\nrank --by a\nb:\nkeep @lat --where 'a = 1'\n", 4, "nearest: late")
    faulty("late:\nkeep @late --where 'a = 1'\n", 2, "no chain 'late:'")
    faulty("late:\nrank --by a\nb:\nkeep --where 'a = 1'\n", 4, "standard input")
    faulty("late:\nreport board.csv\nb:\nkeep @late --where 'a = 1'\n", 4, "printed for people")
    faulty("report board.csv\nrank --by a\n", 2, "report")
    faulty("rank board.csv --by a\nkeep board.csv --where 'a = 1'\n", 2, "nobody reads")


def test_a_board_that_nobody_reads() -> None:
    name = recipe("rank board.csv --by total\n")
    for words in (["run", name, "board.csv"], ["keep", "board.csv", "--where", "1 = 1", "then", "run", name]):
        result = fupin(*words)
        assert (result.status, result.out) == (2, "")
        assert "nobody reads" in result.err
    both = ["keep", "board.csv", "--where", "1 = 1", "then", "run", recipe("rank --by total\n"), "board.csv"]
    result = fupin(*both)
    assert (result.status, result.out) == (2, "")
    assert "nobody reads" in result.err


def test_two_outputs() -> None:
    result = fupin("run", recipe("rank board.csv --by total -o a.csv\n"), "-o", "b.csv")
    assert (result.status, result.out) == (2, "")
    assert "there/a.csv" in result.err


# --- what is refused while it runs


def test_a_fault_of_the_data_names_its_stage_too() -> None:
    text = "weight -i board.csv total/90 --as a\n\nweight total/85 --as b\n"
    result = fupin("run", recipe(text))
    assert result == Result(1, "", "fupin weight: 东山: total: '90' is above its full marks, 85 (there/r.fupin:3)\n")
    result = fupin("run", recipe("weight -i board.csv total/85 --as a\n"))
    assert (
        result.err
        == "fupin weight: there/board.csv:2: total: '90' is above its full marks, 85 (东山) (there/r.fupin:1)\n"
    )


def test_a_file_really_called_like_a_chain() -> None:
    Path("there/@a").write_text(BOARD)
    assert fupin("run", recipe("rank ./@a --by total\n")).out == RANKED
    assert fupin("rank", "there/@a", "--by", "total").out == RANKED
