"""What people do that nobody meant: odd targets, odd terminals, odd words. Nothing is lost, and one line tells why."""

from __future__ import annotations

from pathlib import Path

import pytest
from conftest import Shell
from harness import fupin

BOARD = "village,total\n东山,90\n西河,80\n"
RANKED = "village,total,rank\n东山,90,1\n西河,80,2\n"


@pytest.fixture
def board(folder: Path) -> Path:
    """A folder with a small board."""
    (folder / "b.csv").write_text(BOARD)
    return folder


@pytest.mark.parametrize(
    ("line", "file", "left"),
    [
        ("fupin rank b.csv --by total -o /dev/stdout >> t.txt", "t.txt", f"kept\n{RANKED}"),
        ("(echo a; fupin rank b.csv --by total -o /dev/stdout; echo z) > n.txt", "n.txt", f"a\n{RANKED}z\n"),
        ("fupin rank b.csv --by total -o /dev/stderr 2>> t.txt", "t.txt", f"kept\n{RANKED}"),
        ("exec 5>f; echo a >&5; fupin rank b.csv --by total -o /dev/fd/5; echo z >&5", "f", f"a\n{RANKED}z\n"),
    ],
)
def test_what_the_shell_has_opened_is_written_on(board: Path, shell: Shell, line: str, file: str, left: str) -> None:
    (board / "t.txt").write_text("kept\n")
    assert shell(f"cd {board}; {line}").status == 0
    assert (board / file).read_text() == left


def test_only_the_last_verb_writes_to_standard_output(board: Path) -> None:
    result = fupin("rank", "b.csv", "--by", "total", "-o", "-", "then", "keep", "--where", "rank = 1")
    assert (result.status, result.out) == (2, "")
    assert "only the last verb" in result.err


def test_a_file_is_not_written_twice(board: Path) -> None:
    (board / "in.csv").write_text("v,x\n1,2\n2,y\n")
    for last in (["ingest", "--number", "x", "--rejects", "r.csv"], ["keep", "--where", "v = 1", "-o", "r.csv"]):
        result = fupin("ingest", "in.csv", "--number", "x", "--rejects", "r.csv", "then", *last)
        assert (result.status, result.out) == (2, "")
        assert result.err == f"fupin {last[0]}: r.csv is written by this command already\n"
    assert not (board / "r.csv").exists()


@pytest.mark.parametrize(
    ("recipe", "told"),
    [
        ("ingest in.csv --number x --rejects r.csv\nlookup --from r.csv --on line --take reason -k v\n", "r.csv"),
        ("a:\nform --items i.csv -o forms\nb:\ningest forms/*.xlsx\n", "forms/*.xlsx"),
        ("a:\nform --items i.csv -o forms\nb:\nkeep forms/x.csv --where 'v = 1'\n", "forms/x.csv"),
        (
            "a:\nkeep b.csv --where 'total > 1' -o d/o.csv\nb:\ntally b.csv --events 'd/*.csv' --count --as n\n",
            "d/*.csv",
        ),
    ],
)
def test_what_is_written_at_the_end_is_not_read_before(board: Path, recipe: str, told: str) -> None:
    (board / "r.fupin").write_text(recipe)
    result = fupin("run", "r.fupin")
    assert (result.status, result.out, result.err.count("\n")) == (2, "", 1)
    assert f": {told} is written by a verb above" in result.err
    assert sorted(file.name for file in board.iterdir()) == ["b.csv", "r.fupin"]


def test_what_only_looks_like_a_file_that_is_written_is_read(board: Path) -> None:
    (board / "d" / "e").mkdir(parents=True)
    (board / "d" / "b.csv").write_text(BOARD)
    words = ["rank", "b.csv", "--by", "total", "-o", "d/e/o.csv", "then", "tally", "--events", "d/*.csv"]
    result = fupin(*words, "--count", "--as", "n", "then", "keep", "--where", "rank = 1", "-o", "/dev/null")
    assert (result.status, result.err) == (0, "")
    assert (board / "d" / "e" / "o.csv").read_text() == RANKED


def test_a_failure_leaves_no_folder_and_no_rejects(board: Path) -> None:
    (board / "i.csv").write_text("item,full\na,5\n")
    (board / "in.csv").write_text("v,x\n1,2\n2,y\n")
    lines = ["a:", "form --items i.csv -o forms", "b:", "ingest in.csv --number x --rejects r.csv"]
    (board / "r.fupin").write_text("\n".join([*lines, "keep --where 'v > 1 AND z = 1'\n"]))
    result = fupin("run", "r.fupin")
    assert (result.status, result.out) == (1, "")
    assert sorted(file.name for file in board.iterdir()) == ["b.csv", "i.csv", "in.csv", "r.fupin"]
    (board / "r.fupin").write_text((board / "r.fupin").read_text().replace(" AND z = 1", ""))
    assert fupin("run", "r.fupin").out == "v,x\n"
    assert [file.name for file in (board / "forms").iterdir()] == ["评分表.xlsx"]
    assert (board / "r.csv").exists()


def test_rejects_are_written_as_tables_are(board: Path) -> None:
    result = fupin("ingest", "b.csv", "--rejects", "r.xlsx")
    assert (result.status, result.out) == (2, "")
    assert "--rejects: 'r.xlsx': no table is written so" in result.err


def test_rejects_do_not_go_where_the_result_goes(board: Path) -> None:
    result = fupin("ingest", "b.csv", "--number", "total", "--rejects", "/dev/stdout")
    assert (result.status, result.out) == (2, "")
    assert "file of their own" in result.err


