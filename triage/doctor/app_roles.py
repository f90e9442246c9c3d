"""Ids of Graph's application permissions and of Azure's built-in roles, the same in every tenant."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

GRAPH_APP: Final = "00000003-0000-0000-c000-000000000000"
"""Application id of Microsoft Graph."""

APP_ROLE_IDS: Final[Mapping[str, str]] = {
    "Application.Read.All": "9a5d68dd-52b0-4cc2-bd40-abcf44ac3a30",
    "Application.ReadWrite.OwnedBy": "18a4783c-866b-4cc7-a460-3d5e5662c884",
    "AuditLog.Read.All": "b0afded3-3588-46d8-8b3d-9842eff778da",
    "BitlockerKey.Read.All": "57f1cf28-c0c4-4ec3-9a30-19a2eaaf2f6e",
    "BitlockerKey.ReadBasic.All": "f690d423-6b29-4d04-98c6-694c42282419",
    "Calendars.Read": "798ee544-9d2d-430c-a058-570e29e34338",
    "Calendars.ReadWrite": "ef54d2bf-783f-4e0f-bca1-3210c0444d99",
    "DeviceLocalCredential.Read.All": "884b599e-4d48-43a5-ba94-15c414d00588",
    "DeviceManagementManagedDevices.PrivilegedOperations.All": "5b07b0dd-2377-4e44-a38d-703f09a0dc3c",
    "DeviceManagementManagedDevices.Read.All": "2f51be20-0bb4-4fed-bf7b-db946066c75e",
    "Domain.Read.All": "dbb9058a-0e50-45d7-ae91-66909b5d4664",
    "GroupMember.Read.All": "98830695-27a2-44f7-8c18-0c3ebc9698f6",
    "GroupMember.ReadWrite.All": "dbaae8cf-10b5-4b86-a4a1-f871c94c6695",
    "LicenseAssignment.Read.All": "e2f98668-2877-4f38-a2f4-8202e0717aa1",
    "LicenseAssignment.ReadWrite.All": "5facf0c1-8979-4e95-abcf-ff3d079771c0",
    "Mail.Send": "b633e1c5-b582-4048-a93e-9f11b44c7e96",
    "MailboxSettings.Read": "40f97065-369a-49f4-947c-6a255697ae91",
    "MailboxSettings.ReadWrite": "6931bccd-447a-43d1-b442-00a195474933",
    "RoleEligibilitySchedule.Read.Directory": "ff278e11-4a33-4d0c-83d2-d01dc58929a5",
    "RoleManagement.Read.Directory": "483bed4a-2ad3-4361-a73b-c83ccdbdc53c",
    "User-Mail.ReadWrite.All": "280d0935-0796-47d1-8d26-273470a3f17a",
    "User-PasswordProfile.ReadWrite.All": "cc117bb9-00cf-4eb8-b580-ea2a878fe8f7",
    "User-Phone.ReadWrite.All": "86ceff06-c822-49ff-989a-d912845ffe69",
    "User.DeleteRestore.All": "eccc023d-eccf-4e7b-9683-8813ab36cecc",
    "User.EnableDisableAccount.All": "3011c876-62b7-4ada-afa2-506cbbecc68c",
    "User.Invite.All": "09850681-111b-4a89-9bed-3f2cae46d706",
    "User.Read.All": "df021288-bdef-4463-88db-98f22de89214",
    "User.ReadWrite.All": "741f803b-c850-494e-b5df-cde7c675a1ca",
    "User.RevokeSessions.All": "77f3a031-c388-4f99-b373-dc68676a979e",
    "UserAuthMethod-Email.ReadWrite.All": "e8ecb853-1435-4a49-95ba-ec5b31b11672",
    "UserAuthMethod-MicrosoftAuthApp.ReadWrite.All": "c833c349-a1ab-4b6d-94a2-fa9a8674420c",
    "UserAuthMethod-Passkey.ReadWrite.All": "0400e371-7db1-4338-a269-96069eb65227",
    "UserAuthMethod-Phone.ReadWrite.All": "6e85d483-7092-4375-babe-0a94a8213a58",
    "UserAuthMethod-SoftwareOATH.ReadWrite.All": "787442d4-3c6e-4e99-aa95-8ccca20a48ff",
    "UserAuthMethod-TAP.ReadWrite.All": "627169a8-8c15-451c-861a-5b80e383de5c",
    "UserAuthMethod-WindowsHello.ReadWrite.All": "f14eee8a-713e-45aa-8223-2ab74632db1a",
    "UserAuthenticationMethod.Read.All": "38d9df27-64da-44fd-b7c5-a6fbac20248f",
    "UserAuthenticationMethod.ReadWrite.All": "50483e42-d915-4231-9639-7fdb7fd190e5",
}
"""Application permission to app-role id (graph.md section 1)."""

AZURE_ROLE_IDS: Final[Mapping[str, str]] = {
    "Automation Job Operator": "4fe576fe-1146-4730-92eb-48519fa6bf9f",
    "Automation Runbook Operator": "5fb5aef8-1081-4b8e-bb16-9d5d0385bab5",
    "Key Vault Secrets Officer": "b86a8fe4-44ce-4948-aee5-eccb2c155cd7",
    "Reader": "acdd72a7-3385-48ef-bd42-f606fba81ae7",
}
"""Built-in Azure role to its definition id (azure-automation.md section 8, key-vault.md)."""
