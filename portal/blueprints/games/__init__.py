"""The shelf of board games, what is brought to an evening, and who sits at which table."""
