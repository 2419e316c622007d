"""Table Schemas: the standard's own examples, each constraint at its bound, and every fault of a descriptor.

Constraints are held against a plain reference in fractions and Python's dates.
"""

from __future__ import annotations

import datetime
import json
import operator
import re
from collections.abc import Sequence
from fractions import Fraction
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fupin import cleaning, numbers, schemas
from fupin.errors import DataError
from fupin.schemas import Schema
from fupin.schemas.constraints import SUIT
from fupin.schemas.kinds import TYPES

many = settings(max_examples=100, deadline=None)


def schema(*fields: dict[str, Any], **properties: Any) -> Schema:
    """A schema of these fields."""
    return schemas.read("schema.json", json.dumps({"fields": fields, **properties}, ensure_ascii=False).encode())


def field(type_: str | None = None, /, **constraints: Any) -> dict[str, Any]:
    """The descriptor of a field called `a`."""
    return {"name": "a", **({"type": type_} if type_ else {}), **({"constraints": constraints} if constraints else {})}


def cleaned(one: Schema, came: pl.DataFrame) -> pl.DataFrame:
    """The cells as `ingest` makes them clean."""
    trimmed = came.select(cleaning.trimmed(pl.all()))
    present = trimmed.with_columns(
        pl.when(~pl.col(field.name).is_in(list(field.missing))).then(pl.col(field.name)).alias(field.name)
        for field in one.fields
    )
    return present.with_columns(
        field.clean(pl.col(field.name)).alias(field.name) for field in one.fields if field.clean
    )


def reasons(of: dict[str, Any] | Schema, cells: Sequence[str | None]) -> list[str]:
    """Why each cell of column `a` is refused; nothing where it is not."""
    one = of if isinstance(of, Schema) else schema(of)
    came = pl.DataFrame({"a": cells}, schema={"a": pl.String})
    clean = cleaned(one, came)
    told: list[list[str]] = [[] for _ in cells]
    for name, why, rows in one.broken(clean):
        for row in rows:
            told[row].append(why(came[name][row], clean[name][row]))
    return ["; ".join(each) for each in told]


def fine(of: dict[str, Any] | Schema, cells: Sequence[str | None]) -> list[bool]:
    """Whether each cell of column `a` is taken."""
    return [not reason for reason in reasons(of, cells)]


def made(of: dict[str, Any], *cells: str | None) -> list[str | None]:
    """What column `a` holds in the end."""
    return cleaned(schema(of), pl.DataFrame({"a": cells}, schema={"a": pl.String}))["a"].to_list()


def faults(descriptor: object) -> list[str]:
    """What is told of a descriptor that cannot be applied."""
    data = descriptor if isinstance(descriptor, bytes) else json.dumps(descriptor, ensure_ascii=False).encode()
    with pytest.raises(DataError) as caught:
        schemas.read("schema.json", data)
    return caught.value.lines


# --- the standard's own examples


@pytest.mark.parametrize(
    ("constraints", "type_", "cells", "taken"),
    [
        ({"required": True}, "string", ["apple", None], [True, False]),
        ({"minLength": 5}, "string", ["apple", "plum"], [True, False]),
        ({"maxLength": 5}, "string", ["apple", "grapefruit"], [True, False]),
        ({"minimum": 100}, "integer", ["100", "50"], [True, False]),
        ({"maximum": 100}, "integer", ["100", "150"], [True, False]),
        ({"exclusiveMinimum": 0}, "integer", ["100", "0"], [True, False]),
        ({"exclusiveMaximum": 150}, "integer", ["100", "150"], [True, False]),
        ({"pattern": "^a.*$"}, "string", ["apple", "orange"], [True, False]),
        ({"enum": ["apple"]}, "string", ["apple", "orange"], [True, False]),
    ],
)
def test_the_examples_of_constraints(
    constraints: dict[str, Any], type_: str, cells: list[str | None], taken: list[bool]
) -> None:
    assert fine(field(type_, **constraints), cells) == taken


def test_the_example_of_unique() -> None:
    one = schema({"name": "id", "type": "integer"}, {"name": "name", "type": "string", "constraints": {"unique": True}})
    assert one.unique == [("name",)]


def test_the_examples_of_keys() -> None:
    a, b, c = ({"name": name} for name in "abc")
    one = schema(a, b, c, primaryKey=["a", "c"])
    assert one.primary == ("a", "c")
    assert one.unique == [("a", "c")]
    assert schema(a, primaryKey="a").primary == ("a",)
    assert schema(a, b, c, uniqueKeys=[["a"], ["a", "b"], ["a", "c"]]).unique == [("a",), ("a", "b"), ("a", "c")]


def test_a_key_is_named_once_however_often_it_is_demanded() -> None:
    assert schema(field(unique=True), primaryKey="a", uniqueKeys=[["a"]]).unique == [("a",)]


def test_the_example_of_fields_with_missing_values_of_their_own() -> None:
    one = schema({"name": "column1"}, {"name": "column2", "missingValues": ["-"]}, missingValues=["", "NA"])
    came = pl.DataFrame({"column1": ["NA", "-", ""], "column2": ["NA", "-", ""]})
    assert cleaned(one, came).to_dict(as_series=False) == {"column1": [None, "-", None], "column2": ["NA", None, None]}


def test_the_example_of_missing_values_with_labels() -> None:
    labelled = [{"value": "", "label": "OMITTED"}, {"value": "-99", "label": "REFUSED"}]
    one = schema(field("number", required=True), missingValues=labelled)
    assert reasons(one, ["-99", "99"]) == ["blank, where the schema requires a value", ""]


