"""Encodings: the bytes of an office's file as UTF-8, or the line that cannot be read and how it would read.

Nothing is guessed by statistics (contract §7): `auto` is UTF-8, and where that is not what it is, strict GB18030.
"""

from __future__ import annotations

import codecs
import contextlib
import io
import re
from pathlib import Path
from typing import IO, NoReturn

from fupin import spool, structure
from fupin.errors import DataError, Fault, Misuse, hint
from fupin.spool import Data, temporary

AUTO = "auto"
_PART = 1 << 22
_NO_TEXTS = ("unicode_escape", "raw_unicode_escape", "idna", "punycode", "undefined")
_USUAL = ("utf-8", "gb18030", "gbk", "gb2312", "big5", "utf-16", "cp936", "cp950", "latin-1", AUTO)


def check_name(encoding: str) -> str:
    """The name of an encoding, if it is one.

    Raises:
        Misuse: it is not.
    """
    try:
        if encoding == AUTO:
            return encoding
        found = codecs.lookup(encoding)
        if found._is_text_encoding and found.name.replace("-", "_") not in _NO_TEXTS:
            return encoding
    except (LookupError, ValueError):
        pass
    raise Misuse(f"--encoding: '{encoding}' is no encoding of texts{hint(encoding, _USUAL, 'usual ones')}")


def decode(name: str, data: Data, encoding: str, keep: contextlib.ExitStack) -> Data:
    """A text in UTF-8.

    Args:
        name: the file, for messages.
        data: its bytes.
        encoding: what they are encoded in; `auto` is UTF-8, else strict GB18030.
        keep: keeps temporary files.

    Raises:
        DataError: bytes are not what the encoding says; the line is named, and how it would read.
    """
    with spool.opened(data) as file:
        start = file.read(4)
    kind = structure.kind_of(start)
    wide = re.search("UTF-(16|32)", kind)
    said = "" if encoding == AUTO else codecs.lookup(encoding).name
    if kind and not (wide and said.startswith(wide[0].lower())):
        how = f" (--encoding {wide[0].lower()})" if wide else ""
        raise DataError(Fault(f"{kind}, and no CSV{how}", file=name))
    if encoding != AUTO and codecs.lookup(encoding).name == "utf-8":
        return data  # whoever reads it finds bytes that are not UTF-8
    if encoding != AUTO:
        return _decoded(name, data, encoding, keep)
    try:
        return _decoded(name, data, "utf-8", keep)
    except DataError as error:
        with contextlib.suppress(DataError):
            return _decoded(name, data, "gb18030", keep)
        raise error from None


def check_utf8(name: str, data: Data) -> None:
    """Make sure that a text is UTF-8.

    Raises:
        DataError: it is not; the line is named, and how it would read.
    """
    with contextlib.ExitStack() as keep:
        _decoded(name, data, "utf-8", keep)


def _decoded(name: str, data: Data, encoding: str, keep: contextlib.ExitStack) -> Data:
    """A text in one encoding as UTF-8, a part at a time; UTF-8 is only looked at."""
    decoder = codecs.getincrementaldecoder(encoding)()
    same = codecs.lookup(encoding).name == "utf-8"
    out: IO[bytes] = io.BytesIO() if isinstance(data, bytes) else temporary(keep)
    lines = 1
    with spool.opened(data) as file:
        last = False
        while not last:
            part = file.read(_PART)
            last = len(part) < _PART
            try:
                text = decoder.decode(part, last)
            except UnicodeDecodeError as error:
                refuse(name, encoding, error, lines)
            lines += text.count("\n")
            if not same:
                out.write(text.encode())
    if same:
        return data
    if isinstance(out, io.BytesIO):
        return out.getvalue()
    out.flush()
    return Path(out.name)


def refuse(name: str, encoding: str, error: UnicodeDecodeError, lines: int) -> NoReturn:
    """Name the line that cannot be decoded, and show how it would read."""
    before = error.object[: error.start].decode(encoding, "replace")
    start = error.object.rfind(b"\n", 0, error.start) + 1
    end = error.object.find(b"\n", error.start)
    line = error.object[start : end if end >= 0 else len(error.object)].rstrip(b"\r")
    culprit = " ".join(f"{byte:02X}" for byte in error.object[error.start : error.start + 2])
    told = f"bytes that are not {encoding.upper()} ({culprit})"
    for other in ("gb18030", "utf-8"):
        with contextlib.suppress(UnicodeDecodeError):
            if other != codecs.lookup(encoding).name:
                read = line.decode(other)
                if not read.isprintable():
                    break
                told += f"; in {other.upper()} the line reads '{read[:40]}{'…' if len(read) > 40 else ''}'"
                told += f" (--encoding {other})"
                break
    raise DataError(Fault(told, file=name, line=lines + before.count("\n")))
