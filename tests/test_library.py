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

SAMPLE = ROOT / "samples" / "village-20-30-50"
FUNCTIONS = [
    *(verb for verb in VERBS if verb not in ("run", "man")),
    "weight_scores",
    "vote_counts",
    "events",
    "read",
    "write",
]


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
        drop=["片区", "序号", "备注", "填报日期"], roster=villages, long=["village"], number=["value"],
    )  # fmt: skip
    assert (inbox.rejects.height, inbox.dropped.height) == (0, 8)
    once = ["task", "due"]
    board = fupin.deduct(villages, ["routine.csv", late], "routine", full=20, each=(Decimal("0.5"), 2), once=once)
    board = fupin.weight_scores(
        board, [inbox.table, "offices/*.csv"], "items.csv", "industry", total=50, missing="rescale"
    )
    board = fupin.weight(board, ["routine/20", "field/100:30%", "industry/50"], "base", total="100")
    board = fupin.bonus(board, "extras.csv", pl.read_csv("extras-rules.csv"), "extras")
    board = fupin.weight(board, ["base", "extras"], "total", places=2)
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


def test_grades() -> None:
    bands: dict[str, str | Decimal | int] = {"低": 0, "高": "0.2", "中": Decimal("0.15")}
    assert fupin.grade(TYPED, "b", bands)["grade"].to_list() == ["低", "高", "高"]
    assert fupin.grade(TYPED, "b", bands, "g", quota={"高": 1})["g"].to_list() == ["低", "中", "高"]
    own = pl.DataFrame({"group": ["true"], "band": ["高"], "quota": [0]})
    board = TYPED.with_columns(fine=pl.Series([True, True, False]))
    result = fupin.grade(board, "b", bands, quota={"高": "100%"}, quotas=own, within="fine", only="b > 0.1")
    assert result["grade"].to_list() == [None, "中", "高"]
    with pytest.raises(fupin.DataError, match=r"^甲: b: '0.10' is below every band; the last, '高', begins at 0.2"):
        fupin.grade(TYPED, "b", {"高": "0.2"})
    absent = fupin.grade(board.with_columns(fine=pl.lit("x")), "b", bands, quotas=own, within="fine")
    assert absent["grade"].to_list() == ["低", "高", "高"]


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
        lambda: fupin.vote_counts(TYPED, {}, "t"),
        lambda: fupin.vote_counts(TYPED, {"a": 1, "": 2}, "t"),
        lambda: fupin.vote_counts(TYPED, {"a": 1}, "t", invalid=["a"]),
        lambda: fupin.score(TYPED, "a", "t"),
        lambda: fupin.score(TYPED, "a", "t", of=2),
        lambda: fupin.score(TYPED, "a", "t", of=0, full=5),
        lambda: fupin.score(TYPED, "a", "t", of="a", full=-5),
        lambda: fupin.score(TYPED, "a", "t", mapping={}),
        lambda: fupin.score(TYPED, "a", "t", mapping={"NA": 3}),
        lambda: fupin.score(TYPED, "a", "t", bands=[]),
        lambda: fupin.score(TYPED, "a", "t", bands=[(90, 1), ("90.0", 2)]),
        lambda: fupin.score(TYPED, "a", "t", steps=(15, -1)),
        lambda: fupin.score(TYPED, "a", "a", na_mean=True, fill=True),
        lambda: fupin.reward(TYPED),
        lambda: fupin.reward(TYPED, [1], table=rules),
        lambda: fupin.reward(TYPED, [-1]),
        lambda: fupin.grade(TYPED, "b", {}),
        lambda: fupin.screen(TYPED, RULES, by="fine", detail=True),
        lambda: fupin.screen(TYPED, RULES, "x", by="fine"),
        lambda: fupin.screen(TYPED, RULES, ""),
        lambda: fupin.grade(TYPED, "b", {"高": 1, "低": 0}, quota={"低": 1}),
        lambda: fupin.grade(TYPED, "b", {"高": 1, "低": 0}, quotas=rules),
        lambda: fupin.grade(TYPED, "b", {"高": 1, "低": 0}, vetoed="停", ignore_veto=True),
        lambda: fupin.draw(TYPED, 1, ""),
        lambda: fupin.assign(TYPED.rename({"unit": "item"}), rules, where="a ="),
        lambda: fupin.keep(TYPED, "a ="),
        lambda: fupin.ingest(["none.csv"], encoding="gb"),
        lambda: fupin.ingest(["none.csv"], aliases="none.csv"),
    ):
        with pytest.raises(fupin.Misuse):
            refused()


