"""Typed clients made from the contracts: TypeScript on fetch, Python on httpx."""

from tandem.spec.clients.python import python_client
from tandem.spec.clients.selection import Selection, select
from tandem.spec.clients.typescript import NodeTools, NotGenerated, typescript_client

__all__ = ["NodeTools", "NotGenerated", "Selection", "python_client", "select", "typescript_client"]
