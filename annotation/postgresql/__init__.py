"""Django's PostgreSQL engine, with a cheaper question before each request; statements planned for their values."""
