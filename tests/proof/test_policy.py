"""Policies of trust (c2sp.org/tlog-policy): each rule, the inverse, the quorum by brute force."""

from __future__ import annotations

import time
from hashlib import sha256
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from footprint.proof.key import LOG, WITNESS, Signer, Verifier
from footprint.proof.lines import NoteError
from footprint.proof.policy import (
    NONE,
    Group,
    Line,
    Log,
    Policy,
    Quorum,
    Remark,
    Witness,
    parse_policy,
    policy_bytes,
)


def key(name: str, kind: bytes = WITNESS, seed: str = "") -> Verifier:
    return Signer(name, sha256((seed or name).encode()).digest(), kind).verifier


L1, L2 = (key("log.example/one", LOG, seed) for seed in "ab")
A, B, C = (key(f"{name}.example") for name in "abc")
TRIO = f"witness A {A.vkey}\nwitness B {B.vkey}\nwitness C {C.vkey}\n"


def read(text: str | bytes) -> Policy:
    return parse_policy(text if isinstance(text, bytes) else text.encode())


def test_the_example_of_the_specification_is_read() -> None:
    """Two levels of groups, comments, tabs, empty lines and URLs, in the form that it shows."""
    names = [f"{side}{n}" for side in "XY" for n in (1, 2, 3)]
    keys = {name: key(f"{name.lower()}.example") for name in names}
    lines = "".join(f"\twitness  {name}\t{keys[name].vkey} https://x \n" for name in names)
    policy = read(
        f"# trusted\n\n \t\nlog {L1.vkey} https://log.example/\nlog {L2.vkey}\n{lines}"
        "group X-witnesses 2 X1 X2 X3\ngroup Y-witnesses any Y1 Y2 Y3\n"
        "group X-and-Y all X-witnesses Y-witnesses\nquorum X-and-Y\n  # the end"
    )
    assert policy.log_keys("log.example/one") == (L1, L2)
    assert policy.log_keys("log.example") == ()
    assert policy.logs[0].url == "https://log.example/"
    assert policy.witness_keys == tuple(keys.values())
    for names, enough in {
        ("X1", "X2", "Y3"): True,
        ("X1", "X2", "X3", "Y1", "Y2", "Y3"): True,
        ("X1", "Y1", "Y2", "Y3"): False,
        ("X1", "X2", "X3"): False,
        (): False,
    }.items():
        assert policy.is_quorum([keys[name] for name in names]) is enough


def test_none_asks_for_nobody_and_a_name_for_one() -> None:
    """`quorum none` is met by nothing at all; a witness's name by that witness alone."""
    assert read("quorum none\n").is_quorum([])
    assert read(f"{TRIO}quorum none\n").is_quorum([])
    one = read(f"{TRIO}quorum B\n")
    assert one.is_quorum([B])
    assert not one.is_quorum([A, C])


def test_a_stranger_with_a_witnesss_name_counts_for_nothing() -> None:
    """Who witnessed is a key, never a name: another key of the same name is not the witness."""
    stranger = key("a.example", WITNESS, "another seed")
    assert not read(f"{TRIO}quorum A\n").is_quorum([stranger])


