"""What the examples show: each thing as two of the scenarios have it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from tandem.draft.description import Action, Does, Field, Sort, Thing
from tandem.draft.house import House, Story
from tandem.draft.shared import Inline

# Today, in every story.
_NOW = "2026-11-15T09:30:00Z"
Shape = Callable[[int, Story], Any]


@dataclass(frozen=True)
class Examples:
    """`prefixes` has that of the ids of every thing, ours and known ones."""

    house: House
    prefixes: Mapping[str, str]

    def sent(self, fields: Iterable[Field]) -> dict[str, Any]:
        listed = list(fields)
        return self._told(
            lambda at, story: {one.name: self._shown(one, at, story) for one in listed if self._is_given(one, at)}
        )

    def answered(self, action: Action) -> dict[str, Any]:
        thing = action.thing
        if action.does is Does.LIST:
            pages = self._told(lambda at, story: _page(self._thing(thing, at, story, action)))
            return {**pages, self.house.empty: {"value": {"items": [], "next_cursor": None, "total": 0}}}
        return self._told(lambda at, story: self._thing(thing, at, story, action))

    def id_of(self, thing: str, story: Story) -> str:
        return story.ids.get(thing) or f"{self.prefixes[thing]}_{story.tail}"

    def _told(self, shape: Shape) -> dict[str, Any]:
        return {story.name: {"value": shape(at, story)} for at, story in enumerate(self.house.stories)}

    def _thing(self, thing: Thing, at: int, story: Story, action: Action) -> dict[str, Any]:
        shown = {one.name: self._shown(one, at, story) if self._is_given(one, at) else None for one in thing.fields}
        is_later = action.does in {Does.STEP, Does.CHANGE}
        if thing.state and action.does is Does.CREATE:
            shown[thing.state.name] = thing.state.value.choices[0]
        if action.sets:
            shown[action.sets[0]] = action.sets[1]
        return {"id": self.id_of(thing.pascal, story), **shown, "created_at": _NOW, "version": 2 if is_later else 1}

    def _is_given(self, field: Field, at: int) -> bool:
        """What is optional is left out of the second story, unless there is an example for it."""
        return not field.is_optional or at < len(field.examples)

    def _shown(self, field: Field, at: int, story: Story) -> Any:
        value = field.examples[min(at, len(field.examples) - 1)]
        if value.sort is Sort.LINK:
            return self.id_of(value.target, story)
        return Inline(value.json) if value.sort is Sort.MONEY else value.json


def _page(item: dict[str, Any]) -> dict[str, Any]:
    return {"items": [item], "next_cursor": None, "total": 1}
