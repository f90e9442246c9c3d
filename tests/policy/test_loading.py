"""A rule that is none is refused with its place, and a site can only tighten."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.policy.conftest import ask
from triage.domain.decision import ApproverRole, Verdict
from triage.errors import NotConfigured
from triage.policy.decide import Policy

Site = Callable[[str], Path]

FORBID = """
@id("site.sales_freeze")
@sentence("Sales is frozen.")
forbid (principal, action == Triage::Action::"{action}", resource)
when {{ context.target.department == "Sales" }};
"""


def test_a_site_can_let_people_decide_what_ran_by_itself(site: Site) -> None:
    policy = Policy.load(site(FORBID.format(action="AutoExecute")))
    ruling = policy.rule(ask("license_assign"))
    assert ruling.verdict is Verdict.REVIEW
    assert [rule.id for rule in ruling.rules] == ["site.sales_freeze"]


def test_a_site_can_block_what_ran_by_itself(site: Site) -> None:
    """A rule on Offer alone is heard although it says nothing on AutoExecute."""
    ruling = Policy.load(site(FORBID.format(action="Offer"))).rule(ask("license_assign"))
    assert ruling.verdict is Verdict.BLOCKED
    assert [rule.id for rule in ruling.rules] == ["site.sales_freeze"]


def test_a_rule_that_names_no_action_speaks_on_all(site: Site) -> None:
    rules = '@id("site.stop") @sentence("Nothing goes.") forbid (principal, action, resource);'
    assert Policy.load(site(rules)).rule(ask("license_assign")).verdict is Verdict.BLOCKED


def test_a_site_can_raise_who_has_to_agree(site: Site) -> None:
    rule = FORBID.format(action="AutoExecute").replace(
        "forbid", '@tier("3") @role("security") @approvals("3")\nforbid'
    )
    ruling = Policy.load(site(rule)).rule(ask("license_assign"))
    assert (ruling.tier, ruling.approvals.count, ruling.approvals.role) == (3, 3, ApproverRole.SECURITY)


@pytest.mark.parametrize(
    ("rule", "said"),
    [
        ('@id("site.x") @sentence("x") permit (principal, action, resource);', "may only forbid"),
        (FORBID.format(action="AutoExecute").replace("department", "departmnt"), "departmnt"),
        ('@id("guard.vip") @sentence("x") forbid (principal, action, resource);', "used twice"),
        ('@sentence("x") forbid (principal, action, resource);', "lacks its @id"),
        ('@id("site.x") forbid (principal, action, resource);', "lacks its @id"),
        ('@id("site.x") @sentence("x") @teir("3") forbid (principal, action, resource);', "@teir"),
        ('@id("site.x") @sentence("x") @role("king") forbid (principal, action, resource);', "king"),
        ('@id("site.x") @sentence("x") @tier("7") forbid (principal, action, resource);', "Tier"),
        ('@id("site.x") @sentence("x") @approvals("9") forbid (principal, action, resource);', "count"),
        ("forbid (principal, action, resource) when { context. };", "parse"),
    ],
)
def test_a_rule_that_is_none_is_refused_with_its_place(site: Site, rule: str, said: str) -> None:
    with pytest.raises(NotConfigured, match=said) as caught:
        Policy.load(site(rule))
    assert "site.cedar" in caught.value.subject


def test_the_place_is_the_line(site: Site) -> None:
    with pytest.raises(NotConfigured) as caught:
        Policy.load(site("\n\n" + FORBID.format(action="AutoExecute").replace("department", "depart")))
    assert caught.value.subject.endswith("site.cedar:4")


def test_the_place_of_what_does_not_parse_is_where_its_rule_begins(site: Site) -> None:
    good = FORBID.format(action="AutoExecute").strip()
    with pytest.raises(NotConfigured) as caught:
        Policy.load(site(good + "\n\n" + good.replace("resource)", "resource")))
    assert caught.value.subject.endswith("site.cedar:6")


def test_a_folder_in_which_no_file_ends_in_cedar_is_refused(tmp_path: Path) -> None:
    """A mount that failed, or a misspelt ending, must not pass for a site without rules."""
    (tmp_path / "site.ceder").write_text(FORBID.format(action="AutoExecute"), encoding="utf-8")
    with pytest.raises(NotConfigured, match=r"no \*\.cedar file"):
        Policy.load(tmp_path)


def test_a_file_that_is_no_text_is_named(tmp_path: Path) -> None:
    (tmp_path / "site.cedar").write_bytes(b"\xff\xfe")
    with pytest.raises(NotConfigured, match="UTF-8") as caught:
        Policy.load(tmp_path)
    assert caught.value.subject.endswith("site.cedar")


def test_a_folder_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(NotConfigured, match="not there"):
        Policy.load(tmp_path / "nowhere")


def test_the_version_is_of_all_texts(site: Site, policy: Policy) -> None:
    assert policy.version == Policy.load().version
    assert policy.version.startswith("sha256:")
    assert Policy.load(site(FORBID.format(action="AutoExecute"))).version != policy.version
