"""Time and memory of a run. Time: SIGALRM, which also wakes sleep(), regular expressions and large
powers; what never comes back to the interpreter is left to the server. Memory: RLIMIT_DATA."""

import resource
import signal
import sys

from .errors import Stop

# A script that swallows the alarm hears it again and again, then the host ends itself.
_AGAIN_S = 0.05
_PATIENCE = 10
# Deeper, what recurses within the interpreter (__getattr__, a key function) overruns the 8 MB of
# the stack and the process is gone: measured between 9,000 and 12,000 with Python 3.11.
_DEEPEST = 6000


def bound_recursion():
    """Lets a script ask for any depth, and gives it as much as the stack holds."""
    really = sys.setrecursionlimit

    def setrecursionlimit(limit, /):
        really(min(limit, _DEEPEST))

    sys.setrecursionlimit = setrecursionlimit


class Alarm:
    """Raises Stop where the script is, or leaves it as the channel's note while bytes move."""

    def __init__(self, channel, give_up):
        self.channel = channel
        self.give_up = give_up
        self.active = False
        self.strikes = 0
        signal.signal(signal.SIGALRM, self._strike)

    def start(self, wall_ms):
        self.strikes = 0
        self.active = True
        signal.setitimer(signal.ITIMER_REAL, wall_ms / 1000, _AGAIN_S)

    def stop(self):
        # Not disarmed: the next run sets it anew, and that saves a call of the kernel each time.
        self.active = False
        self.channel.note = None

    def _strike(self, _signal, _frame):
        if not self.active:
            signal.setitimer(signal.ITIMER_REAL, 0)  # left over from a run that ended in time
            return
        self.strikes += 1
        error = Stop("wall", "The script ran longer than its time limit.")
        if self.strikes > _PATIENCE:
            self.give_up(error)
        if self.channel.held:
            self.channel.note = error
        else:
            raise error


class Memory:
    """Keeps the soft limit of data at what the host uses itself plus what the run may."""

    def __init__(self):
        self.page = resource.getpagesize()
        self.limit = None

    def allow(self, memory_bytes):
        if memory_bytes == self.limit:
            return
        self.limit = memory_bytes
        _, hard = resource.getrlimit(resource.RLIMIT_DATA)
        soft = hard
        if memory_bytes:
            soft = self.used(5) + memory_bytes
            if hard != resource.RLIM_INFINITY:
                soft = min(soft, hard)
        try:
            resource.setrlimit(resource.RLIMIT_DATA, (soft, hard))
        except (ValueError, OSError):
            pass  # a hard limit below what is used already: the tighter limit is in force anyway

    def used(self, column=1):
        """Bytes: column 1 resident, column 5 data and stack."""
        with open("/proc/self/statm", "rb") as file:
            return int(file.read().split()[column]) * self.page
