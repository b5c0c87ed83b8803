"""What changes meals, and what is known of those who eat."""
