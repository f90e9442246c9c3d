"""What a mailbox starts with: no automatic reply, a calendar that shows when its owner is busy."""

from __future__ import annotations

from datetime import datetime, timedelta

from triage.sandbox.records import Json, Mailbox
from triage.sandbox.tenant import stable_id

_DAY = timedelta(days=1)


def first_settings(now: datetime) -> Json:
    """Return the `mailboxSettings` of a mailbox nobody has set anything in; its times are UTC as in Graph."""
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
    return {
        "timeZone": "W. Europe Standard Time",
        "automaticRepliesSetting": {
            "status": "disabled",
            "externalAudience": "all",
            "internalReplyMessage": "",
            "externalReplyMessage": "",
            "scheduledStartDateTime": outlook_time(midnight),
            "scheduledEndDateTime": outlook_time(midnight + _DAY),
        },
    }


def outlook_time(moment: datetime) -> Json:
    """Return the instant (UTC) as a `dateTimeTimeZone`, with Outlook's seven digits of a second."""
    return {"dateTime": f"{moment:%Y-%m-%dT%H:%M:%S}.0000000", "timeZone": "UTC"}


def first_permissions(user_id: str) -> list[Json]:
    """Return the permissions of a calendar nobody has shared: everybody sees when its owner is busy."""
    everybody = {
        "id": stable_id(user_id, "calendar", "organization"),
        "role": "freeBusyRead",
        "allowedRoles": ["none", "freeBusyRead", "limitedRead", "read", "write"],
        "emailAddress": {"name": "My Organization"},
        "isInsideOrganization": True,
        "isRemovable": False,
    }
    return [everybody]


def first_mailboxes(world: Json) -> dict[str, Mailbox]:
    """Return the mailboxes of the world by lower-case address: people's own and the shared ones."""
    owned = (
        Mailbox(user["mail"], user["displayName"], "Regular", "cloud")
        for user in world["users"]
        if user["mail"] and user["userType"] != "Guest"
    )
    shared = (_shared(box) for box in world.get("sharedMailboxes", ()))
    return {box.address.lower(): box for box in (*owned, *shared)}


def _shared(box: Json) -> Mailbox:
    rights = {"FullAccess": set(box["fullAccess"]), "SendAs": set(box["sendAs"])}
    return Mailbox(box["address"], box["displayName"], "Shared", box["location"], rights=rights)
