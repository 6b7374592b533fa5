"""What can be reached from where in a graph with cycles, worked out once for all starting points."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator
from typing import Generic, TypeVar

Node = TypeVar("Node", bound=Hashable)


class Reach(Generic[Node]):
    """Marks reachable from each node, as bits of a number.

    Nodes of one cycle reach the same: they are found as the strongly connected components of R. Tarjan, "Depth-first
    search and linear graph algorithms" (1972), here without recursion, for schemas nest deeper than Python's stack.
    """

    def __init__(self, next_of: Callable[[Node], Iterable[Node]], mark_of: Callable[[Node], int]) -> None:
        self._next_of, self._mark_of = next_of, mark_of
        self._order: dict[Node, int] = {}
        self._lowest: dict[Node, int] = {}
        self._open: list[Node] = []
        self._following: dict[Node, list[Node]] = {}
        self._marks: dict[Node, int] = {}

    def __getitem__(self, node: Node) -> int:
        if node not in self._order:
            self._explore(node)
        return self._marks[node]

    def _explore(self, start: Node) -> None:
        trail: list[tuple[Node, Iterator[Node]]] = [self._enter(start)]
        while trail:
            node, ahead = trail[-1]
            following = next(ahead, None)
            if following is None:
                trail.pop()
                self._leave(node)
                if trail:
                    self._lower(trail[-1][0], self._lowest[node])
            elif following not in self._order:
                trail.append(self._enter(following))
            elif following not in self._marks:
                self._lower(node, self._order[following])

    def _enter(self, node: Node) -> tuple[Node, Iterator[Node]]:
        self._order[node] = self._lowest[node] = len(self._order)
        self._open.append(node)
        self._following[node] = list(self._next_of(node))
        return node, iter(self._following[node])

    def _lower(self, node: Node, to: int) -> None:
        self._lowest[node] = min(self._lowest[node], to)

    def _leave(self, node: Node) -> None:
        """Closes a component when `node` is where it was entered."""
        if self._lowest[node] != self._order[node]:
            return
        members: list[Node] = []
        while not members or members[-1] != node:
            members.append(self._open.pop())
        marks = 0
        for member in members:
            marks |= self._mark_of(member)
            for following in self._following.pop(member):
                marks |= self._marks.get(following, 0)
        self._marks |= dict.fromkeys(members, marks)
