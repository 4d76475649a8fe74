"""What runs leave behind that the process keeps for them: open files, and files in the folders that
are the host's alone. A little of it is nobody's harm; more takes from the next run what it needs."""

import os

# A script may have put others in their place.
_dup, _close, _statvfs = os.dup, os.close, os.statvfs

_MOST_OPEN = 64  # beside those open when the host has started
# Time of runs between two looks. Opening a file takes 0.3 us at the least, so that no script finds
# less than a third of its 1,024; a look takes 0.6 us.
_OPEN_S = 0.0002
# A page of a tmpfs takes 0.3 us to fill at the least: 26 MB, and half a /tmp is 32.
_FULL_S = 0.002


class Leftovers:
    def __init__(self, descriptor):
        self.descriptor = descriptor
        # Of the machine's own nothing is asked.
        self.folders = ("/tmp", "/dev/shm") if os.environ.get("HOME") == "/tmp" else ()
        self.most = self._lowest_free() + _MOST_OPEN
        self.opening = self.filling = 0

    def look(self, took):
        """After a run that took so many seconds. Shape: why the host must go, or None."""
        self.opening += took
        if self.opening < _OPEN_S:
            return None
        self.filling += self.opening
        self.opening = 0
        if self._lowest_free() > self.most:
            return "left files open"
        if self.filling < _FULL_S:
            return None
        self.filling = 0
        for folder in self.folders:
            if _is_half_full(folder):
                return "left %s more than half full" % folder
        return None

    def _lowest_free(self):
        """The kernel gives the lowest number that is free: no lower one is."""
        try:
            number = _dup(self.descriptor)
        except OSError:
            return 1 << 30  # there is none
        _close(number)
        return number


def _is_half_full(folder):
    try:
        facts = _statvfs(folder)
    except OSError:
        return False
    return facts.f_bfree < facts.f_blocks // 2 or facts.f_ffree < facts.f_files // 2
