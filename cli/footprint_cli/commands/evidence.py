"""The commands about the evidence of one thread: evidence, verify-bundle."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated, Any

import typer

from footprint.audit.verdict import CANNOT_TELL, TAMPERED, VERIFIED
from footprint.audit.vouchers import from_note
from footprint.domain.entry import Entry
from footprint.domain.policy import Policy as Vocabulary
from footprint.domain.reference import shown
from footprint.domain.siblings import named_in
from footprint.durable import write_new
from footprint.errors import Misused, Refused
from footprint.evidence.archive import pack
from footprint.evidence.gathering import Evidence, gather, snapshot
from footprint.evidence.gathering import with_words as spoken
from footprint.evidence.making import Texts, bundle_files
from footprint.evidence.statement import statement, warnings_of
from footprint.evidence.verify import Checked
from footprint.evidence.verify import verify_bundle as verify_file
from footprint.ledger.identity import london_today
from footprint.ledger.ledger import Ledger
from footprint.proof.cosigned import utc
from footprint_cli import options as o
from footprint_cli.doing.givenout import must_be_of_one_child, must_be_whole, new_file
from footprint_cli.doing.verdicts import (
    EXIT,
    as_record,
    redacted_line,
    say_found,
    say_remarks,
    whom,
)
from footprint_cli.screen.lines import say
from footprint_cli.screen.text import entries_said, say_json, visible
from footprint_cli.session import reading
from footprint_cli.settings import Settings
from footprint_cli.thread.readingcopy import as_html, as_text, reading_copy
from footprint_cli.thread.rows import entry_row
from footprint_cli.thread.story import told
from footprint_cli.thread.telling import recorded, text_lines, when


def evidence(
    ref: o.Ref,
    output: Annotated[
        Path | None, typer.Option("--output", metavar="FILE", help="Write the bundle there.")
    ] = None,
    with_words: Annotated[
        bool, typer.Option("--with-words", help="With the case number and all that was written.")
    ] = False,
    with_legal_advice: Annotated[
        bool, typer.Option("--with-legal-advice", help="And what was marked as legal advice.")
    ] = False,
    against: Annotated[
        Path | None,
        typer.Option("--against", metavar="FILE", help="A checkpoint that the receiver holds."),
    ] = None,
    ledger: o.Ledger = None,
    json: o.Json = False,
) -> None:
    """Bundle one thread with its proof.

    For a court, an inspector or a family's lawyer. Without the child's case number and words unless
    they are asked for.

    footprint evidence 16 --output CH-16.zip
    """
    if with_legal_advice and not with_words:
        raise Misused("Legal advice is given with the other words.", "Add --with-words.")
    settings = Settings(ledger)
    asked = {"--with-words": with_words, "--with-legal-advice": with_legal_advice}
    with reading(settings, with_words=with_words) as opened:
        stream = opened.stream(ref)
        trust = must_be_whole(settings)
        with snapshot(opened):
            kept = from_note(against) if against else None
            gathered = gather(opened, stream, trust, kept)
            if with_words:
                gathered = spoken(opened, gathered, legal_advice=with_legal_advice)
                must_be_of_one_child(gathered.ref, gathered.words)
            texts = _texts(opened, gathered, [name for name, given in asked.items() if given])
    size = gathered.note.checkpoint.size
    path = output or Path(f"{gathered.ref}-evidence-{size}.zip")
    packed = pack(bundle_files(gathered, texts))
    with new_file(path, "--output"):
        write_new(path, packed)
    _say_made(gathered, path, as_json=json)


def _texts(ledger: Ledger, gathered: Evidence, given: list[str]) -> Texts:
    """What people read in the bundle."""
    thread = ledger.thread(gathered.stream, gathered.entries[-1].position)
    if thread is None:
        raise Refused(f"{gathered.ref} does not begin as a thread.", "See: footprint verify.")
    command = shlex.join(["footprint", "evidence", gathered.ref, *given])
    copy = reading_copy(gathered, thread, ledger.policy(), london_today(), command)
    return Texts(statement(gathered), as_text(copy), as_html(copy))


def _say_made(made: Evidence, path: Path, *, as_json: bool) -> None:
    left_out = {"legal_advice": made.legal_advice, "redacted": made.redacted}
    warnings = [*warnings_of(made), *_siblings_in(made)]
    if as_json:
        tree = made.note.checkpoint
        cosigned = [{"witness": key.name, "at": utc(at)} for key, at in made.note.lines]
        say_json({
            "ref": made.ref, "file": str(path), "positions": [e.position for e in made.entries],
            "checkpoint_size": tree.size, "root": tree.root.hex(), "cosigned_by": cosigned,
            "words": made.with_words, "left_out": left_out, "warnings": warnings,
        })  # fmt: skip
        return
    words = "with the words" if made.with_words else "without the child's case number and words"
    say(f"The evidence of {made.ref} is in {path}: {entries_said(len(made.items))}, {words}.")
    for what, positions in left_out.items():
        if positions and made.with_words:
            at = ", ".join(map(str, positions))
            say(f"Left out, {what.replace('_', ' ')}: the words of entries {at}.")
    for warning in warnings:
        say(f"! {warning}", err=True)


def _siblings_in(made: Evidence) -> list[str]:
    """What is to be known where the words name the threads of other children.

    They cannot be cut out: an entry is sealed to all of its words.
    """
    named = ", ".join(map(shown, named_in(made.words.values())))
    said = (
        f"The words in it name threads of other children that began with this one ({named}), since"
        " an entry is sealed to all of its words. Where the receiver is not to see that, make it"
        " without --with-words."
    )
    return [said] if named else []


# --- where it arrives -------------------------------------------------------------------------


def verify_bundle(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="The bundle, as it was received.")],
    trust: Annotated[
        Path | None,
        typer.Option("--trust", metavar="FILE", help="Whom to trust; else as this machine does."),
    ] = None,
    against: Annotated[
        list[Path] | None,
        typer.Option("--against", metavar="FILE", help="A checkpoint you kept. May be repeated."),
    ] = None,
    with_words: Annotated[
        bool, typer.Option("--with-words", help="JSON with the words too, where it has them.")
    ] = False,
    json: o.Json = False,
) -> None:
    """Check the evidence of one thread.

    It ends with 0 verified, 3 tampered, 5 cannot tell. Keys inside a bundle are never trusted:
    bring those of the ledger and its witnesses.

    footprint verify-bundle CH-16.zip --trust trust.txt
    """
    kept = [from_note(path) for path in against or []]
    policy, doubt = whom(trust, Settings())
    checked = verify_file(file, policy, kept)
    if doubt:
        checked.verdict.doubt(doubt)
    if json:
        say_json(_as_record(checked, with_words=with_words))
    else:
        _say(checked, trusting=bool(policy.logs))
    raise typer.Exit(EXIT[checked.verdict.verdict])


def _as_record(checked: Checked, *, with_words: bool) -> dict[str, Any]:
    return as_record(checked.verdict) | {
        "ref": checked.ref or None,
        "origin": checked.origin or None,
        "uncovered": len(checked.uncovered),
        "proved": [
            entry_row(entry, _CODES) | ({"words": _said(entry, checked)} if with_words else {})
            for entry in checked.entries
        ],
    }


def _said(entry: Entry, checked: Checked) -> dict[str, str] | None:
    """The words of an entry; None where they are not in the bundle, or it has none."""
    said = checked.words.get(entry.position)
    return None if said is None else dict(said)


_WHAT_IT_SAYS = {
    VERIFIED: "What is proved",
    TAMPERED: "What its checkpoint holds all the same, if that can be believed",
    CANNOT_TELL: "What its checkpoint holds, if that can be believed",
}

_CODES = Vocabulary()
"""Labels are the ledger's policy, which a bundle does not prove: codes are shown as they are."""


