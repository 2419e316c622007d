"""Reports as pages of HTML: well-formed, of one piece, and nothing on them but what the board says."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from harness import TRICKY, fupin

pytestmark = pytest.mark.usefixtures("folder")

RANKED = """\
village,total,vetoed,veto_reason,rank,reward,previous_rank,change
东山村,92.50,false,,1,5000,3,2
西河村,90,false,,2,0,1,-1
南渡村,88,false,,3,-3000,,
北岭村,95,true,总分低于七十分,,,2,
"""
_EMPTY = {"meta", "link"}


class Element:
    """An element, what it holds, and its text as a browser would have it."""

    def __init__(self, tag: str, attributes: dict[str, str | None]) -> None:
        self.tag, self.attributes = tag, attributes
        self.children: list[Element] = []
        self.own = ""

    @property
    def text(self) -> str:
        return self.own + "".join(child.text for child in self.children)

    @property
    def classes(self) -> set[str]:
        return set((self.attributes.get("class") or "").split())

    def all(self, tag: str) -> list[Element]:
        found = [self] if self.tag == tag else []
        return [*found, *(one for child in self.children for one in child.all(tag))]


class Reader(HTMLParser):
    """Reads a page, all of whose elements have to be closed in order."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.open = [Element("", {})]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert len(dict(attrs)) == len(attrs)
        element = Element(tag, dict(attrs))
        self.open[-1].children.append(element)
        if tag not in _EMPTY:
            self.open.append(element)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop().tag == tag

    def handle_data(self, data: str) -> None:
        self.open[-1].own += data


def read(source: str) -> Element:
    reader = Reader()
    reader.feed(source)
    reader.close()
    assert len(reader.open) == 1
    return reader.open[0]


def page(board: str, *words: str) -> Element:
    """The page of a board, as a browser reads it."""
    result = fupin("report", *words, "-o", "out.html", stdin=board)
    assert (result.status, result.out, result.err) == (0, "", "")
    return read(Path("out.html").read_text("utf-8"))


def rows(tree: Element) -> list[list[str]]:
    """The cells of a page's rows, without what is folded."""
    found = [body.all("tr")[0] for body in tree.all("tbody")]
    return [[cell.own for cell in row.children] for row in found]


def test_a_page_shows_the_board() -> None:
    tree = page(
        RANKED,
        "--title",
        "结果",
        "--note",
        "注一",
        "--note",
        "注二",
        "--columns",
        "rank,village=村,total,change,reward",
    )
    assert [one.text for one in tree.all("h1")] == [one.text for one in tree.all("title")] == ["结果"]
    assert [one.text for one in tree.all("thead")[0].all("th")] == ["rank", "村", "total", "change", "reward"]
    assert rows(tree) == [
        ["1", "东山村", "92.50", "+2", "5000"],
        ["2", "西河村", "90", "-1", "0"],
        ["3", "南渡村", "88", "new", "-3000"],
        ["", "北岭村", "95", "", ""],
    ]
    assert [one.text for one in tree.all("footer")[0].all("p")] == ["注一", "注二"]


def test_prizes_penalties_vetoes_and_places_are_marked() -> None:
    tree = page(RANKED, "--columns", "village,change,reward")
    marks = [[cell.classes & {"good", "bad"} for cell in body.all("td")[:2]] for body in tree.all("tbody")]
    assert marks == [[{"good"}, {"good"}], [{"bad"}, set()], [{"good"}, {"bad"}], [set(), set()]]
    assert [body.classes for body in tree.all("tbody")] == [set(), set(), set(), {"out"}]
    assert [[one.text for one in body.all("span")] for body in tree.all("tbody")] == [[], [], [], ["vetoed"]]


def test_bars_are_as_long_as_the_numbers_are_large() -> None:
    tree = page("village,total,rank\n东山,80,1\n西河,20,2\n南桥,-5,3\n北岭,,\n")
    bars = [cell.attributes.get("style") for cell in tree.all("td") if cell.attributes.get("data-name") == "total"]
    assert bars == ["--share: 100%", "--share: 25%", "--share: 0%", None]
    assert not [cell for cell in page("village,total\n东山,80\n").all("td") if "bar" in cell.classes]
    assert [cell.own for cell in page("village,n\n东山,80\n", "--chart", "n").all("td") if "bar" in cell.classes] == [
        "80"
    ]


def test_what_changed_since_last_time() -> None:
    tree = page(RANKED)
    assert [one.text for one in tree.all("h2")] == ["Since last time"]
    assert [one.text for one in tree.all("li")] == ["Up: 东山村 +2 (3 → 1)", "Down: 西河村 -1 (1 → 2)", "New: 南渡村"]
    tree = page(RANKED, "--lang", "zh")
    assert [one.text for one in tree.all("li")] == [
        "上升：东山村 +2 (3 → 1)",
        "下降：西河村 -1 (1 → 2)",
        "新进排名：南渡村",
    ]
    same = page("village,rank,previous_rank,change\n东山,1,1,0\n")
    assert [one.text for one in same.all("p")] == ["No place has changed."]
    assert page("village,rank\n东山,1\n").all("h2") == []


