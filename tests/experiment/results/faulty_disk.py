"""A disk that fails, lies, or takes its process along, at the operation that one names."""

import errno
import os

WAYS = ("kill", errno.EIO, errno.ENOSPC, "short", "lie")
"""Death of the process; the disk's own faults; half of the bytes taken and said so, or not said so."""


class Killed(BaseException):
    """Death of the process: nothing after it reaches the disk."""


class Faulty:
    """The system's calls, of which the one numbered `at` fails in some way, or meets Ctrl-C (``stop``)."""

    def __init__(self, at, way):
        self.at, self.way, self.done, self.dead = at, way, 0, False

    def __getattr__(self, name):
        return lambda *arguments: self.call(name, *arguments)

    def call(self, name, *arguments):
        self.done += 1
        if name == "close" and (self.dead or self.done == self.at):
            os.close(*arguments)  # a descriptor is gone in any case
        if self.dead:
            raise Killed
        if self.done == self.at:
            if self.way == "kill":
                self.dead = True
                raise Killed
            if self.way in ("short", "lie") and name == "write":
                taken = os.write(arguments[0], bytes(arguments[1])[: len(arguments[1]) // 2 or 1])
                return taken if self.way == "short" else len(arguments[1])
            if self.way == "stop":
                raise KeyboardInterrupt
            if self.way in (errno.EIO, errno.ENOSPC):
                raise OSError(self.way, os.strerror(self.way))
            if name == "close":
                return None
        return getattr(os, name)(*arguments)
