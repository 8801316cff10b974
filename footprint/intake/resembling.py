"""Whether a thread that is here is a row's: surely, with other words, or only like it.

What is surely the row's is gone on with or put right. A row without a number whose words were
changed is known by its child, its day and the facts that it begins with, where nothing else in the
file and nothing else here has these: then a reason is enough. Of the rest people decide.
"""

from __future__ import annotations

from typing import NamedTuple

from footprint.domain.asks import Raise
from footprint.domain.reference import shown
from footprint.domain.stated import as_stored, own_facts
from footprint.intake.comparing import Changed, Difference
from footprint.intake.considering import Considered
from footprint.intake.known import (
    BY_CHILD,
    BY_DAY,
    BY_FACTS,
    BY_REFERENCE,
    BY_REMOVED,
    BY_WORDS,
    Match,
)
from footprint.intake.seen import First, Seen

OF_THE_CHILD = frozenset({BY_REFERENCE, BY_WORDS, BY_CHILD, BY_REMOVED})
OR_NEW = "If it is a new one, bring it in with --as-new."
_TEXT = "text"


class Best(NamedTuple):
    """The thread that a row is, or is most like, and how it differs; None: no file brought it in.

    `reworded` says that it is the only one that may be the row with other words.
    """

    match: Match
    differs: Difference | None
    reworded: bool = False


def is_it(match: Match, differs: Difference) -> bool:
    """Whether a thread is the row's, whatever else has changed."""
    if match.other:
        return False
    sure = BY_REFERENCE in match.by or {BY_WORDS, BY_CHILD} <= match.by
    alike = not (differs.changed or _lacks(differs))
    return (sure and not differs.another) or (bool(match.by & OF_THE_CHILD) and alike)


def may_be_reworded(match: Match, differs: Difference | None) -> bool:
    """Whether a thread may be the row's, of the same child and day, with other words."""
    if differs is None or match.other or BY_CHILD not in match.by or _lacks(differs):
        return False
    begun = next((one for one in differs.changed if isinstance(one.ask, Raise)), None)
    if begun is None or begun.facts or begun.ask.on is None:
        return False
    return _are_alike(begun)


def _lacks(differs: Difference) -> bool:
    """Whether something is here that the row does not say, or not so."""
    return bool(differs.gone or differs.beside or differs.removed)


def _are_alike(begun: Changed) -> bool:
    """Whether half of the words are still there: another concern of that day has others."""
    was, now = (
        frozenset(text.casefold().split())
        for text in (begun.was.get(_TEXT, ""), begun.words.get(_TEXT, ""))
    )
    return bool(was) and 2 * len(was & now) >= max(len(was), len(now))


class Beginnings:
    """The rows of a file by how they begin: all that they say of what was raised but its words.

    Args:
        seen: what was met of the file.
    """

    def __init__(self, seen: Seen) -> None:
        self._seen = seen
        self._several: set[int] = set()

    def take(self, one: Considered, place: int) -> None:
        """Look at a row that is not here as it stands."""
        begins = _begins(one)
        first = self._seen.first(begins, First(place, one.said))
        if first.at != place and first.said != one.said:
            self._several.add(hash(begins))

    def is_only(self, one: Considered) -> bool:
        """Whether no other row of the file begins so, and says otherwise."""
        return hash(_begins(one)) not in self._several


def _begins(one: Considered) -> tuple[object, ...]:
    first = one.moves[0]
    facts = own_facts(first)  # type: ignore[arg-type]
    on = as_stored(first.occurred_on)
    return ("begins", one.found.child, on, first.event.topic, repr(sorted(facts.items())))


# --- as it is said --------------------------------------------------------------------------------


def resembles(match: Match, differs: Difference | None) -> str:
    """What a row and a thread have in common that may be another one."""
    ref = shown(match.stream)
    if not match.by & OF_THE_CHILD:
        return _ELSEWHERE[BY_DAY if BY_DAY in match.by else BY_FACTS].format(ref)
    if BY_REMOVED in match.by:
        return f"{ref} is of the same child, and words of it were removed."
    by = " and ".join(_IS_THE_SAME[name] for name in _IS_THE_SAME if name in match.by)
    if match.other:
        by += ", another number"
    how = "says otherwise" if differs else "was not brought in from a file"
    return f"{ref} is of the same child, has the same {by}, and {how}."


def or_else(best: Best, *, reason: bool) -> str:
    """What can be done with such a row: all that is true of it.

    Args:
        best: the thread that it is most like.
        reason: whether why it is put right was said.
    """
    match, differs, reworded = best
    ref = shown(match.stream)
    if reworded and not reason:
        return f"If it is that one, reworded, say why: --reason TEXT. {OR_NEW}"
    if differs is None or not match.by & OF_THE_CHILD or BY_REMOVED in match.by:
        return OR_NEW
    several = " More than one of the file begins so." if reworded else ""
    return f"If it is that one, put it right by hand: footprint correct {ref}.{several} {OR_NEW}"


_IS_THE_SAME = {BY_REFERENCE: "number", BY_WORDS: "words", BY_CHILD: "day"}
_ELSEWHERE = {
    BY_DAY: "{0} has the same number and day, and another case number. If that is the wrong child:"
    " footprint redact {0} --basis wrong-child --right-child NUMBER --why TEXT.",
    BY_FACTS: "{}, whose words were removed, says the same in its facts.",
}
