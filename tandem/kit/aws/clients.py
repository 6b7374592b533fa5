"""Clients that give up soon enough, and whose trouble is the caller's to repeat."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import structlog

from tandem.kit.problems import Unavailable

log = structlog.get_logger("tandem.aws")


@dataclass(frozen=True, slots=True)
class Cloud:
    """`endpoint_url` is for lookalikes; without it AWS itself is asked, with the credentials of the task."""

    region: str
    endpoint_url: str | None = None

    def client(self, service: str, read_timeout_seconds: float = 3.0, **options: Any) -> Any:
        """A boto3 client, which threads may share. It repeats what was throttled twice, with jitter."""
        # Imported here: boto3 takes 0.3 s and 30 MB, and nobody needs it on a laptop.
        import boto3
        from botocore.config import Config

        config = Config(
            connect_timeout=1,
            read_timeout=read_timeout_seconds,
            retries={"mode": "standard", "total_max_attempts": 3},
            # Cloud Map puts `data-` before the host, which no lookalike has.
            inject_host_prefix=self.endpoint_url is None,
            **options,
        )
        return boto3.client(service, region_name=self.region, endpoint_url=self.endpoint_url, config=config)  # type: ignore[call-overload]


@contextmanager
def translated(trouble: type[Unavailable], what: str) -> Iterator[None]:
    """Whatever boto3 raises becomes `trouble`; the log says what AWS said, the caller does not hear it."""
    from botocore.exceptions import BotoCoreError, ClientError

    try:
        yield
    except (BotoCoreError, ClientError) as error:
        log.warning("aws trouble", what=what, error=code_of(error), reason=str(error))
        raise trouble(f"{what} is not possible just now; try again shortly.") from error


def code_of(error: BaseException) -> str:
    """AWS's own code (`ThrottlingException`), or the kind of error that kept us from hearing one."""
    response: dict[str, Any] = getattr(error, "response", None) or {}
    code: str = response.get("Error", {}).get("Code", type(error).__name__)
    return code
