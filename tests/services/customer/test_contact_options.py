from datetime import UTC, datetime

import pytest

from tests.service_under_test import ServiceUnderTest, customer, with_scopes

PATH = "/v1/contact-options"


async def test_a_customer_sees_how_to_reach_us(service: ServiceUnderTest, monkeypatch: pytest.MonkeyPatch) -> None:
    sunday = datetime(2026, 11, 15, 9, 30, tzinfo=UTC)
    monkeypatch.setattr(service.app.state.runtime, "now", lambda: sunday)
    answer = await service.get(PATH, as_=customer("cus_01k9zc6n00000000000000h001"))
    assert answer.status_code == 200
    found = [(item["channel"], item["address"], item["open_now"]) for item in answer.json()["items"]]
    assert found == [
        ("phone", "+46 8 465 004 00", False),
        ("email", "support@tandem.example", True),
        ("chat", "https://support.tandem.example/chat", True),
    ]
    phone = answer.json()["items"][0]
    assert phone["time_zone"] == "Europe/Stockholm"
    assert phone["hours"][0]["opens"] == "08:00"


async def test_the_options_need_a_token_with_their_scope(service: ServiceUnderTest) -> None:
    assert (await service.get(PATH, as_=None)).status_code == 401
    assert (await service.get(PATH, as_=with_scopes("support", "customers:read"))).status_code == 403
