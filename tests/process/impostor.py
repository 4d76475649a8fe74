"""A server that is no database, and what it must not do to the calls to others."""

import socket
import struct
import threading
import time

PATHS = ["odd/_table", "odd/_table/x", "odd/_schema/x", "odd/_table/x/1"]


class Impostor:
    """Lets anyone in; `talk(client)` says the rest to each connection."""

    def __init__(self, talk):
        self.talk = talk
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            try:
                client, _ = self.listener.accept()
            except OSError:
                return
            threading.Thread(target=self.serve, args=(client,), daemon=True).start()

    def serve(self, client):
        with client:
            try:
                self.talk(client)
            except (OSError, struct.error):
                return

    def close(self):
        self.listener.close()


def check_harms_no_other_call(db, talk, kind, **config):
    """Its own calls end with a status, those of `db` are answered as ever, and the server goes in peace."""
    impostor = Impostor(talk)
    server = db.server
    config = {"host": "127.0.0.1", "port": impostor.port, "database": "x", "username": "x"} | config
    service = {"name": "odd", "type": kind, "is_active": True, "config": config}
    server.admin("POST", "system/service", {"resource": [service]})
    try:
        for path in PATHS * 2:
            answered = server.request("GET", "/api/v2/" + path, server.admin_headers())
            assert answered.status in (200, 400, 404, 500, 503, 504), answered
        began = time.monotonic()
        for _ in range(10):
            assert db.request("GET", "_table/contact/1").status == 200
        assert time.monotonic() - began < 5
    finally:
        impostor.close()
    server.terminate(15)
