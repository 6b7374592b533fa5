"""Events over SNS and SQS: a FIFO topic for each service that says something, a FIFO queue for each that hears.

The subject is the message group, so SQS itself keeps the order of a subject; the event's id is the deduplication id.
Subscriptions filter by the attribute `type` and deliver raw.
"""

from __future__ import annotations

import asyncio
import contextlib
import math
import time
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

from tandem.kit.aws.clients import Cloud, code_of, translated
from tandem.kit.events.envelope import Event
from tandem.kit.events.transport import Delivery, Depth, Transport
from tandem.kit.problems import Unavailable

if TYPE_CHECKING:
    from mypy_boto3_sns import SNSClient
    from mypy_boto3_sns.type_defs import PublishBatchRequestEntryTypeDef
    from mypy_boto3_sqs import SQSClient

_T = TypeVar("_T")
_MOST_PER_BATCH = 10
# A receiver that is told to stop ends within this time, and SQS is asked this often.
_POLL_SECONDS = 1.0
_MESSAGES_REMEMBERED = 10_000
_LONGEST_VISIBILITY_SECONDS = 43_200
# How SQS says that a receipt is no longer the latest, or its message gone.
_LEASE_LOST = {"ReceiptHandleIsInvalid", "InvalidParameterValue", "MessageNotInflight"}


class EventsUnavailable(Unavailable):
    """SNS or SQS cannot be asked."""


@dataclass(frozen=True, slots=True)
class Queue:
    """Addresses of a queue and of its dead letters."""

    url: str
    dead_letters_url: str


@dataclass(frozen=True, slots=True)
class _Held:
    message_id: str
    group: str


