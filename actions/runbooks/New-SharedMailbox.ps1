#Requires -Modules ExchangeOnlineManagement
<#
.SYNOPSIS
    Creates a shared mailbox in Exchange Online and lets one person use it.
.DESCRIPTION
    DisplayName is the text behind an equals sign, since Automation reads bare values as JSON. Refuses an address
    that somebody has. Runs once per
    ExecutionId: begun again, it gives the same answer and does nothing. There is no inverse: it may hold mail by then.
    The worker's managed identity needs Exchange.ManageAsApp and the Entra role Exchange Recipient
    Administrator; TRIAGE_EXCHANGE_ORGANIZATION on the worker names the tenant (contoso.onmicrosoft.com).
.OUTPUTS
    One line "TRIAGE-RESULT {json}" with executionId, runbook, ok, changed, before, after and detail.
#>
[CmdletBinding(SupportsShouldProcess)]
param(
    [Parameter(Mandatory)]
    [ValidatePattern('^[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9.-]{1,190}$')]
    [string] $Address,

    [Parameter(Mandatory)]
    [ValidatePattern('^=[^\x00-\x1f\x7f]{1,64}$')]
    [string] $DisplayName,

    [Parameter(Mandatory)]
    [ValidatePattern('^[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9.-]{1,190}$')]
    [string] $Trustee,

    [Parameter(Mandatory)]
    [ValidatePattern('^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$')]
    [string] $ExecutionId
)

Set-StrictMode -Version 2.0
$ErrorActionPreference = 'Stop'
$runbook = 'New-SharedMailbox'

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

function Get-Holder {
    # Whoever has the address, a mailbox or not.
    Get-Recipient -Filter "EmailAddresses -eq '$Address'" -ResultSize 1
}

Connect-Exchange
$holder = @(Get-Holder)
if ($holder.Count -and -not $earlier) { Stop-Execution -Detail 'address_taken' }
$person = @(Get-Recipient -Filter "EmailAddresses -eq '$Trustee'" -ResultSize 2)
if ($person.Count -ne 1) { Stop-Execution -Detail 'trustee_not_found' }
$before = @{ exists = $false }
if (-not $PSCmdlet.ShouldProcess($Address, 'Create shared mailbox')) {
    Complete-Execution -Changed $false -Before $before -After $before -Detail 'what_if'
    return
}

Start-Execution -Before $before
if (-not $holder.Count) {
    $null = New-Mailbox -Shared -Name $DisplayName.Substring(1) -PrimarySmtpAddress $Address
}
$null = Add-MailboxPermission -Identity $Address -User $Trustee -AccessRights FullAccess -InheritanceType All
$null = Add-RecipientPermission -Identity $Address -Trustee $Trustee -AccessRights SendAs -Confirm:$false
Complete-Execution -Changed $true -Before $before -After @{ exists = $true } -Detail 'created'
