"""Whether the system works, for whoever looks after it: what is wrong, since when. It mends nothing, alerts nobody."""
