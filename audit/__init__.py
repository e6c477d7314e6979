"""The log `mingtang-log/1`: entries, hash chain, Merkle tree, tiles, checkpoints, proofs, sequencer and replay.

Knows nothing of what an entry's body means; every other package writes its acts through this one.
"""
