"""What must never leave the service: the token of a card, and the name of its holder in a log."""

import pytest
from structlog.testing import capture_logs

from tests.service_under_test import ServiceUnderTest
from tests.services.card.cards import activate, issue


async def whole_life(service: ServiceUnderTest) -> list[str]:
    """Every answer the service can give about a card, refusals too."""
    card = await issue(service)
    path = f"/v1/cards/{card['id']}"
    new = {"account_id": card["account_id"], "holder_name": "Anna Bergström"}
    responses = [
        await service.post("/v1/cards", new, key="issue-anna-1"),
        await service.post("/v1/cards", new, key="issue-anna-1"),
        await service.post(f"{path}/activate", {"last_four": "12345"}),
        await activate(service, card),
        await service.patch(path, {"design": "sand"}, if_match=2),
        await service.patch(path, {"design": "forest"}, if_match=2),
        await service.get("/v1/cards"),
        await service.get(path),
        await service.get(f"{path}/picture"),
        await service.post(f"{path}/freeze"),
        await service.post(f"{path}/unfreeze"),
        await service.post(f"{path}/replace", {"reason": "stolen"}, key="replace-1"),
        await service.post(f"{path}/cancel"),
        await service.get("/openapi.json"),
    ]
    return [f"{response.headers} {response.text}" for response in responses]


async def test_token_is_in_no_answer_event_or_log(service: ServiceUnderTest, capfd: pytest.CaptureFixture[str]) -> None:
    with capture_logs() as logs:
        answers = await whole_life(service)
    written = "".join(capfd.readouterr())
    everything = [*answers, str(logs), written, str(await service.outbox())]
    keys = await service.pool.fetch("SELECT headers, body FROM idempotency_keys")
    everything += [f"{row['headers']} {row['body']}" for row in keys]
    tokens = [row["token"] for row in await service.pool.fetch("SELECT token FROM cards")]
    assert len(set(tokens)) == 3
    assert all(token.startswith("tok_") for token in tokens)
    assert not any(token in text for token in tokens for text in everything)


async def test_holder_is_in_no_log(service: ServiceUnderTest, capfd: pytest.CaptureFixture[str]) -> None:
    with capture_logs() as logs:
        await whole_life(service)
    assert logs
    assert "Anna" not in str(logs) + "".join(capfd.readouterr())


async def test_no_column_can_hold_a_card_number(service: ServiceUnderTest) -> None:
    await issue(service)
    row = await service.pool.fetchrow("SELECT * FROM cards")
    assert row is not None
    digits = [str(value) for name, value in row.items() if str(value).isdecimal() and name != "version"]
    assert digits == [row["last_four"]]
