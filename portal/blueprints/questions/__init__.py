"""Questions: ask, look at, answer, thank, solve, follow."""
