"""Courses from files: each format has a module that reads it, and all of them end as the same checked flows."""
