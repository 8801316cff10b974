"""What has to be seen to where a ledger is on a server, by who asks."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from footprint.ledger.elsewhere.copying import STILL_PERSONAL
from footprint.ledger.ledger import Ledger
from footprint.ledger.store import serving
from footprint_cli.status.findings import Wrong
from footprint_cli.status.signing import signing_advice

_UNSAFE = "The server has {} off: after a power cut it may have lost what it said was recorded."
_LOGGED = Wrong(
    "The server writes the values of statements into its log, words among them.",
    "Whoever runs it sets log_parameter_max_length to 0, or logs no statements of this database.",
)
_WITHOUT_WORDS = Wrong("This login counts and verifies, and reads no words.", STILL_PERSONAL)


def server_advice(ledger: Ledger, folder: Path) -> list[Wrong]:
    """What needs doing there; of the key only where this login is one that signs."""
    advice = signing_advice(ledger, folder) if may_sign(ledger) else []
    advice += [
        Wrong(_UNSAFE.format(setting), "Whoever runs it sets that on.")
        for setting in serving.unsafe_settings(ledger.connection)
    ]
    advice += [_LOGGED] if serving.logs_words(ledger.connection) else []
    return [*advice, *_to_sign(ledger), *([] if ledger.vault.here else [_WITHOUT_WORDS])]


def may_sign(ledger: Ledger) -> bool:
    """Whether whoever asks is one who signs: on a server a login of its own does that."""
    apart = ledger.connection.signs_apart
    return not apart or serving.may_write(ledger.connection).sign


def _to_sign(ledger: Ledger) -> Iterator[Wrong]:
    if count := not_signed(ledger):
        yield Wrong(
            f"Entries that no checkpoint covers yet: {count}, since {_since(ledger)}.",
            "The scheduler that runs footprint checkpoint, under the login that signs, sees to"
            " them.",
        )


def not_signed(ledger: Ledger) -> int:
    """How many entries are newer than the newest signed tree."""
    return ledger.size() - (ledger.head() or (0, ""))[0]


def _since(ledger: Ledger) -> str:
    first = (ledger.head() or (0, ""))[0] + 1
    return ledger.entry(first).recorded_at
