"""Durable "later" and "send": what must not be lost between two heartbeats."""
