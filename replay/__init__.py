"""What happened, and what it sounded like. Knows no HTTP and no read model.

Start with `replay.events` (the vocabulary) and `replay.log.contract` (what a log promises).
"""
