"""Saved searches 订阅: what somebody wants to be told of, and how: a feed, mail, a webhook.

Nothing of it is in the log. `asked` reads a search from an address, `keeping` saves it, `noticing` finds whom a new
entry concerns and queues what to send, `sending` sends it; `mail`, `webhooks` and `outward` know how.
"""
