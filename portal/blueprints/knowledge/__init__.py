"""Knowledge: articles, where they come from, and who looks after them."""
