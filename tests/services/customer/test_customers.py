import asyncio
from typing import Any

import pytest

from tandem.local.issuer import LocalIssuer
from tests.service_under_test import ServiceUnderTest, Who, customer, with_scopes
from tests.services.customer.payloads import NUMBERS, UNKNOWN, new_customer, register

PEER = Who("service", "account")


async def test_a_registered_company_can_be_fetched(service: ServiceUnderTest) -> None:
    answer = await service.post("/v1/customers", new_customer(), key="register-1")
    assert answer.status_code == 201
    registered = answer.json()
    assert registered["status"] == "active"
    assert registered["version"] == 1
    assert answer.headers["location"] == f"/v1/customers/{registered['id']}"
    assert answer.headers["etag"] == '"1"'
    fetched = await service.get(answer.headers["location"])
    assert fetched.json() == registered


async def test_registering_keeps_the_first_contact_person(service: ServiceUnderTest) -> None:
    registered = await register(service)
    persons = (await service.get(f"/v1/customers/{registered['id']}/contact-persons")).json()
    assert persons["total"] == 1
    assert persons["items"][0]["name"] == "Anna Bergström"


async def test_registering_is_told_to_others(service: ServiceUnderTest) -> None:
    registered = await register(service)
    (event,) = await service.outbox()
    assert event["type"] == "customer.registered"
    assert event["subject"] == registered["id"]
    assert event["data"] == {"customer_id": registered["id"], "name": "Bergström Bygg AB"}


async def test_a_known_organisation_number_is_refused(service: ServiceUnderTest) -> None:
    await register(service)
    again = await service.post("/v1/customers", new_customer(name="Another name"), key="register-2")
    assert again.status_code == 409
    assert again.json()["type"] == "/problems/already-registered"
    assert (await service.get("/v1/customers")).json()["total"] == 1
    assert len(await service.outbox()) == 1


async def test_two_registrations_at_once_make_one_customer(service: ServiceUnderTest) -> None:
    answers = await asyncio.gather(
        *(service.post("/v1/customers", new_customer(), key=f"register-{n}") for n in range(8))
    )
    assert sorted(answer.status_code for answer in answers) == [201] + [409] * 7


async def test_a_mistyped_organisation_number_is_explained(service: ServiceUnderTest) -> None:
    answer = await service.post("/v1/customers", new_customer(organisation_number="5566778890"), key="register-1")
    assert answer.status_code == 422
    problem = answer.json()
    assert problem["type"] == "/problems/invalid-organisation-number"
    assert problem["errors"] == [
        {
            "in": "body",
            "pointer": "/organisation_number",
            "message": "the check digit does not fit: the last digit should be 9",
        }
    ]


async def test_the_same_key_registers_once(service: ServiceUnderTest) -> None:
    first = await service.post("/v1/customers", new_customer(), key="register-1")
    again = await service.post("/v1/customers", new_customer(), key="register-1")
    assert again.json() == first.json()
    assert again.headers["idempotency-replayed"] == "true"
    other = await service.post("/v1/customers", new_customer(name="Another"), key="register-1")
    assert other.status_code == 422
    assert len(await service.outbox()) == 1


@pytest.mark.parametrize(
    "changes",
    [
        {"name": " "},
        {"name": None},
        {"organisation_number": "556677-8899"},
        {"organisation_number": 5566778899},
        {"email": "nowhere"},
        {"phone": "08-46500412"},
        {"address": {"street": "Råsundavägen 48", "city": "Solna", "country": "SE"}},
        {"address": {"street": "R 1", "postal_code": "169 57", "city": "Solna", "country": "US"}},
        {"contact_person": None},
        {"status": "active"},
    ],
)
async def test_a_registration_against_the_contract_is_refused(
    service: ServiceUnderTest, changes: dict[str, Any]
) -> None:
    answer = await service.post("/v1/customers", new_customer(**changes), key="register-1")
    assert answer.status_code == 422
    assert answer.json()["type"] == "/problems/invalid-request"
    assert await service.outbox() == []


async def test_registering_needs_its_scope_and_a_key(service: ServiceUnderTest) -> None:
    reader = with_scopes("support", "customers:read")
    assert (await service.post("/v1/customers", new_customer(), key="register-1", as_=reader)).status_code == 403
    assert (await service.post("/v1/customers", new_customer(), key="register-1", as_=None)).status_code == 401
    assert (await service.post("/v1/customers", new_customer())).status_code == 422


