"""From case to verdict: who is drawn, how ballots are sealed and opened, what they add up to."""
