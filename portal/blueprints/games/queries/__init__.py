"""Reading the shelf, the games of an evening, and the table plan, always for somebody."""
