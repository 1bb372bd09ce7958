"""The SQL of messaging, a file per aggregate."""
