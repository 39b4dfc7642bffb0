"""Walls around a process that opens a stranger's file: memory, time, disk, network.

They are the operating system's, and hold whatever the file makes the PDF engine do.
What a system does not offer is left out: macOS bounds time and disk but no memory, and
only Linux can forbid the network without rights of its own.
"""

from __future__ import annotations

import contextlib
import ctypes
import errno
import math
import os
import platform
import sys
from typing import Final

# The largest file a worker may write; its answer goes through a pipe.
_FILE_MB = 16

# Numbers of the system calls socket, execve, execveat, ptrace, process_vm_writev and
# io_uring_setup, with the kernel's mark of the machine (linux/audit.h).
_CALLS: Final = {
    "x86_64": (0xC000003E, (41, 59, 322, 101, 311, 425)),
    "aarch64": (0xC00000B7, (198, 221, 281, 117, 271, 425)),
}
_X32 = 0x40000000  # the same calls under other numbers, on x86_64
_PR_SET_NO_NEW_PRIVS, _PR_SET_SECCOMP, _FILTER = 38, 22, 2
_LOAD, _EQUAL, _AT_LEAST, _RETURN = 0x20, 0x15, 0x35, 0x06
_ALLOW, _REFUSE = 0x7FFF0000, 0x00050000 | errno.EACCES


class _Step(ctypes.Structure):
    """One instruction of a filter: `struct sock_filter`."""

    _fields_ = (
        ("code", ctypes.c_uint16),
        ("if_true", ctypes.c_uint8),
        ("if_false", ctypes.c_uint8),
        ("value", ctypes.c_uint32),
    )


class _Program(ctypes.Structure):
    """A filter: `struct sock_fprog`."""

    _fields_ = (("length", ctypes.c_uint16), ("steps", ctypes.POINTER(_Step)))


def confine(*, memory_mb: int, cpu_s: float) -> None:
    """Put walls around this process, for good.

    Args:
        memory_mb: Of address space.
        cpu_s: Of processor time, after which the system ends the process.
    """
    _limit(memory_mb, cpu_s)
    _be_mute()
    if sys.platform == "linux":
        _refuse_network()


def _limit(memory_mb: int, cpu_s: float) -> None:
    try:
        import resource
    except ImportError:
        return
    seconds = math.ceil(cpu_s) + 1
    for kind, value in (
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_FSIZE, _FILE_MB << 20),
        (resource.RLIMIT_CPU, seconds),
        (resource.RLIMIT_AS, memory_mb << 20),
    ):
        # macOS refuses to limit the address space; a limit may be lower already.
        with contextlib.suppress(ValueError, OSError):
            resource.setrlimit(kind, (value, value))


def _be_mute() -> None:
    """Let nothing that a file makes the engine say reach the terminal or the output."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    os.dup2(nowhere, 2)
    os.close(nowhere)


def _refuse_network() -> None:
    """Refuse new sockets and other programs (seccomp(2)), where the kernel lets us."""
    known = _CALLS.get(platform.machine())
    if known is None:
        return
    machine, calls = known
    tests = [(_AT_LEAST, _X32), *[(_EQUAL, number) for number in calls]]
    steps = [
        _Step(_LOAD, 0, 0, 4),
        _Step(_EQUAL, 0, len(tests) + 2, machine),
        _Step(_LOAD, 0, 0, 0),
        *[
            _Step(test, len(tests) - place, 0, value)
            for place, (test, value) in enumerate(tests)
        ],
        _Step(_RETURN, 0, 0, _ALLOW),
        _Step(_RETURN, 0, 0, _REFUSE),
    ]
    program = _Program(len(steps), (_Step * len(steps))(*steps))
    with contextlib.suppress(OSError, AttributeError):
        prctl = ctypes.CDLL(None).prctl
        if prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0:
            prctl(_PR_SET_SECCOMP, _FILTER, ctypes.byref(program), 0, 0)
