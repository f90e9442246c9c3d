"""The PowerShell itself: it parses, is strict, hides secrets, and each file holds the same guard."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest
import tree_sitter
import tree_sitter_powershell

from actions.catalogue import load
from actions.onprem import REASONS
from triage.doctor.needs import own_runbooks
from triage.sandbox.own import FOLDER as OWN

FOLDER = Path("actions/runbooks")
RUNBOOKS = sorted((*FOLDER.glob("*.ps1"), *OWN.glob("*.ps1")))
PARSER = tree_sitter.Parser(tree_sitter.Language(tree_sitter_powershell.language()))
BUILT_IN = """ConvertFrom-Json ConvertTo-Json ForEach-Object Get-CimInstance Get-Content Get-Item Get-Process
    Get-Service Import-PSSession Invoke-Command Join-Path New-Item New-Object New-PSSession Restart-Service
    Set-Content Set-StrictMode Test-Path Where-Object Write-Output Get-Printer Get-PrintJob Remove-PrintJob"""
EXCHANGE = """Add-DistributionGroupMember Add-MailboxPermission Add-RecipientPermission Get-DistributionGroup
    Get-DistributionGroupMember Get-Mailbox Get-MailboxPermission Get-MailboxStatistics Get-Recipient
    Get-RecipientPermission New-Mailbox Remove-DistributionGroupMember Remove-MailboxPermission
    Remove-RecipientPermission Set-Mailbox"""
MODULES = {
    "ActiveDirectory": """Add-ADGroupMember Get-ADGroup Get-ADUser Remove-ADGroupMember Set-ADAccountPassword
        Set-ADUser Unlock-ADAccount""",
    "Az.Accounts": "Connect-AzAccount",
    "Az.KeyVault": "Get-AzKeyVaultSecret Set-AzKeyVaultSecret",
    "ExchangeOnlineManagement": f"Connect-ExchangeOnline {EXCHANGE}",
}
"""The commands each module brings that a runbook may require."""
SESSION = f"Add-ADPermission Get-ADPermission Remove-ADPermission {EXCHANGE}"
"""What a session on an Exchange server brings."""
each = pytest.mark.parametrize("path", RUNBOOKS, ids=lambda path: path.stem)


def text(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def guard(path: Path) -> str:
    found = re.search(r"#region Once.*?#endregion", text(path), re.DOTALL)
    assert found is not None
    return found[0]


@each
def test_it_parses(path: Path) -> None:
    assert not PARSER.parse(path.read_bytes()).root_node.has_error


def named(path: Path, kind: str) -> set[str]:
    """Return the texts of all nodes of a kind."""
    found, left = set(), [PARSER.parse(path.read_bytes()).root_node]
    while left:
        node = left.pop()
        left += node.children
        if node.type == kind:
            found.add((node.text or b"").decode())
    return found


@each
def test_every_command_is_its_own_or_comes_with_a_module_it_requires(path: Path) -> None:
    required = re.findall(
        r"[\w.]+", " ".join(re.findall(r"^#Requires -Modules (.*)$", text(path), re.MULTILINE))
    )
    brought = [BUILT_IN, *(MODULES[module] for module in required)]
    brought += [SESSION] if "Import-PSSession" in text(path) else []
    unknown = named(path, "command_name") - named(path, "function_name") - set(" ".join(brought).split())
    assert unknown == set()


@each
def test_no_refusal_is_caught_in_a_variable(path: Path) -> None:
    """Stop-Execution writes the result line; assigned, that line would never reach the job's output."""
    assert not [one for one in named(path, "assignment_expression") if "Stop-Execution" in one]


@pytest.mark.skipif(shutil.which("pwsh") is None, reason="PowerShell itself is not on this machine")
def test_powershell_itself_parses_them() -> None:
    command = (
        "$ErrorActionPreference='Stop'; foreach ($file in $args) { $found = $null;"
        " $null = [System.Management.Automation.Language.Parser]::ParseFile($file, [ref]$null, [ref]$found);"
        ' $found | ForEach-Object { "$file $_" } }'
    )
    paths = [str(path.absolute()) for path in RUNBOOKS]
    arguments = ["pwsh", "-NoProfile", "-Command", f"& {{ {command} }}", *paths]
    told = subprocess.run(arguments, capture_output=True, text=True, check=True, timeout=120)
    assert told.stdout == ""


def test_a_broken_script_would_not_parse() -> None:
    assert PARSER.parse(b"function { if (").root_node.has_error


@each
def test_it_is_strict_and_ends_on_errors_and_can_be_tried(path: Path) -> None:
    script = text(path)
    assert "[CmdletBinding(SupportsShouldProcess)]" in script
    assert "Set-StrictMode -Version" in script
    assert "$ErrorActionPreference = 'Stop'" in script
    assert "$PSCmdlet.ShouldProcess(" in script


@each
def test_every_parameter_is_mandatory_and_has_a_pattern(path: Path) -> None:
    block = re.search(r"^param\((.*?)^\)", text(path), re.DOTALL | re.MULTILINE)
    assert block is not None
    counts = [block[1].count(word) for word in ("[string] $", "[Parameter(Mandatory)]", "[ValidatePattern(")]
    assert counts[0] >= 2
    assert len(set(counts)) == 1


@each
def test_it_refuses_to_act_twice_for_one_execution(path: Path) -> None:
    assert guard(path) == guard(RUNBOOKS[0])
    assert text(path).index("#endregion") < text(path).index("ShouldProcess(")


@each
def test_it_prints_its_result_line_and_nothing_else(path: Path) -> None:
    printed = re.findall(r"Write-(?:Output|Host|Verbose|Warning|Information|Error|Debug) .*", text(path))
    assert printed == [
        "Write-Output $line",
        "Write-Output (Get-ResultLine -Ok $false -Changed $false -Before @{} -After @{} -Detail $Detail)",
        "Write-Output $earlier",
    ]


@each
def test_each_reason_it_gives_is_known_to_us(path: Path) -> None:
    reasons = set(re.findall(r"-Detail '([a-z_]+)'", text(path))) - {"what_if"}
    assert reasons
    assert reasons <= set(REASONS)


@each
def test_an_action_starts_it(path: Path) -> None:
    of_the_company = {name for name in own_runbooks(OWN) if path.parent == OWN}
    assert path.stem in {action.runbook for action in load().values()} | of_the_company


@each
def test_windows_powershell_can_read_it(path: Path) -> None:
    """Windows PowerShell 5.1 takes a file without a byte-order mark for Windows-1252, so ASCII only."""
    script = text(path)
    assert script.isascii()
    assert not re.search(r"\?\?|\?\.|&& | \|\| | -Parallel|\s\?\s.+\s:\s", script)


def test_the_password_is_made_by_a_cryptographic_generator_and_stays_a_secure_string() -> None:
    script = text(FOLDER / "Reset-AdPassword.ps1")
    assert "RandomNumberGenerator]::Create()" in script
    assert "Get-Random " not in script
    assert "AsPlainText" not in script
    assert script.index("Set-AzKeyVaultSecret") < script.index("Set-ADAccountPassword")
