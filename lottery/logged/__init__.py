"""What the public log says of a draw, judged by a stranger who holds nothing but the log's files (protocol stage 9).

Imports neither web nor database, and none of the code that writes the entries: whoever checks reads them for himself.

Reading order: faults, forms (what an entry's body must be), register (whose keys signed), reading (one pass over the
log), attempt, meeting and sealing (one attempt up to its seal), voids, successors, witnesses, result, projects, check
(all of it), command (the lines).
"""
