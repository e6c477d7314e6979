"""Whether bids were taken, closed and opened as the log says: for bidders and inspectors, offline.

Imports neither web nor database nor what the program itself reads bids with: who checks it does not take its word.
"""
