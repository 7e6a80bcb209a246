"""Verbs of the room: one transaction, one event each."""
