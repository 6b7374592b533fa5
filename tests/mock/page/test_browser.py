"""The page in a real browser: with the keyboard, on a phone, in the dark, and while a contract is broken."""

from __future__ import annotations

import asyncio
import shutil
import socket
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Literal

import httpx
import pytest
from playwright.async_api import Browser, Locator, Page, ViewportSize, async_playwright, expect

from tests.mock.desk import CONTRACTS, HEALTHY, PROJECT
from tests.mocks.browser import chromium

AXE = PROJECT / "mocks/node_modules/axe-core/axe.min.js"
PHONE: ViewportSize = {"width": 375, "height": 812}
DESK: ViewportSize = {"width": 1360, "height": 900}


@pytest.fixture(scope="module")
def contracts(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("project")
    shutil.copytree(CONTRACTS, folder / "contracts")
    (folder / "mocks").symlink_to(PROJECT / "mocks")
    return folder / "contracts"


@pytest.fixture(scope="module")
async def origin(contracts: Path) -> AsyncIterator[str]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    command = [sys.executable, "-m", "tandem.mock", "--project", str(contracts.parent), "--port", str(port)]
    with subprocess.Popen(command, cwd=PROJECT) as process:
        await _until_it_answers(f"http://127.0.0.1:{port}/__tandem/health")
        yield f"http://127.0.0.1:{port}"
        process.terminate()


async def _until_it_answers(url: str) -> None:
    async with httpx.AsyncClient() as client, asyncio.timeout(30):
        while True:
            try:
                await client.get(url)
            except httpx.TransportError:
                await asyncio.sleep(0.05)
            else:
                return


@pytest.fixture(scope="module")
async def browser() -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        # Containers run as root, where Chromium's sandbox does not.
        browser = await playwright.chromium.launch(executable_path=chromium(), args=["--no-sandbox"])
        yield browser
        await browser.close()


@pytest.fixture
async def page(browser: Browser, origin: str) -> AsyncIterator[Page]:
    context = await browser.new_context(locale="en-GB", viewport=DESK)
    await context.grant_permissions(["clipboard-read", "clipboard-write"], origin=origin)
    page = await context.new_page()
    wrong: list[str] = []
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on("console", lambda message: wrong.append(message.text) if "Content Security" in message.text else None)
    await page.goto(f"{origin}/__tandem")
    await page.get_by_role("button", name="Reset everything").click()
    await expect(page.locator("#said")).to_have_text("Everything is as at the start.")
    yield page
    await context.close()
    assert wrong == []


async def _open(page: Page, operation: str) -> Locator:
    service, _, name = operation.partition(".")
    await page.locator(f"#group-{service} > summary").click()
    await page.locator(f"#op-{service}-{name} > summary").click()
    return page.locator(f"#op-{service}-{name}")


async def test_a_morning_with_the_page(page: Page, origin: str) -> None:
    await page.get_by_role("button", name="overdue").click()
    await expect(page.get_by_role("button", name="overdue")).to_have_attribute("aria-pressed", "true")
    assert page.url == f"{origin}/__tandem?scenario=overdue"

    faults = page.get_by_role("region", name="Delays and faults")
    await faults.get_by_label("For").fill("card.getCard")
    await faults.get_by_label("Delay ms").fill("120")
    await faults.get_by_label("Fault").select_option("Answers with a status")
    await faults.get_by_role("button", name="Set").click()
    await expect(faults.get_by_role("row")).to_contain_text(["Operation", "120 ms later; all answer 503"])

    card = await _open(page, "card.getCard")
    await card.get_by_role("button", name="Send").click()
    await expect(card.get_by_role("region", name="Answer", exact=True)).to_contain_text("503 Service Unavailable")
    await expect(page.locator("#said")).to_have_text("503 Service Unavailable")
    # Chromium rounds its clock, for privacy.
    assert float((await card.locator(".answer .number").inner_text()).split()[0]) > 115

    await faults.get_by_role("button", name="Turn off card.getCard").click()
    await expect(faults).to_contain_text("Nothing is slow and nothing fails.")

    newest = page.locator("#journal details").first
    await expect(newest).to_contain_text("503 card.getCard")
    entry = page.locator(f"#{await newest.get_attribute('id')}")
    await entry.locator("> summary").click()
    await entry.get_by_role("button", name="Send again").click()
    await expect(entry.get_by_role("region", name="Answer", exact=True)).to_contain_text("200 OK")
    await expect(newest).to_contain_text("200 card.getCard")


async def test_what_an_app_asks_appears_by_itself_and_what_is_open_stays_open(page: Page, origin: str) -> None:
    async with httpx.AsyncClient(base_url=origin) as app:
        await app.get("/v1/cards")
        first = page.locator("#journal details").first
        await expect(first).to_contain_text("card.listCards", timeout=10_000)
        await first.locator("> summary").click()
        await expect(first).to_contain_text("Send again")
        await app.get("/v1/invoices")
        await expect(page.locator("#journal details").first).to_contain_text("invoice.listInvoices", timeout=10_000)

    await expect(page.locator("#journal details[open]")).to_contain_text("Send again")


async def test_a_broken_save_shows_its_file_and_line_and_goes_away_again(page: Page, contracts: Path) -> None:
    file = contracts / "card" / "openapi.yaml"
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace("paths:", "paths: [", 1), encoding="utf-8")
    try:
        status = page.get_by_role("region", name="Contracts")
        await expect(status.get_by_role("alert")).to_contain_text("The last save is broken", timeout=10_000)
        await expect(status).to_contain_text("card/openapi.yaml")
        await expect(status).to_contain_text("(line ")
    finally:
        file.write_text(text, encoding="utf-8")
    await expect(page.get_by_role("link", name="Contracts good")).to_be_visible(timeout=10_000)


