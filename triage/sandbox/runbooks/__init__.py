"""Python twins of the PowerShell runbooks in `actions/runbooks`, run by the make-believe hybrid worker."""
