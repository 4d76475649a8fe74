"""Servers in other circumstances: as somebody else, from other folders, where the system forbids namespaces."""

import ctypes
import os
import shutil

NOBODY = 65534
_NEW_MOUNTS = 0x20000
_BIND, _REC, _PRIVATE = 4096, 16384, 1 << 18


def copy_of_build(build, folder):
    """What of a build a server needs, readable for everybody."""
    os.makedirs(os.path.join(folder, "hosts"))
    shutil.copy2(os.path.join(build, "sluice"), folder)
    for name in ("sluice-launch", "js", "node", "php", "python", "v8"):
        source, target = (os.path.join(at, "hosts", name) for at in (build, folder))
        if os.path.isdir(source):
            shutil.copytree(source, target, ignore=shutil.ignore_patterns("CMakeFiles"))
        else:
            shutil.copy2(source, target)
    return folder


def give_to_nobody(folder):
    os.chown(folder, NOBODY, NOBODY)
    for at, folders, files in os.walk(folder):
        for name in folders + files:
            os.chown(os.path.join(at, name), NOBODY, NOBODY)


def become_nobody():
    os.setgroups([])
    os.setgid(NOBODY)
    os.setuid(NOBODY)


def forbid_namespaces(root):
    """Who lives under another root may make no user namespace. `root` is an empty folder."""
    libc = ctypes.CDLL(None, use_errno=True)

    def mount(source, target, flags):
        if libc.mount(source, target, None, flags, None) != 0:
            raise OSError(ctypes.get_errno(), f"mount {target}")

    if libc.unshare(_NEW_MOUNTS) != 0:
        raise OSError(ctypes.get_errno(), "unshare")
    mount(None, b"/", _REC | _PRIVATE)
    mount(b"/", root.encode(), _BIND | _REC)
    os.chroot(root)
