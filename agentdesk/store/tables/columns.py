"""The metadata of the store and the words in which its columns are written."""

from typing import Any, Final

from sqlalchemy import BigInteger, Boolean, Column, ForeignKey, Integer, MetaData, Text, text

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)
Id = BigInteger().with_variant(Integer, "sqlite")
AUTO: Final[dict[str, Any]] = {"sqlite_autoincrement": True}


def own_id() -> Column[int]:
    """The row's own id."""
    return Column("id", Id, primary_key=True, autoincrement=True)


def to(table: str, name: str, *, null: bool = False, index: bool = False) -> Column[int]:
    """The id of a row of another table."""
    return Column(name, Id, ForeignKey(f"{table}.id"), nullable=null, index=index)


def words(name: str, default: str = "") -> Column[str]:
    """Text, never null."""
    return Column(name, Text, nullable=False, server_default=default)


def flag(name: str, default: bool = False) -> Column[bool]:
    """Yes or no."""
    return Column(name, Boolean, nullable=False, server_default=text("true" if default else "false"))


def number(name: str, default: int = 0) -> Column[int]:
    """A whole number, or a time in microseconds, never null."""
    return Column(name, BigInteger, nullable=False, server_default=str(default))
