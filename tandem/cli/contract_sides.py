"""What `tandem contract diff` is asked to compare: files, git refs, services, released versions."""

import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType

from tandem.cli.contract_files import short
from tandem.local.state import Home
from tandem.local.suggestions import one_of
from tandem.local.trouble import Refused, Trouble
from tandem.spec.git_ref import unpack
from tandem.spec.lint import contract_paths
from tandem.spec.releases import last_release, released

_NAMES = ("openapi.yaml", "openapi.yml", "openapi.json")
_NOTHING = "openapi: 3.1.0\ninfo: {version: 0.0.0}\npaths: {}\n"


@dataclass(frozen=True)
class Side:
    """A contract to compare, and what a person calls it."""

    path: Path
    name: str


Pair = tuple[Side, Side]


class Sides(AbstractContextManager["Sides"]):
    """Finds both sides of a comparison. What it unpacks goes away at the end."""

    def __init__(self) -> None:
        self._home = _home()
        self._project = self._home.project if self._home else Path.cwd()
        self.services = contract_paths(self._home.contracts) if self._home else {}
        self._folder = tempfile.TemporaryDirectory(prefix="tandem-diff-")
        self._unpacked: dict[tuple[str, str], Path] = {}

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._folder.cleanup()

    @property
    def contracts(self) -> Path | None:
        return self._home.contracts if self._home else None

    def pairs(self, base: str | None, revision: str | None) -> list[Pair]:
        """One pair, or one of each service where only git refs are named."""
        if base is None:
            return [self.since_release(name) for name in self._all()]
        if revision is None and base in self.services:
            return [self.since_release(base)]
        if self._is_ref(base) and (revision is None or self._is_ref(revision)):
            return list(self._every(base, revision))
        if self._is_ref(base) and revision in self.services:
            return [(self._at_ref(base, self._in_project(self.services[revision])), self._side(revision))]
        return [(self._side(base), self._side(self._now_of(base) if revision is None else revision))]

    def since_release(self, service: str) -> Pair:
        """What was last released of a service, and its contract now."""
        now = self.services[service]
        before = last_release(now)
        base = Side(before, f"{service}@{before.stem}") if before else Side(self._nothing(), "nothing released")
        return base, Side(now, service)

    def short(self, path: Path) -> str:
        """As a person would write it: `main:contracts/card/openapi.yaml` for what a git ref was asked."""
        for (ref, _), folder in self._unpacked.items():
            if path.is_relative_to(folder):
                return f"{ref}:{path.relative_to(folder)}"
        return short(path)

    def _all(self) -> list[str]:
        if not self.services:
            raise Refused("There is no Tandem project here, so name two contracts: tandem contract diff BASE REVISION.")
        return list(self.services)

    def _side(self, text: str) -> Side:
        name, _, version = text.partition("@")
        if text in self.services:
            return Side(self.services[text], text)
        if name in self.services:
            known = released(self.services[name])
            return Side(known[one_of(version, known, f"release of {name}")], text)
        if (found := _document(Path(text))) is not None:
            return Side(found, text)
        ref, colon, path = text.partition(":")
        if colon and ref:
            wanted = self._in_project(self.services[path]) if path in self.services else path
            return self._at_ref(ref, wanted)
        raise self._unknown(text)

    def _unknown(self, text: str) -> Trouble:
        if self.services and not Path(text).suffix and "/" not in text:
            try:
                one_of(text, self.services, "service, file or git ref")
            except Refused as error:
                return error
        return Trouble(f"{text}: there is no such file.")

    def _now_of(self, base: str) -> str:
        """What the base is compared with when nothing else is named: the same contract as it is now."""
        name, _, _ = base.partition("@")
        if name in self.services:
            return name
        _, colon, path = base.partition(":")
        if colon and not Path(base).exists():
            return path if path in self.services else str(self._project / path)
        raise Refused(f"Compare {base} with what? tandem contract diff {base} REVISION")

    def _is_ref(self, text: str) -> bool:
        if text in self.services or ":" in text or text.startswith("-") or Path(text).exists():
            return False
        command = ["git", "-C", str(self._project), "rev-parse", "--verify", "--quiet", f"{text}^{{commit}}"]
        return subprocess.run(command, check=False, capture_output=True).returncode == 0

    def _every(self, base: str, revision: str | None) -> Iterator[Pair]:
        old = contract_paths(self._tree(base, "contracts") / "contracts")
        new = contract_paths(self._tree(revision, "contracts") / "contracts") if revision else self.services
        for name in dict.fromkeys((*old, *new)):
            before, after = old.get(name, self._nothing()), new.get(name, self._nothing())
            yield Side(before, f"{base}:{name}"), Side(after, f"{revision}:{name}" if revision else name)

    def _at_ref(self, ref: str, path: str) -> Side:
        folder = self._tree(ref, "contracts" if path.partition("/")[0] == "contracts" else "")
        found = _document(folder / path)
        if found is None:
            raise Trouble(f"{ref}:{path}: there is no such contract.")
        return Side(found, f"{ref}:{path}")

    def _tree(self, ref: str, wanted: str) -> Path:
        if (ref, wanted) not in self._unpacked:
            folder = Path(self._folder.name).resolve() / str(len(self._unpacked))
            folder.mkdir()
            unpack(self._project, ref, folder, wanted)
            self._unpacked[ref, wanted] = folder
        return self._unpacked[ref, wanted]

    def _in_project(self, path: Path) -> str:
        return str(path.relative_to(self._project))

    def _nothing(self) -> Path:
        """The contract of a service before there was one, or after it is gone."""
        path = Path(self._folder.name).resolve() / "nothing.yaml"
        path.write_text(_NOTHING, encoding="utf-8")
        return path


def _home() -> Home | None:
    try:
        return Home.find()
    except Refused:
        return None


def _document(path: Path) -> Path | None:
    if path.is_dir():
        return next((path / name for name in _NAMES if (path / name).is_file()), None)
    return path if path.is_file() else None