def test_keys_are_compared_by_what_their_cells_stand_for() -> None:
    cells = pl.DataFrame({"a": ["1.5", "1.50", "+1.5", "2"]})
    assert cells.select(schema(field("number", unique=True)).fields[0].value).to_series().n_unique() == 2
    assert cells.select(schema(field("string", unique=True)).fields[0].value).to_series().n_unique() == 4


def test_missing_values_are_looked_for_before_a_cell_is_read_as_a_number() -> None:
    one = schema(field("number", minimum=0), missingValues=["", "NaN", "-"])
    assert fine(one, ["NaN", "-", " - ", "", None, "3"]) == [True] * 6
    assert fine(schema(field("number")), ["NaN", "-"]) == [False, False]


def test_the_examples_of_categories() -> None:
    fruit = {"name": "a", "type": "string", "categories": ["apple", "orange", "banana"]}
    assert fine(fruit, ["apple", "plum"]) == [True, False]
    labelled = [{"value": 0, "label": "apple"}, {"value": 1, "label": "orange"}, {"value": 2, "label": "banana"}]
    assert fine({"name": "a", "type": "integer", "categories": labelled}, ["0", "2", "3"]) == [True, True, False]
    ordered = [{"value": 1, "label": "Strongly Disagree"}, {"value": 2}, {"value": 3}]
    assert fine({"name": "a", "type": "integer", "categories": ordered, "categoriesOrdered": True}, ["3", "4"]) == [
        True,
        False,
    ]


def test_the_examples_of_numbers() -> None:
    cells = ["-1.23", "12678967.543233", "+100000.00", "210"]
    assert fine(field("number"), cells) == [True] * 4


def test_the_examples_of_dates_and_times() -> None:
    assert fine(field("date"), ["2024-01-26"]) == [True]
    assert fine(field("time"), ["15:00:00"]) == [True]
    assert fine(field("datetime"), ["2024-01-26T15:00:00", "2024-01-26T15:00:00.300"]) == [True] * 2
    by_pattern = {"name": "a", "type": "datetime", "format": "%d/%m/%Y %H:%M:%S"}
    assert made(by_pattern, "12/11/2018 09:15:32") == ["2018-11-12T09:15:32"]


def test_the_example_of_fields_of_any_type() -> None:
    one = schema({"name": "id", "type": "any"}, {"name": "name"})
    came = pl.DataFrame({"id": ["1", "007"], "name": ["apple", "orange"]})
    assert cleaned(one, came).equals(came)
    assert one.broken(came) == []


def test_what_only_describes_is_let_be() -> None:
    described = {
        "name": "Country",
        "type": "string",
        "title": "国家",
        "description": "**where**",
        "example": "US",
        "rdfType": "http://schema.org/Country",
        "custom": {"a": [1, None, 0.5]},
    }
    one = schema(described, **{"$schema": "https://datapackage.org/profiles/2.0/tableschema.json", "x": None})
    assert one.fields[0].title == "国家"


# --- numbers


@pytest.mark.parametrize("type_", ["number", "integer"])
def test_numbers_at_their_bounds(type_: str) -> None:
    within = field(type_, minimum=0, maximum=100)
    assert reasons(within, ["0", "100", "-1", "101"]) == [
        "",
        "",
        "'-1' is below the minimum 0",
        "'101' is above the maximum 100",
    ]
    outside = field(type_, exclusiveMinimum=0, exclusiveMaximum=100)
    assert reasons(outside, ["1", "99", "0", "100"]) == [
        "",
        "",
        "'0' is not above the exclusiveMinimum 0",
        "'100' is not below the exclusiveMaximum 100",
    ]


def test_bounds_are_exact_to_the_eighteenth_decimal() -> None:
    data = b'{"fields": [{"name": "a", "type": "number", "constraints": {"maximum": 69.900000000000000001}}]}'
    one = schemas.read("schema.json", data)
    assert fine(one, ["69.9", "69.900000000000000001", "69.900000000000000002"]) == [True, True, False]
    tenth = b'{"fields": [{"name": "a", "type": "number", "constraints": {"enum": [0.1, 999999999999999, 1E2, 2.50]}}]}'
    cells = ["0.1", "0.100000000000000001", "999999999999999", "100", "2.5", "+2.500"]
    assert fine(schemas.read("schema.json", tenth), cells) == [True, False, True, True, True, True]


def test_a_bound_may_be_written_as_a_text() -> None:
    assert fine(field("number", minimum="1,234.5", maximum="200000%"), ["1234.5", "1234.4", "2000"]) == [
        True,
        False,
        True,
    ]


def test_cells_are_compared_after_they_were_made_clean() -> None:
    assert reasons(field("number", maximum="0.9"), ["９０％", "95%", "1,000"]) == [
        "",
        "'95%' (0.95) is above the maximum 0.9",
        "'1,000' (1000) is above the maximum 0.9",
    ]


def test_what_is_no_number_is_told_once() -> None:
    bounded = field("number", minimum=5, maximum=10, enum=[5, 10])
    assert reasons(bounded, ["二分", "1e3", "INF"]) == [
        f"'{cell}' is not a number; a number is digits with at most one point between them, such as 20 or 0.5"
        for cell in ("二分", "1e3", "INF")
    ]


def test_integers_are_whole_however_they_are_written() -> None:
    assert reasons(field("integer"), ["5", "5.0", "5.", "500%", "-0", "1,000", "5.5", "x", None]) == [
        *[""] * 6,
        "'5.5' is not a whole number",
        "'x' is not a number; a number is digits with at most one point between them, such as 20 or 0.5",
        "",
    ]


