"""What an installation finds and keeps on its machine: `.env`, the lock, private files, the terminal, the clock."""
