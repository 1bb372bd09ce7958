"""Who is where in a flow: the shell of the engine, enrollment, assignments."""