async def test_an_unknown_customer_is_not_found(service: ServiceUnderTest) -> None:
    answer = await service.get(f"/v1/customers/{UNKNOWN}")
    assert answer.status_code == 404
    assert answer.json()["type"] == "/problems/customer-not-found"
    assert (await service.patch(f"/v1/customers/{UNKNOWN}", {"name": "X"}, if_match=1)).status_code == 404
    assert (await service.post(f"/v1/customers/{UNKNOWN}/deactivate")).status_code == 404
    assert (await service.post(f"/v1/customers/{UNKNOWN}/reactivate")).status_code == 404


async def test_a_customer_sees_itself_and_a_service_sees_all(service: ServiceUnderTest) -> None:
    registered = await register(service)
    path = f"/v1/customers/{registered['id']}"
    assert (await service.get(path, as_=customer(registered["id"]))).json() == registered
    assert (await service.get(path, as_=PEER)).json() == registered


async def test_somebody_elses_company_looks_like_a_missing_one(service: ServiceUnderTest) -> None:
    registered = await register(service)
    stranger = customer(UNKNOWN)
    path = f"/v1/customers/{registered['id']}"
    seen = await service.get(path, as_=stranger)
    missing = await service.get(f"/v1/customers/{UNKNOWN[:-1]}0", as_=stranger)
    assert seen.status_code == missing.status_code == 404
    assert seen.json()["type"] == missing.json()["type"]
    assert (await service.patch(path, {"name": "Mine"}, if_match=1, as_=stranger)).status_code == 404


async def test_an_unchanged_customer_is_not_sent_again(service: ServiceUnderTest) -> None:
    path = f"/v1/customers/{(await register(service))['id']}"
    unchanged = await service.get(path, headers={"if-none-match": '"1"'})
    assert unchanged.status_code == 304
    assert unchanged.content == b""
    await service.patch(path, {"phone": "+46 8 465 004 19"}, if_match=1)
    assert (await service.get(path, headers={"if-none-match": '"1"'})).status_code == 200


async def test_a_change_leaves_the_rest_as_it_was(service: ServiceUnderTest) -> None:
    registered = await register(service)
    path = f"/v1/customers/{registered['id']}"
    changed = await service.patch(path, {"phone": "+46 8 465 004 19"}, if_match=1, as_=customer(registered["id"]))
    assert changed.status_code == 200
    assert changed.headers["etag"] == '"2"'
    assert changed.json() == {**registered, "phone": "+46 8 465 004 19", "version": 2}


async def test_name_email_and_address_can_be_changed(service: ServiceUnderTest) -> None:
    registered = await register(service)
    moved = {"street": "Nybrogatan 1", "postal_code": "0183", "city": "Oslo", "country": "NO"}
    change = {"name": "Bergström Bygg & Co AB", "email": "nya@bergstrombygg.example", "address": moved}
    changed = await service.patch(f"/v1/customers/{registered['id']}", change, if_match=1)
    assert changed.json() == {**registered, **change, "version": 2}


async def test_a_change_of_a_version_that_is_gone_is_refused(service: ServiceUnderTest) -> None:
    path = f"/v1/customers/{(await register(service))['id']}"
    assert (await service.patch(path, {"name": "First"}, if_match=1)).status_code == 200
    late = await service.patch(path, {"name": "Second"}, if_match=1)
    assert late.status_code == 412
    assert (await service.get(path)).json()["name"] == "First"


async def test_of_two_changes_at_once_one_wins(service: ServiceUnderTest) -> None:
    path = f"/v1/customers/{(await register(service))['id']}"
    answers = await asyncio.gather(*(service.patch(path, {"name": f"Name {n}"}, if_match=1) for n in range(6)))
    assert sorted(answer.status_code for answer in answers) == [200] + [412] * 5


@pytest.mark.parametrize("change", [{}, {"name": None}, {"organisation_number": NUMBERS[1]}, {"status": "inactive"}])
async def test_a_change_against_the_contract_is_refused(service: ServiceUnderTest, change: dict[str, Any]) -> None:
    path = f"/v1/customers/{(await register(service))['id']}"
    assert (await service.patch(path, change, if_match=1)).status_code == 422
    assert (await service.patch(path, {"name": "X"})).status_code == 428


