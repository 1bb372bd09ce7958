"""Conditions on what is known of the person: language, tags, where they came from, when they were here."""
