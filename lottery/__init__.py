"""The draw (摇号): the protocol `mingtang-draw/1`, and a draw's life from the tenderer's decision to its standing."""
