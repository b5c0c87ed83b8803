"""What changes the board. Each verb checks, decides by the rules, changes the rows and records what happened."""
