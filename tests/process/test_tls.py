"""HTTPS on the real binary, with a certificate that is made for the test."""

import http.client
import json
import os
import socket
import ssl
import subprocess
import time

import pytest
from harness.server import EMAIL, PASSWORD

VERSIONS = [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3]


@pytest.fixture
def certificate(folder):
    """Paths of a certificate for localhost and of its key."""
    paths = os.path.join(folder, "certificate.pem"), os.path.join(folder, "key.pem")
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1"]
        + ["-nodes", "-days", "2", "-subj", "/CN=localhost"]
        + ["-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1"]
        + ["-out", paths[0], "-keyout", paths[1]],
        check=True,
        capture_output=True,
    )
    return paths


@pytest.fixture
def server(serve, certificate):
    return serve(arguments=["--tls-certificate", certificate[0], "--tls-key", certificate[1]])


def context_of(certificate, version):
    context = ssl.create_default_context(cafile=certificate[0])
    context.minimum_version = context.maximum_version = version
    return context


@pytest.mark.parametrize("version", VERSIONS, ids=lambda version: version.name)
def test_get_and_post_share_a_connection(server, certificate, version):
    connection = http.client.HTTPSConnection(
        *server.address, context=context_of(certificate, version), timeout=30
    )
    connection.request("GET", "/status")
    answer = connection.getresponse()
    assert answer.status == 200 and json.loads(answer.read())["status"] == "ready"
    first = connection.sock
    assert first.version() == {"TLSv1_2": "TLSv1.2", "TLSv1_3": "TLSv1.3"}[version.name]
    # Longer than a record of TLS, so that it comes in several.
    body = json.dumps({"email": EMAIL, "password": PASSWORD, "remember_me": " " * 40_000})
    body = body.replace(json.dumps(" " * 40_000), "false" + " " * 40_000)
    connection.request(
        "POST", "/api/v2/system/admin/session", body, {"Content-Type": "application/json"}
    )
    answer = connection.getresponse()
    assert answer.status == 200 and json.loads(answer.read())["session_token"]
    assert connection.sock is first
    connection.close()


def test_plaintext_gets_no_answer(server):
    with socket.create_connection(server.address, timeout=30) as plain:
        plain.sendall(b"GET /status HTTP/1.1\r\nHost: localhost\r\n\r\n")
        try:
            got = plain.recv(1000)
        except ConnectionResetError:
            got = b""
    assert b"HTTP/" not in got and b"ready" not in got


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_older_versions_are_refused(server, certificate):
    context = ssl.create_default_context(cafile=certificate[0])
    context.set_ciphers("ALL:@SECLEVEL=0")
    context.minimum_version = context.maximum_version = ssl.TLSVersion.TLSv1_1
    with socket.create_connection(server.address, timeout=30) as plain:
        with pytest.raises((ssl.SSLError, ConnectionError)):
            context.wrap_socket(plain, server_hostname="localhost")


def test_clients_that_do_not_finish_their_handshake_do_not_hold_up_the_end(server, certificate):
    silent = socket.create_connection(server.address, timeout=30)
    begun = socket.create_connection(server.address, timeout=30)
    begun.sendall(b"\x16\x03\x01\x02\x00\x01\x00")  # a handshake record that is cut off
    idle = context_of(certificate, ssl.TLSVersion.TLSv1_3).wrap_socket(
        socket.create_connection(server.address, timeout=30), server_hostname="localhost"
    )
    time.sleep(0.3)
    before = time.monotonic()
    assert server.terminate() == 0
    assert (
        time.monotonic() - before < 8
    ), "the grace period is 10 s, and nobody is worth waiting for"
    for client in (silent, begun, idle):
        client.close()
