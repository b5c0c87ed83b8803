"""What an evening decides from values only."""
