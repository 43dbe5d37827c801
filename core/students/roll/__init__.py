"""The roll that a school exports (CSV or XLSX), read without touching the database. Pure."""
