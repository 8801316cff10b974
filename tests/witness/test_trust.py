"""The trust of a machine: what is changed, what stays, and what is refused."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from witness_helpers import ONE, TWO, made_log, named

from footprint.errors import FootprintError, Misused, NotFound, Refused
from footprint.proof.key import Signer
from footprint.proof.policy import NOBODY, NONE, Policy, parse_policy, policy_bytes
from footprint.witness import trust

LOG = made_log(1).signer.verifier
THREE = named("audit.example/three")
ADOPTED = f"""# ours
log {LOG.vkey} https://iro.example/

witness one {ONE.verifier.vkey}
witness two {TWO.verifier.vkey}
group either any one two
# the end
quorum either
"""


def known(*witnesses: Signer) -> Policy:
    policy = NOBODY
    for one in witnesses:
        policy = trust.with_key(policy, one.verifier, one.name.rpartition("/")[2])
    return policy


def test_nobody_is_trusted_at_first(tmp_path: Path) -> None:
    """A machine that was told nothing trusts nobody, and asks for no witness."""
    policy = trust.trust_in(tmp_path)
    assert (policy.logs, policy.witnesses, policy.quorum) == ((), (), NONE)
    assert not [*tmp_path.iterdir()]


def test_a_key_goes_in_by_its_type_and_the_quorum_stays() -> None:
    """A log's key is known by its origin, a witness's by a name; what is needed is not changed."""
    policy = trust.with_key(known(ONE), LOG)
    assert policy.log_keys(LOG.name) == (LOG,)
    assert (policy.witnesses[0].name, policy.quorum) == ("one", NONE)
    assert trust.with_key(policy, TWO.verifier).witnesses[1].name == TWO.name
    with pytest.raises(Misused, match="origin"):
        trust.with_key(policy, Signer("x", bytes(32)).verifier, "name")


def test_comments_outlast_an_edit() -> None:
    """What a person wrote into the file stays where it was."""
    policy = trust.with_key(parse_policy(ADOPTED.encode()), THREE.verifier, "three")
    line = f"witness three {THREE.verifier.vkey}\n"
    assert policy_bytes(policy).decode() == ADOPTED.replace("quorum", f"{line}quorum")
    assert policy_bytes(trust.without(policy, "three")).decode() == ADOPTED


def test_a_number_makes_a_group_of_all_witnesses() -> None:
    """So many of all there are; another number replaces it, a name takes it away."""
    policy = trust.with_quorum(known(ONE, TWO, THREE), "2")
    assert trust.quorum_told(policy) == "2 of one, two, three"
    assert policy.is_quorum([ONE.verifier, THREE.verifier])
    assert not policy.is_quorum([ONE.verifier])
    assert trust.quorum_told(trust.with_quorum(policy, "3")) == "3 of one, two, three"
    alone = trust.with_quorum(policy, "two")
    assert (alone.groups, alone.quorum) == ((), "two")
    assert trust.with_quorum(policy, NONE) == known(ONE, TWO, THREE)
    again = trust.with_quorum(policy, trust.ALL)
    assert trust.quorum_told(again) == "2 of one, two, three"


def test_a_new_witness_is_not_counted_before_it_is_asked_for() -> None:
    """One more trusted witness makes no quorum easier to reach."""
    policy = trust.with_key(trust.with_quorum(known(ONE, TWO), "2"), THREE.verifier, "three")
    assert not policy.is_quorum([ONE.verifier, THREE.verifier])
    assert trust.with_quorum(policy, "2").is_quorum([ONE.verifier, THREE.verifier])


def test_a_witness_that_is_counted_on_is_not_removed() -> None:
    """Neither the quorum itself nor a member of a group; by name, by key, and the log by either."""
    for policy in (trust.with_quorum(known(ONE, TWO), "one"), trust.with_quorum(known(ONE), "1")):
        for name in ("one", ONE.verifier.vkey):
            with pytest.raises(Refused, match="counts on one"):
                trust.without(policy, name)
    policy = trust.with_key(known(ONE, TWO), LOG)
    assert trust.without(policy, TWO.verifier.vkey).witness_keys == (ONE.verifier,)
    for name in (LOG.name, LOG.vkey):
        assert trust.without(policy, name) == known(ONE, TWO)


def test_who_is_not_there_cannot_be_removed() -> None:
    """And a name of two has to be said by its key."""
    with pytest.raises(NotFound):
        trust.without(known(ONE), "two")
    other = Signer(LOG.name, bytes(32)).verifier
    policy = trust.with_key(trust.with_key(known(), LOG), other)
    with pytest.raises(Misused) as caught:
        trust.without(policy, LOG.name)
    assert set(caught.value.listed) == {LOG.vkey, other.vkey}
    assert trust.without(policy, other.vkey).log_keys(LOG.name) == (LOG,)


@pytest.mark.parametrize("asked", ["0", "3", "99999999999999999999", "three", "", "-1", "\u0662"])
def test_a_quorum_that_cannot_be_is_refused(tmp_path: Path, asked: str) -> None:
    """No such name, or not so many witnesses: the file stays as it was."""
    trust.adopt_trust(tmp_path, known(ONE, TWO))
    before = (tmp_path / "trust").read_bytes()
    with pytest.raises(Refused, match="That cannot be"):
        trust.change_trust(tmp_path, lambda policy: trust.with_quorum(policy, asked))
    assert (tmp_path / "trust").read_bytes() == before


def test_groups_that_were_adopted_are_not_replaced_by_a_number() -> None:
    """A number does not say whom it counts; their names still serve."""
    policy = parse_policy(ADOPTED.encode())
    with pytest.raises(Refused, match="groups of its own"):
        trust.with_quorum(policy, "2")
    assert trust.with_quorum(policy, "two").quorum == "two"
    assert trust.with_quorum(policy, "either") == policy


def test_a_trust_that_is_no_policy_is_said_and_can_be_replaced(tmp_path: Path) -> None:
    """It is not taken for nobody, and not added to; another can be put in its place."""
    (tmp_path / "trust").write_bytes(b"log nobody\n")
    with pytest.raises(Refused, match="adopt"):
        trust.trust_in(tmp_path)
    with pytest.raises(Refused, match="adopt"):
        trust.change_trust(tmp_path, lambda policy: trust.with_key(policy, LOG))
    trust.adopt_trust(tmp_path, known(ONE))
    assert trust.trust_in(tmp_path) == known(ONE)
    assert (tmp_path / "trust").stat().st_mode & 0o777 == 0o600


_EDITS = st.lists(
    st.tuples(st.just("add"), st.sampled_from([ONE, TWO, THREE]))
    | st.tuples(st.just("remove"), st.sampled_from(["one", "two", "three", LOG.name]))
    | st.tuples(st.just("quorum"), st.sampled_from(["one", "2", "1", NONE, "3", trust.ALL])),
    max_size=8,
)


@given(_EDITS)
def test_any_edits_leave_a_policy_or_are_refused(
    tmp_path_factory: pytest.TempPathFactory, edits: list[tuple[str, str | Signer]]
) -> None:
    """Whatever is done in whatever order: the file is a policy, as it was or as it was asked."""
    home = tmp_path_factory.mktemp("trust")
    for what, whom in edits:
        before = trust.trust_in(home)
        try:
            after = trust.change_trust(home, lambda p, what=what, whom=whom: _edit(p, what, whom))
        except FootprintError:
            after = before
        assert trust.trust_in(home) == after


def _edit(policy: Policy, what: str, whom: str | Signer) -> Policy:
    if isinstance(whom, Signer):
        return trust.with_key(policy, whom.verifier, whom.name.rpartition("/")[2])
    return trust.without(policy, whom) if what == "remove" else trust.with_quorum(policy, whom)
