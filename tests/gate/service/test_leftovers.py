from __future__ import annotations

import os
from pathlib import Path

from tandem.gate.service.leftovers import fresh_folder
from tandem.local.postgres import Server, free_port


def _server(folder: Path) -> Server:
    (folder / "logs").mkdir(parents=True)
    server = Server(folder / "postgres", free_port(), "password", folder / "logs" / "postgres.log", {"fsync": "off"})
    server.init()
    server.start()
    return server


def test_run_that_was_killed_leaves_no_database_and_no_folder(tmp_path: Path) -> None:
    work = tmp_path / "gate" / "work"
    work.mkdir(parents=True)
    server = _server(work / "999999999-dead")
    (work / "nonsense").mkdir()
    living = work / f"{os.getpid()}-living"
    living.mkdir()
    fresh = fresh_folder(work, tmp_path)
    assert server._process is not None
    assert server._process.wait(10) == 0, "asked to end, and not only without its folder"
    assert set(work.iterdir()) == {fresh, living}
    assert fresh.name.startswith(f"{os.getpid()}-")
