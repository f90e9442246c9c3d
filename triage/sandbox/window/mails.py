"""The outbox: every mail the company's systems sent, as text, with its links; none leaves this machine."""

import re
from dataclasses import dataclass
from datetime import datetime

from bs4 import BeautifulSoup
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from triage.sandbox.records import Mail
from triage.sandbox.tenant import user_by_mail
from triage.sandbox.window.frame import company_of, page, sliced

_LINK = re.compile(r"https?://[^\s<>\"']+")


@dataclass(frozen=True, slots=True)
class Letter:
    """A mail as it is shown: plain text, and the addresses it links to."""

    id: str
    at: datetime
    sender: str
    to: tuple[str, ...]
    subject: str
    text: str
    links: tuple[str, ...]


async def show_list(request: Request) -> Response:
    """Show the mails, newest first."""
    letters = [letter(mail) for mail in reversed(company_of(request).tenant.outbox)]
    return page(request, "mails.html", {"found": sliced(letters, request)})


async def show_one(request: Request) -> Response:
    """Show one mail with its links, which can be followed."""
    tenant = company_of(request).tenant
    mail = next((mail for mail in tenant.outbox if mail.id == request.path_params["id"]), None)
    if mail is None:
        raise HTTPException(404, "There is no such mail.")
    readers = {address: user_by_mail(tenant, address) for address in mail.to}
    return page(request, "mail.html", {"letter": letter(mail), "readers": readers})


def letter(mail: Mail) -> Letter:
    """Return a mail as text, whatever it was written in; only http and https addresses count as links."""
    html = str(mail.message.get("body", {}).get("contentType", "text")).lower() == "html"
    soup = BeautifulSoup(mail.body, "html.parser") if html else None
    text = soup.get_text("\n", strip=True) if soup else mail.body
    targets = [str(anchor.get("href", "")) for anchor in soup.find_all("a")] if soup else []
    links = dict.fromkeys(one.rstrip(".,;:)") for one in [*targets, *_LINK.findall(text)] if _LINK.match(one))
    return Letter(mail.id, mail.at, mail.sender, mail.to, mail.subject, text, tuple(links))
