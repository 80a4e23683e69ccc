from sqlalchemy import BigInteger, Column, Identity, Index, Text, text
from sqlmodel import Field

from media.tables import Base


class ImageStatus(Base, table=True):
    """What a picture shows, as a word of the company's own."""

    __tablename__ = "image_status"
    __table_args__ = (Index("image_status_code", "code", unique=True, postgresql_where=text("not is_deleted")),)

    id: int = Field(sa_column=Column(BigInteger, Identity(always=True), primary_key=True))
    code: str = Field(max_length=50)
    name: str = Field(max_length=100)
    description: str | None = Field(default=None, sa_type=Text)
    icon: str = Field(default="", max_length=50)
    order: int = 0
    is_active: bool = True
    is_deleted: bool = False
