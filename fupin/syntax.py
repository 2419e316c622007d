"""The small language of --when, --where and --for: an SQL boolean expression, parsed to a tree (contract §3).

Grammar, loosest first::

    or         and (OR and)*
    and        not (AND not)*
    not        NOT not | predicate
    predicate  value [(= | <> | != | < | <= | > | >=) value | IS [NOT] NULL
                      | [NOT] (LIKE 'pattern' | IN (value, …) | BETWEEN value AND value)]
    value      product ((+ | -) product)*
    product    factor (* factor)*
    factor     number | 'text' | column | "column" | TEXT(column) | (or) | - factor | + factor

In the tree each column is a number or a text, as what it is compared with says; IN and BETWEEN are comparisons that
are joined.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from fractions import Fraction
from typing import Literal, NamedTuple, NoReturn, TypeAlias

from fupin import numbers
from fupin.errors import Misuse

_TOKEN = re.compile(
    r"""\s*(?:(?P<number>[0-9]+(?:\.[0-9]*)?(?!\w)|\.[0-9]+)
      |(?P<word>\w+)
      |"(?P<name>(?:[^"]|"")+)"
      |'(?P<text>(?:[^']|'')*)'
      |(?P<sign><>|!=|<=|>=|--|==|&&|\|\||[=<>+\-*(),]))""",
    re.VERBOSE,
)
_NOT_SQL = {
    "--": "'--' begins a comment in SQL, which has no place here",
    "==": "write = and not ==",
    "&&": "write AND and not &&",
    "||": "write OR and not ||",
}
_PRODUCTS = 3
_KEYWORDS = {"AND", "OR", "NOT", "IS", "NULL", "LIKE", "IN", "BETWEEN"}
_COMPARE = ("=", "<>", "!=", "<", "<=", ">", ">=")


class Number(NamedTuple):
    """A constant number."""

    value: Fraction

    def __str__(self) -> str:
        return numbers.show(self.value)


class Text(NamedTuple):
    """A constant text."""

    value: str


class Column(NamedTuple):
    """A column; `kind` is nothing where it does not matter."""

    name: str
    kind: Literal["number", "text", ""] = ""

    def __str__(self) -> str:
        return self.name


class Negative(NamedTuple):
    """A number with its sign changed."""

    value: Value

    def __str__(self) -> str:
        return f"-{_in_brackets(self.value)}"


class Sum(NamedTuple):
    """Numbers that are added (`+`) or subtracted (`-`); the sign of the first is `+`."""

    terms: Sequence[tuple[str, Value]]

    def __str__(self) -> str:
        (_, first), *others = self.terms
        return " ".join([str(first), *(f"{sign} {_in_brackets(term)}" for sign, term in others)])


class Product(NamedTuple):
    """Two numbers that are multiplied."""

    left: Value
    right: Value

    def __str__(self) -> str:
        return f"{_in_brackets(self.left)} * {_in_brackets(self.right)}"


class Comparison(NamedTuple):
    """Two numbers, or two texts, that are compared."""

    sign: str
    left: Value
    right: Value
    numeric: bool


class Missing(NamedTuple):
    """Whether a value is missing."""

    value: Value


class Like(NamedTuple):
    """Whether a text fits a pattern, which is a regular expression here."""

    value: Value
    pattern: str


class Joined(NamedTuple):
    """Conditions of which all hold (`AND`) or any (`OR`)."""

    sign: Literal["AND", "OR"]
    parts: Sequence[Truth]


class Not(NamedTuple):
    """A condition that does not hold."""

    part: Truth


Value: TypeAlias = Number | Text | Column | Negative | Sum | Product
Truth: TypeAlias = Comparison | Missing | Like | Joined | Not
Node: TypeAlias = Value | Truth


def _in_brackets(value: Value) -> str:
    """A value as a part of a larger one."""
    return f"({value})" if isinstance(value, Sum | Negative) else str(value)


def parts(node: Node) -> Sequence[Node]:
    """The parts of a node, from left to right."""
    match node:
        case Sum(terms):
            return [term for _, term in terms]
        case Product(left, right) | Comparison(_, left, right, _):
            return [left, right]
        case Joined(_, joined):
            return joined
        case Negative(one) | Missing(one) | Like(one, _) | Not(one):
            return [one]
    return []


def walk(node: Node) -> Iterator[Node]:
    """A node and all below it, from left to right."""
    waiting = [node]
    while waiting:
        one = waiting.pop()
        yield one
        waiting += reversed(parts(one))


class _Parsed(NamedTuple):
    """A piece of a condition, and what it may be joined with."""

    kind: Literal["column", "text", "number", "truth"]
    node: Node
    products: int = 0  # how deep they are nested; each multiplies the size of the expression


class _Parser:
    """A precedence parser over the words of one condition."""

    def __init__(self, sql: str, what: str, known: Collection[str]) -> None:
        self.sql = sql
        self.what = what
        self.known = known
        self.tokens: list[tuple[str, str, int]] = []
        self.position = 0

    def fail(self, why: str, at: int | None = None) -> NoReturn:
        place = self.tokens[self.position][2] if at is None else at
        raise Misuse(f"{self.what}: {self.sql}: {why} at character {place + 1}")

    def split(self) -> None:
        position, end = 0, len(self.sql.rstrip())
        while position < end:
            match = _TOKEN.match(self.sql, position)
            if not match:
                at = position + len(self.sql[position:]) - len(self.sql[position:].lstrip())
                quote = self.sql[at] in "'\""
                self.fail("a quotation mark is not closed" if quote else f"'{self.sql[at]}' means nothing", at)
            kind = match.lastgroup or ""
            word, start = match[kind], match.start(kind) - (kind in ("name", "text"))
            if kind == "word" and word.upper() in _KEYWORDS:
                kind, word = "keyword", word.upper()
            if word in _NOT_SQL:
                self.fail(_NOT_SQL[word], start)
            quote_mark = {"name": '"', "text": "'"}.get(kind, "")
            self.tokens.append((kind, word.replace(quote_mark * 2, quote_mark) if quote_mark else word, start))
            position = match.end()
        self.tokens.append(("end", "the end", end))

    def take(self, *words: str) -> str:
        """The next keyword or sign if it is one of these, else nothing."""
        kind, word, _ = self.tokens[self.position]
        if kind in ("keyword", "sign") and word in words:
            self.position += 1
            return word
        return ""

    def need(self, word: str) -> None:
        if not self.take(word):
            self.fail(f"{word} is missing before '{self.tokens[self.position][1]}'")

    def parse(self) -> Truth:
        self.split()
        if len(self.tokens) == 1:
            raise Misuse(f"{self.what}: the condition is empty")
        truth = self.truth(self.any())
        if self.tokens[self.position][0] != "end":
            self.fail(f"'{self.tokens[self.position][1]}' is one word too many")
        return truth

    def truth(self, value: _Parsed) -> Truth:
        if value.kind != "truth":
            self.fail("a comparison is missing (write, for example, vetoed = 'true')")
        return value.node  # type: ignore[return-value]

    def any(self) -> _Parsed:
        values = [self.all()]
        while self.take("OR"):
            values.append(self.all())
        return values[0] if len(values) == 1 else _Parsed("truth", Joined("OR", [self.truth(one) for one in values]))

    def all(self) -> _Parsed:
        values = [self.negation()]
        while self.take("AND"):
            values.append(self.negation())
        return values[0] if len(values) == 1 else _Parsed("truth", Joined("AND", [self.truth(one) for one in values]))

    def negation(self) -> _Parsed:
        if self.take("NOT"):
            return _Parsed("truth", Not(self.truth(self.negation())))
        return self.predicate()

    def predicate(self) -> _Parsed:
        left = self.sum()
        if sign := self.take(*_COMPARE):
            return _Parsed("truth", self.compared(left, [(sign, self.sum())])[0])
        if self.take("IS"):
            no = self.take("NOT")
            self.need("NULL")
            if left.kind == "truth":
                self.fail("IS NULL asks about a column")
            missing = Missing(left.node)  # type: ignore[arg-type]
            return _Parsed("truth", Not(missing) if no else missing)
        no = self.take("NOT")
        result: Truth
        if self.take("LIKE"):
            result = self.like(left)
        elif self.take("IN"):
            self.need("(")
            choices = [("=", self.sum())]
            while self.take(","):
                choices.append(("=", self.sum()))
            self.need(")")
            result = Joined("OR", self.compared(left, choices))
        elif self.take("BETWEEN"):
            low = self.sum()
            self.need("AND")
            result = Joined("AND", self.compared(left, [(">=", low), ("<=", self.sum())]))
        elif no:
            self.fail("LIKE, IN or BETWEEN is missing after NOT")
        else:
            return left
        return _Parsed("truth", Not(result) if no else result)

    def like(self, left: _Parsed) -> Like:
        kind, pattern, _ = self.tokens[self.position]
        if kind != "text":
            self.fail("LIKE needs a pattern in single quotes")
        self.position += 1
        signs = {"%": ".*", "_": "."}
        regex = "".join(signs.get(c) or re.escape(c) for c in pattern)
        return Like(self.as_text(left), f"(?s)^(?:{regex})$")

    def compared(self, left: _Parsed, others: Sequence[tuple[str, _Parsed]]) -> list[Comparison]:
        """A value compared with others, all of one type."""
        values = [left, *(value for _, value in others)]
        kinds = {value.kind for value in values} - {"column"}
        if "truth" in kinds:
            self.fail("a condition stands where a value is needed")
        if kinds == {"text", "number"}:
            self.fail("a text is compared with a number (put both in quotes, or neither)")
        if not kinds and any(isinstance(value.node, Column) and value.node.name in self.known for value in values):
            kinds = {"number"}
        if not kinds:
            names = [str(value.node) for value in values]
            if words := [name for name in names if name.lower() in ("true", "false")]:
                self.fail(f"{words[0]} is a text; write '{words[0]}' in single quotes")
            self.fail(
                f"are {' and '.join(names)} numbers ({names[0]} + 0) or texts (TEXT({names[0]}))?"
                f" A text that is no column stands in single quotes, '{names[-1]}',"
            )
        numeric = kinds == {"number"}
        first, *converted = map(self.as_number if numeric else self.as_text, values)
        return [Comparison(sign, first, one, numeric) for (sign, _), one in zip(others, converted, strict=True)]

    def as_text(self, value: _Parsed) -> Value:
        if value.kind in ("number", "truth"):
            self.fail("a text is needed")
        node = value.node
        return Column(node.name, "text") if isinstance(node, Column) else node  # type: ignore[return-value]

    def as_number(self, value: _Parsed) -> Value:
        node = value.node
        if value.kind == "column":
            return Column(node.name, "number")  # type: ignore[union-attr]
        if value.kind != "number":
            self.fail("a number is needed")
        return node  # type: ignore[return-value]

    def sum(self) -> _Parsed:
        value = self.product()
        products = value.products
        terms: list[tuple[str, Value]] = []
        while sign := self.take("+", "-"):
            terms = terms or [("+", self.as_number(value))]
            other = self.product()
            products = max(products, other.products)
            terms.append((sign, self.as_number(other)))
        return _Parsed("number", Sum(terms), products) if terms else value

    def product(self) -> _Parsed:
        value = self.factor()
        while self.take("*"):
            other = self.factor()
            products = value.products + other.products + 1
            if products > _PRODUCTS:
                self.fail(f"more than {_PRODUCTS + 1} factors")
            value = _Parsed("number", Product(self.as_number(value), self.as_number(other)), products)
        return value

    def factor(self) -> _Parsed:
        if sign := self.take("-", "+"):
            value = self.factor()
            number = self.as_number(value)
            if sign == "-":
                number = Number(-number.value) if isinstance(number, Number) else Negative(number)
            return _Parsed("number", number, value.products)
        if self.take("("):
            value = self.any()
            self.need(")")
            return value
        kind, word, _ = self.tokens[self.position]
        if kind == "number":
            constant = numbers.parse(word, self.what)
            numbers.quanta(constant, self.what)
            self.position += 1
            return _Parsed("number", Number(constant))
        if kind not in ("word", "name", "text"):
            self.fail(f"a column, a number or a 'text' is missing before '{word}'")
        self.position += 1
        if kind == "text":
            return _Parsed("text", Text(word))
        if kind == "word" and self.take("("):
            if word.upper() != "TEXT":
                self.fail(f"{word}( ) is not known; there is no function but TEXT")
            kind, word, _ = self.tokens[self.position]
            if kind not in ("word", "name"):
                self.fail("TEXT( ) needs the name of a column")
            self.position += 1
            self.need(")")
            return _Parsed("text", Column(word, "text"))
        return _Parsed("column", Column(word))


def parse(sql: str, what: str, known: Collection[str] = ()) -> Truth:
    """Parse a condition.

    Args:
        sql: an SQL boolean expression over columns.
        what: the option it comes from, for messages.
        known: columns that are known to be of numbers.

    Raises:
        Misuse: it does not parse, or compares what cannot be compared.
    """
    return _Parser(sql, what, known).parse()
