"""Inboxes as real ones are: the commands of the samples' READMEs give the tables that were made without fupin."""

from __future__ import annotations

import csv
import re
import shutil
import subprocess
from pathlib import Path
from types import ModuleType

import openpyxl
import pytest
from harness import on_path, script

from fupin import books

SAMPLES = Path(__file__).parent.parent / "samples"
TOWNSHIPS = SAMPLES / "township-inspection"
VILLAGES = SAMPLES / "village-20-30-50"
INTAKE = re.search(r"```\n(fupin ingest .*?)\n```", (TOWNSHIPS / "README.md").read_text("utf-8"), re.DOTALL)


def maker(sample: Path) -> ModuleType:
    """The script that makes an inbox."""
    return script(sample / "make_inbox.py")


def shell(command: str, folder: Path, tmp_path: Path) -> tuple[int, str, str]:
    """Run a command of a README."""
    done = subprocess.run(
        ["bash", "-c", command], cwd=folder, env=on_path(tmp_path), capture_output=True, encoding="utf-8", check=False
    )
    return done.returncode, done.stdout, done.stderr


def rows(file: Path) -> list[dict[str, str]]:
    """The rows of a CSV file."""
    with file.open(encoding="utf-8", newline="") as text:
        return list(csv.DictReader(text))


def cells(file: Path) -> list[tuple[str, str, object]]:
    """All cells of a workbook, and what is merged."""
    if file.suffix != ".xlsx":
        book = books.open_book(file.name, file.read_bytes(), 1 << 24)
        grids = [books.read(book, sheet) for sheet in book.sheets]
        return [(grid.name, str(grid.merged), grid.rows.rows()) for grid in grids]
    book = openpyxl.load_workbook(file)
    merged = [(sheet.title, sheet.sheet_state, sorted(map(str, sheet.merged_cells.ranges))) for sheet in book]
    found = [(sheet.title, cell.coordinate, cell.value) for sheet in book for row in sheet.iter_rows() for cell in row]
    return [*merged, *found]


@pytest.fixture
def townships(tmp_path: Path) -> Path:
    """A copy of the townships' sample."""
    return Path(shutil.copytree(TOWNSHIPS, tmp_path / "sample"))


def test_what_the_townships_readme_tells_to_do(townships: Path, tmp_path: Path) -> None:
    readme = (townships / "README.md").read_text("utf-8")
    intake, mending, checks = re.findall(r"```sh\n(.*?)```", readme, re.DOTALL)
    status, out, told = shell(f"set -e\n{intake}", townships, tmp_path)
    assert (status, out) == (0, ""), told
    assert (townships / "marks.csv").read_text("utf-8") == (townships / "expected-marks.csv").read_text("utf-8")
    assert (townships / "rejects.csv").read_text("utf-8") == (townships / "expected-rejects.csv").read_text("utf-8")
    assert shell(checks.splitlines()[0], townships, tmp_path)[0] == 1  # not all rows are there
    kept = (townships / "mended.csv").read_text("utf-8")
    (townships / "mended.csv").unlink()
    assert shell(f"set -e\n{mending}", townships, tmp_path) == (0, "", "")
    assert (townships / "mended.csv").read_text("utf-8") == kept
    assert shell(f"set -e\n{checks}", townships, tmp_path) == (0, "town,line,full,mark,printed\n", "")
    assert rows(townships / "rejects.csv") == []
    made = maker(TOWNSHIPS)
    whole = {
        (town, str(line)): (f"{full:g}", "NA" if mark == "不考核" else f"{mark:g}")
        for number, (town, poor_village) in enumerate(made.towns().items())
        for line, (full, mark) in enumerate(zip(made.FULL, made.marks_of(number, poor_village), strict=True), 1)
    }
    found = {(row["town"], row["line"]): (row["full"], row["mark"]) for row in rows(townships / "marks.csv")}
    assert found == whole
    assert len(rows(townships / "marks.csv")) == len(whole) == 21 * 30


def test_the_other_reading_of_what_is_not_assessed(townships: Path, tmp_path: Path) -> None:
    status, out, told = shell("bash run.sh --sum 102 --na full", townships, tmp_path)
    assert status == 0, told
    assert out == script(TOWNSHIPS / "expected.py").main("full")


def test_the_printed_lines_do_not_add_up_to_the_printed_total(townships: Path, tmp_path: Path) -> None:
    example = re.search(r"```console\n\$ (.*?)\n(.*?)```", (TOWNSHIPS / "README.md").read_text("utf-8"), re.DOTALL)
    assert example is not None
    assert example[1].startswith("bash run.sh --sum 100 ")
    assert shell(example[1], townships, tmp_path)[1] == example[2]
    status, out, _ = shell("bash run.sh --sum 100", townships, tmp_path)
    assert (status, out) == (1, "")


def test_a_mark_that_nobody_mended_is_missing(townships: Path, tmp_path: Path) -> None:
    mended = (townships / "mended.csv").read_text("utf-8").splitlines(keepends=True)
    (townships / "mended.csv").write_text("".join(row for row in mended if ",灯塔镇," not in row), "utf-8")
    status, out, told = shell("fupin run scheme.fupin", townships, tmp_path)
    assert (status, out) == (1, "")
    assert "towns.csv:8: 产业扶贫: missing, which is not zero (see --missing) (灯塔镇)" in told


def test_the_line_of_the_readme_is_the_one_of_the_script() -> None:
    assert INTAKE is not None
    steps = (TOWNSHIPS / "intake.sh").read_text("utf-8")
    assert INTAKE[1].replace("'inbox/*.xlsx'", '"${@:-inbox/*.xlsx}"') in steps


