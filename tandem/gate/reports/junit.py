"""A verdict as JUnit XML, in the form that GitHub, GitLab and Jenkins read: a suite per stage, a case per check."""

from __future__ import annotations

import re
from pathlib import Path
from xml.etree import ElementTree as XML  # noqa: N814 - it makes elements and reads none

from tandem.gate.verdict import Check, Finding, GateResult, StageResult, Verdict
from tandem.local.state import write_atomically

# What XML 1.0 cannot carry, even escaped; an answer that was quoted may hold it.
_UNPRINTABLE = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def as_xml(result: GateResult) -> str:
    suites = [_suite(result, stage) for stage in result.stages]
    root = XML.Element("testsuites", name=f"tandem gate {result.service}", time=f"{result.seconds:.3f}")
    for total in ("tests", "failures", "errors", "skipped"):
        root.set(total, str(sum(int(suite.get(total, "0")) for suite in suites)))
    root.extend(suites)
    XML.indent(root)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + XML.tostring(root, encoding="unicode") + "\n"


def write(result: GateResult, path: Path) -> None:
    write_atomically(path, as_xml(result), mode=0o644)


def _suite(result: GateResult, stage: StageResult) -> XML.Element:
    name = f"{result.service}.{stage.stage}"
    cases = [_check(name, check) for check in stage.checks if check.verdict is not Verdict.FAILED]
    cases += [_finding(name, finding) for finding in stage.findings]
    if stage.reason:
        cases.append(_case(name, "the stage itself", stage.verdict, stage.reason))
    suite = XML.Element("testsuite", name=name, tests=str(len(cases)), time=f"{stage.seconds:.3f}")
    suite.set("timestamp", result.began_at.strftime("%Y-%m-%dT%H:%M:%S"))
    for total, element in (("failures", "failure"), ("errors", "error"), ("skipped", "skipped")):
        suite.set(total, str(sum(case.find(element) is not None for case in cases)))
    suite.extend(cases)
    return suite


def _check(suite: str, check: Check) -> XML.Element:
    return _case(suite, check.name, check.verdict, check.said)


def _case(suite: str, name: str, verdict: Verdict, said: str) -> XML.Element:
    case = XML.Element("testcase", classname=suite, name=_printable(name))
    if verdict is Verdict.DID_NOT_LOOK:
        XML.SubElement(case, "skipped", message=_printable(said))
    elif verdict is not Verdict.PASSED:
        XML.SubElement(case, "error", type=verdict.value, message=_printable(said))
    return case


def _finding(suite: str, finding: Finding) -> XML.Element:
    case = XML.Element("testcase", classname=suite, name=_printable(f"{finding.title} [{finding.fingerprint}]"))
    failure = XML.SubElement(case, "failure", type=finding.fingerprint, message=_printable(finding.title))
    lines = (finding.where, finding.detail, f"Fix: {finding.fix}" if finding.fix else "", finding.replay or "")
    failure.text = _printable("\n".join(line for line in lines if line))
    return case


def _printable(text: str) -> str:
    return _UNPRINTABLE.sub("�", text)
