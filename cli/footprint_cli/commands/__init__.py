"""The commands, a module for each group: imported when one of them runs."""

from __future__ import annotations

COMMANDS = {
    "challenge": "raising",
    "alert": "raising",
    "respond": "steps",
    "escalate": "steps",
    "cafcass": "alongside",
    "close": "steps",
    "reopen": "steps",
    "attach": "attaching",
    "impact": "alongside",
    "note": "alongside",
    "tell": "alongside",
    "filed": "alongside",
    "handover": "alongside",
    "correct": "correcting",
    "redact": "redacting",
    "due": "tables",
    "show": "threads",
    "replay": "threads",
    "casenote": "threads",
    "log": "tables",
    "times": "tables",
    "counts": "tables",
    "report": "reporting",
    "sar": "subject",
    "verify": "verifying",
    "checkpoint": "checkpoints",
    "evidence": "evidence",
    "verify-bundle": "evidence",
    "witness": "witness",
    "trust": "trust",
    "init": "setup",
    "demo": "setup",
    "status": "upkeep",
    "completion": "completion",
    "policy": "policy",
    "import": "importing",
    "export": "exporting",
    "copy": "moving",
    "vault": "vault",
    "rebuild": "upkeep",
}
"""Each command and the module that has it, in the order in which help lists them."""

SAID = {
    "challenge": "Record a lower-level challenge",
    "alert": "Raise a formal alert",
    "respond": "Record an answer",
    "escalate": "Escalate an alert to the next stage, or further with --why",
    "cafcass": "Record a step towards Cafcass",
    "close": "Close a thread, as the IRO is satisfied or otherwise",
    "reopen": "Open a closed thread again",
    "attach": "Tie a document to a thread, by its digest",
    "impact": "Record what is different for the child",
    "note": "Add a note to a thread, at any time",
    "tell": "Record who was told, and what they think of it",
    "filed": "Record that it was put on the child's own record",
    "handover": "Hand a thread over",
    "correct": "Correct an entry in the open",
    "redact": "Remove words for good",
    "due": "What to do first",
    "show": "One thread",
    "replay": "A thread's story",
    "casenote": "What to paste into the child's own file",
    "log": "The escalations log",
    "times": "Resolution times in working days, and answers on time",
    "counts": "Challenges and alerts by service, year and quarter",
    "report": "Reports of a quarter or a year",
    "sar": "Answer a subject access request about one child",
    "verify": "Prove the evidence trail",
    "checkpoint": "Issue a signed checkpoint for somebody outside to keep",
    "evidence": "Bundle one thread with its proof",
    "verify-bundle": "Check the evidence of one thread",
    "witness": "Watch somebody else's ledger",
    "trust": "Whom this machine trusts",
    "init": "Make a ledger",
    "demo": "Build the Poole year 2016-17, and look around in it",
    "status": "Where things are, and whether all is well",
    "completion": "Have a shell complete what is typed",
    "policy": "Ladders, calendar, vocabulary and rules",
    "import": "Bring in a spreadsheet, each row a thread",
    "export": "Give the ledger to an auditor or a program, or to read",
    "copy": "Move a ledger between a file and a server",
    "vault": "Encrypt the words and case numbers, or cease to",
    "rebuild": "Fold the stored views again from the first entry",
}
"""What a shell says of each command: how its help begins, without importing it to find that."""
_FOR = {
    "challenge": "an IRO",
    "log": "a manager",
    "verify": "an auditor",
    "init": "whoever sets it up",
}
"""Whom commands are for, by the first of them."""

OF_A_THREAD = frozenset({
    "alert", "respond", "escalate", "cafcass", "close", "reopen", "attach", "impact", "note",
    "tell", "filed", "handover", "correct", "redact", "show", "replay", "casenote", "evidence",
})  # fmt: skip
"""The commands whose first argument is a thread, as their grammar says too."""


def groups() -> dict[str, list[str]]:
    """The commands by whom they are for."""
    found: dict[str, list[str]] = {}
    for name in COMMANDS:
        if name in _FOR:
            found[_FOR[name]] = within = []
        within.append(name)
    return found
