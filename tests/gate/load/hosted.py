"""A subject whose service runs in the test, where the gate would have started one of its own."""

from __future__ import annotations

import subprocess
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import cast

from tandem.gate.profiles import Profile
from tandem.gate.service.own import OwnService
from tandem.gate.service.running import Running
from tandem.gate.subject import Subject
from tandem.local.postgres import Server
from tests.gate.world import Project

TOKENS = {"support": "s", "service": "v", "customer": "c", "neighbour": "n"}


@dataclass
class Hosted(Subject):
    hosted: Running | None = None

    def _start(self) -> Running:
        assert self.hosted is not None
        return self.hosted


def hosted(project: Project, url: str, postgres: Server, profile: Profile = Profile.SMOKE) -> Hosted:
    # Nobody asks after its process: what would be sent is made up.
    nobody = cast("subprocess.Popen[bytes]", None)
    own = OwnService(url, TOKENS, postgres, nobody, Path("/nowhere"), ExitStack())
    return Hosted(project.name, project.subject().home, profile, hosted=own)
