"""What changes series, evenings, sign-ups, invitations and feeds."""
