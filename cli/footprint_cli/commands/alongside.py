"""The commands for what goes on beside the steps: note, cafcass, impact, tell, filed, handover.

They are legal at any time, also on a closed thread; they start and stop no clock.
"""

from __future__ import annotations

from footprint.domain.asks import (
    AddNote,
    Ask,
    File,
    HandOver,
    RecordCafcass,
    RecordImpact,
    Tell,
)
from footprint_cli import options as o
from footprint_cli.commands.recording import recording
from footprint_cli.entering.given import Given


@recording(ref=o.NeededRef, privileged=o.Privileged)
def note(given: Given) -> Ask:
    """Add a note to a thread, at any time.

    footprint note 20 --words "Spoke to the carer; the plan is known to her."
    """
    given.need("ref", "words")
    return AddNote(**given.common, privileged=given.privileged)


@recording(ref=o.NeededRef, step=o.CafcassStep)
def cafcass(given: Given) -> Ask:
    """Record a step towards Cafcass.

    It is possible at any time, from any stage, alongside.

    footprint cafcass 20 --step considered --words "Not yet: the Director answers on Friday."
    """
    given.need("ref", "step")
    return RecordCafcass(**given.common, step=given.step)


@recording(ref=o.NeededRef, impact=o.Impact)
def impact(given: Given) -> Ask:
    """Record what is different for the child.

    It is often known weeks later only, and it may be nothing.

    footprint impact 16 --impact move --words "He stayed in his school and near his brother."
    """
    given.need("ref", "impact", "words")
    return RecordImpact(**given.common, impact=given.impact)


@recording(ref=o.NeededRef, party=o.Party, view=o.View)
def tell(given: Given) -> Ask:
    """Record who was told, and what they think of it.

    The child, or somebody beside the child.

    footprint tell 20 --party child --view supports --words "She wants to stay with her carer."
    """
    given.need("ref", "party")
    return Tell(**given.common, party=given.party)


@recording(ref=o.NeededRef)
def filed(given: Given) -> Ask:
    """Record that it was put on the child's own record.

    What to put there: footprint casenote.

    footprint filed 16
    """
    given.need("ref")
    return File(**given.common)


@recording(ref=o.NeededRef, iro=o.NewIro)
def handover(given: Given) -> Ask:
    """Hand a thread over: another IRO has it from now on.

    footprint handover 22 --iro JT
    """
    given.need("ref", "iro")
    return HandOver(**given.common, iro=given.iro)
