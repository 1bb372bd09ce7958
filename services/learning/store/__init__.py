"""The SQL of learning, a file per aggregate."""
