"""The database is ours: SQLAlchemy on asyncpg, PostgreSQL 16 or later, one place that commits."""
