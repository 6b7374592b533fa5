"""A stage in a further region, made of the copy of the first one's backups."""

from __future__ import annotations

from functools import cache

from infra.data.program import build
from tests.infra.recorder import Run, record, recorded, settings_of

BACKUP = "arn:aws:rds:eu-central-1:123456789012:auto-backup:ab-1"


@cache
def elsewhere() -> Run:
    settings = {
        **settings_of("data", "production"),
        "aws:region": "eu-central-1",
        "tandem:second_region": "eu-north-1",
        "tandem:restore_from": BACKUP,
    }
    before = {"foundation": recorded("foundation", "production").exports}
    return record(build, "production.eu-central-1", settings, before, part="data")


def test_database_is_made_of_the_last_second_that_was_copied() -> None:
    [database] = elsewhere().of("aws:rds/instance:Instance")
    assert database.inputs["restoreToPointInTime"] == {
        "sourceDbInstanceAutomatedBackupsArn": BACKUP,
        "useLatestRestorableTime": True,
    }
    assert "kmsKeyId" not in database.inputs
    # Taken out of the settings later, it must not make another database.
    assert set(database.ignored) == {"restoreToPointInTime", "kmsKeyId"}
    assert database.protect


def test_what_was_the_first_region_gets_the_copies_from_now_on() -> None:
    [copies] = elsewhere().of("aws:rds/instanceAutomatedBackupsReplication:InstanceAutomatedBackupsReplication")
    assert copies.inputs["region"] == "eu-north-1"
