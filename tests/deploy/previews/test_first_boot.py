from __future__ import annotations

import subprocess

from tandem.deploy.previews.first_boot import first_boot


def test_script_is_one_that_a_shell_reads_and_ends_the_machine_whatever_happens() -> None:
    script = first_boot("https://example.com/a'b?token=$(reboot)")
    done = subprocess.run(["sh", "-n"], input=script, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    lines = [line for line in script.splitlines() if not line.startswith(("#", "set"))]
    assert lines[0] == "shutdown -h +1440"
    assert "$(reboot)" in next(line for line in lines if line.startswith("curl")).partition("'")[2].rpartition("'")[0]
    assert lines[-1] == 'runuser --login tandem --command "make -C code up DETACH=1 PYTHON=python3.11"'


def test_script_fits_into_what_a_machine_is_told() -> None:
    assert len(first_boot("https://codeload.example.com/" + "a" * 2000)) < 16384
