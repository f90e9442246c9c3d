"""What a site tells us that Entra cannot: protected people, sensitive groups, servers, shares, words."""

from __future__ import annotations

from datetime import datetime
from fnmatch import fnmatchcase
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import Field, field_validator

from actions.vocabulary import Frozen
from triage.domain.hours import Freeze, WorkingHours


class Server(Frozen):
    """A server whose services may be restarted: only names in `services` are allowed; tier 0 never is."""

    name: str
    services: tuple[str, ...]
    worker_group: str
    tier0: bool = False


class Share(Frozen):
    """A file share, its two groups and the department that owns the data."""

    path: str
    read_group: str
    write_group: str
    owner: str
    sensitive: bool = False


class Mailbox(Frozen):
    """A shared mailbox and where it lives: cloud or onprem."""

    address: str
    display_name: str
    location: str = "cloud"


class ForeignSystem(Frozen):
    """A system outside this tenant's Microsoft 365, Windows and Active Directory, and who owns it."""

    name: str
    aliases: tuple[str, ...] = ()
    team: str = ""


class Site(Frozen):
    """One company's own facts, read from the file in `TRIAGE_SITE_FILE` (YAML).

    People are named by UPN, service accounts by patterns on the UPN (`svc-*`); groups by display name.
    `own_identities` are the accounts of this service, its runners and its approvers; `sensitive_departments`
    and `sensitive_titles` (patterns) name those whose accounts are worth an attack (IT, security, payroll,
    assistants). `time_zone` (IANA) is the one in which a day begins and ends. `aliases` maps a kind (license,
    group, mailbox, share, server, service) to casual words for a real name. With `working_hours`, credentials
    change by themselves only while the person works; in a freeze nothing does; labels in `shadow` are
    decided, shown, and left to people until they have proved themselves. `newcomer_groups` maps a department
    (`*`: all) to the groups somebody new is put into; sensitive ones and those of tier 0 are left out.
    `license_prices` says what a seat costs, by part number and in words of the site's own ("EUR 20.60 a
    month"), so that a saving can be told.
    """

    organization: str
    domains: tuple[str, ...]
    tenant_id: str
    time_zone: str = "UTC"
    working_hours: WorkingHours | None = None
    freezes: tuple[Freeze, ...] = ()
    shadow: frozenset[str] = frozenset()
    break_glass: tuple[str, ...] = ()
    service_accounts: tuple[str, ...] = ("svc-*", "svc_*", "sync_*")
    protected: tuple[str, ...] = ()
    own_identities: tuple[str, ...] = ()
    vip: tuple[str, ...] = ()
    sensitive_departments: tuple[str, ...] = ("IT Operations", "Executive")
    sensitive_titles: tuple[str, ...] = ("*payroll*", "*security*", "*identity*", "executive assistant*")
    hr_departments: tuple[str, ...] = ("Human Resources",)
    it_departments: tuple[str, ...] = ("IT Operations",)
    newcomer_groups: dict[str, tuple[str, ...]] = Field(default_factory=dict)
    sensitive_groups: tuple[str, ...] = ()
    tier0_groups: tuple[str, ...] = ()
    base_licenses: tuple[str, ...] = ("SPE_E3", "SPE_E5", "SPE_F1", "ENTERPRISEPACK", "ENTERPRISEPREMIUM")
    license_names: dict[str, str] = Field(default_factory=dict)
    license_prices: dict[str, str] = Field(default_factory=dict)
    servers: tuple[Server, ...] = ()
    shares: tuple[Share, ...] = ()
    mailboxes: tuple[Mailbox, ...] = ()
    foreign_systems: tuple[ForeignSystem, ...] = ()
    aliases: dict[str, dict[str, tuple[str, ...]]] = Field(default_factory=dict)

    def is_off_hours(self, now: datetime, office: str) -> bool:
        """Whether people of this office do not work at `now` (aware); never without working hours."""
        return self.working_hours is not None and not self.working_hours.at_work(now, office, self.time_zone)

    def is_frozen(self, now: datetime) -> bool:
        """Whether a freeze is on at `now` (aware)."""
        return any(freeze.holds(now) for freeze in self.freezes)

    @field_validator("time_zone")
    @classmethod
    def _known_zone(cls, name: str) -> str:
        """Refuse a zone that this machine does not know."""
        try:
            ZoneInfo(name)
        except (ZoneInfoNotFoundError, ValueError):
            raise ValueError(f"{name!r} is no IANA time zone, such as Europe/Berlin") from None
        return name

    def is_service_account(self, upn: str) -> bool:
        """Whether `upn` matches one of the service-account patterns (case is ignored)."""
        local = upn.casefold()
        return any(
            fnmatchcase(local, pattern.casefold()) or fnmatchcase(local, f"{pattern.casefold()}@*")
            for pattern in self.service_accounts
        )

    def is_sensitive(self, department: str, job_title: str) -> bool:
        """Whether somebody of this department and job title is worth an attack (case is ignored)."""
        title = job_title.casefold()
        return department.casefold() in {name.casefold() for name in self.sensitive_departments} or any(
            fnmatchcase(title, pattern.casefold()) for pattern in self.sensitive_titles
        )
