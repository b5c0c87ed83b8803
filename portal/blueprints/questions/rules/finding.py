"""How much of a person's own finding is kept. Values only."""

NAME_LONGEST = 40
QUERY_LONGEST = 300
FILTERS_MOST = 20
