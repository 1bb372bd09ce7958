"""Takes over what the bot that kept JSON files knew: scenarios, people, money, schedules."""
