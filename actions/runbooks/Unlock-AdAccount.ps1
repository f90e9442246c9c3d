#Requires -Modules ActiveDirectory
<#
.SYNOPSIS
    Unlocks one Active Directory account.
.DESCRIPTION
    Refuses accounts that are missing, disabled or protected (adminCount), and leaves an account that is not
    locked as it is. Runs once per ExecutionId: begun again, it gives the same answer and does nothing.
    The identity it runs under needs "Write lockoutTime" on the organisational units of ordinary staff, and
    nothing else.
.OUTPUTS
    One line "TRIAGE-RESULT {json}" with executionId, runbook, ok, changed, before, after and detail.
#>
[CmdletBinding(SupportsShouldProcess)]
param(
    [Parameter(Mandatory)]
    [ValidatePattern('^[A-Za-z0-9._-]{1,20}$')]
    [string] $SamAccountName,

    [Parameter(Mandatory)]
    [ValidatePattern('^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$')]
    [string] $ExecutionId
)

Set-StrictMode -Version 2.0
$ErrorActionPreference = 'Stop'
$runbook = 'Unlock-AdAccount'

#region Once: the same in every runbook (tests/actions/runbooks/test_runbooks.py holds that)

$store = "$env:ProgramData\TicketTriage\executions"
if ($env:TRIAGE_RUNBOOK_STORE) { $store = $env:TRIAGE_RUNBOOK_STORE }
$marker = Join-Path -Path $store -ChildPath "$runbook-$ExecutionId.json"

function Read-Marker {
    # What an earlier start of this execution left: $null, 'started {before}' or its result line.
    if (-not (Test-Path -LiteralPath $marker)) { return $null }
    return (Get-Content -LiteralPath $marker -Raw -Encoding UTF8).Trim()
}

function Write-Marker([string] $Text) {
    if (-not (Test-Path -LiteralPath $store)) {
        $null = New-Item -ItemType Directory -Path $store -Force -WhatIf:$false
    }
    Set-Content -LiteralPath $marker -Value $Text -Encoding UTF8 -WhatIf:$false
}

function Get-ResultLine([bool] $Ok, [bool] $Changed, [hashtable] $Before, [hashtable] $After, [string] $Detail) {
    $result = [ordered] @{
        executionId = $ExecutionId
        runbook     = $runbook
        ok          = $Ok
        changed     = $Changed
        before      = $Before
        after       = $After
        detail      = $Detail
    }
    return 'TRIAGE-RESULT ' + ($result | ConvertTo-Json -Compress -Depth 3)
}

function Complete-Execution([bool] $Changed, [hashtable] $Before, [hashtable] $After, [string] $Detail) {
    $line = Get-ResultLine -Ok $true -Changed $Changed -Before $Before -After $After -Detail $Detail
    if (-not $WhatIfPreference) { Write-Marker -Text $line }
    Write-Output $line
}

function Stop-Execution([string] $Detail) {
    # Looked, and did nothing: the answer says why, and the error makes the job fail.
    Write-Output (Get-ResultLine -Ok $false -Changed $false -Before @{} -After @{} -Detail $Detail)
    throw "$runbook refused: $Detail"
}

function Start-Execution([hashtable] $Before) {
    # From here on something changes: what stood there is kept, for the undo and for a run begun again.
    if (-not $earlier) { Write-Marker -Text ('started ' + ($Before | ConvertTo-Json -Compress -Depth 3)) }
}

function Get-FirstBefore([hashtable] $Now) {
    # What stood there when this execution first began to write.
    if (-not $earlier) { return $Now }
    $kept = $earlier.Substring('started '.Length) | ConvertFrom-Json
    $first = @{}
    foreach ($property in $kept.PSObject.Properties) { $first[$property.Name] = $property.Value }
    return $first
}

$earlier = Read-Marker
if ($earlier -and -not $earlier.StartsWith('started ')) {
    # Automation may begin a runbook again after a worker was lost: answer as before, do nothing.
    Write-Output $earlier
    return
}

#endregion

function Get-Account {
    try {
        Get-ADUser -Identity $SamAccountName -Properties @('LockedOut', 'adminCount')
    }
    catch [Microsoft.ActiveDirectory.Management.ADIdentityNotFoundException] {
        $null
    }
}

$account = Get-Account
if ($null -eq $account) { Stop-Execution -Detail 'account_not_found' }
if ($account.adminCount -eq 1) { Stop-Execution -Detail 'account_protected' }
if (-not $account.Enabled) { Stop-Execution -Detail 'account_disabled' }

$before = @{ lockedOut = [bool] $account.LockedOut }
if (-not $account.LockedOut) {
    Complete-Execution -Changed $false -Before $before -After $before -Detail 'not_locked'
    return
}
if (-not $PSCmdlet.ShouldProcess($SamAccountName, 'Unlock account')) {
    Complete-Execution -Changed $false -Before $before -After $before -Detail 'what_if'
    return
}

Start-Execution -Before $before
Unlock-ADAccount -Identity $account.ObjectGUID
$now = Get-ADUser -Identity $account.ObjectGUID -Properties LockedOut
Complete-Execution -Changed $true -Before $before -After @{ lockedOut = [bool] $now.LockedOut } -Detail 'unlocked'
