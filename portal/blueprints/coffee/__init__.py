"""Coffee pairs: who likes it meets a colleague for a walk or a cup, and never the same before everybody was met."""
