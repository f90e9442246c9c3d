"""The 22 labels a ticket can carry: 21 things the service may do, and `other` for everything else."""

from typing import Final

OTHER: Final = "other"

ACTIONABLE: Final[tuple[str, ...]] = (
    "password_reset",
    "account_unlock",
    "mfa_reset",
    "account_compromised",
    "user_onboarding",
    "user_offboarding",
    "guest_invite",
    "profile_update",
    "license_assign",
    "license_remove",
    "group_add_member",
    "group_remove_member",
    "mailbox_permission_grant",
    "mailbox_permission_revoke",
    "shared_mailbox_create",
    "automatic_replies",
    "calendar_permission",
    "service_restart",
    "file_share_access",
    "device_lost",
    "bitlocker_recovery",
)

LABELS: Final[tuple[str, ...]] = (*ACTIONABLE, OTHER)
