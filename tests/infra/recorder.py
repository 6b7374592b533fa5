"""Runs a part without AWS and without Pulumi's engine, and keeps what it registers: inputs, options, outputs."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib import import_module
from typing import Any

import pulumi
import yaml
from pulumi.runtime import mocks, rpc, set_all_config, set_mocks
from pulumi.runtime.settings import get_root_resource
from pulumi.runtime.stack import Stack

from infra.product import CONTRACTS, load_product
from tests.infra.answers import ACCOUNT, Zones, call, id_of, outputs_of

PARTS = ("foundation", "data", "service")
_SECRET = "4dabf18193072939515e22adb298388d"
_IMAGE = f"{ACCOUNT}.dkr.ecr.eu-north-1.amazonaws.com/tandem@sha256:{'0' * 64}"
_IMAGES = dict.fromkeys(load_product().services, _IMAGE)
# What a pipeline knows of a release, and the stack's file does not.
RELEASE = {"tandem:images": json.dumps(_IMAGES), "tandem:version": "1.0.0"}
# An output in an f-string would otherwise become a help text in some name.
os.environ["PULUMI_ERROR_OUTPUT_STRING"] = "true"


@dataclass(frozen=True)
class Resource:
    """`inputs` by their names on the wire; `secret` are those that Pulumi keeps encrypted."""

    urn: str
    type: str
    name: str
    inputs: dict[str, Any]
    outputs: dict[str, Any]
    id: str
    parent: str
    protect: bool
    ignored: tuple[str, ...]
    depends_on: tuple[str, ...]
    secret: frozenset[str]


@dataclass
class Run:
    stage: str
    part: str
    resources: list[Resource] = field(default_factory=list)
    exports: dict[str, Any] = field(default_factory=dict)

    def of(self, type_: str) -> list[Resource]:
        return [resource for resource in self.resources if resource.type == type_]

    def named(self, type_: str, name: str) -> Resource:
        [found] = [resource for resource in self.of(type_) if resource.name == name]
        return found


class _Answers(mocks.Mocks):
    def __init__(self, references: Mapping[str, Mapping[str, Any]], zones: Zones) -> None:
        self._references = references
        self._zones = zones

    def new_resource(self, args: mocks.MockResourceArgs) -> tuple[str | None, dict[str, Any]]:
        if args.typ == "pulumi:pulumi:StackReference":
            part = args.inputs["name"].split("/")[1].removeprefix("tandem-")
            return args.name, {**args.inputs, "outputs": dict(self._references[part])}
        return id_of(args.typ, args.name), outputs_of(args.typ, args.name, args.inputs)

    def call(self, args: mocks.MockCallArgs) -> tuple[dict[Any, Any], list[tuple[str, str]] | None]:
        return call(args.token, self._zones), []


class _Monitor(mocks.MockMonitor):
    def __init__(self, answers: _Answers, run: Run) -> None:
        super().__init__(answers)
        self._run = run

    def RegisterResource(self, request: Any) -> Any:  # noqa: N802 - the name is that of the call
        answer = super().RegisterResource(request)  # type: ignore[no-untyped-call]
        if request.type.startswith("aws:"):
            raw = rpc.deserialize_properties(request.object, keep_unknowns=True)
            self._run.resources.append(
                Resource(
                    urn=answer.urn,
                    type=request.type,
                    name=request.name,
                    inputs={name: revealed(value) for name, value in raw.items()},
                    outputs=rpc.deserialize_properties(answer.object),
                    id=answer.id,
                    parent=request.parent,
                    protect=request.protect,
                    ignored=tuple(request.ignoreChanges),
                    depends_on=tuple(request.dependencies),
                    secret=frozenset(name for name, value in raw.items() if rpc.is_rpc_secret(value)),
                )
            )
        return answer


def revealed(value: Any) -> Any:
    """Without the wrapping that marks a secret, at any depth."""
    if isinstance(value, dict):
        if _SECRET in value and "value" in value:
            return revealed(value["value"])
        return {name: revealed(one) for name, one in value.items()}
    return [revealed(one) for one in value] if isinstance(value, list) else value


def settings_of(part: str, stage: str) -> dict[str, str]:
    """Those of the stack's file, as the command line of Pulumi would read them."""
    file = CONTRACTS.parent / "infra" / part / f"Pulumi.{stage}.yaml"
    settings: dict[str, str] = dict(yaml.safe_load(file.read_text("utf-8"))["config"])
    return {**settings, **(RELEASE if part == "service" else {})}


def record(
    program: Callable[[], None],
    stack_name: str,
    settings: Mapping[str, str],
    references: Mapping[str, Mapping[str, Any]] | None = None,
    zones: Zones = ("a", "b", "c"),
    part: str = "",
    begun: Callable[[Run], None] = lambda run: None,
) -> Run:
    """Run a program as Pulumi would; what it raises comes out. `begun` gets the run while it is empty."""
    run = Run(stack_name.partition(".")[0], part)
    begun(run)
    answers = _Answers(references or {}, zones)
    set_all_config(dict(settings))
    set_mocks(answers, project=f"tandem-{part}", stack=stack_name, monitor=_Monitor(answers, run))
    pulumi.runtime.test(_with_exports)(program, run)  # type: ignore[no-untyped-call]
    return run


def _with_exports(program: Callable[[], None], run: Run) -> pulumi.Output[None]:
    root = get_root_resource()
    assert isinstance(root, Stack)
    # The stack of the run before is still here: the mocks make one only where there is none.
    root.outputs.clear()
    program()
    return pulumi.Output.all(**root.outputs).apply(run.exports.update)


@cache
def recorded(part: str, stage: str) -> Run:
    """A part as it stands in the tree; the parts before it give it their real outputs."""
    before = {name: recorded(name, stage).exports for name in PARTS[: PARTS.index(part)]}
    program = import_module(f"infra.{part}.program").build
    return record(program, stage, settings_of(part, stage), before, part=part)
