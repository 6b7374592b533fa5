from __future__ import annotations

import pytest
import yaml

from tandem.spec.deployment.recording import NotThere, with_release

_FLOW = "# Who.\nenvironments:\n  uat: {card: 1.0.0, invoice: 1.0.0} # the first\n  production: {card: 1.0.0}\n"
_BLOCK = "environments:\n  uat:\n    # the first\n    card: 1.0.0\n    invoice: [1.0.0, 1.1.0]\n  empty: {}\n"


@pytest.mark.parametrize(
    ("text", "environment", "service", "old", "new"),
    [
        (_FLOW, "uat", "card", "uat: {card: 1.0.0,", "uat: {card: 1.1.0,"),
        (_FLOW, "production", "card", "production: {card: 1.0.0}", "production: {card: 1.1.0}"),
        (_FLOW, "production", "account", "production: {card: 1.0.0}", "production: {card: 1.0.0, account: 1.1.0}"),
        (_BLOCK, "uat", "card", "    card: 1.0.0\n", "    card: 1.1.0\n"),
        (_BLOCK, "uat", "invoice", "[1.0.0, 1.1.0]", "1.1.0"),
        (_BLOCK, "uat", "account", "    card: 1.0.0\n", "    account: 1.1.0\n    card: 1.0.0\n"),
        (_BLOCK, "empty", "card", "empty: {}", "empty: {card: 1.1.0}"),
    ],
)
def test_version_is_written_where_it_stands_and_nothing_else_moves(
    text: str, environment: str, service: str, old: str, new: str
) -> None:
    written = with_release(text, environment, service, "1.1.0")
    assert written == text.replace(old, new, 1)
    assert yaml.safe_load(written)["environments"][environment][service] == "1.1.0"


@pytest.mark.parametrize("text", [_FLOW, "environments:\n  moon:\n", ""])
def test_environment_that_is_not_there_is_refused(text: str) -> None:
    with pytest.raises(NotThere, match="There is no environment moon"):
        with_release(text, "moon", "card", "1.1.0")
