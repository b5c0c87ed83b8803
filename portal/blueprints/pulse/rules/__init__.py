"""The pulse's rules: what a level is, which cells may be shown, and whether anybody could be singled out."""
