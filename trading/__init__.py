"""Projects and their notices: what the market trades, and what a draw is held for."""