def test_ballots() -> None:
    scale = {"优": 100, "良": Decimal("80.5"), "差": "0"}
    cast = pl.DataFrame({"unit": ["甲", "甲", "乙", "丙", "丙"], "票": ["优", None, "良", "废", "差"]})
    board = fupin.vote(TYPED, cast, scale, "v", choice="票", invalid=["废"], detail=True)
    assert board.select("v", "v_valid", "v_invalid").rows() == [("100", "1", "0"), ("80.5", "1", "0"), ("0", "1", "1")]
    counts = pl.DataFrame({"unit": ["甲", "乙"], "优": [1, 0], "良": [2, 1], "差": [0, 0]})
    assert fupin.vote_counts(counts, scale, "v", places=1)["v"].to_list() == ["87", "80.5"]
    with pytest.raises(fupin.DataError, match=r"^乙: no valid ballot \(0 invalid, 0 blank\)"):
        fupin.vote(TYPED, cast.filter(pl.col("unit") != "乙"), scale, "v", choice="票", invalid=["废"])
    with pytest.raises(fupin.DataError, match=r"^ledger:5: 票: '废' is neither .*; known: 优, 良, 差"):
        fupin.vote(TYPED, cast, scale, "v", choice="票")


def test_scores() -> None:
    assert fupin.score(TYPED, "a", "t", of="b", full=5)["t"].to_list() == ["5", "5", None]
    assert fupin.score(TYPED, "b", "t", of=Fraction(1, 2), full=5, places=0)["t"].to_list() == ["1", "2", "3"]
    assert fupin.score(TYPED, "a", "t", mapping={"1": "7.50", "2": 3})["t"].to_list() == ["7.5", "3", None]
    assert fupin.score(TYPED, "b", "t", bands=[(0, 1), ("0.2", 2)])["t"].to_list() == ["1", "2", "2"]
    assert fupin.score(TYPED, "a", "t", steps=(1, "0.25"))["t"].to_list() == ["1", "0.75", None]
    assert fupin.score(TYPED, "a", "a", fill_mean=True)["a"].to_list() == ["1", "2", "1.5"]
    with pytest.raises(fupin.DataError, match=r"^乙: b: '0.20' is below all bands; the lowest begins at 0.3"):
        fupin.score(TYPED, "b", "t", bands=[("0.3", 1)], only="b > 0.1")


RULES = pl.DataFrame({"flag": ["少", "今"], "when": ["b <= 0.2", "day IS NOT NULL"]})


def test_flags() -> None:
    assert fupin.screen(TYPED, RULES)["flags"].to_list() == ["少; 今", "少", None]
    detailed = fupin.screen(TYPED, RULES.lazy(), "旗", detail=True, flagged=True, only="b > 0.1")
    assert detailed.select("unit", "旗", "少", "今").rows() == [("乙", "少", "true", "false")]
    counts = fupin.screen(TYPED.with_columns(fine=pl.Series([True, False, True])), RULES, by="fine")
    assert (counts.columns, counts.rows()) == (["fine", "少", "今"], [("true", "1", "1"), ("false", "1", "0")])
    several = TYPED.with_columns(unit=pl.lit("甲"))
    assert fupin.screen(several, RULES, key=["unit", "b"], flagged=True).height == 2
    with pytest.raises(fupin.DataError, match=r"^rules:3: when: no column 'days'; nearest: day"):
        fupin.screen(TYPED, RULES.with_columns(when=pl.Series(["b < 1", "days IS NULL"])))
    with pytest.raises(fupin.DataError, match=r"^丙: a: missing, so that the condition a < 2 is unknown"):
        fupin.screen(TYPED, pl.DataFrame({"flag": ["x"], "when": ["a < 2"]}))


