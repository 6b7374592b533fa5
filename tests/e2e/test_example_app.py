"""The example app on the live services, through the gateway: the same screens as on the mock, with today's figures."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from typing import Any

import pytest
import yaml
from playwright.async_api import Browser, Page, expect

from tests.e2e.api import Account, Api
from tests.mocks.browser import example_site, phone, running_browser, shown
from tests.service_under_test import REPOSITORY

STORIES: dict[str, dict[str, Any]] = yaml.safe_load((REPOSITORY / "contracts/scenarios.yaml").read_text("utf-8"))[
    "scenarios"
]
SHOWN = {
    "healthy": ["Pay by ", "Active", " more"],
    "new_customer": ["Nothing to pay.", "Inactive", "Nothing has been bought yet."],
    "overdue": ["Overdue. It was due on ", "Active", " more"],
}


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with example_site(tmp_path_factory.mktemp("example")) as address:
        yield address


@pytest.fixture(scope="module")
async def browser() -> AsyncIterator[Browser]:
    async with running_browser() as browser:
        yield browser


@pytest.fixture
async def page(browser: Browser) -> AsyncIterator[Page]:
    async with phone(browser) as page:
        yield page


async def _open(page: Page, site: str, api: Api, scenario: str) -> str:
    token = api.token(STORIES[scenario]["company"]["id"])
    # What stands after # alone would not load the page anew.
    await page.goto("about:blank")
    await page.goto(f"{site}/?on=live&base={api.laptop.gateway}#token={token}")
    return await shown(page)


@pytest.mark.parametrize("scenario", SHOWN)
async def test_a_story_is_told_by_the_live_services_as_by_the_mock(
    page: Page, site: str, api: Api, scenario: str
) -> None:
    story = STORIES[scenario]
    said = await _open(page, site, api, scenario)
    overview = await api.overview(Account(story["company"]["id"], story["account"]["id"], ""))
    credit = overview["credit"]
    amounts = [f"SEK {float(credit[part]['amount']):,.2f}" for part in ("remaining", "used", "limit")]
    assert [one for one in [*SHOWN[scenario], *amounts, story["card"]["last_four"]] if one not in said] == []
    await page.locator(".face").first.scroll_into_view_if_needed()
    await page.wait_for_function("[...document.images].every(one => one.complete && one.naturalWidth > 0)")
    assert await page.locator(".face img").count() == len(overview["cards"]["items"])


async def test_a_card_is_activated_for_good(page: Page, site: str, api: Api) -> None:
    await _open(page, site, api, "new_customer")
    await page.get_by_role("button", name="Activate the card ending 0917").click()
    digits, send = page.get_by_label("The last four digits"), page.get_by_role("button", name="Activate card")
    await digits.fill("0000")
    await send.click()
    await expect(page.get_by_role("alert")).not_to_be_empty()
    await digits.fill("0917")
    await send.click()
    await expect(page.get_by_role("status")).to_have_text("The card ending 0917 is active.")
    assert "0917 Active" in await _open(page, site, api, "new_customer")
