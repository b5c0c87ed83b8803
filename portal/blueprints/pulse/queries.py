"""The pulse: queries."""
