"""Shapes of what is written when it is urgent."""
