"""From a plain description in Markdown to a contract in the style of the house."""

from tandem.draft.drafting import Draft, draft
from tandem.draft.mistakes import NotUnderstood
from tandem.draft.questions import Interview, Question, Unanswered

__all__ = ["Draft", "Interview", "NotUnderstood", "Question", "Unanswered", "draft"]
