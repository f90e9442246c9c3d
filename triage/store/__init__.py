"""What must survive a restart: tables, migrations and one file of queries a subject."""