class SnsSqsTransport(Transport):
    """`topic` is the ARN this service speaks to; `queues` are those it hears, by name.

    SQS counts every receive, whosever fault it was, and cannot be told to forget one. So attempts are counted here, by
    the process, and the queue's own `maxReceiveCount` is only for events that kill whoever takes them: set it high.
    """

    def __init__(self, cloud: Cloud, topic: str | None, queues: Mapping[str, Queue], lease_seconds: float = 30) -> None:
        self._cloud = cloud
        self._topic = topic
        self._queues = queues
        self._lease_seconds = math.ceil(lease_seconds)
        self._held: dict[str, _Held] = {}
        self._attempts: OrderedDict[str, int] = OrderedDict()
        self._clients: tuple[SNSClient, SQSClient] | None = None

    async def open(self) -> None:
        # The first client of a process takes 0.3 s, which no event should wait for.
        self._clients = await asyncio.to_thread(
            lambda: (self._cloud.client("sns"), self._cloud.client("sqs", max_pool_connections=20))
        )

    async def close(self) -> None:
        if self._clients is not None:
            for client in self._clients:
                client.close()
            self._clients = None

    async def publish(self, events: Sequence[Event]) -> None:
        """Raises EventsUnavailable; what was taken before is dropped by its id when it is said again."""
        if self._topic is None:
            raise RuntimeError("this service has no topic to speak to: by contracts/events.yaml it has nothing to say")
        waiting = list(events)
        while waiting:
            batch = _next_batch(waiting)
            await asyncio.to_thread(self._publish, self._topic, batch)
            taken = {event.id for event in batch}
            waiting = [event for event in waiting if event.id not in taken]

    async def receive(self, queue: str, limit: int, wait_seconds: float) -> list[Delivery]:
        give_up = time.monotonic() + wait_seconds
        while True:
            left = max(0.0, give_up - time.monotonic())
            polled = asyncio.ensure_future(self._poll(queue, limit, min(left, _POLL_SECONDS)))
            try:
                deliveries = await asyncio.shield(polled)
            except asyncio.CancelledError:
                await self._give_back_all(polled)
                raise
            if deliveries or time.monotonic() >= give_up:
                return deliveries

    async def acknowledge(self, delivery: Delivery) -> None:
        if self._held.get(str(delivery.receipt)) is not None:
            await self._ask(self._delete, delivery)
            self._let_go(delivery)

    async def give_back(self, delivery: Delivery, after_seconds: float, counted: bool = True) -> None:
        held = self._held.pop(str(delivery.receipt), None)
        if held is None:
            return
        if not counted and held.message_id in self._attempts:
            self._attempts[held.message_id] -= 1
        await self._ask(self._hide, delivery, math.ceil(after_seconds))

    async def bury(self, delivery: Delivery, reason: str) -> None:
        held = self._held.get(str(delivery.receipt))
        if held is None or not await self._ask(self._hide, delivery, self._lease_seconds):
            return
        await self._ask(self._send_to_the_dead, delivery, held, reason)
        await self._ask(self._delete, delivery)
        self._let_go(delivery)

    async def depth(self, queue: str) -> Depth:
        """SQS does not tell the age of its oldest message; CloudWatch's ApproximateAgeOfOldestMessage does."""
        addresses = self._queues[queue]
        waiting, dead = await asyncio.gather(
            self._ask(self._count, addresses.url), self._ask(self._count, addresses.dead_letters_url)
        )
        return Depth(waiting, math.nan if waiting else 0.0, dead)

    @property
    def _sns(self) -> SNSClient:
        return self._opened[0]

    @property
    def _sqs(self) -> SQSClient:
        return self._opened[1]

    @property
    def _opened(self) -> tuple[SNSClient, SQSClient]:
        if self._clients is None:
            raise RuntimeError("the transport is used before open() or after close()")
        return self._clients

    async def _ask(self, call: Callable[..., _T], *values: Any) -> _T:
        with translated(EventsUnavailable, "Reading events"):
            return await asyncio.to_thread(call, *values)

    def _publish(self, topic: str, batch: Sequence[Event]) -> None:
        with translated(EventsUnavailable, "Publishing events"):
            answer = self._sns.publish_batch(TopicArn=topic, PublishBatchRequestEntries=[_entry(one) for one in batch])
        if failed := answer.get("Failed"):
            reasons = ", ".join(sorted({one["Code"] for one in failed}))
            raise EventsUnavailable(f"{len(failed)} of {len(batch)} events were not taken: {reasons}.")

    async def _poll(self, queue: str, limit: int, wait_seconds: float) -> list[Delivery]:
        """One message a call: of several, SQS gives those of one subject together, which would be two at a time."""
        deliveries: list[Delivery] = []
        while len(deliveries) < limit:
            delivery = await self._ask(self._receive, queue, 0 if deliveries else math.ceil(wait_seconds))
            if delivery is None:
                break
            deliveries.append(delivery)
        return deliveries

    def _receive(self, queue: str, wait_seconds: int) -> Delivery | None:
        answer = self._sqs.receive_message(
            QueueUrl=self._queues[queue].url,
            MaxNumberOfMessages=1,
            WaitTimeSeconds=wait_seconds,
            VisibilityTimeout=self._lease_seconds,
            MessageSystemAttributeNames=["MessageGroupId"],
        )
        for message in answer.get("Messages", ()):
            message_id = message["MessageId"]
            attempt = self._count_attempt(message_id)
            stale = [receipt for receipt, held in self._held.items() if held.message_id == message_id]
            for receipt in stale:
                del self._held[receipt]
            self._held[message["ReceiptHandle"]] = _Held(message_id, message["Attributes"]["MessageGroupId"])
            return Delivery(queue, message["Body"].encode(), attempt, message["ReceiptHandle"])
        return None

    def _count_attempt(self, message_id: str) -> int:
        attempt = self._attempts[message_id] = self._attempts.pop(message_id, 0) + 1
        if len(self._attempts) > _MESSAGES_REMEMBERED:
            self._attempts.popitem(last=False)
        return attempt

    def _let_go(self, delivery: Delivery) -> None:
        held = self._held.pop(str(delivery.receipt), None)
        if held is not None:
            self._attempts.pop(held.message_id, None)

    async def _give_back_all(self, polled: asyncio.Future[list[Delivery]]) -> None:
        # When SQS is away the leases end by themselves.
        with contextlib.suppress(EventsUnavailable):
            for delivery in await polled:
                await self.give_back(delivery, 0.0, counted=False)

    def _delete(self, delivery: Delivery) -> bool:
        url, receipt = self._queues[delivery.queue].url, str(delivery.receipt)
        return _unless_lost(lambda: self._sqs.delete_message(QueueUrl=url, ReceiptHandle=receipt))

    def _hide(self, delivery: Delivery, seconds: int) -> bool:
        url, receipt = self._queues[delivery.queue].url, str(delivery.receipt)
        seconds = min(seconds, _LONGEST_VISIBILITY_SECONDS)
        return _unless_lost(
            lambda: self._sqs.change_message_visibility(QueueUrl=url, ReceiptHandle=receipt, VisibilityTimeout=seconds)
        )

    def _send_to_the_dead(self, delivery: Delivery, held: _Held, reason: str) -> None:
        self._sqs.send_message(
            QueueUrl=self._queues[delivery.queue].dead_letters_url,
            MessageBody=delivery.body.decode(),
            MessageGroupId=held.group,
            MessageDeduplicationId=held.message_id,
            MessageAttributes={"reason": {"DataType": "String", "StringValue": reason[:1000] or "no reason"}},
        )

    def _count(self, url: str) -> int:
        answer = self._sqs.get_queue_attributes(
            QueueUrl=url, AttributeNames=["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
        )
        return sum(int(number) for number in answer["Attributes"].values())


def _next_batch(waiting: Sequence[Event]) -> list[Event]:
    """The oldest of each subject: of two in one batch the first might fail and the second pass it."""
    batch: dict[str, Event] = {}
    for event in waiting:
        batch.setdefault(event.subject, event)
        if len(batch) == _MOST_PER_BATCH:
            break
    return list(batch.values())


def _entry(event: Event) -> PublishBatchRequestEntryTypeDef:
    return {
        "Id": event.id,
        "Message": event.to_json().decode(),
        "MessageGroupId": event.subject,
        "MessageDeduplicationId": event.id,
        "MessageAttributes": {"type": {"DataType": "String", "StringValue": event.type}},
    }


def _unless_lost(call: Callable[[], object]) -> bool:
    """False when the lease went to somebody else meanwhile."""
    from botocore.exceptions import ClientError

    try:
        call()
    except ClientError as error:
        if code_of(error) not in _LEASE_LOST:
            raise
        return False
    return True
