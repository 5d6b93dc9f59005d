// @ts-expect-error the build for strict pages has no types of its own; they are those of the package
import built from "maplibre-gl/dist/maplibre-gl-csp.js";
import workerUrl from "maplibre-gl/dist/maplibre-gl-csp-worker.js?url";
import type * as MapLibre from "maplibre-gl";

/**
 * A map of the rows of a version, out of vector tiles of our own. All its files come from this server, its worker too, and
 * it adds no style of its own to the page.
 */
const maplibregl = built as typeof MapLibre;

/** The colours of the maps that the server draws: those of the mode that the page is in. */
function colours(): Record<"page" | "land" | "border" | "label" | "mark" | "edge", string> {
  const root = getComputedStyle(document.documentElement);
  const of = (name: string): string => root.getPropertyValue(`--map-${name}`).trim();
  return { page: of("page"), land: of("land"), border: of("border"), label: of("label"), mark: of("class-4"), edge: of("class-5") };
}

function style(tiles: string, areas: string): MapLibre.StyleSpecification {
  const { page, land, border, label, mark, edge } = colours();
  const absolute = (path: string): string => new URL(path, location.origin).href.replaceAll("%7B", "{").replaceAll("%7D", "}");
  const single: MapLibre.ExpressionSpecification = ["==", ["get", "n"], 1];
  return {
    version: 8,
    sources: {
      areas: { type: "geojson", data: absolute(areas) },
      rows: { type: "vector", tiles: [absolute(tiles)], minzoom: 0, maxzoom: 16 },
    },
    layers: [
      { id: "water", type: "background", paint: { "background-color": page } },
      { id: "land", type: "fill", source: "areas", paint: { "fill-color": land } },
      { id: "border", type: "line", source: "areas", paint: { "line-color": border, "line-width": 1, "line-dasharray": [3, 2] } },
      { id: "name", type: "symbol", source: "areas", minzoom: 10, layout: { "text-field": ["get", "name"], "text-size": 12, "text-font": ["Pretendard"] },
        paint: { "text-color": label, "text-halo-color": land, "text-halo-width": 1.5 } },
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
  const bounds: [number, number, number, number] = [west, south, east, north];
  const canvas = box.querySelector<HTMLElement>(".canvas");
  const told = box.querySelector<HTMLElement>(".told");
  if (!canvas || !told) return;
  box.hidden = false;
  maplibregl.setWorkerUrl(workerUrl);
  const fit = { padding: 40, maxZoom: 15, animate: false };
  const map = new maplibregl.Map({
    container: canvas, style: style(tiles, areas), bounds, fitBoundsOptions: fit, attributionControl: false,
    localIdeographFontFamily: "Pretendard, sans-serif", cooperativeGestures: matchMedia("(pointer: coarse)").matches, dragRotate: false, pitchWithRotate: false, maxZoom: 18,
    locale: { "CooperativeGesturesHandler.MobileHelpText": document.documentElement.lang === "en" ? "Move the map with two fingers" : "두 손가락으로 지도를 움직이십시오" },
  });
  map.touchZoomRotate.disableRotation();
  map.addControl(new maplibregl.ScaleControl({ unit: "metric" }), "bottom-left");
  for (const button of box.querySelectorAll<HTMLButtonElement>("[data-zoom]")) {
    button.addEventListener("click", () => {
      if (button.dataset.zoom === "in") map.zoomIn();
      else if (button.dataset.zoom === "out") map.zoomOut();
      else map.fitBounds(bounds, fit);
    });
  }
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
  map.on("idle", () => (box.dataset.ready = "true"));
}

for (const box of document.querySelectorAll<HTMLElement>("[data-map]")) show(box);
