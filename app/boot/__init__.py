"""What a process needs before it serves: settings, keys, the lock, the database and its schema."""
