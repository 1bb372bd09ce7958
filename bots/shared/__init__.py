"""Filters and handlers that both bots use: groups, talks, files, mailings, help."""
