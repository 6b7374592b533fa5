"""Addresses at which something is wrong."""

from __future__ import annotations

import json
import socketserver
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Literal

# Shows a contract and answers 401 to everything else as often as it was told; then it dies or hangs.
_MORTAL = """
import http.server, os, sys, time
shown, left, end = sys.argv[1].encode(), int(sys.argv[2]), sys.argv[3]
class Handler(http.server.BaseHTTPRequestHandler):
    def handle_any(self):
        global left
        is_contract = self.path == '/openapi.json'
        left -= not is_contract
        if left < 0:
            time.sleep(600) if end == 'hang' else os._exit(1)
        body = shown if is_contract else b'{"type": "/problems/unauthorized"}'
        self.send_response(200 if is_contract else 401)
        self.send_header('content-type', 'application/json' if is_contract else 'application/problem+json')
        self.send_header('content-length', str(len(body)))
        self.end_headers()
        self.wfile.write(body)
    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = do_OPTIONS = do_HEAD = do_TRACE = do_QUERY = handle_any
    def log_message(self, *_): pass
server = http.server.ThreadingHTTPServer(('127.0.0.1', 0), Handler)
print(server.server_port, flush=True)
server.serve_forever()
"""


@contextmanager
def mortal(contract: Mapping[str, Any], answers: int, end: Literal["die", "hang"] = "die") -> Iterator[str]:
    command = [sys.executable, "-S", "-c", _MORTAL, json.dumps(contract), str(answers), end]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            yield f"http://127.0.0.1:{process.stdout.readline().strip()}"
        finally:
            process.kill()


@contextmanager
def saying(answer: bytes | None) -> Iterator[str]:
    """The same bytes to everybody; None takes the connection and says nothing."""
    done = threading.Event()

    class Handler(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            self.request.recv(65536)
            if answer is None:
                done.wait()
            else:
                self.request.sendall(answer)

    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_address[1]}"
        finally:
            done.set()
            server.shutdown()
            thread.join()