def test_how_each_unit_came_to_its_figures_is_folded_below_it() -> None:
    Path("events.csv").write_text("village,points,source\n东山,1.5,第<5>期\n")
    Path("board.csv").write_text("village,field\n东山,80\n西河,75\n")
    words = ["deduct", "board.csv", "--events", "events.csv", "--full", "20", "--as", "routine"]
    words += ["then", "weight", "routine/20", "field/100:30%", "--as", "total", "then", "rank", "--by", "total"]
    assert fupin(*words, "then", "report", "-o", "out.html").status == 0
    tree = read(Path("out.html").read_text("utf-8"))
    assert rows(tree) == [["东山", "80", "18.5", "42.5", "1"], ["西河", "75", "20", "42.5", "1"]]
    for body, unit in zip(tree.all("tbody"), ["东山", "西河"], strict=True):
        told = body.all("details")[0]
        assert "open" not in told.attributes
        assert told.all("summary")[0].text == "How the figures came about"
        want = fupin("--explain", unit, *words).out
        assert f"{unit}\n\n{told.all('pre')[0].text}\n" == want
    assert "events.csv:2: points 1.5, source 第<5>期" in tree.text


def test_without_a_chain_the_other_columns_are_folded() -> None:
    tree = page("village,total,note\n东山,9,<b>\n西河,8,\n", "--columns", "village")
    lists = [[(one.tag, one.text) for one in body.all("dl")[0].children] for body in tree.all("tbody")]
    assert lists == [[("dt", "total"), ("dd", "9"), ("dt", "note"), ("dd", "<b>")], [("dt", "total"), ("dd", "8")]]
    assert page("village\n东山\n").all("details") == []


def test_a_unit_that_no_stage_has_seen_has_no_account() -> None:
    Path("board.csv").write_text("village,kind,n\n东山,一,1\n,一,2\n")
    Path("other.csv").write_text("village,n\n甲,1\n")
    words = ["rank", "other.csv", "--by", "n", "-o", "first.csv", "then", "report", "-i", "board.csv", "-o", "o.html"]
    assert fupin(*words).status == 0
    assert read(Path("o.html").read_text("utf-8")).all("pre") == []


def test_a_page_shows_every_sign_as_it_is() -> None:
    tree = page(
        TRICKY,
        "--title",
        "<b>&amp;",
        "--note",
        "</p><script>",
        "--columns",
        'village=" onclick="x,mark,code,reward,note',
    )
    assert rows(tree) == [
        ["=cmd|'/C calc'!A0", "1.50", "007", "5000", "<script>alert(1)</script>"],
        ["| a | b |", "0.3", "010", "-3000", r"*x* _y_ `z` [l](u) #1 ~s~ &amp; \n"],
        ["两\n行🙂", "91.123456789012", "1", "", "@SUM(1)"],
        ["-x", "12", "2", "0.5", "+1"],
    ]
    assert (tree.all("h1")[0].text, tree.all("footer")[0].all("p")[0].text) == ("<b>&amp;", "</p><script>")
    assert tree.all("th")[0].text == '" onclick="x'
    assert tree.all("script") == []
    assert page('"a\x01b"\n"c\x1bd"\n').all("th")[0].text == "ab"


def test_a_page_stands_alone() -> None:
    page(RANKED, "--title", "http://x.example/", "--by", "vetoed")
    source = Path("out.html").read_text("utf-8")
    tree = read(source)
    assert {
        one.tag for tag in ("script", "img", "iframe", "object", "form", "a", "svg", "base") for one in tree.all(tag)
    } == set()
    assert [one.attributes for one in tree.all("link")] == [{"rel": "icon", "href": "data:,"}]
    assert "default-src 'none'" in source
    assert re.findall(r"url\(|@import|src=", source) == []
    assert not [one for one in tree.all("td") if any(name.startswith("on") for name in one.attributes)]


def test_groups_have_sections() -> None:
    tree = page("village,kind,n\n东山,一,1\n西河,<二>,2\n", "--by", "kind", "--lang", "zh")
    assert [one.text for one in tree.all("h2")] == ["kind：一", "kind：<二>"]
    assert [one.attributes["aria-label"] for one in tree.all("div")] == ["kind：一", "kind：<二>"]
    assert tree.all("html")[0].attributes["lang"] == "zh-CN"


def test_an_empty_board_and_the_same_bytes() -> None:
    tree = page("village,n\n")
    assert tree.all("tbody") == []
    assert [one.text for one in tree.all("th")] == ["village", "n"]
    first = Path("out.html").read_bytes()
    page("village,n\n")
    assert Path("out.html").read_bytes() == first
