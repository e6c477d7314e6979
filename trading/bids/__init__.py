"""Sealed bids 密封投标: their formats, who holds which key, what is recorded, and what an opening does with them."""
