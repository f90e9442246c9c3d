"""What the requester is to the person affected is told by ids and departments: all of it, closest first."""

from __future__ import annotations

import pytest

from triage.domain.facts import PersonFacts, Relation
from triage.domain.site import Site
from triage.enrich.relations import owns, relation_of, relations_of

SITE = Site(organization="Quay", domains=("quay.example",), tenant_id="t")


def person(name: str, *, department: str = "Sales", manager: str = "chief") -> PersonFacts:
    return PersonFacts(known=True, id=name, department=department, manager_id=manager)


@pytest.mark.parametrize(
    ("requester", "target", "closest", "all_of_them"),
    [
        (person("ann"), person("ann"), "self", {"self"}),
        (person("chief", manager=""), person("ann"), "manager", {"manager"}),
        (person("bob"), person("ann"), "colleague", {"colleague", "same_team"}),
        (person("cid", manager="other"), person("ann"), "colleague", {"colleague"}),
        (person("eve", department="Human Resources", manager="hrm"), person("ann"), "hr", {"hr"}),
        (person("ida", department="IT Operations", manager="cio"), person("ann"), "it", {"it"}),
        (
            person("hrm", department="Human Resources"),
            person("ann", manager="hrm"),
            "manager",
            {"manager", "hr"},
        ),
        (person("ann"), None, "colleague", {"colleague"}),
    ],
)
def test_a_relation_is_told(
    requester: PersonFacts, target: PersonFacts | None, closest: str, all_of_them: set[str]
) -> None:
    found = relations_of(requester, target, "somebody@quay.example", SITE)
    assert {one.value for one in found} == all_of_them
    assert relation_of(found).value == closest


def test_two_without_a_manager_are_no_team() -> None:
    found = relations_of(person("ann", manager=""), person("bob", manager=""), "ann@quay.example", SITE)
    assert found == {Relation.COLLEAGUE}


def test_somebody_of_no_directory_is_outside_and_a_failed_look_up_is_unknown() -> None:
    assert relations_of(None, person("ann"), "x@elsewhere.example", SITE) == {Relation.OUTSIDE}
    assert relations_of(PersonFacts(known=False, id="ann"), person("ann"), "ann@quay.example", SITE) == {
        Relation.UNKNOWN
    }


def test_an_owner_is_told_by_id_and_nobody_else_owns() -> None:
    assert owns(person("ann"), ("bob", "ann")) == {Relation.OWNER}
    assert not owns(person("ann"), ("bob",))
    assert not owns(None, ("",))
