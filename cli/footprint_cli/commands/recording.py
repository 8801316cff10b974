"""What makes a writing command: its options, what it asks for, and what is said afterwards."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from itertools import chain
from typing import Any, get_args

from footprint.domain.asks import Ask
from footprint.domain.reference import shown
from footprint.engine.connection import ServerError
from footprint.ledger.identity import london_today
from footprint.ledger.ledger import Ledger, Recorded
from footprint_cli import options as o
from footprint_cli.entering.appending import considering, writing
from footprint_cli.entering.caution import (
    can_ask,
    check_actor,
    check_iro,
    heed,
    late,
    only_warn,
    say_how_to_remove,
)
from footprint_cli.entering.given import Given
from footprint_cli.entering.saying import say_all_considered, say_considered, say_each_recorded
from footprint_cli.entering.unanswered import command_of, folder_of, noted, recorded_before
from footprint_cli.faults import WasRecorded
from footprint_cli.screen.lines import say
from footprint_cli.settings import Settings

_EACH = {
    "words": o.Words,
    "words_file": o.WordsFile,
    "on": o.On,
    "source": o.Source,
    "fields_file": o.FieldsFile,
    "ledger": o.Ledger,
    "actor": o.Actor,
    "json": o.Json,
    "dry_run": o.DryRun,
    "no_input": o.NoInput,
}
"""The options that every writing command takes, behind its own."""


_BEFORE = (
    "That was recorded when you entered it before, and its receipt was not seen; it is not recorded"
    " twice. To record the same once more, enter it once more."
)


def recording(
    instead: Callable[[Mapping[str, Any]], bool] | None = None, **options: Any
) -> Callable[[Callable[[Given], Ask]], Callable[..., None]]:
    """Make a writing command of a function from what was given to what is asked.

    The command has these options, then those of `_EACH`; its help is the function's docstring.

    Args:
        instead: does something else where the options ask for it, and says whether it did.
        options: each option by its name in `Given`, as typer declares it (`Annotated`).
    """

    def command_of(ask: Callable[[Given], Ask]) -> Callable[..., None]:
        def command(**given: Any) -> None:
            if not (instead and instead(given)):
                _submit(given, ask)

        # The grammar reads a command's options off its signature.
        vars(command)["__signature__"] = inspect.Signature([
            inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=_unsaid(kind),
                              annotation=kind)
            for name, kind in (options | _EACH).items()
        ])  # fmt: skip
        command.__annotations__.clear()
        command.__doc__ = ask.__doc__
        vars(command)["__wrapped__"] = ask
        return command

    return command_of


def _unsaid(kind: Any) -> bool | None:
    return False if get_args(kind)[0] is bool else None


def _submit(options: Mapping[str, Any], ask: Callable[[Given], Ask]) -> None:
    """Check what was given, record it (or, dry, say what would be) and give the receipt."""
    settings = Settings(options["ledger"], options["actor"])
    given = Given(options, today=london_today(), actor=settings.actor.value)
    done_with(ask.__name__, ask, given, settings, lambda said: _record(said, ask, settings))


def done_with(
    command: str,
    ask: Callable[[Given], Ask],
    given: Given,
    settings: Settings,
    do: Callable[[Given], None],
) -> None:
    """Do it with what was given; where something is missing, and somebody is there, filled in."""
    if can_ask(given):
        from footprint_cli.asking.questions import is_wanting  # nothing is asked in a script

        if is_wanting(command, given):
            from footprint_cli.asking.filling import filled_in

            return filled_in(command, ask, given, settings, do)
    return do(given)


def _record(given: Given, ask: Callable[[Given], Ask], settings: Settings) -> None:
    asked = [ask(one) for one in given.apart()]
    actor = settings.actor.value
    check_actor(actor)
    check_iro(asked[0])
    with (considering if given.dry_run else writing)(settings) as ledger:
        stream = ledger.stream(given.ref) if given.ref is not None else None
        if given.dry_run:
            _consider(ledger, asked, stream, given)
            return
        words, beside = _words_of(asked), late(given)
        warned = heed(words, ledger.policy(), ask=can_ask(given),
                      first=lambda: [ledger.consider(one, stream) for one in asked],
                      beside=beside)  # fmt: skip
        say_all = partial(say_each_recorded, ledger, as_json=given.json,
                          warned=[*beside, *warned], children=_children(asked))  # fmt: skip
        folder, command = folder_of(settings.home_path, ledger), command_of(asked, stream, actor)
        if before := recorded_before(ledger, folder, command):
            say(_BEFORE, err=True)
            say_all(before)
            return
        with noted(folder, command) as note:
            recorded = _recorded(ledger, asked, stream, actor, note)
            try:
                say_all(recorded)
                if warned and not can_ask(given):
                    say_how_to_remove(words, recorded)
            except (OSError, ServerError) as error:
                raise WasRecorded(*(shown(one.stream) for one in recorded)) from error


def _recorded(
    ledger: Ledger,
    asked: Sequence[Ask],
    stream: str | None,
    actor: str,
    about_to: Callable[[Sequence[Recorded]], None],
) -> Sequence[Recorded]:
    if len(asked) > 1:
        from footprint.ledger.siblings import begin_together  # one concern of several children

        return begin_together(ledger, asked, actor=actor, about_to=about_to)
    one = ledger.record(asked[0], actor=actor, stream=stream, about_to=lambda one: about_to([one]))
    return [one]


def _consider(ledger: Ledger, asked: Sequence[Ask], stream: str | None, given: Given) -> None:
    """Say what would be recorded."""
    moves = [ledger.consider(one, stream) for one in asked]
    warned = only_warn(_words_of(asked), ledger.policy(), late(given))
    say = say_considered if len(asked) == 1 else say_all_considered
    say(ledger, [*chain(*moves)], stream, as_json=given.json, warned=warned)


def _words_of(asked: Sequence[Ask]) -> Mapping[str, str]:
    """What is typed in words, and the case numbers."""
    return {**asked[0].words, "child": ", ".join(_children(asked))}


def _children(asked: Sequence[Ask]) -> list[str]:
    """The case number of each; empty where an ask has none."""
    return [getattr(one, "child", "") for one in asked]
