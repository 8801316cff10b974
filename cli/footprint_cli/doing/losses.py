"""After a loss: what `checkpoint` does, and what it says of what others will see."""

from __future__ import annotations

from typing import cast

from footprint.audit.vouchers import from_note
from footprint.domain.entry import Entry
from footprint.ledger.checkpoints import recovery
from footprint.ledger.ledger import Ledger
from footprint.ledger.signing.home import folder_of
from footprint.ledger.words.erasing import NotYetGone
from footprint.ledger.words.remembering import remembered
from footprint.proof.note import Note
from footprint_cli.doing.redactions import closed_again, reapplied
from footprint_cli.settings import Options, Settings


def moved(ledger: Ledger, _options: Options, _settings: Settings) -> list[str]:
    """The file is somewhere else now."""
    recovery.accept_move(ledger)
    return [f"The ledger takes entries at {ledger.place} from now on, and nowhere else."]


def resumed(ledger: Ledger, options: Options, _settings: Settings) -> list[str]:
    """The signer's state was lost."""
    signed = recovery.resume(ledger, cast(Note, _note(options)))
    return [
        f"The signer goes on from entry {signed.size}: the entries continue that checkpoint,",
        "and their head bears this key's signature.",
        "Whoever holds a checkpoint or a receipt sees what they saw before.",
    ]


def restored(ledger: Ledger, options: Options, settings: Settings) -> list[str]:
    """Entries were lost."""
    reason, note = options["--accept-loss"], _note(options)
    *others, entry = recovery.accept_loss(
        ledger, reason, actor=settings.actor.value, note=note, rekey=options.get("--new-key")
    )
    size, left, at = vars(entry.event)["size"], vars(entry.event)["left"], entry.position
    span = f"entries {left + 1} to {size} are" if size > left + 1 else f"entry {size} is"
    lines = [
        f"Accepted, in entry {at}: {span} lost.",
        f"Whoever holds a checkpoint or a receipt of more than {left} entries will see",
        f"TAMPERED from footprint verify, with entry {at} as the explanation.",
        "That is right, and stays so.",
        "Tell them, and give them a new one: footprint checkpoint.",
        "Record again what was lost, as --source transcribed. The numbers of lost",
        "entries and threads are given out again: an old receipt may name what is now",
        "another thread.",
    ]
    lines += [line for one in others for line in _key(one)]
    return lines + _redacted_again(ledger, settings)


def _redacted_again(ledger: Ledger, settings: Settings) -> list[str]:
    """What a backup has brought back of what was redacted goes again, as far as one person can."""
    folder = folder_of(settings.home_path, ledger.opened.origin)
    found, asked, erase = closed_again(ledger, folder, settings.actor.value)
    lines = reapplied(found, asked) if found or asked else []
    if not remembered(folder):
        lines.append(
            "No redaction is remembered here. What was redacted in what is lost is back: ask for it"
            " again with footprint redact."
        )
    try:
        erase()
    except NotYetGone as error:
        lines.append(str(error))
    return lines


def rekeyed(ledger: Ledger, options: Options, settings: Settings) -> list[str]:
    """Another key is to sign."""
    reason, note = options["--new-key"], _note(options)
    (entry,) = recovery.change_key(ledger, reason, actor=settings.actor.value, note=note)
    return _key(entry)


def _note(options: Options) -> Note | None:
    path = options.get("--resume-from")
    return from_note(path).note if path else None


def _key(entry: Entry) -> list[str]:
    key, endorsement = vars(entry.event)["key"], vars(entry.event)["endorsement"]
    return [f"From entry {entry.position} on this key signs: {key}", *_SEEN[bool(endorsement)]]


_SEEN = {
    True: [
        "The old key vouches for it, and was then removed from this machine.",
        "Whoever trusts the old key sees VERIFIED as before, with a note that names the",
        "entry.",
        "Give them the new key all the same.",
    ],
    False: [
        "The key before it is not here, and could not vouch for it.",
        "Whoever trusts that key alone will see TAMPERED, by an unknown key, until they",
        "trust the new one. Tell them by another way than this ledger, and give them the",
        "new key.",
        "A checkpoint or a receipt that they kept counts as before.",
    ],
}
"""What others see of a new key, by whether the old one vouches for it."""
