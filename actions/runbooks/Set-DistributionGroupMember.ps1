#Requires -Modules ExchangeOnlineManagement
<#
.SYNOPSIS
    Makes somebody a member of a distribution list of Exchange Online, or takes them out.
.DESCRIPTION
    For lists that are mastered in the cloud. Leaves a membership that is as asked; only direct membership counts.
    Runs once per
    ExecutionId: begun again, it gives the same answer and does nothing. The inverse is the same with the other membership.
    The worker's managed identity needs Exchange.ManageAsApp and the Entra role Exchange Recipient
    Administrator; TRIAGE_EXCHANGE_ORGANIZATION on the worker names the tenant (contoso.onmicrosoft.com).
.OUTPUTS
    One line "TRIAGE-RESULT {json}" with executionId, runbook, ok, changed, before, after and detail.
#>
[CmdletBinding(SupportsShouldProcess)]
param(
    [Parameter(Mandatory)]
    [ValidatePattern('^[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9.-]{1,190}$')]
    [string] $GroupAddress,

    [Parameter(Mandatory)]
    [ValidatePattern('^[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9.-]{1,190}$')]
    [string] $Member,

    [Parameter(Mandatory)]
    [ValidatePattern('^(member|none)$')]
    [string] $Membership,

    [Parameter(Mandatory)]
    [ValidatePattern('^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$')]
    [string] $ExecutionId
)

Set-StrictMode -Version 2.0
$ErrorActionPreference = 'Stop'
$runbook = 'Set-DistributionGroupMember'

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

function Connect-Exchange {
    # The machine's managed identity, with the role of an Exchange Recipient Administrator.
    $organization = $env:TRIAGE_EXCHANGE_ORGANIZATION
    if (-not $organization) { Stop-Execution -Detail 'organization_not_set' }
    $null = Connect-ExchangeOnline -ManagedIdentity -Organization $organization -ShowBanner:$false
}

function Get-List {
    Get-DistributionGroup -Filter "PrimarySmtpAddress -eq '$GroupAddress'" -ResultSize 2
}

function Test-Member($List, $Person) {
    $members = Get-DistributionGroupMember -Identity $List.Guid.ToString() -ResultSize Unlimited
    return @($members | ForEach-Object { $_.Guid.ToString() }) -contains $Person.Guid.ToString()
}

Connect-Exchange
$list = @(Get-List)
if ($list.Count -ne 1) { Stop-Execution -Detail 'group_not_found' }
if ($list[0].IsDirSynced) { Stop-Execution -Detail 'group_synced' }
$person = @(Get-Recipient -Filter "EmailAddresses -eq '$Member'" -ResultSize 2)
if ($person.Count -ne 1) { Stop-Execution -Detail 'account_not_found' }

$wanted = $Membership -eq 'member'
$before = @{ member = Test-Member -List $list[0] -Person $person[0] }
if ($before.member -eq $wanted) {
    $first = Get-FirstBefore -Now $before
    Complete-Execution -Changed ([bool] $earlier) -Before $first -After $before -Detail 'already_so'
    return
}
if (-not $PSCmdlet.ShouldProcess($GroupAddress, "Make $Member $Membership")) {
    Complete-Execution -Changed $false -Before $before -After $before -Detail 'what_if'
    return
}

Start-Execution -Before $before
$ids = @{ Identity = $list[0].Guid.ToString(); Member = $person[0].Guid.ToString() }
if ($wanted) { Add-DistributionGroupMember @ids -BypassSecurityGroupManagerCheck }
else { Remove-DistributionGroupMember @ids -BypassSecurityGroupManagerCheck -Confirm:$false }
$after = @{ member = Test-Member -List $list[0] -Person $person[0] }
Complete-Execution -Changed $true -Before $before -After $after -Detail 'set'
