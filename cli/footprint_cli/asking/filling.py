"""A form filled in by whoever is at the keyboard, where a command was not told enough."""

from __future__ import annotations

from collections.abc import Callable

import typer

from footprint.domain.asks import Ask
from footprint.errors import Refused
from footprint.ledger.identity import london_today
from footprint_cli.asking.desk import Terminal
from footprint_cli.asking.dialogue import Dialogue
from footprint_cli.asking.drafts import Drafts
from footprint_cli.asking.known import OfLedger
from footprint_cli.asking.questions import FORMS
from footprint_cli.asking.sides import Left
from footprint_cli.entering.appending import considering
from footprint_cli.entering.caution import check_actor
from footprint_cli.entering.given import READ, Given
from footprint_cli.settings import Settings

_KEPT = "Your words are kept: the same command, of the same thread or child, offers them."


def filled_in(
    command: str,
    ask: Callable[[Given], Ask],
    given: Given,
    settings: Settings,
    do: Callable[[Given], None],
) -> None:
    """Ask for all that a command needs, and do it; where that is refused, ask what to change.

    Words that were not recorded in the end are kept.

    Args:
        command: whose form it is.
        ask: makes of what was given what is asked.
        given: what was given so far.
        settings: where the ledger is, and who is at the keyboard.
        do: records it, or says what would be.

    Raises:
        Refused: whoever was asked has gone. Nothing is recorded.
    """
    check_actor(settings.actor.value)
    filling = _Filling(command, ask, given, settings)
    try:
        while not filling.done(do):
            pass
    except Left:
        raise Refused("Nothing was recorded.", _KEPT if filling.keeps_words else "") from None
    except (KeyboardInterrupt, typer.Abort):
        if filling.keeps_words:
            typer.echo(f"\n{_KEPT}", err=True, nl=False)
        raise


class _Filling:
    """One form, filled in until what it asks for is done."""

    def __init__(
        self, command: str, ask: Callable[[Given], Ask], given: Given, settings: Settings
    ) -> None:
        self._command, self._ask, self._given, self._settings = command, ask, given, settings
        self._desk = Terminal()
        self._dialogue = Dialogue(FORMS[command], given.options, self._desk)
        self._drafts: Drafts | None = None

    @property
    def keeps_words(self) -> bool:
        """Whether words are kept that were not recorded."""
        return self._drafts is not None and self._drafts.kept

    def done(self, do: Callable[[Given], None]) -> bool:
        """Whether it was, when all was answered: a refusal is said, and then there is more to."""
        answered = self._answered()
        try:
            do(answered)
        except Refused as refused:  # after which nothing is recorded
            self._desk.say(str(refused))
            return False
        if self._drafts and not self._given.dry_run:
            self._drafts.throw_away(answered.options)
        return True

    def _answered(self) -> Given:
        """All that was said, with the ledger as it is by now at hand."""
        actor = self._settings.actor.value
        with considering(self._settings) as ledger:
            home, origin = self._settings.home_path, ledger.opened.origin
            self._drafts = self._drafts or Drafts(home, origin, self._command)
            known = OfLedger(
                ledger, self._ask, actor=actor, today=london_today(), drafts=self._drafts
            )
            try:
                said = self._dialogue.held(known)
            finally:
                self._desk.settled()  # what was pasted behind an answer is not for the shell
        return Given(said | READ, today=self._given.today, actor=actor)
