"""Small programs that stand in for services, and how tests wait for them."""

import asyncio
import sys
import time
from collections.abc import Callable
from pathlib import Path

import psutil

from tandem.local.processes import Command

_GIVE_UP_SECONDS = 15.0

# Serves 200 on every path of the port in its arguments until told to stop.
SERVE = """
import http.server, signal, sys
class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200); self.end_headers(); self.wfile.write(b'{}')
    def log_message(self, *_): pass
signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
print('serving', flush=True)
http.server.HTTPServer(('127.0.0.1', int(sys.argv[1])), Handler).serve_forever()
"""
STUBBORN = """
import signal, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
print('ready', flush=True)
while True: time.sleep(60)
"""


def command(folder: Path, program: str, *arguments: str, name: str = "fake", stop_seconds: float = 5.0) -> Command:
    argv = (sys.executable, "-S", "-c", program, *arguments)
    return Command(name, argv, folder / f"{name}.log", folder, stop_seconds=stop_seconds)


async def until(true: Callable[[], bool], seconds: float = _GIVE_UP_SECONDS) -> None:
    async with asyncio.timeout(seconds):
        while not true():
            await asyncio.sleep(0.01)


def wait_until(true: Callable[[], bool], seconds: float = _GIVE_UP_SECONDS) -> None:
    give_up = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < give_up
        time.sleep(0.005)


def has_ended(pid: int) -> bool:
    """It is gone, or only waits to be collected. What was killed and is not our child may be running for a moment."""
    try:
        return psutil.Process(pid).status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True