LEDGER = pl.DataFrame({"unit": ["甲"], "points": ["1"], "item": ["a"]})
MISTAKEN: list[tuple[Callable[[], object], str]] = [
    (lambda: fupin.weight(TYPED, ["b"], "t", missing="zer"), "missing: 'zer' is not one of error, zero, rescale, mean"),
    (lambda: fupin.weight(TYPED, ["b"], "t", not_assessed="bogus"), "not_assessed: 'bogus' is not one of rescale"),
    (lambda: fupin.weight_scores(TYPED, LEDGER, LEDGER, "t", missing="Zero"), "missing: 'Zero' is not one of"),
    (lambda: fupin.reward(TYPED, [1], ties="bogus"), "ties: 'bogus' is not one of error, full, split"),
    (lambda: fupin.rank(TYPED, "b", ties="eror"), "ties: 'eror' is not one of competition, dense, ordinal, error"),
    (lambda: fupin.grade(TYPED, "b", {"高": 1}, quota_round="even"), "quota_round: 'even' is not one of down, up"),
    (lambda: fupin.grade(TYPED, "b", {"高": 0.5}), "--bands: 0.5 is a binary float and not exact"),
    (lambda: fupin.grade(TYPED, "b", ["高", "低"]), "bands: .* is not a mapping"),
    (lambda: fupin.grade(TYPED, "b", {"高": 1, "低": 0}, quota={"高": Fraction(3, 20)}), "3 or 15%"),
    (lambda: fupin.grade(TYPED, "b", {"高": 1, "低": 0}, base=-1), "base: -1 is not"),
    (lambda: fupin.tally(TYPED, LEDGER, "t", "Sum", "points"), "figure: 'Sum' is not one of count, distinct, sum"),
    (lambda: fupin.vote(TYPED, LEDGER, ["a"], "t"), "scale: .* is not a mapping"),
    (lambda: fupin.vote(TYPED, LEDGER, {"a": 0.5}, "t"), "a: 0.5 is a binary float"),
    (lambda: fupin.vote(TYPED, LEDGER, {"a": 1}, "t", invalid="b"), "invalid: 'b' is not a list"),
    (lambda: fupin.score(TYPED, "a", "t", bands={90: 5}), "bands: .* is not a list"),
    (lambda: fupin.score(TYPED, "a", "t", bands=[("x", 5)]), "--bands: 'x' is not a number"),
    (lambda: fupin.score(TYPED, "a", "t", steps=15), "steps: 15 is not a pair"),
    (lambda: fupin.score(TYPED, "a", "t", of=0.5, full=1), "--of: 0.5 is a binary float"),
    (lambda: fupin.draw(TYPED, -1, "x"), "number: -1 is not a whole number from 0"),
    (lambda: fupin.draw(TYPED, 1, "x", within="c"), r"within: 'c' is not a list; write \['c'\]"),
    (lambda: fupin.assign(TYPED, LEDGER, strays="bogus"), "strays: 'bogus' is not one of error, ignore"),
    (lambda: fupin.assign(TYPED, LEDGER, on="c"), r"on: 'c' is not a list; write \['c'\]"),
    (lambda: fupin.events(LEDGER, strays="bogus"), "strays: 'bogus' is not one of error, ignore"),
    (lambda: fupin.deadlines(TYPED, status=["done", "lost"]), "status: 'lost' is not one of done, late"),
    (lambda: fupin.report(TYPED, "pdf"), "form: 'pdf' is not one of table, markdown, html, xlsx"),
    (lambda: fupin.weight(TYPED, ["b"], "t", places=2.5), "places: 2.5 is not a whole number from 0 to 18"),
    (lambda: fupin.weight(TYPED, ["b"], "t", places=-1), "places: -1 is not"),
    (lambda: fupin.weight(TYPED, ["b"], "t", places=19), "places: 19 is not"),
    (lambda: fupin.tally(TYPED, LEDGER, "t", "sum", "points", places=True), "places: True is not"),
    (lambda: fupin.tally(TYPED, LEDGER, "t", "mean", "points", trim=-1), "trim: -1 is not a whole number from 0"),
    (lambda: fupin.report(TYPED, top=-1), "top: -1 is not"),
    (lambda: fupin.report(TYPED, bottom=10**20), "bottom: 1000"),
    (lambda: fupin.weight(TYPED, "ab", "t"), r"terms: 'ab' is not a list; write \['ab'\]"),
    (lambda: fupin.reward(TYPED, "5000"), r"prizes: '5000' is not a list; write \['5000'\]"),
    (lambda: fupin.report(TYPED, notes="hello"), "notes: 'hello' is not a list"),
    (lambda: fupin.rank(TYPED, "b", tie_break="c"), "tie_break: 'c' is not a list"),
    (lambda: fupin.rank(TYPED, "b", key="unit"), "key: 'unit' is not a list"),
    (lambda: fupin.ingest("none.csv"), "files: 'none.csv' is not a list"),
    (lambda: fupin.ingest([5]), "int is not a table"),
    (lambda: fupin.ingest(["none.csv"], header=3), "header: 3 is not a pair"),
    (lambda: fupin.ingest(["none.csv"], header=(0, 1)), "header: 0 is not a whole number from 1"),
    (lambda: fupin.ingest(["none.csv"], header=(2, 1)), "header: line 2 is below line 1"),
    (lambda: fupin.ingest(["none.csv"], max_size="2G"), "max_size: '2G' is not a whole number"),
    (lambda: fupin.ingest(["none.csv"], rename={"x": 1}), "rename: 1 is not a text"),
    (lambda: fupin.ingest(["none.csv"], number="x"), r"number: 'x' is not a list; write \['x'\]"),
    (lambda: fupin.ingest(["none.csv"], na="/"), "na: '/' is not a list"),
    (lambda: fupin.ingest(["none.csv"], round_to={"x": 19}), "round_to: 19 is not a whole number from 0 to 18"),
    (lambda: fupin.ingest(["none.csv"], wide=("item",)), "wide: .* is not a pair"),
    (lambda: fupin.ingest(["none.csv"], drop_rows=5), "drop_rows: 5 is not a Condition or a text"),
    (lambda: fupin.ingest(["none.csv"], take={"镇": None}), "take: None is not a text"),
    (lambda: fupin.ingest(["none.csv"], number_rows=""), "cannot be the name of a new column"),
    (lambda: fupin.ingest(["none.csv"], delimiter=";;"), "';;' cannot stand between cells"),
    (lambda: fupin.ingest(["none.csv"], schema={"fields": []}), "schema: .* is not a text or a PathLike"),
    (lambda: fupin.ingest(["none.csv"], complete="no", roster="none.csv"), "complete: 'no' is not True or False"),
    (lambda: fupin.form(5), "items: int is not a table"),
    (lambda: fupin.form("none.csv", lang="fr"), "lang: 'fr' is not one of zh, en"),
    (lambda: fupin.form("none.csv", sign="检查人,日期"), "sign: .* is not a list"),
    (lambda: fupin.form("none.csv", key="village"), r"key: 'village' is not a list; write \['village'\]"),
    (lambda: fupin.form("none.csv", key=[""]), "one column of units"),
    (lambda: fupin.veto(TYPED, ("a > 1", 5)), "when: 5 is not a Condition or a text or a pair"),
    (lambda: fupin.veto(TYPED, [("a > 1",)]), "when: .* is not"),
    (lambda: fupin.weight(TYPED, ["b"], "t", only=pl.col("a") > 1), "only: .* is not a Condition or a text"),
    (lambda: fupin.deduct(TYPED, LEDGER, "t", full=5, each=("0.5",)), "each: .* is not a pair"),
    (lambda: fupin.deduct(TYPED, LEDGER, "t", full=5, each=(3, 1)), "each: 3 is above 1"),
    (lambda: fupin.deduct(TYPED, LEDGER, "t", full=[5]), "full: .* is not an exact number"),
    (lambda: fupin.deadlines(TYPED, on="2020-01-01"), "on: '2020-01-01' is not a date"),
    (lambda: fupin.deadlines(TYPED, on=dt.datetime(2020, 1, 1)), "on: .* is not a date"),  # noqa: DTZ001
    (lambda: fupin.rank(TYPED, "b", keep_order="no"), "keep_order: 'no' is not True or False"),
    (lambda: fupin.weight(TYPED, [], "t"), "needs a term"),
    (lambda: fupin.weight(TYPED, ["b"], ""), "cannot be called ''"),
    (lambda: fupin.weight(5, ["b"], "t"), "board: int is not a table"),
    (lambda: fupin.tally(TYPED, 5, "t", "count"), "ledger: int is not a table"),
    (lambda: fupin.write(TYPED, "t.xlsx"), "no table is written so"),
]


