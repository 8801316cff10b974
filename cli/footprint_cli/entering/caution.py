"""What could identify somebody: a warning where it is in the words, a refusal in the clear."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import typer

from footprint.domain.policy import Policy
from footprint.domain.reference import shown
from footprint.errors import Refused
from footprint.ledger.ledger import Recorded
from footprint_cli.entering.given import Given
from footprint_cli.screen.lines import say
from footprint_cli.screen.text import shortened

_KINDS = {
    "name": (
        "a full name",
        "Say who it is by their part: the aunt, the Team Manager. A name goes in --to or --from.",
    ),
    "birth": ("a date of birth", "An age will do, where one is needed."),
    "nhs": ("an NHS number", "The case number is enough to find the child by."),
    "postcode": ("a postcode", "The town will do, where one is needed."),
    "phone": ("a telephone number", "The case system is the place for it."),
}
"""Each kind of sign: what it is, and what to write in its place."""
_NAMES = frozenset({"to", "from", "new.to", "new.from"})
"""Words that are names."""
_CASE_NUMBERS = frozenset({"child", "right_child"})
"""Words that are case numbers."""
_SHOWN, _LONGEST = 3, 60
_SOON = 7
"""Days within which what happened is written down, a holiday included."""
_INSTEAD = "Give the number that your case system uses."


# --- words ------------------------------------------------------------------------------------


def heed(
    words: Mapping[str, str],
    policy: Policy,
    *,
    ask: bool,
    first: Callable[[], Any] | None = None,
    beside: Sequence[str] = (),
) -> list[str]:
    """Warn of what the words seem to hold, and where somebody is there ask whether to go on.

    Args:
        words: the texts by the names that the vault keeps them under; `child` is a case number, or
            several with commas between.
        policy: its labels are nobody's name.
        ask: whether to ask, which `can_ask` tells.
        first: what refuses before a warning is worth it.
        beside: what else is worth a warning, and no question.

    Returns:
        What was warned of in the words.

    Raises:
        Refused: the answer was no.
    """
    said = warnings(words, policy)
    if first and (said or beside):
        first()
    _say([*beside, *said])
    if said and not ask:
        say("It is recorded all the same.", err=True)
    elif said and not typer.confirm("Record it all the same?", err=True):
        raise Refused("Nothing was recorded.", "Say it without that, and enter it again.")
    return said


def late(given: Given) -> list[str]:
    """That it is taken to be written down when it happened, where that is long ago and unsaid."""
    if given.said("source") or given.when is None or (given.today - given.when).days <= _SOON:
        return []
    days = (given.today - given.when).days
    said = f"It happened {days} days ago, and is recorded as made at the time."
    return [f"{said} {_OR_NOT}"]


_OR_NOT = (
    "Where that is not so, say it with --source: transcribed, from a record made then; or recalled."
)


def say_how_to_remove(words: Mapping[str, str], recorded: Sequence[Recorded]) -> None:
    """Say of words that were warned of, and recorded unasked, what is typed to have them removed.

    A case number goes with its whole thread alone. Where several entries were recorded, what
    somebody said is in the first that has words.
    """
    whole = any(line for one in words.get("child", "").split(", ") for line in _of_case_number(one))
    for one in recorded:
        at = next(entry.position for entry in one.entries if entry.words)
        which = "" if whole else f" --entry {at}"
        command = f"footprint redact {shown(one.stream)}{which} --basis CODE --why TEXT"
        say(f"To remove it: {command}", err=True)


def only_warn(words: Mapping[str, str], policy: Policy, beside: Sequence[str] = ()) -> list[str]:
    """Warn where nothing is to be recorded."""
    said = [*beside, *warnings(words, policy)]
    _say(said)
    return said


def _say(said: Iterable[str]) -> None:
    for line in said:
        say(f"! {line}", err=True)


def can_ask(given: Given) -> bool:
    """Whether somebody is there to answer."""
    return not (given.no_input or given.json) and at_terminal()


def at_terminal() -> bool:
    return all(one and one.isatty() for one in (sys.stdin, sys.stdout, sys.stderr))


def warnings(words: Mapping[str, str], policy: Policy) -> list[str]:
    """A text for each kind of thing that these words seem to hold and should not."""
    if not any(words.values()):
        return []
    from footprint.domain.identifying import signs

    labels = list(_labels(policy))
    numbers = _CASE_NUMBERS & words.keys()
    each = [number for name in sorted(numbers) for number in words[name].split(", ")]
    said = [line for number in each for line in _of_case_number(number)]
    found: dict[str, list[str]] = {}
    for name in words.keys() - numbers:
        for kind, text in signs(words[name], labels):
            if not (kind == "name" and name in _NAMES):
                found.setdefault(kind, []).append(text)
    return said + [_sentence(kind, found[kind]) for kind in _KINDS if kind in found]


def looks_like(text: str, policy: Policy) -> list[str]:
    """Each kind of thing that a text seems to hold and that could identify somebody."""
    from footprint.domain.identifying import signs

    return [*dict.fromkeys(_KINDS[kind][0] for kind, _ in signs(text, _labels(policy)))]


def _of_case_number(number: str) -> Iterable[str]:
    """What is wrong with a case number that has the authority's pattern. It is not repeated."""
    from footprint.domain.full_names import full_names
    from footprint.domain.identifying import is_nhs_number

    if is_nhs_number(number):
        yield f"The case number is an NHS number by its check digit. {_INSTEAD}"
    if any(full_names(number.translate(_APART))):
        yield f"The case number seems to hold a full name. {_INSTEAD}"


_APART = str.maketrans("._/-", "    ")


def _labels(policy: Policy) -> Iterable[str]:
    """What the authority calls its services, teams, roles and stages."""
    for labels in policy.lists.values():
        yield from labels.values()
    for _start, ladder in policy.ladders.values():
        yield from (stage.label for stage in ladder.stages)


def _sentence(kind: str, texts: list[str]) -> str:
    what, instead = _KINDS[kind]
    quoted = [f'"{shortened(text, _LONGEST)}"' for text in dict.fromkeys(texts)]
    more = [f"{len(quoted) - _SHOWN} more"] if len(quoted) > _SHOWN else []
    return f"The words seem to hold {what} ({', '.join(quoted[:_SHOWN] + more)}). {instead}"


# --- clear facts ------------------------------------------------------------------------------


def check_actor(actor: str) -> None:
    """Raise `Refused` where whoever records would be stored by name, or by a number of theirs."""
    _check_clear(actor, "The actor", "Give a code or initials: --actor, or FOOTPRINT_ACTOR.")


def check_iro(asked: Any) -> None:
    """The same of the IRO that an entry names."""
    iro = getattr(asked, "iro", None) or getattr(asked, "facts", {}).get("iro")
    if iro:
        _check_clear(iro, "The IRO's code", "Give a code or initials: --iro.")


def check_team(team: str) -> None:
    """The same of the name of a team; it may look like a person's."""
    _check_clear(team, "A team's name", "Name the team without it: --team.", but="name")


def _check_clear(fact: str, what: str, next_step: str, but: str = "") -> None:
    if not any(char.isspace() or char.isdigit() for char in fact):
        return  # a code or a login, which costs no import
    from footprint.domain.identifying import signs

    for kind, _text in signs(fact.title() if fact.islower() else fact):
        if kind != but:
            raise Refused(
                f"{fact!r} looks like {_KINDS[kind][0]}. {what} is stored in the clear, for good.",
                next_step,
            )
