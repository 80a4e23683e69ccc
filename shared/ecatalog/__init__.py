"""What every E-Catalog service needs, and nothing that only one needs."""
