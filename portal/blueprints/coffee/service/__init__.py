"""Coffee with a colleague: making the pairs, taking part, and forgetting."""
