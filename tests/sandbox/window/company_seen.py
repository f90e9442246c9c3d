"""What the tests of the window's pages share: reading a page, sending a mail, changing something."""

from __future__ import annotations

from typing import Any

import httpx
from bs4 import BeautifulSoup

from tests.sandbox.servicenow.company import FREYA, Harborline
from triage.sandbox.records import Area, Mail
from triage.sandbox.servicenow.history import Author
from triage.sandbox.tenant import record, user_by_mail

HOSTILE = "<script>alert(1)</script><img src=x onerror=alert(2)>\"'{{7*7}}"
ITIL = Author("triage.integration", frozenset({"itil"}))


async def seen(client: httpx.AsyncClient, address: str) -> BeautifulSoup:
    answer = await client.get(address)
    assert answer.status_code == 200, answer.text
    return BeautifulSoup(answer.text, "html.parser")


def mail(company: Harborline, body: str, *, kind: str = "text", subject: str = "Hello") -> Mail:
    message: dict[str, Any] = {"body": {"contentType": kind}}
    made = Mail(
        f"mail-{len(company.tenant.outbox)}", company.clock(), "desk@x", (FREYA,), subject, body, message
    )
    company.tenant.outbox.append(made)
    return made


def change(company: Harborline, area: Area, target: tuple[str, str], **values: object) -> None:
    record(company.tenant, actor="Triage", area=area, what="Did it", target=target, before={}, after=values)


def id_of(company: Harborline, address: str) -> str:
    user = user_by_mail(company.tenant, address)
    assert user
    return str(user["id"])
