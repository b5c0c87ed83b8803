"""The pulse: rules."""
