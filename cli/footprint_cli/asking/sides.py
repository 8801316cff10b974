"""The two sides of the conversation: a desk where somebody answers, and what is known."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Protocol

from footprint_cli.asking.answers import Offers
from footprint_cli.asking.drafts import Draft
from footprint_cli.asking.questions import Form, Question


class Desk(Protocol):
    """Where somebody answers."""

    def ask(self, prompt: str, *, several: bool = False) -> str:
        """One answer, as typed; with `several`, all lines that were pasted. Raises `Left`."""

    def say(self, text: str, indent: int = 0) -> None:
        """A line, broken where the screen is narrower; from there on indented."""

    def settled(self) -> bool:
        """Throw away what was typed before it was asked for. Whether there was any."""

    def edited(self, draft: Draft, words: str) -> str:
        """Words as an editor leaves them in a draft. Raises `Misused` where there is none."""


class Known(Protocol):
    """What the ledger knows that helps to answer."""

    def meant(self, question: Question, said: Mapping[str, Any]) -> Question:
        """The question, where what is asked hangs on an answer before it."""

    def offers(self, question: Question, said: Mapping[str, Any]) -> Offers:
        """The codes that a question can be answered with."""

    def examples(self, question: Question) -> Iterator[str]:
        """What can be answered where there is no list of it."""

    def aliases(self, question: Question) -> Mapping[str, str]:
        """Other names for them."""

    def usual(self, question: Question, said: Mapping[str, Any]) -> str | None:
        """What Enter alone stands for; None where it stands for nothing."""

    def check(self, question: Question, said: Mapping[str, Any]) -> None:
        """See that what was given can be an answer. Raises a `FootprintError`."""

    def read(self, question: Question, text: str) -> Any:
        """What an answer that is no code comes to. Raises a `FootprintError`."""

    def beforehand(self, question: Question, said: Mapping[str, Any]) -> Sequence[str]:
        """What is to be known before it is answered."""

    def remarks(self, question: Question, said: Mapping[str, Any]) -> Sequence[str]:
        """What is worth saying of an answer, so that a slip is seen."""

    def shown(self, question: Question, value: Any, said: Mapping[str, Any]) -> str:
        """An answer as it is looked over."""

    def beside(self, form: Form, said: Mapping[str, Any]) -> Sequence[str]:
        """What was given that no question is about, as it was typed."""

    def comes_to(self, said: Mapping[str, Any]) -> Sequence[str]:
        """What recording this would bring about. Raises `Refused` where it would not be."""

    def is_about(self, said: Mapping[str, Any], earlier: Any, question: Question) -> None:
        """Take note that an answer was put right: words that are kept are about what it is now."""

    def draft(self, said: Mapping[str, Any]) -> Draft:
        """Where words are kept that are not recorded yet."""


class Left(Exception):  # noqa: N818 - it says what happened
    """Whoever was asked has gone."""
