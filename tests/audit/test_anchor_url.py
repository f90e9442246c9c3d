"""The anchor URL over real HTTP: it gets exactly the checkpoint, and a refusal is named with its answer."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from tests.audit.test_signatures import signed_chain
from triage.audit.anchors import NotDeposited, deposit, deposit_line
from triage.settings import AuditSettings
from triage.store.engine import Database


@contextmanager
def witness(status: int) -> Iterator[tuple[str, list[tuple[str, str]]]]:
    """Yield the address of a server that answers every post so, and what it was sent: type and body."""
    heard: list[tuple[str, str]] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            heard.append((self.headers["Content-Type"], body.decode()))
            self.send_response(status)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Keep quiet."""

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/anchors", heard
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


async def test_a_url_gets_the_checkpoint_as_one_line_of_json(database: Database, tmp_path: Path) -> None:
    chain = await signed_chain(database, tmp_path)
    with witness(201) as (url, heard):
        assert await deposit(chain[-1], AuditSettings(anchor_url=url)) == ("url",)
    assert heard == [("application/json", deposit_line(chain[-1]))]


@pytest.mark.parametrize("status", [302, 403, 500])
async def test_a_url_that_does_not_take_it_is_named_with_its_answer(
    database: Database, tmp_path: Path, status: int
) -> None:
    chain = await signed_chain(database, tmp_path)
    with witness(status) as (url, _), pytest.raises(NotDeposited, match=f"anchor URL answered {status}"):
        await deposit(chain[-1], AuditSettings(anchor_url=url))


async def test_a_url_where_nobody_listens_is_told_apart(database: Database, tmp_path: Path) -> None:
    chain = await signed_chain(database, tmp_path)
    with witness(200) as (url, _):
        gone = url
    with pytest.raises(NotDeposited, match="does not answer"):
        await deposit(chain[-1], AuditSettings(anchor_url=gone))
