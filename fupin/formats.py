"""Formats of tables by the endings of file names: the one table that reading, writing and messages go by."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Literal

Format = Literal["csv", "tsv", "jsonl", "json", "parquet", "arrow"]
PACKED = (".gz", ".zst")
_FORMATS: dict[str, Format] = {
    ".csv": "csv",
    ".tsv": "tsv",
    ".tab": "tsv",
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
    ".json": "json",
    ".parquet": "parquet",
    ".arrow": "arrow",
    ".ipc": "arrow",
    ".feather": "arrow",
}
TYPED: tuple[Format, ...] = ("parquet", "arrow")
"""Formats whose columns have types."""
MARKS: dict[Format, str] = {"csv": ",", "tsv": "\t"}
"""What stands between cells."""
_OTHERS = frozenset(
    """
    .xlsx .xlsm .xlsb .xltx .xls .xlt .et .ett .ods .ots .fods .numbers .dbf .slk
    .docx .docm .dotx .doc .dot .wps .wpt .odt .fodt .rtf .pdf .ofd .ppt .pptx .dps .epub .tex
    .html .htm .mht .mhtml .xhtml .xml .svg .md .markdown
    .zip .rar .7z .tar .tgz .bz2 .xz .lz4 .br
    .png .jpg .jpeg .gif .bmp .tif .tiff .webp
    .db .sqlite .sqlite3 .duckdb .mdb .accdb .orc .avro .sav .dta .sas7bdat .rds .rdata .pkl .pickle .npy .npz .h5 .mat
    .yaml .yml .toml .ini .ics .fupin .py .sh
    """.split()  # noqa: SIM905 - they are read more easily so
)


def unpacked(name: str) -> str:
    """A file's name in small letters, without the ending of a packed one."""
    bare = name.lower()
    return os.path.splitext(bare)[0] if bare.endswith(PACKED) else bare


def of(name: str) -> Format:
    """The format of a file; whatever is not known is CSV."""
    return _FORMATS.get(Path(unpacked(name)).suffix, "csv")


def is_other(name: str) -> bool:
    """Whether a file's name has the ending of something that is no table."""
    return Path(unpacked(name)).suffix in _OTHERS


def is_table(name: str) -> bool:
    """Whether a file's name has the ending of a table."""
    return Path(unpacked(name)).suffix in _FORMATS
