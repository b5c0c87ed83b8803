"""Food in connection with an evening, and what people cannot eat."""
