"""From a contract to the code that keeps what it speaks of."""

from tandem.scaffold.storage.unsupported import Unsupported
from tandem.scaffold.storage.written import Written, write_service

__all__ = ["Unsupported", "Written", "write_service"]
