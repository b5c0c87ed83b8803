"""What gives people what is theirs, and what erases it."""
