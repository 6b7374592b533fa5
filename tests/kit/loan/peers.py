from collections.abc import Callable

from tandem.kit.peers import PeerClient


class Peers:
    def __init__(self, connect: Callable[[str], PeerClient]) -> None:
        self.bank = connect("bank")
