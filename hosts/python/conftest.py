"""The tests import the host's own package from here."""

import os
import sys

import pytest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))


@pytest.fixture(params=["plain", "native"])
def functions(request):
    """(decode, encode), once of Python's json and once of the module, where that was built."""
    from sluice_host import codec

    if request.param == "plain":
        return codec.plain()
    made = codec.native()
    if made is None:
        assert os.environ.get("SLUICE_JSON") != "required", "sluice_json is not on PYTHONPATH"
        pytest.skip("sluice_json was not built")
    return made
