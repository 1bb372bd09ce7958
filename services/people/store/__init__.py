"""The SQL of people: who they are, the words under which they are found."""
