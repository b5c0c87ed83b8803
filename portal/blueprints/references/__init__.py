"""What in a text becomes a link: numbers by patterns, people and tags by their names."""
