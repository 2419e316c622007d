"""Polars, imported when it is first used: `fupin --help` and completion do without its 0.1 seconds."""

from __future__ import annotations

from types import ModuleType
from typing import TYPE_CHECKING, Any

__all__ = ["pl"]

if TYPE_CHECKING:
    import polars as pl
else:

    class _Deferred(ModuleType):
        def __getattr__(self, name: str) -> Any:
            import signal

            import polars

            if hasattr(signal, "siginterrupt"):  # Polars makes an interrupted read start again
                signal.siginterrupt(signal.SIGINT, True)
            value = getattr(polars, name)
            setattr(self, name, value)
            return value

    pl = _Deferred("polars")