def test_what_is_not_assessed_or_blank_breaks_no_rule_but_required() -> None:
    constrained = [
        field("number", minimum=5, maximum=10, enum=[5]),
        field("integer", minimum=5),
        field("date", minimum="2020-01-01"),
        field("time", enum=["09:00:00"]),
        field("year", minimum=2000),
        field("boolean", enum=[True]),
        field("string", enum=["x"], pattern="xyz", minLength=3, maxLength=9),
        {"name": "a", "type": "string", "format": "email"},
        {"name": "a", "type": "number", "decimalChar": ","},
        {"name": "a", "type": "datetime", "format": "%Y/%m/%d %H:%M"},
    ]
    for each in constrained:
        assert fine(each, ["NA", None, " "]) == [True] * 3, each
        assert made(each, "NA", None) == ["NA", None]
    assert fine(field("number", required=True), ["NA", None]) == [True, False]


def test_a_primary_key_needs_a_value() -> None:
    assert reasons(schema(field("string"), primaryKey="a"), ["x", " "]) == [
        "",
        "blank, where the schema's primary key needs a value",
    ]


def test_numbers_with_marks_of_their_own() -> None:
    german = {"name": "a", "type": "number", "decimalChar": ",", "groupChar": "."}
    assert made(german, "1.234,5", "1234,5", "-0,5", "12.345.678", "95%", "１，５", "5,", ",5") == [
        *["1234.5", "1234.5", "-0.5", "12345678", "0.95", "1.5", "5", "0.5"]
    ]
    assert reasons(german, ["1.5", "12.34", "1,234.5"]) == [
        f"'{cell}' is not a number; it is digits with ',' before its decimals, '.' between thousands"
        for cell in ("1.5", "12.34", "1,234.5")
    ]
    bare = {"name": "a", "type": "number", "decimalChar": ","}
    assert fine(bare, ["1,5", "1.5", "1.234"]) == [True, False, False]
    spaced = {"name": "a", "type": "integer", "groupChar": " "}
    assert made(spaced, "12 345", "12\u00a0345") == ["12345", "12345"]
    assert fine(spaced, ["12 345", "1 2", "12,345"]) == [True, False, False]
    assert made({"name": "a", "type": "integer", "groupChar": "."}, "12.345") == ["12345"]


def test_a_bound_written_as_a_text_has_the_marks_of_its_column() -> None:
    german = {"name": "a", "type": "number", "decimalChar": ",", "constraints": {"minimum": "1,5", "maximum": 2.5}}
    assert fine(german, ["1,5", "1,4", "2,5", "2,6"]) == [True, False, True, False]


# --- texts


def test_lengths_count_characters() -> None:
    assert reasons(field("string", minLength=2, maxLength=3), ["村", "村庄", "𠮷野家", "北京港村"]) == [
        "'村' has 1 character, fewer than the minLength 2",
        "",
        "",
        "'北京港村' has 4 characters, more than the maxLength 3",
    ]


def test_a_cell_that_is_none_of_few_values_is_told_all_of_them() -> None:
    assert reasons(field("string", enum=["优秀", "称职", "不称职"]), ["称职", "基本称职", "x"]) == [
        "",
        "'基本称职' is none of 优秀, 称职, 不称职; nearest: 称职, 不称职",
        "'x' is none of 优秀, 称职, 不称职",
    ]


def test_a_cell_that_is_none_of_many_values_is_told_the_nearest() -> None:
    villages = [f"{name}村" for name in "甲乙丙丁戊己庚辛壬癸子丑寅"]
    assert reasons(field("string", enum=villages), ["甲寸"]) == [
        "'甲寸' is none of the 13 values of the enum; nearest: 甲村"
    ]


def test_an_enum_within_categories_is_what_counts() -> None:
    both = {"name": "a", "type": "string", "categories": ["x", "y"], "constraints": {"enum": ["x"]}}
    assert fine(both, ["x", "y"]) == [True, False]


def test_an_enum_that_allows_a_blank_does_not_refuse_the_others() -> None:
    assert fine(field("string", enum=["", "x"]), [None, "x", "y"]) == [True, True, False]
    assert fine(field("number", enum=["", 1]), [None, "1", "2"]) == [True, True, False]


@pytest.mark.parametrize(
    ("pattern", "good", "bad"),
    [
        ("a", ["a"], ["ab", "ba", "a\nb"]),
        ("a|bc", ["a", "bc"], ["ac", "abc"]),
        ("^a$", ["a"], ["aa"]),
        (r"\d{2}", ["12", "１２"], ["1", "123"]),
        ("[\\u4e00-\\u9fa5]+", ["村"], ["x"]),
        (r"\p{Lu}\p{Nd}", ["A1"], ["a1"]),
        ("[a&&b]+", ["a&b"], ["ac"]),
        ("[a[b]+", ["a[b"], ["c"]),
        (r"[\-[]+", ["-["], ["a"]),
        ("[+--]+", ["+", ",", "-"], ["."]),
        ("[]a]+", ["]a"], ["["]),
        ("[^]a]", ["b"], ["]"]),
        ("[[:digit:]x]+", ["1x"], [":d"]),
        (r"[\]&&\[]+", ["&[]"], ["a"]),
        (r"(?i)ab", ["AB"], ["AC"]),
        ("村|(甲)?乙", ["村", "甲乙", "乙"], ["甲村"]),
    ],
)
def test_a_pattern_is_of_the_whole_cell(pattern: str, good: list[str], bad: list[str]) -> None:
    told = [f"'{cell}' does not match the pattern {pattern}" for cell in bad]
    assert reasons(field("string", pattern=pattern), [*good, *bad]) == [*[""] * len(good), *told]


