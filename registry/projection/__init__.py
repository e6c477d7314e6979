"""From the register's entries to its public rows."""

from registry.projection import agencies, findings, forms, opening_keys, organisations, rulebook, supervision

__all__ = ["agencies", "findings", "forms", "opening_keys", "organisations", "rulebook", "supervision"]
