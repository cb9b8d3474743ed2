"""What is kept: SQLAlchemy Core on SQLite or PostgreSQL, one module per noun. Nobody else imports sqlalchemy."""