@pytest.mark.parametrize(
    ("form", "good", "bad"),
    [
        ("email", ["a@b.cn", "zhang.san@gov.cn"], ["a", "a@b", "a b@c.cn", "a@@b.cn", "a@b..cn"]),
        ("uri", ["http://example.org/a?b=c#d", "mailto:a@b.cn", "urn:x:%20"], ["example.org", "http://a b", "x:%2"]),
        ("uuid", ["123e4567-e89b-12d3-a456-426614174000"], ["123e4567e89b12d3a456426614174000", "x"]),
        ("default", ["anything at all"], []),
    ],
)
def test_formats_of_texts(form: str, good: list[str], bad: list[str]) -> None:
    assert fine({"name": "a", "type": "string", "format": form}, [*good, *bad]) == [True] * len(good) + [False] * len(
        bad
    )


def test_texts_stay_as_they_came() -> None:
    assert made(field("string"), "007", "１２", "2019年4月") == ["007", "１２", "2019年4月"]


# --- true and false, dates and times


def test_true_and_false() -> None:
    assert made(field("boolean"), "True", "1", "FALSE", "0") == ["true", "true", "false", "false"]
    own = {"name": "a", "type": "boolean", "trueValues": ["是", "有"], "falseValues": ["否"]}
    assert made(own, "是", "有", "否") == ["true", "true", "false"]
    assert reasons(own, ["是", "1"]) == ["", "'1' is neither true (是, 有) nor false (否)"]
    assert made(own, *made(own, "是", "否")) == ["true", "false"]
    assert fine({**own, "constraints": {"enum": ["是"]}}, ["有", "否"]) == [True, False]
    assert fine({**own, "constraints": {"enum": [True]}}, ["有", "否"]) == [True, False]


def test_dates_at_their_bounds() -> None:
    within = field("date", minimum="2019-01-01", maximum="2019年12月31日")
    cells = ["2019-01-01", "2019.12.31", "2018-12-31", "2020年1月1日", "2019-02-30", "昨天"]
    assert reasons(within, cells) == [
        "",
        "",
        "'2018-12-31' is before the minimum 2019-01-01",
        "'2020年1月1日' (2020-01-01) is after the maximum 2019年12月31日",
        "'2019-02-30' is a date that does not exist",
        "'昨天' is not a date such as 2019-04-28",
    ]
    assert fine(field("date", exclusiveMinimum="2019-01-01"), ["2019-01-01", "2019-01-02"]) == [False, True]


@pytest.mark.parametrize(
    ("type_", "given", "clean"),
    [
        ("date", "2019年4月8日 14:30", "2019-04-08"),
        ("time", "9:30", "09:30:00"),
        ("time", "９：３０：０５.250", "09:30:05.25"),
        ("datetime", "2019年4月28日 9:30", "2019-04-28T09:30:00"),
        ("datetime", "2019-04-28 09:30:15.000", "2019-04-28T09:30:15"),
        ("year", "2019年", "2019"),
        ("yearmonth", "2019年4月", "2019-04"),
        ("yearmonth", "2019.4", "2019-04"),
        ("yearmonth", "201912", "2019-12"),
    ],
)
def test_dates_and_times_are_made_iso(type_: str, given: str, clean: str) -> None:
    assert made(field(type_), given) == [clean]
    assert fine(field(type_), [given, clean]) == [True, True]
    assert made({"name": "a", "type": type_}, clean) == [clean]


@pytest.mark.parametrize(
    ("type_", "cell", "reason"),
    [
        ("time", "24:00:00", "'24:00:00' is not a time such as 09:30:00"),
        ("datetime", "2019-04-28", "'2019-04-28' is not a date with a time such as 2019-04-28T09:30:00"),
        ("datetime", "2019-02-30T09:30:00", None),
        ("datetime", "第一天 09:30", None),
        (
            "datetime",
            "2024-01-26T15:00:00-05:00",
            "'2024-01-26T15:00:00-05:00' is not a date with a time such as 2019-04-28T09:30:00; "
            "write it without the offset from UTC",
        ),
        ("year", "19", "'19' is not a year such as 2019"),
        ("year", "0000", None),
        ("yearmonth", "2019-13", "'2019-13' is not a month such as 2019-04"),
        ("yearmonth", "2019", None),
    ],
)
def test_what_is_no_date_or_time(type_: str, cell: str, reason: str | None) -> None:
    told = reasons(field(type_), [cell])[0]
    assert told == reason if reason else told.startswith(f"'{cell}' is not")


@pytest.mark.parametrize(
    ("type_", "bounds", "good", "bad"),
    [
        ("time", {"minimum": "9:00", "maximum": "17:30:00"}, ["9:00", "17:30"], ["8:59:59", "17:30:00.5"]),
        ("datetime", {"maximum": "2019-04-28 09:30"}, ["2019-04-28T09:30:00"], ["2019-04-28 9:30:00.001"]),
        ("year", {"minimum": 2000, "exclusiveMaximum": "2020"}, ["2000", "2019年"], ["1999", "2020"]),
        ("yearmonth", {"minimum": "2019-04"}, ["2019年4月", "2019.12"], ["2019.3"]),
    ],
)
def test_times_and_years_at_their_bounds(type_: str, bounds: dict[str, Any], good: list[str], bad: list[str]) -> None:
    assert fine(field(type_, **bounds), [*good, *bad]) == [True] * len(good) + [False] * len(bad)


