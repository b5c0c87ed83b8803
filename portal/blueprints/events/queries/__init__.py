"""Reading evenings and who comes, always for somebody."""
