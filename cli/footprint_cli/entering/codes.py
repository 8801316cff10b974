"""What can be typed where a code goes: the codes of an option or an argument, with their labels.

For whoever is typing: so nothing here needs the grammar, and a list is looked up only when it is
asked for. Only what a list has is ever offered, no code that happens to be in use: who an IRO is,
no list says.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date

Codes = Mapping[str, str]
"""code → label, which may be empty"""
Lists = Mapping[str, Codes]
"""name → codes, of the lists that an authority owns"""

_ANY = ""
"""In the place of a command: whichever it is."""

OPTIONS: Mapping[str, Mapping[str, str]] = {
    "--service": {_ANY: "services"},
    "--team": {_ANY: "teams", "init": ""},  # which says what the list will have
    "--theme": {_ANY: "themes"},
    "--role": {_ANY: "roles"},
    "--prompted-by": {_ANY: "prompts"},
    "--impact": {_ANY: "impacts"},
    "--party": {_ANY: "parties"},
    "--response": {_ANY: "responses"},
    "--closure": {_ANY: "closures"},
    "--view": {_ANY: "views"},
    "--capacity": {_ANY: "capacities"},
    "--step": {_ANY: "cafcass"},
    "--source": {_ANY: "sources", "import": "of rows"},
    "--basis": {"close": "bases", "redact": "redactions"},
    "--by": {"close": "closers", "times": "groupings"},
    "--reason": {"escalate": "reasons"},  # elsewhere it is words
    "--proceedings": {_ANY: "yes or no"},
    "--year": {_ANY: "years"},
    "--kind": {_ANY: "kinds"},
    "--dates": {_ANY: "dates"},
    "--format": {_ANY: "forms"},
    "--shell": {_ANY: "shells"},
}
"""Each option that takes a code: the list that it is of, by the command where that differs."""

ARGUMENTS: Mapping[tuple[str, ...], tuple[str, ...]] = {
    ("report", "annual"): ("years",),
    ("report", "quarter"): ("years", "quarters"),
}
"""The lists that the arguments of a command are of, in their order."""

OWN: Lists = {
    "of rows": {
        "transcribed": "copied from a record made then",
        "recalled": "recalled from memory",
    },
    "groupings": dict.fromkeys(("overall", "service", "theme", "stage", "quarter"), ""),
    "yes or no": {"yes": "", "no": ""},
    "quarters": {
        "Q1": "April to June",
        "Q2": "July to September",
        "Q3": "October to December",
        "Q4": "January to March",
    },
    "kinds": {"challenge": "informal", "alert": "formal"},
    "dates": {"day-first": "3/4/2026 is 3 April", "month-first": "3/4/2026 is 4 March"},
    "shells": dict.fromkeys(("bash", "zsh", "fish"), ""),
    "forms": dict.fromkeys(("html", "xlsx", "csv", "md", "json"), ""),
}
"""What is no list of facts, and is typed from a few words all the same."""

_FIRST_YEAR = 2010
"""That of the IRO Handbook, where the calendar begins that a new ledger has."""
_OF_OLD = ("not-known", "unclassified")
"""Codes for what is entered later from a record or from memory, and refused at the time."""


def list_of(before: Sequence[str], option: str) -> str:
    """The name of the list whose code goes next; empty where no code does.

    Args:
        before: the words of the line up to here, without the program.
        option: the one whose value is being typed; empty where it is an argument.
    """
    if option:
        by_command = OPTIONS.get(option, {})
        return by_command.get(before[0], by_command.get(_ANY, "")) if before else ""
    command, given = tuple(before[:2]), len(before[2:])
    lists = ARGUMENTS.get(command, ())
    return lists[given] if given < len(lists) else ""


def codes(
    name: str, before: Sequence[str], adopted: Callable[[], Lists]
) -> Iterator[tuple[str, str]]:
    """The codes of a list, each with its label.

    Args:
        name: of the list.
        before: the words of the line up to here, without the program.
        adopted: gives the lists that the authority owns, as the ledger has them.
    """
    later = any(word.endswith(("transcribed", "recalled")) for word in before)
    found = _found(name, adopted)
    yield from (found if later else at_the_time(found)).items()


def at_the_time(codes: Codes) -> Codes:
    """The codes of a list that an entry made at the time may have."""
    return {code: label for code, label in codes.items() if code not in _OF_OLD}


def _found(name: str, adopted: Callable[[], Lists]) -> Codes:
    if name == "years":
        return _years()
    if name in OWN:
        return OWN[name]
    from footprint.domain.vocabulary import FIXED_LISTS

    return FIXED_LISTS[name] if name in FIXED_LISTS else adopted().get(name, {})


def _years() -> Codes:
    """April-March years, the present one first."""
    from footprint.domain.periods import year_of
    from footprint.ledger.identity import london_today

    today = london_today()
    begun = range(today.year, _FIRST_YEAR - 1, -1)
    years = [year_of(date(year, 4, 1)) for year in begun if date(year, 4, 1) <= today]
    return dict.fromkeys(years, "")
