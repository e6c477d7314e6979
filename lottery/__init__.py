"""The draw (摇号): the protocol `mingtang-draw/1`, and the life of a draw from the tenderer's decision to its standing."""
