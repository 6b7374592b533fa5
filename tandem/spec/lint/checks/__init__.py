"""Importing them is what registers them."""

from tandem.spec.lint.checks import answers, documents, requests, shapes, texts

__all__ = ["answers", "documents", "requests", "shapes", "texts"]