@pytest.mark.parametrize(
    ("type_", "form", "given", "clean"),
    [
        ("date", "%d/%m/%Y", "1/2/2018", "2018-02-01"),
        ("date", "%Y-%d-%m", "2018-02-01", "2018-01-02"),
        ("date", "fmt:%m-%d-%Y", "02-01-2018", "2018-02-01"),
        ("date", "%Y年第%m月第%d日", "2018年第2月第1日", "2018-02-01"),
        ("date", "%d.%m.%Y %H:%M", "01.02.2018   9:05", "2018-02-01"),
        ("time", "%H点%M", "9点5", "09:05:00"),
        ("datetime", "100%% %Y%m%d%H%M%S", "100% 20180201090532", "2018-02-01T09:05:32"),
    ],
)
def test_dates_and_times_of_a_pattern(type_: str, form: str, given: str, clean: str) -> None:
    one = {"name": "a", "type": type_, "format": form}
    assert made(one, given) == [clean]
    assert fine(one, [given]) == [True]


def test_what_a_workbook_holds_is_iso_whatever_the_pattern() -> None:
    assert fine({"name": "a", "type": "date", "format": "%d/%m/%Y"}, ["2018-02-01", "31/02/2018", "2018.2.1"]) == [
        True,
        False,
        False,
    ]


# --- columns


def test_columns_headed_by_titles_get_their_names() -> None:
    one = schema({"name": "town", "title": "乡镇"}, {"name": "score", "title": " 得\n分 "}, {"name": "note"})
    assert one.rename(["乡镇", "得分", "note"]) == {"乡镇": "town", "得分": "score"}
    assert one.rename(["乡镇", "town", "note"]) == {}


def test_a_title_that_says_two_things_renames_nothing() -> None:
    both = schema({"name": "a", "title": "分"}, {"name": "b", "title": "分"})
    assert both.rename(["分"]) == {}
    assert both.rename(["a", "分"]) == {"分": "b"}
    assert schema({"name": "a", "title": "b"}, {"name": "b"}).rename(["b"]) == {}


@pytest.mark.parametrize(
    ("match", "columns", "told"),
    [
        ("exact", "a b c", []),
        ("exact", "b a c", ["column 1 is 'b', and the schema has 'a' there; its \"fieldsMatch\": \"equal\" allows"]),
        ("exact", "a b", ["no column 'c' of the schema"]),
        ("exact", "a b c d", ["the schema has no field 'd'"]),
        ("equal", "c b a", []),
        ("equal", "c b", ["no column 'a'"]),
        ("equal", "c b a x", ['no field \'x\'; the schema\'s "fieldsMatch": "subset" allows more columns']),
        ("subset", "x c b a", []),
        ("subset", "x c a", ["no column 'b'"]),
        ("superset", "a", []),
        ("superset", "a x", ['no field \'x\'; the schema\'s "fieldsMatch": "partial" allows more columns']),
        ("partial", "x a", []),
        ("partial", "x y", ["no column of the schema is there; its fields: a, b, c"]),
    ],
)
def test_how_columns_must_match(match: str, columns: str, told: list[str]) -> None:
    one = schema({"name": "a"}, {"name": "b"}, {"name": "c"}, fieldsMatch=match)
    if not told:
        one.require(columns.split(), "x.csv")
        return
    with pytest.raises(DataError) as caught:
        one.require(columns.split(), "x.csv")
    assert len(caught.value.lines) == len(told)
    for line, part in zip(caught.value.lines, told, strict=True):
        assert line.startswith("x.csv: ")
        assert part in line


def test_a_misspelt_column_is_told_with_the_nearest() -> None:
    one = schema({"name": "score", "title": "得分"}, {"name": "town"})
    with pytest.raises(DataError) as caught:
        one.require(["scor", "town"])
    assert caught.value.lines == [
        "no column 'score' ('得分') of the schema; nearest: scor",
    ]


def test_other_columns_may_be_there_if_nothing_else_is_said() -> None:
    schema({"name": "a"}, {"name": "b"}).require(["b", "note", "a"])
    with pytest.raises(DataError):
        schema({"name": "a"}, {"name": "b"}).require(["b", "note"])


def test_a_required_column_is_needed_where_others_may_be_left_out() -> None:
    one = schema(field(required=True), {"name": "b"}, {"name": "c"}, fieldsMatch="superset", primaryKey="b")
    with pytest.raises(DataError) as caught:
        one.require(["c"])
    assert [line.partition(" of")[0] for line in caught.value.lines] == ["no column 'a'", "no column 'b'"]


def test_rules_of_columns_that_are_not_there_are_passed_over() -> None:
    one = schema(field("number", minimum=1), {"name": "b", "type": "date"}, fieldsMatch="partial")
    assert [(name, list(rows)) for name, _, rows in one.broken(pl.DataFrame({"a": ["0", "1", "x"]}))] == [
        ("a", [2]),
        ("a", [0]),
    ]


# --- faults of descriptors

A = {"name": "a"}


def with_field(**properties: Any) -> dict[str, Any]:
    """A descriptor of one field."""
    return {"fields": [{"name": "a", **properties}]}


