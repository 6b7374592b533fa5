"""Failures of the file system as sentences."""

import errno
import os

import pytest

from tandem.local.suggestions import one_of
from tandem.local.trouble import Refused, disk_trouble


@pytest.mark.parametrize(
    ("number", "told", "code"),
    [
        (errno.ENOSPC, "The disk is full at /data/x. Free some space and try again.", 1),
        (errno.EACCES, "Not allowed to use /data/x. Run as the user who owns it.", 1),
        (
            errno.EROFS,
            "The file system is read-only at /data/x. Keep the state elsewhere: TANDEM_HOME=/some/folder.",
            1,
        ),
        (errno.EIO, "Input/output error at /data/x.", 2),
    ],
)
def test_failure_of_the_file_system_is_a_sentence(number: int, told: str, code: int) -> None:
    trouble = disk_trouble(OSError(number, os.strerror(number), "/data/x"))
    assert str(trouble) == told
    assert trouble.exit_code == code


def test_failure_without_a_file_is_a_sentence_too() -> None:
    assert str(disk_trouble(OSError(errno.ENOSPC, "full"))) == "The disk is full. Free some space and try again."


def test_near_miss_is_suggested_and_never_taken() -> None:
    assert one_of("invoice", ["invoice", "card"], "log") == "invoice"
    with pytest.raises(Refused, match=r"no log 'invocie'\. Did you mean `invoice`"):
        one_of("invocie", ["invoice", "card"], "log")
    with pytest.raises(Refused, match=r"There are: card, invoice\."):
        one_of("zzz", ["invoice", "card"], "log")
    with pytest.raises(Refused, match=r"no case 'zzz'\. There is none yet\."):
        one_of("zzz", [], "case")
