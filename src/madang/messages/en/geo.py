"""English sentences about layers: GeoJSON, TopoJSON, Shapefile, GeoPackage, KML."""

TEXTS: dict[str, str] = {}
