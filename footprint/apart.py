"""A process of our own: this same Python without what its user's program does.

It is given a task, and answers with what the task comes to, one thing after the other. It does not
outlive us: when we are gone, nobody takes what it writes.
"""

from __future__ import annotations

import gc
import os
import pickle
import signal
import sys
import traceback
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from subprocess import DEVNULL, PIPE, Popen
from typing import IO, Any, NamedTuple


class WorkerLost(Exception):  # noqa: N818 - it says what happened
    """A process of ours ended before it had answered, or could not go on."""


class _Failed(NamedTuple):
    """What ended the process, to be raised by whoever waits for its answers."""

    error: Exception


class _Done(NamedTuple):
    """There are no more answers."""


def running(module: str) -> list[str]:
    """The command that runs the `main` of one of our modules in a new process.

    `-P`, and our own path handed on: nothing that lies beside the evidence is ever imported.
    """
    start = f"import sys; sys.path[:] = sys.argv[1:]; from {module} import main; main()"
    return [sys.executable, "-P", "-c", start, *map(str, sys.path)]


can_start = bool(sys.executable) and not getattr(sys, "frozen", False)
"""Whether this Python can be started again."""


def cores() -> int:
    """The cores that this process may use."""
    known = getattr(os, "sched_getaffinity", None)
    return len(known(0)) if known else os.cpu_count() or 1


@contextmanager
def answers_of(module: str, task: object) -> Iterator[Iterator[Any]]:
    """What a new process answers, whose `main` hands its work to `be_worker`; it is ended with us.

    Args:
        module: ours, by its name.
        task: what the work is given; like its answers, it has to be known by name in a module.

    Raises:
        OSError: this machine gives us no process, or it was ended before it had its task.
        WorkerLost: while answers are taken, the process was ended.
        Exception: while they are taken, what the work itself raised.
    """
    with Popen(running(module), stdin=PIPE, stdout=PIPE, stderr=DEVNULL) as one:  # noqa: S603
        try:
            if one.stdin is None or one.stdout is None:
                raise OSError("a process without its pipes")
            one.stdin.write(pickle.dumps(task))
            one.stdin.close()
            yield _answers(one.stdout)
        finally:
            one.kill()


def _answers(said: IO[bytes]) -> Iterator[Any]:
    while True:
        try:
            answer = pickle.load(said)  # noqa: S301 - from a process that we started
        except Exception as error:  # whatever it is, it is no answer
            raise WorkerLost("a process that was at work on it was ended") from error
        if isinstance(answer, _Failed):
            raise answer.error
        if isinstance(answer, _Done):
            return
        yield answer


# --- in the process ---------------------------------------------------------------------------


def be_worker(work: Callable[[Any], Iterable[Any]]) -> None:
    """Take a task from standard input; answer with what comes of it, or with what ended it."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # we end with the process that started us
    out = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what anything else prints is no answer
    task = pickle.load(sys.stdin.buffer)  # noqa: S301 - from the process that started us
    gc.freeze()  # what is here by now stays, and need not be looked through again and again
    try:
        for answer in work(task):
            _say(out, pickle.dumps(answer))
        _say(out, pickle.dumps(_Done()))
    except MemoryError:
        os._exit(1)  # there may be no room to say so
    except Exception as error:  # noqa: BLE001 - raised again where it is waited for
        _say(out, _failed(error))


def _say(out: IO[bytes], answer: bytes) -> None:
    try:
        out.write(answer)
        out.flush()
    except BrokenPipeError:
        os._exit(1)  # nobody is there any more


def _failed(error: Exception) -> bytes:
    """An error as an answer: itself, or where it cannot be sent, all that is to be said of it."""
    said = traceback.format_exc()
    error.add_note(said)
    try:
        answer = pickle.dumps(_Failed(error))
        pickle.loads(answer)  # noqa: S301 - our own; some cannot be made again
    except Exception:  # noqa: BLE001 - of whatever kind, it is said in words
        return pickle.dumps(_Failed(RuntimeError(said)))
    return answer
