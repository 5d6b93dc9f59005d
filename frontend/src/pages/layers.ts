import type * as MapLibre from "maplibre-gl";
import { type Box, colour, ground, maplibregl, open } from "../elements/base-map";

/**
 * The layers of a result on one map: areas beneath points, few points above many. A place that is touched, or chosen in
 * the table beside the map, says its value and leads to why it is so.
 */
interface Place {
  _row: number;
  _name: string;
  _text: string;
  _step: number;
}

type Features = GeoJSON.FeatureCollection<GeoJSON.Geometry, Place>;

interface Shown {
  side: HTMLElement;
  number: string;
  form: string; // areas, circles, points
  hue: string;
  way: string; // where a number leads, without its row; "" where nowhere
  features: Features;
}

const FEW = 60; // points that are drawn large
const OUTSIDE = 6; // the step of what is none of the words of a map
const NAMED = 20; // points that have room for their names

function stepColour(hue: string): MapLibre.ExpressionSpecification {
  const steps = [1, 2, 3, 4, 5].flatMap((step) => [step, colour(`hue-${hue}-${step}`)]);
  return ["match", ["get", "_step"], ...steps, colour("land")] as unknown as MapLibre.ExpressionSpecification;
}

/** Names and values as text: read without colours. What is none of the words is pale, and that is enough. */
function label(id: string, source: string, below: boolean): MapLibre.LayerSpecification {
  return {
    id, type: "symbol", source, minzoom: 9,
    layout: { "text-field": ["concat", ["get", "_name"], "\n", ["case", ["==", ["get", "_step"], OUTSIDE], "", ["get", "_text"]]], "text-size": 12, "text-font": ["Pretendard"],
      "text-anchor": below ? "top" : "center", "text-offset": below ? [0, 0.9] : [0, 0], "text-optional": true },
    paint: { "text-color": colour("label"), "text-halo-color": colour("land"), "text-halo-width": 1.8 },
  };
}

function layersOf({ number, form, hue, features }: Shown): MapLibre.LayerSpecification[] {
  const [source, fill, edge] = [`layer-${number}`, stepColour(hue), colour("label")];
  if (form === "areas")
    return [
      { id: `${source}-fill`, type: "fill", source, paint: { "fill-color": fill, "fill-opacity": 0.88 } },
      { id: `${source}-none`, type: "fill", source, filter: ["==", ["get", "_step"], 0], paint: { "fill-pattern": "hatch" } },
      { id: `${source}-line`, type: "line", source, paint: { "line-color": colour("border"), "line-width": 1 } },
      label(`${source}-name`, source, false),
    ];
  const few = features.features.length <= FEW;
  const [small, large] = few ? [6, 14] : [2.5, 6];
  const growing: MapLibre.ExpressionSpecification = ["interpolate", ["linear"], ["get", "_step"], 0, small, 5, large];
  const radius = hue === "kinds" ? (small + large) / 2 : growing; // no word is larger than another
  const circle: MapLibre.LayerSpecification = {
    id: `${source}-dot`, type: "circle", source,
    paint: { "circle-color": fill, "circle-radius": radius, "circle-opacity": 0.92, "circle-stroke-color": edge, "circle-stroke-width": few ? 1.2 : 0.6 },
  };
  return features.features.length <= NAMED || form === "circles" ? [circle, label(`${source}-name`, source, true)] : [circle];
}

/** Stripes for areas without a value. */
function hatch(): ImageData {
  const image = new ImageData(8, 8);
  const [r, g, b] = /^#(..)(..)(..)$/.exec(colour("border"))?.slice(1).map((part) => parseInt(part, 16)) ?? [139, 147, 158];
  for (let at = 0; at < 64; at++) {
    if ((at % 8 + Math.floor(at / 8)) % 8 < 2) image.data.set([r ?? 0, g ?? 0, b ?? 0, 255], at * 4);
  }
  return image;
}

function boxOf(all: Features[]): Box | null {
  const box: Box = [Infinity, Infinity, -Infinity, -Infinity];
  const take = (at: unknown): void => {
    if (!Array.isArray(at)) return;
    if (typeof at[0] !== "number") return at.forEach(take);
    const [lon, lat] = at as [number, number];
    [box[0], box[1], box[2], box[3]] = [Math.min(box[0], lon), Math.min(box[1], lat), Math.max(box[2], lon), Math.max(box[3], lat)];
  };
  for (const each of all) for (const { geometry } of each.features) if ("coordinates" in geometry) take(geometry.coordinates);
  return Number.isFinite(box[0]) ? box : null;
}

function middleOf(feature: Features["features"][number]): [number, number] {
  const [west, south, east, north] = boxOf([{ type: "FeatureCollection", features: [feature] }]) ?? [0, 0, 0, 0];
  return [(west + east) / 2, (south + north) / 2];
}

async function read(side: HTMLElement): Promise<Shown> {
  const { side: number = "", form = "", hue = "", way = "", source = "" } = side.dataset;
  const answer = await fetch(source, { headers: { Accept: "application/geo+json" } });
  if (!answer.ok) throw new Error(String(answer.status));
  return { side, number, form, hue, way, features: (await answer.json()) as Features };
}

