"""The conversation: a question at a time, back and forth, and all of it shown before it counts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from footprint.domain.vocabulary import plain
from footprint.errors import FootprintError
from footprint_cli.asking.answers import Offers, Unclear, all_chosen, chosen, yes_or_no
from footprint_cli.asking.questions import (
    CHILD,
    CODE,
    CODES,
    FLAG,
    NUMBERED,
    TEXT,
    WORDS,
    YES_NO,
    Form,
    Question,
)
from footprint_cli.asking.sides import Desk, Known
from footprint_cli.screen.text import shortened

BACK, HELP, NONE, MORE, EDITOR = "<", "?", "-", "m", "e"
"""What can be answered to any question; to one that may be left open; when all is looked over; and
where words are asked for."""
_SHORT = 9
"""So many choices are shown without being asked for."""
_LONGEST = 61
"""Characters of what Enter stands for."""
_UNSAID = {"on": "today", "source": "at-the-time"}
"""What is recorded of each entry where nothing was said of it."""
_OVER = "Enter records it, a number changes that line, < goes back, m says more."


_WHICH = Question("", "", CODE)


class _Back(Exception):  # noqa: N818 - an answer
    """To the question before."""


class Dialogue:
    """Asks what a form still needs, and gives what was said.

    Args:
        form: the command's.
        said: what was given to it, by option.
        desk: where somebody answers.
    """

    _known: Known

    def __init__(self, form: Form, said: Mapping[str, Any], desk: Desk) -> None:
        self._form, self._desk = form, desk
        self._said = dict(said)
        self._settled = {name for name, value in said.items() if _is_said(value)}
        self._asked: list[str] = []
        self._earlier: dict[str, Any] = {}
        self._was_greeted = self._was_told = False

    def held(self, known: Known) -> dict[str, Any]:
        """Ask until it is to be recorded; once more, where that was refused.

        Args:
            known: what helps to answer.

        Raises:
            Left: whoever was asked has gone.
            FootprintError: what was given cannot be.
        """
        self._known = known
        if not self._was_greeted:
            self._greet()
        while True:
            question = next(self._open(), None)
            try:
                if question is not None:
                    self._put(self._known.meant(question, self._said))
                elif self._looked_over():
                    return self._answers() | self._as_shown()
            except _Back:
                self._go_back()

    def _greet(self) -> None:
        """Look at what was given, say how to answer, and what is worth saying of it."""
        self._was_greeted = True
        for given in self._form.questions:
            if given.name in self._settled:
                self._known.check(given, self._said)
        self._desk.say("Enter takes what is in brackets. < goes back, ? helps, Ctrl-C leaves.")
        for given in self._form.questions:
            if given.name in self._settled:
                self._remark(given)

    def _open(self) -> Iterator[Question]:
        """What is still to be asked."""
        for question in self._form.asked:
            if question.name not in self._settled and question.applies(self._said):
                yield question

    def _answers(self) -> dict[str, Any]:
        """What was said, without what was answered and no longer applies."""
        asked = [q for q in self._form.questions if q.name in self._asked]
        beside_the_point = {q.name for q in asked if not q.applies(self._said)}
        kept = {n: None if n in beside_the_point else value for n, value in self._said.items()}
        return self._form.options(kept)

    def _as_shown(self) -> dict[str, Any]:
        """The source, whether or not somebody said it: it was shown, and is not asked after."""
        return {one.name: self._value(one) for one in self._form.questions if one.name == "source"}

    def _go_back(self) -> None:
        if self._asked:
            self._reopen(self._asked.pop())
        else:
            self._desk.say("That was the first question.")

    def _reopen(self, name: str) -> None:
        """Ask again: what was answered is what Enter stands for."""
        self._earlier[name] = self._said.get(name)
        self._said[name] = None
        self._settled.discard(name)

    # --- one question -----------------------------------------------------------------------

    def _put(self, question: Question) -> None:
        answer, earlier = self._answer(question), self._earlier.get(question.name)
        if earlier not in (None, answer):
            self._forget_about(question.name)
            self._known.is_about(self._said | {question.name: answer}, earlier, question)
        self._said[question.name] = answer
        self._settled.add(question.name)
        if question.name not in self._asked:
            self._asked.append(question.name)
        self._remark(question)

    def _forget_about(self, name: str) -> None:
        """What was answered about an answer that is another one now is asked anew."""
        for question in self._form.questions:
            if question.of == name:
                self._forget_about(question.name)
                self._said[question.name] = None
                self._settled.discard(question.name)
                self._earlier.pop(question.name, None)

    def _remark(self, question: Question) -> None:
        for remark in self._known.remarks(question, self._said):
            self._desk.say(remark, indent=2)

    def _answer(self, question: Question) -> Any:
        """What is answered, when it is clear. Raises `_Back`."""
        offers = self._known.offers(question, self._said)
        usual = self._usual(question)
        if question.name not in self._earlier:
            for told in self._known.beforehand(question, self._said):
                self._desk.say(told)
        if 0 < len(offers) <= _SHORT:
            self._list(offers, [*offers])
        prompt = self._prompt(question, usual)
        while True:
            text = self._desk.ask(prompt, several=question.kind in (WORDS, TEXT, CHILD))
            if text.strip() == BACK:
                raise _Back
            value, clear = self._taken(question, text, offers, usual)
            if clear:
                return value

    def _taken(self, question: Question, text: str, offers: Offers, usual: Any) -> tuple[Any, bool]:
        """What was answered, and whether that is clear."""
        said = text.strip()
        nothing = said in (NONE, question.left_open or NONE) or (not said and usual is None)
        if said == HELP or (nothing and question.needed):
            self._help(question, offers)
            return None, False
        if nothing:
            return None, True
        if not said:
            return usual, True
        value = self._understood(question, text, offers)
        return value, value is not None

    def _usual(self, question: Question) -> Any:
        earlier = self._earlier.get(question.name)
        return self._known.usual(question, self._said) if earlier is None else earlier

    def _prompt(self, question: Question, usual: Any) -> str:
        if usual is None:
            hint = "" if question.needed else f" [{question.left_open or 'none'}]"
        else:
            shown = self._known.shown(question, usual, self._said)
            hint = f" [{shortened(shown, _LONGEST)}]"
        return f"{question.asks}{hint}: "

    def _understood(self, question: Question, text: str, offers: Offers) -> Any:
        """The answer; None, and why, where it is not clear."""
        if there := question.elsewhere.get(plain(text)):
            self._desk.say(there)
            return None
        try:
            value = self._read(question, text, offers)
        except Unclear as unclear:
            if unclear.near:
                self._desk.say("Which of these?")
                self._list(offers, unclear.near)
            else:
                self._desk.say("That is none of them. ? lists what can be said.")
        except FootprintError as error:
            self._desk.say(f"{error.what} {error.next_step}".strip())
        else:
            self._echo(question, text, value)
            return value
        return None

    def _echo(self, question: Question, text: str, value: Any) -> None:
        """Say what a number, or a part of a word, was taken for."""
        if question.kind in (CODE, CODES) and question.codes:
            said = self._known.shown(question, value, self._said)
            if text.strip().casefold() not in {said.casefold(), str(value).casefold()}:
                self._desk.say(f"  {said}", indent=2)

    def _read(self, question: Question, text: str, offers: Offers) -> Any:
        aliases = self._known.aliases(question)
        if question.kind in (CODE, CODES):
            read = all_chosen if question.kind == CODES else chosen
            codes = read(text, offers, aliases)
            if question.codes not in NUMBERED:
                return codes
            return int(codes) if isinstance(codes, str) else [*map(int, codes)]
        if question.kind in (YES_NO, FLAG):
            return yes_or_no(text) if question.kind == YES_NO else yes_or_no(text) == "yes"
        if question.kind == WORDS:
            draft = self._known.draft(self._said)
            if text.strip().lower() == EDITOR:
                text = self._desk.edited(draft, self._usual(question) or "")
                if not text.strip():
                    return None
            draft.keep(text)
            return text
        return self._known.read(question, " ".join(text.split()))

    def _help(self, question: Question, offers: Offers) -> None:
        if question.help:
            self._desk.say(question.help)
        if question.kind == WORDS:
            self._desk.say("Type them on one line, or paste them; e alone opens your editor.")
        if offers:
            self._desk.say("Answer with a number, a code, or the beginning of a word:")
            self._list(offers, [*offers])
        for example in self._known.examples(question):
            self._desk.say(f"  {example}", indent=5)
        if not (offers or question.help or question.kind == WORDS):
            self._desk.say("It is needed." if question.needed else "Enter alone leaves it open.")

    def _list(self, offers: Offers, codes: Sequence[str]) -> None:
        for nth, (code, label) in enumerate(offers.items(), 1):
            if code not in codes:
                continue
            said = label if code.casefold() == label.casefold() else f"{code}  {label}"
            numbered = f"{code:>3}  {label}" if code.isdigit() else f"{nth:>3}  {said}"
            self._desk.say(numbered, indent=5)

    # --- all of it --------------------------------------------------------------------------

    def _looked_over(self) -> bool:
        """Show all of it. Whether it is to be recorded; else something is asked again."""
        lines = [one for one in self._form.questions if self._is_shown(one)]
        self._show(lines)
        for line in self._known.beside(self._form, self._said):
            self._desk.say(f"     {line}", indent=5)
        recordable = self._would_be()
        if not self._was_told:
            self._desk.say(_OVER)
            self._was_told = True
        hasty = self._desk.settled()
        if hasty:
            self._desk.say("What was typed before this was shown is not taken: y records it.")
        answer = self._desk.ask("Record it? ").strip().lower()
        if recordable and (answer in ("y", "yes") or not (answer or hasty)):
            return True
        if answer == BACK:
            raise _Back
        if answer == MORE:
            self._add()
        elif answer.isascii() and answer.isdigit() and 1 <= int(answer) <= len(lines):
            self._change(lines[int(answer) - 1])
        elif answer:
            self._desk.say(_OVER)
        return False

    def _show(self, questions: Sequence[Question]) -> None:
        self._desk.say("")
        for nth, one in enumerate(questions, 1):
            meant = self._known.meant(one, self._said)
            value = self._known.shown(meant, self._value(one), self._said)
            self._desk.say(f"{nth:>3}  {one.asks}: {value}", indent=5)

    def _is_shown(self, question: Question) -> bool:
        if not question.applies(self._said):
            return False
        return self._value(question) is not None or (
            question in self._form.asked and question.name in self._settled
        )

    def _value(self, question: Question) -> Any:
        value = self._said.get(question.name)
        return value if _is_said(value) else _UNSAID.get(question.name)

    def _would_be(self) -> bool:
        """Say what it would bring about, or why it would be refused. Whether it can be recorded."""
        try:
            for line in self._known.comes_to(self._answers()):
                self._desk.say(line)
        except FootprintError as error:
            self._desk.say(f"That cannot be recorded yet. {error.what} {error.next_step}".strip())
            return False
        return True

    def _left_out(self) -> list[Question]:
        return [
            one
            for one in self._form.questions
            if one.applies(self._said) and not self._is_shown(one)
        ]

    def _add(self) -> None:
        """Ask which of what was left out is to be said."""
        left = {one.asks: one for one in self._left_out()}
        if not left:
            self._desk.say("All of it is there.")
            return
        offers = dict(zip(left, left, strict=True))
        self._list(offers, [*offers])
        text = self._desk.ask("What more: ").strip()
        if text and text != BACK:
            asks = self._understood(_WHICH, text, offers)
            if asks is not None:
                self._change(left[asks])

    def _change(self, question: Question) -> None:
        before, stands = self._said.get(question.name), self._value(question)
        self._reopen(question.name)
        self._earlier[question.name] = stands
        try:
            self._put(self._known.meant(question, self._said))
        except _Back:
            self._said[question.name] = before
            self._settled.add(question.name)


def _is_said(value: Any) -> bool:
    """Whether an option holds anything: a stage of 0 is something."""
    return not (value is None or value is False or value == [])