@pytest.mark.parametrize(
    ("descriptor", "line"),
    [
        (b"", ":1: it is empty"),
        (b'{\n"fields": [\n}', r":3: it is not JSON: expecting value, at character 1 of the line"),
        (b'{"fields": [{"name": "a"}]} x', ":1: it is not JSON: extra data"),
        ("字".encode("gb18030"), ":1: it is not UTF-8; a Table Schema is JSON in UTF-8"),
        (b"\n\xff", ":2: it is not UTF-8"),
        (b'{"fields": NaN}', ": it is not JSON: NaN is not a number"),
        (b'{"fields": [], "fields": []}', ": the property 'fields' is there twice in one object; leave one out"),
        (b'{"fields": [{"name": "\\ud800"}]}', r": '\\ud800' is half of a character"),
        (b"[" * 100_000, ": its lists and objects are nested too deeply"),
        ([A], ": a list is not a Table Schema, which is an object"),
        ({}, ": it has no fields, which a Table Schema must have"),
        ({"resources": []}, ": it has no fields, .*; take the schema of one of the package's resources"),
        ({"fields": []}, ": fields: the list is empty; name at least one of the fields"),
        ({"fields": {"a": 1}}, ": fields: an object is not a list of fields"),
        ({"fields": ["a"]}, r": fields: 'a', field 1, is not an object such as \{\"name\": \"town\"\}"),
        ({"fields": [A, {"title": "得分"}]}, r": field 2 has no name \(title '得分'\)"),
        ({"fields": [{"name": " "}]}, ": field 1: ' ' is not a name"),
        ({"fields": [{"name": 5}]}, ": field 1: 5 is not a name"),
        ({"fields": [{"name": "^a$"}]}, ": ^a$: a column cannot be called so; rename it".replace("^a$", r"\^a\$")),
        ({"fields": [A, A]}, ": a: the field is there twice; columns of a table have different names"),
        (with_field(title=5), ": a: title: 5 is not a text"),
        (with_field(type="intger"), ": a: type: 'intger' is not known; nearest: integer"),
        (with_field(type="Number"), ": a: type: 'Number' is not known; nearest: number"),
        (with_field(type="text"), ": a: type: 'text' is not known; nearest: string"),
        (with_field(type="geld"), ": a: type: 'geld' is not known; one of string, number, integer"),
        (with_field(type=["string", "null"]), ": a: type: a list is not the name of a type"),
        (with_field(type="geopoint"), ": a: type: fupin has no geopoints in its cells; declare .* string or any"),
        (with_field(type="string", format="emial"), ": a: format: the type string has no 'emial'; nearest: email"),
        (with_field(type="string", format="binary"), ": a: format: fupin has no binary cells"),
        (with_field(type="number", format="x"), ": a: format: the type number has no 'x'; one of default"),
        (with_field(type="date", format="%d/%m/%y"), ": a: format: %y in '%d/%m/%y' is not supported; .* %Y, %m, %d"),
        (with_field(type="date", format="%d/%m"), ": a: format: '%d/%m' has no %Y, which a date needs"),
        (with_field(type="date", format="%Y%Y%m%d"), ": a: format: %Y is there twice"),
        (with_field(type="number", bareNumber=False), ": a: bareNumber: fupin does not guess"),
        (with_field(type="number", bareNumber="no"), ": a: bareNumber: 'no' is not true or false"),
        (with_field(type="number", decimalChar="1"), ": a: decimalChar: '1' is not a mark"),
        (with_field(type="number", groupChar=""), ": a: groupChar: '' is not a mark"),
        (with_field(type="number", groupChar="."), ": a: decimalChar and groupChar are both '.'"),
        (with_field(type="boolean", trueValues=["0"]), ": a: '0' is among both trueValues and falseValues"),
        (with_field(type="boolean", trueValues=[1]), ': a: trueValues: 1 is not a text such as "1"'),
        (with_field(missingValues=[-99]), ': a: missingValues: -99 is not a text such as "-99"'),
        ({"fields": [A], "missingValues": "-"}, ": missingValues: '-' is not a list of texts"),
        ({"fields": [A], "missingValues": [{"label": "x"}]}, ": missingValues: an object is not a text"),
        ({"fields": [A], "primaryKey": "b"}, ": primaryKey: no field 'b'; fields: a"),
        ({"fields": [A], "primaryKey": 5}, ": primaryKey: 5 is not a list of names of fields"),
        ({"fields": [A], "uniqueKeys": []}, ": uniqueKeys: the list is empty"),
        ({"fields": [A], "uniqueKeys": ["a"]}, ": uniqueKeys: 'a' is not a list of names of fields"),
        ({"fields": [A], "uniqueKeys": [["a", "c"]]}, ": uniqueKeys: no field 'c'"),
        ({"fields": [A], "fieldsMatch": "exct"}, ": fieldsMatch: 'exct' is not known; nearest: exact"),
        ({"fields": [A], "fieldsMatch": 1}, ": fieldsMatch: 1 is not known; one of exact, equal"),
        ({"fields": [A], "foreignKeys": [{}]}, ": foreignKeys: not checked by a schema; .* --roster FILE"),
        (with_field(type="number", categories=[1]), ": a: categories do not suit the type number"),
        (with_field(type="string", categories=[]), ": a: categories: the list is empty"),
        (with_field(type="string", categories=["x"], constraints={"enum": ["y"]}), ": a: enum: 'y' is not among the"),
        (with_field(constraints=[]), ": a: constraints: a list is not an object"),
    ],
)
def test_a_fault_of_a_descriptor(descriptor: object, line: str) -> None:
    told = faults(descriptor)
    assert len(told) == 1
    assert re.match(f"schema.json{line}", told[0]), told[0]


