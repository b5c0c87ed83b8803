"""What changes who is at work: one's own word, open pages, and rotas that are brought in."""
