"""Workbooks, written as streams."""
