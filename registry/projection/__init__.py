"""From the register's entries to its public rows."""

from registry.projection import agencies, bidders, findings, forms, opening_keys, organisations, rulebook, supervision

__all__ = ["agencies", "bidders", "findings", "forms", "opening_keys", "organisations", "rulebook", "supervision"]
