"""What is held about a person: shown to them, and deleted when they want to go."""
