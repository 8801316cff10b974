"""What each writing command asks for, in which order, and what else can be said of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from footprint.domain.asks import Ask, Close, Escalate, RaiseToAlert, Reopen
from footprint.domain.vocabulary import FIXED_LISTS, RESOLVED, RESTS_ON_A_BASIS, known_code
from footprint_cli.entering.given import Given

TEXT, WORDS, CODE, CODES, DAY, DAY_AHEAD, YES_NO, FLAG, REF, CHILD = (
    "text", "words", "code", "codes", "day", "day ahead", "yes or no", "flag", "ref", "child",
)  # fmt: skip
"""How an answer is read."""
STAGES, ENTRIES, FIELDS = "stages", "entries", "fields"
"""Lists of a thread's own: the stages of its ladder, its entries, what one of them says."""
NUMBERED = (STAGES, ENTRIES)
"""Those whose codes are numbers, and are never counted."""


def _always(_said: Mapping[str, Any]) -> bool:
    return True


def _of_a_new_thread(said: Mapping[str, Any]) -> bool:
    return not said.get("ref")


def _of_satisfaction(said: Mapping[str, Any]) -> bool:
    return _code(said, "closure", "closures") in RESOLVED


def _never(_said: Mapping[str, Any]) -> bool:
    return False


def _rests_on_none(said: Mapping[str, Any]) -> bool:
    """Whether a closure needs no basis, or its record was not made at the time."""
    made_later = _code(said, "source", "sources") in ("transcribed", "recalled")
    return made_later or _code(said, "closure", "closures") not in RESTS_ON_A_BASIS


def _code(said: Mapping[str, Any], name: str, codes: str) -> str | None:
    """The code of what was given: on the line a label does as well."""
    return known_code(FIXED_LISTS[codes], str(said.get(name) or ""))


class Question(NamedTuple):
    """One question.

    `name` is the option that it fills, `asks` what is said, `codes` the list that the answer is of,
    `help` what is said on `?`. What is not `needed` may be left open, and so may what is, where
    `spared` tells so. `applies` tells by what is said already whether it is to be asked; `of` is
    the question whose answer it is about; `takes` is the move that a thread has to take, as it
    stands, to be an answer. `left_open` is what leaving it open comes to, where that is not
    nothing. `elsewhere` has answers that another command takes, and what is said of each; `{ref}`
    in it, and in its help, is the thread.
    """

    name: str
    asks: str
    kind: str = TEXT
    codes: str = ""
    needed: bool = True
    help: str = ""
    applies: Callable[[Mapping[str, Any]], bool] = _always
    of: str = ""
    takes: type[Ask] | None = None
    left_open: str = ""
    elsewhere: Mapping[str, str] = {}
    spared: Callable[[Mapping[str, Any]], bool] = _never

    def after(self, said: Mapping[str, Any]) -> Question:
        """The question as it is asked where this was said already."""
        return self._replace(needed=self.needed and not self.spared(said))


_DAY = "3/4/2026 is 3 April; or today, yesterday, or a day of the week that is over."
_AHEAD = "3/4/2026 is 3 April; a day of the week is the next one."
_NAME = "A name is kept with the words, and never stands in the clear."

_REF = Question("ref", "Thread", REF, help="CH-42, or 42.")
_CHILD = Question(
    "child", "Child's case number", CHILD,
    help="The number that your case system uses, never a name. Several children of one concern:"
    " 204117, 204118 and 204119; each gets a thread.",
)  # fmt: skip
_SERVICE = Question("service", "Service", CODE, "services")
_TEAM = Question("team", "Team", CODE, "teams", needed=False)
_THEMES = Question("themes", "Theme", CODES, "themes", help="Several: with a comma between them.")
_WORDS = Question("words", "Words", WORDS, help="What was said or done. No names.")
_IF_ANY = _WORDS._replace(needed=False)
_WHY = Question("why", "Reason", TEXT, needed=False)
_RESPOND_BY = Question(
    "respond_by",
    "Answer by",
    DAY_AHEAD,
    needed=False,
    help=f"Later than usual needs a reason. {_AHEAD}",
)
_ASKED = Question("role", "Whom you ask", CODE, "roles", help="The role, not the name.")
_TO = Question("to", "By name", needed=False, help=_NAME)
_ON = Question("on", "When", DAY, help=f"When it happened. {_DAY} unknown, where nobody knows.")
_SOURCE = Question("source", "Source", CODE, "sources")
_STAGE = Question("stage", "Stage", CODE, STAGES, needed=False)
_SETTLED = (
    Question("prompted_by", "Prompted by", CODE, "prompts", needed=False),
    Question("review_date", "Review", DAY, needed=False, help=_DAY),
    Question(
        "proceedings", "Proceedings", YES_NO, needed=False, help="Court proceedings: yes, no."
    ),
    Question("capacity", "Capacity", CODE, "capacities", needed=False),
    Question("iro", "IRO", needed=False, help="Whose thread it is, by code or initials."),
    Question("follows", "Follows", REF, needed=False, help="An earlier thread of the same child."),
)


