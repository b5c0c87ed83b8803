"""The pulse: service."""
