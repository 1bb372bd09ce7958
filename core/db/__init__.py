"""The database: tables, column types and the one place that commits."""