@pytest.mark.parametrize(
    ("type_", "constraints", "message"),
    [
        ("number", {"minimun": 1}, "constraint 'minimun' is not known; nearest: minimum"),
        ("any", {"zzz": 1}, "constraint 'zzz' is not known; one of required, unique, enum"),
        ("string", {"minimum": 1}, "minimum does not suit the type string; it goes with integer, number, date"),
        ("any", {"maximum": 1}, "maximum does not suit the type any"),
        ("number", {"pattern": "a"}, "pattern does not suit the type number; it goes with string"),
        ("number", {"minLength": 1}, "minLength does not suit the type number; it goes with string"),
        ("any", {"jsonSchema": {}}, "jsonSchema does not suit the type any; it goes with array, object"),
        ("string", {"required": "true"}, "required: 'true' is not true or false, without quotation marks"),
        ("string", {"unique": 1}, "unique: 1 is not true or false"),
        ("number", {"minimum": "abc"}, "minimum: 'abc' is not a number; a number is digits"),
        ("number", {"minimum": True}, "minimum: true is not a value of the type number"),
        ("number", {"maximum": None}, "maximum: null is not a value of the type number"),
        ("number", {"minimum": ""}, "minimum: '' is not a value of the type number"),
        ("number", {"minimum": "NA"}, "minimum: 'NA' is not a number"),
        ("integer", {"minimum": 1.5}, "minimum: '1.5' is not a whole number"),
        ("integer", {"maximum": 10**15}, "maximum: '1000000000000000' is not a number; it has 16 digits"),
        ("date", {"minimum": 20190101}, 'minimum: 20190101 is not a value of the type date; write "20190101"'),
        ("date", {"minimum": "2019-02-30"}, "minimum: '2019-02-30' is a date that does not exist"),
        ("year", {"minimum": 19}, "minimum: '19' is not a year such as 2019"),
        ("number", {"minimum": 10, "maximum": 5}, "no value is between the minimum 10 and the maximum 5"),
        ("date", {"exclusiveMinimum": "2019-01-01", "maximum": "2019-01-01"}, "no value is between the exclusive"),
        ("string", {"minLength": -1}, "minLength: -1 is not a whole number of characters"),
        ("string", {"maxLength": "5"}, "maxLength: '5' is not a whole number of characters"),
        ("string", {"minLength": 5, "maxLength": 3}, "no text has the minLength 5 and the maxLength 3"),
        ("string", {"enum": []}, "enum: the list is empty; name at least one of the values"),
        ("string", {"enum": "x"}, "enum: 'x' is not a list of values"),
        ("string", {"enum": ["1", 2]}, 'enum: 2 is not a value of the type string; write "2"'),
        ("number", {"enum": [1, "x"]}, "enum: 'x' is not a number"),
        ("boolean", {"enum": ["yes"]}, "enum: 'yes' is neither true (true, True, TRUE, 1) nor false"),
        ("string", {"pattern": 5}, "pattern: 5 is not a regular expression in quotation marks"),
        ("string", {"pattern": "a(b"}, "pattern: 'a(b' cannot be matched: unclosed group"),
        ("string", {"pattern": "a)|(b"}, "pattern: 'a)|(b' cannot be matched: unopened group"),
        ("string", {"pattern": "(?=a)a"}, "pattern: '(?=a)a' cannot be matched: look-around"),
        ("string", {"pattern": r"(a)\1"}, r"pattern: '(a)\\1' cannot be matched: backreferences are not"),
        ("string", {"pattern": r"\i\c*"}, r"pattern: '\\i\\c*' cannot be matched: unrecognized escape"),
        ("string", {"pattern": "[a-z-[aeiou]]"}, "pattern: '[a-z-[aeiou]]' takes a class from another one"),
        ("string", {"pattern": "x{1000}{1000}"}, "pattern: 'x{1000}{1000}' cannot be matched: Compiled regex"),
    ],
)
def test_a_fault_of_a_constraint(type_: str, constraints: dict[str, Any], message: str) -> None:
    told = faults(with_field(type=type_, constraints=constraints))
    assert len(told) == 1
    assert told[0].replace("\\\\", "\\").startswith(f"schema.json: a: {message}".replace("\\\\", "\\"))


def test_a_constraint_of_a_field_without_a_type_says_so() -> None:
    assert faults(with_field(constraints={"minimum": 1}))[0].startswith(
        "schema.json: a: minimum does not suit a field without a type; it goes with integer"
    )


@pytest.mark.parametrize("number", [b"1e400", b"1e-999999999999", b"-1e999999999999999999", b"9" * 5000])
def test_a_bound_that_is_beyond_all_numbers_is_refused_at_once(number: bytes) -> None:
    data = b'{"fields": [{"name": "a", "type": "number", "constraints": {"maximum": %s}}]}' % number
    assert "is not a number" in faults(data)[0]


def test_all_faults_of_a_descriptor_are_told() -> None:
    told = faults(
        {
            "fields": [{"title": "x"}, {"name": "b", "type": "txt"}, {"name": "c", "constraints": {"min": 1}}],
            "primaryKey": ["d"],
            "fieldsMatch": "none",
        }
    )
    assert [line.removeprefix("schema.json: ").partition(" is ")[0].partition(" has ")[0] for line in told] == [
        "field 1",
        "primaryKey: no field 'd'; fields: b, c",
        "fieldsMatch: 'none'",
        "b: type: 'txt'",
        "c: constraint 'min'",
    ]


def test_a_byte_order_mark_and_the_first_version_are_taken() -> None:
    old = {"fields": [{"name": "a", "type": "date", "format": "fmt:%d.%m.%Y"}], "primaryKey": "a", "foreignKeys": []}
    assert schemas.read("old.json", b"\xef\xbb\xbf" + json.dumps(old).encode()).primary == ("a",)
    listed = schema(A, fieldsMatch=["subset"])
    assert listed.match == "subset"


# --- against a plain reference

CHECKS = {
    "minimum": operator.ge,
    "maximum": operator.le,
    "exclusiveMinimum": operator.gt,
    "exclusiveMaximum": operator.lt,
}