def _settling(*questions: Question) -> tuple[Question, ...]:
    """What the first step of a thread settles for the whole of it."""
    return tuple(one._replace(applies=_of_a_new_thread) for one in questions)


class Form(NamedTuple):
    """What a command asks for, in order; and what can be said beside it, when it is looked over.

    `options` makes of the answers what the command takes.
    """

    asked: tuple[Question, ...]
    beside: tuple[Question, ...] = ()
    options: Callable[[dict[str, Any]], dict[str, Any]] = dict
    each: tuple[Question, ...] = (_ON, _SOURCE)

    @property
    def questions(self) -> tuple[Question, ...]:
        return (*self.asked, *self.beside, *self.each)


def _as_change(said: dict[str, Any]) -> dict[str, Any]:
    """The options of a correction: a field and what it should have been are one."""
    rest = {name: value for name, value in said.items() if name not in ("field", "value")}
    field, value = said.get("field"), said.get("value")
    if not field:
        return rest
    if field == "words":
        return rest | {"words": value}
    values = value if isinstance(value, list) else [value]
    texts = [_SPELT.get(one, one) for one in values]
    return rest | {"changes": [f"{field.rstrip('_')}={text}" for text in texts]}


_SPELT: Mapping[Any, Any] = {None: "", True: "yes", False: "no"}
"""How what is no text is written in a change."""


def is_unsaid_change(said: Mapping[str, Any]) -> bool:
    """Whether nothing says yet what an entry should have been."""
    return not (said.get("changes") or said.get("words") or said.get("take_back"))


_WRONG_CHILD = (
    "Where it was the wrong child, the whole thread goes on under the right one, and two people do"
    " that: footprint redact {ref} --basis wrong-child --right-child NUMBER --why TEXT"
)
_OF_A_CHILD = ("child", "wrong child", "the child", "case number", "child's case number")
_BEGUN = (*_settling(_CHILD, _SERVICE, _TEAM, _THEMES), _ASKED, _WORDS)
_SENT = (_TO, _STAGE, _WHY, _RESPOND_BY)
_FIRST = _REF._replace(
    asks="Challenge that it follows from", needed=False, takes=RaiseToAlert,
    help="CH-42, or 42; Enter alone begins a new thread.",
)  # fmt: skip

