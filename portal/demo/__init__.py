"""A believable desk on one's own machine: people, questions, evenings, joys. Everything in it is made up."""
