"""One document out of many files: every `$ref` to another file becomes a component of the document."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tandem.kit.contract.source import ContractError, SourceFile, pointer_parts, read


@dataclass(frozen=True)
class Bundle:
    """`document` stands alone; `source` is the file it was made from, for line numbers."""

    document: dict[str, Any]
    source: SourceFile

    def error(self, pointer: str, reason: str) -> ContractError:
        return ContractError(self.source.path, self.source.line_of(pointer), reason)


def bundle(path: Path) -> Bundle:
    """The contract at `path` with the components of other files copied in; raises ContractError at the bad line."""
    bundler = _Bundler(path.resolve())
    return Bundle(bundler.run(), bundler.root)


class _Bundler:
    def __init__(self, root: Path) -> None:
        self._files: dict[Path, SourceFile] = {}
        self.root = self._file(root)
        self._components: dict[str, dict[str, Any]] = {}
        self._origins: dict[tuple[str, str], tuple[Path, str]] = {}

    def run(self) -> dict[str, Any]:
        if not isinstance(self.root.data, dict):
            raise ContractError(self.root.path, 1, "is not an OpenAPI document: its top level must be an object")
        components = self.root.data.get("components") or {}
        if not isinstance(components, dict):
            raise ContractError(self.root.path, self.root.line_of("/components"), "components must be an object")
        for kind, named in components.items():
            for name, value in named.items() if isinstance(named, dict) else ():
                # `token: {$ref: security.yaml#/components/securitySchemes/token}` only passes a component on.
                if not str(value.get("$ref", "") if isinstance(value, dict) else "").endswith(
                    f".yaml#/components/{kind}/{name}"
                ):
                    self._origins[kind, name] = (self.root.path, f"/components/{kind}/{name}")
        document: dict[str, Any] = self._rewrite(self.root, self.root.data, "")
        for kind, named in self._components.items():
            document.setdefault("components", {}).setdefault(kind, {}).update(named)
        return document

    def _file(self, path: Path) -> SourceFile:
        if path not in self._files:
            self._files[path] = read(path)
        return self._files[path]

    def _rewrite(self, source: SourceFile, value: Any, pointer: str) -> Any:
        if isinstance(value, list):
            return [self._rewrite(source, item, f"{pointer}/{index}") for index, item in enumerate(value)]
        if not isinstance(value, dict):
            return value
        reference = value.get("$ref")
        if isinstance(reference, str) and not pointer.endswith("/properties"):
            rest = {key: item for key, item in value.items() if key != "$ref"}
            return {"$ref": self._local(source, reference, pointer), **self._rewrite(source, rest, pointer)}
        return {
            key: item if key in {"example", "value", "default", "const", "enum"} and not pointer.endswith("/properties")
            else self._rewrite(source, item, f"{pointer}/{key.replace('~', '~0').replace('/', '~1')}")
            for key, item in value.items()
        }  # fmt: skip

    def _local(self, source: SourceFile, reference: str, pointer: str) -> str:
        """The reference as it reads inside the bundle, after copying what it names."""
        location, _, target = reference.partition("#")
        if "://" in location:
            raise self._refused(source, pointer, reference, "refers to another host; keep a copy beside the contract")
        try:
            file = self._file((source.path.parent / location).resolve()) if location else source
            value = file.at(target)
        except ContractError as error:
            raise self._refused(
                source, pointer, reference, f"leads nowhere: {error.path.name} {error.reason}"
            ) from error
        except (KeyError, IndexError, ValueError, TypeError):
            raise self._refused(source, pointer, reference, "leads nowhere: check the spelling") from None
        if file is self.root:
            return f"#{target}"
        parts = pointer_parts(target)
        if len(parts) != 3 or parts[0] != "components":
            raise self._refused(
                source, pointer, reference, "must name a component: file.yaml#/components/<kind>/<Name>"
            )
        self._copy(source, pointer, file, target, value)
        return f"#{target}"

    def _copy(self, source: SourceFile, pointer: str, file: SourceFile, target: str, value: Any) -> None:
        _, kind, name = pointer_parts(target)
        origin = self._origins.setdefault((kind, name), (file.path, target))
        if origin != (file.path, target):
            reason = f"two different components are called {name}: {origin[0].name} and {file.path.name}; rename one"
            raise ContractError(source.path, source.line_of(pointer), reason)
        if name not in self._components.setdefault(kind, {}):
            self._components[kind][name] = None
            self._components[kind][name] = self._rewrite(file, value, target)

    def _refused(self, source: SourceFile, pointer: str, reference: str, reason: str) -> ContractError:
        return ContractError(source.path, source.line_of(f"{pointer}/$ref"), f"$ref '{reference}' {reason}")