FORMS: Mapping[str, Form] = {
    "challenge": Form(_BEGUN, (*_SENT, *_settling(*_SETTLED))),
    "alert": Form((_FIRST, *_BEGUN), (*_SENT, *_settling(*_SETTLED))),
    "respond": Form(
        (
            _REF,
            Question("response", "Answer", CODE, "responses"),
            Question("role", "Who answered", CODE, "roles", help="The role, not the name."),
            _IF_ANY,
        ),
        (
            Question("from_", "By name", needed=False, help=_NAME),
            Question("action_by", "Action by", DAY_AHEAD, needed=False, help=_AHEAD),
            _STAGE,
        ),
    ),
    "escalate": Form(
        (
            _REF._replace(takes=Escalate),
            Question("reason", "Because", CODE, "reasons"),
            _ASKED,
            _IF_ANY,
        ),
        (_TO, _STAGE, _WHY, _RESPOND_BY),
    ),
    "close": Form(
        (
            _REF._replace(takes=Close),
            Question("closure", "How it ended", CODE, "closures"),
            Question(
                "basis",
                "Satisfied",
                CODE,
                "bases",
                applies=_of_satisfaction,
                spared=_rests_on_none,
                help="What it rests on. Where nobody knows any more: Ctrl-C, and say --source.",
            ),
            _IF_ANY,
        ),
        (Question("by", "Closed by", CODE, "closers", needed=False), _WHY),
    ),
    "reopen": Form((_REF._replace(takes=Reopen), _IF_ANY)),
    "note": Form((_REF, _WORDS), (Question("privileged", "Legal advice", FLAG, needed=False),)),
    "impact": Form((_REF, Question("impact", "What changed", CODE, "impacts"), _WORDS)),
    "cafcass": Form((_REF, Question("step", "Step", CODE, "cafcass"), _IF_ANY)),
    "tell": Form(
        (
            _REF,
            Question("party", "Who was told", CODE, "parties"),
            Question("view", "Their view", CODE, "views", needed=False),
            _IF_ANY,
        )
    ),
    "filed": Form((_REF,)),
    "attach": Form(
        (_REF, Question("file", "Document", help="The file; it stays where it is."), _IF_ANY),
        (
            Question("title", "Title", needed=False, help="What it is; else the file's name."),
            Question("privileged", "Legal advice", FLAG, needed=False),
        ),
    ),
    "correct": Form(
        (
            _REF,
            Question("entry", "Entry", CODE, ENTRIES, of="ref"),
            Question(
                "field",
                "What was wrong",
                CODE,
                FIELDS,
                help=_WRONG_CHILD,
                applies=is_unsaid_change,
                of="entry",
                elsewhere=dict.fromkeys(_OF_A_CHILD, _WRONG_CHILD),
            ),
            Question("value", "It should be", needed=False, applies=is_unsaid_change, of="field"),
            Question("reason", "Why", help="Why it is corrected; it is kept with the words."),
        ),
        options=_as_change,
    ),
    "redact": Form(
        (
            _REF,
            Question(
                "positions",
                "Entries",
                CODES,
                ENTRIES,
                needed=False,
                help="Several: with a comma between them. Enter alone is all of the thread.",
                of="ref",
                left_open="all",
            ),
            Question("basis", "On what ground", CODE, "redactions"),
            Question("why", "Why", help="In a sentence; it is kept with the words."),
        ),
        (
            Question(
                "right_child",
                "Whose it really is",
                needed=False,
                help="The case number under which it goes on, where it is on the wrong child.",
            ),
        ),
        each=(),
    ),
    "handover": Form(
        (_REF, Question("iro", "Who has it now", help="The code or initials of the IRO."), _IF_ANY)
    ),
}
"""The form of each command that has one."""

TOLD_BY: Mapping[str, str] = {
    "challenge.raised": "challenge",
    "alert.raised": "alert",
    "thread.alerted": "alert",
    "thread.escalated": "escalate",
    "response.received": "respond",
    "thread.closed": "close",
    "thread.reopened": "reopen",
    "note.added": "note",
    "document.attached": "attach",
    "impact.recorded": "impact",
    "cafcass.recorded": "cafcass",
    "party.told": "tell",
    "thread.filed": "filed",
    "thread.handed-over": "handover",
}
"""The command whose options say what an entry of a topic says."""


def fields_of(topic: str) -> dict[str, Question]:
    """What an entry of a topic may have wrong, by option; nothing where that is put right apart."""
    if topic not in TOLD_BY:
        return {}
    of = {"ref": "it"} if topic == "thread.alerted" else {}
    form = FORMS[TOLD_BY[topic]]
    return {
        one.name: one
        for one in form.questions
        if one.name not in ("ref", "child", "file") and one.applies({"closure": "resolved", **of})
    }


def is_wanting(command: str, given: Given) -> bool:
    """Whether something that a command needs was not said."""
    form = FORMS.get(command)
    said = given.options
    return form is not None and any(
        one.after(said).needed and one.applies(said) and not given.said(one.name)
        for one in form.asked
    )
