"""What changes film polls and bought seats."""
