"""HTTP clients of Microsoft Graph, Azure Automation, Key Vault and ServiceNow, over one transport."""
