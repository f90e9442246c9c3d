"""What Graph tells, as frozen values: only the fields we use, each checked on entry."""

from __future__ import annotations

from typing import Any, Self

from pydantic import AliasGenerator, AwareDatetime, BaseModel, ConfigDict, ValidationError, model_validator
from pydantic.alias_generators import to_camel

from actions.errors import Unreachable


class Read(BaseModel):
    """Base of what is read from Graph: frozen, camelCase outside, unknown fields left out."""

    model_config = ConfigDict(
        frozen=True,
        extra="ignore",
        alias_generator=AliasGenerator(validation_alias=to_camel),
        validate_by_name=True,
        validate_by_alias=True,
    )

    @model_validator(mode="before")
    @classmethod
    def _null_is_absent(cls, data: Any) -> Any:
        if isinstance(data, dict):
            return {name: value for name, value in data.items() if value is not None}
        return data

    @classmethod
    def of(cls, data: Any) -> Self:
        """Read what Graph sent.

        Raises:
            Unreachable: it is not of the documented shape.
        """
        try:
            return cls.model_validate(data)
        except ValidationError as error:
            places = sorted({".".join(str(part) for part in one["loc"]) for one in error.errors()})
            raise Unreachable(
                f"Microsoft Graph sent a {cls.__name__} of an unexpected shape ({', '.join(places)}).",
                hint="If that lasts, the API changed: report it with the name of the field.",
            ) from None

    @classmethod
    def fields(cls) -> tuple[str, ...]:
        """Graph's names of the fields, for `$select`."""
        return tuple(str(field.validation_alias) for field in cls.model_fields.values())


class AssignedLicense(Read):
    """A licence on a user with the service plans switched off."""

    sku_id: str
    disabled_plans: tuple[str, ...] = ()


class LicenseState(Read):
    """How a licence came to a user: directly (`assigned_by_group` is `None`) or through a group."""

    sku_id: str
    assigned_by_group: str | None = None
    state: str = ""
    error: str | None = None
    disabled_plans: tuple[str, ...] = ()


class DirectoryUser(Read):
    """A user as the directory snapshot holds them; `None` means that Graph has no value."""

    id: str
    display_name: str | None = None
    given_name: str | None = None
    surname: str | None = None
    mail: str | None = None
    user_principal_name: str = ""
    employee_id: str | None = None
    department: str | None = None
    job_title: str | None = None
    office_location: str | None = None
    on_premises_sam_account_name: str | None = None
    on_premises_sync_enabled: bool | None = None
    account_enabled: bool | None = None
    user_type: str | None = None


class Reference(Read):
    """Another object, by its id."""

    id: str


class ListedUser(DirectoryUser):
    """A user in a list: with all addresses and whom they report to."""

    proxy_addresses: tuple[str, ...] = ()
    manager: Reference | None = None

    @classmethod
    def fields(cls) -> tuple[str, ...]:
        """Graph's names of the fields, for `$select`; the manager is expanded, not selected."""
        return tuple(name for name in super().fields() if name != "manager")


class User(DirectoryUser):
    """A user with what actions and enrichment need besides."""

    usage_location: str | None = None
    created_date_time: AwareDatetime | None = None
    mobile_phone: str | None = None
    other_mails: tuple[str, ...] = ()
    is_management_restricted: bool | None = None
    last_password_change_date_time: AwareDatetime | None = None
    sign_in_sessions_valid_from_date_time: AwareDatetime | None = None
    assigned_licenses: tuple[AssignedLicense, ...] = ()
    license_assignment_states: tuple[LicenseState, ...] = ()

    @property
    def synced(self) -> bool:
        """Whether the account is mastered in an on-premises Active Directory."""
        return self.on_premises_sync_enabled is True

    @property
    def guest(self) -> bool:
        """Whether it is a guest; anything but a plain member counts as one."""
        return self.user_type != "Member"


class SignIn(Read):
    """When somebody last signed in; absent for those who never did. Lags by hours."""

    last_successful_sign_in_date_time: AwareDatetime | None = None
    last_sign_in_date_time: AwareDatetime | None = None


class LicenseHolder(Read):
    """An account that holds some licence, with what tells whether it is used."""

    id: str
    display_name: str | None = None
    user_principal_name: str = ""
    account_enabled: bool | None = None
    user_type: str | None = None
    created_date_time: AwareDatetime | None = None
    license_assignment_states: tuple[LicenseState, ...] = ()
    sign_in_activity: SignIn = SignIn()

    @property
    def last_sign_in(self) -> AwareDatetime | None:
        """The last successful sign-in, where that is not told the last one tried; `None` for never."""
        seen = self.sign_in_activity
        return seen.last_successful_sign_in_date_time or seen.last_sign_in_date_time


class Group(Read):
    """A group; a field that our rights do not show is `None`."""

    id: str
    display_name: str | None = None
    mail: str | None = None
    group_types: tuple[str, ...] | None = None
    mail_enabled: bool | None = None
    security_enabled: bool | None = None
    on_premises_sync_enabled: bool | None = None
    on_premises_security_identifier: str | None = None
    is_assignable_to_role: bool | None = None
    assigned_licenses: tuple[AssignedLicense, ...] = ()

    @property
    def dynamic(self) -> bool:
        """Whether membership follows from a rule."""
        return "DynamicMembership" in (self.group_types or ())

    @property
    def synced(self) -> bool:
        """Whether the group is mastered in an on-premises Active Directory."""
        return self.on_premises_sync_enabled is True

    @property
    def kind(self) -> str:
        """`microsoft365`, `mailsecurity`, `distribution` or `security` (graph.md section 7)."""
        if "Unified" in (self.group_types or ()):
            return "microsoft365"
        if self.mail_enabled:
            return "mailsecurity" if self.security_enabled else "distribution"
        return "security"


class Units(Read):
    """Bought seats by state."""

    enabled: int = 0
    warning: int = 0


class ServicePlan(Read):
    """A service that a licence brings."""

    service_plan_id: str
    service_plan_name: str = ""


class Sku(Read):
    """A licence the tenant bought."""

    sku_id: str
    sku_part_number: str
    capability_status: str = ""
    applies_to: str = ""
    consumed_units: int = 0
    prepaid_units: Units = Units()
    service_plans: tuple[ServicePlan, ...] = ()

    @property
    def free(self) -> int:
        """Seats that can still be assigned, 0 or more (graph.md section 3, row SKUs)."""
        if self.capability_status not in {"Enabled", "Warning"} or self.applies_to != "User":
            return 0
        return max(0, self.prepaid_units.enabled + self.prepaid_units.warning - self.consumed_units)


class LicenseDetail(Read):
    """A licence a user holds, by name."""

    sku_id: str
    sku_part_number: str
