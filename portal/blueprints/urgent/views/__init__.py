"""The pages of urgent help."""
