"""One person: found by anything they are known by, seen on one screen, changed from there."""
