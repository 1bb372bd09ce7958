"""What makes a run wait, and lets it go on: a pause, a talk, a blocked bot, closed access."""
