"""Where the rounds of the drand network come from. What a relay says is believed only where the signature verifies."""
