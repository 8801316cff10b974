"""Which code a value means: exactly, by another name for it, or nearly."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from typing import NamedTuple

from footprint.domain.policy import Policy
from footprint.domain.vocabulary import known_code, plain
from footprint.errors import Refused
from footprint.intake.fields import EVENTS, FLAGS, KINDS
from footprint.intake.mapping import SheetMapping, meanings

_OWN: Mapping[str, Mapping[str, str]] = {"kinds": KINDS, "events": EVENTS, "flags": FLAGS}
IROS = "iro"
_IS_NAME = re.compile(
    r".*\s.*|[^A-Za-z]*|[A-Z][a-z].*|[A-Z][A-Za-z]*[a-z][A-Z].*|[A-Z]\.[A-Z]?[a-z]+|[A-Z]{5,}"
    r"|yes|no|n/a|tbc",
    re.DOTALL,
)
"""What is no initials or login: it is written as a name is, is no word, or has no letter."""
_NEAR = 0.8
_MOST_GUESSED = 2_000
"""Of so many values no more are guessed: each costs a look at every name that there is."""
_MOST_WORDS = 6
"""A text of more words is a sentence, and near to no code."""
_REMEMBERED = 5_000
_LONG = 100
"""What is so long is near no code, and not worth remembering."""
_NEVER_NEAR = frozenset({"sources"})
"""What is never guessed, however near."""


class Meant(NamedTuple):
    """A code, empty where the value says that there is nothing; and whether it is a guess."""

    code: str
    guessed: bool = False


class Lexicon:
    """The words of one ledger and one sheet.

    Args:
        policy: the vocabulary in force; its codes, labels and aliases.
        mapping: what its maker says on top of it.
    """

    def __init__(self, policy: Policy, mapping: SheetMapping) -> None:
        self._policy = policy
        self._said = mapping.values
        self.met: dict[tuple[str, str], Meant | None] = {}
        """What each value meant that was met, by its list and its text."""
        self._certain: dict[tuple[str, str], str | None] = {}

    def find(self, name: str, text: str) -> Meant | None:
        """The code of a list that a value means; None where nothing is near."""
        if len(text) > _LONG:
            return _meant(self.certain(name, text))
        key = name, text
        if key not in self.met:
            code = self.certain(name, text)
            known = code is not None or name in _NEVER_NEAR or self.was_asked(name, text)
            self.met[key] = _meant(code) if known else self._near(name, plain(text))
        return self.met[key]

    def iro(self, text: str) -> str | None:
        """The code of an IRO; None for a name, which is no code and is not made into one."""
        code = self._said.get(IROS, {}).get(plain(text), "")
        if not code and _IS_NAME.fullmatch(text):
            self.met[IROS, text] = None
            return None
        if code:
            self.met[IROS, text] = Meant(code)
        return code or text

    def was_asked(self, name: str, text: str) -> bool:
        """Whether the mapping has this value, be it with a code that is still to be said."""
        return plain(text) in self._said.get(name, {})

    def case_number(self, text: str) -> str:
        """Why a text is no case number of this authority; empty where it is one."""
        try:
            self._policy.check_case_number(text)
        except Refused as refused:
            return f"{refused.what} {refused.next_step}"
        return ""

    def certain(self, name: str, text: str) -> str | None:
        """The code that a text means without a guess. It need not be a value of the sheet."""
        key = name, text
        if len(text) > _LONG:  # sentences, which only somebody who says so can take for a code
            return self._surely(name, plain(text)) if self._said.get(name) else None
        if key not in self._certain:
            if len(self._certain) >= _REMEMBERED:  # a column of sentences has no end of them
                self._certain.clear()
            self._certain[key] = self._surely(name, plain(text))
        return self._certain[key]

    def label(self, name: str, code: str) -> str:
        """What a code is called."""
        return _OWN[name].get(code, code) if name in _OWN else self._policy.label(name, code)

    def used(self) -> Iterator[tuple[str, str, Meant | None]]:
        """Every value that was met and is no code or label, with its list and what it means."""
        for (name, text), meant in self.met.items():
            if meant is None or plain(text) not in (
                plain(meant.code), plain(self.label(name, meant.code))
            ):  # fmt: skip
                yield name, text, meant

    def _surely(self, name: str, text: str) -> str | None:
        """By the mapping alone, where that has it; else as a code or label, or by another name."""
        said = self._said.get(name, {})
        if text in said:
            return self._code(name, said[text]) if said[text] else ""
        code = self._code(name, text)
        return self._named(name, text) if code is None else code

    def _code(self, name: str, text: str) -> str | None:
        if name in _OWN:
            return known_code(_OWN[name], text)
        code = self._policy.known(name, text)
        # What is brought in was made at the time somewhere else, and is copied from there.
        return None if (name, code) == ("sources", "at-the-time") else code

    def _named(self, name: str, text: str) -> str | None:
        """By what people often call it; the authority may have taken that code away."""
        code = meanings().values.get(name, {}).get(text)
        return self._code(name, code) if code else code

    def _near(self, name: str, text: str) -> Meant | None:
        if len(text.split()) > _MOST_WORDS or len(self.met) > _MOST_GUESSED:
            return None
        forms = self._forms(name)
        near = get_close_matches(text, forms, n=3, cutoff=_NEAR)
        alike = next((form for form in near if _may_be(text, form)), None)
        code = forms[alike] if alike else _only_one_with(text, forms)
        return Meant(code, guessed=True) if code else None

    def _forms(self, name: str) -> dict[str, str]:
        labels = _OWN.get(name) or self._policy.listed(name)
        known = {plain(label): code for code, label in labels.items()}
        called = meanings().values.get(name, {})
        return {form: code for form, code in called.items() if code in labels} | known


_NOT = frozenset({"not", "no", "non", "un", "never", "without", "cannot", "nothing", "none"})
_UN = ("un", "in", "im", "ir", "dis", "non", "mis")


def _may_be(text: str, form: str) -> bool:
    """Whether one can be meant by the other: not across a negation, or another number."""
    words, others = set(text.split()), set(form.split())
    if words & _NOT != others & _NOT or re.findall(r"\d", text) != re.findall(r"\d", form):
        return False
    return not any(_negates(a, b) or _negates(b, a) for a in words - others for b in others - words)


def _negates(one: str, other: str) -> bool:
    return one.startswith(_UN) and any(one.removeprefix(un) == other for un in _UN)


def _meant(code: str | None) -> Meant | None:
    return None if code is None else Meant(code)


def _only_one_with(text: str, forms: Mapping[str, str]) -> str | None:
    """The only code one of whose names has all the words of a text."""
    words = set(re.findall(r"\w{3,}", text))
    found = {
        code
        for form, code in forms.items()
        if words and words <= set(re.findall(r"\w+", form)) and _may_be(text, form)
    }
    return found.pop() if len(found) == 1 else None
