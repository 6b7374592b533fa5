"""Any OpenAPI document, ours or foreign, as one whole that knows where each of its parts was written."""

from tandem.spec.document.assembly import assemble
from tandem.spec.document.document import Document, Mistake, Place
from tandem.spec.document.loose import as_list, as_mapping, as_text
from tandem.spec.document.operations import Located, Operation, operations
from tandem.spec.document.shape import ALL_METHODS, COMPONENTS, Part, parts, walk

__all__ = [
    "ALL_METHODS",
    "COMPONENTS",
    "Document",
    "Located",
    "Mistake",
    "Operation",
    "Part",
    "Place",
    "as_list",
    "as_mapping",
    "as_text",
    "assemble",
    "operations",
    "parts",
    "walk",
]
