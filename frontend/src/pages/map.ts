import type * as MapLibre from "maplibre-gl";
import { type Box, absolute, colour, ground, open as openMap } from "../elements/base-map";

/** A map of the rows of a version, out of vector tiles of our own. It adds no style of its own to the page. */
function style(tiles: string, areas: string): MapLibre.StyleSpecification {
  const [land, mark, edge] = [colour("land"), colour("class-4"), colour("class-5")];
  const single: MapLibre.ExpressionSpecification = ["==", ["get", "n"], 1];
  const base = ground(areas);
  return {
    ...base,
    sources: { ...base.sources, rows: { type: "vector", tiles: [absolute(tiles)], minzoom: 0, maxzoom: 16 } },
    layers: [
      ...base.layers,
      { id: "shape", type: "fill", source: "rows", "source-layer": "rows", filter: ["==", ["geometry-type"], "Polygon"],
        paint: { "fill-color": mark, "fill-opacity": 0.35, "fill-outline-color": edge } },
      { id: "line", type: "line", source: "rows", "source-layer": "rows", filter: ["==", ["geometry-type"], "LineString"],
        paint: { "line-color": mark, "line-width": 2 } },
      { id: "many", type: "circle", source: "rows", "source-layer": "rows",
        filter: ["all", ["==", ["geometry-type"], "Point"], ["!", single]],
        paint: { "circle-color": mark, "circle-opacity": 0.55, "circle-stroke-color": edge, "circle-stroke-width": 1,
          "circle-radius": ["interpolate", ["linear"], ["sqrt", ["get", "n"]], 1, 4, 10, 10, 100, 20, 500, 28] } },
      { id: "one", type: "circle", source: "rows", "source-layer": "rows",
        filter: ["all", ["==", ["geometry-type"], "Point"], single],
        paint: { "circle-color": mark, "circle-stroke-color": land, "circle-stroke-width": 1.5,
          "circle-radius": ["interpolate", ["linear"], ["zoom"], 8, 3, 16, 7] } },
    ],
  };
}

function show(box: HTMLElement): void {
  const { tiles = "", areas = "", box: said = "", rows = "", open = "", many = "" } = box.dataset;
  const [west = 126, south = 34, east = 129, north = 38] = said.split(",").map(Number);
  const bounds: Box = [west, south, east, north];
  const canvas = box.querySelector<HTMLElement>(".canvas");
  const told = box.querySelector<HTMLElement>(".told");
  if (!canvas || !told) return;
  box.hidden = false;
  const map = openMap(box, canvas, style(tiles, areas), bounds);
  map.on("click", (event) => {
    const { x, y } = event.point;
    const found = map.queryRenderedFeatures([[x - 6, y - 6], [x + 6, y + 6]], { layers: ["one", "many", "line", "shape"] })[0];
    told.replaceChildren();
    if (!found) return;
    const { n, row, name } = found.properties as { n: number; row?: number; name?: string };
    if (n > 1 || row === undefined) {
      told.textContent = `${n.toLocaleString()}${many}`;
      map.easeTo({ center: event.lngLat, zoom: map.getZoom() + 2 });
      return;
    }
    const link = document.createElement("a");
    link.href = rows + String(row);
    link.textContent = open;
    told.append(name ? `${name} ` : "", link);
  });
}

for (const box of document.querySelectorAll<HTMLElement>("[data-map]")) show(box);
