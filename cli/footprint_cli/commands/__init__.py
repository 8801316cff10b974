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
    "import": "importing",
    "export": "exporting",
    "copy": "moving",
    "evidence": "evidence",
    "verify-bundle": "evidence",
    "witness": "witness",
    "trust": "trust",
    "vault": "vault",
    "status": "upkeep",
    "rebuild": "upkeep",
    "policy": "policy",
    "init": "setup",
    "demo": "setup",
}
"""Each command and the module that has it, in the order in which help lists them."""

OF_A_THREAD = frozenset({
    "alert", "respond", "escalate", "cafcass", "close", "reopen", "attach", "impact", "note",
    "tell", "filed", "handover", "correct", "redact", "show", "replay", "casenote", "evidence",
})  # fmt: skip
"""The commands whose first argument is a thread, as their grammar says too."""
