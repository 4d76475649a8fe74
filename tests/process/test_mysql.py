"""What a MySQL service says to servers: over TLS, over a socket, and to one that means harm."""

import os
import socket
import struct
import subprocess
import threading

import pytest
from conftest import Contacts
from harness import mariadb
from harness.fixtures import MysqlDatabases


def make_certificates(folder):
    """`ca.pem`, another CA that nobody trusts, and a certificate for 127.0.0.1 by the first."""

    def openssl(*arguments):
        subprocess.run(["openssl", *arguments], cwd=folder, check=True, capture_output=True)

    for name in ("ca", "other"):
        openssl("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", f"/CN={name}",
                "-keyout", f"{name}.key", "-out", f"{name}.pem")  # fmt: skip
    with open(f"{folder}/names", "w", encoding="ascii") as names:
        names.write("subjectAltName=IP:127.0.0.1,DNS:localhost\n")
    openssl("req", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=localhost", "-keyout", "server.key",
            "-out", "server.csr")  # fmt: skip
    openssl("x509", "-req", "-in", "server.csr", "-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial",
            "-days", "2", "-extfile", "names", "-out", "server.pem")  # fmt: skip
    for name in os.listdir(folder):
        os.chmod(f"{folder}/{name}", 0o644)


@pytest.fixture
def encrypted(folder):
    if not mariadb.is_installed():
        pytest.skip("no MariaDB server is installed")
    make_certificates(folder)
    server = mariadb.MariaDb(
        options=[
            f"--ssl-ca={folder}/ca.pem",
            f"--ssl-cert={folder}/server.pem",
            f"--ssl-key={folder}/server.key",
        ]
    )
    yield server
    server.close()


def answer_with(serve, config):
    server = serve()
    return Contacts(server, "mysql", config).request("GET", "_table/contact/1?fields=id")


@pytest.mark.parametrize(
    "tls, status",
    [
        ({"sslmode": "verify-full", "ssl_ca": "ca.pem"}, 200),
        ({"sslmode": "verify-full", "ssl_ca": "other.pem"}, 503),
        ({"sslmode": "verify-full"}, 503),  # the system does not know it
        ({"sslmode": "require"}, 200),
        ({"sslmode": "prefer"}, 200),
        ({"sslmode": "disable"}, 503),  # the database insists on it
    ],
)
def test_encryption_is_what_was_asked_for(serve, encrypted, folder, tls, status):
    _, config = MysqlDatabases(encrypted).create("contacts")
    for host in ("127.0.0.1", "localhost"):
        encrypted.sql(f"ALTER USER '{encrypted.user}'@'{host}' REQUIRE SSL", tls=True)
    if "ssl_ca" in tls:
        tls = {**tls, "ssl_ca": f"{folder}/{tls['ssl_ca']}"}
    answer = answer_with(serve, {**config, **tls})
    assert answer.status == status, answer


def test_a_socket_stands_in_for_host_and_port(serve, mysql):
    _, config = MysqlDatabases(mysql).create("contacts")
    answer = answer_with(serve, {**config, "port": 1, "unix_socket": mysql.socket})
    assert answer.status == 200, answer


class Thief:
    """Lets everybody in, and answers every statement by asking for a file of the client's machine."""

    def __init__(self, path):
        self.path = path.encode()
        self.heard = b""
        self.statements = []
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self.run, daemon=True).start()

    def run(self):
        while True:
            try:
                client, _ = self.listener.accept()
            except OSError:
                return
            with client:
                try:
                    self.talk(client)
                except (OSError, struct.error):
                    pass

    @staticmethod
    def packet(number, body):
        return struct.pack("<I", len(body))[:3] + bytes([number]) + body

    def receive(self, client):
        head = client.recv(4, socket.MSG_WAITALL)
        body = client.recv(struct.unpack("<I", head[:3] + b"\0")[0], socket.MSG_WAITALL)
        self.heard += body
        return body

    def talk(self, client):
        client.settimeout(5)
        capabilities = 0x0000F7FF | 0x000F0000  # everything but TLS
        client.sendall(
            self.packet(
                0,
                b"\x0a5.7.99\0" + struct.pack("<I", 1) + b"abcdefgh\0" + struct.pack("<H", capabilities & 0xF7FF)
                + b"\x2d" + struct.pack("<HH", 2, capabilities >> 16) + b"\x15" + bytes(10) + b"ijklmnopqrst\0"
                + b"mysql_native_password\0",
            )  # fmt: skip
        )
        self.receive(client)
        client.sendall(self.packet(2, b"\x00\x00\x00\x02\x00\x00\x00"))
        while True:
            self.statements.append(self.receive(client)[1:])
            client.sendall(self.packet(1, b"\xfb" + self.path))
            self.receive(client)  # the file, if it comes
            client.sendall(self.packet(3, b"\x00\x00\x00\x02\x00\x00\x00"))

    def close(self):
        self.listener.close()


def test_no_file_is_sent_to_a_database_that_asks_for_one(serve, folder):
    path = f"{folder}/secret"
    with open(path, "w", encoding="ascii") as secret:
        secret.write("the secret of this machine")
    thief = Thief(path)
    config = {
        "host": "127.0.0.1",
        "port": thief.port,
        "database": "d",
        "username": "u",
        "password": "p",
    }
    answer = answer_with(serve, {**config, "sslmode": "disable"})
    thief.close()
    assert answer.status == 503, answer
    assert thief.statements, "nothing was asked: this proves nothing"
    assert b"the secret" not in thief.heard
