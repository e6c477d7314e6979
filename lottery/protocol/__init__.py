"""The public draw protocol (摇号协议) `mingtang-draw/1`: documents, draw and verification, and nothing else.

Pure: no clock, no network, no database, and nothing of the other packages, so that someone who only wants to verify
a draw needs this folder, the standard library and, for the drand signature, py_arkworks_bls12381. `docs/protocol.md`
describes the protocol in full.

Reading order: canonical (the one byte form), forms (how a member is tested), plan, roster, seal, entropy (the
documents in the order in which they are made), draw (seed, tickets, ranking), standing, void, verify, command.
"""

PROTOCOL = "mingtang-draw/1"
