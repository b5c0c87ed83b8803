"""What is decided about games from values only."""
