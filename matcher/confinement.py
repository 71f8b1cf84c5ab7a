"""What a process may no longer do: take memory or time without end, write files, use a network.

Memory, time and the size of files are limits of POSIX. Linux can also refuse writing (Landlock,
5.13), TCP (Landlock, 6.7) and every network (a namespace of its own, where the system lets an
ordinary user have one). What a kernel does not permit is left out: `shut_in` says what holds.
"""

from __future__ import annotations

import ctypes
import os
import select
import signal
import sys
import time
from dataclasses import dataclass

# include/uapi/linux: landlock.h, prctl.h, sched.h. The numbers are those of all architectures.
_LANDLOCK_CREATE, _LANDLOCK_RESTRICT = 444, 446
_LANDLOCK_VERSION = 1
_WRITES = 0b1_1111_1111_0010  # all rights of version 1 but execute, read file and read directory
_REFER, _TRUNCATE, _DEVICES = 1 << 13, 1 << 14, 1 << 15
_TCP = 0b11
_SIGNALS_AND_SOCKETS = 0b11
_PARENT_DEATH_SIGNAL, _NO_NEW_PRIVILEGES = 1, 38
_NEW_USERS, _NEW_NETWORK = 0x10000000, 0x40000000
_PATIENCE = 8  # a reader that steps back waits long where much is done
_NICENESS = 10  # whoever waits for a page goes before whoever sent a file


@dataclass(frozen=True, slots=True)
class Limits:
    """What a piece of work may take.

    Attributes:
        memory: bytes of address space.
        seconds: of processor time; `_PATIENCE` times as much may pass on a busy machine.
        most: seconds that it may be given while it gets on, by `go_on`.
    """

    memory: int
    seconds: int
    most: int


class _Rules(ctypes.Structure):
    _fields_ = (
        ("files", ctypes.c_uint64), ("network", ctypes.c_uint64), ("scoped", ctypes.c_uint64),
    )  # fmt: skip


def take_network_away() -> bool:
    """Leave this process, and all it makes, without any network; whether the system let it.

    Only for a process with one thread.
    """
    if not sys.platform.startswith("linux"):
        return False
    libc = ctypes.CDLL(None, use_errno=True)
    return any(libc.unshare(flags) == 0 for flags in (_NEW_NETWORK, _NEW_USERS | _NEW_NETWORK))


def shut_in() -> frozenset[str]:
    """Let this process go after others, make none and write nothing.

    Returns:
        Which of ``writing tcp`` are refused beyond the limits of POSIX.
    """
    import resource

    for what in (resource.RLIMIT_NPROC, resource.RLIMIT_FSIZE, resource.RLIMIT_CORE):
        resource.setrlimit(what, (0, 0))
    os.nice(_NICENESS)
    return _without_writing()


def limit(limits: Limits) -> None:
    """Let this process take so much memory, and so much time from now."""
    import resource

    _lower(resource.RLIMIT_AS, limits.memory, limits.memory)
    seconds = int(time.process_time()) + limits.seconds
    _lower(resource.RLIMIT_CPU, seconds, max(limits.most, seconds) + 1)
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    signal.setitimer(signal.ITIMER_REAL, _PATIENCE * limits.seconds)


def _lower(what: int, soft: int, hard: int) -> None:
    """Set a limit, but where the machine's own is lower, that stays."""
    import resource

    most = resource.getrlimit(what)[1]
    if most != resource.RLIM_INFINITY:
        soft, hard = min(soft, most), min(hard, most)
    resource.setrlimit(what, (soft, hard))


def go_on(seconds: int) -> None:
    """Allow a confined process so much more time from now; any other has all it likes."""
    try:
        import resource
    except ImportError:  # Windows, where nothing is confined
        return
    allowed, most = resource.getrlimit(resource.RLIMIT_CPU)
    if allowed != resource.RLIM_INFINITY and signal.getitimer(signal.ITIMER_REAL)[0]:
        resource.setrlimit(
            resource.RLIMIT_CPU, (min(most, int(time.process_time()) + seconds), most)
        )
        signal.setitimer(signal.ITIMER_REAL, _PATIENCE * seconds)


def end_with_parent(parent: int) -> None:
    """Let this process be killed when its parent dies, however that happens (Linux).

    Args:
        parent: its id; the parent may have died already. Its thread that made this process must
            be one that lives as long as it does.
    """
    if sys.platform.startswith("linux"):
        ctypes.CDLL(None).prctl(_PARENT_DEATH_SIGNAL, signal.SIGKILL, 0, 0, 0)
    if os.name == "posix" and os.getppid() != parent:
        os._exit(1)


def end_with_input() -> None:
    """Let this process be ended when nobody holds the other end of its standard input any more, a
    pipe on which nothing is ever written; whatever it does then, and whichever thread made it.
    """
    import fcntl

    signal.signal(signal.SIGIO, signal.SIG_DFL)
    fcntl.fcntl(0, fcntl.F_SETOWN, os.getpid())
    fcntl.fcntl(0, fcntl.F_SETFL, fcntl.fcntl(0, fcntl.F_GETFL) | os.O_ASYNC)
    if select.select([0], [], [], 0)[0]:  # it has ended already
        os._exit(1)


def _without_writing() -> frozenset[str]:
    if not sys.platform.startswith("linux"):
        return frozenset()
    libc = ctypes.CDLL(None, use_errno=True)
    version = libc.syscall(_LANDLOCK_CREATE, None, ctypes.c_size_t(0), _LANDLOCK_VERSION)
    if version < 1:
        return frozenset()
    files = _WRITES
    for since, right in ((2, _REFER), (3, _TRUNCATE), (5, _DEVICES)):
        files |= right if version >= since else 0
    rules = _Rules(files, _TCP if version >= 4 else 0, _SIGNALS_AND_SOCKETS if version >= 6 else 0)
    size = 8 if version < 4 else 16 if version < 6 else 24
    ruleset = libc.syscall(_LANDLOCK_CREATE, ctypes.byref(rules), ctypes.c_size_t(size), 0)
    if ruleset < 0:
        return frozenset()
    libc.prctl(_NO_NEW_PRIVILEGES, 1, 0, 0, 0)
    done = libc.syscall(_LANDLOCK_RESTRICT, ruleset, 0) == 0
    os.close(ruleset)
    if not done:
        return frozenset()
    return frozenset({"writing", "tcp"} if version >= 4 else {"writing"})
