"""Which code a value means: exactly, by another name for it, or nearly."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from typing import NamedTuple

from footprint.domain.policy import Policy
from footprint.domain.vocabulary import FIXED_LISTS, plain
from footprint.errors import Refused
from footprint.intake.fields import EVENTS, FLAGS, KINDS
from footprint.intake.mapping import SheetMapping, meanings

_OWN: Mapping[str, Mapping[str, str]] = {"kinds": KINDS, "events": EVENTS, "flags": FLAGS}
IROS = "iro"
_NEAR = 0.8
_MOST_WORDS = 6
"""A text of more words is a sentence, and near to no code."""


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
        self._found: dict[tuple[str, str], Meant | None] = {}
        self._sure: dict[tuple[str, str], str | None] = {}

    def find(self, name: str, text: str) -> Meant | None:
        """The code of a list that a value means; None where nothing is near."""
        key = name, text
        if key not in self._found:
            self._found[key] = self._look(name, plain(text))
        return self._found[key]

    def iro(self, text: str) -> str | None:
        """The code of an IRO; None for a name, which is no code and is not made into one."""
        code = self._said.get(IROS, {}).get(plain(text), text)
        fit = not re.search(r"\s", code)
        if not fit:
            self._found[IROS, text] = None
        return code if fit else None

    def certain(self, name: str, text: str) -> str | None:
        """The code that a text means without a guess. It need not be a value of the sheet."""
        key = name, text
        if key not in self._sure:
            self._sure[key] = self._surely(name, plain(text))
        return self._sure[key]

    def label(self, name: str, code: str) -> str:
        """What a code is called."""
        return _OWN[name].get(code, code) if name in _OWN else self._policy.label(name, code)

    def used(self) -> Iterator[tuple[str, str, Meant | None]]:
        """Every value that was met and is no code or label, with its list and what it means."""
        for (name, text), meant in self._found.items():
            if meant is None or plain(text) not in (
                plain(meant.code), plain(self.label(name, meant.code))
            ):  # fmt: skip
                yield name, text, meant

    def _look(self, name: str, text: str) -> Meant | None:
        code = self._surely(name, text)
        if code is not None or text in self._said.get(name, {}):
            return None if code is None else Meant(code)
        return self._near(name, text)

    def _surely(self, name: str, text: str) -> str | None:
        """By the mapping alone, where that has it; else as a code or label, or by another name."""
        said = self._said.get(name, {})
        if text in said:
            return self._code(name, said[text]) if said[text] else ""
        code = self._code(name, text)
        return self._named(name, text) if code is None else code

    def _code(self, name: str, text: str) -> str | None:
        if name in _OWN:
            return next((c for c, label in _OWN[name].items() if text in (c, plain(label))), None)
        try:
            return self._policy.code(name, text)
        except Refused:
            return None

    def _named(self, name: str, text: str) -> str | None:
        """By what people often call it; the authority may have taken that code away."""
        code = meanings().values.get(name, {}).get(text)
        return self._code(name, code) if code else code

    def _near(self, name: str, text: str) -> Meant | None:
        if len(text.split()) > _MOST_WORDS:
            return None
        forms = self._forms(name)
        near = get_close_matches(text, forms, n=1, cutoff=_NEAR)
        code = forms[near[0]] if near else _only_one_with(text, forms)
        return Meant(code, guessed=True) if code else None

    def _forms(self, name: str) -> dict[str, str]:
        labels = _OWN.get(name) or FIXED_LISTS.get(name) or self._policy.lists.get(name, {})
        known = {plain(label): code for code, label in labels.items()}
        called = meanings().values.get(name, {})
        return {form: code for form, code in called.items() if code in labels} | known


def _only_one_with(text: str, forms: Mapping[str, str]) -> str | None:
    """The only code one of whose names has all the words of a text."""
    words = set(re.findall(r"\w{3,}", text))
    found = {
        code for form, code in forms.items() if words and words <= set(re.findall(r"\w+", form))
    }
    return found.pop() if len(found) == 1 else None
