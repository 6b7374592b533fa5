"""AWS as moto plays it, and the queues that a stack would make there."""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import ClientError

from tandem.kit.aws.clients import Cloud
from tandem.kit.aws.queues import Queue


def refused(code: str, operation: str = "Anything") -> ClientError:
    """What boto3 raises when AWS answers with this code."""
    return ClientError({"Error": {"Code": code, "Message": f"{code} by moto's stand-in"}}, operation)


class Scripted:
    """A boto3 client whose calls are answered from a list: an exception is raised, anything else is returned."""

    def __init__(self, *answers: Any) -> None:
        self.answers = list(answers)
        self.asked: list[tuple[str, dict[str, Any]]] = []

    def __getattr__(self, operation: str) -> Any:
        def call(**parameters: Any) -> Any:
            self.asked.append((operation, parameters))
            answer = self.answers.pop(0)
            if isinstance(answer, Exception):
                raise answer
            return answer

        return call

    def close(self) -> None:
        """Nothing is open."""


@dataclass(frozen=True)
class Queues:
    topic: str
    queues: Mapping[str, Queue]


def make_queues(cloud: Cloud, routes: Mapping[str, Sequence[str]]) -> Queues:
    """A topic, and for each name a queue with its dead letters, subscribed to the types that go there."""
    sns, sqs = cloud.client("sns"), cloud.client("sqs")
    mark = secrets.token_hex(4)
    topic = sns.create_topic(Name=f"card-{mark}.fifo", Attributes={"FifoTopic": "true"})["TopicArn"]
    queues = {}
    for name in sorted({name for names in routes.values() for name in names}):
        queues[name] = Queue(_queue(sqs, f"{name}-{mark}"), _queue(sqs, f"{name}-dead-{mark}"))
        arn = sqs.get_queue_attributes(QueueUrl=queues[name].url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
        types = [kind for kind, names in routes.items() if name in names]
        sns.subscribe(
            TopicArn=topic,
            Protocol="sqs",
            Endpoint=arn,
            Attributes={"RawMessageDelivery": "true", "FilterPolicy": json.dumps({"type": types})},
        )
    return Queues(topic, queues)


def _queue(sqs: Any, name: str) -> str:
    url: str = sqs.create_queue(QueueName=f"{name}.fifo", Attributes={"FifoQueue": "true"})["QueueUrl"]
    return url
