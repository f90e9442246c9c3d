<#
.SYNOPSIS
    Deletes what waits in the queue of one printer.
.DESCRIPTION
    A runbook of the company's own, started by the playbook clear_print_queue.yaml beside it. Runs once per
    ExecutionId: begun again, it gives the same answer and does nothing.
    The identity it runs under needs the right to manage documents on the print server, and no other.
.OUTPUTS
    One line "TRIAGE-RESULT {json}" with executionId, runbook, ok, changed, before, after and detail.
#>
[CmdletBinding(SupportsShouldProcess)]
param(
    [Parameter(Mandatory)]
    [ValidatePattern('^[A-Za-z0-9.-]{1,255}$')]
    [string] $ServerName,

    [Parameter(Mandatory)]
    [ValidatePattern('^[A-Za-z0-9-]{1,64}$')]
    [string] $PrinterName,

    [Parameter(Mandatory)]
    [ValidatePattern('^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$')]
    [string] $ExecutionId
)

Set-StrictMode -Version 2.0
$ErrorActionPreference = 'Stop'
$runbook = 'Clear-PrintQueue'

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

$printer = Get-Printer -ComputerName $ServerName | Where-Object { $_.Name -eq $PrinterName }
if ($null -eq $printer) { Stop-Execution -Detail 'printer_not_found' }

$jobs = @(Get-PrintJob -ComputerName $ServerName -PrinterName $PrinterName)
$before = @{ waiting = $jobs.Count }
if (-not $PSCmdlet.ShouldProcess("$PrinterName on $ServerName", 'Clear print queue')) {
    Complete-Execution -Changed $false -Before $before -After $before -Detail 'what_if'
    return
}
if (-not $earlier -and $jobs.Count -eq 0) {
    Complete-Execution -Changed $false -Before $before -After @{ waiting = 0 } -Detail 'already_so'
    return
}

Start-Execution -Before $before
$jobs | Remove-PrintJob
$first = Get-FirstBefore -Now $before
Complete-Execution -Changed $true -Before $first -After @{ waiting = 0 } -Detail 'set'