def test_names_are_octets() -> None:
    """A K and a Kelvin sign are two names, and so are two spellings of one e-acute; none of them
    has to be UTF-8; white space is space and tab alone."""
    names = [b"K", "\u212a".encode(), "\u00e9".encode(), "e\u0301".encode(), b"\xff\xe9",
             "a\u00a0b\u2028c\u0085d".encode()]  # fmt: skip
    lines = b"".join(
        b"witness %b %b\n" % (name, key(f"w{nth}").vkey.encode()) for nth, name in enumerate(names)
    )
    whole = lines + b"group all all " + b" ".join(names) + b"\n# \xff\nquorum all\n"
    policy = read(whole)
    assert policy_bytes(policy) == whole
    assert policy.groups[0].threshold == len(names)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "quorum line"),
        ("quorum none\nquorum none\n", "line 2.*already"),
        ("quorum A\n", "no line before it defines 'A'"),
        (f"quorum A\n{TRIO}", "no line before"),
        (f"group G any A\n{TRIO}quorum G", "line 1.*no line before"),
        (f"{TRIO}group G any G\nquorum G", "no line before"),
        (f"{TRIO}group G any\nquorum G", "0 members"),
        (f"{TRIO}group G all\nquorum G", "0 of 0"),
        (f"{TRIO}group G 0 A B\nquorum G", "0 of 2"),
        (f"{TRIO}group G 3 A B\nquorum G", "3 of 2"),
        (f"{TRIO}group G 02 A B\nquorum G", "leading zero"),
        (f"{TRIO}group G +2 A B\nquorum G", "digits"),
        (f"{TRIO}group G \u0662 A B\nquorum G", "digits"),
        (f"{TRIO}group G {'9' * 9000} A B\nquorum G", "digits"),
        (f"{TRIO}group G A B\nquorum G", "digits"),
        (f"{TRIO}group G any A A\nquorum G", "member twice"),
        (f"{TRIO}group G any A\ngroup H any A\nquorum H", "member twice"),
        (f"{TRIO}group G any A\ngroup H any G\ngroup I any G\nquorum H", "member twice"),
        (f"{TRIO}group G any none\nquorum G", "defines 'none'"),
        (f"{TRIO}group none any A\nquorum none", "no name"),
        (f"witness none {A.vkey}\nquorum none", "no name"),
        (f"{TRIO}group A any B\nquorum A", "'A' is there twice"),
        (f"{TRIO}witness A {key('d').vkey}\nquorum A", "'A' is there twice"),
        (f"{TRIO}witness D {A.vkey}\nquorum A", "twice"),
        (f"{TRIO}witness D {Verifier.of('else', A.public, WITNESS).vkey}\nquorum A", "twice"),
        (f"{TRIO}log {Verifier.of('log', A.public).vkey}\nquorum A", "twice"),
        (f"log {L1.vkey}\nlog {L1.vkey}\nquorum none", "twice"),
        (f"log {Verifier.of('else', L1.public).vkey}\nlog {L1.vkey}\nquorum none", "twice"),
        (f"log {A.vkey}\nquorum none", "a witness's, not a log's"),
        (f"witness A {L1.vkey}\nquorum none", "a log's, not a witness's"),
        (f"log {L1.vkey} u v\nquorum none", 'is not "log'),
        ("log\nquorum none", 'is not "log'),
        ("witness A\nquorum none", 'is not "log'),
        (f"witness A {A.vkey} u v\nquorum none", 'is not "log'),
        (f"LOG {L1.vkey}\nquorum none", 'is not "log'),
        ("quorum none none\n", 'is not "log'),
        ("quorum none # in the end\n", 'is not "log'),
        ("quorum\n", 'is not "log'),
        ("quorum none\r\n", "control"),
        ("quorum\x0bnone\n", "control"),
        ("# a delete: \x7f\nquorum none\n", "control"),
        ("\x00quorum none\n", "control"),
        ("\ufeffquorum none\n", 'is not "log'),
        ("quorum\u00a0none\n", 'is not "log'),
        ("log no-key\nquorum none\n", "base64"),
        (f"log {L1.vkey.replace('+', '+0', 1)}\nquorum none\n", "id"),
        (b"log caf\xe9+00000000+AAAA\nquorum none\n", "UTF-8"),
    ],
)  # fmt: skip
def test_what_is_no_policy_is_refused(text: str | bytes, why: str) -> None:
    """Each rule of the format has its reason, with the line where it is broken."""
    with pytest.raises(NoteError, match=why):
        read(text)


def test_lines_may_stand_behind_the_quorum() -> None:
    """Order matters only to what is named: logs, witnesses and groups may follow."""
    assert read(f"quorum none\nlog {L1.vkey}\n{TRIO}group G any A").groups


# --- the inverse, and any bytes -------------------------------------------------------------

_ALLOWED = sorted({*range(0x21, 0x100)} - {0x7F})
_WORDS = st.lists(st.sampled_from(_ALLOWED), min_size=1, max_size=6).map(
    lambda octets: bytes(octets).decode("utf-8", "surrogateescape")
)


@st.composite
def policies(draw: st.DrawFn, most: int = 6) -> Policy:
    """Any policy: names of any octets, nested groups, remarks anywhere."""
    names = draw(st.lists(_WORDS.filter(lambda name: name != NONE), unique=True, max_size=most))
    lines: list[Line] = [
        Log(key(f"l{nth % 2}", LOG, f"log {nth}"), url)
        for nth, url in enumerate(draw(st.lists(st.just("") | _WORDS, max_size=3)))
    ]
    free: list[str] = []
    for nth, name in enumerate(names):
        members = draw(st.lists(st.sampled_from(free), unique=True)) if free else []
        if members:
            free = [one for one in free if one not in members]
            lines.append(Group(name, draw(st.integers(1, len(members))), tuple(members)))
        else:
            lines.append(Witness(name, key(f"w{nth}"), draw(st.just("") | _WORDS)))
        free.append(name)
        lines += draw(st.sampled_from([[], [Remark("")], [Remark("\t# \u00e9 \udcff ")]]))
    return Policy((*lines, Quorum(draw(st.sampled_from([NONE, *names])))))


