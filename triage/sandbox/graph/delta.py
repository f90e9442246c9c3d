"""Delta queries in Graph: what came, changed or went since a reader's last look, by tokens that grow old."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta

from starlette.responses import JSONResponse, Response

from triage.sandbox.graph.calls import Call
from triage.sandbox.graph.errors import GraphError, bad_request
from triage.sandbox.graph.groups import GROUP, group_json
from triage.sandbox.graph.pages import Kind, matching, projected, selected
from triage.sandbox.graph.shapes import USER
from triage.sandbox.records import Json, Look
from triage.sandbox.tenant import new_id

PAGE = 100
LIFE = timedelta(days=7)
"""How long a token is good; an older one is answered by 410 and everything must be read again."""


def users_delta(call: Call) -> Response:
    """GET /users/delta: everybody (or whom `$filter` picks), later who changed; `@removed` are gone."""
    if "signInActivity" in call.query.get("$select", ""):
        raise bad_request("signInActivity is not supported in delta queries.")
    return _delta(call, call.seen.users.values(), USER)


def groups_delta(call: Call) -> Response:
    """GET /groups/delta, with `members@delta` where members were asked for by `$select`."""
    groups = [
        group_json(group) | {"members@delta": [{"id": member} for member in group.members]}
        for group in call.seen.groups.values()
    ]
    return _delta(call, groups, _GROUP_WITH_MEMBERS)


_GROUP_WITH_MEMBERS = Kind(
    GROUP.context, GROUP.properties | {"members"}, GROUP.default, frozenset({"members@delta"})
)


def _delta(call: Call, objects: Iterable[Json], kind: Kind) -> Response:
    skip, since = call.query.get("$skiptoken"), call.query.get("$deltatoken")
    if skip is not None:
        look = _known(call, skip)
        return _page(call, look, tuple(look.waiting))
    before = _known(call, since) if since else None
    kept = {name: value for name, value in call.query.items() if name in {"$select", "$filter"}}
    asked = replace(call, query=kept if before is None else before.options)
    shown = {item["id"]: _shown(asked, item, kind) for item in matching(asked, objects, kind)}
    prints = {i: _fingerprint(item) for i, item in shown.items()}
    seen = {} if before is None else before.seen
    changed = [item for i, item in shown.items() if seen.get(i) != prints[i]]
    gone: list[Json] = [{"id": i, "@removed": {"reason": "deleted"}} for i in seen if i not in prints]
    look = Look(call.tenant.clock(), asked.query, prints)
    return _page(call, look, (*changed, *gone))


def _shown(call: Call, item: Json, kind: Kind) -> Json:
    whole = projected(call, item, kind)
    if "members" not in selected(call, kind):
        whole.pop("members@delta", None)
    return whole | {"id": item["id"]}


def _page(call: Call, look: Look, items: tuple[Json, ...]) -> Response:
    token = new_id(call.tenant, "delta")
    more = items[PAGE:]
    call.tenant.looks[token] = Look(look.at, look.options, look.seen, more)
    link, name = ("@odata.nextLink", "$skiptoken") if more else ("@odata.deltaLink", "$deltatoken")
    address = f"{call.root}{call.path}?{name}={token}"
    context = f"{call.root}/$metadata#{call.path.split('/')[1]}"
    return JSONResponse({"@odata.context": context, link: address, "value": list(items[:PAGE])})


def _known(call: Call, token: str) -> Look:
    look = call.tenant.looks.get(token)
    if look is None or call.tenant.clock() - look.at > LIFE:
        raise GraphError(
            410,
            "syncStateNotFound",
            "The sync state generation is not found; continue with a full synchronization.",
            headers={"Location": f"{call.root}{call.path}?$deltatoken="},
        )
    return look


def _fingerprint(item: Json) -> str:
    return hashlib.sha256(json.dumps(item, sort_keys=True, default=str).encode()).hexdigest()
