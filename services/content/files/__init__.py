"""What authors write as YAML: courses, scenarios, tariffs and profiles, read and checked."""
