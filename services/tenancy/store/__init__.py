"""The SQL of tenancy."""
