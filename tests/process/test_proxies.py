"""Who a request comes from, when it comes through a proxy."""

from harness.server import ADMIN_KEY, EMAIL
from processes import says

GUESSES = 10


def guess(server, forwarded_for):
    headers = {"X-DreamFactory-API-Key": ADMIN_KEY, "X-Forwarded-For": forwarded_for}
    body = {"email": EMAIL, "password": "a wrong guess"}
    return server.request("POST", "/api/v2/system/admin/session", headers, body).status


def test_behind_a_trusted_proxy_guessing_is_bounded_by_client(serve):
    server = serve(arguments=["--trusted-proxies", "127.0.0.1", "--access-log"])
    assert {guess(server, f"10.{i}.0.1, 198.51.100.7") for i in range(GUESSES)} == {401}
    assert guess(server, "198.51.100.7") == 429
    assert guess(server, "198.51.100.7:4711") == 429
    assert guess(server, "203.0.113.9") == 401
    assert says(server, "us 198.51.100.7")


def test_from_anybody_else_the_header_means_nothing(serve):
    server = serve(arguments=["--trusted-proxies", "10.0.0.0/8", "--access-log"])
    assert {guess(server, f"198.51.100.{i}") for i in range(GUESSES)} == {401}
    assert guess(server, "203.0.113.9") == 429
    assert says(server, "us 127.0.0.1")
    assert "198.51.100" not in server.log_text()
