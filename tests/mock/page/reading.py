"""The page as a browser without script has it: text, forms as they stand, and what a form brings."""

from __future__ import annotations

import html
import re
from collections.abc import Mapping

import httpx

from tests.mock.desk import Desk

PAGE = "/__tandem"
_FIELD = re.compile(r'<input name="([^"]*)" value="([^"]*)"')
_SELECT = re.compile(r'<select name="([a-z]+\.[^"]*)">(.*?)</select>', re.DOTALL)
_AREA = re.compile(r'<textarea [^>]*name="(body|headers)"[^>]*>\n(.*?)</textarea>', re.DOTALL)


async def page(desk: Desk, query: str = "", **headers: str) -> str:
    answer = await desk.ask("GET", f"{PAGE}{query}", **headers)
    assert answer.status_code == 200, answer.text
    return answer.text


async def part(desk: Desk, name: str, **headers: str) -> str:
    answer = await desk.ask("GET", f"{PAGE}/page/{name}", tandem_fragment="1", **headers)
    assert answer.status_code == 200, answer.text
    return answer.text


async def submit(desk: Desk, name: str, form: Mapping[str, str], **headers: str) -> httpx.Response:
    sent = {key.replace("_", "-"): value for key, value in headers.items()}
    return await desk.client.post(f"{PAGE}/page/{name}", data=dict(form), headers=sent)


async def changed(desk: Desk, name: str, form: Mapping[str, str], **headers: str) -> str:
    """What the script would put in the place of what it has."""
    answer = await submit(desk, name, form, tandem_fragment="1", **headers)
    assert answer.status_code == 200, answer.text
    return answer.text


def standing(panel: str) -> dict[str, str]:
    """The fields of an operation's form as nobody has touched them."""
    form = panel.partition("</form>")[0]
    fields = {html.unescape(name): html.unescape(value) for name, value in _FIELD.findall(form)}
    for name, options in _SELECT.findall(form):
        chosen = re.search(r"<option(?: selected| value=\"[^\"]*\")>([^<]*)", options)
        fields[html.unescape(name)] = html.unescape(chosen[1]) if chosen else ""
    return fields | {name: html.unescape(value) for name, value in _AREA.findall(form)}


def plain(text: str) -> str:
    """Without markup, in one line."""
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", text)).split())


def status_of(panel: str) -> str:
    """As the panel of an answer shows it."""
    found = re.search(r"<strong>([^<]*)</strong>", panel.partition('class="answer"')[2])
    assert found, plain(panel)
    return found[1]
