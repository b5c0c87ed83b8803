"""Shapes of what is sent in the breathing space."""
