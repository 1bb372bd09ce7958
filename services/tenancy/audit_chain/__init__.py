"""The record of deeds as a chain: what is changed, taken out, put in or cut off by somebody else is found."""
