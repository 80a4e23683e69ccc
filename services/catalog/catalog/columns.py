"""The workbooks of projects, clients and products: one layout for the export, the template and the import."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum


class Value(Enum):
    """What the cells of a column hold: a code is text that tells one thing from others, percents count hundredths, and
    a day is text in the form ``YYYY-MM-DD``."""

    TEXT = "text"
    CODE = "code"
    INTEGER = "integer"
    DECIMAL = "decimal"
    PERCENT = "percent"
    BOOLEAN = "boolean"
    DAY = "day"


@dataclass(frozen=True)
class SheetColumn:
    """One column. Its ``name`` is the header, the column of the table and the field of the body."""

    name: str
    value: Value


@dataclass(frozen=True)
class SheetLayout:
    """A kind's workbook: one sheet, whose first row is the headers.

    ``file`` is its name without ending; ``sample`` the first cells of the template's only row, the others are empty.
    """

    sheet: str
    file: str
    columns: tuple[SheetColumn, ...]
    sample: tuple[str | bool, ...]

    @property
    def headers(self) -> tuple[str, ...]:
        return tuple(column.name for column in self.columns)


def _columns(value: Value, names: str) -> Iterator[SheetColumn]:
    return (SheetColumn(name, value) for name in names.split())


PROJECT_SHEET = SheetLayout(
    sheet="Projects",
    file="projects",
    columns=(
        *_columns(Value.CODE, "code_1c"),
        *_columns(Value.TEXT, "name title description"),
        *_columns(Value.BOOLEAN, "is_active"),
    ),
    sample=("PROJ-001", "Namuna project", "Sarlavha", "<p>Izoh</p>", True),
)

CLIENT_SHEET = SheetLayout(
    sheet="Clients",
    file="clients",
    columns=(
        *_columns(Value.CODE, "client_code_1c"),
        *_columns(Value.TEXT, "name email"),
        *_columns(Value.CODE, "phone"),
        *_columns(Value.TEXT, "description"),
        *_columns(Value.BOOLEAN, "is_active"),
        *_columns(Value.TEXT, "company_name"),
        *_columns(Value.CODE, "tax_id registration_number"),
        *_columns(Value.TEXT, "legal_address actual_address"),
        *_columns(Value.CODE, "fax"),
        *_columns(Value.TEXT, "website"),
        *_columns(Value.TEXT, "industry business_type"),
        *_columns(Value.INTEGER, "employee_count"),
        *_columns(Value.DECIMAL, "annual_revenue"),
        *_columns(Value.DAY, "established_date"),
        *_columns(Value.TEXT, "payment_terms"),
        *_columns(Value.DECIMAL, "credit_limit"),
        *_columns(Value.TEXT, "currency city region country"),
        *_columns(Value.CODE, "postal_code"),
        *_columns(Value.TEXT, "contact_person contact_position contact_email"),
        *_columns(Value.CODE, "contact_phone"),
        *_columns(Value.TEXT, "notes"),
        *_columns(Value.DECIMAL, "rating"),
        *_columns(Value.INTEGER, "priority"),
        *_columns(Value.TEXT, "source"),
    ),
    sample=("CLI-001", "Namuna client", "client@example.com", "+998 90 000 00 00", "Izoh", True),
)

PRODUCT_SHEET = SheetLayout(
    sheet="Nomenklatura",
    file="nomenklatura",
    columns=(
        *_columns(Value.CODE, "code_1c"),
        *_columns(Value.TEXT, "name title description"),
        *_columns(Value.BOOLEAN, "is_active"),
        *_columns(Value.CODE, "sku barcode"),
        *_columns(Value.TEXT, "brand manufacturer model series"),
        *_columns(Value.CODE, "vendor_code"),
        *_columns(Value.DECIMAL, "base_price sale_price cost_price"),
        *_columns(Value.TEXT, "currency"),
        *_columns(Value.PERCENT, "discount_percent tax_rate"),
        *_columns(Value.DECIMAL, "stock_quantity min_stock max_stock"),
        *_columns(Value.TEXT, "unit_of_measure"),
        *_columns(Value.DECIMAL, "weight"),
        *_columns(Value.TEXT, "dimensions"),
        *_columns(Value.DECIMAL, "volume"),
        *_columns(Value.TEXT, "category subcategory color size material"),
        *_columns(Value.INTEGER, "warranty_period"),
        *_columns(Value.DAY, "expiry_date production_date"),
        *_columns(Value.TEXT, "notes"),
        *_columns(Value.DECIMAL, "rating"),
        *_columns(Value.INTEGER, "popularity_score"),
        *_columns(Value.TEXT, "seo_keywords source"),
    ),
    sample=("NOM-001", "Namuna mahsulot", "Sarlavha", "<p>Izoh</p>", True),
)
