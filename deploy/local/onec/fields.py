"""1C sends the fields of its two lists in this order and with these types."""

NAMESPACE = "http://www.sample-package.org"  # what 1C calls a package that nobody renamed
SERVICE = "Catalog"

PRODUCT = {
    "Code": "string",
    "Name": "string",
    "Article": "string",
    "roditel": "string",
    "Unit": "string",
    "Brand": "string",
    "suplier": "string",
    "Category": "string",
    "CountryCode": "string",
    "Country": "string",
    "Seria": "string",
    "Shtrix": "string",
    "LabelText": "string",
    "Description": "string",
    "BasePrice": "decimal",
    "SalePrice": "decimal",
    "Currency": "string",
    "StockQuantity": "decimal",
    "Weight": "decimal",
    "is_delete": "boolean",
    "is_active": "boolean",
}

CLIENT = {
    "Code": "string",
    "Name": "string",
    "Email": "string",
    "Phone": "string",
    "Description": "string",
    "CompanyName": "string",
    "INN": "string",
    "LegalAddress": "string",
    "City": "string",
    "Region": "string",
    "Country": "string",
    "CreditLimit": "decimal",
    "Currency": "string",
    "EmployeeCount": "integer",
    "EstablishedDate": "dateTime",
    "Rating": "decimal",
    "BussinesRegionCode": "string",
    "BussinesRegionName": "string",
    "is_delete": "boolean",
    "is_active": "boolean",
}

# operation: (list type, row element, fields)
OPERATIONS = {
    "GetProductList": ("ProductList", "ProductItem", PRODUCT),
    "GetClientList": ("ClientList", "ClientItem", CLIENT),
}