@st.composite
def decimals(draw: st.DrawFn, places: int = 18) -> str:
    """A number as contract §2 has it, often near to others."""
    whole = draw(st.integers(-3, 3) | st.integers(-(10**15) + 1, 10**15 - 1))
    digits = draw(st.sampled_from(["", "", ".0", ".5", f".{'0' * (places - 1)}1", f".{'9' * places}"]))
    return f"{whole}{digits if places else ''}"


@many
@given(st.data(), st.sampled_from(list(CHECKS)), st.sampled_from(["number", "integer"]), st.booleans())
def test_numbers_against_fractions(data: st.DataObject, constraint: str, type_: str, quoted: bool) -> None:
    bound = data.draw(decimals(18 if type_ == "number" else 0), "bound")
    cells = data.draw(st.lists(decimals() | st.just(bound), min_size=1), "cells")
    text = f'"{bound}"' if quoted else bound
    one = schemas.read(
        "schema.json",
        f'{{"fields": [{{"name": "a", "type": "{type_}", "constraints": {{"{constraint}": {text}}}}}]}}'.encode(),
    )
    right = [
        CHECKS[constraint](Fraction(cell), Fraction(bound)) and (type_ == "number" or Fraction(cell).denominator == 1)
        for cell in cells
    ]
    assert fine(one, cells) == right


@many
@given(st.lists(decimals(), min_size=1, max_size=5), st.lists(decimals(), min_size=1))
def test_enums_of_numbers_against_fractions(values: list[str], others: list[str]) -> None:
    cells = [*values, *others]
    one = schemas.read(
        "schema.json",
        f'{{"fields": [{{"name": "a", "type": "number", "constraints": {{"enum": [{", ".join(values)}]}}}}]}}'.encode(),
    )
    assert fine(one, cells) == [Fraction(cell) in map(Fraction, values) for cell in cells]


def iso(text: str) -> datetime.date | None:
    """The date that an ISO text stands for, if it does."""
    try:
        return datetime.date.fromisoformat(text)
    except ValueError:
        return None


near = st.dates(datetime.date(2019, 12, 1), datetime.date(2020, 3, 31)).map(datetime.date.isoformat)
far = st.dates().map(datetime.date.isoformat)
wrong = st.sampled_from(["2019-02-29", "2019-13-01", "2019-00-10"])


@many
@given(st.sampled_from(list(CHECKS)), near, st.lists(near | far | wrong, min_size=1))
def test_dates_against_python(constraint: str, bound: str, cells: list[str]) -> None:
    limit = datetime.date.fromisoformat(bound)
    right = [(day := iso(cell)) is not None and CHECKS[constraint](day, limit) for cell in cells]
    assert fine(field("date", **{constraint: bound}), cells) == right


words = st.text(st.sampled_from("ab甲乙𠮷.[$é\u0301"), min_size=1, max_size=6).filter(lambda word: word != "NA")


@many
@given(st.lists(words, min_size=1, max_size=4), st.lists(words, min_size=1))
def test_enums_of_texts_against_python(values: list[str], cells: list[str]) -> None:
    assert fine(field("string", enum=values), [*values, *cells]) == [cell in values for cell in [*values, *cells]]


@many
@given(st.integers(0, 6), st.integers(0, 6), st.lists(words, min_size=1))
def test_lengths_against_python(low: int, more: int, cells: list[str]) -> None:
    one = field("string", minLength=low, maxLength=low + more)
    assert fine(one, cells) == [low <= len(cell) <= low + more for cell in cells]


@many
@given(st.lists(words, min_size=1))
def test_a_pattern_of_a_literal_text_is_that_text(cells: list[str]) -> None:
    one = field("string", pattern=re.escape(cells[0]))
    assert fine(one, cells) == [cell == cells[0] for cell in cells]


@many
@given(st.lists(st.sampled_from("ab[]&~-^"), min_size=1, max_size=5), st.lists(st.sampled_from("ab[]&~-^c")))
def test_a_class_is_the_characters_in_it(inside: list[str], cells: list[str]) -> None:
    escaped = "".join(f"\\{char}" if char in "[]-^" else char for char in inside)
    assert fine(field("string", pattern=f"[{escaped}]"), cells) == [cell in inside for cell in cells]


@many
@given(st.binary(max_size=60) | st.text(max_size=60).map(str.encode))
def test_whatever_the_bytes_are_it_is_a_schema_or_a_fault(data: bytes) -> None:
    try:
        schemas.read("x.json", data)
    except DataError as error:
        assert all(line.startswith("x.json") for line in error.lines)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)
MODIFIERS = ["decimalChar", "groupChar", "bareNumber", "trueValues", "falseValues", "missingValues"]
properties = st.sampled_from(["name", "title", "type", "format", "constraints", "categories", *MODIFIERS])
constraint_names = st.sampled_from([*SUIT])
types = st.sampled_from([*TYPES])


@many
@given(st.data())
def test_whatever_a_property_holds_it_is_a_schema_or_a_fault(data: st.DataObject) -> None:
    of = {"name": "a", "type": data.draw(types)} | data.draw(st.dictionaries(properties, json_values, max_size=2))
    if "constraints" not in of:
        of["constraints"] = data.draw(st.dictionaries(constraint_names, json_values, max_size=2))
    top = st.sampled_from(["primaryKey", "uniqueKeys", "foreignKeys", "fieldsMatch", "missingValues", "$schema"])
    try:
        one = schema(of, **data.draw(st.dictionaries(top, json_values, max_size=2)))
    except DataError as error:
        assert all(line.startswith("schema.json: ") for line in error.lines)
    else:
        if one.fields[0].name == "a":
            reasons(one, ["x", "1", None, numbers.NOT_ASSESSED, "2019-04-28"])