def test_every_row_of_21_workbooks_is_kept_rejected_or_dropped(townships: Path, tmp_path: Path) -> None:
    assert INTAKE is not None
    status, out, told = shell(f"{INTAKE[1]} -v", townships, tmp_path)
    assert status == 0
    came, kept, rejected, dropped = map(int, re.findall(r"\d+", next(x for x in told.splitlines() if " in, " in x)))
    assert came == kept + rejected + dropped
    assert (kept, rejected) == (out.count("\n") - 1, len(rows(townships / "rejects.csv")))
    assert dropped == len(re.findall(r": dropped, a row ", told))
    assert set(re.findall(r"inbox/(\S+)\.xlsx:\S+:\d+: dropped", told)) == set(maker(TOWNSHIPS).towns())
    filled = 0
    for file in (townships / "inbox").iterdir():
        sheet = openpyxl.load_workbook(file).worksheets[-1 if file.stem == "半江镇" else 0]
        filled += max(row[0].row for row in sheet.iter_rows() if any(cell.value for cell in row)) - 1  # less the header
    assert came == filled


def test_the_four_mistakes_are_named() -> None:
    rejected = rows(TOWNSHIPS / "expected-rejects.csv")
    made = maker(TOWNSHIPS)
    places = {}
    for row in rejected:
        file = TOWNSHIPS / row["file"]
        line = 0 if row["column"] == "town" else int(row["row.line"])
        sheet = openpyxl.load_workbook(file)[row["sheet"]]
        value = [cell.value for cell in sheet[int(row["line"])]][4]
        assert row["考核分"] == str(value) or float(row["考核分"]) == value
        assert row["value"] == str(made.MISTAKES[file.stem, line])
        places.setdefault((file.stem, line), []).append(row["reason"])
    assert {place: len(reasons) for place, reasons in places.items()} == {
        place: 30 if place[1] == 0 else 1 for place in made.MISTAKES
    }
    assert set(places["康禾镇", 0]) == {"'康和镇' is not on the roster; nearest: 康禾镇"}
    assert places["灯塔镇", 11] == ["a mark above the full mark of its line: mark 4.5, full 4"]
    assert places["船塘镇", 23][0].startswith("'2.25分' is not a number; ")
    assert places["黄田镇", 9] == ["only line 2 may be not assessed: mark 不考核, line 9"]


@pytest.mark.parametrize("command", ["fupin run scheme.fupin", "bash run.sh"])
def test_line_2_is_assessed_where_there_is_a_designated_poor_village(
    command: str, townships: Path, tmp_path: Path
) -> None:
    towns = townships / "towns.csv"
    towns.write_text(towns.read_text("utf-8").replace("柳城镇,第三小组,无", "柳城镇,第三小组,有"), "utf-8")
    status, out, told = shell(command, townships, tmp_path)
    assert (status, out) == (1, "")
    why = "mark: not assessed, though the township has a designated poor village: mark NA, poor_village 有, town 柳城镇"
    assert why in told


def test_mended_rows_go_with_the_workbooks(townships: Path, tmp_path: Path) -> None:
    """In one run mended rows come behind those of the workbooks, whose mistakes are rejected again."""
    status, out, _ = shell("bash intake.sh 'inbox/*.xlsx' mended.csv", townships, tmp_path)
    assert (status, out.count("\n")) == (0, 1 + 21 * 30)
    assert out.startswith((townships / "expected-marks.csv").read_text("utf-8"))


@pytest.mark.parametrize("making", sorted(SAMPLES.glob("*/make_*.py")), ids=lambda path: path.parent.name)
def test_the_script_makes_the_same_files(making: Path, tmp_path: Path) -> None:
    sample = making.parent
    script(making).main(tmp_path)
    made = {path.relative_to(tmp_path): path for path in tmp_path.rglob("*.*")}
    kept = {path.relative_to(sample): path for path in sample.rglob("*.*")}
    assert [name for name in kept if name.suffix in (".xls", ".xlsx", ".ods") and name not in made] == []
    for name, path in made.items():
        if name.suffix == ".csv":
            assert path.read_text("utf-8") == kept[name].read_text("utf-8"), name
        else:
            assert cells(path) == cells(kept[name]), name


def test_the_items_are_those_of_the_sheets() -> None:
    made = maker(TOWNSHIPS)
    items = rows(TOWNSHIPS / "items.csv")
    assert [(int(row["line"]), float(row["full"])) for row in items] == list(enumerate(made.FULL, 1))
    assert (sum(made.FULL[:16]), sum(made.FULL[16:])) == (52, 50)
    assert len({row["item"] for row in items}) == len(items) == 30


def test_the_villages_inbox_has_the_scores_of_four_offices(tmp_path: Path) -> None:
    steps = (VILLAGES / "run.sh").read_text("utf-8")
    found = re.search(r"^  (fupin ingest inbox/\* .*\n.*)$", steps, re.MULTILINE)
    assert found is not None
    status, out, told = shell(f"{found[1]} -v", VILLAGES, tmp_path)
    assert status == 0, told
    came, kept, rejected, dropped = map(int, re.findall(r"\d+", next(x for x in told.splitlines() if " in, " in x)))
    assert (came, kept, rejected, dropped) == (88, 80, 0, 8)
    sent = {(village, item): (value, day) for village, item, value, day in script(VILLAGES / "expected.py").marks()}
    found = [line.split(",") for line in out.splitlines()]
    assert found[0] == ["village", "date", "item", "value"]
    scores = {(village, item): (float(value), day) for village, day, item, value in found[1:]}
    assert scores == {key: (float(sent[key][0]), sent[key][1]) for key in scores}
    assert out.count("\n") - 1 == len(scores) == 20 * 8
