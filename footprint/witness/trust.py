"""Whom this machine trusts: a policy (c2sp.org/tlog-policy) in its home, and how it is changed."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from footprint.durable import held, write_durably
from footprint.errors import Misused, NotFound, Refused, why
from footprint.proof.key import LOG, Verifier
from footprint.proof.lines import NoteError
from footprint.proof.policy import (
    NOBODY,
    NONE,
    Group,
    Line,
    Log,
    Policy,
    Quorum,
    Witness,
    parse_policy,
    policy_bytes,
)

ALL = "witnesses"
"""The name of the group that is made of all witnesses."""
_FILE = "trust"


def trust_in(home: Path) -> Policy:
    """Whom this machine trusts: `NOBODY` where nothing was said yet.

    Raises:
        Refused: the file is there, and is no policy.
    """
    path = home / _FILE
    try:
        return parse_policy(path.read_bytes())
    except FileNotFoundError:
        return NOBODY
    except (OSError, NoteError) as error:
        raise Refused(
            f"The trust of this machine, {path}, cannot be read: {why(error)}.",
            "Mend it, or put another in its place: footprint trust adopt FILE.",
        ) from error


def read_trust(path: Path) -> Policy:
    """The policy in a file. Raises `Misused` where it is none."""
    try:
        return parse_policy(path.read_bytes())
    except (OSError, NoteError) as error:
        raise Misused(
            f"{path} is not a trust policy that can be read: {why(error)}.",
            "It has to be a tlog-policy file, as footprint trust show prints one.",
        ) from error


def change_trust(home: Path, change: Callable[[Policy], Policy]) -> Policy:
    """Change whom this machine trusts, from what it trusts now. Returns what it trusts then.

    Raises:
        Refused: what would come out is no policy; nothing was changed.
    """
    home.mkdir(parents=True, exist_ok=True)
    with held(home / f"{_FILE}.lock", "the trust of this machine"):
        try:
            changed = change(trust_in(home))
        except NoteError as error:
            raise Refused(
                f"That cannot be: {error}.",
                "Nothing was changed. Who is trusted, and what counts: footprint trust show.",
            ) from error
        write_durably(home / _FILE, policy_bytes(changed))
    return changed


def adopt_trust(home: Path, policy: Policy) -> None:
    """Put a whole policy in the place of what this machine trusts, readable or not."""
    home.mkdir(parents=True, exist_ok=True)
    with held(home / f"{_FILE}.lock", "the trust of this machine"):
        write_durably(home / _FILE, policy_bytes(policy))


# --- changes: a policy and what is asked, to a policy -----------------------------------------


def with_key(policy: Policy, key: Verifier, name: str | None = None) -> Policy:
    """Trust a log's or a witness's key too, by its type. The quorum stays as it is.

    Args:
        policy: what is trusted now.
        key: whom to trust.
        name: what a witness is called here; by default the name of its key.

    Raises:
        Misused: a name is given for a log, which is known by the name of its key.
        NoteError: the key or the name is there already, or cannot be.
    """
    if key.kind == LOG and name:
        raise Misused("A log is known by its origin, the name of its key.", "Leave --name out.")
    line: Line = Log(key) if key.kind == LOG else Witness(name or key.name, key)
    return _before_quorum(policy, line)


def without(policy: Policy, named: str) -> Policy:
    """No longer trust the one log or witness of that name, or with that verifier key.

    Raises:
        NotFound: nobody is called that.
        Misused: more than one is.
        Refused: the quorum, or a group, counts on the witness.
    """
    known: tuple[Log | Witness, ...] = (*policy.logs, *policy.witnesses)
    meant = [line for line in known if named in _names(line)]
    if not meant:
        raise NotFound(f"Nobody who is trusted is called {named!r}.", "See: footprint trust show.")
    if len(meant) > 1:
        keys = [line.key.vkey for line in meant]
        raise Misused(
            f"{named!r} is the name of {len(meant)}.", "Give the key that is meant.", keys
        )
    counted = {policy.quorum, *(member for group in policy.groups for member in group.members)}
    if isinstance(meant[0], Witness) and meant[0].name in counted:
        raise Refused(
            f"A group or the quorum counts on {meant[0].name}; needed: {quorum_told(policy)}.",
            "Set another first: footprint trust quorum NAME, or none, or a number.",
        )
    return Policy(tuple(line for line in policy.lines if line is not meant[0]))


def with_quorum(policy: Policy, asked: str) -> Policy:
    """Ask for another quorum: a witness or a group by its name, `none`, or a number of witnesses.

    Raises:
        Refused: a number is asked for, and groups that were adopted hold the witnesses.
        NoteError: there is no such name, or there are not so many witnesses.
    """
    names = {NONE, *(w.name for w in policy.witnesses), *(g.name for g in policy.groups)}
    # The group of all is made for a number, and goes with it.
    kept = tuple(
        line
        for line in policy.lines
        if not isinstance(line, Quorum)
        and not (isinstance(line, Group) and line.name == ALL and asked != ALL)
    )
    if asked in names or not (asked.isascii() and asked.isdecimal()):
        return Policy((*kept, Quorum(asked)))
    if any(isinstance(line, Group) for line in kept):
        raise Refused(
            "This trust has groups of its own, so a number does not say whom it counts.",
            "Name one of them, or change the file: footprint trust show > FILE, edit it,"
            " footprint trust adopt FILE.",
        )
    everyone = tuple(witness.name for witness in policy.witnesses)
    return Policy((*kept, Group(ALL, int(asked[:9]), everyone), Quorum(ALL)))


def quorum_told(policy: Policy) -> str:
    """Who has to have cosigned, in words."""
    if policy.quorum == NONE:
        return NONE
    for group in policy.groups:
        if group.name == policy.quorum:
            return f"{group.threshold} of {', '.join(group.members)}"
    return policy.quorum


def _names(line: Log | Witness) -> set[str]:
    return {line.key.vkey, line.key.name if isinstance(line, Log) else line.name}


def _before_quorum(policy: Policy, line: Line) -> Policy:
    """The quorum names what stands before it, so that is where a line goes in."""
    at = next(nth for nth, one in enumerate(policy.lines) if isinstance(one, Quorum))
    return Policy((*policy.lines[:at], line, *policy.lines[at:]))
