"""The SQL of commerce, a file per aggregate."""
