"""What the bot can do, one flow a file; a flow says keys, never sentences."""
