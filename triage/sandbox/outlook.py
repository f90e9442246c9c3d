"""What a mailbox starts with: automatic replies switched off, in the form Graph shows them."""

from __future__ import annotations

from datetime import datetime, timedelta

from triage.sandbox.records import Json

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