_BRING = (
    "Give the keys of the ledger and its witnesses, from somebody other than whoever sent this:"
    " --trust FILE.\n"
    "Or a checkpoint of {size} entries that you kept, or one that this was made with (footprint"
    " evidence --against): --against FILE."
)
"""What to do where nothing was brought from outside by which it can be told."""


def _say(checked: Checked, *, trusting: bool) -> None:
    verdict = checked.verdict
    of = f"{entries_said(verdict.entries)} of {visible(checked.ref)}"
    say_found(verdict, f"Verified: {of}, each as the ledger has it.")
    if verdict.verdict == CANNOT_TELL and checked.signed and not trusting:
        for line in _BRING.format(size=checked.signed.checkpoint.size).split("\n"):
            say(line)
    for line in (*_proved(checked), *_about(checked)):
        say(line)
    say_remarks(verdict)


def _proved(checked: Checked) -> Iterator[str]:
    """What the checkpoint holds, entry by entry."""
    if not checked.entries:
        return
    yield from (f"{_WHAT_IT_SAYS[checked.verdict.verdict]}:", "")
    for entry in checked.entries:
        yield from _told(entry, _said(entry, checked))
    yield ""


def _about(checked: Checked) -> Iterator[str]:
    """Who signed, and what nobody should take for proved."""
    if checked.signed:
        tree = checked.signed.checkpoint
        yield f"Checkpoint of {visible(tree.origin)}: {tree.size} entries."
        for key, at in checked.signed.lines:
            yield f"Cosigned by {visible(key.name)} at {utc(at)}."
    if checked.verdict.redacted:
        yield redacted_line(checked.verdict.redacted)
    if checked.positions:
        yield "The reading copies in the bundle were not checked: what is above is what counts."
    if checked.entries:
        yield "That the thread ends there is not proved: later entries may be left out."


def _told(entry: Entry, said: Mapping[str, str] | None) -> Iterator[str]:
    """An entry as it was recorded, in codes, with its words as far as they are given."""
    yield f"{when(entry.occurred_on)}: {visible(told(entry.event, _CODES))}"
    if entry.words and said is None:
        yield "    (words not in this bundle)"
    for name, text in (said or {}).items():
        yield from text_lines(name, text)
    yield f"    {recorded(entry, _CODES)}"
