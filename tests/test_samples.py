"""Every sample gives the results that were computed independently of fupin: by pipes, as chains, and as a recipe."""

from __future__ import annotations

import shutil
import subprocess
from collections import Counter
from pathlib import Path

import pytest
from harness import fupin, on_path, script

SAMPLES = sorted(path.parent for path in (Path(__file__).parent.parent / "samples").glob("*/run.sh"))
COUNTY = Path(__file__).parent.parent / "samples" / "county-indicators"
MONTHS = ["2020-03", "2020-04", "2020-05"]
REFERENCES = sorted(SAMPLES[0].parent.glob("*/expected.py"))


@pytest.fixture
def sample(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """A copy of a sample."""
    return Path(shutil.copytree(request.param, tmp_path / "sample"))


every_sample = pytest.mark.parametrize("sample", SAMPLES, ids=lambda path: path.name, indirect=True)
the_contest, the_county = (
    pytest.mark.parametrize(
        "sample", [path for path in SAMPLES if path.name == name], ids=lambda path: path.name, indirect=True
    )
    for name in ("big-contest", "county-indicators")
)


def run(command: list[str | Path], tmp_path: Path, folder: Path | None = None) -> str:
    """What a command prints that succeeds, and tells nothing but what became of the rows of the inbox."""
    done = subprocess.run(
        command, env=on_path(tmp_path), cwd=folder, capture_output=True, encoding="utf-8", check=False
    )
    assert (done.returncode, told(done.stderr)) == (0, [])
    return done.stdout


def told(err: str) -> list[str]:
    """What is told on standard error, but for rows that were dropped or rejected."""
    return [
        line for line in err.splitlines() if not line.startswith(("fupin ingest: dropped ", "fupin ingest: rejected "))
    ]


def expected(sample: Path, name: str = "expected.csv") -> str:
    return (sample / name).read_text("utf-8")


@every_sample
def test_pipes(sample: Path, tmp_path: Path) -> None:
    assert run(["bash", sample / "run.sh"], tmp_path) == expected(sample)


@every_sample
def test_the_same_stages_as_chains(sample: Path, tmp_path: Path) -> None:
    pipes = (sample / "run.sh").read_text("utf-8")
    chains = pipes.replace("|\n  fupin ", "then \\\n  ").replace("|\n    fupin ", "then \\\n    ")
    assert chains.count("then \\") == pipes.count("|\n") > 5
    (sample / "run.sh").write_text(chains, "utf-8")
    assert run(["bash", sample / "run.sh"], tmp_path) == expected(sample)


@every_sample
def test_the_recipe(sample: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(sample)
    result = fupin("run", "scheme.fupin")
    assert (result.status, told(result.err)) == (0, [])
    assert result.out == expected(sample)


@every_sample
def test_the_recipe_as_a_program_from_another_folder(sample: Path, tmp_path: Path) -> None:
    assert run([sample / "scheme.fupin"], tmp_path, tmp_path) == expected(sample)


@pytest.mark.parametrize("reference", REFERENCES, ids=lambda path: path.parent.name)
def test_what_is_expected_is_worked_out_without_fupin(reference: Path) -> None:
    assert "import fupin" not in reference.read_text("utf-8")
    assert script(reference).main() == expected(reference.parent)


@the_contest
@pytest.mark.parametrize("month", MONTHS)
def test_a_month_of_the_contest(sample: Path, month: str, tmp_path: Path) -> None:
    want = expected(sample, f"expected/{month}.csv")
    assert run(["bash", sample / "run.sh", month], tmp_path) == want
    assert run([sample / "month.fupin", "--set", f"month={month}"], tmp_path) == want
    reference = script(sample / "expected.py")
    assert reference.table(reference.board(month)) == want


@the_county
@pytest.mark.parametrize(
    ("day", "statuses"),
    [  # 36 units have two reports each, by 2016-09-25 and 2016-12-25; counted by hand in reports.csv
        ("2016-09-17", {"upcoming": 72}),
        ("2016-09-18", {"due": 36, "upcoming": 36}),
        ("2016-09-25", {"done": 30, "due": 6, "upcoming": 36}),
        ("2016-09-26", {"done": 30, "late": 1, "overdue": 5, "upcoming": 36}),
        ("2016-12-31", {"done": 63, "late": 7, "overdue": 2}),
    ],
)
def test_the_quarterly_reports_of_the_county(
    sample: Path, day: str, statuses: dict[str, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(sample)
    words = ["plan.csv", "--roster", "units.csv", "--done", "reports.csv", "--to", "2016-12-31", "--on", day]
    result = fupin("deadlines", *words)
    assert Counter(line.split(",")[4] for line in result.out.splitlines()[1:]) == statuses
    dues = {line.split(",")[2] for line in result.out.splitlines()[1:]}
    assert dues == {"2016-09-25", "2016-12-25"}


VISITS = SAMPLES[0].parent / "household-visits"


@pytest.mark.parametrize("what", ["villages", "drawn"])
def test_what_else_there_is_of_the_households(what: str, tmp_path: Path) -> None:
    want = expected(VISITS, f"expected/{what}.csv")
    assert getattr(script(VISITS / "expected.py"), what)() == want
    assert run(["bash", "-c", f"bash run.sh {what} 2> /dev/null"], tmp_path, VISITS) == want
    result = fupin("run", VISITS / f"{what}.fupin")
    assert (result.status, result.out) == (0, want)
    small = ["fupin draw: 1 group of fewer than 2 units, drawn as a whole: 龙头村,边缘户 (1)"]
    assert result.err.splitlines() == (small if what == "drawn" else [])


def test_the_script_makes_the_same_households(tmp_path: Path) -> None:
    script(VISITS / "make_inputs.py").main(tmp_path)
    made = {path.name: path.read_text("utf-8") for path in tmp_path.iterdir()}
    assert made == {name: expected(VISITS, name) for name in made}
    assert set(made) == {"households.csv", "visits.csv", "reports.csv", "villages.csv", "cadres.csv"}


def test_households_at_the_bounds_of_their_kinds() -> None:
    words = ["screen", VISITS / "households.csv", "--rules", VISITS / "kinds.csv", "--as", "kinds", "then"]
    result = fupin(*words, "keep", "--where", "household < 'H0022'")
    found = {row.split(",")[0]: row.split(",")[-1] for row in result.out.splitlines()[1:]}
    assert {unit: kinds for unit, kinds in found.items() if kinds} == {
        "H0003": "边缘户",
        "H0006": "转移性收入",
        "H0008": "弱劳力",
        "H0009": "无业",
        "H0010": "弱劳力",
        "H0011": "大病",
        "H0013": "多学生",
        "H0014": "土坯房",
        "H0015": "隐患点",
        "H0016": "创业失败",
        "H0017": "创业失败",
        "H0018": "动力不足",
        "H0020": "大龄单身",
        "H0021": "边缘户; 转移性收入; 大病",
    }
