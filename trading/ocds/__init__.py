"""Open data: what was published of a project as releases of the Open Contracting Data Standard 1.1.5, out and in.

A release says what one entry of the log changed. All of them are a fold over the project's entries, so the same log
always gives the same bytes, and an entry that comes later changes no release that was there before.
"""
