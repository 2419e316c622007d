"""samples/weekly-ranking: four weeks, runs that are killed, runs at the same time, and ledgers that are at fault."""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import signal
import subprocess
import threading
from fractions import Fraction
from pathlib import Path

import openpyxl
import pytest
import reference as ref
from conftest import ROOT
from harness import fupin, script
from reference import Table, table

import fupin as library

WEEKS = {"2019-W37": "2019-09-13", "2019-W38": "2019-09-20", "2019-W39": "2019-09-27", "2019-W40": "2019-10-04"}
PUBLISHED = ["inputs", "log.txt", "notice.md", "ranking.csv", "ranking.xlsx"]


class Office:
    """A copy of the two samples, an archive, and what runs in them."""

    def __init__(self, folder: Path, program: Path) -> None:
        for name in ("weekly-ranking", "village-20-30-50"):
            shutil.copytree(ROOT / "samples" / name, folder / name)
        self.ledgers, self.archive, self.here = folder / "village-20-30-50", folder / "an archive", folder
        self.commands = folder / "commands"
        self.commands.mkdir()
        there = os.pathsep.join([str(self.commands), str(program), os.environ["PATH"]])
        self.environment = os.environ | {"PATH": there, "ARCHIVE": str(self.archive), "LC_ALL": "C"}  # as in cron

    def start(self, week: str) -> subprocess.Popen[str]:
        """Start a run, in a group of processes of its own."""
        return subprocess.Popen(
            ["bash", self.here / "weekly-ranking/weekly.sh", self.ledgers, self.archive, "--on", WEEKS[week]],
            env=self.environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True,
        )  # fmt: skip

    def run(self, week: str) -> tuple[int, str, str]:
        """What a run leaves behind: status, output, errors."""
        return ended(self.start(week))

    def published(self) -> dict[str, bytes]:
        """All files of all weeks."""
        files = (file for week in self.archive.glob("*-W*") for file in week.rglob("*") if file.is_file())
        return {str(file.relative_to(self.archive)): file.read_bytes() for file in files}

    def ranking(self, week: str) -> bytes:
        return (self.archive / week / "ranking.csv").read_bytes()


def ended(run: subprocess.Popen[str]) -> tuple[int, str, str]:
    """Wait for the end of a run."""
    out, err = run.communicate(timeout=120)
    return run.returncode, out, err


def wait_for_reader(fifo: Path, run: subprocess.Popen[str]) -> int:
    """Open a FIFO for writing, which ends as soon as the run has come to reading it."""

    def release() -> None:  # a run that ends before must not be waited for
        run.wait()
        with contextlib.suppress(OSError):
            os.close(os.open(fifo, os.O_RDONLY | os.O_NONBLOCK))

    threading.Thread(target=release, daemon=True).start()
    writing = os.open(fifo, os.O_WRONLY)
    assert run.poll() is None, run.communicate()
    return writing


@pytest.fixture
def office(tmp_path: Path, program: Path) -> Office:
    return Office(tmp_path, program)


@pytest.fixture(scope="module")
def year(tmp_path_factory: pytest.TempPathFactory, program: Path) -> Office:
    """An office that has published four weeks."""
    office = Office(tmp_path_factory.mktemp("year"), program)
    for week in WEEKS:
        assert office.run(week) == (0, "", "")
    return office


def expected(office: Office, on: str, previous: Table) -> Table:
    """The ranking of a week as the sample of the villages works it out without fupin, against the week before."""
    board = script(office.ledgers / "expected.py").ranking(on)
    before = {row["village"]: row["rank"] for row in previous.rows}
    for row in board:
        row["previous_rank"] = before.get(row["village"], "")
        both = row["previous_rank"] and row["rank"]
        row["change"] = str(int(row["previous_rank"]) - int(row["rank"])) if both else ""
    return Table(list(board[0]), board)


