"""The moves: what a person asks for, decided against the history of the thread.

`decide` is a pure function from (entries so far, what is asked, policy, today) to moves, or it
refuses with the reason and the next legal step. The state table, as in `docs/measures.md`:

| state | legal, besides what is legal at any time |
| --- | --- |
| none | challenge, alert |
| informal | respond, alert, close |
| formal, below the top | respond, escalate, close |
| formal, at the top | respond, close |
| closed | respond (history only), reopen |

At any time: note, attach, correct, redact, tell, filed, handover, impact, cafcass.
"""

from footprint.domain.moves.deciding import decide, decide_together

__all__ = ["decide", "decide_together"]
