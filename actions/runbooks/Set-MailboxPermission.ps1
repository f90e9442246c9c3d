#Requires -Modules ExchangeOnlineManagement
<#
.SYNOPSIS
    Gives somebody access to a mailbox of Exchange Online, or takes it away.
.DESCRIPTION
    Permission is one of FullAccess, SendAs and SendOnBehalf, or several with commas between. Only access of the
    trustee's own counts, none that comes through a group; what is as asked is left. Runs once per
    ExecutionId: begun again, it gives the same answer and does nothing. The inverse is the
    other state for what changed.
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
    [ValidatePattern('^[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9.-]{1,190}$')]
    [string] $Trustee,

    [Parameter(Mandatory)]
    [ValidatePattern('^(FullAccess|SendAs|SendOnBehalf)(,(FullAccess|SendAs|SendOnBehalf)){0,2}$')]
    [string] $Permission,

    [Parameter(Mandatory)]
    [ValidatePattern('^(granted|revoked)$')]
    [string] $State,

    [Parameter(Mandatory)]
    [ValidatePattern('^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$')]
    [string] $ExecutionId
)

Set-StrictMode -Version 2.0
$ErrorActionPreference = 'Stop'
$runbook = 'Set-MailboxPermission'

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

function Test-FullAccess($Box) {
    $entries = Get-MailboxPermission -Identity $Box.Guid.ToString() -User $Trustee
    return $null -ne ($entries | Where-Object {
            -not $_.IsInherited -and "$($_.Deny)" -ne 'True' -and
            "$($_.AccessRights)" -match 'FullAccess'
        })
}

function Test-Right($Box, [string] $Right) {
    $id = $Box.Guid.ToString()
    switch ($Right) {
        'FullAccess' { Test-FullAccess -Box $Box }
        'SendAs' { $null -ne (Get-RecipientPermission -Identity $id -Trustee $Trustee) }
        default { @($Box.GrantSendOnBehalfTo | ForEach-Object { "$_".Split('/')[-1] }) -contains $person[0].Name }
    }
}

function Add-Right($Box, [string] $Right) {
    $id = $Box.Guid.ToString()
    switch ($Right) {
        'FullAccess' {
            $null = Add-MailboxPermission -Identity $id -User $Trustee -AccessRights FullAccess `
                -InheritanceType All -AutoMapping $true
        }
        'SendAs' {
            $null = Add-RecipientPermission -Identity $id -Trustee $Trustee -AccessRights SendAs -Confirm:$false
        }
        default { Set-Mailbox -Identity $id -GrantSendOnBehalfTo @{ Add = $Trustee } }
    }
}

function Remove-Right($Box, [string] $Right) {
    $id = $Box.Guid.ToString()
    switch ($Right) {
        'FullAccess' {
            Remove-MailboxPermission -Identity $id -User $Trustee -AccessRights FullAccess `
                -InheritanceType All -Confirm:$false
        }
        'SendAs' {
            Remove-RecipientPermission -Identity $id -Trustee $Trustee -AccessRights SendAs -Confirm:$false
        }
        default { Set-Mailbox -Identity $id -GrantSendOnBehalfTo @{ Remove = $Trustee } }
    }
}

function Get-Held($Box) {
    # Those of the permissions asked about that the trustee has of their own, in one text.
    return (@($Permission.Split(',') | Where-Object { Test-Right -Box $Box -Right $_ }) -join ',')
}

Connect-Exchange
$box = @(Get-Box)
if ($box.Count -ne 1) { Stop-Execution -Detail 'mailbox_not_found' }
$person = @(Get-Recipient -Filter "EmailAddresses -eq '$Trustee'" -ResultSize 2)
if ($person.Count -ne 1) { Stop-Execution -Detail 'trustee_not_found' }
$before = @{ held = Get-Held -Box $box[0] }
$have = @($before.held.Split(',') | Where-Object { $_ })
$asked = @($Permission.Split(','))
$todo = if ($State -eq 'granted') { @($asked | Where-Object { $have -notcontains $_ }) } else { $have }
if (@($todo).Count -eq 0) {
    $first = Get-FirstBefore -Now $before
    Complete-Execution -Changed ([bool] $earlier) -Before $first -After $before -Detail 'already_so'
    return
}
if (-not $PSCmdlet.ShouldProcess($Mailbox, "$State for $Trustee")) {
    Complete-Execution -Changed $false -Before $before -After $before -Detail 'what_if'
    return
}

Start-Execution -Before $before
foreach ($right in $todo) {
    if ($State -eq 'granted') { Add-Right -Box $box[0] -Right $right }
    else { Remove-Right -Box $box[0] -Right $right }
}
$first = Get-FirstBefore -Now $before
$now = @(Get-Box)
Complete-Execution -Changed $true -Before $first -After @{ held = Get-Held -Box $now[0] } -Detail 'set'
