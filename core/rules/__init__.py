"""Pure rules outside flows: no clock, no input or output."""
