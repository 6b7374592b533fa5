"""The example app, built and served as `npm run example` does, and the system's Chromium to look at it."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path

from playwright.async_api import Browser, Page, async_playwright, expect

from tandem.local.node import needed_node
from tandem.local.postgres import free_port
from tests.architecture.project import ROOT

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
_PHONE_WIDTH, _PHONE_HEIGHT = 375, 812


def chromium() -> str:
    found = next((path for name in NAMES if (path := shutil.which(name))), None)
    assert found, "The browser tests need Chromium: install the package `chromium`."
    return found


@asynccontextmanager
async def running_browser() -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        # Containers run as root, where Chromium's sandbox does not.
        browser = await playwright.chromium.launch(executable_path=chromium(), args=["--no-sandbox"])
        yield browser
        await browser.close()


@asynccontextmanager
async def phone(browser: Browser, **headers: str) -> AsyncIterator[Page]:
    """A page of a phone's size; fails when its code throws. `headers` go with each of its requests."""
    sent = {name.replace("_", "-"): value for name, value in headers.items()}
    context = await browser.new_context(
        viewport={"width": _PHONE_WIDTH, "height": _PHONE_HEIGHT}, locale="en-GB", extra_http_headers=sent
    )
    page = await context.new_page()
    wrong: list[str] = []
    page.on("pageerror", lambda error: wrong.append(str(error)))
    yield page
    await context.close()
    assert wrong == []


async def shown(page: Page) -> str:
    """The text of the screen once it no longer waits."""
    await expect(page.locator("#screen")).not_to_have_attribute("aria-busy", "true")
    return " ".join((await page.inner_text("#screen")).split())


@contextmanager
def example_site(folder: Path) -> Iterator[str]:
    """Its address, built into a folder of its own."""
    shutil.copytree(ROOT / "mocks/example", folder, dirs_exist_ok=True, ignore=shutil.ignore_patterns("dist"))
    node = needed_node(ROOT).program
    compiler = ROOT / "mocks/node_modules/typescript/bin/tsc"
    built = subprocess.run([node, compiler, "-p", folder], capture_output=True, text=True, check=False)
    assert built.stdout == ""
    port = free_port()
    environment = {**os.environ, "EXAMPLE_PORT": str(port)}
    with subprocess.Popen([node, folder / "serve.mjs"], env=environment, stdout=subprocess.PIPE) as serving:
        assert serving.stdout is not None
        assert serving.stdout.readline().startswith(b"http://localhost:")
        yield f"http://localhost:{port}"
        serving.terminate()
