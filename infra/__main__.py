"""`python -m infra stand-up production --region eu-central-1`: a stage in a further region, by one command."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from infra.refusal import Refused
from infra.stand_up import HERE, Order, read_images, stand_up


def main(arguments: Sequence[str], folder: Path = HERE) -> int:
    """0 when it stands, 1 when something was refused or failed."""
    given = _parser().parse_args(arguments)
    try:
        images = read_images(given.images) if given.images else None
        if images and not given.release:
            raise Refused("--images goes with --release: which release the images are of.")
        order = Order(given.stage, given.region, given.restore_from, images, given.release)
        stand_up(order, print, folder)
    except Refused as refused:
        sys.stderr.write(f"{refused}\n")
        return 1
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m infra", description="The cloud of a stage.")
    commands = parser.add_subparsers(required=True)
    command = commands.add_parser("stand-up", help="Stand a stage up in a further region.")
    command.add_argument("stage", help="dev, uat or production")
    command.add_argument("--region", required=True, help="where, such as eu-central-1")
    command.add_argument("--restore-from", metavar="ARN", help="the copied backup that the database is made of")
    command.add_argument("--images", type=Path, metavar="FILE", help="a JSON object of service and image, by digest")
    command.add_argument("--release", help="which release the images are of")
    return parser


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
