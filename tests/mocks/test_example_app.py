"""The example app in a real browser, in every scenario and in every state a screen can be in."""

from __future__ import annotations

import asyncio
import shutil
import subprocess
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import Browser, Page, Route, async_playwright, expect

from tests.architecture.project import ROOT
from tests.mocks.browser import ORIGIN, Canned, chromium, problem

PHONE = {"width": 375, "height": 812}
# What must be on the screen: credit, invoice, card, transactions.
SCENARIOS = {
    "healthy": ["SEK 107,689.50", "Pay by 30 November 2026.", "Active", "54 more", "+SEK 310.00"],
    "new_customer": ["SEK 50,000.00", "Nothing to pay.", "Inactive", "Nothing has been bought yet."],
    "overdue": ["SEK 48,024.75", "Overdue. It was due on 31 October 2026.", "Active", "28 more"],
    "card_frozen": ["SEK 90,880.00", "Pay by 30 November 2026.", "Frozen", "9 more"],
    "limit_reached": ["SEK 0.00", "No credit left.", "81 more"],
    "partial": ["Your limit is SEK 150,000.00.", "This cannot be shown just now.", "Anna Bergström"],
}


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The app as `npm run example` builds it."""
    folder = tmp_path_factory.mktemp("example")
    shutil.copytree(ROOT / "mocks/example", folder, dirs_exist_ok=True, ignore=shutil.ignore_patterns("dist"))
    compiler = ROOT / "mocks/node_modules/typescript/bin/tsc"
    done = subprocess.run(["node", compiler, "-p", folder], capture_output=True, text=True, check=False)
    assert done.stdout == ""
    return folder


@pytest.fixture(scope="session")
async def browser() -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        # Containers run as root, where Chromium's sandbox does not.
        browser = await playwright.chromium.launch(executable_path=chromium(), args=["--no-sandbox"])
        yield browser
        await browser.close()


@pytest.fixture
def api(built: Path) -> Canned:
    return Canned(built)


@pytest.fixture
async def page(browser: Browser, api: Canned) -> AsyncIterator[Page]:
    context = await browser.new_context(viewport={"width": PHONE["width"], "height": PHONE["height"]}, locale="en-GB")
    page = await context.new_page()
    wrong: list[str] = []
    page.on("pageerror", lambda error: wrong.append(str(error)))
    await page.route("**/*", api.answer)
    yield page
    await context.close()
    assert wrong == []


async def _open(page: Page, query: str = "", *, on: str = "mock") -> None:
    await page.goto(f"{ORIGIN}/?on={on}&base={ORIGIN}{query}")


async def _text(page: Page) -> str:
    await expect(page.locator("#screen")).not_to_have_attribute("aria-busy", "true")
    return " ".join((await page.inner_text("#screen")).split())


@pytest.mark.parametrize("scenario", SCENARIOS)
async def test_every_scenario_shows_its_story(page: Page, api: Canned, scenario: str) -> None:
    await _open(page, f"&scenario={scenario}")
    shown = await _text(page)
    assert [one for one in SCENARIOS[scenario] if one not in shown] == []
    assert {named for _, named in api.asked} == {scenario}
    assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")


async def test_overdue_looks_urgent_and_healthy_does_not(page: Page) -> None:
    await _open(page, "&scenario=overdue")
    await expect(page.locator("section.urgent h2")).to_have_text("Invoice")
    await _open(page, "&scenario=healthy")
    await expect(page.locator("section h2").first).to_be_visible()
    await expect(page.locator("section.urgent")).to_have_count(0)


async def test_empty_has_a_sentence_for_each_part(page: Page) -> None:
    await _open(page, "&scenario=empty")
    assert "No account yet" in await _text(page)
    await _open(page, "&scenario=empty&account=acc_01k9zc6n00000000000000e001")
    shown = await _text(page)
    assert "There is no card on this account yet." in shown
    assert "Nothing to pay." in shown
    assert "Nothing has been bought yet." in shown


async def test_a_card_is_activated_with_the_keyboard(page: Page, api: Canned) -> None:
    await _open(page, "&scenario=new_customer")
    await page.get_by_role("button", name="Activate the card ending 0917").press("Enter")
    await expect(page.get_by_label("The last four digits")).to_be_focused()
    await page.keyboard.type("0917")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("status")).to_have_text("The card ending 0917 is active.")
    await expect(page.get_by_role("button", name="Activate")).to_have_count(0)
    assert ("activateCard", "new_customer") in api.asked


async def test_a_refused_activation_says_why_and_can_be_repeated(page: Page, api: Canned) -> None:
    api.instead["activateCard"] = problem
    await _open(page, "&scenario=new_customer")
    await page.get_by_role("button", name="Activate").click()
    await page.get_by_label("The last four digits").fill("0000")
    await page.get_by_role("button", name="Activate card").click()
    await expect(page.get_by_role("alert")).to_have_text("The database is not answering.")
    await expect(page.get_by_role("button", name="Activate card")).to_be_enabled()


async def test_loading_is_shown_until_the_answer_is_there(page: Page, api: Canned) -> None:
    answered = asyncio.Event()

    async def slow(route: Route) -> None:
        await answered.wait()
        await problem(route)

    api.instead["getAccountOverview"] = slow
    await _open(page)
    await expect(page.get_by_role("status")).to_have_text("Loading…")
    await expect(page.locator(".skeleton")).to_have_count(3)
    answered.set()
    await expect(page.locator(".skeleton")).to_have_count(0)


async def test_failed_says_why_and_trying_again_helps(page: Page, api: Canned) -> None:
    api.instead["getAccountOverview"] = problem
    await _open(page)
    shown = await _text(page)
    assert "Not available just now The database is not answering." in shown
    assert "quote 2f1d7c3e9a624b5c" in shown
    api.instead.clear()
    await page.get_by_role("button", name="Try again").click()
    await expect(page.get_by_text("54 more")).to_be_visible()


async def test_nothing_answers_names_the_address(page: Page, api: Canned) -> None:
    api.instead["listAccounts"] = lambda route: route.abort()
    await _open(page)
    assert f"No answer {ORIGIN} does not answer." in await _text(page)


async def test_contact_that_fails_takes_nothing_else_away(page: Page, api: Canned) -> None:
    api.instead["getContactOptions"] = problem
    await _open(page)
    shown = await _text(page)
    assert "54 more" in shown
    assert "Contact This cannot be shown just now." in shown


async def test_live_sends_the_token_and_no_scenario_and_hides_the_token(page: Page, api: Canned) -> None:
    sent: list[str | None] = []

    async def see(route: Route) -> None:
        sent.append(route.request.headers.get("authorization"))
        await problem(route, 401)

    api.instead["listAccounts"] = see
    await _open(page, "&scenario=overdue#token=t0ken", on="live")
    await _text(page)
    assert sent == ["Bearer t0ken"]
    assert {named for _, named in api.asked} == {None}
    assert "t0ken" not in page.url


async def test_one_switch_goes_from_mock_to_live(page: Page) -> None:
    await _open(page, "&scenario=overdue")
    await _text(page)
    await page.get_by_text("Settings").click()
    await page.get_by_label("Live").check()
    await expect(page.get_by_label("Scenario")).to_be_hidden()
    await page.get_by_label("Token").fill("t0ken")
    await page.get_by_role("button", name="Show").click()
    await page.wait_for_url("**on=live**")
    assert "scenario" not in page.url
    assert "t0ken" not in page.url
