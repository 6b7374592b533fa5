"""The stories of contracts/scenarios.yaml in this process: rows for a database, and answers of peers."""

from __future__ import annotations

import orjson

from tandem.gate.service.stories import Stories
from tandem.kit.contract import Contract
from tandem.kit.peers.transport import PeerAnswer, PeerRequest
from tests.architecture.project import ROOT

STORIES = Stories(ROOT / "contracts")


def contract(service: str) -> Contract:
    return STORIES.contract(service)


class ScenarioPeers:
    async def send(self, request: PeerRequest) -> PeerAnswer:
        answer = STORIES.answer(request.operation.peer, request.operation.id, request.url)
        return PeerAnswer(answer.status, orjson.dumps(answer.document))

    async def close(self) -> None:
        return
