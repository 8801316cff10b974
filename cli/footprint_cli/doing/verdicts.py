"""Whom a verdict rests on, and how people and programs read it: of a ledger, and of a bundle."""

from __future__ import annotations

from pathlib import Path

import typer

from footprint.audit.verdict import CANNOT_TELL, TAMPERED, VERIFIED, Verdict
from footprint.errors import Refused
from footprint.proof.policy import NOBODY, Policy
from footprint.witness.trust import read_trust, trust_in
from footprint_cli.screen.lines import say
from footprint_cli.screen.text import visible
from footprint_cli.settings import Settings

EXIT = {VERIFIED: 0, TAMPERED: 3, CANNOT_TELL: 5}


def as_record(verdict: Verdict) -> dict[str, object]:
    """What `--json` gives of any verdict."""
    return {
        "verdict": verdict.verdict,
        "entries": verdict.entries,
        "root": verdict.root.hex(),
        "checkpoint_size": verdict.covered,
        "uncovered": verdict.uncovered,
        "redacted": verdict.redacted,
        "words_checked": verdict.words_checked,
        "findings": [vars(finding) for finding in verdict.findings],
        "more_findings": verdict.more_findings,
        "doubts": verdict.doubts,
        "remarks": verdict.remarks,
    }


def say_found(verdict: Verdict, verified: str) -> None:
    """What was found, the word first, and what there is to doubt; `verified` is what 0 means."""
    lines = {
        VERIFIED: verified,
        TAMPERED: f"TAMPERED. Findings: {len(verdict.findings) + verdict.more_findings}.",
        CANNOT_TELL: "Cannot tell.",
    }
    say(lines[verdict.verdict])
    for finding in verdict.findings:
        say(f"- {finding.message}")
        if finding.proof:
            say("  Keep both notes, they are proof to anyone:")
            typer.echo(visible(finding.proof, lines=True))
    if verdict.more_findings:
        say(f"- and {verdict.more_findings} more")
    for doubt in verdict.doubts:
        say(f"- {doubt}")


def say_remarks(verdict: Verdict) -> None:
    """What changes no verdict, and the root, where anything could be read."""
    for remark in verdict.remarks:
        say(f"Note: {remark}.")
    if verdict.root:
        say(f"Root: {verdict.root.hex()}")


def whom(file: Path | None, settings: Settings) -> tuple[Policy, str]:
    """Whom to trust, and what there is to doubt: a trust of this machine that cannot be read.

    Raises:
        Misused: the file that was named is no policy.
    """
    if file:
        return read_trust(file), ""
    try:
        return trust_in(settings.home_path), ""
    except Refused as error:
        return NOBODY, str(error)


def redacted_line(count: int) -> str:
    """How many entries have their words redacted."""
    return f"{count} entr{'y has its' if count == 1 else 'ies have their'} words redacted."
