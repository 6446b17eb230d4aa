"""The only home of tables: engine, unit of work, migrations, and the SQL that both databases share.

Importing this package loads neither SQLAlchemy nor a driver: the desk's first frame is painted before them.
"""
