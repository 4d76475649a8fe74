"""What the tests on the real binary share: servers to start, a client, fixtures and case files."""
