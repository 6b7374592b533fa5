"""Cards and their pictures as they are read: one, many, and only one's own."""

from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest

from tandem.kit.objects import NullObjectStore, PresignedUrl
from tests.service_under_test import SUPPORT, ServiceUnderTest, Who
from tests.services.card.cards import (
    ACCOUNT_ID,
    CUSTOMER_ID,
    OTHER_ACCOUNT_ID,
    OTHER_CUSTOMER_ID,
    OWNER,
    STRANGER,
    UNKNOWN_CARD_ID,
    answer_of,
    card_in,
    issue,
    problem_of,
)


class CountingStore(NullObjectStore):
    def __init__(self) -> None:
        super().__init__()
        self.keys: list[str] = []

    async def presign_get(self, key: str) -> PresignedUrl:
        self.keys.append(key)
        return await super().presign_get(key)


@pytest.fixture
def store(service: ServiceUnderTest) -> Iterator[CountingStore]:
    runtime = service.app.state.runtime
    usual, runtime.objects = runtime.objects, CountingStore()
    yield runtime.objects
    runtime.objects = usual


async def ids(service: ServiceUnderTest, as_: Who = SUPPORT, **filters: object) -> list[str]:
    page = answer_of(await service.get("/v1/cards", params=filters, as_=as_))
    assert page["total"] == len(page["items"])
    return [card["id"] for card in page["items"]]


class ForgetfulStore(NullObjectStore):
    """Its links stop working quickly, so that each is another."""

    def __init__(self) -> None:
        super().__init__()
        self.signed = 0

    async def presign_get(self, key: str) -> PresignedUrl:
        self.signed += 1
        usual = await super().presign_get(key)
        return PresignedUrl(f"{usual.url}?signature={self.signed}", usual.expires_at)


async def test_card_that_did_not_change_comes_with_a_fresh_link_to_its_picture(
    service: ServiceUnderTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    card = await issue(service)
    path = f"/v1/cards/{card['id']}"
    monkeypatch.setattr(service.app.state.runtime, "objects", ForgetfulStore())
    first = await service.get(path, as_=OWNER)
    etag = first.headers["etag"]
    again = await service.get(path, as_=OWNER, headers={"if-none-match": etag})
    assert answer_of(again)["picture"]["url"] != answer_of(first)["picture"]["url"]
    changed = await service.patch(path, {"design": "sand"}, as_=OWNER, headers={"if-match": etag})
    assert answer_of(changed)["version"] == 2


@pytest.mark.parametrize("suffix", ["", "/picture"])
async def test_card_of_somebody_else_is_not_found(service: ServiceUnderTest, suffix: str) -> None:
    card = await issue(service)
    assert problem_of(await service.get(f"/v1/cards/{card['id']}{suffix}", as_=STRANGER)) == (404, "card-not-found")
    assert problem_of(await service.get(f"/v1/cards/{UNKNOWN_CARD_ID}{suffix}")) == (404, "card-not-found")


@pytest.mark.parametrize("card_id", ["4571000000004821", "crd_1", "crd_01k9zc6n00000000000000h001%00"])
async def test_what_is_no_card_id_is_refused(service: ServiceUnderTest, card_id: str) -> None:
    assert problem_of(await service.get(f"/v1/cards/{card_id}")) == (422, "invalid-request")


async def test_picture_is_a_link_that_stops_working(service: ServiceUnderTest) -> None:
    card = await issue(service, design="forest")
    picture = answer_of(await service.get(f"/v1/cards/{card['id']}/picture", as_=OWNER))
    assert picture["url"].endswith("/designs/forest.svg")
    left = datetime.fromisoformat(picture["expires_at"]) - datetime.now().astimezone()
    assert timedelta(0) < left < timedelta(hours=1)


async def test_signing_does_not_wait_for_the_database(service: ServiceUnderTest, store: CountingStore) -> None:
    """Of a card that is not there nobody needs a picture: it was signed while the database was asked."""
    assert problem_of(await service.get(f"/v1/cards/{UNKNOWN_CARD_ID}")) == (404, "card-not-found")
    assert store.keys


async def test_list_is_newest_first_and_signs_each_design_once(service: ServiceUnderTest, store: CountingStore) -> None:
    cards = [await issue(service, design=design) for design in ("midnight", "sand", "sand", "forest", "midnight")]
    store.keys.clear()
    page = answer_of(await service.get("/v1/cards"))
    assert [card["id"] for card in page["items"]] == [card["id"] for card in reversed(cards)]
    assert sorted(store.keys) == ["designs/forest.svg", "designs/midnight.svg", "designs/sand.svg"]
    for card in page["items"]:
        assert card["picture"]["url"].endswith(f"/designs/{card['design']}.svg")


async def test_pages_follow_one_another_while_cards_are_issued(service: ServiceUnderTest) -> None:
    cards = [await issue(service) for _ in range(3)]
    first = answer_of(await service.get("/v1/cards", params={"limit": 2}))
    await issue(service)
    second = answer_of(await service.get("/v1/cards", params={"limit": 2, "cursor": first["next_cursor"]}))
    assert [card["id"] for card in first["items"] + second["items"]] == [card["id"] for card in reversed(cards)]
    assert (first["total"], second["total"], second["next_cursor"]) == (3, 4, None)


async def test_list_is_narrowed_by_account_customer_and_status(service: ServiceUnderTest) -> None:
    mine = await issue(service)
    active = await card_in(service, "active")
    theirs = await issue(service, OTHER_ACCOUNT_ID, OTHER_CUSTOMER_ID)
    assert await ids(service) == [theirs["id"], active["id"], mine["id"]]
    assert await ids(service, account_id=OTHER_ACCOUNT_ID) == [theirs["id"]]
    assert await ids(service, customer_id=CUSTOMER_ID) == [active["id"], mine["id"]]
    assert await ids(service, customer_id=CUSTOMER_ID, status="active") == [active["id"]]
    assert await ids(service, status="frozen") == []


async def test_customer_lists_their_own_cards_only(service: ServiceUnderTest) -> None:
    mine = await issue(service)
    theirs = await issue(service, OTHER_ACCOUNT_ID, OTHER_CUSTOMER_ID)
    assert await ids(service, OWNER) == [mine["id"]]
    assert await ids(service, STRANGER) == [theirs["id"]]
    assert await ids(service, OWNER, account_id=OTHER_ACCOUNT_ID) == []
    response = await service.get("/v1/cards", params={"customer_id": OTHER_CUSTOMER_ID}, as_=OWNER)
    assert problem_of(response) == (403, "forbidden")


@pytest.mark.parametrize(
    "query",
    ["limit=0", "limit=101", "limit=x", "status=lost", "account_id=acc_1", "number=4571", "cursor=x", "cursor="],
)
async def test_query_that_is_not_as_the_contract_says_is_refused(service: ServiceUnderTest, query: str) -> None:
    assert (await service.get(f"/v1/cards?{query}")).status_code == 422


async def test_cursor_of_other_filters_is_refused(service: ServiceUnderTest) -> None:
    for _ in range(2):
        await issue(service)
    cursor = answer_of(await service.get("/v1/cards", params={"limit": 1}))["next_cursor"]
    response = await service.get("/v1/cards", params={"limit": 1, "account_id": ACCOUNT_ID, "cursor": cursor})
    assert problem_of(response) == (422, "invalid-cursor")