async def test_everything_can_be_done_with_the_keyboard(page: Page) -> None:
    await page.reload()
    await page.keyboard.press("Tab")
    await expect(page.get_by_role("link", name="Skip to the content")).to_be_focused()
    await page.keyboard.press("Enter")
    await expect(page.locator("main")).to_be_focused()

    await _tab_to(page, "#scenario button[value=card_frozen]")
    await page.keyboard.press("Enter")
    await expect(page.locator("#scenario button[value=card_frozen]")).to_have_attribute("aria-pressed", "true")
    await expect(page.locator("#scenario button[value=card_frozen]")).to_be_focused()

    await _tab_to(page, "#group-card > summary")
    await page.keyboard.press("Enter")
    await _tab_to(page, "#op-card-getCard > summary")
    await page.keyboard.press("Space")
    await expect(page.locator("#op-card-getCard-send")).to_be_visible()
    await _tab_to(page, "#op-card-getCard-send")
    outline = await page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
    assert outline == "solid"
    await page.keyboard.press("Enter")
    await expect(page.locator("#op-card-getCard-answer")).to_contain_text('"frozen"')
    await expect(page.locator("#op-card-getCard-send")).to_be_focused()

    await _tab_to(page, "#journal summary")
    await page.keyboard.press("Enter")
    await expect(page.locator("#journal")).to_contain_text("Send again")


async def _tab_to(page: Page, selector: str) -> None:
    for _ in range(150):
        if await page.evaluate("selector => document.activeElement.matches(selector)", selector):
            return
        await page.keyboard.press("Tab")
    raise AssertionError(f"150 times Tab do not lead to {selector}")


async def test_a_dial_turned_off_with_the_keyboard_leaves_one_where_one_was(page: Page) -> None:
    await page.get_by_label("Delay ms").first.fill("5")
    await page.get_by_label("Delay ms").first.press("Enter")
    off = page.get_by_role("button", name="Turn off all")
    await off.press("Enter")
    await expect(page.locator("#dials")).to_be_focused()


async def test_the_search_finds_while_one_types_and_keeps_the_cursor(page: Page) -> None:
    search = page.get_by_role("searchbox", name="Search the operations")
    await search.press_sequentially("freeze card")
    await expect(page.locator("#operations .operation")).to_have_count(2)
    await expect(page.locator("#op-card-freezeCard > summary")).to_be_visible()
    await expect(search).to_be_focused()


