"""What SNS and SQS do wrong, as moto never does; what every transport promises is in test_transport.py."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest
from botocore.exceptions import EndpointConnectionError

from tandem.kit.aws.clients import Cloud
from tandem.kit.aws.queues import EventsUnavailable, Queue, SnsSqsTransport
from tandem.kit.events.transport import Delivery
from tests.kit.aws.cloud import Scripted, make_queues, refused
from tests.kit.events.conftest import ROUTES, Say

QUEUE = Queue("https://sqs/ledger.fifo", "https://sqs/ledger-dead.fifo")
LEASE_ENDED = {"QueueUrl": QUEUE.url, "VisibilityTimeout": 0}
TAKEN: dict[str, Any] = {"Successful": [], "Failed": []}


@dataclass(frozen=True)
class ScriptedCloud(Cloud):
    """Gives these clients out instead of boto3's."""

    clients: Mapping[str, Scripted] = field(default_factory=dict)

    def client(self, service: str, read_timeout_seconds: float = 3.0, **options: Any) -> Any:
        return self.clients[service]


async def opened(sns: Scripted, sqs: Scripted, topic: str | None = "arn:topic") -> SnsSqsTransport:
    cloud = ScriptedCloud("eu-north-1", clients={"sns": sns, "sqs": sqs})
    transport = SnsSqsTransport(cloud, topic, {"ledger": QUEUE})
    await transport.open()
    return transport


def message(body: str = "{}", receipt: str = "receipt-1", message_id: str = "m1") -> dict[str, Any]:
    described = {"MessageId": message_id, "ReceiptHandle": receipt, "Body": body}
    return {"Messages": [{**described, "Attributes": {"MessageGroupId": "crd_1"}}]}


async def taken(transport: SnsSqsTransport) -> Delivery:
    (delivery,) = await transport.receive("ledger", 1, 0)
    return delivery


def ids_of(sns: Scripted) -> list[list[str]]:
    return [[entry["Id"] for entry in asked["PublishBatchRequestEntries"]] for _, asked in sns.asked]


async def test_two_events_of_a_subject_are_never_in_one_batch(say: Say) -> None:
    """If the first of two failed, the second would arrive before it."""
    sns = Scripted(TAKEN, TAKEN)
    await (await opened(sns, Scripted())).publish([say("crd_1"), say("crd_1"), say("crd_2")])
    assert ids_of(sns) == [["evt_1", "evt_3"], ["evt_2"]]


async def test_a_batch_holds_ten(say: Say) -> None:
    sns = Scripted(TAKEN, TAKEN)
    await (await opened(sns, Scripted())).publish([say(f"crd_{n}") for n in range(12)])
    assert [len(ids) for ids in ids_of(sns)] == [10, 2]


async def test_entry_that_was_not_taken_stops_what_comes_after_it(say: Say) -> None:
    sns = Scripted({"Successful": [], "Failed": [{"Id": "evt_1", "Code": "InternalError", "SenderFault": False}]})
    with pytest.raises(EventsUnavailable, match="1 of 2 events were not taken: InternalError"):
        await (await opened(sns, Scripted())).publish([say("crd_1"), say("crd_2"), say("crd_1")])
    assert len(sns.asked) == 1


@pytest.mark.parametrize(
    "trouble",
    [refused("Throttled"), refused("ExpiredToken"), EndpointConnectionError(endpoint_url="https://sns")],
)
async def test_trouble_is_the_relays_to_repeat(trouble: Exception, say: Say) -> None:
    with pytest.raises(EventsUnavailable, match="Publishing events is not possible just now"):
        await (await opened(Scripted(trouble), Scripted())).publish([say()])


async def test_queue_that_is_away_is_trouble_for_the_consumer() -> None:
    transport = await opened(Scripted(), Scripted(refused("OverLimit"), refused("OverLimit"), refused("OverLimit")))
    with pytest.raises(EventsUnavailable, match="Reading events is not possible just now"):
        await transport.receive("ledger", 1, 0)
    with pytest.raises(EventsUnavailable):
        await transport.depth("ledger")


async def test_service_without_a_topic_says_whose_decision_that_was(say: Say) -> None:
    transport = await opened(Scripted(), Scripted(), topic=None)
    with pytest.raises(RuntimeError, match=r"by contracts/events\.yaml it has nothing to say"):
        await transport.publish([say()])


@pytest.mark.parametrize("code", ["ReceiptHandleIsInvalid", "InvalidParameterValue", "MessageNotInflight"])
async def test_lease_that_another_process_has_now_is_left_to_it(code: str) -> None:
    sqs = Scripted(message(), refused(code))
    transport = await opened(Scripted(), sqs)
    await transport.bury(await taken(transport), "too late")
    assert [operation for operation, _ in sqs.asked] == ["receive_message", "change_message_visibility"]


async def test_other_refusals_of_a_word_about_an_event_are_trouble() -> None:
    transport = await opened(Scripted(), Scripted(message(), refused("AccessDenied")))
    with pytest.raises(EventsUnavailable):
        await transport.acknowledge(await taken(transport))


async def test_dead_letter_carries_its_reason_and_its_subject() -> None:
    sqs = Scripted(message('{"id": "evt_1"}'), {}, {}, {})
    transport = await opened(Scripted(), sqs)
    await transport.bury(await taken(transport), "bad luck")
    _, sent = sqs.asked[2]
    assert (sent["QueueUrl"], sent["MessageGroupId"]) == (QUEUE.dead_letters_url, "crd_1")
    assert sent["MessageAttributes"]["reason"]["StringValue"] == "bad luck"
    assert sqs.asked[3][0] == "delete_message"


async def test_dead_letters_that_cannot_be_written_leave_the_event_where_it_is() -> None:
    sqs = Scripted(message(), {}, refused("ServiceUnavailable"))
    transport = await opened(Scripted(), sqs)
    with pytest.raises(EventsUnavailable):
        await transport.bury(await taken(transport), "bad luck")
    assert "delete_message" not in [operation for operation, _ in sqs.asked]


async def test_attempts_are_counted_for_each_message_until_it_is_dealt_with() -> None:
    sqs = Scripted(message(receipt="a"), {}, message(receipt="b"), {}, message(receipt="c"))
    transport = await opened(Scripted(), sqs)
    first = await taken(transport)
    await transport.give_back(first, 0.0)
    second = await taken(transport)
    assert (first.attempt, second.attempt) == (1, 2)
    await transport.acknowledge(second)
    assert (await taken(transport)).attempt == 1


async def test_only_so_many_messages_are_remembered() -> None:
    numbers = [*range(10_001), 0]
    sqs = Scripted(*(message(receipt=f"{n}-{nth}", message_id=str(n)) for nth, n in enumerate(numbers)), {})
    transport = await opened(Scripted(), sqs)
    deliveries = [await taken(transport) for _ in numbers]
    assert deliveries[-1].attempt == 1
    forgotten = deliveries[1]
    await transport.give_back(forgotten, 0.0, counted=False)
    assert sqs.asked[-1] == ("change_message_visibility", {**LEASE_ENDED, "ReceiptHandle": forgotten.receipt})


async def test_age_of_what_waits_is_not_made_up(cloud: Cloud, say: Say) -> None:
    made = make_queues(cloud, ROUTES)
    transport = SnsSqsTransport(cloud, made.topic, made.queues)
    await transport.open()
    await transport.publish([say()])
    depth = await transport.depth("ledger")
    assert depth.waiting == 1
    assert math.isnan(depth.seconds)
    await transport.close()
    with pytest.raises(RuntimeError, match="used before open"):
        await transport.depth("ledger")
