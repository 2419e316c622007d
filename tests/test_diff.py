"""What changed between two published boards."""

from __future__ import annotations

from pathlib import Path

import pytest
from harness import Result, fupin, refused

HEAD = "village,old_rank,new_rank,change,old_score,new_score,difference,moved\n"


@pytest.fixture(autouse=True)
def boards(folder: Path) -> None:
    Path("old.csv").write_text(
        "village,field,visits,note,total,rank\n东山,90,3,a,95,1\n西河,80.0,2,b,90.5,2\n南,70,1,c,80,3\n"
    )
    Path("new.csv").write_text(
        "village,field,visits,note,total,rank\n西河,83.5,1.5,b,94,1\n东山,90.00,3,,94.2,2\n北,70,1,c,,\n"
    )


def test_units_are_told_with_places_scores_and_what_moved_them() -> None:
    """80.0 and 83.5 differ by 3.5, 2 and 1.5 by -0.5; 90 and 90.00 are one number; a text is told as it was and is."""
    assert fupin("diff", "old.csv", "new.csv") == Result(
        0,
        HEAD
        + "西河,2,1,1,90.5,94,3.5,field +3.5; visits -0.5\n"
        + "东山,1,2,-1,95,94.2,-0.8,note a → (blank)\n"
        + "北,,,,,,,new\n"
        + "南,3,,,80,,,gone\n",
        "",
    )


def test_columns_may_be_named_and_scores_be_another_column() -> None:
    result = fupin("diff", "old.csv", "new.csv", "--columns", "visits", "--by", "field")
    assert result.out.splitlines()[1] == "西河,2,1,1,80,83.5,3.5,visits -0.5"


def test_the_same_board_moves_nothing() -> None:
    result = fupin("diff", "old.csv", "old.csv")
    assert result.out == HEAD + "东山,1,1,0,95,95,0,\n西河,2,2,0,90.5,90.5,0,\n南,3,3,0,80,80,0,\n"


def test_recipes_tell_which_events_are_new_and_which_are_gone() -> None:
    Path("board.csv").write_text("village\n东山\n西河\n")
    for week, events in {"old": "东山,a,1\n西河,b,2\n西河,b,2\n", "new": "西河,b,2\n东山,a,1\n东山,c,0.5\n"}.items():
        Path(f"{week}-events.csv").write_text(f"village,task,points\n{events}")
        recipe = f"deduct board.csv --events {week}-events.csv --full 20 --as total\nrank --by total\n"
        Path(f"{week}.fupin").write_text(recipe)
        assert fupin("run", f"{week}.fupin", "-o", f"{week}-board.csv").status == 0
    result = fupin("diff", "old-board.csv", "new-board.csv", "--recipes", "old.fupin", "new.fupin")
    assert result == Result(
        0,
        HEAD.strip() + ",events\n"
        '东山,1,1,0,19,18.5,-0.5,,"+ new-events.csv:4: task c, points 0.5"\n'
        '西河,2,2,0,16,18,2,,"- old-events.csv:4: task b, points 2"\n',
        "",
    )


def test_a_unit_that_is_not_assessed_has_no_score() -> None:
    Path("na.csv").write_text("village,field,total,rank\n东山,90,NA,\n")
    assert fupin("diff", "old.csv", "na.csv").out.splitlines()[1] == "东山,1,,,95,,,"


def test_bad_boards() -> None:
    Path("alike.csv").write_text("change,total,rank\n东山,1,1\n")
    refused(fupin("diff", "alike.csv", "alike.csv"), 1, "diff", "change: ", "rename it")
    Path("twice.csv").write_text("village,total,rank\n东山,1,1\n东山,2,2\n")
    refused(fupin("diff", "old.csv", "twice.csv"), 1, "diff", "twice.csv:3: village: '东山' is there twice")
    Path("bad.csv").write_text("village,total,rank\n东山,二分,1\n")
    refused(fupin("diff", "bad.csv", "new.csv"), 1, "diff", "bad.csv:2: total: '二分' is not a number")
    Path("none.csv").write_text("village,totl,rank\n东山,1,1\n")
    refused(fupin("diff", "old.csv", "none.csv"), 1, "diff", "none.csv", "no column 'total'", "nearest: totl")
    Path("stdin.fupin").write_text("rank --by total\n")
    words = ["diff", "old.csv", "new.csv", "--recipes", "stdin.fupin", "stdin.fupin"]
    refused(fupin(*words), 2, "diff", "reads standard input")
