"""The command that ties a document to a thread by its digest: attach."""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import file_digest
from pathlib import Path
from typing import Annotated, Any

import typer

from footprint.domain.asks import Ask, Attach
from footprint.domain.corrections import corrected_words
from footprint.domain.events import DocumentAttached
from footprint.domain.reference import shown
from footprint.engine.place import path_of
from footprint.errors import Misused, NotFound, why
from footprint.ledger.ledger import Ledger
from footprint.ledger.store import queries
from footprint.ledger.withheld import must_have_vault
from footprint_cli import options as o
from footprint_cli.commands.recording import recording
from footprint_cli.entering.given import Given
from footprint_cli.screen.lines import say
from footprint_cli.screen.text import say_json
from footprint_cli.session import reading
from footprint_cli.settings import Settings

_OFFICE = {
    ".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ".odt": "application/vnd.oasis.opendocument.text",
    ".msg": "application/vnd.ms-outlook",
    ".heic": "image/heic",
}
"""Types that Python knows only where the system does."""

_File = Annotated[
    str | None, typer.Argument(metavar="FILE", help="The document.", show_default=False)
]
_Title = Annotated[
    str | None, typer.Option("--title", metavar="TEXT", help="What it is; else the file's name.")
]
_Check = Annotated[
    str | None, typer.Option("--check", metavar="FILE", help="Say which entries are of this file.")
]


def _check(options: Mapping[str, Any]) -> bool:
    """Say which entries are of a file, where that is what is asked."""
    if options["check"] is None:
        return False
    said = [name for name in ("ref", "file", "title", "privileged") if options[name]]
    if said:
        raise Misused("--check stands alone: it looks in all threads.", "Leave the rest out.")
    digest, _ = _digest(options["check"])
    with reading(Settings(options["ledger"], options["actor"])) as ledger:
        found = _entries_of(ledger, digest)
    if not found:
        raise NotFound(
            f"No entry is of {options['check']}, as it is now.",
            "A file that was changed since is another one; and an entry whose words were removed"
            " matches nothing.",
        )
    if options["json"]:
        say_json(found)
        return True
    for row in found:
        at = row["recorded_at"][:16].replace("T", " ")
        say(f"{row['ref']}, entry {row['position']}, recorded {at} UTC by {row['actor']}.")
    return True


@recording(
    instead=_check, ref=o.NeededRef, file=_File, title=_Title, privileged=o.Privileged,
    check=_Check,
)  # fmt: skip
def attach(given: Given) -> Ask:
    """Tie a document to a thread, by its digest.

    Kept are its digest, title, type and size; the file stays where it is. Keep it in the case
    system: whoever has it can show that it is the one that was meant.

    footprint attach 20 care-plan.pdf --title "Pathway plan of 3 April"

    footprint attach --check care-plan.pdf
    """
    given.need("ref", "file")
    digest, size = _digest(given.file)
    document = {
        "title": given.title or Path(given.file).name,
        "sha256": digest,
        "size": str(size),
        "type": _type_of(given.file),
    }
    common = given.common
    return Attach(**(common | {"words": common["words"] | document}), privileged=given.privileged)


def _digest(name: str) -> tuple[str, int]:
    """The SHA-256 and the size of a file. Raises `Misused` where it is none that can be read."""
    path = path_of(name)
    try:
        if path.exists() and not path.is_file():
            raise Misused(f"{name} is not a file.", "Name the document itself.")
        with path.open("rb") as file:
            digest, size = file_digest(file, "sha256").hexdigest(), file.tell()
    except (OSError, ValueError) as error:  # a path with a NUL is none
        raise Misused(
            f"{name} cannot be read: {why(error)}.", "Name a document that is there."
        ) from error
    if not size:
        raise Misused(f"{name} is empty.", "Name the document itself.")
    return digest, size


def _type_of(name: str) -> str:
    import mimetypes

    known = _OFFICE.get(Path(name).suffix.lower())
    return known or mimetypes.guess_type(Path(name).name)[0] or "application/octet-stream"


def _entries_of(ledger: Ledger, digest: str) -> list[dict[str, Any]]:
    """The entries whose document has this digest, as they now stand, in order."""
    must_have_vault(ledger, "it has no words to compare with")
    found = []
    for stream in queries.streams_with(ledger.connection, DocumentAttached.topic):
        entries = ledger.entries(stream)
        words = corrected_words(entries, ledger.vault.words(stream))
        found += [
            {
                "position": entry.position,
                "ref": shown(stream),
                "recorded_at": entry.recorded_at,
                "actor": entry.actor,
            }
            for entry in entries
            if isinstance(entry.event, DocumentAttached)
            and words.get(entry.position, {}).get("sha256") == digest
        ]
    return sorted(found, key=lambda row: row["position"])
