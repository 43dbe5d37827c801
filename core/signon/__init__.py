"""Signing on with an outside account (VNeID) by OpenID Connect. It knows persons, not guardians or staff."""
