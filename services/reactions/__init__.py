"""When this has happened, that follows: the tables on one page, the stories in a file per room."""
