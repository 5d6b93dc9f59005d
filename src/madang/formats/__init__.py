"""Shapes out: one version of a dataset as CSV, XLSX, JSON, JSON lines, GeoJSON or Parquet."""

from madang.formats.export import FORMATS, export

__all__ = ["FORMATS", "export"]
