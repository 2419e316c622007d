"""JSON lines: an object on each line, whose values become cells."""

from __future__ import annotations

import json
from collections.abc import Iterator

from fupin import decoding, structure
from fupin.deferred import pl
from fupin.errors import DataError, Fault
from fupin.sheets import BLANK, PART, Broken, Part, Sheet, left_out, no_rows
from fupin.spool import Data

_QUOTED_OR_NUMBER = r'("(?:[^"\\]|\\.)*")|(-?[0-9][0-9.eE+-]*)'


def sheet(name: str, data: Data) -> Sheet:
    """A file of JSON lines as a sheet whose columns are the names of all objects, in the order they are met.

    Args:
        name: the file, for messages.
        data: its bytes, in UTF-8.

    Raises:
        DataError: no line is an object.
    """
    columns: dict[str, None] = {}
    for lines in _batches(name, data):
        objects, _ = _objects(lines)
        if objects.height:
            decoded = objects["text"].str.json_decode(infer_schema_length=None)
            columns |= dict.fromkeys(decoded.struct.fields)
    if not columns:
        empty = structure.nothing(name) if not data else DataError(Fault("no line is a JSON object", file=name))
        raise empty
    return Sheet(name, list(columns), lambda: _parts(name, data, list(columns)))


def _batches(name: str, data: Data) -> Iterator[pl.DataFrame]:
    """The lines, some at a time; numbers as texts, so that no digit of theirs is lost.

    Raises:
        DataError: one is longer than any line of a table.
    """
    if not data:
        return
    scanned = pl.scan_lines(data, name="came", row_index_name="line", row_index_offset=1, glob=False)
    text = pl.col("came").str.strip_prefix("\ufeff").str.strip_chars()
    quoted = text.str.replace_all(_QUOTED_OR_NUMBER, "${1}\x01${2}\x02").str.replace_all("\x01\x02", "", literal=True)
    for lines in _read(name, data, scanned):
        long = lines.filter(pl.col("came").str.len_bytes() > structure.LONGEST)
        if long.height:
            raise DataError(Fault(structure.TOO_LONG, file=name, line=long["line"][0]))
        yield lines.select(pl.col("line").cast(pl.Int64), "came", text=quoted.str.replace_all("[\x01\x02]", '"'))


def _read(name: str, data: Data, scanned: pl.LazyFrame) -> Iterator[pl.DataFrame]:
    """The lines of a file.

    Raises:
        DataError: it is not UTF-8; the line is named, and how it would read.
    """
    try:
        yield from scanned.collect_batches(chunk_size=PART, maintain_order=True)
    except pl.exceptions.ComputeError:
        decoding.check_utf8(name, data)
        raise


def _objects(lines: pl.DataFrame) -> tuple[pl.DataFrame, list[Broken]]:
    """The lines that are objects of cells, and those that are not."""
    lines = lines.filter(pl.col("text") != "")
    simple = lines["text"].str.contains(r"^\{[^\[{]*\}$")
    try:
        if simple.all():
            lines["text"].str.json_decode(infer_schema_length=None)
            return lines, []
    except pl.exceptions.PolarsError:
        pass
    broken = []
    for line, came, text in lines.rows():
        if why := _why_not(text):
            broken.append(Broken(line, [], came, why))
    return lines.filter(~pl.col("line").is_in([row.line for row in broken])), broken


def _why_not(text: str) -> str:
    """Why a text is no object of cells; nothing if it is."""
    try:
        found = json.loads(text)
    except ValueError as error:
        return f"not JSON ({error})"
    if not isinstance(found, dict):
        return "no JSON object"
    nested = next((key for key, value in found.items() if isinstance(value, dict | list)), None)
    return (
        ""
        if nested is None
        else f"'{nested}' holds {json.dumps(found[nested], ensure_ascii=False)[:40]}, which is no cell"
    )


def _parts(name: str, data: Data, columns: list[str]) -> Iterator[Part]:
    """The rows, a part at a time."""
    for lines in _batches(name, data):
        objects, broken = _objects(lines)
        left = left_out(lines.filter(pl.col("text") == "")["line"], BLANK)
        if not objects.height:
            yield Part(no_rows(len(columns)), broken, left)
            continue
        kind = pl.Struct(dict.fromkeys(columns, pl.String))
        cells = objects["text"].str.json_decode(kind).struct.unnest()
        rows = cells.rename({column: str(i) for i, column in enumerate(columns)})
        yield Part(rows.with_columns(objects["line"].alias("\0line")), broken, left)
