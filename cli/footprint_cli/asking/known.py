"""What a ledger knows that helps to answer: codes, the last entry, the thread and the child."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from functools import cached_property
from typing import Any

import orjson

from footprint.domain.asks import Ask
from footprint.domain.corrections import corrected_entries, corrected_words
from footprint.domain.days import spelt
from footprint.domain.entry import Entry
from footprint.domain.events import AlertRaised, ChallengeRaised
from footprint.domain.ladder import Stage
from footprint.domain.moves.taking import must_take
from footprint.domain.policy import Policy
from footprint.domain.reference import shown
from footprint.domain.thread import Thread
from footprint.errors import Refused
from footprint.ledger.ledger import Ledger
from footprint.ledger.offering import threads_begun
from footprint.ledger.store import queries
from footprint_cli.asking.answers import Offers, day_said
from footprint_cli.asking.drafts import Draft, Drafts
from footprint_cli.asking.questions import (
    CHILD,
    DAY,
    DAY_AHEAD,
    ENTRIES,
    FIELDS,
    FLAG,
    REF,
    STAGES,
    WORDS,
    Form,
    Question,
    fields_of,
    is_unsaid_change,
)
from footprint_cli.entering.caution import check_iro, late, warnings
from footprint_cli.entering.codes import at_the_time
from footprint_cli.entering.given import TEXTS, Given, flag, listed
from footprint_cli.entering.saying import due_lines
from footprint_cli.screen.text import shortened
from footprint_cli.thread.standing import finding, headline
from footprint_cli.thread.story import told
from footprint_cli.thread.telling import when

_LOOKED_THROUGH = 5_000
"""Entries, from the last back, in which the last one of this person is looked for."""
_NEWEST = 9
"""Threads that are named where one is asked for."""
_SHOWN_WORDS = 300
_BETWEEN_NUMBERS = re.compile(r"[,;&\s]+(?:and[,;&\s]+)*", re.IGNORECASE)


class OfLedger:
    """What one ledger knows.

    Args:
        ledger: open to read.
        ask: makes of what was given what is asked.
        actor: who is at the keyboard.
        today: the day in London.
        drafts: keeps words that are not recorded yet.
    """

    def __init__(
        self,
        ledger: Ledger,
        ask: Callable[[Given], Ask],
        *,
        actor: str,
        today: date,
        drafts: Drafts,
    ) -> None:
        self._ledger, self._ask, self._actor, self._today = ledger, ask, actor, today
        self._drafts = drafts
        self._own = {STAGES: self._of_stages, ENTRIES: self._of_entries, FIELDS: self._of_fields}

    @cached_property
    def _policy(self) -> Policy:
        return self._ledger.policy()

    @cached_property
    def _last(self) -> Mapping[str, Any]:
        """How this person began a thread last, as it now stands; nothing where that is long ago."""
        last = queries.last_states(self._ledger.connection, _LOOKED_THROUGH)
        own = (
            stream
            for stream, topic, state in last
            if topic in _BEGAN and orjson.loads(state)["actor"] == self._actor
        )
        stream = next(own, None)
        return vars(corrected_entries(self._ledger.entries(stream))[0].event) if stream else {}

    def _thread(self, said: Mapping[str, Any]) -> Thread | None:
        return self._ledger.thread(self._ledger.stream(said["ref"])) if said.get("ref") else None

    # --- what can be answered ---------------------------------------------------------------

    def meant(self, question: Question, said: Mapping[str, Any]) -> Question:
        """As it is asked beside what was said; what should be, as when it was recorded."""
        if question.elsewhere:
            return _of_thread(question, shown(self._ledger.stream(said["ref"])))
        fields = self._fields(said) if question.name == "value" else {}
        field = fields.get(str(said.get("field")))
        if field is None:
            return question.after(said)
        return field._replace(name="value", asks=question.asks, needed=field.name == "words")

    def _entries(self, said: Mapping[str, Any]) -> dict[str, Entry]:
        """The entries of the thread as they now stand, by position."""
        if not said.get("ref"):
            return {}
        entries = corrected_entries(self._ledger.entries(self._ledger.stream(said["ref"])))
        return {str(entry.position): entry for entry in entries}

    def _fields(self, said: Mapping[str, Any]) -> dict[str, Question]:
        entry = self._entries(said).get(str(said.get("entry")))
        return fields_of(entry.topic) if entry else {}

    def offers(self, question: Question, said: Mapping[str, Any]) -> Offers:
        """The codes that a question can be answered with."""
        if question.codes in self._own:
            return self._own[question.codes](said)
        codes = self._policy.listed(question.codes)
        return codes if said.get("source") in ("transcribed", "recalled") else at_the_time(codes)

    def _of_stages(self, said: Mapping[str, Any]) -> Offers:
        return {str(stage.stage): stage.label for stage in self._stages(said)}

    def _of_entries(self, said: Mapping[str, Any]) -> Offers:
        whole = "entry" not in said  # else those alone of which a question can say what was wrong
        return {
            at: f"{when(entry.occurred_on)}: {told(entry.event, self._policy)}"
            for at, entry in self._entries(said).items()
            if whole or fields_of(entry.topic)
        }

    def _of_fields(self, said: Mapping[str, Any]) -> Offers:
        return {name: question.asks for name, question in self._fields(said).items()}

    def examples(self, question: Question) -> Iterator[str]:
        """What can be answered where there is no list of it: the threads that were begun last."""
        if question.kind != REF:
            return
        for stream, facts in threads_begun(self._ledger.connection, "")[:_NEWEST]:
            themes = "; ".join(self._policy.label("themes", one) for one in facts.get("themes", ()))
            yield f"{shown(stream)}  {themes}, {facts.get('iro') or '-'}"

    def aliases(self, question: Question) -> Mapping[str, str]:
        """Other names for them."""
        return self._policy.aliases.get(question.codes, {})

    def _stages(self, said: Mapping[str, Any]) -> Sequence[Stage]:
        thread = self._thread(said)
        if thread:
            return self._policy.ladder(thread.ladder, thread.ladder_version).stages
        service = said.get("service")
        return self._policy.ladder_for(service, self._today).stages if service else ()

    def usual(self, question: Question, said: Mapping[str, Any]) -> Any:
        """What Enter alone stands for: as in the last thread begun, or as this one stands."""
        if question.name == "value":
            return self._was(said)
        if question.kind == WORDS:
            return self._drafts.of(said).words
        if question.name == "role":
            return self._usual_role(said)
        usual = self._last.get(question.name) if question.name in ("service", "team") else None
        return usual if usual in self.offers(question, said) else None

    def _was(self, said: Mapping[str, Any]) -> Any:
        """What an entry says now of what is to be put right."""
        entry, field = self._entries(said)[str(said["entry"])], str(said["field"])
        if field in TEXTS:
            stream = self._ledger.stream(said["ref"])
            entries, words = self._ledger.entries(stream), self._ledger.vault.words(stream)
            return corrected_words(entries, words).get(entry.position, {}).get(TEXTS[field])
        stands = {**vars(entry.event), "on": entry.occurred_on, "source": entry.source}.get(field)
        if isinstance(stands, date):
            return stands.isoformat()
        return [*stands] if isinstance(stands, tuple) else stands

    def _usual_role(self, said: Mapping[str, Any]) -> str | None:
        thread = self._thread(said)
        if thread is None:
            role = self._last.get("role")
            return role if role in self._policy.listed("roles") else None
        if "response" in said:
            return thread.step.role
        above = [stage for stage in self._stages(said) if stage.stage > thread.step.stage]
        return self._role_named(above[0].label) if above else None

    def _role_named(self, label: str) -> str | None:
        """The role that is named first where a stage is called after those who are asked there."""
        roles = self._policy.listed("roles")
        named = {code: label.find(role) for code, role in roles.items() if role in label}
        return min(named, key=lambda code: (named[code], -len(roles[code])), default=None)

    # --- what an answer comes to ------------------------------------------------------------

    def read(self, question: Question, text: str) -> Any:
        """What an answer that is no code comes to. Raises a `FootprintError`."""
        return self._read(question, text)

    def _read(self, question: Question, text: str, option: str = "") -> Any:
        """The same; what was given as an option is named as one where it cannot be."""
        if question.kind == CHILD:
            return self._children(text)
        if question.kind == REF:
            return self._ref(question, text)
        if question.kind in (DAY, DAY_AHEAD):
            ahead = question.kind == DAY_AHEAD
            return day_said(text, option, today=self._today, ahead=ahead)
        return text

    def _ref(self, question: Question, text: str) -> str:
        """A thread that takes such a move as it stands."""
        stream = self._ledger.stream(text)
        thread = self._ledger.thread(stream) if question.takes else None
        if thread and question.takes:
            must_take(thread, question.takes, self._policy)
        return shown(stream)

    def _children(self, text: str) -> list[str]:
        """The case numbers that somebody wrote in a row. Raises `Refused`: one of them is none."""
        numbers = _BETWEEN_NUMBERS.split(text.strip(",;& "))
        for nth, number in enumerate(numbers, 1):
            try:
                self._policy.check_case_number(number)
            except Refused as refused:
                if len(numbers) == 1:
                    raise
                which = f"Number {nth} of these {len(numbers)} is refused."  # it may be a name
                raise Refused(f"{which} {refused.what}", refused.next_step) from refused
        return [*dict.fromkeys(numbers)]

    def beforehand(self, question: Question, said: Mapping[str, Any]) -> Sequence[str]:
        """What is to be known before it is answered: words that were not recorded."""
        draft = self._drafts.of(said)
        if question.kind != WORDS or not draft.words:
            return ()
        at = draft.written_at
        return (f"Not recorded, of {spelt(at.date())}, {at:%H:%M}:", f"  {_in_short(draft.words)}")

    def check(self, question: Question, said: Mapping[str, Any]) -> None:
        """See that what was given can be an answer. Raises a `FootprintError`."""
        value = said[question.name]
        ref = said.get("ref")
        if question.name == "entry" and ref and is_unsaid_change(said) and not self._fields(said):
            raise Refused(
                f"Entry {value} is none of {ref} of which it can be asked what was wrong.",
                f"See: footprint show {ref}.",
            )
        if question.kind in (DAY, DAY_AHEAD, REF, CHILD):
            for one in listed(value) if question.kind == CHILD else (str(value),):
                self._read(question, one, flag(question.name))

    def remarks(self, question: Question, said: Mapping[str, Any]) -> Sequence[str]:
        """What is worth saying of an answer, so that a slip is seen."""
        if question.kind == CHILD and said.get("child"):
            return [self._of_child(child) for child in listed(said["child"])]
        if question.name == "right_child" and said.get("right_child"):
            return [self._of_child(said["right_child"])]
        if question.name == "ref" and (thread := self._thread(said)):
            child = f"child {self._child(thread)}"
            about = "; ".join(self._policy.label("themes", theme) for theme in thread.themes)
            stands = finding(thread, self._policy, self._today)
            return [f"{headline(thread, self._policy, self._today)}; {child}; {about}. {stands}."]
        return ()

    def _of_child(self, child: str) -> str:
        threads = [shown(stream) for stream in self._ledger.vault.threads_of(child)]
        if not threads:
            return f"{child} has no thread yet."
        more = f" and {len(threads) - 1} more" if len(threads) > 1 else ""
        return f"{child} has {threads[-1]}{more}."

    def shown(self, question: Question, value: Any, said: Mapping[str, Any]) -> str:
        """An answer as it is looked over."""
        if value is None:
            return question.left_open or "-"
        if question.codes:
            offers = self.offers(question, {**said, "source": "recalled"})
            codes = value if isinstance(value, list | tuple) else [value]
            return "; ".join(offers.get(str(code), str(code)) for code in codes)
        ways: dict[str, Callable[[Any], str]] = {
            DAY: self._shown_day, DAY_AHEAD: self._shown_day, REF: self._shown_thread,
            CHILD: _each, WORDS: _in_short, FLAG: _yes,
        }  # fmt: skip
        return ways.get(question.kind, str)(value)

    def _shown_thread(self, ref: str) -> str:
        thread = self._thread({"ref": ref})
        if thread is None:
            return ref
        themes = "; ".join(self._policy.label("themes", theme) for theme in thread.themes)
        return f"{shown(thread.ref)}, child {self._child(thread)}: {themes}"

    def _child(self, thread: Thread) -> str:
        return self._ledger.vault.child(thread.ref) or "removed"

    def _shown_day(self, value: Any) -> str:
        iso = day_said(str(value), "the day", today=self._today)
        if iso == "unknown":
            return "not known"
        day = date.fromisoformat(iso)
        return spelt(day) + (", today" if day == self._today else "")

    def beside(self, form: Form, said: Mapping[str, Any]) -> Sequence[str]:
        """What was given that no question is about, as it was typed."""
        named = {"changes", "keep_due", "take_back"} - {one.name for one in form.questions}
        return [
            flag(name) if one is True else f"{flag(name)} {one}"
            for name in sorted(named & said.keys())
            for one in (said[name] if isinstance(said[name], list) else [said[name]])
            if one
        ]

    def comes_to(self, said: Mapping[str, Any]) -> Sequence[str]:
        """What recording this would bring about. Raises `Refused` where it would not be."""
        given = Given(said, today=self._today, actor=self._actor)
        stream = self._ledger.stream(given.ref) if given.ref else None
        asked = [self._ask(one) for one in given.apart()]
        check_iro(asked[0])
        moves, *_ = [self._ledger.consider(one, stream, actor=self._actor) for one in asked]
        warned = [f"! {one}" for one in (*late(given), *warnings(asked[0].words, self._policy))]
        return [*warned, *(line for move in moves for line in due_lines(move.event))]

    def is_about(self, said: Mapping[str, Any], earlier: Any, question: Question) -> None:
        """Take note that an answer was put right: words that are kept are about what it is now."""
        self._drafts.move({**said, question.name: earlier}, said)

    def draft(self, said: Mapping[str, Any]) -> Draft:
        """Where words are kept that are not recorded yet."""
        return self._drafts.of(said)


def _in_short(words: Any) -> str:
    return shortened(" ".join(str(words).split()), _SHOWN_WORDS)


def _of_thread(question: Question, ref: str) -> Question:
    """The question with the thread in what it says of another command."""
    there = {answer: text.format(ref=ref) for answer, text in question.elsewhere.items()}
    return question._replace(help=question.help.format(ref=ref), elsewhere=there)


def _each(children: Any) -> str:
    return ", ".join(listed(children))


def _yes(_flag: Any) -> str:
    return "yes"


_BEGAN = frozenset({ChallengeRaised.topic, AlertRaised.topic})
