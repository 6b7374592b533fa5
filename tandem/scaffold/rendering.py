"""The template with the answers of one service filled in."""

from __future__ import annotations

import os
from dataclasses import asdict, dataclass
from pathlib import Path

import yaml

from tandem.local.trouble import Refused

ANSWERS = ".template.yaml"


@dataclass(frozen=True)
class Answers:
    """What the template's files depend on; `template` is the number of the newest change that the service has."""

    name: str
    template: int
    keeps_files: bool = False


def answers_path(name: str) -> Path:
    return Path("services") / name / ANSWERS


def read_answers(project: Path, name: str) -> Answers:
    """Raises Refused for a service that is not made from the template."""
    path = project / answers_path(name)
    try:
        return parse_answers(path.read_text("utf-8"))
    except FileNotFoundError:
        raise Refused(f"{name} was not made from the template: there is no {answers_path(name)}.") from None
    except (yaml.YAMLError, KeyError, TypeError, ValueError) as error:
        raise Refused(f"{answers_path(name)} cannot be read; it needs name, template and keeps_files.") from error


def parse_answers(text: str) -> Answers:
    found = yaml.safe_load(text)
    return Answers(str(found["name"]), int(found["template"]), bool(found["keeps_files"]))


def render(template: Path, answers: Answers, folder: Path) -> None:
    """Write the files of the template below `folder`."""
    # Copier takes 0.4 s to import, which only who needs it should pay.
    import copier
    from copier.errors import CopierError
    from jinja2 import TemplateError

    if not (template / "copier.yaml").exists():
        raise Refused(f"There is no template in {os.path.relpath(template)}: run this in a checkout that has one.")
    try:
        copier.run_copy(
            str(template),
            folder,
            data=asdict(answers),
            defaults=True,
            overwrite=True,
            quiet=True,
            # A person's own settings of Copier must not change what a service is.
            settings=copier.Settings(),
        )
    except (CopierError, TemplateError) as error:
        raise Refused(f"The template cannot be rendered: {error}") from error


def rendered(template: Path, answers: Answers, folder: Path) -> dict[Path, str]:
    """The same as texts by their paths in the project; `folder` is an empty one to work in."""
    render(template, answers, folder)
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder): path.read_text("utf-8") for path in files}
