"""The nouns of an alliance: frozen data without behaviour that belongs to a rule."""
