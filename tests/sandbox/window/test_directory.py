"""People, groups, licences and machines in the window: as they are now, not as they were founded."""

from __future__ import annotations

import httpx

from tests.sandbox.servicenow.company import FREYA, Harborline
from tests.sandbox.window.company_seen import change, id_of, seen
from triage.sandbox.records import Job
from triage.sandbox.tenant import group_by_name, user_by_mail


async def test_a_person_shows_what_an_analyst_must_see(
    company: Harborline, client: httpx.AsyncClient
) -> None:
    user = user_by_mail(company.tenant, FREYA)
    assert user
    sku = next(iter(company.tenant.skus.values()))
    user["accountEnabled"] = False
    user["assignedLicenses"] = [{"skuId": sku.sku_id, "disabledPlans": []}]
    change(company, "directory", (user["id"], "Freya Ramos"), accountEnabled=False)
    company.incident()
    page = await seen(client, f"/people/{user['id']}")
    assert "Disabled" in page.h1.get_text()  # type: ignore[union-attr]
    assert sku.display_name in page.get_text()
    assert page.select_one('a[href="/tickets/INC0010001"]')
    assert "Did it" in page.get_text()


async def test_people_are_found_by_name_licence_or_mark(
    company: Harborline, client: httpx.AsyncClient
) -> None:
    page = await seen(client, "/people?q=anna schmidt")
    assert len(page.select("tbody tr")) == 2
    locked = [account for account in company.tenant.ad.values() if account.locked]
    page = await seen(client, "/people?q=locked in ad")
    synced = [a for a in locked if company.tenant.users[a.user_id]["onPremisesSyncEnabled"]]
    assert len(page.select("tbody tr")) == len(synced) > 0


async def test_two_people_of_one_name_do_not_share_their_tickets(
    company: Harborline, client: httpx.AsyncClient
) -> None:
    company.incident(caller="anna.schmidt@harborline.example")
    for address, tickets in {"anna.schmidt": 1, "anna.schmidt2": 0}.items():
        page = await seen(client, f"/people/{id_of(company, f'{address}@harborline.example')}")
        assert len(page.select('a[href^="/tickets/INC"]')) == tickets


async def test_a_group_shows_its_members_as_they_are_now(
    company: Harborline, client: httpx.AsyncClient
) -> None:
    group = group_by_name(company.tenant, "All Finance")
    assert group
    group.members.append(id_of(company, "hiroshi.larsen@harborline.example"))
    page = await seen(client, f"/groups/{group.properties['id']}")
    assert "Hiroshi Larsen" in [link.get_text() for link in page.select(".many a")]


async def test_seats_are_counted_as_they_are_held(company: Harborline, client: httpx.AsyncClient) -> None:
    page = await seen(client, "/licences")
    full = [row.th.get_text() for row in page.select("tbody tr") if "none" in row.get_text()]  # type: ignore[union-attr]
    assert "Microsoft 365 Copilot" in full
    assert len(page.find_all("meter")) == len(company.tenant.skus)


async def test_machines_show_services_and_jobs_but_no_parameters(
    company: Harborline, client: httpx.AsyncClient
) -> None:
    company.tenant.servers["hl-prn-01"].services["Spooler"].state = "Stopped"
    now = company.clock()
    job = Job(
        "job", "id", "Restart-Service", {"Name": "parameter-value"}, "hamburg", "triage", now, now, "Running"
    )
    company.tenant.jobs["job"] = job
    page = await seen(client, "/machines")
    text = page.get_text(" ", strip=True)
    assert "Spooler Stopped" in text
    assert "Restart-Service hamburg Running" in text
    assert "parameter-value" not in text
