<#
.SYNOPSIS
    Restarts one Windows service that the worker's own list allows.
.DESCRIPTION
    The list is a JSON file on the worker (TRIAGE_ALLOWED_SERVICES, else ProgramData\TicketTriage\
    allowed-services.json), server name to service names: {"HL-PRN-01": ["Spooler"]}. What is not on it is
    refused, whatever the caller's own list says; keep tier 0 servers off it. Services on which other running
    services depend are not restarted. Runs once per ExecutionId: begun again, it gives the same answer and
    does nothing.
    The identity it runs under needs the right to start and stop just these services, best by a JEA endpoint.
.OUTPUTS
    One line "TRIAGE-RESULT {json}" with executionId, runbook, ok, changed, before, after and detail.
#>
[CmdletBinding(SupportsShouldProcess)]
param(
    [Parameter(Mandatory)]
    [ValidatePattern('^[A-Za-z0-9.-]{1,255}$')]
    [string] $ServerName,

    [Parameter(Mandatory)]
    [ValidatePattern('^[A-Za-z0-9_.$ -]{1,256}$')]
    [string] $ServiceName,

    [Parameter(Mandatory)]
    [ValidatePattern('^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$')]
    [string] $ExecutionId
)

Set-StrictMode -Version 2.0
$ErrorActionPreference = 'Stop'
$runbook = 'Restart-AllowedService'

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

function Test-Allowed {
    $file = "$env:ProgramData\TicketTriage\allowed-services.json"
    if ($env:TRIAGE_ALLOWED_SERVICES) { $file = $env:TRIAGE_ALLOWED_SERVICES }
    if (-not (Test-Path -LiteralPath $file)) { return $false }
    $list = Get-Content -LiteralPath $file -Raw -Encoding UTF8 | ConvertFrom-Json
    $server = $list.PSObject.Properties | Where-Object { $_.Name -eq $ServerName }
    return $null -ne $server -and @($server.Value) -contains $ServiceName
}

function Get-ServiceState {
    # Status, and since when its process runs ($null when it does not).
    Invoke-Command -ComputerName $ServerName -ArgumentList $ServiceName -ScriptBlock {
        param($Name)
        $service = Get-CimInstance -ClassName Win32_Service | Where-Object { $_.Name -eq $Name }
        if ($null -eq $service) { return $null }
        $started = $null
        if ($service.ProcessId) { $started = (Get-Process -Id $service.ProcessId).StartTime.ToUniversalTime() }
        return [pscustomobject] @{ Status = $service.State; Started = $started }
    }
}

function Restart-Remote {
    Invoke-Command -ComputerName $ServerName -ArgumentList $ServiceName -ScriptBlock {
        param($Name)
        $ErrorActionPreference = 'Stop'
        Restart-Service -Name $Name
        (Get-Service -Name $Name).WaitForStatus('Running', [timespan]::FromSeconds(60))
    }
}

if (-not (Test-Allowed)) { Stop-Execution -Detail 'service_not_allowed' }
$state = Get-ServiceState
if ($null -eq $state) { Stop-Execution -Detail 'service_not_found' }

$before = @{ status = $state.Status }
if (-not $PSCmdlet.ShouldProcess("$ServiceName on $ServerName", 'Restart service')) {
    Complete-Execution -Changed $false -Before $before -After $before -Detail 'what_if'
    return
}

$begun = if ($earlier) { (Get-Item -LiteralPath $marker).LastWriteTimeUtc } else { $null }
$restarted = $null -ne $begun -and $null -ne $state.Started -and $state.Started -ge $begun
if (-not $restarted) {
    Start-Execution -Before $before
    Restart-Remote
}
$now = Get-ServiceState
Complete-Execution -Changed $true -Before $before -After @{ status = $now.Status } -Detail 'restarted'
