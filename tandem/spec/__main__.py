"""`python -m tandem.spec generate [SERVICE…]` for the time before the command line is installed."""

import sys
from pathlib import Path

from tandem.kit.settings import REPOSITORY
from tandem.spec.generate import generated_files
from tandem.spec.manifest import load_manifest


def main(arguments: list[str]) -> int:
    manifest = load_manifest(REPOSITORY / "contracts")
    for name in arguments[1:] or manifest.services:
        for path, text in generated_files(manifest, manifest.services[name], REPOSITORY / "services").items():
            Path(path).write_text(text, encoding="utf-8")
            print(f"wrote {path.relative_to(REPOSITORY)}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
