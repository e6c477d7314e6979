"""Organisations with their keys, accounts' roles, and tendering agents: who may be in a draw and why not."""
