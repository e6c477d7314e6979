"""Measurements, printed as ratios to a limit or a peer measured in the same run. Nothing here is asserted in a test."""
