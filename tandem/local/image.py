"""`make image`: a service's image, by whichever of docker, podman and buildah is here, and its bill of materials.

The packages are brought and checked against the lock's hashes on this machine, with the registry that it is set up for;
the build itself needs no network.
"""

from __future__ import annotations

import argparse
import platform
import shutil
import subprocess
import sys
import time
from collections.abc import Sequence
from importlib import metadata
from pathlib import Path

from tandem.local.environment import find_uv
from tandem.local.trouble import Refused, Trouble

_LOCK = "requirements/service.txt"
_PYTHON = "3.13"
_PLATFORMS = {"x86_64": "x86_64-manylinux_2_28", "aarch64": "aarch64-manylinux_2_28"}
_BUILDERS = {"docker": ["build"], "podman": ["build", "--format=docker"], "buildah": ["build", "--format=docker"]}
# Neither is read when a service runs.
_SOURCES = ("*.pyx", "*.pxd", "*.pxi", "*.pyi", "*.c", "*.cpp", "*.h", "*.hpp")
_APIS = ("s3", "secretsmanager", "servicediscovery", "sns", "sqs", "sso", "sso-oidc", "sts")


def build(project: Path, service: str, tag: str, version: str, more: Sequence[str] = ()) -> Path:
    """Where the bill of materials is. `more` goes to the builder as it is. Raises Refused and Trouble."""
    if not (project / "services" / service / "app.py").exists():
        raise Refused(f"There is no services/{service}/app.py.")
    program = find_builder()
    packages = _bring_packages(project)
    command = [program, *_BUILDERS[program], "--file", "services/Dockerfile", "--tag", tag]
    arguments = ["--build-arg", f"SERVICE={service}", "--build-arg", f"VERSION={version}"]
    _run([*command, *arguments, *more, "."], project)
    bill = packages.with_name(f"{service}.cdx.json")
    write_bill_of_materials(packages, service, version, bill)
    return bill


def find_builder() -> str:
    """The first that works: a docker without its daemon does not."""
    for program in _BUILDERS:
        if shutil.which(program) and _works(program):
            return program
    raise Refused("An image is built by docker, podman or buildah, and none of them works here: install one of them.")


def _works(program: str) -> bool:
    try:
        return subprocess.run([program, "info"], capture_output=True, timeout=20, check=False).returncode == 0
    except (OSError, subprocess.TimeoutExpired):
        return False


def _bring_packages(project: Path) -> Path:
    folder = project / ".tandem" / "image" / "packages"
    shutil.rmtree(folder, ignore_errors=True)
    machine = platform.machine()
    if machine not in _PLATFORMS:
        raise Refused(f"Images are made for {' and '.join(_PLATFORMS)}, and this machine is {machine}.")
    target = ["--python-version", _PYTHON, "--python-platform", _PLATFORMS[machine]]
    install = [find_uv(project), "pip", "install", "--quiet", "--target", str(folder), "--link-mode", "copy"]
    _run([*install, *target, "--require-hashes", "--only-binary", ":all:", "--no-deps", "-r", _LOCK], project)
    trim(folder)
    return folder


def trim(packages: Path) -> None:
    """Take out what no service reads: sources of compiled modules, and the APIs of AWS that nobody here calls."""
    for pattern in _SOURCES:
        for path in packages.rglob(pattern):
            path.unlink()
    for api in (packages / "botocore" / "data").glob("*/"):
        if api.name not in _APIS:
            shutil.rmtree(api)


def write_bill_of_materials(packages: Path, service: str, version: str, path: Path) -> None:
    """What is in the image beside its base, as CycloneDX 1.6."""
    from cyclonedx.model.bom import Bom
    from cyclonedx.model.component import Component, ComponentType
    from cyclonedx.output.json import JsonV1Dot6
    from packageurl import PackageURL

    bom = Bom()
    bom.metadata.component = whole = Component(
        name=f"tandem-{service}", version=version, type=ComponentType.CONTAINER, bom_ref="image"
    )
    for one in metadata.distributions(path=[str(packages)]):
        purl = PackageURL("pypi", None, one.name.lower(), one.version)
        bom.components.add(Component(name=one.name, version=one.version, purl=purl, bom_ref=str(purl)))
    bom.register_dependency(whole, bom.components)
    path.write_text(JsonV1Dot6(bom).output_as_string(indent=2) + "\n", encoding="utf-8")


def _run(command: Sequence[str], project: Path) -> None:
    ended = subprocess.run(command, cwd=project, check=False)
    if ended.returncode:
        raise Trouble(
            f"`{' '.join(command[:3])} …` failed with exit code {ended.returncode}; what it said stands above."
        )


def main(project: Path = Path(__file__).parents[2]) -> int:
    parser = argparse.ArgumentParser(prog="make image", description=__doc__.partition("\n")[0])
    parser.add_argument("service")
    parser.add_argument("--tag", help="tandem-SERVICE:VERSION when not said")
    parser.add_argument("--version", default="dev")
    wanted, more = parser.parse_known_args()
    began = time.monotonic()
    tag = wanted.tag or f"tandem-{wanted.service}:{wanted.version}"
    try:
        bill = build(project, wanted.service, tag, wanted.version, more)
    except Trouble as trouble:
        print(trouble, file=sys.stderr)
        return trouble.exit_code
    print(f"{tag} in {time.monotonic() - began:.0f} s; what is in it: {bill.relative_to(project)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
