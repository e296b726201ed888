"""What a person writes on a transaction: its description, notes and tags, checked."""

from collections.abc import Sequence

from domain import text
from domain.mistakes import invalid

LONGEST_DESCRIPTION = 500
LONGEST_TAG = 50
MOST_TAGS = 20


def checked_description(description: str) -> str:
    """One line of at most 500 characters."""
    return text.line(description, "input", "description", most=LONGEST_DESCRIPTION)


def checked_notes(notes: str | None) -> str | None:
    """At most 2,000 characters; null where nothing is left."""
    return text.prose(notes, "input", "notes")


def checked_tags(tags: Sequence[str] | None) -> list[str]:
    """Each once, in the order given: at most 20 of at most 50 characters."""
    if tags is not None and len(tags) > MOST_TAGS:
        raise invalid(f"A transaction has at most {MOST_TAGS} tags.", "input", "tags")
    checked = [text.line(tag, "input", "tags", str(at), most=LONGEST_TAG) for at, tag in enumerate(tags or ())]
    return list(dict.fromkeys(checked))