def test_four_weeks(year: Office) -> None:
    previous = table("village,rank\n")
    for week, on in WEEKS.items():
        previous = expected(year, on, previous)
        assert year.ranking(week).decode() == previous.text()
        assert sorted(file.name for file in (year.archive / week).iterdir()) == PUBLISHED
    weeks = [{row["village"]: row for row in table(year.ranking(week).decode()).rows} for week in WEEKS]
    assert {row["change"] for row in weeks[0].values()} == {""}
    # 17 September: 枫树岭村 is vetoed, and 莲台村 has presented its experience at a national meeting, which is 1.5 more
    assert [week["枫树岭村"]["vetoed"] for week in weeks] == ["false", "true", "true", "true"]
    assert [(week["莲台村"]["extras"], week["莲台村"]["rank"]) for week in weeks] == [("1.5", "4"), *[("3", "2")] * 3]
    # 古井冲村's mark for its homes came on 18 September; until then the others stand for it
    assert [week["古井冲村"]["industry"] for week in weeks] == ["44.739583", *["44.65"] * 3]
    # 26 September: four petitions of 永宁村
    assert [week["永宁村"]["extras"] for week in weeks] == ["-1.5", "-1.5", "-3", "-3"]
    assert {row["change"] for row in weeks[3].values()} == {"0", ""}


def test_a_week_has_all_that_it_comes_from(year: Office, tmp_path: Path) -> None:
    """It is worked out again from its own folder, wherever that lies, when nothing else is left."""
    for week, on in WEEKS.items():
        inputs = shutil.copytree(year.archive / week / "inputs", tmp_path / week)
        assert (inputs / "day.txt").read_text() == f"{on}\n"
        assert (inputs / "version.txt").read_text() == f"fupin, version {library.__version__}\n"
        result = fupin("run", inputs / "week.fupin", "--set", f"day={on}")
        assert (result.status, result.out.encode()) == (0, year.ranking(week))


def test_an_office_that_has_sent_nothing_stops_the_run(office: Office) -> None:
    marks = office.ledgers / "offices" / "post-office.csv"
    marks.write_text("village,item,value,date\n莲台村,金融扶贫,1.8,2019-12-01\n")
    status, out, err = office.run("2019-W37")
    assert (status, out, err.count("\n")) == (1, "", 1)
    assert "items.csv: item: no unit has a score for '金融扶贫'" in err


def test_the_notice_and_the_workbook(year: Office) -> None:
    notice = (year.archive / "2019-W38/notice.md").read_text("utf-8")
    assert notice.startswith("# 2019年第38周排名\n")
    assert "截至 2019-09-20" in notice
    ranked = [row["village"] for row in table(year.ranking("2019-W38").decode()).rows]
    assert re.findall(r"^\| +\d* \| (\S+) ", notice, re.MULTILINE) == ranked
    book = openpyxl.load_workbook(year.archive / "2019-W38/ranking.xlsx")
    assert set(ranked) <= {cell.value for sheet in book for row in sheet.rows for cell in row}
    assert {"封面", "排名"} <= set(book.sheetnames)  # whatever the locale of cron


def test_the_commands_of_the_readme(year: Office) -> None:
    lines = re.findall(r"```sh\n(.*?)```", (ROOT / "samples/weekly-ranking/README.md").read_text("utf-8"), re.DOTALL)[0]
    done = subprocess.run(
        ["bash", "-ec", lines], cwd=year.here / "weekly-ranking", env=year.environment, capture_output=True,
        encoding="utf-8", check=True,
    )  # fmt: skip
    board, _, rest = done.stdout.partition("village,kind,field,routine")
    totals = [
        {row["village"]: Fraction(row["total"]) for row in table(year.ranking(week).decode()).rows} for week in WEEKS
    ]
    assert {row["village"]: row["mean"] for row in table(board).rows} == {
        village: ref.printed(sum(week[village] for week in totals) / 4, 2) for village in totals[0]
    }
    again, _, account = rest.partition("莲台村\n\n")
    assert f"village,kind,field,routine{again}".encode() == year.ranking("2019-W38")
    assert "rank = 2" in account


# --- runs that end before their time


@pytest.mark.parametrize("point", ["pulling", "computing", "publishing"])
def test_a_run_that_is_killed(office: Office, year: Office, point: str) -> None:
    shutil.copytree(year.archive / "2019-W37", office.archive / "2019-W37")
    before = office.published()
    waiting = {
        "pulling": office.ledgers / "reports.csv",
        "computing": office.here / "gate",
        "publishing": office.here / "gate",
    }[point]
    kept = waiting.read_bytes() if waiting.exists() else b""
    waiting.unlink(missing_ok=True)
    os.mkfifo(waiting)
    gate = office.commands / {"computing": "fupin", "publishing": "mv"}.get(point, "none")
    if point != "pulling":  # a command that waits before it begins
        real = shutil.which(gate.name, path=os.pathsep.join(office.environment["PATH"].split(os.pathsep)[1:]))
        gate.write_text(f'#!/bin/sh\n[ "$1" = --version ] || read -r _ < "{waiting}"\nexec "{real}" "$@"\n')
        gate.chmod(0o755)
    run = office.start("2019-W38")
    writing = wait_for_reader(waiting, run)
    os.killpg(run.pid, signal.SIGKILL)
    assert ended(run) == (-signal.SIGKILL, "", "")
    os.close(writing)
    assert office.published() == before
    gate.unlink(missing_ok=True)
    waiting.unlink()
    waiting.write_bytes(kept)
    assert office.run("2019-W38") == (0, "", "")
    assert office.ranking("2019-W38") == year.ranking("2019-W38")
    assert {name: data for name, data in office.published().items() if name.startswith("2019-W37")} == before


