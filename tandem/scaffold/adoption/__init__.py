"""Somebody else's contract as one that a service here can keep."""

from tandem.scaffold.adoption.adopting import Adopted, adopted
from tandem.scaffold.adoption.problems import say_not_built
from tandem.scaffold.adoption.tokens import may_see_all

__all__ = ["Adopted", "adopted", "may_see_all", "say_not_built"]
