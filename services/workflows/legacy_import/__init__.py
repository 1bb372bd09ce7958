"""Takes over what the bot of source document 000 kept in JSON files: scenarios, people, money, schedules."""
