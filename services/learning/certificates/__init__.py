"""Certificates: numbered, drawn, sent, checked."""
