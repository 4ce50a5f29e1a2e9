// The operator's map as one object: maplibre with our ground and layers, fed by the live picture.
import { LngLatBounds, Map as MapLibreMap, setWorkerUrl, type LayerSpecification } from 'maplibre-gl';
import workerUrl from 'maplibre-gl/dist/maplibre-gl-worker.mjs?worker&url';
import type { Alarm } from '../../../model/alarm.ts';
import type { PictureAsset } from '../../../model/picture.ts';
import type { Track } from '../../../model/track.ts';
import type { WarningFeature } from '../../../model/warning.ts';
import type { Basemap } from '../city/city.svelte.ts';
import { alarmIdOf } from '../live/alarm-key.ts';
import {
  asPosition,
  latOfMercator,
  lonOfMercator,
  mercatorX,
  mercatorY,
  type District,
  type Geography,
} from '../city/geography.ts';
import type { Blind } from '../live/blind.svelte.ts';
import { clock } from '../live/clock.svelte.ts';
import type { Desk } from '../live/desk.svelte.ts';
import { shownFreshness, type Batch, type Group } from '../live/picture.ts';
import { stopIdOf, stopKey } from '../live/stop-key.ts';
import { transit } from '../live/transit.svelte.ts';
import { language } from '../words/language.svelte.ts';
import { groundLayerIds, groundStyle, type GroundKey } from './basemap.ts';
import { AlarmLayer } from './layers/alarms.ts';
import { BlindLayer } from './layers/blind.ts';
import { Clustering } from './clustering.ts';
import { Drawing } from './drawing.svelte.ts';
import { CameraLayer } from './layers/cameras.ts';
import type { Cluster } from './layers/cluster-grid.ts';
import { LastSeenLayer } from './layers/last-seen.ts';
import { LineLayer } from './layers/lines.ts';
import { SensorLayer } from './layers/sensors.ts';
import { WarningLayer } from './layers/warnings.ts';
import { StopLayer, stopsFromZoom } from './layers/stops.ts';
import { TrailLayer } from './layers/trail.ts';
import { VehicleAtlas } from './layers/vehicle-atlas.ts';
import { VehicleLayer } from './layers/vehicles.ts';
import { readPalette } from './palette.ts';
import { nextOf, pick, screenOf } from './picking.ts';
import { districtCodeOf, districtKey, markedKey, view, type TransitKey } from './view.svelte.ts';

setWorkerUrl(workerUrl);

/** What panels cover of the map, in pixels. */
export interface Insets {
  top: number;
  right: number;
  bottom: number;
  left: number;
}

/** What a pointer is over: an asset or a stop. */
export interface Named {
  id: string;
  name: string;
}

const reachMouse = 16;
const reachTouch = 24;
const hoverEveryMs = 80;
const alarmsEveryMs = 500;
const moveMs = 160;

export class OperatorMap {
  onhover: (thing: Named | undefined, point: { x: number; y: number }) => void = () => undefined;
  onpaint: (vehicles: number) => void = () => undefined;
  readonly drawing: Drawing;
  #map: MapLibreMap;
  #desk: Desk;
  #geography: Geography;
  #basemap: Basemap;
  #atlas: VehicleAtlas;
  #vehicles: VehicleLayer;
  #sensors: SensorLayer;
  #blind = new BlindLayer();
  #warnings = new WarningLayer();
  #lines = new LineLayer();
  #transitStops = new StopLayer();
  #cameras = new CameraLayer();
  #lastSeen = new LastSeenLayer();
  #alarmsShown: readonly Alarm[] = [];
  #alarmsHeld: ReturnType<typeof setTimeout> | undefined;
  #alarms = new AlarmLayer();
  #clustering: Clustering;
  #trail = new TrailLayer();
  #stops: (() => void)[];
  #hoveredAt = 0;
  #seconds = 0;

