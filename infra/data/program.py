"""What outlives a release: databases, files, events on their way, and the secrets to get at them."""

from __future__ import annotations

import pulumi

from infra.data.alarms import DatabaseAlarms, DatabaseAlarmsArgs
from infra.data.buckets import Bucket, BucketArgs
from infra.data.clients import Clients, ClientsArgs
from infra.data.copies import Copies, CopiesArgs
from infra.data.database import Database, DatabaseArgs
from infra.data.logins import Logins, LoginsArgs
from infra.data.messages import Messages, MessagesArgs
from infra.data.purposes import PURPOSES
from infra.parts import Part
from infra.product import load_product
from infra.scope import Scope, here
from infra.settings import DataSettings


def build() -> None:
    scope = here("data")
    settings = DataSettings.load(scope.region)
    product = load_product()
    foundation = Part("foundation", scope)
    database = _database(scope, settings, foundation)
    logins = Logins(
        scope,
        LoginsArgs(
            services=product.services,
            database=database,
            vpc_id=foundation.text("vpc_id"),
            subnet_ids=foundation.texts("private_subnet_ids"),
            endpoints_group_id=foundation.text("endpoints_group_id"),
            secrets_key_arn=foundation.text("secrets_key_arn"),
            log_key_arn=foundation.text("log_key_arn"),
        ),
    )
    pulumi.export("secret_arns", {name: secret.arn for name, secret in logins.secrets.items()})
    clients = Clients(scope, ClientsArgs(product.services, foundation.text("secrets_key_arn")))
    pulumi.export("client_secret_arns", {name: secret.arn for name, secret in clients.secrets.items()})
    messages = Messages(
        scope, MessagesArgs(product, foundation.text("messages_key_arn"), foundation.text("alerts_arn"))
    )
    pulumi.export("topic_arns", {name: topic.arn for name, topic in messages.topics.items()})
    for kind, queues in (("queue", messages.queues), ("dead", messages.dead)):
        pulumi.export(f"{kind}_arns", {name: queue.arn for name, queue in queues.items()})
        pulumi.export(f"{kind}_urls", {name: queue.url for name, queue in queues.items()})
    _files(scope, settings, foundation)


def _database(scope: Scope, settings: DataSettings, foundation: Part) -> Database:
    database = Database(
        scope,
        DatabaseArgs(
            vpc_id=foundation.text("vpc_id"),
            subnet_ids=foundation.texts("isolated_subnet_ids"),
            storage_key_arn=foundation.text("storage_key_arn"),
            secrets_key_arn=foundation.text("secrets_key_arn"),
            log_key_arn=foundation.text("log_key_arn"),
            second_region=settings.second_region,
            restore_from=settings.restore_from,
        ),
    )
    DatabaseAlarms(scope, DatabaseAlarmsArgs(database.instance.identifier, foundation.text("alerts_arn")))
    pulumi.export("database_group_id", database.group.id)
    pulumi.export("database_address", database.instance.address)
    return database


def _files(scope: Scope, settings: DataSettings, foundation: Part) -> None:
    key_arn = foundation.text("storage_key_arn")
    made = {purpose.name: Bucket(scope, BucketArgs(purpose, key_arn)) for purpose in PURPOSES}
    pulumi.export("bucket_arns", {name: one.bucket.arn for name, one in made.items()})
    pulumi.export("bucket_names", {name: one.bucket.bucket for name, one in made.items()})
    if scope.stage.copies_backups:
        copies = Copies(scope, CopiesArgs(settings.second_region, made, key_arn, foundation.text("alerts_arn")))
        pulumi.export("copy_names", {name: one.bucket.bucket for name, one in copies.buckets.items()})
