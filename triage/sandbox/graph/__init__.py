"""The make-believe Microsoft Graph v1.0: a table of operations with the permissions each needs."""
