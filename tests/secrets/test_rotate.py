"""Renewing the client secret: broken off anywhere it goes on, and the service always holds one that opens."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path

import pytest
from pydantic import SecretStr

from actions.errors import OutsideError
from tests.actions.stage import Stage, staged
from triage.audit.events import Event
from triage.sandbox.faults import Rule, arm
from triage.sandbox.records import AppRegistration
from triage.sandbox.registrations import add_secret, credentials, matching_secret
from triage.secrets.rotate import Workshop, look, rotate
from triage.secrets.rotation import KEY_ID, MARK, Kind, Rules

NAME = "triage-client-secret"
RULES = Rules(before=timedelta(days=45), overlap=timedelta(hours=1))


@dataclass
class Shop:
    """The company, the service's secret file, and what was noted."""

    stage: Stage
    file: Path
    noted: list[tuple[Event, dict[str, str]]] = field(default_factory=list)

    @property
    def app(self) -> AppRegistration:
        tenant = self.stage.apps.tenant
        return tenant.apps[credentials(tenant, "service").client_id]

    @property
    def workshop(self) -> Workshop:
        world, time = self.stage.writing, self.stage.time
        return Workshop(
            applications=world.graph.applications,
            vault=world.vault,
            client_id=self.app.client_id,
            secret_name=NAME,
            lifetime=timedelta(days=180),
            rules=RULES,
            accepted=self.opens,
            file=self.file,
            note=self.note,
            clock=time.clock,
            sleep=time.sleep,
        )

    async def opens(self, value: SecretStr) -> bool:
        found = matching_secret(self.app, value.get_secret_value())
        return found is not None and found.start <= self.stage.time.now < found.end

    async def note(self, event: Event, data: Mapping[str, str]) -> None:
        assert set(data) == event.fields
        self.noted.append((event, dict(data)))

    @property
    def held(self) -> SecretStr:
        return SecretStr(self.file.read_text(encoding="utf-8"))

    @property
    def ours(self) -> list[str]:
        """The names of the secrets of the registration."""
        return [one.display_name for one in self.app.secrets]

    async def kinds(self, *, force: bool = False) -> list[Kind]:
        return [one.kind for one in await rotate(self.workshop, force=force)]

    def near_the_end(self) -> None:
        self.app.secrets[0].end = self.stage.time.now + timedelta(days=20)


@pytest.fixture
def shop(tmp_path: Path) -> Shop:
    stage = staged()
    stage.grant(frozenset({"Application.ReadWrite.OwnedBy"}))
    file = tmp_path / "client-secret"
    file.write_text(credentials(stage.apps.tenant, "service").secret, encoding="utf-8")
    made = Shop(stage, file)
    made.near_the_end()
    return made


async def test_a_rotation_adds_proves_switches_waits_and_removes(shop: Shop) -> None:
    assert await shop.kinds() == [Kind.ADD, Kind.PROVE, Kind.WAIT]
    assert shop.ours == ["first", MARK]
    assert await shop.opens(shop.held)
    shop.stage.time.now += RULES.overlap
    assert await shop.kinds() == [Kind.REMOVE, Kind.REST]
    assert shop.ours == [MARK]
    assert await shop.opens(shop.held)
    names = [event for event, _ in shop.noted]
    assert names == [Event.CREDENTIAL_ADDED, Event.CREDENTIAL_SWITCHED, Event.CREDENTIAL_REMOVED]


async def test_the_vault_says_which_credential_it_holds_and_when_it_ends(shop: Shop) -> None:
    await shop.kinds()
    kept = await shop.stage.writing.vault.get(NAME)
    assert kept.value == shop.held
    assert kept.tags[KEY_ID] == shop.app.secrets[-1].key_id
    assert kept.expires == shop.app.secrets[-1].end.replace(microsecond=0)


async def test_nothing_is_done_while_there_is_time(shop: Shop) -> None:
    shop.app.secrets[0].end = shop.stage.time.now + timedelta(days=46)
    assert await shop.kinds() == [Kind.REST]
    assert await shop.kinds(force=True) == [Kind.ADD, Kind.PROVE, Kind.WAIT]


