"""The ways out of the house that urgent help takes."""
