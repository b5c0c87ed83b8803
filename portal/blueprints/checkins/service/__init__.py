"""What changes in the breathing space."""