def test_words_that_are_not_utf8(board: Path, shell: Shell) -> None:
    result = shell(f"cd {board}; fupin veto b.csv --when 'total < 85' --because $'\\xd7\\xdc'")
    assert (result.status, result.out) == (2, "")
    assert "is not UTF-8" in result.err
    assert result.err.count("\n") == 1


def test_words_and_tables_are_utf8_whatever_the_locale_says(board: Path, shell: Shell) -> None:
    odd = "LC_ALL=C PYTHONUTF8=0 PYTHONCOERCECLOCALE=0 PYTHONIOENCODING=latin-1"
    result = shell(f"cd {board}; {odd} fupin --explain 西河 veto b.csv --when 'total < 85' --because 太低")
    assert result.status == 0, result.err
    assert "veto_reason = 太低" in result.out


def test_an_account_is_not_forged_by_a_cell(board: Path) -> None:
    (board / "e.csv").write_text('village,points,note\n西河,2,"x\n  r = 20\n\nrank --by r"\n')
    account = fupin("--explain", "西河", "deduct", "b.csv", "--events", "e.csv", "--full", "20", "--as", "r").out
    assert [line for line in account.splitlines() if line.startswith("  r = ")] == ["  r = 18"]
    assert "\nrank" not in account


def test_an_account_that_nobody_can_read(board: Path, shell: Shell) -> None:
    result = shell(f"cd {board}; fupin --explain 西河 rank b.csv --by total >&-")
    assert result.status == 1
    assert "standard output" in result.err


def test_a_recipe_from_a_pipe_is_relative_to_where_one_is(board: Path, shell: Shell) -> None:
    assert shell(f"cd {board}; fupin run <(echo 'rank b.csv --by total')").out == RANKED


def test_two_recipes_do_not_read_each_other_s_chains(board: Path) -> None:
    for name, least in (("a", 85), ("b", 70)):
        text = (
            f"some:\nkeep b.csv --where 'total > {least}'\nlast:\nlookup b.csv --from @some --take total=t --optional\n"
        )
        (board / f"{name}.fupin").write_text(text)
    result = fupin("run", "a.fupin", "then", "run", "b.fupin")
    assert (result.status, result.out) == (2, "")
    assert result.err == "fupin run: two recipes have a chain 'some:'; run them one by one\n"


def test_help_has_no_place_in_a_recipe(board: Path) -> None:
    (board / "r.fupin").write_text("rank b.csv --by total\nkeep -h\n")
    result = fupin("run", "r.fupin")
    assert (result.status, result.out) == (2, "")
    assert result.err.startswith("fupin keep: r.fupin:2: ")


def test_a_header_of_two_lines_and_a_steering_heading_stay_on_theirs(board: Path) -> None:
    result = fupin("report", "--by", "k", "--title", "a\nb", stdin='"vil\nlage",k\n1,"x\x1b[2J"\n')
    assert "\x1b" not in result.out
    assert result.out.splitlines()[0] == "a b"
    assert any(line.startswith("vil lage") for line in result.out.splitlines())


def test_a_sheet_is_named_within_what_excel_counts(board: Path) -> None:
    rare = "𠮷" * 20
    assert fupin("report", "--by", "k", "-o", "r.xlsx", stdin=f"v,k\na,{rare}\nb,{rare[:-1]}x\n").err == ""
    wide = ",".join(f"c{i}" for i in range(16385))
    refused = fupin("report", "-o", "w.xlsx", stdin=f"{wide}\n{wide}\n")
    assert (refused.status, (board / "w.xlsx").exists()) == (1, False)
    assert "16384 columns" in refused.err


def test_one_unclosed_quotation_mark_does_not_take_all_memory(folder: Path) -> None:
    with open("u.csv", "w") as file:
        file.write('village,x\n"v,1\n')
        file.writelines(f"第{i}村,{i}\n" for i in range(1_500_000))
    result = fupin("ingest", "u.csv")
    assert (result.status, result.out) == (1, "")
    assert result.err == "fupin ingest: u.csv:2: the quotation mark opened here is never closed\n"


def test_a_message_is_cut_where_nobody_would_read_on(folder: Path) -> None:
    result = fupin("ingest", "--number", "a", stdin="a,b\n" + "x" * 1_000_000 + ",1\n")
    assert result.status == 1
    assert len(result.err) < 3000


def test_a_column_of_any_name_can_be_renamed() -> None:
    assert fupin("ingest", "--rename", "*=note", stdin="v,*\n1,2\n").out == "v,note\n1,2\n"


def test_rejects_whose_columns_are_called_like_theirs(folder: Path) -> None:
    result = fupin("ingest", "--number", "b", "--rejects", "r.csv", stdin="file,row.file,b\n1,2,x\n")
    assert (result.status, result.out) == (0, "file,row.file,b\n")
    header = (folder / "r.csv").read_text().splitlines()[0].split(",")
    assert len(set(header)) == len(header) == 9


def test_private_characters_stay(folder: Path) -> None:
    (folder / "p.csv").write_bytes('村,说明\n南村,"字\ue00d\n样"\n'.encode("gb18030"))
    assert fupin("ingest", "p.csv", "--encoding", "gb18030").out == '村,说明\n南村,"字\ue00d\n样"\n'


@pytest.mark.parametrize("name", ["utf16", "utf_16", "U16", "UTF-16LE"])
def test_an_encoding_has_several_names(folder: Path, name: str) -> None:
    (folder / "u.csv").write_bytes("a,b\n1,2\n".encode("utf-16-le" if "LE" in name else "utf-16"))
    assert fupin("ingest", "u.csv", "--encoding", name).out == "a,b\n1,2\n"
