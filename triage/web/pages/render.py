"""Templates into answers: everything is escaped, and a missing name is an error instead of a gap."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from functools import cache
from http import HTTPStatus

from fastapi import Request
from fastapi.responses import HTMLResponse
from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape

from triage.web.pages.frame import BARE, Frame

_HASH = re.compile(r"\b(?:sha256:)?([0-9a-f]{12})[0-9a-f]{28,52}\b")
_ID = re.compile(r"\b([0-9a-f]{8})(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b")


def render(
    request: Request,
    template: str,
    context: Mapping[str, object],
    *,
    status: int = HTTPStatus.OK,
    headers: Mapping[str, str] | None = None,
) -> HTMLResponse:
    """Return a page: the template with this context, in the frame of whoever is signed in."""
    frame: Frame = getattr(request.state, "frame", BARE)
    named = {"frame": frame, "here": request.url.path, **context}
    text = _environment().get_template(template).render(named)
    return HTMLResponse(text, status, headers=dict(headers or {}))


def clock_time(at: datetime) -> Markup:
    """Return the instant in UTC as `<time>`; the page's script rewrites it in the viewer's zone."""
    utc = f"{at:%Y-%m-%d %H:%M} UTC"
    return Markup('<time datetime="{}">{}</time>').format(f"{at:%Y-%m-%dT%H:%M:%S}Z", utc)


def age(at: datetime, now: datetime) -> str:
    """Return how long ago that was, in the largest whole unit."""
    minutes = max(0, int((now - at).total_seconds() // 60))
    for size, unit in ((1440, "d"), (60, "h")):
        if minutes >= size:
            return f"{minutes // size} {unit}"
    return f"{minutes} min"


def words(name: str) -> str:
    """Return a name of ours (`license_assign`, `outcome_unknown`) as people read it."""
    return name.replace("_", " ")


def shortened(text: str) -> str:
    """Return a sentence with its hashes and ids cut to what people compare by eye."""
    return _ID.sub(r"\1", _HASH.sub(r"\1", text))


def percent(share: float) -> str:
    """Return a share as per cent, never rounded up to certainty."""
    return f"{min(int(share * 1000) / 10, 99.9):.1f} %"


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("triage.web"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    filters = (clock_time, age, words, shortened, percent)
    environment.filters |= {one.__name__: one for one in filters}
    environment.filters["paragraphs"] = _paragraphs
    environment.globals["parts"] = environment.get_template("parts.html").module
    return environment


def _paragraphs(text: str) -> Markup:
    """Return plain text as paragraphs; what looks like markup in it stays text."""
    blocks = [block for block in re.split(r"\n\s*\n", text.strip()) if block]
    lines = (Markup("<br>").join(escape(line) for line in block.splitlines()) for block in blocks)
    return Markup("\n").join(Markup("<p>{}</p>").format(block) for block in lines)