async def test_telling_the_next_step_changes_nothing(shop: Shop) -> None:
    (move,) = await rotate(shop.workshop, dry=True)
    assert (move.kind, shop.ours, shop.noted) == (Kind.ADD, ["first"], [])


async def test_a_secret_that_entra_does_not_know_everywhere_yet_is_waited_for(shop: Shop) -> None:
    refusals = iter([False, True, False, False])

    async def slowly(value: SecretStr) -> bool:
        return next(refusals, True) and await shop.opens(value)

    taken = await rotate(replace(shop.workshop, accepted=slowly))
    assert taken[-1].kind is Kind.WAIT
    assert len(shop.stage.time.slept) >= 4


async def test_a_failed_drill_leaves_the_old_secret_working_and_is_cleared_away(
    shop: Shop,
) -> None:
    async def never(_value: SecretStr) -> bool:
        return False

    before = shop.held
    taken = await rotate(replace(shop.workshop, accepted=never))
    assert [one.kind for one in taken] == [Kind.ADD, Kind.PROVE, Kind.UNACCEPTED]
    assert shop.held == before
    shop.stage.time.now += timedelta(days=1)
    shop.app.secrets[0].end = shop.stage.time.now + timedelta(days=100)
    assert await shop.kinds() == [Kind.DROP, Kind.REST]
    assert shop.ours == ["first"]
    assert await shop.opens(before)


@pytest.mark.parametrize("effect", ["drop_before", "drop_after"])
@pytest.mark.parametrize(
    ("app", "path"),
    [
        ("graph", "addPassword"),
        ("vault", f"{NAME}-next$"),
        ("vault", f"{NAME}$"),
        ("graph", "removePassword"),
    ],
)
async def test_broken_off_at_any_write_it_goes_on_and_the_service_never_loses_its_secret(
    shop: Shop, app: str, path: str, effect: str
) -> None:
    method = "PUT" if app == "vault" else "POST"
    rule = {"app": app, "method": method, "path": path, "effect": effect, "times": 4}
    arm(shop.stage.apps.faults, [Rule.model_validate(rule)])
    broken = 0
    for _ in range(8):
        assert await shop.opens(shop.held)
        try:
            taken = await rotate(shop.workshop)
        except OutsideError:
            broken += 1
            shop.stage.time.now += timedelta(minutes=1)
            continue
        if taken[-1].kind is Kind.REST:
            break
        shop.stage.time.now += RULES.overlap
    assert broken
    assert taken[-1].kind is Kind.REST
    assert shop.ours == [MARK]
    assert (await look(shop.workshop)).held == (await shop.stage.writing.vault.get(NAME)).value


async def test_a_crash_between_vault_and_file_is_healed_before_the_former_secret_goes(shop: Shop) -> None:
    old = shop.file.read_text(encoding="utf-8")
    await shop.kinds()
    shop.file.write_text(old, encoding="utf-8")
    shop.stage.time.now += RULES.overlap
    assert await shop.kinds() == [Kind.HOLD, Kind.REMOVE, Kind.REST]
    assert await shop.opens(shop.held)


async def test_while_a_mounted_file_has_not_followed_the_vault_the_former_secret_stays(
    shop: Shop, tmp_path: Path
) -> None:
    mounted = tmp_path / "away" / "client-secret"
    at = replace(shop.workshop, file=mounted)
    await rotate(at)
    shop.stage.time.now += RULES.overlap
    assert [one.kind for one in await rotate(at)] == [Kind.HOLD, Kind.WAIT]
    assert "first" in shop.ours


async def test_other_peoples_secrets_are_never_touched(shop: Shop) -> None:
    now = shop.stage.time.now
    add_secret(
        shop.stage.apps.tenant, shop.app, "theirs", name="theirs", start=now, end=now + timedelta(days=9)
    )
    await shop.kinds()
    shop.stage.time.now += RULES.overlap
    await shop.kinds()
    assert shop.ours == ["theirs", MARK]


async def test_nothing_noted_or_shown_holds_a_secret(shop: Shop) -> None:
    await shop.kinds()
    told = f"{shop.noted} {await look(shop.workshop)!r} {await rotate(shop.workshop)!r}"
    assert shop.held.get_secret_value() not in told
