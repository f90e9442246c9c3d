"""A playbook of the site is taken as it is or refused with its place, and never counts as less than ours."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from triage.domain.decision import ApproverRole, Verdict
from triage.domain.facts import Facts, PersonFacts, Relation
from triage.domain.ticket import Channel
from triage.errors import NotConfigured
from triage.playbooks.load import load_playbooks
from triage.playbooks.rules import rules_of
from triage.policy.decide import Policy
from triage.sandbox.own import FOLDER

PRINTER = (FOLDER / "clear_print_queue.yaml").read_text(encoding="utf-8")


def written(folder: Path, text: str, name: str = "clear_print_queue") -> Path:
    (folder / f"{name}.yaml").write_text(text, encoding="utf-8")
    return folder


def changed(old: str, new: str) -> str:
    assert old in PRINTER
    return PRINTER.replace(old, new)


def test_it_stands_beside_the_shipped_ones() -> None:
    known = load_playbooks(FOLDER)
    assert set(known) - set(load_playbooks()) == {"clear_print_queue"}
    (step,) = known["clear_print_queue"].steps
    assert step.action == "run_runbook"
    assert step.params["runbook"] == "=Clear-PrintQueue"


def test_words_in_a_language_it_does_not_have_are_english() -> None:
    done = load_playbooks(FOLDER)["clear_print_queue"].done
    assert done["pl"] == done["en"] != done["de"]


@pytest.mark.parametrize(
    ("old", "new", "where"),
    [
        ("tier: 2", "tier: 1", "tier:"),
        ("tier: 2", "tier: 9", "tier:"),
        ("runbook: Clear-PrintQueue", "runbook: Reset-AdPassword", "runbook:"),
        ("runbook: Clear-PrintQueue", "runbook: 'x; rm'", "runbook:"),
        ("approver: approver", "approver: anybody", "approver:"),
        ("kind: server,", "kind: servant,", "server: {"),
        ("  server: {kind: server,", "  machine: {kind: server,", "machine: {"),
        ("pattern: 'PRN-[A-Z]{3}-[0-9]{2}', ", "", "printer: {"),
        ("'PRN-[A-Z]{3}-[0-9]{2}'", "'PRN-('", "printer: {"),
        ("kind: text, ", "kind: mail, ", "printer: {"),
        ("kind: text, ", "kind: number, ", "printer: {"),
        ("PrinterName: printer.value", "PrinterName: plotter.value", "PrinterName:"),
        ("PrinterName: printer.value", "PrinterName: printer.id", "PrinterName:"),
        ("PrinterName: printer.value", "PrinterName: =true", "PrinterName:"),
        ("PrinterName: printer.value", "ExecutionId: printer.value", "ExecutionId:"),
        ("tier: 2", "tier: 2\neffect: none", "effect:"),
        ('    en: "Which print server', '    it: "Which print server', "  server:"),
    ],
)
def test_what_is_wrong_is_refused_with_its_line(tmp_path: Path, old: str, new: str, where: str) -> None:
    text = changed(old, new)
    with pytest.raises(NotConfigured) as refused:
        load_playbooks(written(tmp_path, text))
    lines = text.splitlines()
    number = next(at for at, line in reversed(list(enumerate(lines, start=1))) if where in line)
    assert refused.value.subject == f"{tmp_path / 'clear_print_queue.yaml'}:{number}"
    assert refused.value.hint


def test_what_is_no_yaml_is_refused_with_its_line(tmp_path: Path) -> None:
    with pytest.raises(NotConfigured) as refused:
        load_playbooks(written(tmp_path, changed("title: Clear", "title: [Clear")))
    assert re.search(r"clear_print_queue\.yaml:\d+$", refused.value.subject)


def test_a_question_that_is_missing_is_refused(tmp_path: Path) -> None:
    text = PRINTER[: PRINTER.index("  printer:\n    en")] + PRINTER[PRINTER.index("done:") :]
    with pytest.raises(NotConfigured, match="no question for printer"):
        load_playbooks(written(tmp_path, text))


@pytest.mark.parametrize("name", ["password_reset", "other", "Clear queue"])
def test_a_label_of_this_release_or_a_strange_one_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(NotConfigured):
        load_playbooks(written(tmp_path, PRINTER, name))


def test_two_labels_do_not_share_an_item(tmp_path: Path) -> None:
    written(tmp_path, PRINTER, "another_label")
    with pytest.raises(NotConfigured, match="asks for another_label already"):
        load_playbooks(written(tmp_path, PRINTER))


def test_a_folder_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(NotConfigured):
        load_playbooks(tmp_path / "nowhere")


def asked(**told: object) -> Facts:
    known = PersonFacts(known=True, id="1", enabled=True)
    facts = {
        "label": "clear_print_queue",
        "confidence": 1.0,
        "accepted": True,
        "channel": Channel.SELF_SERVICE,
        "vouched": True,
        "requester": known,
        "relation": Relation.IT,
        "action": "run_runbook",
        "tier": 2,
        "has_playbook": True,
    }
    return Facts.model_validate({**facts, **told})


def policy(folder: Path) -> Policy:
    return Policy.load(labels=rules_of(load_playbooks(folder)))


def test_people_agree_to_it_as_the_playbook_says(tmp_path: Path) -> None:
    text = changed("tier: 2\napprover: approver", "tier: 3\napprover: security\napprovals: 3")
    ruling = policy(written(tmp_path, text)).rule(asked())
    assert ruling.verdict is Verdict.REVIEW
    assert (ruling.tier, ruling.approvals.count, ruling.approvals.role) == (3, 3, ApproverRole.SECURITY)


def test_fewer_approvals_than_the_tier_asks_for_change_nothing(tmp_path: Path) -> None:
    text = changed("tier: 2\napprover: approver", "tier: 4\napprover: approver\napprovals: 1")
    assert policy(written(tmp_path, text)).rule(asked()).approvals.count == 2


def test_nobody_outside_is_offered_it() -> None:
    ruling = policy(FOLDER).rule(asked(requester=None, relation=Relation.OUTSIDE))
    assert ruling.verdict is Verdict.BLOCKED


def test_the_rules_are_part_of_the_version() -> None:
    assert policy(FOLDER).version != Policy.load().version
