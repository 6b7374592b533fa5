"""Addresses from Cloud Map: healthy ones only, asked for seldom, kept while Cloud Map is away."""

from __future__ import annotations

import asyncio
import threading
from typing import Any

import pytest
from botocore.exceptions import ConnectTimeoutError

from tandem.kit.aws.clients import Cloud
from tandem.kit.aws.cloud_map import CloudMap
from tandem.kit.discovery import NoAddress
from tests.kit.aws.cloud import Scripted, refused

AWAY = ConnectTimeoutError(endpoint_url="https://servicediscovery")


def running(*hosts: str) -> dict[str, Any]:
    return {"Instances": [{"Attributes": {"AWS_INSTANCE_IPV4": host, "AWS_INSTANCE_PORT": "80"}} for host in hosts]}


def of(client: Scripted, fresh_seconds: float = 60.0) -> CloudMap:
    return CloudMap(client, "tandem.internal", fresh_seconds=fresh_seconds)  # type: ignore[arg-type]


async def test_instances_take_turns_and_cloud_map_is_asked_once() -> None:
    client = Scripted(running("10.0.0.1", "10.0.0.2"))
    cloud_map = of(client)
    assert {await cloud_map.resolve("card") for _ in range(2)} == {"http://10.0.0.1:80", "http://10.0.0.2:80"}
    assert client.asked[0][1]["HealthStatus"] == "HEALTHY"
    assert len(client.asked) == 1


async def test_address_that_changed_is_seen_when_the_old_one_is_no_longer_fresh() -> None:
    cloud_map = of(Scripted(running("10.0.0.1"), running("10.0.0.2")), fresh_seconds=0)
    assert [await cloud_map.resolve("card") for _ in range(2)] == ["http://10.0.0.1:80", "http://10.0.0.2:80"]


@pytest.mark.parametrize("trouble", [AWAY, refused("RequestLimitExceeded"), refused("ExpiredTokenException")])
async def test_what_was_known_stays_while_cloud_map_is_away(trouble: Exception) -> None:
    cloud_map = of(Scripted(running("10.0.0.1"), trouble, trouble, running("10.0.0.2")), fresh_seconds=0)
    addresses = [await cloud_map.resolve("card") for _ in range(4)]
    assert addresses == ["http://10.0.0.1:80"] * 3 + ["http://10.0.0.2:80"]


async def test_nothing_known_while_cloud_map_is_away_is_said() -> None:
    with pytest.raises(NoAddress, match="no address for card: Cloud Map does not answer"):
        await of(Scripted(AWAY)).resolve("card")


@pytest.mark.parametrize("code", ["ServiceNotFound", "NamespaceNotFound"])
async def test_service_that_was_never_registered_is_named(code: str) -> None:
    with pytest.raises(NoAddress, match="Cloud Map knows no card in tandem"):
        await of(Scripted(refused(code))).resolve("card")


async def test_no_healthy_instance_is_no_address_also_when_there_was_one() -> None:
    cloud_map = of(Scripted(running("10.0.0.1"), running()), fresh_seconds=0)
    await cloud_map.resolve("card")
    with pytest.raises(NoAddress, match="No healthy instance of card runs in tandem"):
        await cloud_map.resolve("card")


async def test_many_who_ask_at_once_are_one_question() -> None:
    client = Scripted(running("10.0.0.1"))
    cloud_map = of(client)
    assert len(set(await asyncio.gather(*(cloud_map.resolve("card") for _ in range(20))))) == 1
    assert len(client.asked) == 1


async def test_nobody_waits_for_news_of_an_address_that_is_known() -> None:
    answered = threading.Event()

    class Slow(Scripted):
        def discover_instances(self, **parameters: Any) -> Any:
            if self.asked:
                answered.wait(10)
            return super().__getattr__("discover_instances")(**parameters)

    cloud_map = of(Slow(running("10.0.0.1"), running("10.0.0.2")), fresh_seconds=0)
    await cloud_map.resolve("card")
    asking = asyncio.create_task(cloud_map.resolve("card"))
    await asyncio.sleep(0)
    assert await cloud_map.resolve("card") == "http://10.0.0.1:80"
    answered.set()
    assert await asking == "http://10.0.0.2:80"


async def test_instance_that_becomes_unhealthy_is_dropped(cloud: Cloud) -> None:
    """On a registry that behaves like Cloud Map."""
    client = cloud.client("servicediscovery")
    client.create_private_dns_namespace(Name="tandem.internal", Vpc="vpc-1")
    namespace = client.list_namespaces()["Namespaces"][0]["Id"]
    service = client.create_service(Name="card", NamespaceId=namespace, HealthCheckCustomConfig={})["Service"]["Id"]
    for number in ("1", "2"):
        place = {"AWS_INSTANCE_IPV4": f"10.0.0.{number}", "AWS_INSTANCE_PORT": "8080"}
        client.register_instance(ServiceId=service, InstanceId=number, Attributes=place)
    cloud_map = CloudMap(client, "tandem.internal", fresh_seconds=0)
    assert {await cloud_map.resolve("card") for _ in range(12)} == {"http://10.0.0.1:8080", "http://10.0.0.2:8080"}
    client.update_instance_custom_health_status(ServiceId=service, InstanceId="1", Status="UNHEALTHY")
    assert {await cloud_map.resolve("card") for _ in range(12)} == {"http://10.0.0.2:8080"}
