"""The tests import the host's own package from here."""

import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
