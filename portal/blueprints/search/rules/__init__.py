"""What a word is, what a question asks for and which text answers it best: no database, no clock."""
