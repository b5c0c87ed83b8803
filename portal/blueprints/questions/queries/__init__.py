"""Reading the board, always for somebody."""
