"""A make-believe company on loopback: Entra, Graph, Automation, Key Vault and ServiceNow over one tenant."""
