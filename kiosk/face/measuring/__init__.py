"""Error rates of recognition on a folder of people: the protocol, the reading, the verbs."""
