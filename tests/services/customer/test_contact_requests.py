import asyncio
from typing import Any

import pytest

from tests.service_under_test import SUPPORT, ServiceUnderTest, customer
from tests.services.customer.payloads import NUMBERS, UNKNOWN, register

PATH = "/v1/contact-requests"
NOTHING = "req_01k9zc6n0000000000000000zz"


def _new(customer_id: str, **changes: Any) -> dict[str, Any]:
    request = {"customer_id": customer_id, "channel": "phone", "topic": "credit", "message": "Please call us."}
    return {**request, **changes}


async def _send(service: ServiceUnderTest, customer_id: str, **changes: Any) -> dict[str, Any]:
    new = _new(customer_id, **changes)
    answer = await service.post(PATH, new, key=f"send-{customer_id}-{len(new['message'])}", as_=customer(customer_id))
    assert answer.status_code == 201, answer.text
    sent: dict[str, Any] = answer.json()
    return sent


async def test_a_sent_request_waits_for_its_answer(service: ServiceUnderTest) -> None:
    customer_id = (await register(service))["id"]
    new = _new(customer_id, preferred_time="2026-11-16T08:30:00Z")
    answer = await service.post(PATH, new, key="send-request-1", as_=customer(customer_id))
    assert answer.status_code == 201
    sent = answer.json()
    assert sent == {
        **new,
        "id": sent["id"],
        "status": "waiting",
        "sent_at": sent["sent_at"],
        "answer": None,
        "answered_at": None,
        "version": 1,
    }
    assert answer.headers["location"] == f"{PATH}/{sent['id']}"
    fetched = await service.get(answer.headers["location"], as_=customer(customer_id))
    assert fetched.json() == sent
    unchanged = await service.get(answer.headers["location"], headers={"if-none-match": '"1"'})
    assert unchanged.status_code == 304


async def test_the_same_key_sends_one_request(service: ServiceUnderTest) -> None:
    customer_id = (await register(service))["id"]
    first = await service.post(PATH, _new(customer_id), key="send-request-1")
    again = await service.post(PATH, _new(customer_id), key="send-request-1")
    assert again.json() == first.json()
    assert (await service.get(PATH)).json()["total"] == 1


@pytest.mark.parametrize(
    "changes",
    [
        {"channel": "fax"},
        {"topic": "weather"},
        {"message": ""},
        {"message": "x" * 2001},
        {"message": "a\0b"},
        {"preferred_time": "tomorrow"},
        {"preferred_time": "2026-11-16T08:30:00+01:00"},
        {"customer_id": "acc_01k9zc6n00000000000000h001"},
        {"answer": "No"},
    ],
)
async def test_a_request_against_the_contract_is_refused(service: ServiceUnderTest, changes: dict[str, Any]) -> None:
    new = {**_new((await register(service))["id"]), **changes}
    assert (await service.post(PATH, new, key="send-request-1")).status_code == 422


async def test_a_request_for_an_unknown_or_another_company_is_not_found(service: ServiceUnderTest) -> None:
    customer_id = (await register(service))["id"]
    for caller, asked_for in ((SUPPORT, UNKNOWN), (customer(UNKNOWN), customer_id), (customer(UNKNOWN), UNKNOWN)):
        answer = await service.post(PATH, _new(asked_for), key="send-request-1", as_=caller)
        assert answer.status_code == 404
        assert answer.json()["type"] == "/problems/customer-not-found"


async def test_an_answer_is_kept_with_the_request(service: ServiceUnderTest) -> None:
    customer_id = (await register(service))["id"]
    sent = await _send(service, customer_id)
    answered = await service.post(f"{PATH}/{sent['id']}/answer", {"answer": "We called."})
    assert answered.status_code == 200
    assert answered.headers["etag"] == '"2"'
    answered_at = answered.json()["answered_at"]
    assert answered.json() == {
        **sent,
        "status": "answered",
        "answer": "We called.",
        "answered_at": answered_at,
        "version": 2,
    }
    assert answered_at >= sent["sent_at"]
    assert (await service.get(f"{PATH}/{sent['id']}", as_=customer(customer_id))).json() == answered.json()


async def test_a_request_is_answered_once(service: ServiceUnderTest) -> None:
    sent = await _send(service, (await register(service))["id"])
    path = f"{PATH}/{sent['id']}/answer"
    answers = await asyncio.gather(*(service.post(path, {"answer": f"Answer {n}."}) for n in range(5)))
    assert sorted(answer.status_code for answer in answers) == [200] + [409] * 4
    late = await service.post(path, {"answer": "Again."})
    assert late.json()["type"] == "/problems/already-answered"
    winner = next(answer for answer in answers if answer.status_code == 200)
    assert (await service.get(f"{PATH}/{sent['id']}")).json() == winner.json()


async def test_only_the_support_desk_answers(service: ServiceUnderTest) -> None:
    customer_id = (await register(service))["id"]
    sent = await _send(service, customer_id)
    path = f"{PATH}/{sent['id']}/answer"
    assert (await service.post(path, {"answer": "Yes."}, as_=customer(customer_id))).status_code == 403
    assert (await service.post(path, {"answer": " "})).status_code == 422
    assert (await service.post(path, {})).status_code == 422


async def test_an_unknown_request_is_not_found(service: ServiceUnderTest) -> None:
    assert (await service.get(f"{PATH}/{NOTHING}")).status_code == 404
    answer = await service.post(f"{PATH}/{NOTHING}/answer", {"answer": "Yes."})
    assert answer.json()["type"] == "/problems/contact-request-not-found"


async def test_a_customer_sees_its_own_requests_only(service: ServiceUnderTest) -> None:
    mine, theirs = [(await register(service, organisation_number=number))["id"] for number in NUMBERS[:2]]
    sent = await _send(service, theirs)
    await _send(service, mine)
    listed = (await service.get(PATH, as_=customer(mine))).json()
    assert [item["customer_id"] for item in listed["items"]] == [mine]
    assert (await service.get(PATH, params={"customer_id": theirs}, as_=customer(mine))).status_code == 403
    assert (await service.get(f"{PATH}/{sent['id']}", as_=customer(mine))).status_code == 404


async def test_the_support_desk_narrows_the_list(service: ServiceUnderTest) -> None:
    one, two = [(await register(service, organisation_number=number))["id"] for number in NUMBERS[:2]]
    first = await _send(service, one, message="First question")
    second = await _send(service, two, message="Second question")
    await service.post(f"{PATH}/{first['id']}/answer", {"answer": "Done."})

    async def found(**params: str) -> list[str]:
        page = (await service.get(PATH, params=params)).json()
        assert page["total"] == len(page["items"])
        return [item["id"] for item in page["items"]]

    assert await found() == [second["id"], first["id"]]
    assert await found(status="waiting") == [second["id"]]
    assert await found(status="answered", customer_id=one) == [first["id"]]
    assert await found(status="answered", customer_id=two) == []


async def test_requests_come_in_pages(service: ServiceUnderTest) -> None:
    customer_id = (await register(service))["id"]
    sent = [(await _send(service, customer_id, message="x" * length))["id"] for length in range(1, 6)]
    seen: list[str] = []
    params: dict[str, Any] = {"limit": 2}
    while True:
        page = (await service.get(PATH, params=params, as_=customer(customer_id))).json()
        assert page["total"] == 5
        seen += [item["id"] for item in page["items"]]
        if page["next_cursor"] is None:
            break
        params["cursor"] = page["next_cursor"]
    assert seen == sent[::-1]
