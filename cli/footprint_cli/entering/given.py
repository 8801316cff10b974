"""What was given to a writing command: its options, merged with a fields file, and checked."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from footprint.domain.nearest import did_you_mean
from footprint.engine.place import path_of
from footprint.errors import Misused, why

_UK = r"([0-9]{1,2})/([0-9]{1,2})/([0-9]{4})"
NOT_KNOWN = ("unknown", "not-known")
TEXTS = {
    "words": "text", "why": "why", "to": "to", "from_": "from", "review_date": "review_date",
    "follows": "follows", "view": "view",
}  # fmt: skip
"""Options that are words, and the names under which the vault keeps them."""


def read_date(text: str, option: str, *, today: date) -> date:
    """A day as people write it: 2026-04-03, 3/4/2026 (3 April), today, yesterday.

    Args:
        text: what was written.
        option: where, to be named where it is no date; empty where it was asked for.
        today: the day in London.

    Raises:
        Misused: it is no date, or one that could be read two ways.
    """
    named = {"today": today, "yesterday": today - timedelta(days=1)}
    given = text.strip().lower()
    if given in named:
        return named[given]
    match = re.fullmatch(_UK, given)
    try:
        if match:
            return date(int(match[3]), int(match[2]), int(match[1]))
        if re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", given):
            return date.fromisoformat(given)
    except ValueError:
        pass
    understands = f" that {option} understands" if option else ""
    raise Misused(
        f"{text!r} is not a date{understands}.",
        "Write 2026-04-03, or 3/4/2026 for 3 April 2026.",
    )


def read_flag(text: str, option: str) -> bool:
    """Yes or no. Raises `Misused`."""
    answers = {"yes": True, "no": False}
    if text.strip().lower() not in answers:
        raise Misused(f"{option} cannot be {text!r}.", "Write yes or no.")
    return answers[text.strip().lower()]


class Given:
    """The options of one command by their long names, with underscores.

    Args:
        options: as typer gave them.
        today: the day in London, for dates.
        actor: who is at the keyboard.
    """

    def __init__(self, options: Mapping[str, Any], *, today: date, actor: str) -> None:
        self.options = dict(options)
        self.actor_in_use = actor
        self.today = today
        if self.options.get("words_file") == "-" and self.options.get("fields_file") == "-":
            raise Misused(
                "Only one of --words-file and --fields-file can be standard input.",
                'Put the words into the fields: {"words": ...}; or one of the two into a file.',
            )
        self._merge_fields()
        if self.options.get("words_file"):
            self._read_words()

    def __getattr__(self, name: str) -> Any:
        return self.options.get(name)

    def apart(self) -> Iterator[Given]:
        """The same for each of the children that are named; once where none is."""
        for child in dict.fromkeys(listed(self.options.get("child"))) or [None]:
            own = {"child": None if child is None else [child]}
            whole = self.options | (own if "child" in self.options else {}) | READ
            yield Given(whole, today=self.today, actor=self.actor_in_use)

    def need(self, *names: str) -> None:
        """Raise `Misused` naming all of these options that were not given."""
        # An empty reference is a wrong one, and is said to be.
        blank = self.options.get("ref") == ""
        missing = [
            n for n in names if not (blank or (self.said(n) and self.options[n] not in ("", [""])))
        ]
        if missing:
            flags = ", ".join(flag(name) for name in missing)
            raise Misused(f"Missing: {flags}.", _where_to_give(flags))

    def said(self, name: str) -> bool:
        """Whether the option was given, on the line or in the fields file."""
        value = self.options.get(name)
        return not (value is None or value is False or value in ([], ()))  # but 0 was

    def day(self, name: str) -> date | None:
        """The date of an option, or None where it was not given."""
        text = self.options.get(name)
        return None if text is None else read_date(str(text), flag(name), today=self.today)

    @property
    def when(self) -> date | None:
        """When it happened: today unless said; None where it is said not to be known."""
        if str(self.options.get("on")).strip().lower() in NOT_KNOWN:
            return None
        return self.day("on") or self.today

    @property
    def common(self) -> dict[str, Any]:
        """What every move says: when it happened, from what source, and its words."""
        return {"on": self.when, "source": self.source or "at-the-time", "words": self.texts}

    @property
    def texts(self) -> dict[str, str]:
        """What goes into the vault, by the names it has there."""
        texts = {to: self.options.get(name) for name, to in TEXTS.items()}
        review = self.day("review_date")
        if review:
            texts["review_date"] = review.isoformat()
        return {name: str(text) for name, text in texts.items() if text}

    def yes_or_no(self, name: str) -> bool | None:
        text = self.options.get(name)
        return text if text is None or isinstance(text, bool) else read_flag(str(text), flag(name))

    def _merge_fields(self) -> None:
        source = self.options.get("fields_file")
        if not source:
            return
        import orjson

        try:
            fields = orjson.loads(read_file(source))
        except orjson.JSONDecodeError as error:
            raise Misused(
                f"The fields file is not JSON: {error}.",
                _FIELDS,
            ) from error
        if not isinstance(fields, dict):
            raise Misused("The fields file is JSON, and not an object of options.", _FIELDS)
        for key, value in fields.items():
            name = _NAMES.get(key, key.replace("-", "_"))
            if name not in self.options or name in {"fields_file", "ledger", "actor"}:
                raise Misused(
                    f"The fields file names {key!r}, which is no option of this command.",
                    f"{did_you_mean(name, self.options)} --help has all of them.".lstrip(),
                )
            # What was typed as an option stands.
            if not self.said(name):
                self.options[name] = _value(name, value)

    def _read_words(self) -> None:
        if self.options.get("words"):
            raise Misused("Give --words or --words-file, not both.", "Leave one of them out.")
        data = read_file(self.options["words_file"])
        try:
            text = data.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            raise Misused(
                f"The words are not UTF-8 text (byte {error.start + 1}).", "Save them as UTF-8."
            ) from error
        self.options["words"] = text.removesuffix("\n").removesuffix("\r")


READ: dict[str, Any] = {"fields_file": None, "words_file": None}
"""Options that name a file, once it is read."""
_NAMES = {"theme": "themes", "from": "from_", "to-stage": "stage", "set": "changes"}
_FIELDS = 'It is one object, such as {"child": "204117", "service": "CSC"}.'
_IN_JSON: Mapping[type, str] = {
    str: "a text", list: "a list of texts", int: "a whole number", bool: "true or false",
    float: "a number", dict: "an object",
}  # fmt: skip
_KINDS: Mapping[str, tuple[type, ...]] = {
    "themes": (str, list), "stage": (int,), "proceedings": (str, bool), "child": (str, int, list),
    "changes": (str, list), "entry": (int,), "privileged": (bool,), "keep_due": (bool,),
    "json": (bool,), "dry_run": (bool,), "no_input": (bool,),
}  # fmt: skip


def _value(name: str, value: Any) -> Any:
    """A value of a fields file, of the kind that its option has."""
    kinds = _KINDS.get(name, (str,))
    if type(value) not in kinds or (
        isinstance(value, list) and not all(type(one) is str for one in value)
    ):
        wanted = " or ".join(_IN_JSON[kind] for kind in kinds)
        raise Misused(
            f"The fields file gives {flag(name)} as {_IN_JSON.get(type(value), 'nothing')}.",
            f"It has to be {wanted}.",
        )
    if name in ("themes", "changes", "child") and not isinstance(value, list):
        return [str(value)]
    return value


def _where_to_give(flags: str) -> str:
    """What to do about what is missing, of which some may have no option."""
    behind = [name for name in ("REF", "FILE") if name in flags]
    if not behind:
        return "Give them as options, or in --fields-file."
    stand = "stands" if len(behind) == 1 else "stand"
    return f"{' and '.join(behind)} {stand} behind the command; --help has an example."


def flag(name: str) -> str:
    """How an option is written."""
    named = {
        "themes": "theme",
        "from_": "from",
        "ref": "REF",
        "file": "FILE",
        "changes": "set",
        "positions": "entry",
    }.get(name, name)
    return named if named.isupper() else "--" + named.replace("_", "-")


def read_file(source: str, most: int = -1) -> bytes:
    """What is in a file, or its first bytes; - is standard input.

    Raises `Misused` where it cannot be read.
    """
    if source == "-":
        return sys.stdin.buffer.read(most)
    try:
        with path_of(source).open("rb") as file:
            return file.read(most)
    except (OSError, ValueError) as error:  # a path with a NUL is none
        raise Misused(
            f"{source} cannot be read: {why(error)}.",
            "Name a file that is there, and that this login may read.",
        ) from error


def listed(values: Sequence[Any] | None) -> tuple[str, ...]:
    """Repeated options as a tuple of texts."""
    return tuple(str(value) for value in values or ())
