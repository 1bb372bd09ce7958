"""Work that takes longer than a person waits: begun by somebody, done in steps, looked at and stopped meanwhile."""
