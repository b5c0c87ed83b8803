"""What is decided about films from values alone."""
