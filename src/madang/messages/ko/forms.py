"""Korean sentences about forms of data: JSON, XML, Parquet, address files."""

TEXTS: dict[str, str] = {}
