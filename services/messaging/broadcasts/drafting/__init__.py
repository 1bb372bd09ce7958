"""A broadcast before it starts: whom it is for, what it says, when it leaves, how many get it."""
