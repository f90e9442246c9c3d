"""Microsoft's own client of Graph works with groups, licences, mailboxes, devices and registrations."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from msgraph.generated.applications.item.add_password.add_password_post_request_body import (
    AddPasswordPostRequestBody,
)
from msgraph.generated.applications.item.remove_password.remove_password_post_request_body import (
    RemovePasswordPostRequestBody,
)
from msgraph.generated.models.assigned_license import AssignedLicense
from msgraph.generated.models.automatic_replies_setting import AutomaticRepliesSetting
from msgraph.generated.models.automatic_replies_status import AutomaticRepliesStatus
from msgraph.generated.models.body_type import BodyType
from msgraph.generated.models.calendar_permission import CalendarPermission
from msgraph.generated.models.calendar_role_type import CalendarRoleType
from msgraph.generated.models.email_address import EmailAddress
from msgraph.generated.models.item_body import ItemBody
from msgraph.generated.models.mailbox_settings import MailboxSettings
from msgraph.generated.models.message import Message
from msgraph.generated.models.password_credential import PasswordCredential
from msgraph.generated.models.recipient import Recipient
from msgraph.generated.models.reference_create import ReferenceCreate
from msgraph.generated.models.temporary_access_pass_authentication_method import (
    TemporaryAccessPassAuthenticationMethod,
)
from msgraph.generated.users.item.assign_license.assign_license_post_request_body import (
    AssignLicensePostRequestBody,
)
from msgraph.generated.users.item.send_mail.send_mail_post_request_body import SendMailPostRequestBody

from tests.contract.asking import asking
from tests.contract.proofs import proves
from triage.sandbox.records import AppRegistration, Group, Json
from triage.sandbox.server import Sandbox

CLIENT = "msgraph-sdk"
Fresh = Callable[[], Json]


def cloud_group(sandbox: Sandbox) -> Group:
    return next(
        group
        for group in sandbox.apps.tenant.groups.values()
        if not group.properties["onPremisesSyncEnabled"]
        and not group.properties["isAssignableToRole"]
        and not group.properties["mailEnabled"]
        and not group.properties["groupTypes"]
        and group.owners
    )


@proves("groups.get", "groups.named", "groups.everything", "groups.owners", "groups.members")
async def test_it_reads_groups_and_who_is_in_them(graph: Any, sandbox: Sandbox) -> None:
    known = cloud_group(sandbox).properties
    builder = graph.groups.by_group_id(known["id"])
    group = await builder.get()
    assert (group.display_name, group.security_enabled) == (known["displayName"], True)
    where = {"filter": f"displayName eq '{known['displayName']}'"}
    assert [one.id for one in (await graph.groups.get(asking(graph.groups, where))).value] == [known["id"]]
    page = await graph.groups.get(asking(graph.groups, {"top": 5, "count": True}, eventual=True))
    assert page.odata_count == len(sandbox.apps.tenant.groups)
    second = await graph.groups.with_url(page.odata_next_link).get()
    assert {group.id for group in page.value}.isdisjoint(group.id for group in second.value)
    for cast in (builder.members.graph_user, builder.owners.graph_user):
        people = await cast.get(asking(cast, {"count": True, "select": ["id", "mail"]}, eventual=True))
        assert people.odata_count == len(people.value) > 0


@proves("groups.add_member", "groups.remove_member")
async def test_it_adds_and_removes_a_member(graph: Any, sandbox: Sandbox, fresh: Fresh) -> None:
    group, person = cloud_group(sandbox), fresh()
    builder = graph.groups.by_group_id(group.properties["id"]).members
    link = f"https://graph.microsoft.com/v1.0/directoryObjects/{person['id']}"
    if person["id"] in group.members:
        await builder.by_directory_object_id(person["id"]).ref.delete()
    await builder.ref.post(ReferenceCreate(odata_id=link))
    assert person["id"] in group.members
    await builder.by_directory_object_id(person["id"]).ref.delete()
    assert person["id"] not in group.members


@proves("licenses.skus", "licenses.of_user", "licenses.give", "licenses.take")
@proves("licenses.give_all", "licenses.take_all")
async def test_it_gives_and_takes_a_licence(graph: Any, fresh: Fresh) -> None:
    person = fresh()
    builder = graph.users.by_user_id(person["id"])
    held = {str(one.sku_id) for one in (await builder.license_details.get()).value}
    sku = next(
        one
        for one in (await graph.subscribed_skus.get()).value
        if str(one.sku_id) not in held and one.prepaid_units.enabled > one.consumed_units
    )
    given = AssignedLicense(sku_id=UUID(str(sku.sku_id)), disabled_plans=[])
    user = await builder.assign_license.post(
        AssignLicensePostRequestBody(add_licenses=[given], remove_licenses=[])
    )
    assert user.id == person["id"]
    assert str(sku.sku_id) in {one["skuId"] for one in person["assignedLicenses"]}
    await builder.assign_license.post(
        AssignLicensePostRequestBody(add_licenses=[], remove_licenses=[sku.sku_id])
    )
    assert {one["skuId"] for one in person["assignedLicenses"]} == held


@proves("licenses.holders", "groups.with_license")
async def test_it_finds_who_holds_a_licence_and_which_groups_give_it(
    graph: Any, sandbox: Sandbox, fresh: Fresh
) -> None:
    person = fresh()
    sku = person["assignedLicenses"][0]["skuId"]
    held = f"assignedLicenses/any(l:l/skuId eq {sku})"
    chosen = {"filter": held, "select": ["id", "assignedLicenses", "signInActivity"], "top": 999}
    people = (await graph.users.get(asking(graph.users, chosen))).value
    groups = (await graph.groups.get(asking(graph.groups, {"filter": held}))).value
    tenant = sandbox.apps.tenant
    assert person["id"] in {one.id for one in people}
    assert all(UUID(sku) in {one.sku_id for one in user.assigned_licenses} for user in people)
    giving = {
        group_id
        for group_id, group in tenant.groups.items()
        if sku in {one["skuId"] for one in group.properties["assignedLicenses"]}
    }
    assert {one.id for one in groups} == giving


@proves("mailboxes.automatic_replies", "mailboxes.set_automatic_replies")
async def test_it_reads_and_sets_automatic_replies(graph: Any, fresh: Fresh) -> None:
    builder = graph.users.by_user_id(fresh()["id"]).mailbox_settings
    before = (await builder.get()).automatic_replies_setting
    assert before.status is AutomaticRepliesStatus.Disabled
    wanted = AutomaticRepliesSetting(
        status=AutomaticRepliesStatus.AlwaysEnabled, internal_reply_message="I am away."
    )
    after = await builder.patch(MailboxSettings(automatic_replies_setting=wanted))
    assert after.automatic_replies_setting.status is AutomaticRepliesStatus.AlwaysEnabled
    assert "I am away." in after.automatic_replies_setting.internal_reply_message


@proves("calendars.permissions", "calendars.grant", "calendars.set_role", "calendars.withdraw")
async def test_it_shares_a_calendar(graph: Any, fresh: Fresh) -> None:
    owner, guest = fresh(), fresh()
    builder = graph.users.by_user_id(owner["id"]).calendar.calendar_permissions
    made = await builder.post(
        CalendarPermission(
            email_address=EmailAddress(address=guest["mail"], name=guest["displayName"]),
            role=CalendarRoleType.Read,
            is_inside_organization=True,
            is_removable=True,
        )
    )
    one = builder.by_calendar_permission_id(made.id)
    assert (await one.patch(CalendarPermission(role=CalendarRoleType.Write))).role is CalendarRoleType.Write
    assert made.id in {shared.id for shared in (await builder.get()).value}
    await one.delete()
    assert made.id not in {shared.id for shared in (await builder.get()).value}


@proves("mail.send")
async def test_it_sends_mail(graph: Any, sandbox: Sandbox, fresh: Fresh) -> None:
    sender, receiver = fresh(), fresh()
    message = Message(
        subject="From the client",
        body=ItemBody(content_type=BodyType.Text, content="Hello."),
        to_recipients=[Recipient(email_address=EmailAddress(address=receiver["mail"]))],
    )
    body = SendMailPostRequestBody(message=message, save_to_sent_items=False)
    assert await graph.users.by_user_id(sender["id"]).send_mail.post(body) is None
    assert (sender["mail"], (receiver["mail"],)) in {(m.sender, m.to) for m in sandbox.apps.tenant.outbox}


@proves("audits.since", "audits.of_object")
async def test_it_reads_the_audit_log(graph: Any, fresh: Fresh) -> None:
    person = fresh()
    await graph.users.by_user_id(person["id"]).revoke_sign_in_sessions.post()
    builder = graph.audit_logs.directory_audits
    since = (datetime.now(UTC) - timedelta(minutes=5)).strftime("%Y-%m-%dT%H:%M:%SZ")
    where = f"activityDateTime ge {since} and targetResources/any(t:t/id eq '{person['id']}')"
    [entry] = (await builder.get(asking(builder, {"filter": where}))).value
    assert entry.initiated_by.app.display_name == "Ticket triage"
    assert entry.target_resources[0].id == person["id"]


@proves("applications.registration", "applications.add_secret", "applications.remove_secret")
async def test_it_adds_and_removes_a_secret_of_our_app(graph: Any, service: AppRegistration) -> None:
    known = graph.applications_with_app_id(service.client_id)
    names = {"select": ["id", "appId", "displayName", "passwordCredentials", "keyCredentials"]}
    application = await known.get(asking(known, names))
    builder = graph.applications.by_application_id(application.id)
    wanted = PasswordCredential(display_name="proof", end_date_time=datetime.now(UTC) + timedelta(days=1))
    made = await builder.add_password.post(AddPasswordPostRequestBody(password_credential=wanted))
    assert made.secret_text
    again = (await known.get(asking(known, names))).password_credentials
    assert {(one.display_name, one.secret_text) for one in again} >= {("proof", None)}
    await builder.remove_password.post(RemovePasswordPostRequestBody(key_id=made.key_id))
    assert str(made.key_id) not in {secret.key_id for secret in service.secrets}


@proves("passes.of_user", "passes.issue", "passes.delete")
async def test_it_issues_an_access_pass(graph: Any, fresh: Fresh) -> None:
    builder = graph.users.by_user_id(fresh()["id"]).authentication.temporary_access_pass_methods
    wanted = TemporaryAccessPassAuthenticationMethod(lifetime_in_minutes=60, is_usable_once=True)
    made = await builder.post(wanted)
    [held] = (await builder.get()).value
    assert made.temporary_access_pass
    assert (held.id, held.temporary_access_pass, held.is_usable) == (made.id, None, True)
    await builder.by_temporary_access_pass_authentication_method_id(made.id).delete()


@proves("devices.everything")
async def test_it_pages_through_devices(graph: Any, sandbox: Sandbox) -> None:
    builder = graph.device_management.managed_devices
    page = await builder.get(asking(builder, {"top": 40, "select": ["id", "deviceName"]}))
    found = [one.id for one in page.value]
    while page.odata_next_link:
        page = await builder.with_url(page.odata_next_link).get()
        found += [one.id for one in page.value]
    assert sorted(found) == sorted(sandbox.apps.tenant.devices)


@proves("devices.of_user", "devices.get", "devices.ask")
async def test_it_finds_and_locks_a_device(graph: Any, sandbox: Sandbox) -> None:
    known = next(d for d in sandbox.apps.tenant.devices.values() if d["isEncrypted"] and d["userId"])
    builder = graph.device_management.managed_devices
    where = {"filter": f"userPrincipalName eq '{known['userPrincipalName']}'"}
    assert known["id"] in {one.id for one in (await builder.get(asking(builder, where))).value}
    one = builder.by_managed_device_id(known["id"])
    await one.remote_lock.post()
    assert (await one.get()).device_action_results[0].action_name == "remoteLock"


@proves("devices.recovery_keys", "devices.recovery_key")
async def test_it_reads_a_recovery_key(graph: Any, sandbox: Sandbox) -> None:
    known = next(d for d in sandbox.apps.tenant.devices.values() if d["isEncrypted"])
    builder = graph.information_protection.bitlocker.recovery_keys
    where = {"filter": f"deviceId eq '{known['azureADDeviceId']}'"}
    [found] = (await builder.get(asking(builder, where))).value
    one = builder.by_bitlocker_recovery_key_id(found.id)
    assert found.key is None
    assert (await one.get(asking(one, {"select": ["key"]}))).key.count("-") == 7


@proves("mailboxes.inbox_rules")
async def test_it_lists_inbox_rules(graph: Any, fresh: Fresh) -> None:
    folder = graph.users.by_user_id(fresh()["id"]).mail_folders.by_mail_folder_id("inbox")
    assert (await folder.message_rules.get()).value is not None


async def test_it_reads_sign_ins_and_registered_factors(graph: Any, fresh: Fresh) -> None:
    person, builder = fresh(), graph.audit_logs.sign_ins
    where = {"filter": f"userId eq '{person['id']}'"}
    [entry] = (await builder.get(asking(builder, where))).value
    details = graph.reports.authentication_methods.user_registration_details
    detail = await details.by_user_registration_details_id(person["id"]).get()
    assert entry.user_principal_name == person["userPrincipalName"]
    assert (detail.is_admin, detail.is_mfa_registered) == (False, True)
