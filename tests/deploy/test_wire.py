"""The fake cannot say what AWS never would."""

from __future__ import annotations

from typing import Any

import botocore.session
import pytest

from tests.deploy.wire import NotAws, checked

MODEL = botocore.session.get_session().get_service_model("ecs").operation_model("ListServiceDeployments")


@pytest.mark.parametrize(
    ("deployment", "said"),
    [
        ({"status": "FINE"}, "is 'FINE', which is none of PENDING"),
        ({"state": "PENDING"}, "Unknown parameter"),
        ({"status": 3}, "Invalid type"),
    ],
    ids=["value", "name", "type"],
)
def test_answer_of_another_shape_than_the_model_is_refused(deployment: dict[str, Any], said: str) -> None:
    with pytest.raises(NotAws, match=said):
        checked(MODEL, {"serviceDeployments": [deployment]})


def test_answer_of_the_shape_passes() -> None:
    answer = {"serviceDeployments": [{"status": "PENDING"}]}
    assert checked(MODEL, answer) is answer
