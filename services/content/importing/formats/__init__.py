"""The forms a course comes in: YAML, course lists, tables, workbooks, Google sheets."""
