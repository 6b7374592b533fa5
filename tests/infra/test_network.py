from __future__ import annotations

from ipaddress import IPv4Network
from itertools import combinations

import pytest

from infra.foundation.network import ranges
from infra.stages import STAGES, Stage


@pytest.mark.parametrize("stage", STAGES.values(), ids=lambda stage: stage.name)
def test_ranges_lie_in_the_vpc_and_apart(stage: Stage) -> None:
    vpc = IPv4Network(stage.cidr)
    found = ranges(stage.cidr)
    blocks = [IPv4Network(block) for block in (*found.public, *found.private, *found.isolated)]
    assert len(blocks) == 9
    assert all(block.subnet_of(vpc) for block in blocks)
    assert not any(one.overlaps(other) for one, other in combinations(blocks, 2))
