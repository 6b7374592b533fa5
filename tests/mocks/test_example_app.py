"""The example app in a real browser on the real mock, in every scenario and in every state a screen can be in."""

from __future__ import annotations

import pytest
import yaml
from playwright.async_api import expect

from tests.architecture.project import ROOT
from tests.mocks.conftest import App

# What must be on the screen: credit, invoice, card, transactions.
SCENARIOS = {
    "healthy": ["SEK 107,689.50", "Pay by 30 November 2026.", "Anna Bergström", "Active", "54 more", "+SEK 310.00"],
    "new_customer": ["SEK 50,000.00", "Nothing to pay.", "Linda Ek", "Inactive", "Nothing has been bought yet."],
    "overdue": ["SEK 48,024.75", "Overdue. It was due on 31 October 2026.", "Omar Haddad", "Active", "28 more"],
    "card_frozen": ["SEK 90,880.00", "Pay by 30 November 2026.", "Sara Holm", "Frozen", "9 more"],
    "limit_reached": ["SEK 0.00", "No credit left.", "Per Nyström", "81 more"],
    "empty": [
        "SEK 25,000.00",
        "There is no card on this account yet.",
        "Nothing to pay.",
        "Nothing has been bought yet.",
    ],
    "partial": ["Your limit is SEK 150,000.00.", "This cannot be shown just now.", "Anna Bergström"],
}
FAILING = {"errors": {"503": 1}}


def test_every_scenario_of_the_contracts_is_looked_at() -> None:
    stories = yaml.safe_load((ROOT / "contracts/scenarios.yaml").read_text(encoding="utf-8"))["scenarios"]
    assert set(stories) <= set(SCENARIOS)


@pytest.mark.parametrize("scenario", SCENARIOS)
async def test_every_scenario_shows_its_story(app: App, scenario: str) -> None:
    shown = await app.open(f"&scenario={scenario}")
    assert [one for one in SCENARIOS[scenario] if one not in shown] == []
    assert {entry["scenario"] for entry in app.journal()} == {scenario}
    assert await app.page.evaluate("document.documentElement.scrollWidth <= innerWidth")


async def test_overdue_looks_urgent_and_healthy_does_not(app: App) -> None:
    await app.open("&scenario=overdue")
    await expect(app.page.locator("section.urgent h2")).to_have_text("Invoice")
    await app.open("&scenario=healthy")
    await expect(app.page.locator("section.urgent")).to_have_count(0)


async def test_a_company_without_an_account_has_a_screen_of_its_own(app: App) -> None:
    await app.page.context.set_extra_http_headers({"prefer": "example=empty"})
    assert "No account yet" in await app.open()


async def test_a_card_is_activated_with_the_keyboard_and_stays_active(app: App) -> None:
    await app.open("&scenario=new_customer")
    await app.page.get_by_role("button", name="Activate the card ending 0917").press("Enter")
    await expect(app.page.get_by_label("The last four digits")).to_be_focused()
    await app.page.keyboard.type("0917")
    await app.page.keyboard.press("Enter")
    await expect(app.page.get_by_role("status")).to_have_text("The card ending 0917 is active.")
    await expect(app.page.get_by_role("button", name="Activate")).to_have_count(0)

    assert "Linda Ek •••• 0917 Active" in await app.open("&scenario=new_customer")
    await expect(app.page.get_by_role("button", name="Activate")).to_have_count(0)
    app.mock.post("/__tandem/reset", headers={"x-tandem-session": app.session})
    assert "Linda Ek •••• 0917 Inactive" in await app.open("&scenario=new_customer")


async def test_a_refused_activation_says_why_and_can_be_repeated(app: App) -> None:
    app.dial(card_activateCard=FAILING)
    await app.open("&scenario=new_customer")
    await app.page.get_by_role("button", name="Activate").click()
    await app.page.get_by_label("The last four digits").fill("0917")
    await app.page.get_by_role("button", name="Activate card").click()
    await expect(app.page.get_by_role("alert")).to_contain_text("database")
    app.dial()
    await app.page.get_by_role("button", name="Activate card").click()
    await expect(app.page.get_by_role("status")).to_have_text("The card ending 0917 is active.")


async def test_loading_is_shown_until_the_answer_is_there(app: App) -> None:
    app.dial(account_getAccountOverview={"delay_ms": 700})
    await app.go()
    await expect(app.page.get_by_role("status")).to_have_text("Loading…")
    await expect(app.page.locator(".skeleton")).to_have_count(3)
    await expect(app.page.get_by_text("54 more")).to_be_visible()
    await expect(app.page.locator(".skeleton")).to_have_count(0)


async def test_failed_says_why_and_trying_again_helps(app: App) -> None:
    app.dial(account_getAccountOverview=FAILING)
    shown = await app.open()
    # What it asks for side by side is answered in any order.
    (failed,) = [one for one in app.journal() if one["status"] == 503]
    assert f"quote {failed['answer']['headers']['x-request-id']}" in shown
    app.dial()
    await app.page.get_by_role("button", name="Try again").click()
    await expect(app.page.get_by_text("54 more")).to_be_visible()


async def test_a_dropped_connection_names_the_address(app: App) -> None:
    app.dial(account_listAccounts={"drop": 1})
    base = str(app.mock.base_url).rstrip("/")
    assert f"No answer {base} does not answer." in await app.open()


async def test_contact_that_fails_takes_nothing_else_away(app: App) -> None:
    app.dial(customer_getContactOptions=FAILING)
    shown = await app.open()
    assert "54 more" in shown
    assert "Contact This cannot be shown just now." in shown


async def test_live_sends_the_token_and_no_scenario_and_hides_the_token(app: App) -> None:
    sent: list[dict[str, str]] = []
    app.page.on("request", lambda request: sent.append(request.headers) if "/v1/" in request.url else None)
    await app.open("&scenario=overdue#token=t0ken", on="live")
    assert {one.get("authorization") for one in sent} == {"Bearer t0ken"}
    assert {one.get("x-tandem-scenario") for one in sent} == {None}
    assert "t0ken" not in app.page.url


async def test_one_switch_goes_from_mock_to_live(app: App) -> None:
    await app.open("&scenario=overdue")
    page = app.page
    await page.get_by_text("Settings").click()
    await page.get_by_label("Live").check()
    await expect(page.get_by_label("Scenario")).to_be_hidden()
    await page.get_by_label("Token").fill("t0ken")
    await page.get_by_role("button", name="Show").click()
    await page.wait_for_url("**on=live**")
    assert "scenario" not in page.url
    assert "t0ken" not in page.url
