"""Newer software when staff order it: signed releases, laid beside the old one, proved in a trial, rolled back.

`release` is what is signed, `source` where it is fetched, `shelf` what lies on this machine and which one runs,
`updater` an order's way, `starter` what the service manager runs. Nothing is ever installed without an order of
staff, and nothing that the project's key has not signed. Packages of others are not brought: a release that needs
newer ones does not start here, and is said to (`update.does_not_start`).
"""
