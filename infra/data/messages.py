"""Events on their way: a topic per service that says something, a queue per service that hears something.

Both are FIFO with the subject as the group, so events about one subject arrive in the order they happened.
"""

from __future__ import annotations

from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from infra import grants
from infra.component import Component
from infra.grants import Grant
from infra.product import Product, Service
from infra.scope import Scope

TYPE_ATTRIBUTE = "type"
# The service itself counts and gives up; this is for events that kill whoever takes them.
_TRIES = 100
_VISIBILITY_SECONDS = 60
_DAYS = 14
_SECONDS_A_DAY = 86400


@dataclass(frozen=True)
class MessagesArgs:
    product: Product
    key_id: pulumi.Input[str]
    alerts_arn: pulumi.Input[str]


class Messages(Component):
    def __init__(self, scope: Scope, args: MessagesArgs) -> None:
        super().__init__(scope.name("messages"), scope)
        self.topics = {name: self._topic(name, args) for name in args.product.publishers}
        self.dead: dict[str, aws.sqs.Queue] = {}
        self.queues = {name: self._queue(args.product.services[name], args) for name in args.product.subscribers}

    def _topic(self, service: str, args: MessagesArgs) -> aws.sns.Topic:
        return aws.sns.Topic(
            self.scope.name(service, "events"),
            name=f"{self.scope.name(service)}.fifo",
            fifo_topic=True,
            content_based_deduplication=False,
            fifo_throughput_scope="MessageGroup",
            kms_master_key_id=args.key_id,
            tags=self.scope.tags(service),
            opts=self.opts,
        )

    def _queue(self, service: Service, args: MessagesArgs) -> aws.sqs.Queue:
        dead = self._made(service.name, "dead", args, None)
        queue = self._made(
            service.name,
            "events",
            args,
            pulumi.Output.json_dumps({"deadLetterTargetArn": dead.arn, "maxReceiveCount": _TRIES}),
        )
        aws.sqs.RedriveAllowPolicy(
            self.scope.name(service.name, "dead"),
            queue_url=dead.url,
            redrive_allow_policy=pulumi.Output.json_dumps(
                {"redrivePermission": "byQueue", "sourceQueueArns": [queue.arn]}
            ),
            opts=self.opts,
        )
        self.dead[service.name] = dead
        self._let_in(service, queue)
        for publisher, types in service.hears.items():
            self._subscribe(service.name, publisher, types, queue)
        self._alarm(service.name, dead, "dead-letters", "ApproximateNumberOfMessagesVisible", 0, args)
        self._alarm(service.name, queue, "late-events", "ApproximateAgeOfOldestMessage", 300, args)
        return queue

    def _made(self, service: str, kind: str, args: MessagesArgs, redrive: pulumi.Output[str] | None) -> aws.sqs.Queue:
        return aws.sqs.Queue(
            self.scope.name(service, kind),
            name=f"{self.scope.name(service, kind)}.fifo",
            fifo_queue=True,
            content_based_deduplication=False,
            deduplication_scope="messageGroup",
            fifo_throughput_limit="perMessageGroupId",
            kms_master_key_id=args.key_id,
            kms_data_key_reuse_period_seconds=300,
            message_retention_seconds=_DAYS * _SECONDS_A_DAY,
            visibility_timeout_seconds=_VISIBILITY_SECONDS,
            receive_wait_time_seconds=20,
            redrive_policy=redrive,
            tags=self.scope.tags(service),
            opts=self.opts,
        )

    def _let_in(self, service: Service, queue: aws.sqs.Queue) -> None:
        sources = [self.topics[publisher].arn for publisher in service.hears]
        sends = Grant(
            ["sqs:SendMessage"],
            [queue.arn],
            {"ArnEquals": {"aws:SourceArn": sources}},
            {"Service": ["sns.amazonaws.com"]},
        )
        aws.sqs.QueuePolicy(
            self.scope.name(service.name, "events"), queue_url=queue.url, policy=grants.document(sends), opts=self.opts
        )

    def _subscribe(self, service: str, publisher: str, types: tuple[str, ...], queue: aws.sqs.Queue) -> None:
        aws.sns.TopicSubscription(
            self.scope.name(service, "hears", publisher),
            topic=self.topics[publisher].arn,
            protocol="sqs",
            endpoint=queue.arn,
            raw_message_delivery=True,
            filter_policy_scope="MessageAttributes",
            filter_policy=pulumi.Output.json_dumps({TYPE_ATTRIBUTE: list(types)}),
            opts=self.opts,
        )

    def _alarm(
        self, service: str, queue: aws.sqs.Queue, name: str, metric: str, most: float, args: MessagesArgs
    ) -> None:
        aws.cloudwatch.MetricAlarm(
            self.scope.name(service, name),
            name=self.scope.name(service, name),
            alarm_description=f"{service}: {name.replace('-', ' ')}. See docs/runbooks.",
            namespace="AWS/SQS",
            metric_name=metric,
            dimensions={"QueueName": queue.name},
            statistic="Maximum",
            period=60,
            evaluation_periods=5 if most else 1,
            threshold=most,
            comparison_operator="GreaterThanThreshold",
            treat_missing_data="notBreaching",
            alarm_actions=[args.alerts_arn],
            ok_actions=[args.alerts_arn],
            tags=self.scope.tags(service),
            opts=self.opts,
        )
