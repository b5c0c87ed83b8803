"""What is done with games."""
