"""Reading talks, always for one of those who are in them."""
