"""The rules of the breathing space. Values only."""
