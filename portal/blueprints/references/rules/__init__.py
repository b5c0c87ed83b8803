"""What a pattern is and what it finds; where somebody is mentioned. Values only."""
