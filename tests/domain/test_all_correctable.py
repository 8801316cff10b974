"""Everything that is recorded of a thread can be put right: read off the published format."""

import re
from pathlib import Path

import pytest

from footprint.domain.asks import Ask
from footprint.domain.events import TOPICS
from footprint.domain.moves import amending, correcting

PAGE = Path(__file__).parents[2] / "docs" / "format.md"
_, SECTION = PAGE.read_text("utf-8").split("### Topics of a thread")
ROWS = [
    [cell.strip() for cell in line.strip("|").split("|")]
    for line in SECTION.partition("### Topics of the policy")[0].splitlines()
    if line.startswith("| `")
]
FOLLOW = {"ladder", "ladder_version", "resolve_by"}
"""Facts that follow from others: from the service, the day and the capacity."""
DONE_FOR_GOOD = {"positions", "requested", "corrects", "facts", "basis", "right_child"}
"""What was done to the record: it is taken back, or done again."""


def names(cell: str) -> set[str]:
    return set(re.findall(r"`([a-z_0-9]+)`", cell))


def columns(topic: str) -> tuple[set[str], set[str]]:
    """The facts and the words that a topic may have; "the same" is as the row before it."""
    facts, words = set[str](), set[str]()
    for name, own_facts, own_words in ROWS:
        facts = (facts if "the same" in own_facts else set()) | names(own_facts)
        words = words if own_words == "the same" else names(own_words)
        if name == f"`{topic}`":
            return facts, words
    raise LookupError(topic)


def correctable(topic: str) -> tuple[set[str], set[str]]:
    """The facts and the words that `correct` takes for a topic."""
    if topic in amending._TEXTS:
        return {"on", "source"}, {*amending._TEXTS[topic]}
    kind = correcting._KINDS[topic]
    asked = kind.ask.kinds.keys() - Ask.kinds.keys()
    return asked | {"on", "source"}, {*kind.texts}


APART = ("policy.", "ledger.", "signer.", "report.")
THREAD = [topic for topic in TOPICS if not topic.startswith(APART)]


def test_the_page_lists_every_topic_of_a_thread() -> None:
    """So that nothing is left out below."""
    assert sorted(name for name, *_ in ROWS) == sorted(f"`{topic}`" for topic in THREAD)


@pytest.mark.parametrize("topic", THREAD)
def test_every_fact_and_every_word(topic: str) -> None:
    """Its day and its source too; a case number goes another way, by two people."""
    facts, words = columns(topic)
    can_facts, can_words = correctable(topic)
    left = DONE_FOR_GOOD if topic in amending._TEXTS else set()
    assert facts - FOLLOW - left <= can_facts
    assert words - left - {"text"} <= can_words - {"text"} | ({"new"} if left else set())
    assert "text" not in words or "text" in can_words
