"""The guide for frontend developers, pasted box by box as they would."""

from __future__ import annotations

import json
import os
import re
import subprocess
import threading
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from tandem.local.node import needed_node
from tandem.local.postgres import free_port
from tests.architecture.project import ROOT
from tests.local.programs import wait_until

PAGE = ROOT / "docs/frontend.md"
SERVERS = {"tandem mock": 4010, "npm --prefix mocks run example": 4020}


def boxes() -> list[tuple[str, str]]:
    """Language and text of each."""
    return re.findall(r"^```(\w+)\n(.*?)^```$", PAGE.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)


@contextmanager
def backend() -> Iterator[int]:
    """The account service of somebody who took versions for text."""
    account = {
        "id": "acc_01k9zc6n00000000000000h001",
        "customer_id": "cus_01k9zc6n00000000000000h001",
        "name": "Bergström Bygg AB",
        "status": "open",
        "credit_limit": {"amount": "150000.00", "currency": "SEK"},
        "opened_at": "2024-03-01T09:00:00Z",
        "frozen_at": None,
        "closed_at": None,
        "version": "3",
    }

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("content-type", "application/json")
            self.send_header("etag", '"3"')
            self.end_headers()
            self.wfile.write(json.dumps(account).encode())

        def log_message(self, format: str, *args: object) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield server.server_port
        server.shutdown()
        thread.join()


class Terminal:
    """A checkout of its own, in which servers go to the background and ports are free ones."""

    def __init__(self, folder: Path, opened: ExitStack) -> None:
        self.folder = folder
        self._opened = opened
        self._ports = {port: free_port() for port in SERVERS.values()} | {9000: opened.enter_context(backend())}
        for entry in ROOT.iterdir():
            if entry.name not in {".git", ".tandem"}:
                (folder / entry.name).symlink_to(entry)
        own = {"TANDEM_HOME": str(folder / "state"), "EXAMPLE_PORT": str(self._ports[4020]), "COLUMNS": "200"}
        self._environment = {**os.environ, "PATH": f"{ROOT}/.venv/bin:{os.environ['PATH']}", **own}

    def here(self, text: str) -> str:
        """As it reads with the ports of this terminal."""
        for port, own in self._ports.items():
            text = text.replace(f"localhost:{port}", f"localhost:{own}")
        return text.replace("tandem mock\n", f"tandem mock --port {self._ports[4010]}\n")

    def paste(self, box: str) -> str:
        """What it prints; a server is left running."""
        *before, last = box.strip().splitlines()
        port = SERVERS.get(last)
        if port is None:
            return self._run(box)
        said = self._run("\n".join(before))
        self._opened.enter_context(self._started(self.here(f"{last}\n"), f"http://localhost:{self._ports[port]}/"))
        return said

    def _run(self, script: str) -> str:
        command = ["bash", "-euo", "pipefail", "-c", self.here(script)]
        done = subprocess.run(
            command, cwd=self.folder, env=self._environment, capture_output=True, text=True, timeout=100, check=False
        )
        assert done.returncode == 0, f"{script}{done.stdout}{done.stderr}"
        return done.stdout

    @contextmanager
    def _started(self, command: str, address: str) -> Iterator[None]:
        # In a session of its own, so that what npm starts ends with it.
        with subprocess.Popen(
            ["bash", "-c", f"exec {command}"], cwd=self.folder, env=self._environment, start_new_session=True
        ) as process:
            wait_until(lambda: _answers(address) or process.poll() is not None, seconds=60)
            yield
            os.killpg(process.pid, 15)


def _answers(address: str) -> bool:
    try:
        with urllib.request.urlopen(address):  # noqa: S310
            return True
    except urllib.error.HTTPError:
        return True
    except OSError:
        return False


@pytest.fixture
def terminal(tmp_path: Path) -> Iterator[Terminal]:
    with ExitStack() as opened:
        yield Terminal(tmp_path, opened)


@pytest.mark.timeout(240)
def test_every_box_does_what_the_page_says(terminal: Terminal) -> None:
    said = ""
    for language, text in boxes():
        if language == "sh":
            said = terminal.paste(text)
        elif language == "text":
            assert [line for line in terminal.here(text).splitlines() if line not in said] == [], said
        else:
            said = _compiled_and_run(terminal, text)
            assert said.splitlines() == ["Nordic Kafé HB 48024.75 overdue"]


def _compiled_and_run(terminal: Terminal, source: str) -> str:
    (terminal.folder / "src/screen.ts").write_text(terminal.here(source), encoding="utf-8")
    options = json.loads((ROOT / "mocks/example/tsconfig.json").read_text())["compilerOptions"]
    options |= {"outDir": "built", "rootDir": "src"}
    (terminal.folder / "tsconfig.json").write_text(json.dumps({"compilerOptions": options, "include": ["src"]}))
    (terminal.folder / "package.json").write_text('{"type": "module"}')
    node = str(needed_node(ROOT).program)
    for command in (["mocks/node_modules/typescript/bin/tsc", "-p", "tsconfig.json"], ["built/screen.js"]):
        done = subprocess.run([node, *command], cwd=terminal.folder, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_the_page_names_no_box_that_is_not_run_and_fits_on_a_page() -> None:
    assert {language for language, _ in boxes()} == {"sh", "text", "ts"}
    assert len(PAGE.read_text(encoding="utf-8").splitlines()) <= 150
