"""A stage in a further region, with `pulumi` played by a small script that notes what it was asked."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
import yaml

from infra.__main__ import main
from infra.stand_up import HERE, PARTS
from tests.infra.recorder import RELEASE

BACKUP = "arn:aws:rds:eu-central-1:123456789012:auto-backup:ab-1"
COMMAND = ["stand-up", "production", "--region", "eu-central-1"]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for part in PARTS:
        (tmp_path / part).mkdir()
        for file in (HERE / part).glob("Pulumi.*"):
            shutil.copy(file, tmp_path / part)
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}:/usr/bin:/bin")
    pulumi(tmp_path, "exit 0")
    return tmp_path


def pulumi(folder: Path, script: str) -> None:
    program = folder / "bin" / "pulumi"
    program.parent.mkdir(exist_ok=True)
    program.write_text(f'#!/bin/sh\necho "$@" >> {folder}/asked\n{script}\n')
    program.chmod(0o755)


def asked(folder: Path) -> list[str]:
    return [line.partition(f"{folder}/")[2] for line in (folder / "asked").read_text().splitlines()]


def settings(folder: Path, part: str) -> dict[str, Any]:
    return dict(yaml.safe_load((folder / part / "Pulumi.production.eu-central-1.yaml").read_text())["config"])


def images(folder: Path) -> list[str]:
    (folder / "images.json").write_text(RELEASE["tandem:images"])
    return ["--images", str(folder / "images.json"), "--release", "1.0.0"]


def test_stage_stands_up_part_by_part_in_their_order(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*COMMAND, "--restore-from", BACKUP, *images(folder)], folder) == 0
    stack = "production.eu-central-1"
    assert asked(folder) == [
        f"{part} {command}"
        for part in PARTS
        for command in (f"stack select --create {stack}", f"up --yes --stack {stack}")
    ]
    assert capsys.readouterr().out.splitlines()[-1] == "production stands in eu-central-1."


def test_settings_are_those_of_the_stage_with_the_regions_exchanged(folder: Path) -> None:
    main([*COMMAND, "--restore-from", BACKUP, *images(folder)], folder)
    assert settings(folder, "foundation")["aws:region"] == "eu-central-1"
    assert settings(folder, "foundation")["tandem:domain"] == "api.example.com"
    data = settings(folder, "data")
    assert (data["tandem:second_region"], data["tandem:restore_from"]) == ("eu-north-1", BACKUP)
    assert settings(folder, "service")["tandem:images"] == json.loads(RELEASE["tandem:images"])


def test_without_images_service_waits(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(COMMAND, folder) == 0
    assert not [line for line in asked(folder) if line.startswith("service")]
    assert "run this again with --images" in capsys.readouterr().out
    assert "tandem:restore_from" not in settings(folder, "data")


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["stand-up", "staging", "--region", "eu-central-1"], "which is no stage: name it dev, uat, production."),
        (["stand-up", "production", "--region", "Frankfurt"], "--region is 'Frankfurt', and should be a region"),
        (["stand-up", "production", "--region", "eu-north-1"], "where production stands already; choose another."),
        ([*COMMAND, "--images", "nowhere.json"], "--images: nowhere.json cannot be read as JSON"),
    ],
)
def test_order_that_cannot_be_met_is_told_in_a_sentence(
    folder: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], told: str
) -> None:
    assert main(arguments, folder) == 1
    assert told in capsys.readouterr().err
    assert not (folder / "asked").exists()


def test_images_of_another_form_or_of_no_release_are_refused(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*COMMAND, *images(folder)[:2]], folder) == 1
    assert "--images goes with --release" in capsys.readouterr().err
    (folder / "images.json").write_text('["card"]')
    assert main([*COMMAND, "--images", str(folder / "images.json"), "--release", "1"], folder) == 1
    assert "should hold an object of service and image" in capsys.readouterr().err


def test_part_that_fails_stops_the_rest(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    pulumi(folder, 'case "$*" in *data*up*) exit 1;; esac')
    assert main([*COMMAND, *images(folder)], folder) == 1
    assert "failed in data; mend what it said and run this again" in capsys.readouterr().err
    assert not [line for line in asked(folder) if line.startswith("service")]


def test_without_pulumi_one_is_told_where_it_is(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "bin" / "pulumi").unlink()
    assert main(COMMAND, folder) == 1
    assert "There is no pulumi on this machine" in capsys.readouterr().err
