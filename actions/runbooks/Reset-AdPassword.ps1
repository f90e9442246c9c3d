#Requires -Modules ActiveDirectory, Az.Accounts, Az.KeyVault
<#
.SYNOPSIS
    Gives one Active Directory account a temporary password that must be changed at the next sign-in.
.DESCRIPTION
    The password is made here, on the worker, by a cryptographic generator, and left in Key Vault under the
    worker's managed identity before it is set: if the vault cannot be reached, the old password still works.
    It is never printed, passed or returned, since job parameters and output stay readable for 30 days.
    Refuses accounts that are missing, disabled or protected (adminCount). Runs once per ExecutionId: begun
    again, it gives the same answer and does nothing.
    The identity it runs under needs "Reset password" and "Write pwdLastSet" on the organisational units of
    ordinary staff; the machine's managed identity needs Key Vault Secrets Officer on the vault.
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
    [string] $ExecutionId,

    [Parameter(Mandatory)]
    [ValidatePattern('^[A-Za-z0-9-]{1,127}$')]
    [string] $SecretName,

    [Parameter(Mandatory)]
    [ValidatePattern('^[A-Za-z0-9-]{1,24}$')]
    [string] $VaultName
)

Set-StrictMode -Version 2.0
$ErrorActionPreference = 'Stop'
$runbook = 'Reset-AdPassword'

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
        Get-ADUser -Identity $SamAccountName -Properties @('PasswordLastSet', 'adminCount')
    }
    catch [Microsoft.ActiveDirectory.Management.ADIdentityNotFoundException] {
        $null
    }
}

function Format-Time($Moment) {
    if ($null -eq $Moment) { return $null }
    return $Moment.ToUniversalTime().ToString('yyyy-MM-ddTHH:mm:ssZ')
}

function Get-RandomIndex([System.Security.Cryptography.RandomNumberGenerator] $Generator, [int] $Below) {
    # Bytes that would favour low numbers are thrown away.
    $limit = 256 - (256 % $Below)
    $byte = New-Object -TypeName byte[] -ArgumentList 1
    do { $Generator.GetBytes($byte) } while ($byte[0] -ge $limit)
    return $byte[0] % $Below
}

function New-TemporaryPassword {
    # 20 characters of four kinds, without those that are misread when spoken or typed.
    $kinds = 'ABCDEFGHJKLMNPQRSTUVWXYZ', 'abcdefghijkmnpqrstuvwxyz', '23456789', '!#%+=?'
    $generator = [System.Security.Cryptography.RandomNumberGenerator]::Create()
    try {
        $chosen = New-Object -TypeName char[] -ArgumentList 20
        for ($i = 0; $i -lt $chosen.Length; $i++) {
            $alphabet = if ($i -lt $kinds.Count) { $kinds[$i] } else { -join $kinds }
            $chosen[$i] = $alphabet[(Get-RandomIndex -Generator $generator -Below $alphabet.Length)]
        }
        for ($i = $chosen.Length - 1; $i -gt 0; $i--) {
            $other = Get-RandomIndex -Generator $generator -Below ($i + 1)
            $chosen[$i], $chosen[$other] = $chosen[$other], $chosen[$i]
        }
        $password = New-Object -TypeName System.Security.SecureString
        foreach ($character in $chosen) { $password.AppendChar($character) }
        [array]::Clear($chosen, 0, $chosen.Length)
        $password.MakeReadOnly()
        return $password
    }
    finally {
        $generator.Dispose()
    }
}

function Test-DoneElsewhere($Account) {
    # Another worker of the group may have run this execution: its secret carries our id.
    $secret = Get-AzKeyVaultSecret -VaultName $VaultName -Name $SecretName
    if ($null -eq $secret -or $null -eq $secret.Tags -or $null -eq $Account.PasswordLastSet) { return $false }
    return $secret.Tags['executionId'] -eq $ExecutionId -and
        $Account.PasswordLastSet.ToUniversalTime() -ge $secret.Created.ToUniversalTime()
}

$account = Get-Account
if ($null -eq $account) { Stop-Execution -Detail 'account_not_found' }
if ($account.adminCount -eq 1) { Stop-Execution -Detail 'account_protected' }
if (-not $account.Enabled) { Stop-Execution -Detail 'account_disabled' }

$before = @{ passwordLastSet = Format-Time $account.PasswordLastSet }
if (-not $PSCmdlet.ShouldProcess($SamAccountName, 'Reset password')) {
    Complete-Execution -Changed $false -Before $before -After $before -Detail 'what_if'
    return
}

Start-Execution -Before $before
$null = Connect-AzAccount -Identity
if (-not (Test-DoneElsewhere -Account $account)) {
    $password = New-TemporaryPassword
    $null = Set-AzKeyVaultSecret -VaultName $VaultName -Name $SecretName -SecretValue $password `
        -Expires ([datetime]::UtcNow.AddHours(1)) -Tag @{ executionId = $ExecutionId }
    Set-ADAccountPassword -Identity $account.ObjectGUID -Reset -NewPassword $password
    $password.Dispose()
}
Set-ADUser -Identity $account.ObjectGUID -ChangePasswordAtLogon $true
$now = Get-ADUser -Identity $account.ObjectGUID -Properties whenChanged
$after = @{ passwordLastSet = Format-Time $now.whenChanged; mustChange = $true; secretName = $SecretName }
Complete-Execution -Changed $true -Before $before -After $after -Detail 'password_set'
