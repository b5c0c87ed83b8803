"""The front page: what is going on now. Reads the other slices, owns nothing."""
