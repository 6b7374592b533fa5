"""What is judged: one service of one checkout, run when a stage first needs it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from tandem.gate.profiles import LIMITS, Limits, Profile
from tandem.gate.service.running import Running
from tandem.gate.untested import untested_operations
from tandem.local.state import Home
from tandem.spec.lint import contract_paths
from tandem.spec.manifest import Manifest, Service, load_manifest


@dataclass
class Subject:
    """`since` is the git ref of what is in production, "" when nothing is. `tokens` are those somebody brought."""

    name: str
    home: Home
    profile: Profile = Profile.FULL
    url: str | None = None
    tokens: Mapping[str, str] = field(default_factory=dict)
    since: str = ""
    _running: Running | None = field(default=None, init=False, repr=False)

    @property
    def limits(self) -> Limits:
        return LIMITS[self.profile]

    @property
    def project(self) -> Path:
        return self.home.project

    @property
    def contract_path(self) -> Path:
        """Known also when what it holds is no contract."""
        return contract_paths(self.home.contracts)[self.name]

    @property
    def folder(self) -> Path:
        """Reports and cases."""
        return self.home.folder / "gate"

    @cached_property
    def manifest(self) -> Manifest:
        return load_manifest(self.home.contracts)

    @property
    def service(self) -> Service:
        return self.manifest.services[self.name]

    @cached_property
    def untested(self) -> Mapping[str, str]:
        """The operations that are excused from being tested, each with the reason."""
        return untested_operations(self.project, self.name)

    def running(self) -> Running:
        """The same one for every stage; raises Trouble when it cannot be had."""
        if self._running is None:
            self._running = self._start()
        return self._running

    def _start(self) -> Running:
        from tandem.gate.service import given, leftovers, own

        if self.url is not None:
            return given.reach(self.url, self.name, self.home, self.tokens)
        return own.start(
            self.manifest, self.name, self.project, leftovers.fresh_folder(self.folder / "work", self.project)
        )

    def close(self) -> None:
        if self._running is not None:
            self._running.stop()
            self._running = None
