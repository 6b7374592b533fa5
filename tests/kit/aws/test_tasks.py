"""Would a task start? Every service is started with exactly what its task is told.

`tests/infra` holds that to the program that makes tasks. What differs here is where things are: AWS is moto, the
identity provider is away, and the database is a real one behind TLS.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Mapping
from importlib import import_module
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI
from prometheus_client import CollectorRegistry
from sqlalchemy import make_url

from tandem.kit.__main__ import explained
from tandem.kit.admin import Readiness
from tandem.kit.auth.granted import GrantedToken
from tandem.kit.aws.clients import Cloud
from tandem.kit.aws.queues import SnsSqsTransport
from tandem.kit.canary import Answer, Canary
from tandem.kit.contract import Contract
from tandem.kit.database_tls import database_tls
from tandem.kit.events.catalogue import Catalogue
from tandem.kit.objects import S3ObjectStore
from tandem.kit.outside import connect, resolver, tokens
from tandem.kit.settings import REPOSITORY, ServiceSettings, load_settings
from tandem.local.issuer import ISSUER, LocalIssuer
from tandem.spec.manifest import load_manifest
from tests.architecture.project import SERVICES
from tests.infra.tasks import told
from tests.tls import Authority, tls_before

TASKS = {name: told(name) for name in SERVICES}
EVERY = pytest.mark.parametrize("name", TASKS)
AUTHORITY = Authority()
# What a task is not told, and why that is right. A setting that the kit gets has to be told or stand here.
NOT_TOLD = {
    "aws_endpoint": "AWS itself is asked",
    "audience": "the default is what the identity provider is set up for",
    "bus_url": "events travel by SNS and SQS",
    "contracts": "they are in the image, where the default looks",
    "flag_file": "flags are off; nothing delivers them to tasks yet",
    "most_connections": "the default",
    "namespace": "peers are reached through Service Connect, by the addresses in TANDEM_PEERS",
    "objects_endpoint": "S3 itself is asked",
    "response_share": "the default",
    "token_file": "the identity provider grants tokens",
    "traces_endpoint": "only where tandem:traces is set",
}


Tell = Callable[..., ServiceSettings]


@pytest.fixture
def tell(monkeypatch: pytest.MonkeyPatch) -> Tell:
    """Tells this process what the task of a service is told. ECS puts into `secrets` what their store has."""

    def tell(
        name: str, url: str = "postgresql://x:y@db.example.com/x?sslmode=verify-full", **more: str
    ) -> ServiceSettings:
        task = TASKS[name]
        stored = {"url": url, "ca": AUTHORITY.certificate}
        secrets = {variable: stored[origin.split(":")[-3]] for variable, origin in task["secrets"].items()}
        for variable, value in {**task["environment"], **secrets, **more}.items():
            monkeypatch.setenv(variable, value)
        return load_settings(name)

    return tell


@EVERY
def test_task_runs_what_the_image_runs(name: str) -> None:
    assert TASKS[name]["entryPoint"] == ["python3", "-m", "tandem.kit"]
    serving, migrating, judging = TASKS[name]["commands"]
    assert (serving, migrating, judging[:2]) == (["serve", name], ["migrate", name], ["canary", name])


@EVERY
def test_every_setting_is_told_or_left_out_for_a_reason(tell: Tell, name: str) -> None:
    settings = tell(name)
    own = type(settings).model_fields.keys() - ServiceSettings.model_fields.keys()
    catalogue = Catalogue.load(settings.contracts)
    optional = {
        "topic": bool(catalogue.said_by(name)),
        "queue": bool(catalogue.heard_by(name)),
        "dead_letters": bool(catalogue.heard_by(name)),
        "objects_bucket": "keeps_files=True" in (REPOSITORY / "services" / name / "app.py").read_text("utf-8"),
    }
    left_out = ServiceSettings.model_fields.keys() - settings.model_fields_set
    assert left_out == NOT_TOLD.keys() | {setting for setting, needed in optional.items() if not needed}
    assert own.isdisjoint(settings.model_fields_set)


@EVERY
@pytest.mark.usefixtures("aws_credentials")
async def test_what_lies_outside_is_the_cloud(tell: Tell, name: str) -> None:
    settings = tell(name)
    outside = connect(name, settings, Catalogue.load(settings.contracts), CollectorRegistry())
    assert isinstance(outside.transport, SnsSqsTransport) == bool(settings.topic or settings.queue)
    assert isinstance(tokens(settings), GrantedToken)
    assert isinstance(outside.objects, S3ObjectStore) == (settings.objects_bucket is not None)
    assert database_tls(settings)
    peers = load_manifest(settings.contracts).services[name].consumes
    assert {peer: await resolver(settings).resolve(peer) for peer in peers} == {
        peer: f"http://{peer}:8080" for peer in peers
    }


def stand_up(cloud: Cloud, name: str, password: str) -> dict[str, str]:
    """What the data part makes for a service, under the names that its task is told; and where it is instead."""
    told = TASKS[name]["environment"]
    store, sns, sqs = (cloud.client(kind) for kind in ("secretsmanager", "sns", "sqs"))
    contents = {
        "TANDEM_DATABASE_SECRET": {"password": password},
        "TANDEM_CLIENT_SECRET": {"client_id": name, "client_secret": "s"},
    }
    elsewhere = {"TANDEM_AWS_ENDPOINT": str(cloud.endpoint_url)}
    for variable, content in contents.items():
        # An ARN ends with a hyphen and six characters, which moto chooses for itself.
        called = told[variable].rpartition(":")[2][:-7]
        elsewhere[variable] = store.create_secret(Name=called, SecretString=json.dumps(content))["ARN"]
    if "TANDEM_TOPIC" in told:
        topic = sns.create_topic(Name=told["TANDEM_TOPIC"].rpartition(":")[2], Attributes={"FifoTopic": "true"})
        assert topic["TopicArn"] == told["TANDEM_TOPIC"]
    for variable in told.keys() & {"TANDEM_QUEUE", "TANDEM_DEAD_LETTERS"}:
        called = told[variable].rpartition("/")[2]
        elsewhere[variable] = sqs.create_queue(QueueName=called, Attributes={"FifoQueue": "true"})["QueueUrl"]
    return elsewhere


async def judged(app: FastAPI, issuer: LocalIssuer, name: str) -> list[str]:
    """What the canary of a release says of it, before anybody put something into the stage."""
    contract: Contract = app.state.runtime.contract
    own = {scope for operation in contract.operations if operation.is_safe for scope in operation.scopes or ()}
    # Its client is granted what it reads itself, whoever else its contract lets do so.
    client_of_its_own = LocalIssuer(issuer.jwks_path.parent, {"service": frozenset(own)})
    token = client_of_its_own.issue("service", name, own)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://canary.test") as client:

        async def ask(target: str, headers: Mapping[str, str]) -> Answer:
            answer = await client.get(target, headers=headers)
            return Answer(answer.status_code, answer.headers, answer.content)

        canary = Canary(contract, f"Bearer {token}", ask)
        return [str(one) async for one in canary.judged() if one.wrong]


@EVERY
async def test_task_migrates_starts_is_ready_and_keeps_its_contract(
    tell: Tell, cloud: Cloud, database: str, tmp_path: Path, issuer: LocalIssuer, unused_tcp_port: int, name: str
) -> None:
    real = make_url(database)
    elsewhere = stand_up(cloud, name, str(real.password))
    elsewhere |= {
        "TANDEM_TOKEN_URL": f"http://127.0.0.1:{unused_tcp_port}",
        "TANDEM_ISSUER": ISSUER,
        "TANDEM_JWKS": str(issuer.jwks_path),
    }
    with tls_before(real.port or 0, AUTHORITY.issue("127.0.0.1"), tmp_path) as front:
        # The password in the URL was good when the task started; the secret has the one that is good now.
        there = real.set(port=front.port, password="rotated since").render_as_string(hide_password=False)
        settings = tell(name, f"{there}?sslmode=verify-full", **elsewhere)
        _, migrating, _ = TASKS[name]["commands"]
        assert await asyncio.to_thread(explained, migrating) == 0
        # As create_app would by itself; the metrics of a process can be registered once only.
        outside = connect(name, settings, Catalogue.load(settings.contracts), CollectorRegistry())
        app = import_module(f"services.{name}.app").create_app(settings, outside)
        async with app.router.lifespan_context(app):
            assert await Readiness(app.state.runtime, app.state.background).reasons() == {}
            assert await judged(app, issuer, name) == []


@pytest.mark.usefixtures("aws_credentials")
async def test_migration_without_its_secret_is_one_sentence(
    tell: Tell, cloud: Cloud, capsys: pytest.CaptureFixture[str]
) -> None:
    tell("card", TANDEM_AWS_ENDPOINT=str(cloud.endpoint_url), TANDEM_DATABASE_SECRET="card/nowhere")
    assert await asyncio.to_thread(explained, ["migrate", "card"]) == 1
    sentence = "Reading the database's password is not possible just now; try again shortly.\n"
    assert capsys.readouterr().err == sentence
