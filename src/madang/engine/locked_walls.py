"""Walls that the system puts around a query process, on top of what DuckDB forbids: limits, Landlock, seccomp.

Each is put up where the system has it. None is the only one: DuckDB is locked too (`locked_process`), and what a
person may not see is in none of the files that the process can open.
"""

from __future__ import annotations

import ctypes
import os
import platform
import resource
import signal
import struct
from collections.abc import Sequence

_NO_NEW_PRIVS, _DUMPABLE = 38, 4  # prctl
_LANDLOCK_CREATE, _LANDLOCK_ADD, _LANDLOCK_RESTRICT = 444, 445, 446  # the same numbers on every machine
_READ_FILE, _READ_FOLDER = 1 << 2, 1 << 3
_MACHINE = (
    "/proc/self/cgroup",
    "/sys/fs/cgroup",
)  # DuckDB asks how much memory there is, and ends where it may not
_ALL_OF_FILES = {1: 13, 2: 14, 3: 15, 4: 15, 5: 16}  # rights that each version of Landlock knows
_ALLOW, _EPERM, _ENOSYS = 0x7FFF0000, 0x00050001, 0x00050026
_CLONE_THREAD = 0x10000
# what no query needs: the network, other programs, other processes, and a second way to all of them
_REFUSED = {
    "x86_64": (0xC000003E, 317, 56, 435, (41, 42, 43, 49, 50, 53, 57, 58, 59, 62, 101, 288, 310, 311, 322, 425, 426, 427, 321, 272, 165)),
    "aarch64": (0xC00000B7, 277, 220, 435, (198, 199, 200, 201, 202, 203, 221, 117, 129, 242, 270, 271, 281, 425, 426, 427, 280, 97, 40)),
}  # fmt: skip


def build(
    *, files: Sequence[str], seconds: float, memory_bytes: int, threads: int, folders: Sequence[str] = ()
) -> tuple[str, ...]:
    """Shut this process in: it reads `files`, what is below `folders` (of programs), and nothing else, writes nothing,
    starts nothing, reaches nobody.

    Irrevocable, and inherited by every thread started from now on. Returns the names of the walls that stand.
    """
    _limits(len(files) + 128 * bool(folders), seconds, memory_bytes, threads)
    libc = ctypes.CDLL(None, use_errno=True)
    libc.prctl(_DUMPABLE, 0, 0, 0, 0)  # nobody of the same user looks into it either
    if libc.prctl(_NO_NEW_PRIVS, 1, 0, 0, 0):
        return ("limits",)
    walls = ["limits"]
    if _landlock(libc, files, folders):
        walls.append("landlock")
    if _seccomp(libc):
        walls.append("seccomp")
    return tuple(walls)


def _limits(files: int, seconds: float, memory_bytes: int, threads: int) -> None:
    processor = int(seconds * threads) + 2
    for what, most in (
        (resource.RLIMIT_AS, memory_bytes),
        (resource.RLIMIT_CPU, processor),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_NOFILE, 2 * files + 64),
    ):
        _, hard = resource.getrlimit(what)
        allowed = most if hard == resource.RLIM_INFINITY else min(most, hard)
        resource.setrlimit(what, (allowed, allowed))
    signal.signal(signal.SIGALRM, signal.SIG_DFL)  # the system ends it, whatever it is doing
    signal.signal(signal.SIGXFSZ, signal.SIG_DFL)
    signal.setitimer(signal.ITIMER_REAL, seconds + 2)


def _landlock(libc: ctypes.CDLL, files: Sequence[str], folders: Sequence[str]) -> bool:
    version = libc.syscall(_LANDLOCK_CREATE, None, ctypes.c_size_t(0), 1)
    if version < 1:
        return False
    rights = (1 << _ALL_OF_FILES[min(version, 5)]) - 1
    asked = struct.pack(
        "=QQ", rights, 0b11 if version >= 4 else 0
    )  # of the network: to listen and to connect
    size = 16 if version >= 4 else 8
    ruleset = libc.syscall(_LANDLOCK_CREATE, asked, ctypes.c_size_t(size), 0)
    if ruleset < 0:
        return False
    for path in (*files, *filter(os.path.exists, (*_MACHINE, *folders))):
        descriptor = os.open(path, os.O_PATH | os.O_CLOEXEC)
        allowed = _READ_FILE | _READ_FOLDER if path in folders else _READ_FILE
        rule = struct.pack("=Qi", allowed, descriptor)
        failed = libc.syscall(_LANDLOCK_ADD, ruleset, 1, rule, 0)
        os.close(descriptor)
        if failed:
            os.close(ruleset)
            return False
    done = bool(libc.syscall(_LANDLOCK_RESTRICT, ruleset, 0) == 0)
    os.close(ruleset)
    return done


class _Program(ctypes.Structure):
    _fields_ = [("length", ctypes.c_ushort), ("code", ctypes.c_char_p)]


def _seccomp(libc: ctypes.CDLL) -> bool:
    known = _REFUSED.get(platform.machine())
    if known is None:
        return False
    machine, seccomp, clone, clone3, refused = known
    code = _filter(machine, clone, clone3, refused)
    program = _Program(len(code) // 8, code)
    every_thread = 1
    return bool(libc.syscall(seccomp, 1, every_thread, ctypes.byref(program)) == 0)


def _filter(machine: int, clone: int, clone3: int, refused: Sequence[int]) -> bytes:
    """A program of the kernel's packet filter over a system call: its number lies at 0, the machine at 4."""
    load, equal, all_bits, answer = 0x20, 0x15, 0x45, 0x06

    def step(code: int, value: int, yes: int = 0, no: int = 0) -> bytes:
        return struct.pack("=HBBI", code, yes, no, value)

    program = [step(load, 4), step(equal, machine, 1, 0), step(answer, _EPERM), step(load, 0)]
    program += [
        step(equal, clone3, 0, 1),
        step(answer, _ENOSYS),
    ]  # the C library then uses clone, which tells what for
    for number in refused:
        program += [step(equal, number, 0, 1), step(answer, _EPERM)]
    program += [
        step(equal, clone, 0, 3),
        step(load, 16),
        step(all_bits, _CLONE_THREAD, 1, 0),
        step(answer, _EPERM),
    ]
    return b"".join([*program, step(answer, _ALLOW)])
