"""What changes talks. Closed is forgotten: what is over is deleted, and not marked."""