  /** @throws when the browser cannot draw it. */
  static async make(
    container: HTMLElement,
    desk: Desk,
    geography: Geography,
    basemap: Basemap,
    insets: Insets,
  ): Promise<OperatorMap> {
    const fonts = ['400 12px Inter', "500 12px 'Inter Medium'", "700 10px 'Inter Bold'", '700 10px Inter'];
    // Plates and labels drawn before the font is there would keep the wrong one.
    await Promise.allSettled(fonts.map((font) => document.fonts.load(font)));
    const style = await groundStyle(basemap, geography, readPalette());
    const [west, south, east, north] = geography.map.facts.bounds as [number, number, number, number];
    const map = new MapLibreMap({
      container,
      style,
      center: asPosition(geography.map.facts.centre),
      zoom: 12.4,
      minZoom: 8,
      maxZoom: 19,
      maxPitch: 0,
      pitchWithRotate: false,
      touchPitch: false,
      renderWorldCopies: false,
      fadeDuration: 0,
      localIdeographFontFamily: false,
      attributionControl: basemap.kind === 'city' ? false : { compact: false },
      locale: {
        'Map.Title': `${language.words.mapLabel(geography.map.facts.name)}. ${language.words.mapHelp}`,
      },
    });
    map.setPadding(insets);
    if (view.place) map.jumpTo({ center: [view.place.lon, view.place.lat], zoom: view.place.zoom });
    else map.fitBounds(new LngLatBounds([west, south], [east, north]), { animate: false, padding: 16 });
    await new Promise<void>((resolve) => map.once('style.load', () => resolve()));
    return new OperatorMap(map, desk, geography, basemap);
  }