async def test_deactivating_and_reactivating_happen_once_each(service: ServiceUnderTest) -> None:
    registered = await register(service)
    path = f"/v1/customers/{registered['id']}"
    for step, status, version in (
        ("deactivate", "inactive", 2),
        ("deactivate", "inactive", 2),
        ("reactivate", "active", 3),
        ("reactivate", "active", 3),
    ):
        answer = await service.post(f"{path}/{step}")
        assert answer.status_code == 200
        assert answer.headers["etag"] == f'"{version}"'
        assert answer.json() == {**registered, "status": status, "version": version}


async def test_a_customer_cannot_deactivate_itself(service: ServiceUnderTest) -> None:
    registered = await register(service)
    path = f"/v1/customers/{registered['id']}/deactivate"
    assert (await service.post(path, as_=customer(registered["id"]))).status_code == 403


async def test_a_scope_given_by_mistake_reaches_no_other_company(
    service: ServiceUnderTest, issuer: LocalIssuer
) -> None:
    registered = await register(service)
    scopes = frozenset({"customers:register", "contact:handle"})
    careless = LocalIssuer(issuer.jwks_path.parent, {"customer": scopes})
    headers = {"authorization": f"Bearer {careless.issue('customer', 'stranger', None, UNKNOWN)}"}
    new = {"customer_id": registered["id"], "channel": "chat", "topic": "other", "message": "Hello?"}
    request = (await service.post("/v1/contact-requests", new, key="send-request-1")).json()
    for path, body in (
        (f"/v1/customers/{registered['id']}/deactivate", None),
        (f"/v1/customers/{registered['id']}/reactivate", None),
        (f"/v1/contact-requests/{request['id']}/answer", {"answer": "Mine."}),
    ):
        assert (await service.post(path, body, as_=None, headers=headers)).status_code == 404


async def test_customers_are_found_by_name_number_and_state(service: ServiceUnderTest) -> None:
    await register(service, name="Bergström Bygg AB")
    frakt = await register(service, name="Vättern Frakt AB", organisation_number=NUMBERS[1])
    await register(service, name="100% Papper_AB", organisation_number=NUMBERS[2])
    await service.post(f"/v1/customers/{frakt['id']}/deactivate")

    async def names(**params: str) -> list[str]:
        page = (await service.get("/v1/customers", params=params)).json()
        assert page["total"] == len(page["items"])
        return [item["name"] for item in page["items"]]

    assert await names() == ["100% Papper_AB", "Vättern Frakt AB", "Bergström Bygg AB"]
    assert await names(search="VÄTTERN") == ["Vättern Frakt AB"]
    assert await names(search="556677-8899") == ["Bergström Bygg AB"]
    assert await names(search="%") == await names(search="_") == ["100% Papper_AB"]
    assert await names(search="nobody") == []
    assert await names(status="inactive") == ["Vättern Frakt AB"]
    assert await names(search="ab", status="active") == ["100% Papper_AB", "Bergström Bygg AB"]


async def test_pages_stay_right_while_customers_arrive(service: ServiceUnderTest) -> None:
    expected = [(await register(service, organisation_number=number))["id"] for number in NUMBERS[:3]][::-1]
    first = (await service.get("/v1/customers", params={"limit": 2})).json()
    await register(service, organisation_number=NUMBERS[3])
    second = (await service.get("/v1/customers", params={"limit": 2, "cursor": first["next_cursor"]})).json()
    assert [item["id"] for item in first["items"] + second["items"]] == expected
    assert (first["total"], second["total"]) == (3, 4)
    assert second["next_cursor"] is None


async def test_a_cursor_of_other_filters_is_refused(service: ServiceUnderTest) -> None:
    for number in NUMBERS[:2]:
        await register(service, organisation_number=number)
    cursor = (await service.get("/v1/customers", params={"limit": 1})).json()["next_cursor"]
    foreign = await service.get("/v1/customers", params={"cursor": cursor, "status": "active"})
    assert foreign.status_code == 422
    for params in ({"cursor": "AAAA"}, {"limit": 0}, {"limit": 101}, {"search": ""}, {"status": "gone"}, {"page": 1}):
        assert (await service.get("/v1/customers", params=params)).status_code == 422


async def test_only_those_who_may_search_see_the_list(service: ServiceUnderTest) -> None:
    assert (await service.get("/v1/customers", as_=customer(UNKNOWN))).status_code == 403
    assert (await service.get("/v1/customers", as_=PEER)).json() == {"items": [], "next_cursor": None, "total": 0}
