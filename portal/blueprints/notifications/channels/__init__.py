"""The ways out of the house, and how a letter is put into words for them."""