@given(policies())
def test_a_policy_is_read_as_it_was_written(policy: Policy) -> None:
    """`parse_policy` is the inverse of `policy_bytes`, and what is read is written the same."""
    data = policy_bytes(policy)
    assert parse_policy(data) == policy
    assert policy_bytes(parse_policy(data)) == data


def met(policy: Policy, name: str, cosigned: set[str]) -> bool:
    """Whether a name has witnessed, by trying every choice of as many members as are asked for."""
    group = next((g for g in policy.groups if g.name == name), None)
    if group is None:
        return name == NONE or name in cosigned
    return any(
        all(met(policy, member, cosigned) for member in chosen)
        for chosen in combinations(group.members, group.threshold)
    )


@given(policies(), st.data())
def test_the_quorum_is_that_of_every_choice(policy: Policy, data: st.DataObject) -> None:
    """Against an oracle that tries all choices of members."""
    witnesses = {one.name: one.key for one in policy.witnesses}
    cosigned = data.draw(st.sets(st.sampled_from(sorted(witnesses)))) if witnesses else set()
    enough = policy.is_quorum([witnesses[name] for name in cosigned])
    assert enough is met(policy, policy.quorum, cosigned)


_SCRAPS = st.sampled_from([
    b"log ", b"witness ", b"group ", b"quorum ", b"none", b"any ", b"all ", b"2 ", b"A ", b"B ",
    b"\n", b"\t", b"#", b"\xff", b"\r", A.vkey.encode(), L1.vkey.encode(), TRIO.encode(),
])  # fmt: skip


@given(st.lists(_SCRAPS | st.binary(max_size=4), max_size=20).map(b"".join) | st.binary())
def test_any_bytes_are_a_policy_or_refused_as_none(data: bytes) -> None:
    """Nothing but `NoteError` is raised, and what is read can be written and read again."""
    try:
        policy = parse_policy(data)
    except NoteError:
        return
    assert parse_policy(policy_bytes(policy)) == policy
    policy.is_quorum(policy.witness_keys)


@given(st.text(st.characters()), st.text(st.characters()))
def test_what_cannot_be_written_cannot_be_made(name: str, remark: str) -> None:
    """A policy that is made of values is one that its file gives back, or is refused."""
    try:
        policy = Policy((Remark(remark), Witness(name, A, name), Quorum(name)))
    except NoteError:
        return
    assert parse_policy(policy_bytes(policy)) == policy


def test_a_hostile_nesting_costs_no_more_than_its_length() -> None:
    """Thousands of groups, each in the next, and thousands of witnesses: no recursion, no
    blow-up."""
    count = 5_000
    chain = "".join(f"group G{n} all {f'G{n - 1}' if n else 'A'}\n" for n in range(count))
    crowd = "".join(
        f"witness w{n} {Verifier.of('w', sha256(b'%d' % n).digest(), WITNESS).vkey}\n"
        for n in range(count)
    )
    start = time.perf_counter()
    policy = read(f"{TRIO}{chain}{crowd}quorum G{count - 1}\n")
    assert policy.is_quorum(policy.witness_keys)
    assert policy.is_quorum([A])
    assert not policy.is_quorum([B])
    assert time.perf_counter() - start < 5


def test_32_logs_witnesses_and_groups_are_taken() -> None:
    """As many as the specification asks an implementation to take, and one more."""
    count = 33
    logs = "".join(f"log {key('origin', LOG, f'l{n}').vkey}\n" for n in range(count))
    witnesses = "".join(f"witness w{n} {key(f'w{n}').vkey}\n" for n in range(count))
    groups = "".join(f"group g{n} any w{n}\n" for n in range(count))
    members = " ".join(f"g{n}" for n in range(count))
    policy = read(f"{logs}{witnesses}{groups}group most 17 {members}\nquorum most\n")
    assert len(policy.log_keys("origin")) == count
    assert policy.is_quorum(policy.witness_keys[:17])
    assert not policy.is_quorum(policy.witness_keys[:16])
