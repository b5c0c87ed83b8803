"""The rules of the board. Values only."""