@pytest.mark.parametrize(("call", "told"), MISTAKEN, ids=[told for _, told in MISTAKEN])
def test_an_argument_of_another_type_is_refused(folder: Path, call: Callable[[], object], told: str) -> None:
    with pytest.raises(fupin.Misuse, match=f"^[^\n]*{told}"):
        call()
    assert list(folder.iterdir()) == []


def test_arguments_by_name() -> None:
    assert fupin.weight(board=TYPED, terms=["b"], name="t", places=0)["t"].to_list() == ["0", "0", "0"]
    plan = pl.DataFrame({"task": ["a"], "due": ["2020-01-01"]})
    assert fupin.deadlines(plan=plan, on=dt.date(2020, 1, 2), status=["overdue"]).height == 1
    with pytest.raises(TypeError, match="wieght"):
        fupin.weight(TYPED, ["b"], "t", wieght=5)
    with pytest.raises(TypeError, match="terms"):
        fupin.weight(TYPED)


def test_a_report() -> None:
    assert fupin.report(TYPED, columns=["unit", ("b", "分")], top=1) == "unit    分\n----  ----\n甲    0.10\n"
    text = fupin.report(TYPED.select("unit", "b"), columns=[("unit", "村"), ("b", "分")], title="表")
    assert text == "表\n\n村    分\n--  ----\n甲  0.10\n乙  0.20\n丙  0.30\n"


def test_reading_and_writing(folder: Path) -> None:
    fupin.write(TYPED, Path("t.parquet"))
    assert fupin.read(Path("t.parquet")).row(0)[:3] == fupin.read("t.parquet").row(0)[:3] == ("甲", "1", "0.10")
    Path("bad.csv").write_text("a,b\n1\n")
    with pytest.raises(fupin.DataError, match=r"^bad\.csv:2: 1 cell"):
        fupin.read("bad.csv")
