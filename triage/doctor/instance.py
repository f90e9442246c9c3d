"""Looks at the ServiceNow instance: who we are there, what we may read, and whether we can close tickets."""

from __future__ import annotations

from collections.abc import Iterable

from actions.clients.call import Call
from actions.clients.servicenow import Condition, Row, where
from actions.clients.servicenow.closing import CLOSE_CODES
from actions.clients.servicenow.query import equal
from actions.errors import Forbidden, Refused
from triage.doctor.examine import Check
from triage.doctor.finding import Finding, fail, ok, skipped, warn
from triage.doctor.ground import Ground
from triage.errors import BadInput
from triage.intake.servicenow import fields_of

_OURSELVES = "user_name=javascript:gs.getUserName()"
"""Asks the instance for whoever asks; a constant of ours, as no value of a ticket may hold script."""
_ANY = where(Condition("sys_id", "ISNOTEMPTY"))
_ALWAYS = ("sys_user", "sys_user_group")
_OF_ITEMS = ("sc_task", "sc_item_option_mtom")
_ROLES = (
    "Give our user the roles itil and snc_platform_rest_api_access, and check the table's access rules (ACL)."
)


async def _user(ground: Ground) -> Finding:
    wanted = ground.settings.servicenow.user
    call = Call(
        method="GET",
        path="/api/now/table/sys_user",
        params={
            "sysparm_query": _OURSELVES,
            "sysparm_fields": "user_name,active,web_service_access_only",
            "sysparm_limit": "2",
        },
        permission="read of sys_user",
    )
    found = (await ground.servicenow.api.send(call)).object.get("result")
    if not isinstance(found, list) or len(found) != 1:
        return warn("The instance does not tell who we are.", f"Check by hand that our user is {wanted}.")
    ours = str(found[0].get("user_name", ""))
    if ours != wanted:
        return fail(
            f"ServiceNow knows us as {ours}, the settings say {wanted}: our own updates would pass for news.",
            "Correct TRIAGE_SERVICENOW__USER, or the user of the OAuth client.",
        )
    if found[0].get("web_service_access_only") != "true":
        return warn(
            f"{ours} may sign in at the portal too.", "Tick `Web service access only` on the user's record."
        )
    return ok(f"ServiceNow knows us as {ours}.")


async def _tables(ground: Ground) -> Finding:
    tables = ground.settings.servicenow.tables
    extra = _OF_ITEMS if "sc_req_item" in tables else ()
    hidden = [one for one in (*tables, *_ALWAYS, *extra) if not await _readable(ground, one)]
    if hidden:
        return fail(f"We may not read {', '.join(hidden)}.", _ROLES)
    return ok(f"We may read {', '.join(tables)} and what belongs to them.")


async def _readable(ground: Ground, table: str) -> bool:
    try:
        await ground.servicenow.tables.query(table, _ANY, (), limit=1)
    except (Forbidden, Refused):
        return False
    return True


async def _fields(ground: Ground) -> Finding:
    """Read one record of each table: a field that does not exist or is hidden is left out of it silently."""
    absent, empty = [], []
    for table in ground.settings.servicenow.tables:
        try:
            wanted = fields_of(table)
        except BadInput:  # the settings check says so
            continue
        rows = await ground.servicenow.tables.query(table, _ANY, wanted, limit=1)
        absent += [f"{table}.{name}" for name in _left_out(rows, wanted)]
        empty += [] if rows else [table]
    if absent:
        return fail(f"Not there, or hidden from us: {', '.join(absent)}.", _ROLES)
    if empty:
        return skipped(f"No record in {', '.join(empty)} to look at.", "Look again when there is a ticket.")
    return ok("Every field a ticket is made of is there.")


def _left_out(rows: list[Row], wanted: Iterable[str]) -> list[str]:
    return [name for row in rows for name in wanted if name not in row]


async def _journal(ground: Ground) -> Finding:
    if not await _readable(ground, "sys_journal_field"):
        return fail(
            "We may not read sys_journal_field, so comments stay unseen and notes could be written twice.",
            "Add a read rule (ACL) for our user on sys_journal_field.",
        )
    return ok("Comments and work notes can be read.")


async def _close_codes(ground: Ground) -> Finding:
    query = where(equal("name", "incident"), equal("element", "close_code"), equal("inactive", "false"))
    offered = {row["value"] for row in await ground.servicenow.tables.query("sys_choice", query, ("value",))}
    usable = [code for code in CLOSE_CODES if code in offered]
    if not usable:
        return fail(
            "No close code of ours is a choice of incident.close_code.",
            f"Add one of these choices: {', '.join(CLOSE_CODES)}.",
        )
    return ok(f"Incidents are resolved as `{usable[0]}`.")


CHECKS = (
    Check("servicenow.user", _user, needs=("token.servicenow",)),
    Check("servicenow.tables", _tables, needs=("token.servicenow",)),
    Check("servicenow.fields", _fields, needs=("servicenow.tables",)),
    Check("servicenow.journal", _journal, needs=("token.servicenow",)),
    Check("servicenow.close_codes", _close_codes, needs=("token.servicenow",)),
)
