from __future__ import annotations

import pytest

from tandem.gate.profiles import LIMITS, Profile
from tandem.gate.service.serving import served
from tandem.kit.contract import ContractError
from tandem.local.trouble import Trouble
from tests.gate.notices import door
from tests.gate.world import Project


def test_service_is_started_once_for_all_stages_and_stopped_once(notices: Project) -> None:
    with served(door({})) as url:
        subject = notices.subject(url)
        running = subject.running()
        assert subject.running() is running
        subject.close()
        assert subject.running() is not running
        subject.close()
    subject.close()


def test_service_that_is_not_there_is_trouble(notices: Project) -> None:
    with pytest.raises(Trouble, match="takes no connections"):
        notices.subject("http://127.0.0.1:1").running()


def test_limits_are_those_of_the_profile(notices: Project) -> None:
    assert notices.subject().limits is LIMITS[Profile.SMOKE]
    assert notices.subject(profile=Profile.FULL).limits is LIMITS[Profile.FULL]


def test_path_of_a_contract_that_is_none_is_known_all_the_same(notices: Project) -> None:
    notices.contract.write_text("[]")
    subject = notices.subject()
    assert subject.contract_path == notices.contract
    with pytest.raises(ContractError):
        _ = subject.manifest
