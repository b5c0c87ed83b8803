"""Shapes of what is written on the board."""
