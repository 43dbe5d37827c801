"""The days on which a school has lessons, as the school itself says. It tells nobody and reads no clock."""
