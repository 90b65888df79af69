"""Decisions: when to send, what to believe. Pure; time is an argument, in seconds."""
