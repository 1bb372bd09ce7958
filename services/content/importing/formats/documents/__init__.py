"""Documents as courses: Word, Markdown, what Google makes of its own."""
