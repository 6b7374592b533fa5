"""Where services run in the cloud: the healthy instances that AWS Cloud Map knows."""

from __future__ import annotations

import asyncio
import itertools
import random
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import structlog

from tandem.kit.aws.clients import Cloud, code_of
from tandem.kit.discovery import NoAddress

if TYPE_CHECKING:
    from mypy_boto3_servicediscovery import ServiceDiscoveryClient

log = structlog.get_logger("tandem.discovery")


@dataclass
class _Known:
    """`turns` goes round the instances, from a place of its own in each process."""

    turns: Iterator[str]
    until: float


class CloudMap:
    """Asks at most once in `fresh_seconds` for each service, and by one caller, however many wait.

    While Cloud Map is away, what was last known stays in use: addresses change seldom, and the caller's breaker notices
    one that is gone. An answer without instances is an answer: nothing of the service runs.
    """

    def __init__(
        self, client: ServiceDiscoveryClient, namespace: str, scheme: str = "http", fresh_seconds: float = 5.0
    ) -> None:
        self._client = client
        self._namespace = namespace
        self._scheme = scheme
        self._fresh_seconds = fresh_seconds
        self._known: dict[str, _Known] = {}
        self._asking: dict[str, asyncio.Lock] = {}

    @classmethod
    def of(cls, cloud: Cloud, namespace: str) -> CloudMap:
        return cls(cloud.client("servicediscovery", read_timeout_seconds=1.0), namespace)

    async def resolve(self, service: str) -> str:
        known = self._known.get(service)
        if known is None or known.until < time.monotonic():
            known = await self._asked_once(service, known)
        return next(known.turns)

    async def _asked_once(self, service: str, before: _Known | None) -> _Known:
        """Who finds somebody asking already uses what was known before, or waits if there is nothing."""
        asking = self._asking.setdefault(service, asyncio.Lock())
        if before is not None and asking.locked():
            return before
        async with asking:
            latest = self._known.get(service)
            if latest is not None and latest is not before:
                return latest
            return await self._ask(service, before)

    async def _ask(self, service: str, before: _Known | None) -> _Known:
        from botocore.exceptions import BotoCoreError, ClientError

        try:
            found = await asyncio.to_thread(self._discover, service)
        except (BotoCoreError, ClientError) as error:
            if code_of(error) in {"ServiceNotFound", "NamespaceNotFound"}:
                raise NoAddress(f"Cloud Map knows no {service} in {self._namespace}.") from error
            log.warning("cloud map is away", service=service, error=code_of(error), known=before is not None)
            if before is None:
                raise NoAddress(f"There is no address for {service}: Cloud Map does not answer.") from error
            before.until = time.monotonic() + self._fresh_seconds
            return before
        if not found:
            self._known.pop(service, None)
            raise NoAddress(f"No healthy instance of {service} runs in {self._namespace}.")
        random.shuffle(found)
        known = self._known[service] = _Known(itertools.cycle(found), time.monotonic() + self._fresh_seconds)
        return known

    def _discover(self, service: str) -> list[str]:
        answer = self._client.discover_instances(
            NamespaceName=self._namespace, ServiceName=service, HealthStatus="HEALTHY", MaxResults=100
        )
        instances = [instance["Attributes"] for instance in answer["Instances"]]
        return [f"{self._scheme}://{one['AWS_INSTANCE_IPV4']}:{one['AWS_INSTANCE_PORT']}" for one in instances]
