"""Pages for people: plain HTML with its own style and script, no build, nothing from elsewhere."""
