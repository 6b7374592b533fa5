from __future__ import annotations

import json
from pathlib import Path

from tandem.gate.reports import document
from tests.gate.reports.made import result


def test_file_holds_verdict_exit_code_findings_and_figures(tmp_path: Path) -> None:
    document.write(result(), tmp_path / "report.json")
    told = json.loads((tmp_path / "report.json").read_text())
    assert (told["verdict"], told["exit_code"], told["began_at"]) == ("failed", 1, "2026-11-21T12:00:00+00:00")
    failed = told["stages"][1]
    assert (failed["verdict"], failed["findings"][0]["replay"]) == ("failed", "tandem gate replay 0123456789ab")
    assert [figure["kind"] for figure in failed["figures"]] == ["number", "bars", "lines"]
    assert told["stages"][2]["reason"] == "Squawk is gone."
