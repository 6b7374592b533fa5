"""The report as a page: it opens by itself, whatever happened, and shows what was seen."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import Browser, Page

from tandem.gate.reports import html
from tandem.gate.verdict import StageResult, Verdict
from tests.gate.reports.made import FINDING, STAGES, result
from tests.mocks.browser import running_browser


@pytest.fixture(scope="module")
async def browser() -> AsyncIterator[Browser]:
    async with running_browser() as one:
        yield one


@pytest.fixture
async def page(browser: Browser) -> AsyncIterator[Page]:
    """Fails when the page asks for anything but itself, or when anything in it breaks."""
    context = await browser.new_context(viewport={"width": 375, "height": 812})
    opened = await context.new_page()
    asked: list[str] = []
    opened.on("request", lambda request: asked.append(request.url))
    opened.on("pageerror", lambda error: asked.append(str(error)))
    opened.on("dialog", lambda dialog: asked.append(dialog.message))
    yield opened
    await context.close()
    assert [one for one in asked if not one.endswith("report.html")] == []


async def test_page_needs_nothing_else_and_shows_findings_and_charts(page: Page, tmp_path: Path) -> None:
    html.write(result(), tmp_path / "report.html")
    await page.goto((tmp_path / "report.html").as_uri())
    assert await page.inner_text("h1") == "card: failed"
    article = page.locator(f"[id='{FINDING.fingerprint}']")
    assert FINDING.title in await article.inner_text()
    assert "<script>alert('no')</script>" in await article.inner_text()
    assert await article.locator("pre").inner_text() == "tandem gate replay 0123456789ab"
    assert await page.locator("svg polyline").count() == 2
    assert await page.locator("svg[role=img]").count() >= 4
    assert "not seen: 401, 403" in await page.inner_text("main")
    wide = await page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth")
    assert not wide, "it fits a phone"


async def test_page_of_a_run_in_which_every_stage_broke_opens(page: Page, tmp_path: Path) -> None:
    html.write(result(StageResult("contract", Verdict.TROUBLE, reason="It broke.")), tmp_path / "report.html")
    await page.goto((tmp_path / "report.html").as_uri())
    assert await page.inner_text("h1") == "card: trouble"
    assert "It broke." in await page.inner_text("#contract")


def test_page_of_a_passed_run_speaks_of_no_findings() -> None:
    text = html.as_html(result(STAGES[0]))
    assert "card: passed" in text
    assert "Findings by stage" not in text
