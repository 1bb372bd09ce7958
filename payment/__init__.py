"""Payment providers, each in its folder behind one protocol."""
