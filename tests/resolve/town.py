"""A small company with the names that make resolving hard, and tickets of its people."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime

from triage.domain.request import Request
from triage.domain.site import ForeignSystem, Mailbox, Server, Share, Site
from triage.domain.ticket import Comment, Ticket
from triage.playbooks.load import load_playbooks
from triage.resolve import resolve
from triage.resolve.directory import Directory, directory_of

OPENED = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
"""A Tuesday."""
PLAYBOOKS = load_playbooks()

SITE = Site(
    organization="Quay",
    tenant_id="4e1f2a55-6c1b-4d1e-9a53-1f0b8c7d2e10",
    domains=("quay.example", "quay.onmicrosoft.com"),
    mailboxes=(
        Mailbox(address="finance-inbox@quay.example", display_name="Finance Inbox"),
        Mailbox(address="reception@quay.example", display_name="Reception"),
    ),
    shares=(
        Share(
            path="\\\\FS01\\Finance",
            read_group="g6",
            write_group="SG-FS-Finance-RW",
            owner="obrandt@quay.example",
        ),
        Share(path="\\\\FS01\\Marketing", read_group="g7", write_group="g8", owner="rkonig@quay.example"),
    ),
    servers=(
        Server(name="QY-PRINT01", services=("Spooler",), worker_group="print"),
        Server(name="QY-APP02", services=("W3SVC", "ReportRunner"), worker_group="apps"),
    ),
    hr_departments=("Human Resources",),
    it_departments=("IT Operations",),
    license_names={
        "VISIO_PLAN2_DEPT": "Visio Plan 2",
        "VISIO_PLAN1_DEPT": "Visio Plan 1",
        "POWER_BI_PRO": "Power BI Pro",
        "SPE_E5": "Microsoft 365 E5",
    },
    aliases={"group": {"Project Lighthouse": ("the harbour crew",)}},
    foreign_systems=(ForeignSystem(name="CargoTrack", team="Logistics IT", aliases=("the cargo portal",)),),
)

_PEOPLE = (
    # given, surname, department, manager's account, title
    ("Greta", "Lindqvist", "Executive", "", "Chief Executive Officer"),
    ("Ole", "Brandt", "Finance", "glindqvist", "Head of Finance"),
    ("Anna", "Schmidt", "Finance", "obrandt", "Accountant"),
    ("Jürgen", "Müller", "Finance", "obrandt", "Controller"),
    ("Zoë", "O'Brien", "Finance", "obrandt", "AP Clerk"),
    ("Paula", "Vieira da Cunha", "Sales", "rkonig", "Account Manager"),
    ("Rosa", "König", "Sales", "glindqvist", "Head of Sales"),
    ("Anna", "Schmidt", "Sales", "rkonig", "Sales Assistant"),
    ("Łukasz", "Wójcik", "Sales", "rkonig", "Account Manager"),
    ("Peter", "Novák", "Sales", "rkonig", "Account Manager"),
    ("Peter", "Hoffmann", "IT Operations", "glindqvist", "System Administrator"),
    ("Hanna", "Berg", "Human Resources", "glindqvist", "HR Manager"),
    ("Will", "Baker", "Human Resources", "hberg", "Recruiter"),
)


def _account(given: str, surname: str) -> str:
    letters = {"ü": "u", "ö": "o", "ë": "e", "á": "a", "ł": "l", "ó": "o", "'": "", " ": ""}
    return "".join(letters.get(sign, sign) for sign in f"{given[0]}{surname}".lower())


def town() -> Directory:
    """Return the names of the company; of the two Anna Schmidts the second has a 2 behind her account."""
    users: list[dict[str, object]] = []
    taken: dict[str, str] = {}
    for number, (given, surname, department, chief, title) in enumerate(_PEOPLE, 1):
        account = _account(given, surname)
        account = f"{account}2" if account in taken else account
        taken[account] = f"id-{account}"
        users.append(
            {
                "id": f"id-{account}",
                "userPrincipalName": f"{account}@quay.example",
                "mail": f"{account}@quay.example",
                "displayName": f"{given} {surname}",
                "givenName": given,
                "surname": surname,
                "department": department,
                "jobTitle": title,
                "employeeId": f"Q{1000 + number}",
                "onPremisesSamAccountName": account,
                "manager": taken.get(chief, f"id-{chief}" if chief else ""),
                "userType": "Member",
                "accountEnabled": True,
            }
        )
    return directory_of(users, _groups(), _skus(), _devices(), SITE)


def _groups() -> list[dict[str, object]]:
    security = {"groupTypes": [], "mailEnabled": False, "securityEnabled": True, "mail": None}
    unified = {"groupTypes": ["Unified"], "mailEnabled": True, "securityEnabled": False}
    listed = {"groupTypes": [], "mailEnabled": True, "securityEnabled": False}
    return [
        {"id": "g1", "displayName": "SG-VPN-Users", **security},
        {
            "id": "g2",
            "displayName": "Project Lighthouse",
            "mail": "project-lighthouse@quay.example",
            **unified,
        },
        {"id": "g3", "displayName": "All Finance", "mail": "all-finance@quay.example", **listed},
        {"id": "g4", "displayName": "SG-FS-Finance-RW", **security},
        {"id": "g5", "displayName": "Works Council", "mail": "works-council@quay.example", **unified},
    ]


def _skus() -> list[dict[str, object]]:
    return [{"skuId": f"sku-{name}", "skuPartNumber": name} for name in SITE.license_names]


def _devices() -> list[dict[str, object]]:
    return [
        {
            "id": "d1",
            "deviceName": "QY-LT-0042",
            "userPrincipalName": "aschmidt@quay.example",
            "operatingSystem": "Windows",
        }
    ]


TOWN = town()


def ticket(
    subject: str,
    body: str = "",
    *,
    caller: str = "jmuller",
    fields: Mapping[str, str] | None = None,
    answers: tuple[str, ...] = (),
) -> Ticket:
    """Return a ticket opened on Tuesday, 24 November 2026, by the holder of an account."""
    return Ticket(
        source="test",
        sys_id="1",
        caller_id=f"{caller}@quay.example" if caller else "",
        opened_at=OPENED,
        short_description=subject,
        description=body,
        variables=dict(fields or {}),
        comments=tuple(Comment(text=text, at=OPENED, by_caller=True) for text in answers),
    )


def asked(label: str, asking: Ticket, site: Site = SITE) -> Request:
    """Resolve a ticket of a label against the company."""
    return resolve(asking, label, PLAYBOOKS[label], TOWN, site)


def value(request: Request, name: str) -> str | tuple[str, ...] | None:
    """Return what a parameter was resolved to: of people only the account; `None` when it was not."""
    found = request.parameters.get(name)
    if found is None:
        return None
    short = tuple(one.removesuffix("@quay.example") for one in found.values)
    return short[0] if len(short) == 1 else short
