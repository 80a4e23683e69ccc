"""The columns of the catalog that a mapping may fill, and how the texts for each are cleaned.

They are the same for every kind of source.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from ecatalog.contracts.integration import SyncType

from integration.mappings.cleaners import (
    Cleaner,
    boolean,
    code,
    day,
    decimal,
    integer,
    json_list,
    json_object,
    long_text,
    row_code,
    source_key,
    text,
)

EXTERNAL_KEY = "external_key"
"""A target that is no column: the key of a row whose source gives records none."""
METADATA, METADATA_PREFIX = "metadata", "metadata.1c."
"""Targets with the prefix are keys of 1C's part of the metadata, which rows carry apart: people's keys stay."""
LONGEST_METADATA, MOST_METADATA = 1000, 16 * 1024  # characters of a value, and bytes of a row


@dataclass(frozen=True, slots=True)
class Targets:
    """The columns of one stream; ``code`` and ``title`` name the two that a row cannot do without."""

    code: str
    title: str
    columns: Mapping[str, Cleaner]

    def cleaner(self, target: str) -> Cleaner | None:
        """Return how texts for a target are cleaned; None for one that there is not."""
        if target == EXTERNAL_KEY:
            return source_key
        if target.startswith(METADATA_PREFIX):
            return text(LONGEST_METADATA)
        return self.columns.get(target)


MONEY = decimal(15, 2)
PERCENT = decimal(5, 2, percent=True)
QUANTITY = decimal(10, 2)
MEASURE = decimal(10, 3)
RATING = decimal(3, 2)

NOMENKLATURA = Targets(
    code="code_1c",
    title="name",
    columns={
        "code_1c": row_code(255),
        "name": text(255),
        "article_code": code(100),
        "title": text(255),
        "description": long_text,
        "sku": code(100),
        "barcode": code(100),
        "brand": text(150),
        "manufacturer": text(200),
        "model": text(150),
        "series": text(150),
        "vendor_code": code(100),
        "base_price": MONEY,
        "sale_price": MONEY,
        "cost_price": MONEY,
        "currency": text(10),
        "discount_percent": PERCENT,
        "tax_rate": PERCENT,
        "stock_quantity": QUANTITY,
        "min_stock": QUANTITY,
        "max_stock": QUANTITY,
        "unit_of_measure": text(50),
        "weight": MEASURE,
        "dimensions": text(100),
        "volume": MEASURE,
        "category": text(150),
        "subcategory": text(150),
        "tags": json_list,
        "color": text(100),
        "size": text(100),
        "material": text(200),
        "warranty_period": integer,
        "expiry_date": day,
        "production_date": day,
        "roditel": text(255),
        "supplier": text(255),
        "country_code": code(10),
        "country": text(150),
        "notes": long_text,
        "rating": RATING,
        "popularity_score": integer,
        "seo_keywords": text(500),
        "source": text(100),
        "metadata": json_object,
        "is_active": boolean,
        "is_deleted": boolean,
    },
)

CLIENTS = Targets(
    code="client_code_1c",
    title="name",
    columns={
        "client_code_1c": row_code(100),
        "name": text(100),
        "email": text(100),
        "phone": code(100),
        "description": long_text,
        "company_name": text(255),
        "tax_id": code(50),
        "registration_number": code(100),
        "legal_address": long_text,
        "actual_address": long_text,
        "fax": code(50),
        "website": text(255),
        "social_media": json_object,
        "additional_phones": json_list,
        "industry": text(150),
        "business_type": text(100),
        "employee_count": integer,
        "annual_revenue": MONEY,
        "established_date": day,
        "payment_terms": text(255),
        "credit_limit": MONEY,
        "currency": text(10),
        "city": text(100),
        "region": text(100),
        "country": text(100),
        "postal_code": code(20),
        "contact_person": text(150),
        "contact_position": text(100),
        "contact_email": text(100),
        "contact_phone": code(100),
        "business_region_code": code(100),
        "business_region_name": text(255),
        "notes": long_text,
        "tags": json_list,
        "rating": RATING,
        "priority": integer,
        "source": text(100),
        "metadata": json_object,
        "is_active": boolean,
        "is_deleted": boolean,
    },
)

Stream = SyncType
"""The streams whose rows are mapped; what others say is read by its names."""

TARGETS: dict[str, Targets] = {"nomenklatura": NOMENKLATURA, "clients": CLIENTS}
