from __future__ import annotations

from collections.abc import Iterator

import pytest

from tandem.gate.service.given import reach
from tandem.gate.service.serving import served
from tandem.local.state import Home
from tandem.local.trouble import Refused, Trouble
from tests.architecture.project import ROOT
from tests.gate.notices import door
from tests.gate.world import Project


@pytest.fixture
def url() -> Iterator[str]:
    with served(door({})) as address:
        yield address


def test_tokens_are_issued_here_unless_they_are_brought(notices: Project, url: str) -> None:
    home = notices.subject().home
    given = reach(f"{url}/", "notice", home, {"customer": "brought-along"})
    assert given.url == url
    assert set(given.callers) == {"support", "service", "customer", "neighbour"}
    assert given.callers["customer"] == "brought-along"
    assert given.callers["support"].count(".") == 2
    assert given.trouble() is None
    given.stop()
    assert given.trouble() is None, "who did not start it does not stop it"


def test_first_caller_is_the_one_that_may_do_most() -> None:
    home = Home(ROOT / ".tandem", ROOT)
    with served(door({})) as address:
        names = {service: next(iter(reach(address, service, home, {}).callers)) for service in ("card", "transaction")}
    assert names == {"card": "support", "transaction": "service"}


def test_service_that_goes_away_is_in_trouble(notices: Project) -> None:
    with served(door({})) as address:
        given = reach(address, "notice", notices.subject().home, {})
    assert "takes no connections" in str(given.trouble())


def test_nothing_is_judged_where_nothing_answers(notices: Project) -> None:
    with pytest.raises(Trouble, match="takes no connections"):
        reach("http://127.0.0.1:1", "notice", notices.subject().home, {})


def test_token_of_nobody_is_refused(notices: Project, url: str) -> None:
    with pytest.raises(Refused, match=r"There is no caller 'custommer'\. Did you mean `customer`\?"):
        reach(url, "notice", notices.subject().home, {"custommer": "x"})


def test_contracts_that_give_no_scopes_are_refused(notices: Project, url: str) -> None:
    (notices.folder / "contracts" / "common" / "security.yaml").write_text("components: {}")
    with pytest.raises(Refused, match="does not say which scopes each kind of caller has"):
        reach(url, "notice", notices.subject().home, {})
