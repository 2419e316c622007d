"""Exact, explainable scoring of published assessment schemes."""

import importlib.util
import sys

__version__ = "0.1.0"


def _defer(name: str) -> None:
    """Import a module when it is first used: `fupin --help` and completion need no Polars."""
    spec = importlib.util.find_spec(name)
    if spec is None or spec.loader is None or name in sys.modules:
        return
    spec.loader = importlib.util.LazyLoader(spec.loader)
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)


if "polars" not in sys.modules:
    _defer("polars")
