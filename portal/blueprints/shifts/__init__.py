"""Who is at work: the imported rota and leave, each one's own word, who can be disturbed, who has a page open."""
