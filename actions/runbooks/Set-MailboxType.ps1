#Requires -Modules ExchangeOnlineManagement
<#
.SYNOPSIS
    Makes a person's mailbox in Exchange Online a shared one, or a person's again.
.DESCRIPTION
    Refuses a mailbox that is missing, holds more than 50 GB, has an archive or is under a hold: without a
    licence it would stop receiving. Leaves one that is as asked. Runs once per
    ExecutionId: begun again, it gives the same answer and does nothing. The inverse is the same with the other
    type.
    The worker's managed identity needs Exchange.ManageAsApp and the Entra role Exchange Recipient
    Administrator; TRIAGE_EXCHANGE_ORGANIZATION on the worker names the tenant (contoso.onmicrosoft.com).
.OUTPUTS
    One line "TRIAGE-RESULT {json}" with executionId, runbook, ok, changed, before, after and detail.
#>
[CmdletBinding(SupportsShouldProcess)]
param(
    [Parameter(Mandatory)]
    [ValidatePattern('^[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9.-]{1,190}$')]
    [string] $Mailbox,

    [Parameter(Mandatory)]
    [ValidatePattern('^(Shared|Regular)$')]
    [string] $Type,

    [Parameter(Mandatory)]
    [ValidatePattern('^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$')]
    [string] $ExecutionId
)

Set-StrictMode -Version 2.0
$ErrorActionPreference = 'Stop'
$runbook = 'Set-MailboxType'

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

function Get-Box {
    # Filtered rather than by identity: no hit is no error, and a failed look-up is none.
    Get-Mailbox -Filter "PrimarySmtpAddress -eq '$Mailbox'" -ResultSize 2
}

function Test-TooMuch($Box) {
    # What needs a licence of its own: more than 50 GB, an archive, a hold.
    if ($Box.ArchiveStatus -eq 'Active' -or $Box.LitigationHoldEnabled -or $Box.InPlaceHolds) { return $true }
    $size = [string] (Get-MailboxStatistics -Identity $Box.Guid.ToString()).TotalItemSize
    if ($size -notmatch '\(([0-9,.]+) bytes\)') { return $true }
    $bytes = [long] ($Matches[1] -replace '[,.]', '')
    return $bytes -gt 53687091200
}

function Get-Type($Box) {
    if ($Box.RecipientTypeDetails -eq 'SharedMailbox') { return 'Shared' }
    return 'Regular'
}

Connect-Exchange
$box = @(Get-Box)
if ($box.Count -ne 1) { Stop-Execution -Detail 'mailbox_not_found' }
$before = @{ type = Get-Type -Box $box[0] }
if ($before.type -eq $Type) {
    $first = Get-FirstBefore -Now $before
    Complete-Execution -Changed ([bool] $earlier) -Before $first -After $before -Detail 'already_so'
    return
}
if ($Type -eq 'Shared' -and (Test-TooMuch -Box $box[0])) { Stop-Execution -Detail 'mailbox_needs_license' }
if (-not $PSCmdlet.ShouldProcess($Mailbox, "Make the mailbox $Type")) {
    Complete-Execution -Changed $false -Before $before -After $before -Detail 'what_if'
    return
}

Start-Execution -Before $before
Set-Mailbox -Identity $box[0].Guid.ToString() -Type $Type
$now = @(Get-Box)
Complete-Execution -Changed $true -Before $before -After @{ type = Get-Type -Box $now[0] } -Detail 'set'
