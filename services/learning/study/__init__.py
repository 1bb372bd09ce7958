"""What a student has before them: lessons, modules, hours, reminders, polls."""
