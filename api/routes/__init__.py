"""Routes: each parses, calls one function and shapes the answer. No rule of the domain lives here."""
