"""The library of all E-Catalog services: it holds nothing that only one of them needs."""
