"""XML, of which workbooks are made."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from fupin.errors import DataError

PART = 1 << 22
"""So many bytes are looked at together."""


def elements(xml: bytes) -> list[tuple[str, Mapping[str, str]]]:
    """The elements of a small XML file and their attributes."""
    found: list[tuple[str, Mapping[str, str]]] = []
    parse([xml], lambda tag, attributes: found.append((local(tag), {local(k): v for k, v in attributes.items()})))
    return found


def local(name: str) -> str:
    """The name of an element or attribute without its prefix."""
    return name.rpartition(":")[2]


def parse(
    parts: Iterable[bytes],
    started: Callable[[str, Mapping[str, str]], object],
    ended: Callable[[str], object] | None = None,
    text: Callable[[str], object] | None = None,
) -> None:
    """Call these for the elements of an XML file and for what stands between them.

    Raises:
        DataError: it has a document type, by which a few bytes can stand for many, and no workbook has one.
    """
    from xml.parsers import expat

    def refuse(*_: object) -> None:
        raise DataError("an XML text with a document type, and no workbook")

    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartDoctypeDeclHandler = refuse
    parser.StartElementHandler = started
    parser.EndElementHandler = ended
    parser.CharacterDataHandler = text
    for part in parts:
        parser.Parse(part)
    parser.Parse(b"", True)