async def test_the_curl_line_is_copied(page: Page) -> None:
    card = await _open(page, "card.getCard")
    await card.get_by_role("button", name="Copy the curl line").click()
    await expect(page.locator("#said")).to_have_text("Copied.")
    assert f"/v1/cards/crd_{HEALTHY}" in await page.evaluate("navigator.clipboard.readText()")


async def test_a_refusal_is_shown_and_goes_with_the_next_success(page: Page) -> None:
    faults = page.get_by_role("region", name="Delays and faults")
    await faults.get_by_label("For").fill("card.getCrad")
    await faults.get_by_role("button", name="Set").click()
    await expect(page.locator("#trouble")).to_contain_text("Did you mean card.getCard?")
    await faults.get_by_label("For").fill("card.getCard")
    await faults.get_by_role("button", name="Set").click()
    await expect(page.locator("#trouble")).to_be_hidden()

    await faults.get_by_label("Delay ms").fill("soon")
    await faults.get_by_role("button", name="Set").click()
    await page.get_by_role("alert").get_by_role("button", name="Close").press("Enter")
    await expect(page.locator("#trouble")).to_be_hidden()


async def test_a_mock_that_went_away_is_said(page: Page) -> None:
    await page.route("**/page/**", lambda route: route.abort())
    await page.get_by_role("button", name="overdue").click()
    await expect(page.locator("#trouble")).to_have_text("The mock does not answer.")
    await expect(page.locator("#offline")).to_have_text(
        "The mock does not answer. What you see is its last state.", timeout=10_000
    )


async def test_without_script_the_same_forms_lead_on(browser: Browser, origin: str) -> None:
    context = await browser.new_context(java_script_enabled=False)
    page = await context.new_page()
    await page.goto(origin)
    await page.get_by_role("button", name="Reset everything").click()
    await page.get_by_role("button", name="overdue").click()
    assert page.url == f"{origin}/__tandem?scenario=overdue"

    await page.goto(f"{origin}/__tandem?operation=card.freezeCard")
    await page.get_by_role("button", name="Send", exact=True).click()
    assert "?entry=" in page.url
    entry = page.locator("#journal details[open]")
    await expect(entry).to_contain_text("changed frozen_at, status, status_reason")
    await entry.get_by_role("button", name="Send again").click()
    await expect(page.locator("#journal > ol > li")).to_have_count(2)
    await context.close()


@pytest.mark.parametrize(("size", "scheme"), [(PHONE, "light"), (PHONE, "dark"), (DESK, "light"), (DESK, "dark")])
async def test_nothing_stands_in_the_way_of_anybody(
    page: Page, size: ViewportSize, scheme: Literal["light", "dark"]
) -> None:
    await page.set_viewport_size(size)
    await page.emulate_media(color_scheme=scheme)
    await page.get_by_role("button", name="overdue").click()
    await page.get_by_label("Delay ms").first.fill("5")
    await page.get_by_label("Delay ms").first.press("Enter")
    card = await _open(page, "card.freezeCard")
    await card.get_by_role("button", name="Send", exact=True).click()
    await expect(card.get_by_role("region", name="Answer", exact=True)).to_contain_text("200 OK")
    await page.locator("#journal summary").first.click()
    await expect(page.locator("#journal")).to_contain_text("Send again")
    await page.evaluate("document.querySelectorAll('details:not([data-src])').forEach(one => { one.open = true })")

    assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert await _complaints(page) == []


async def test_no_operation_is_wider_than_a_phone(page: Page) -> None:
    await page.set_viewport_size(PHONE)
    await page.evaluate("document.querySelectorAll('details').forEach(one => { one.open = true })")
    await expect(page.locator("#operations .panel > a")).to_have_count(0, timeout=20_000)
    await page.evaluate("document.querySelectorAll('details').forEach(one => { one.open = true })")

    assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")


async def _complaints(page: Page) -> list[str]:
    """axe-core's, by evaluation, since the page's own policy lets no other script in."""
    await page.evaluate(AXE.read_text(encoding="utf-8"))
    found = await page.evaluate(
        "axe.run(document, {runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']})"
    )
    return [
        f"{one['id']}: {node['target']} {node['failureSummary']}"
        for one in found["violations"]
        for node in one["nodes"]
    ]
