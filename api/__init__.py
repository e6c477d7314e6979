"""HTTP, pages, accounts' passwords and sessions, and the command line. No rule of the domain lives here."""
