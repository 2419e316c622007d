"""Exact, explainable scoring of published assessment schemes."""

__version__ = "0.1.0"
