"""The verbs as a library: the same figures from Polars frames, and faults that name the unit."""

from __future__ import annotations

import datetime as dt
import inspect
import subprocess
import sys
from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import polars as pl
import pytest
from conftest import ROOT

import fupin
from fupin.verbs import VERBS

BOARD = pl.DataFrame({"v": ["a", "b", "c"], "x": ["1", "2", "3"], "y": ["0.1", None, "NA"], "rank": ["1", "1", "3"]})

SAMPLE = ROOT / "samples" / "village-20-30-50"
FUNCTIONS = [*(verb for verb in VERBS if verb not in ("run", "man")), "weight_scores", "events", "read", "write"]


def test_importing_fupin_loads_nothing_heavy() -> None:
    code = "import sys, fupin; print(*(m for m in ('polars', 'click', 'decimal', 'dateutil') if m in sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout == "\n"


@pytest.mark.parametrize("name", FUNCTIONS)
def test_every_verb_is_there_typed_and_documented(name: str) -> None:
    function = getattr(fupin, name)
    assert name in fupin.__all__
    assert name in dir(fupin)
    signature = inspect.signature(function)
    assert all(one.annotation is not inspect.Parameter.empty for one in signature.parameters.values())
    assert signature.return_annotation is not inspect.Signature.empty
    told = inspect.getdoc(function) or ""
    for part in ("Args:", "Returns:", "Raises:") if name != "write" else ("Args:", "Raises:"):
        assert part in told, part
    documented = told.partition("Args:")[2].partition("Returns:")[0]
    assert [one for one in signature.parameters if f" {one}" not in documented] == []


def test_what_is_not_there() -> None:
    with pytest.raises(AttributeError, match="no attribute 'wieght'"):
        _ = fupin.wieght


