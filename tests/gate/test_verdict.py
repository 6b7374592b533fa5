import pytest

from tandem.gate.verdict import Verdict, fingerprint, worst

PASSED, FAILED, TROUBLE = Verdict.PASSED, Verdict.FAILED, Verdict.TROUBLE
CANNOT_TELL, DID_NOT_LOOK = Verdict.CANNOT_TELL, Verdict.DID_NOT_LOOK


@pytest.mark.parametrize(
    ("verdicts", "whole"),
    [
        ([], DID_NOT_LOOK),
        ([DID_NOT_LOOK], DID_NOT_LOOK),
        ([PASSED, DID_NOT_LOOK], PASSED),
        ([PASSED, CANNOT_TELL], CANNOT_TELL),
        ([CANNOT_TELL, TROUBLE, PASSED], TROUBLE),
        ([TROUBLE, FAILED, PASSED], FAILED),
    ],
)
def test_the_worst_of_several_verdicts_is_the_whole_one(verdicts: list[Verdict], whole: Verdict) -> None:
    assert worst(verdicts) is whole


def test_only_passed_is_0_and_only_failed_is_1() -> None:
    codes = {verdict: verdict.exit_code for verdict in Verdict}
    assert codes == {PASSED: 0, FAILED: 1, CANNOT_TELL: 2, DID_NOT_LOOK: 2, TROUBLE: 2}


def test_fingerprints_differ_where_words_only_run_together() -> None:
    assert fingerprint("a", "bc") != fingerprint("ab", "c")
    assert fingerprint("a", "bc") == fingerprint("a", "bc")
