"""The properties a user has in Graph: which there are, and which are shown without `$select`."""

from __future__ import annotations

from triage.sandbox.graph.pages import Kind

USER_DEFAULT = (
    *(
        "id",
        "businessPhones",
        "displayName",
        "givenName",
        "jobTitle",
        "mail",
        "mobilePhone",
        "officeLocation",
    ),
    *("preferredLanguage", "surname", "userPrincipalName"),
)
_MORE = (
    *(
        "accountEnabled",
        "userType",
        "department",
        "companyName",
        "employeeId",
        "usageLocation",
        "mailNickname",
    ),
    *("onPremisesSyncEnabled", "onPremisesImmutableId", "onPremisesSamAccountName", "onPremisesDomainName"),
    *("onPremisesDistinguishedName", "onPremisesLastSyncDateTime", "proxyAddresses", "otherMails"),
    *("assignedLicenses", "licenseAssignmentStates", "assignedPlans", "createdDateTime", "passwordProfile"),
    *("lastPasswordChangeDateTime", "signInSessionsValidFromDateTime", "isManagementRestricted"),
    "signInActivity",
)
USER = Kind("users", frozenset((*USER_DEFAULT, *_MORE)), USER_DEFAULT, frozenset({"manager"}))
USER_TYPE = {"@odata.type": "#microsoft.graph.user"}