def test_a_whole_scheme(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(SAMPLE)
    villages = fupin.read("villages.csv")
    late = fupin.deadlines(
        pl.read_csv("plan.csv"), roster=villages, done="reports.csv", on=dt.date(2019, 12, 31),
        late=fupin.Late(per_day="0.5", most=2, source="plan.csv"),
    ).rename({"unit": "village", "item": "task"})  # fmt: skip
    inbox = fupin.ingest(
        sorted(Path("inbox").iterdir()), encoding="auto", rename={"村": "village", "村(社区)": "village"},
        drop=["片区", "序号", "备注"], roster=villages, long=["village"], number=["value"],
    )  # fmt: skip
    assert (inbox.rejects.height, inbox.dropped.height) == (0, 8)
    board = fupin.deduct(villages, ["routine.csv", late], "routine", full=20, each=(Decimal("0.5"), 2), once="task")
    board = fupin.weight_scores(
        board, [inbox.table, "offices/*.csv"], "items.csv", "industry", total=50, missing="rescale"
    )
    board = fupin.weight(board, ["routine/20", "field/100:30%", "industry/50"], "base", total="100")
    board = fupin.bonus(board, "extras.csv", pl.read_csv("extras-rules.csv"), "extras")
    board = fupin.weight(board, ["base", "extras"], "total")
    board = fupin.veto(board, [("total < 70", "总分低于70分")], "vetoes.csv")
    board = fupin.rank(board, "total", tie_break=["field"])
    board = fupin.reward(board, [5000, 4000, 3000, 2000, Fraction(1000)], ties="split")
    fupin.write(board, str(tmp_path / "board.csv"))
    assert (tmp_path / "board.csv").read_bytes() == (SAMPLE / "expected.csv").read_bytes()


TYPED = pl.DataFrame(
    {
        "unit": ["甲", "乙", "丙"],
        "a": [1, 2, None],
        "b": [Decimal("0.10"), Decimal("0.20"), Decimal("0.30")],
        "c": [0.1, 0.2, 1e-7],
        "day": [dt.date(2019, 4, 28), None, None],
        "fine": [True, False, None],
    }
)


def test_columns_of_any_type_are_texts_as_from_parquet() -> None:
    result = fupin.weight(TYPED, ["b", "c:3"], "t")
    assert result["t"].to_list() == ["0.4", "0.8", "0.3000003"]
    assert result.row(0) == ("甲", "1", "0.10", "0.1", "2019-04-28", "true", "0.4")
    assert result.row(2) == ("丙", None, "0.30", "0.0000001", None, None, "0.3000003")
    assert set(result.schema.values()) == {pl.String}
    lazy = fupin.weight(TYPED.lazy(), ["b", "c:3"], "t")
    assert lazy.equals(result)


def test_every_option_that_places_a_column() -> None:
    first = fupin.weight(TYPED, ["a"], "t", only="a IS NOT NULL")
    assert first["t"].to_list() == ["1", "2", None]
    assert fupin.weight(first, ["b"], "t", fill=True)["t"].to_list() == ["1", "2", "0.3"]
    assert fupin.weight(first, ["b"], "t", replace=True)["t"].to_list() == ["0.1", "0.2", "0.3"]


def test_faults_name_the_unit() -> None:
    with pytest.raises(fupin.DataError, match=r"^丙: a: missing, which is not zero"):
        fupin.weight(TYPED, ["a/2"], "t")
    with pytest.raises(fupin.DataError) as found:
        fupin.weight(pl.DataFrame({"u": [f"u{i}" for i in range(30)], "x": ["?"] * 30}), ["x"], "t")
    assert len(found.value.lines) == 21
    assert found.value.total == 30
    with pytest.raises(fupin.DataError, match=r"'甲' is there twice"):
        fupin.rank(pl.concat([TYPED, TYPED]), "b")
    ledger = pl.DataFrame({"unit": ["甲", "丁"], "points": [1, 1]})
    with pytest.raises(fupin.DataError, match=r"^ledger:3: unit: '丁' is not on the board"):
        fupin.deduct(TYPED, ledger, "t", full=5)


def test_ledgers(folder: Path) -> None:
    Path("e1.csv").write_text("who,points\n甲,1\n乙,2\n")
    Path("e2.csv").write_text("who,points\n甲,0.5\n丁,9\n")
    some = fupin.events("e*.csv", where="points < 9", key=["who"])
    assert fupin.tally(TYPED, some, "n", "sum", "points")["n"].to_list() == ["1.5", "2", "0"]
    all_but_strays = fupin.events([Path("e1.csv"), "e2.csv"], strays="ignore", key=["who"])
    assert fupin.tally(TYPED, all_but_strays, "n", "max", "points")["n"].to_list() == ["1", "2", None]
    units = pl.DataFrame({"unit": ["丙"], "points": ["3"]})
    board = TYPED.rename({"unit": "village"})
    assert fupin.deduct(board, units, "n", full=5)["n"].to_list() == ["5", "5", "2"]
    with pytest.raises(fupin.DataError, match="no file matches"):
        fupin.events("none*.csv")


@pytest.mark.parametrize("number", [0.5, Decimal("NaN"), Decimal("1e-19"), "1e3", "700%", "二", 10**15])
def test_numbers_are_exact_or_refused(number: float | Decimal | str) -> None:
    ledger = pl.DataFrame({"unit": ["甲"], "points": [1]})
    with pytest.raises(fupin.Misuse):
        fupin.deduct(TYPED, ledger, "t", full=number)


@pytest.mark.parametrize("number", [7, "7", "7.0", Decimal(7), Fraction(7)])
def test_numbers_of_any_exact_form(number: Decimal | Fraction | int | str) -> None:
    ledger = pl.DataFrame({"unit": ["甲"], "points": [1]})
    assert fupin.deduct(TYPED, ledger, "t", full=number)["t"].to_list() == ["6", "7", "7"]


def test_arguments_that_do_not_go_together() -> None:
    ledger = pl.DataFrame({"unit": ["甲"], "points": [1], "item": ["a"]})
    rules = pl.DataFrame({"item": ["a"], "points": [1]})
    for refused in (
        lambda: fupin.deduct(TYPED, ledger, "t"),
        lambda: fupin.deduct(TYPED, ledger, "t", full=1, floor=2),
        lambda: fupin.tally(TYPED, ledger, "t", "sum"),
        lambda: fupin.tally(TYPED, ledger, "t", "count", "points"),
        lambda: fupin.bonus(TYPED, ledger, rules, "t", within=(0, 1), sides=(0, 1)),
        lambda: fupin.weight(TYPED, ["b/20", "c/30"], "t", total=60),
        lambda: fupin.weight(TYPED, ["b"], "t", only="b <"),
        lambda: fupin.veto(TYPED),
        lambda: fupin.reward(TYPED),
        lambda: fupin.reward(TYPED, [1], table=rules),
        lambda: fupin.reward(TYPED, [-1]),
        lambda: fupin.keep(TYPED, "a ="),
        lambda: fupin.ingest(["none.csv"], encoding="gb"),
        lambda: fupin.ingest(["none.csv"], aliases="none.csv"),
    ):
        with pytest.raises(fupin.Misuse):
            refused()


def test_a_report() -> None:
    text = fupin.report(TYPED.select("unit", "b"), columns=[("unit", "村"), ("b", "分")], title="表")
    assert text == "表\n\n村    分\n--  ----\n甲  0.10\n乙  0.20\n丙  0.30\n"


def test_reading_and_writing(folder: Path) -> None:
    fupin.write(TYPED, "t.parquet")
    assert fupin.read("t.parquet").row(0)[:3] == ("甲", "1", "0.10")
    Path("bad.csv").write_text("a,b\n1\n")
    with pytest.raises(fupin.DataError, match=r"^bad\.csv:2: 1 cell"):
        fupin.read("bad.csv")


@pytest.mark.parametrize(
    ("call", "says"),
    [
        (lambda: fupin.weight(BOARD, ["x/5"], "t", missing="zer"), "missing: 'zer' is none of error, zero"),
        (lambda: fupin.weight(BOARD, ["x/5"], "t", not_assessed="none"), "not_assessed: 'none' is none of"),
        (lambda: fupin.rank(BOARD, "x", ties="eror"), "ties: 'eror' is none of"),
        (lambda: fupin.reward(BOARD, ["5"], ties="bogus"), "ties: 'bogus' is none of"),
        (lambda: fupin.report(BOARD, "html"), "form: 'html' is none of"),
        (lambda: fupin.events(BOARD, strays="skip"), "strays: 'skip' is none of error, ignore"),
        (lambda: fupin.weight(BOARD, ["x:0.333"], "t", places=2.5), "places: 2.5 is not a number of decimals"),
        (lambda: fupin.weight(BOARD, ["x:0.333"], "t", places=19), "places: 19 is not a number of decimals"),
        (lambda: fupin.report(BOARD, top=-1), "top: -1 is not"),
        (lambda: fupin.weight(BOARD, "xy", "t"), "terms: a list, such as ['xy']"),
        (lambda: fupin.reward(BOARD, "5000"), "prizes: a list, such as ['5000']"),
        (lambda: fupin.report(BOARD, notes="hello"), "notes: a list"),
        (lambda: fupin.ingest("office.csv"), "files: a list"),
        (lambda: fupin.weight(BOARD, ["x"], ""), "name: a column needs a name"),
        (lambda: fupin.weight(BOARD, [], "t"), "terms: give at least one"),
        (lambda: fupin.write(BOARD, "board.xlsx"), "no table is written so"),
    ],
)
def test_what_the_command_line_cannot_get_wrong_is_refused(call: Callable[[], object], says: str) -> None:
    with pytest.raises(fupin.Misuse) as caught:
        call()
    assert says in caught.value.lines[0]
