"""«Hjelp no»: a hand is raised, the screens of those who can help ring, the first to press comes."""
