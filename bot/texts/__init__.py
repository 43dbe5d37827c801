"""Every sentence that the bot says, in one place, so that a person can read and mend them all."""