def test_two_runs_at_once(office: Office) -> None:
    reports = office.ledgers / "reports.csv"
    kept = reports.read_bytes()
    reports.unlink()
    os.mkfifo(reports)
    first = office.start("2019-W37")
    writing = wait_for_reader(reports, first)
    locked = (1, "", f"weekly.sh: {office.archive} is locked: another run has not ended\n")
    assert office.run("2019-W37") == locked
    assert office.run("2019-W38") == locked
    os.write(writing, kept)
    os.close(writing)
    assert ended(first) == (0, "", "")
    assert (office.archive / "2019-W37/inputs/reports.csv").read_bytes() == kept
    assert [week.name for week in office.archive.glob("*-W*")] == ["2019-W37"]


def test_a_fupin_that_is_killed(office: Office) -> None:
    program = office.commands / "fupin"
    program.write_text("#!/bin/sh\nkill -9 $$\n")
    program.chmod(0o755)
    status, out, err = office.run("2019-W37")
    assert (status, out, err.count("\n")) == (137, "", 1)
    assert err.startswith("weekly.sh: 2019-W37 is not published, status 137: ")
    assert office.published() == {}


# --- what is at fault


ROUTINE = "village,task,due,date,points,source\n青塘村,核查,,2019-04-03,1,\n"
REPORTS = "task,village,date\n驻村月报,青糖村,2019-05-20\n"


@pytest.mark.parametrize(
    ("name", "text", "told"),
    [
        ("routine.csv", ROUTINE + "青塘村,核查,,2019-04-03,一分,\n", "routine.csv:3: points: '一分'"),
        ("routine.csv", ROUTINE + "青塘村,核查,,2019-04-03,x,\n" * 30, "routine.csv:22: points: 'x'"),
        ("reports.csv", REPORTS, "'青糖村' has no task in the plan; nearest: 青塘村"),
        ("vetoes.csv", None, "vetoes.csv"),
    ],
    ids=["a cell", "many cells", "a name", "no file"],
)
def test_a_ledger_at_fault(office: Office, year: Office, name: str, text: str | None, told: str) -> None:
    shutil.copytree(year.archive / "2019-W37", office.archive / "2019-W37")
    before = office.published()
    (office.ledgers / name).unlink()
    if text is not None:
        (office.ledgers / name).write_text(text)
    status, out, err = office.run("2019-W38")
    assert (status, out, err.count("\n")) == (1, "", 1)
    assert err.startswith("weekly.sh: 2019-W38 is not published, status 1: ")
    assert told in err
    log = re.findall(r"all of it: (.*)\)\n", err)[0]
    assert told in Path(log).read_text("utf-8")
    assert office.published() == before


def test_a_week_that_is_published_stays_as_it_is(office: Office, year: Office) -> None:
    shutil.copytree(year.archive / "2019-W37", office.archive / "2019-W37")
    before = office.published()
    told = "weekly.sh: 2019-W37 is published already; what is published stays as it is\n"
    assert office.run("2019-W37") == (1, "", told)
    assert office.published() == before


@pytest.mark.parametrize(
    ("words", "status", "told"),
    [
        ([], 2, "usage: weekly.sh LEDGERS ARCHIVE [--on DATE]"),
        (["a", "b", "--at", "2019-09-13"], 2, "usage: "),
        (["a", "b", "--on", "2019-02-29"], 1, "2019-02-29"),
    ],
    ids=["none", "an unknown option", "no date"],
)
def test_a_wrong_command_line(tmp_path: Path, words: list[str], status: int, told: str) -> None:
    command = ["bash", ROOT / "samples/weekly-ranking/weekly.sh", *words]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (status, "", 1)
    assert told in done.stderr
    assert list(tmp_path.iterdir()) == []
