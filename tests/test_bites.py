"""Every rule of a scheme bites: without it, or with another, the recipe gives another cell that the README names.

The cells are worked out by hand from the sample's inputs.
"""

from __future__ import annotations

import csv
import io
import re
import shutil
from pathlib import Path
from typing import NamedTuple

import pytest
from harness import Result, fupin

SAMPLES = Path(__file__).parent.parent / "samples"


class Bite(NamedTuple):
    """A rule of a sample's recipe, what stands there instead, and what that does to a cell."""

    sample: str
    rule: str
    instead: str
    unit: str
    column: str
    cell: str
    otherwise: str


BITES = [
    Bite("station-units", "--full 15 ", "--full 15 --floor -15 ", "水产站", "routine", "0", "-1"),
    Bite(
        "station-units", "--once task --for \"kind <> '3'\"", "--for \"kind <> '3'\"", "团委", "routine", "17", "16.5"
    ),
    Bite(
        "station-units", "--once task --for \"kind <> '3'\"", "--for \"kind <> '3'\"", "供电所", "routine", "19", "18.5"
    ),
    Bite("station-units", "--full 20 ", "--full 15 ", "信访办", "routine", "4", "0"),
    Bite(
        "station-units",
        "score class --map 一类=15,二类=13,三类=11 --as industry\n",
        "",
        "水利站",
        "industry",
        "13",
        "15",
    ),
    Bite(
        "station-units",
        "score class --map 一类=15,二类=13,三类=11 --as industry\n",
        "",
        "农机站",
        "industry",
        "15",
        "13",
    ),
    Bite("station-units", "--places 15:1", "--places 15:0.5", "财政所", "industry", "0", "7"),
    Bite(
        "station-units",
        "score industry --na-mean --round 2 --as industry\n",
        "",
        "文广站",
        "base",
        "83.37",
        "86.705882",
    ),
    Bite("station-units", "--range -3:3 ", "", "党政办", "extras", "3", "3.5"),
    Bite("station-units", "--range -3:3 ", "", "工会", "extras", "-3", "-4"),
    Bite("station-units", "--range -3:3 ", "--sides -3:3 ", "派出所", "extras", "1", "0"),
    Bite("station-units", " --tie-break third", "", "人大办", "rank", "3", "2"),
    Bite("station-units", " --within kind", "", "派出所", "rank", "1", "3"),
    Bite("county-indicators", "county_place > 3", "county_place > 4", "工信局", "vetoed", "true", "false"),
    Bite("county-indicators", "'place > 5 ", "'place > 6 ", "电力局", "vetoed", "true", "false"),
    Bite("county-indicators", "--within item ", "--within item --ties dense ", "电力局", "vetoed", "true", "false"),
    Bite("county-indicators", " --most 2", "", "国调队", "late", "2", "9.4"),
    Bite("county-indicators", "--round 2 ", "", "财政局", "result", "47.93", "47.934783"),
    Bite("county-indicators", " --within kind", "", "人民银行", "rank", "1", "16"),
]


def changed(sample: Path, rule: str, instead: str) -> str:
    """The recipe of a copy of a sample, with one rule changed."""
    recipe = (sample / "scheme.fupin").read_text("utf-8")
    assert recipe.count(rule) == 1
    return recipe.replace(rule, instead)


def as_far_as(recipe: str, column: str) -> str:
    """A recipe up to the last stage that makes a column with --as, since later ones may not take what it holds."""
    stages = re.split(r"\n(?! )", recipe.rstrip())
    making = [at for at, stage in enumerate(stages) if f"--as {column}" in stage]
    return "\n".join(stages[: making[-1] + 1] if making else stages)


def run(sample: Path, recipe: str) -> Result:
    """Run a recipe in the folder of a sample."""
    (sample / "changed.fupin").write_text(recipe, "utf-8")
    return fupin("run", sample / "changed.fupin")


def cell(table: str, unit: str, column: str) -> str:
    """The cell of a unit."""
    return next(row[column] for row in csv.DictReader(io.StringIO(table)) if unit in row.values())


@pytest.mark.parametrize("bite", BITES, ids=lambda bite: f"{bite.sample}-{bite.unit}-{bite.column}-{bite.otherwise}")
def test_a_rule_bites(bite: Bite, tmp_path: Path) -> None:
    sample = Path(shutil.copytree(SAMPLES / bite.sample, tmp_path / "sample"))
    assert cell((sample / "expected.csv").read_text("utf-8"), bite.unit, bite.column) == bite.cell
    result = run(sample, as_far_as(changed(sample, bite.rule, bite.instead), bite.column))
    assert result.status == 0, result.err
    assert cell(result.out, bite.unit, bite.column) == bite.otherwise


def test_a_result_that_is_late_is_not_a_task_that_is_not_there(tmp_path: Path) -> None:
    """An office whose class and place are not yet published stops the run; the mean is for those without a task."""
    sample = Path(shutil.copytree(SAMPLES / "station-units", tmp_path / "sample"))
    late = "--na 无任务 --roster units.csv\nkeep --where \"unit <> '林业站'\"\n"
    result = run(sample, changed(sample, "--na 无任务 --roster units.csv\n", late))
    assert (result.status, result.out) == (1, "")
    assert "industry" in result.err.splitlines()[-1]
    assert "林业站" in result.err.splitlines()[-1]
