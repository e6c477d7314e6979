"""Disclosure requests 依申请公开: anyone asks for a record that is not public, and the time to answer is public."""
