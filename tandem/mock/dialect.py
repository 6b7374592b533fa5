"""The mock reads OpenAPI 3.0 in the words of 3.1, as the rest of Tandem does."""

from tandem.spec.document.dialect import modernised

__all__ = ["modernised"]