  private constructor(map: MapLibreMap, desk: Desk, geography: Geography, basemap: Basemap) {
    this.#map = map;
    this.#desk = desk;
    this.#geography = geography;
    this.#basemap = basemap;
    const palette = readPalette();
    this.#atlas = new VehicleAtlas(palette);
    this.#vehicles = new VehicleLayer(asPosition(geography.map.facts.centre), this.#atlas, () =>
      clock.readNow(),
    );
    this.#vehicles.still = matchMedia('(prefers-reduced-motion: reduce)').matches;
    this.#sensors = new SensorLayer((id) => desk.air.ispuOf(id));
    this.#blind.addTo(map, palette);
    this.#warnings.addTo(map, palette);
    this.#lines.addTo(map, palette);
    this.#transitStops.addTo(map, palette);
    this.#cameras.addTo(map, palette);
    this.#sensors.addTo(map, palette);
    this.#lastSeen.addTo(map, palette);
    map.addLayer(this.#vehicles);
    map.moveLayer('district-name');
    const layers = { vehicles: this.#vehicles, sensors: this.#sensors, cameras: this.#cameras };
    this.#clustering = new Clustering(map, desk, layers, ({ id }) => (desk.air.ispuOf(id) ?? 0) > 100);
    this.#clustering.addTo(palette);
    this.#alarms.addTo(map, palette);
    this.#trail.addTo(map, palette, 'camera-views');
    this.drawing = new Drawing(map, palette);
    this.#stops = [
      desk.picture.listen((batch) => this.#take(batch)),
      desk.onSecond(() => this.#second()),
      desk.onAir((id) => this.#putAgain(id)),
    ];
    this.#take({ changed: new Set(desk.picture.assets.values()), gone: [] });
    this.#second();
    map.on('render', () => this.onpaint(this.#vehicles.drawn));
    map.on('moveend', () => this.#moved(true));
    map.on('zoomend', () => this.#clustering.zoomed());
    map.on('move', () => this.#moved(false));
    map.on('click', (event) => this.#clicked(event.point, event.originalEvent));
    map.on('mousemove', (event) => this.#hover(event.point));
    map.on('dragstart', () => (view.followed = undefined));
    map.on('mouseout', () => this.#unhover());
    map.on('webglcontextrestored', () => {
      map.removeLayer(this.#vehicles.id);
      map.addLayer(this.#vehicles, 'district-name');
    });
    this.#moved(false);
  }

  remove(): void {
    clearTimeout(this.#alarmsHeld);
    for (const stop of this.#stops) stop();
    this.#map.remove();
  }

  /** Clusters drawn now. */
  get clusters(): number {
    return this.#clustering.count;
  }

  /** Draws where the selected vehicle was; nothing takes it away. */
  showTrail(track: Track | undefined): void {
    const [from, to] = track ? [Date.parse(track.from), Date.parse(track.to)] : [0, 0];
    this.#trail.show(this.#map, track?.parts ?? [], from, to);
  }

  /** Leaves out of the map what lies in none of these kecamatan; none of them leaves nothing out. */
  filterBy(districts: readonly string[]): void {
    const codes = new Set(districts);
    this.#clustering.passes =
      codes.size === 0
        ? undefined
        : ({ lat, lon }) =>
            lat !== undefined &&
            lon !== undefined &&
            codes.has(this.#geography.districtOf([lon, lat])?.code ?? '');
    this.recluster();
  }

  /** Goes along with a vehicle, from where it is seen now. */
  #follow(): void {
    const at = { x: 0, y: 0 };
    if (view.followed === undefined || !this.#vehicles.seenAt(view.followed, at)) return;
    const center: [number, number] = [lonOfMercator(at.x), latOfMercator(at.y)];
    // Over a second, evenly: the next second goes on from there.
    this.#map.easeTo({ center, duration: this.#vehicles.still ? 0 : 1000, easing: (part) => part });
  }

  /** Looks again at what is joined, as when something was selected. */
  recluster(): void {
    this.#clustering.update();
    this.repaint();
  }

  /** Goes to the cluster nearest to the middle, so that its members are seen apart. */
  openCluster(): void {
    const nearest = this.#clustering.nearest();
    if (nearest) this.#clustering.open(nearest, moveMs * 2);
  }

  repaint(): void {
    this.#map.triggerRepaint();
  }

  zoomBy(steps: number): void {
    this.#map.zoomTo(this.#map.getZoom() + steps, { duration: moveMs });
  }

  northUp(): void {
    this.#map.easeTo({ bearing: 0, duration: moveMs });
  }

  wholeCity(): void {
    const [west, south, east, north] = this.#geography.map.facts.bounds as [number, number, number, number];
    this.#map.fitBounds(new LngLatBounds([west, south], [east, north]), {
      duration: moveMs * 2,
      bearing: 0,
      padding: 16,
    });
  }

  focus(): void {
    this.#map.getCanvas().focus();
  }

  goTo({ lon, lat, zoom }: { lon: number; lat: number; zoom: number }): void {
    this.#map.jumpTo({ center: [lon, lat], zoom });
  }

  /** As goTo, so that the eye can follow. */
  flyTo({ lon, lat, zoom }: { lon: number; lat: number; zoom?: number }): void {
    this.#map.easeTo({ center: [lon, lat], duration: moveMs * 2, ...(zoom === undefined ? {} : { zoom }) });
  }

  /** Brings all of a path into sight. */
  fitTo(path: readonly [lon: number, lat: number][], maxZoom = 16): void {
    const bounds = new LngLatBounds();
    for (const position of path) bounds.extend(position);
    if (!bounds.isEmpty()) this.#map.fitBounds(bounds, { duration: moveMs * 2, padding: 60, maxZoom });
  }

  /** Brings an asset into sight, without moving when it is already well in it. */
  reveal(id: string): void {
    const district = this.#districtOf(id);
    if (district) return this.fitTo(district.outline.map(asPosition), 15);
    const place = this.#placeOf(id);
    if (place === undefined) return;
    const { x, y } = this.#map.project(place);
    const { top = 0, right = 0, bottom = 0, left = 0 } = this.#map.getPadding();
    const { clientWidth, clientHeight } = this.#map.getContainer();
    const margin = 60;
    const inSight =
      x > left + margin &&
      x < clientWidth - right - margin &&
      y > top + margin &&
      y < clientHeight - bottom - margin;
    // A stop is drawn from near only.
    const near = stopIdOf(id) === undefined || this.#map.getZoom() >= stopsFromZoom;
    const zoom = near ? {} : { zoom: stopsFromZoom + 1 };
    if (!inSight || !near) this.#map.easeTo({ center: place, duration: moveMs * 2, ...zoom });
  }

  #placeOf(id: string): [lon: number, lat: number] | undefined {
    const district = this.#districtOf(id);
    if (district) return asPosition(district.centroid);
    if (id === markedKey) return view.marked && [view.marked.lon, view.marked.lat];
    if (alarmIdOf(id) !== undefined) {
      const drawn = this.#alarms.find(id);
      return drawn && [drawn.lon, drawn.lat];
    }
    const stopId = stopIdOf(id);
    if (stopId !== undefined)
      return transit.stop(stopId)?.geometry.coordinates as [number, number] | undefined;
    const asset = this.#desk.picture.assets.get(id);
    return asset?.lat === undefined || asset.lon === undefined ? undefined : [asset.lon, asset.lat];
  }

  #districtOf(id: string): District | undefined {
    const code = districtCodeOf(id);
    return code === undefined
      ? undefined
      : this.#geography.map.districts.districts.find((one) => one.code === code);
  }

  /** What panels newly cover or bare: the middle moves with it, the ground stays where it is seen. */
  inset(insets: Insets): void {
    const { clientWidth, clientHeight } = this.#map.getContainer();
    // A window that became narrow changes its panels first: the map must have its size before a place on it is asked for.
    this.#map.resize();
    const x = (insets.left + clientWidth - insets.right) / 2;
    const y = (insets.top + clientHeight - insets.bottom) / 2;
    this.#map.jumpTo({ center: this.#map.unproject([x, y]), padding: insets });
  }

  show(shown: Record<Group, boolean>, ground: Record<GroundKey, boolean>): void {
    this.#vehicles.shown.service = shown.service;
    this.#vehicles.shown.angkot = shown.angkot;
    for (const id of this.#sensors.layerIds) this.#setShown(id, shown.sensor);
    for (const id of this.#cameras.layerIds) this.#setShown(id, shown.camera);
    for (const key of Object.keys(groundLayerIds) as GroundKey[]) {
      for (const id of groundLayerIds[key]) this.#setShown(id, ground[key]);
    }
    this.#clustering.update();
    this.#updateLastSeen();
    this.repaint();
  }

  /** The warnings that stand, and which of them is looked at. */
  showWarnings(features: readonly WarningFeature[], selected: string | undefined): void {
    this.#warnings.show(this.#map, features, selected, language.words.locale);
  }

  /** What the city cannot see; undefined draws nothing. */
  showBlind(blind: Blind | undefined): void {
    this.#blind.show(this.#map, blind?.ground, blind?.seen?.sights ?? []);
  }

  /** The alarms that the screen shows: the first at once; in a flood the map is not drawn anew for each. */
  showAlarms(alarms: readonly Alarm[]): void {
    this.#alarmsShown = alarms;
    if (this.#alarmsHeld !== undefined) return;
    this.#alarms.show(this.#map, alarms, this.#desk.picture);
    this.#alarmsHeld = setTimeout(() => {
      this.#alarmsHeld = undefined;
      if (this.#alarmsShown !== alarms) this.showAlarms(this.#alarmsShown);
    }, alarmsEveryMs);
  }

  /** Brings all of a warning into sight. */
  revealWarning(id: string): void {
    const bounds = this.#warnings.boundsOf(id);
    if (bounds) this.#map.fitBounds(bounds, { duration: moveMs * 2, padding: 40, maxZoom: 13 });
  }

  /** The lines and stops of the timetable, and which of the two are drawn. */
  showTransit(shown: Record<TransitKey, boolean>): void {
    this.#lines.show(this.#map, transit.lines, readPalette());
    this.#transitStops.show(this.#map, transit.stops);
    for (const id of this.#lines.layerIds) this.#setShown(id, shown.lines);
    for (const id of this.#transitStops.layerIds) this.#setShown(id, shown.stops);
  }

  /** Takes the colours anew from the tokens, keeping every layer and source. */
  recolour(): void {
    const palette = readPalette();
    this.#atlas.recolour(palette);
    this.#sensors.addImages(this.#map, palette);
    this.#cameras.addImages(this.#map, palette);
    this.#transitStops.addImages(this.#map, palette);
    this.#lines.recolour(this.#map, palette);
    this.#blind.addImages(this.#map, palette);
    this.#warnings.addImages(this.#map, palette);
    this.#alarms.addImages(this.#map, palette);
    this.#clustering.layer.recolour(this.#map, palette);
    const live = [
      this.#blind,
      this.#warnings,
      this.#trail,
      this.#sensors,
      this.#lastSeen,
      this.#clustering.layer,
      this.drawing.layer,
    ].flatMap((layer) => layer.layers(palette));
    void groundStyle(this.#basemap, this.#geography, palette).then(({ layers }) => {
      for (const layer of [...layers, ...live]) this.#repaintLayer(layer);
    });
  }

  /** Says the labels that we write in the language now chosen. */
  relabel(): void {
    for (const asset of this.#desk.picture.assets.values()) this.#put(asset, clock.readNow());
    this.#flush();
  }

  /** Moves an element of the page to where an asset is seen now. */
  place(element: HTMLElement, id: string): void {
    const at = { x: 0, y: 0 };
    if (!this.#vehicles.seenAt(id, at)) {
      const place = this.#placeOf(id);
      element.style.visibility = place === undefined ? 'hidden' : '';
      if (place === undefined) return;
      at.x = mercatorX(place[0]);
      at.y = mercatorY(place[1]);
    }
    screenOf(this.#map)(at, at);
    at.x += this.#alarms.find(id)?.shiftX ?? 0;
    at.y += this.#alarms.find(id)?.shiftY ?? this.#shiftOf(id);
    element.style.transform = `translate(${Math.round(at.x)}px, ${Math.round(at.y)}px)`;
  }

  #shiftOf = (id: string): number => this.#sensors.shiftAt(id, this.#map.getZoom());

  #repaintLayer(layer: LayerSpecification): void {
    if (!this.#map.getLayer(layer.id)) return;
    for (const [name, value] of Object.entries(layer.paint ?? {})) {
      this.#map.setPaintProperty(layer.id, name as never, value as never);
    }
  }

  #setShown(id: string, shown: boolean): void {
    if (this.#map.getLayer(id)) this.#map.setLayoutProperty(id, 'visibility', shown ? 'visible' : 'none');
  }

  #take(batch: Batch): void {
    this.#vehicles.take(batch);
    const now = clock.readNow();
    for (const asset of batch.changed) this.#put(asset, now);
    for (const { id, kind } of batch.gone) {
      if (kind === 'sensor') this.#sensors.remove(id);
      if (kind === 'camera') this.#cameras.source.remove(id);
    }
  }

  #put(asset: PictureAsset, now: number): void {
    if (asset.kind === 'sensor')
      this.#sensors.put(asset, now, { code: language.code, words: language.words });
    else if (asset.kind === 'camera') this.#cameras.put(asset, now);
  }

  #putAgain(id: string): void {
    const asset = this.#desk.picture.assets.get(id);
    if (asset) this.#put(asset, clock.readNow());
  }

  /** Things age without a word: looks again at all that stands still, and sends what looks different. */
  #second(): void {
    const now = clock.readNow();
    for (const asset of this.#desk.picture.assets.values()) {
      if (asset.kind !== 'vehicle' && this.#ages(asset, now)) this.#put(asset, now);
    }
    if (!this.#map.isZooming()) this.#clustering.update();
    this.#follow();
    if (this.#seconds++ % 5 === 0) this.#updateLastSeen();
    this.#flush();
    this.#alarms.update(this.#map, this.#desk.picture);
    this.repaint();
  }

  #shownState = new WeakMap<PictureAsset, string>();
  #ages(asset: PictureAsset, now: number): boolean {
    const state = shownFreshness(asset, now);
    if (this.#shownState.get(asset) === state) return false;
    this.#shownState.set(asset, state);
    return true;
  }

  #updateLastSeen(): void {
    const { timeZone } = this.#geography.map.facts;
    const shiftOf = (id: string): number | undefined => this.#sensors.stacks.shiftOf(id);
    this.#lastSeen.update(
      this.#desk.picture,
      view.shown,
      clock.readNow(),
      timeZone,
      shiftOf,
      this.#clustering.hidden,
    );
  }

  #flush(): void {
    this.#sensors.source.flush(this.#map);
    this.#cameras.source.flush(this.#map);
    this.#lastSeen.source.flush(this.#map);
  }

  #moved(settled: boolean): void {
    const { lng, lat } = this.#map.getCenter();
    const zoom = this.#map.getZoom();
    view.bearing = this.#map.getBearing();
    view.pixelsPerMetre = (512 * 2 ** zoom) / (40_075_016.686 * Math.cos((lat * Math.PI) / 180));
    if (!settled) return;
    view.place = { zoom, lat, lon: lng };
    view.writeAddress();
  }

  #clicked(point: { x: number; y: number }, event: MouseEvent): void {
    if (this.drawing.tool !== undefined) return;
    const cluster = this.#clusterAt(point);
    if (cluster) return this.#clustering.open(cluster, moveMs * 2);
    const touch = 'pointerType' in event && event.pointerType === 'touch';
    const things = this.#at(point, touch ? reachTouch : reachMouse);
    // Beneath all things lie the warnings; a click beside what is selected only lets it go.
    if (things.length === 0 && view.selected === undefined) {
      const { warnings } = this.#desk;
      warnings.select(nextOf(this.#warnings.at(this.#map, point), warnings.selected));
    }
    view.selected = nextOf(things, view.selected);
    view.marked = undefined;
  }

  #hover(point: { x: number; y: number }): void {
    const now = performance.now();
    if (now - this.#hoveredAt < hoverEveryMs || this.#map.isMoving() || this.drawing.tool) return;
    this.#hoveredAt = now;
    const cluster = this.#clusterAt(point);
    const id = cluster ? undefined : this.#at(point, reachMouse)[0];
    this.#map.getCanvas().style.cursor = id === undefined && cluster === undefined ? '' : 'pointer';
    this.onhover(cluster ? nameOfCluster(cluster) : id === undefined ? undefined : this.#named(id), point);
  }

  /** An alarm over a cluster is what is meant. */
  #clusterAt(point: { x: number; y: number }): Cluster | undefined {
    if (this.#alarms.at(this.#map, point, reachMouse).length > 0) return undefined;
    return this.#clustering.at(point);
  }

  #at(point: { x: number; y: number }, reach: number): string[] {
    const assets = pick(
      this.#map,
      this.#desk.picture,
      this.#vehicles,
      view.shown,
      point,
      reach,
      this.#shiftOf,
      this.#clustering.hidden,
    );
    // Stops lie beneath what moves and what measures, and names of kecamatan beneath everything.
    const alarms = this.#alarms.at(this.#map, point, reach);
    return [...alarms, ...assets, ...this.#stopsAt(point, reach), ...this.#districtNamesAt(point)];
  }

  #districtNamesAt({ x, y }: { x: number; y: number }): string[] {
    if (!this.#map.getLayer('district-name')) return [];
    const found = this.#map.queryRenderedFeatures([x, y], { layers: ['district-name'] });
    return found.flatMap(({ properties }) => districtKey(String(properties['code'])));
  }

  #stopsAt(point: { x: number; y: number }, reach: number): string[] {
    if (!view.transit.stops || this.#map.getZoom() < stopsFromZoom) return [];
    const found = this.#transitStops.drawn.flatMap(({ geometry, properties }) => {
      const { x, y } = this.#map.project(geometry.coordinates as [number, number]);
      const distance = Math.hypot(x - point.x, y - point.y);
      return distance <= reach ? [{ id: stopKey(properties.stopId), distance }] : [];
    });
    return found.sort((a, b) => a.distance - b.distance).map(({ id }) => id);
  }

  #named(id: string): Named | undefined {
    const alarm = this.#desk.alarms.find(alarmIdOf(id) ?? '');
    if (alarm) return { id, name: alarm.name[language.code] };
    const district = this.#districtOf(id);
    if (district) return { id, name: district.name };
    const stop = transit.stop(stopIdOf(id) ?? '');
    return stop === undefined ? this.#desk.picture.assets.get(id) : { id, name: stop.properties.name };
  }

  #unhover(): void {
    this.onhover(undefined, { x: 0, y: 0 });
  }
}

function nameOfCluster({ key, ids, fresh, stale, silent }: Cluster): Named {
  const { fresh: isFresh, stale: isStale, silent: isSilent, assets } = language.words;
  return {
    id: `cluster:${key}`,
    name: `${assets(String(ids.length))}: ${fresh} ${isFresh}, ${stale} ${isStale}, ${silent} ${isSilent}`,
  };
}
