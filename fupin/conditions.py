"""The small language of --when, --where and --for: an SQL boolean expression, compiled to Polars expressions.

A condition reads columns, compares exactly, knows three truth values, and can neither open a file nor run code
(contract §3). Grammar, loosest first::

    or         and (OR and)*
    and        not (AND not)*
    not        NOT not | predicate
    predicate  value [(= | <> | != | < | <= | > | >=) value | IS [NOT] NULL
                      | [NOT] (LIKE 'pattern' | IN (value, …) | BETWEEN value AND value)]
    value      product ((+ | -) product)*
    product    factor (* factor)*
    factor     number | 'text' | column | "column" | TEXT(column) | (or) | - factor | + factor
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Sequence
from fractions import Fraction
from typing import NamedTuple, NoReturn, TypeAlias

from fupin import numbers
from fupin.checks import Check, check, number_check, require_columns
from fupin.deferred import pl
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
_COMPARE: dict[str, Callable[[pl.Expr, pl.Expr], pl.Expr]] = {
    "=": lambda a, b: a == b,
    "<>": lambda a, b: a != b,
    "!=": lambda a, b: a != b,
    "<": lambda a, b: a < b,
    "<=": lambda a, b: a <= b,
    ">": lambda a, b: a > b,
    ">=": lambda a, b: a >= b,
}


class Condition(NamedTuple):
    """A parsed condition.

    Args:
        sql: as it was written.
        columns: the columns it reads.
        truth: true, false or null (unknown) for each row of a table of texts.
        numeric: the columns it reads as numbers.
        checks: what else must not happen, such as a product of too many digits.
    """

    sql: str
    columns: tuple[str, ...]
    truth: pl.Expr
    numeric: tuple[str, ...] = ()
    arithmetic: tuple[Check, ...] = ()

    def checks(self) -> list[Check]:
        """What a row must pass before its truth counts: numbers are numbers, and nothing is unknown."""
        return checks_of([self])

    def require(self, names: Iterable[str], file: str | None = None) -> None:
        """Make sure that a table has the columns.

        Raises:
            DataError: one is missing.
        """
        require_columns(self.columns, names, file)


Sql: TypeAlias = Condition | str
"""A condition, parsed or not."""


def checks_of(conditions: Sequence[Condition]) -> list[Check]:
    """What a row must pass before the truth of several conditions counts; a cell that is no number is told once."""
    are_numbers = {c: number_check(c, blank=True) for condition in conditions for c in condition.numeric}
    checks = list(are_numbers.values())
    for condition in conditions:
        own = [are_numbers[column].bad for column in condition.numeric]
        unknown = condition.truth.is_null() & ~pl.any_horizontal(pl.lit(False), *own)
        why = f"missing, so that the condition {condition.sql} is unknown"
        why += " (IS NULL and IS NOT NULL ask about missing cells)"
        checks += [*condition.arithmetic, *(Check(unknown & pl.col(c).is_null(), why, c) for c in condition.columns)]
    return checks


def truths(frame: pl.DataFrame, conditions: Sequence[Condition]) -> pl.DataFrame:
    """Whether conditions hold for the rows of a table.

    Args:
        frame: a table of texts.
        conditions: the conditions, parsed for numbers that are held.

    Returns:
        true or false in a column for each condition, called by its number.

    Raises:
        DataError: one is unknown for a row because a cell is missing, or a cell is not a number.
    """
    columns = list(dict.fromkeys(column for condition in conditions for column in condition.numeric))
    held, are_numbers = numbers.read_all(frame, columns)
    frame = frame.with_columns(quanta.alias(_held(quanta.name)) for quanta in held)
    found = [condition.truth.alias(str(i)) for i, condition in enumerate(conditions)]
    bad = [rule.bad.any() for condition in conditions for rule in condition.arithmetic]
    table = frame.select(*found, pl.any_horizontal(pl.lit(not are_numbers), *bad).alias("bad"))
    if table["bad"].any() or any(map(pl.Series.has_nulls, table)):
        check(frame, checks_of(conditions))
    return table.drop("bad")


def _held(column: str) -> str:
    """Where the numbers of a column are held that have been read."""
    return f"\0{column}\0"


class _Value(NamedTuple):
    """An operand: a column that takes the type of what it meets, a text, or a number."""

    kind: str  # "column", "text", "number", "truth"
    expr: pl.Expr
    column: str = ""
    products: int = 0  # how deep they are nested; each multiplies the size of the expression
    constant: int | None = None  # in quanta, if it is one


class _Parser:
    """A precedence parser over the words of one condition."""

    def __init__(self, sql: str, what: str, known: Collection[str], held: bool) -> None:
        self.sql = sql
        self.what = what
        self.known = known
        self.held = held
        self.tokens: list[tuple[str, str, int]] = []
        self.position = 0
        self.columns: dict[str, None] = {}
        self.numeric: dict[str, None] = {}
        self.arithmetic: list[Check] = []

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

    def parse(self) -> Condition:
        self.split()
        if len(self.tokens) == 1:
            raise Misuse(f"{self.what}: the condition is empty")
        truth = self.truth(self.any())
        if self.tokens[self.position][0] != "end":
            self.fail(f"'{self.tokens[self.position][1]}' is one word too many")
        if not self.columns:  # a constant, such as 1 = 1, is a truth for every row
            truth = truth & (pl.int_range(pl.len()) >= 0)
        return Condition(self.sql, tuple(self.columns), truth, tuple(self.numeric), tuple(self.arithmetic))

    def truth(self, value: _Value) -> pl.Expr:
        if value.kind != "truth":
            self.fail("a comparison is missing (write, for example, vetoed = 'true')")
        return value.expr

    def any(self) -> _Value:
        values = [self.all()]
        while self.take("OR"):
            values.append(self.all())
        return values[0] if len(values) == 1 else _Value("truth", pl.any_horizontal(map(self.truth, values)))

    def all(self) -> _Value:
        values = [self.negation()]
        while self.take("AND"):
            values.append(self.negation())
        return values[0] if len(values) == 1 else _Value("truth", pl.all_horizontal(map(self.truth, values)))

    def negation(self) -> _Value:
        if self.take("NOT"):
            return _Value("truth", ~self.truth(self.negation()))
        return self.predicate()

    def predicate(self) -> _Value:
        left = self.sum()
        if sign := self.take(*_COMPARE):
            first, second = self.same_type([left, self.sum()])
            return _Value("truth", _COMPARE[sign](first, second))
        if self.take("IS"):
            no = self.take("NOT")
            self.need("NULL")
            if left.kind == "truth":
                self.fail("IS NULL asks about a column")
            return _Value("truth", left.expr.is_not_null() if no else left.expr.is_null())
        no = self.take("NOT")
        if self.take("LIKE"):
            result = self.like(left)
        elif self.take("IN"):
            self.need("(")
            choices = [self.sum()]
            while self.take(","):
                choices.append(self.sum())
            self.need(")")
            first, *others = self.same_type([left, *choices])
            result = pl.any_horizontal(first == other for other in others)
        elif self.take("BETWEEN"):
            low = self.sum()
            self.need("AND")
            first, least, most = self.same_type([left, low, self.sum()])
            result = (first >= least) & (first <= most)
        elif no:
            self.fail("LIKE, IN or BETWEEN is missing after NOT")
        else:
            return left
        return _Value("truth", ~result if no else result)

    def like(self, left: _Value) -> pl.Expr:
        kind, pattern, _ = self.tokens[self.position]
        if kind != "text":
            self.fail("LIKE needs a pattern in single quotes")
        self.position += 1
        parts = {"%": ".*", "_": "."}
        regex = "".join(parts.get(c) or re.escape(c) for c in pattern)
        return self.as_text(left).str.contains(f"(?s)^(?:{regex})$")

    def same_type(self, values: list[_Value]) -> list[pl.Expr]:
        kinds = {value.kind for value in values} - {"column"}
        if "truth" in kinds:
            self.fail("a condition stands where a value is needed")
        if kinds == {"text", "number"}:
            self.fail("a text is compared with a number (put both in quotes, or neither)")
        if not kinds and any(value.column in self.known for value in values):
            kinds = {"number"}
        if not kinds:
            names = [value.column for value in values]
            if words := [name for name in names if name.lower() in ("true", "false")]:
                self.fail(f"{words[0]} is a text; write '{words[0]}' in single quotes")
            self.fail(
                f"are {' and '.join(names)} numbers ({names[0]} + 0) or texts (TEXT({names[0]}))?"
                f" A text that is no column stands in single quotes, '{names[-1]}',"
            )
        convert = self.as_number if kinds == {"number"} else self.as_text
        return [convert(value) for value in values]

    def as_text(self, value: _Value) -> pl.Expr:
        if value.kind in ("number", "truth"):
            self.fail("a text is needed")
        return value.expr

    def as_number(self, value: _Value) -> pl.Expr:
        if value.kind == "column":
            self.numeric[value.column] = None
            return pl.col(_held(value.column)) if self.held else numbers.read(value.column)
        if value.kind != "number":
            self.fail("a number is needed")
        return value.expr

    def sum(self) -> _Value:
        value = self.product()
        products = value.products
        result = None
        while sign := self.take("+", "-"):
            left = self.as_number(value) if result is None else result
            other = self.product()
            products = max(products, other.products)
            right = self.as_number(other)
            result = left + right if sign == "+" else left - right
        if result is None:
            return value
        why = f"{self.sql} makes a number of more than 15 digits before the point"
        self.arithmetic.append(Check(numbers.too_large(result), why))
        return _Value("number", result, products=products)

    def product(self) -> _Value:
        value = self.factor()
        while self.take("*"):
            other = self.factor()
            products = value.products + other.products + 1
            if products > _PRODUCTS:
                self.fail(f"more than {_PRODUCTS + 1} factors")
            result, inexact, large = self.times(value, other)
            self.arithmetic += [
                Check(inexact, f"{self.sql} makes a number of more than 18 decimals"),
                Check(large, f"{self.sql} makes a number of more than 15 digits before the point"),
            ]
            value = _Value("number", result, products=products)
        return value

    def times(self, left: _Value, right: _Value) -> tuple[pl.Expr, pl.Expr, pl.Expr]:
        one, other = self.as_number(left), self.as_number(right)
        if right.constant is not None:
            return numbers.times(one, right.constant)
        return numbers.product(one, other) if left.constant is None else numbers.times(other, left.constant)

    def factor(self) -> _Value:
        if sign := self.take("-", "+"):
            value = self.factor()
            number = self.as_number(value)
            if sign == "+":
                return _Value("number", number, products=value.products, constant=value.constant)
            constant = None if value.constant is None else -value.constant
            return _Value("number", numbers.whole(0) - number, products=value.products, constant=constant)
        if self.take("("):
            value = self.any()
            self.need(")")
            return value
        kind, word, _ = self.tokens[self.position]
        if kind == "number":
            constant = numbers.quanta(numbers.parse(word, self.what), self.what)
            self.position += 1
            return _Value("number", numbers.whole(constant), constant=constant)
        if kind not in ("word", "name", "text"):
            self.fail(f"a column, a number or a 'text' is missing before '{word}'")
        self.position += 1
        if kind == "text":
            return _Value("text", pl.lit(word, dtype=pl.String))
        if kind == "word" and self.take("("):
            if word.upper() != "TEXT":
                self.fail(f"{word}( ) is not known; there is no function but TEXT")
            kind, word, _ = self.tokens[self.position]
            if kind not in ("word", "name"):
                self.fail("TEXT( ) needs the name of a column")
            self.position += 1
            self.need(")")
            self.columns[word] = None
            return _Value("text", pl.col(word))
        self.columns[word] = None
        return _Value("column", pl.col(word), word)


def parse(sql: Sql, what: str = "--when", known: Collection[str] = (), held: bool = False) -> Condition:
    """Parse a condition.

    Args:
        sql: an SQL boolean expression over columns, as contract §3 has it; a parsed one stays as it is.
        what: the option it comes from, for messages.
        known: columns that are known to be of numbers.
        held: whether it is for `truths`, which reads the numbers of a column once for all conditions.

    Returns:
        the condition, ready for a table of texts.

    Raises:
        Misuse: it does not parse, or compares what cannot be compared.
    """
    if isinstance(sql, Condition):
        return sql
    try:
        return _Parser(sql, what, known, held).parse()
    except RecursionError:
        raise Misuse(f"{what}: the condition is nested too deeply") from None


def thresholds(condition: Condition, column: str) -> list[Fraction]:
    """The numbers that a condition compares a column with, such as 70 in `total < 70`."""
    parser = _Parser(condition.sql, "", (), held=False)
    parser.split()
    found = []
    for (kind, name, _), (_, sign, _), (behind, number, _) in zip(
        parser.tokens, parser.tokens[1:], parser.tokens[2:], strict=False
    ):
        if kind in ("word", "name") and name == column and sign in _COMPARE and behind == "number":
            found.append(Fraction(number))
    return found
