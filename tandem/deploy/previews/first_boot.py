"""What a machine does when it starts: it fetches the code of a branch and runs `make up`."""

from __future__ import annotations

import shlex

from tandem.deploy.previews.lifetime import LONGEST

_SCRIPT = """#!/bin/sh
set -eu
# Whatever becomes of the reaper, it ends by itself, and what shuts down is terminated.
shutdown -h +{minutes}
dnf install --assumeyes --quiet git gzip make python3.11 tar
useradd --create-home --home-dir /srv/tandem tandem
mkdir /srv/tandem/code
curl --fail --location --no-progress-meter {archive} | tar -xz --strip-components=1 -C /srv/tandem/code
chown -R tandem: /srv/tandem/code
# A login, because what is started at boot has no home.
runuser --login tandem --command "make -C code up DETACH=1 PYTHON=python3.11"
"""


def first_boot(archive: str) -> str:
    """`archive` is an address of a tar.gz with one folder in it, which needs to hold for some minutes only."""
    minutes = int(LONGEST.total_seconds() // 60)
    return _SCRIPT.format(minutes=minutes, archive=shlex.quote(archive))
