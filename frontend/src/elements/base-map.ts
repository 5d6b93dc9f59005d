// @ts-expect-error the build for strict pages has no types of its own; they are those of the package
import built from "maplibre-gl/dist/maplibre-gl-csp.js";
import workerUrl from "maplibre-gl/dist/maplibre-gl-csp-worker.js?url";
import type * as MapLibre from "maplibre-gl";

/** The ground of our maps: borders of our own and nothing from outside. All files come from this server, the worker too. */
export const maplibregl = built as typeof MapLibre;

export type Box = [number, number, number, number]; // west, south, east, north
export const FIT = { padding: 40, maxZoom: 15, animate: false };

/** A colour of the maps that the server draws too, of the mode that the page is in: "land" is --map-land. */
export const colour = (name: string): string => getComputedStyle(document.documentElement).getPropertyValue(`--map-${name}`).trim();

/** The address from the root of the site, with the braces of tile templates. */
export const absolute = (path: string): string => new URL(path, location.origin).href.replaceAll("%7B", "{").replaceAll("%7D", "}");

/** Water, land, borders and names of areas. */
export function ground(areas: string): MapLibre.StyleSpecification {
  return {
    version: 8,
    sources: { areas: { type: "geojson", data: absolute(areas) } },
    layers: [
      { id: "water", type: "background", paint: { "background-color": colour("page") } },
      { id: "land", type: "fill", source: "areas", paint: { "fill-color": colour("land") } },
      { id: "border", type: "line", source: "areas", paint: { "line-color": colour("border"), "line-width": 1, "line-dasharray": [3, 2] } },
      { id: "name", type: "symbol", source: "areas", minzoom: 10, layout: { "text-field": ["get", "name"], "text-size": 12, "text-font": ["Pretendard"] },
        paint: { "text-color": colour("label"), "text-halo-color": colour("land"), "text-halo-width": 1.5 } },
    ],
  };
}

/** A map in `canvas`, with a scale and the buttons of `box` to come nearer, to go away and to go back. */
export function open(box: HTMLElement, canvas: HTMLElement, style: MapLibre.StyleSpecification, bounds: Box): MapLibre.Map {
  maplibregl.setWorkerUrl(workerUrl);
  const map = new maplibregl.Map({
    container: canvas, style, bounds, fitBoundsOptions: FIT, attributionControl: false,
    localIdeographFontFamily: "Pretendard, sans-serif", cooperativeGestures: matchMedia("(pointer: coarse)").matches, dragRotate: false, pitchWithRotate: false, maxZoom: 18,
    locale: { "CooperativeGesturesHandler.MobileHelpText": document.documentElement.lang === "en" ? "Move the map with two fingers" : "두 손가락으로 지도를 움직이십시오" },
  });
  map.touchZoomRotate.disableRotation();
  map.addControl(new maplibregl.ScaleControl({ unit: "metric" }), "bottom-left");
  for (const button of box.querySelectorAll<HTMLButtonElement>("[data-zoom]")) {
    button.addEventListener("click", () => {
      if (button.dataset.zoom === "in") map.zoomIn();
      else if (button.dataset.zoom === "out") map.zoomOut();
      else map.fitBounds(bounds, FIT);
    });
  }
  map.on("idle", () => (box.dataset.ready = "true"));
  return map;
}
