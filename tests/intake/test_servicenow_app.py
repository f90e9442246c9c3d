"""ServiceNow's side of the webhook: its scripts, run by a JavaScript engine, against our own verification."""

from __future__ import annotations

import base64
import hashlib
import hmac
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import dukpy
import pytest
from pydantic import SecretStr

from triage.intake.servicenow_app import parts, script, sys_id, update_set
from triage.web.api.webhooks import signed

SECRET = "s3cret \N{LATIN SMALL LETTER E WITH ACUTE}"
SYS_ID = "0123456789abcdef0123456789abcdef"
NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
SERVER = Path(__file__).with_name("rhino.js").read_text("utf-8")


def run(
    name: str, *answers: dict[str, Any], user: str = "abel.tuter", attempt: str = "1", then: str = ""
) -> dict[str, Any]:
    """Run a script of ours with the script include around it, and return what it did."""
    engine = dukpy.JSInterpreter()
    engine.export_function("base64", lambda text: base64.b64encode(text.encode()).decode())
    engine.export_function("mac", mac)
    source = "\n".join((SERVER, script("TriageHint.js"), script(name) if name else "", then, ";log"))
    done: dict[str, Any] = engine.evaljs(
        source, answers=list(answers), user=user, secret=SECRET, sys_id=SYS_ID, attempt=attempt
    )
    return done


def mac(key: str, algorithm: str, data: str) -> str:
    """Do what ServiceNow does: the key comes as Base64, the result goes as Base64."""
    assert algorithm == "HmacSHA256"
    return base64.b64encode(hmac.new(base64.b64decode(key), data.encode(), hashlib.sha256).digest()).decode()


def answer(status: int, retry_after: str = "") -> dict[str, Any]:
    return {"status": status, "retryAfter": retry_after}


def test_a_change_is_told_with_a_signature_that_we_accept() -> None:
    (sent,) = run("on_change.js", answer(202))["sent"]
    headers, body = sent["headers"], sent["body"].encode()
    assert sent["url"] == "https://triage.test/api/v1/webhooks/servicenow"
    assert sent["body"] == f'{{"table":"incident","sys_id":"{SYS_ID}"}}'
    assert headers["X-Triage-Signature"] == signed(SecretStr(SECRET), headers["X-Triage-Timestamp"], body)
    assert abs(int(headers["X-Triage-Timestamp"]) - datetime.now(UTC).timestamp()) < 60


def test_our_own_updates_are_not_told() -> None:
    assert run("on_change.js", user="triage.integration")["sent"] == []


@pytest.mark.parametrize(
    ("status", "retry_after", "seconds"),
    [
        (429, "17", 17),
        (429, "0", 30),
        (429, "soon", 30),
        (429, "", 30),
        (503, "", 30),
        (0, "", 30),
        (429, "99999", 3600),
    ],
)
def test_what_is_throttled_or_lost_is_sent_again_when_it_is_time(
    status: int, retry_after: str, seconds: int
) -> None:
    (again,) = run("on_change.js", answer(status, retry_after))["again"]
    assert again == {"name": "triage.hint.again", "sys_id": SYS_ID, "parm1": "1", "seconds": seconds}


def test_each_further_attempt_waits_longer_and_after_eight_polling_takes_over() -> None:
    waits = []
    for attempt in range(1, 7):
        (again,) = run("on_again.js", answer(503), attempt=str(attempt))["again"]
        waits.append(again["seconds"])
        assert again["parm1"] == str(attempt + 1)
    assert waits == [60, 120, 240, 480, 960, 1920]
    last = run("on_again.js", answer(503), attempt="7")
    assert last["again"] == []
    assert len(last["warnings"]) == 1


@pytest.mark.parametrize("status", [400, 401, 403, 422])
def test_a_hint_that_is_refused_is_said_and_not_repeated(status: int) -> None:
    done = run("on_change.js", answer(status))
    assert (done["again"], len(done["errors"])) == ([], 1)


def test_a_delivered_hint_leaves_nothing_behind() -> None:
    done = run("on_again.js", answer(202))
    assert (done["again"], done["errors"], done["warnings"]) == ([], [], [])


@pytest.mark.parametrize("length", range(4))
def test_base64_becomes_hex_whatever_its_padding(length: int) -> None:
    raw = bytes(range(250, 250 + length))
    then = f"log = new TriageHint().hex('{base64.b64encode(raw).decode()}\\n')"
    assert run("", then=then) == raw.hex()  # type: ignore[comparison-overlap]  # the log is replaced here


def test_the_scripts_tell_no_secret() -> None:
    done = run("on_change.js", answer(500))
    assert SECRET not in str(done)


def test_the_update_set_holds_a_rule_for_each_table_and_everything_it_needs() -> None:
    root = ET.fromstring(update_set(("incident", "sc_req_item"), NOW))
    payloads = [ET.fromstring(entry.findtext("payload", "")) for entry in root.iter("sys_update_xml")]
    by_table = [payload.get("table") for payload in payloads]
    assert sorted(filter(None, by_table)) == [
        "sys_alias",
        "sys_rest_message",
        "sys_rest_message_fn",
        "sys_script",
        "sys_script",
        "sys_script_include",
        "sysevent_register",
        "sysevent_script_action",
    ]
    rules = {payload.findtext("sys_script/collection") for payload in payloads} - {None}
    assert rules == {"incident", "sc_req_item"}
    assert all(payload.findtext("sys_script/when") in {"async", None} for payload in payloads)


def test_each_record_of_the_set_belongs_to_it_and_keeps_its_id() -> None:
    first, later = (update_set(("incident",), NOW.replace(hour=hour)) for hour in (9, 10))
    root = ET.fromstring(first)
    of_set = root.findtext("sys_remote_update_set/sys_id")
    assert {entry.findtext("remote_update_set") for entry in root.iter("sys_update_xml")} == {of_set}
    ids = [
        [entry.findtext("sys_id") for entry in ET.fromstring(text).iter("sys_update_xml")]
        for text in (first, later)
    ]
    assert ids[0] == ids[1]
    assert len(set(ids[0])) == len(ids[0])


def test_the_script_knows_the_alias_of_the_set() -> None:
    alias, include = (one for one in parts(()) if one.table in {"sys_alias", "sys_script_include"})
    assert f"'{alias.sys_id}'" in include.fields["script"]
    assert alias.sys_id == sys_id("sys_alias Triage")
