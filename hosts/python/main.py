"""The Python host: runs scripts of the engines `python3` and `python` for the server.

Started as `python3 -I main.py` with a socket on descriptor 3; the contract is ../PROTOCOL.md.
"""

import os
import sys


def main():
    here = os.path.dirname(os.path.abspath(__file__))
    sys.path.insert(0, here)
    from sluice_host import boot

    # From here on a script's `import x` must not find the host's own folder.
    sys.path.remove(here)
    boot.serve(3)


if __name__ == "__main__":
    main()