class Layers {
  private readonly popup = new maplibregl.Popup({ closeButton: true, maxWidth: "280px", focusAfterOpen: false });

  constructor(private readonly box: HTMLElement, private readonly map: MapLibre.Map, private readonly shown: Shown[]) {
    map.on("load", () => this.draw());
    map.on("click", ({ point: { x, y }, lngLat }) => {
      const layers = map.getStyle().layers.map((each) => each.id).filter((id) => /-(fill|dot)$/.test(id));
      const found = map.queryRenderedFeatures([[x - 6, y - 6], [x + 6, y + 6]], { layers })[0];
      const of = found && this.shown.find((each) => `layer-${each.number}` === found.source);
      if (found && of) this.say(of, found.properties as Place, [lngLat.lng, lngLat.lat]);
      else this.popup.remove();
    });
  }

  private draw(): void {
    this.map.addImage("hatch", hatch());
    const height = ({ form, features }: Shown): number => (form === "points" ? -features.features.length : -Infinity);
    for (const each of [...this.shown].sort((a, b) => height(a) - height(b) || 0)) {
      this.map.addSource(`layer-${each.number}`, { type: "geojson", data: each.features });
      for (const layer of layersOf(each)) this.map.addLayer(layer);
    }
    for (const choice of this.choices()) choice.addEventListener("change", () => this.choose(choice));
    for (const each of this.shown) this.names(each);
    this.choose();
  }

  private choices(): HTMLInputElement[] {
    return [...this.box.querySelectorAll<HTMLInputElement>("input[data-layer]")];
  }

  /** Show what is ticked; areas would cover one another: of those the one ticked last. */
  private choose(last?: HTMLInputElement): void {
    const form = (choice: HTMLInputElement): string => this.shown.find((each) => each.number === choice.dataset.layer)?.form ?? "";
    for (const other of this.choices()) if (last?.checked && other !== last && form(last) !== "points" && form(other) !== "points") other.checked = false;
    const ticked = new Set(this.choices().filter((each) => each.checked).map((each) => each.dataset.layer));
    for (const each of this.shown) {
      const visible = this.shown.length === 1 || ticked.has(each.number);
      each.side.hidden = !visible;
      for (const { id } of this.map.getStyle().layers) {
        if (id.startsWith(`layer-${each.number}-`)) this.map.setLayoutProperty(id, "visibility", visible ? "visible" : "none");
      }
    }
    const named = this.shown.some(({ form, side }) => form !== "points" && !side.hidden); // its own names say more
    this.map.setLayoutProperty("name", "visibility", named ? "none" : "visible");
    this.popup.remove();
  }

  /** Names in the table lead to their places. */
  private names(of: Shown): void {
    const by = new Map(of.features.features.map((each) => [String(each.properties._row), each]));
    for (const cell of of.side.querySelectorAll<HTMLElement>("th[data-row]")) {
      const feature = by.get(cell.dataset.row ?? "");
      if (!feature) continue;
      const button = document.createElement("button");
      button.type = "button";
      button.className = "link";
      button.append(...cell.childNodes);
      button.addEventListener("click", () => {
        const at = middleOf(feature);
        this.map.easeTo({ center: at, zoom: Math.max(this.map.getZoom(), of.form === "points" ? 14 : 12), animate: !matchMedia("(prefers-reduced-motion: reduce)").matches });
        this.say(of, feature.properties, at);
      });
      cell.replaceChildren(button);
    }
  }

  private say(of: Shown, place: Place, at: [number, number]): void {
    const { why = "", none = "" } = this.box.dataset;
    const inside = document.createElement("div");
    const name = document.createElement("strong");
    name.textContent = place._name;
    const value = document.createElement("p");
    value.className = "figure";
    value.textContent = place._text || (place._step ? "" : none);
    inside.append(name, value);
    if (of.way) {
      const link = document.createElement("a");
      link.href = of.way + String(place._row);
      link.textContent = why;
      inside.append(link);
    }
    this.popup.setLngLat(at).setDOMContent(inside).addTo(this.map);
    const told = this.box.querySelector<HTMLElement>(".told");
    if (told) told.textContent = `${place._name} ${value.textContent}`;
  }
}

async function show(box: HTMLElement): Promise<void> {
  const frame = box.querySelector<HTMLElement>(".live-map");
  const canvas = box.querySelector<HTMLElement>(".canvas");
  if (!frame || !canvas) return;
  frame.hidden = false;
  try {
    const shown = await Promise.all([...box.querySelectorAll<HTMLElement>("[data-side]")].map(read));
    const bounds = boxOf(shown.map((each) => each.features));
    if (bounds) new Layers(box, open(frame, canvas, ground(box.dataset.areas ?? ""), bounds), shown);
    else frame.hidden = true;
  } catch {
    const told = box.querySelector<HTMLElement>(".told");
    if (told) told.textContent = box.dataset.failed ?? "";
    canvas.hidden = true;
  }
}

for (const box of document.querySelectorAll<HTMLElement>("[data-layers]")) void show(box);
