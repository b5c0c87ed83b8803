"""The pulse: models."""
