"""Prices and stock: what a base last said of them, and the columns of the catalog that are made of that."""
