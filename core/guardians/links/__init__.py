"""How chat accounts come to speak for guardians: codes, attempts, links."""
