import pytest

from tandem.spec.versions import Step, Version


@pytest.mark.parametrize("text", ["1.2", "1.2.3-rc.1", "v1.2.3", "", "1.2.3.4", " 1.2.3"])
def test_anything_but_three_numbers_is_no_version(text: str) -> None:
    assert Version.parse(text) is None


def test_versions_are_ordered_by_their_numbers() -> None:
    assert [str(one) for one in sorted(filter(None, map(Version.parse, ("1.10.0", "1.9.0", "2.0.0"))))] == [
        "1.9.0",
        "1.10.0",
        "2.0.0",
    ]


@pytest.mark.parametrize(
    ("before", "step", "after"),
    [
        ("1.2.3", Step.MAJOR, "2.0.0"),
        ("1.2.3", Step.MINOR, "1.3.0"),
        ("1.2.3", Step.PATCH, "1.2.4"),
        ("0.2.3", Step.MAJOR, "0.3.0"),
        ("0.2.3", Step.MINOR, "0.3.0"),
        ("0.2.3", Step.PATCH, "0.2.4"),
    ],
)
def test_step_leads_to_the_next_version(before: str, step: Step, after: str) -> None:
    version = Version.parse(before)
    assert version is not None
    assert str(version.after(step)) == after
