"""Reading the inbox, what people chose, and mails."""
