// How large vehicles are drawn: with their line where there is room, as ever smaller marks where they would cover all. Pure.

export interface Crowd {
  /** Plates with numbers and noses, or marks alone. */
  plates: boolean;
  scale: number;
}

/** Further out than this a plate is larger than the district it is in. */
const plateZoom = 13;
/** Pixels a plate with its nose takes. */
const plateArea = 26 * 24;
/** Share of the screen that plates may cover, and marks of full size. */
const platesMayCover = 0.4;
const markArea = 20 * 20;
const marksMayCover = 0.6;
/** What is large stays large until it is clearly too much, so that nothing flickers at the border. */
const stay = 1.25;

/** @param inView vehicles on the screen; @param screenArea in pixels; @param was how they were drawn so far. */
export function crowdOf(inView: number, screenArea: number, zoom: number, was: Crowd): Crowd {
  const plates =
    zoom >= plateZoom && inView * plateArea <= screenArea * platesMayCover * (was.plates ? stay : 1);
  if (plates) return { plates, scale: 1 };
  const cover = (inView * markArea) / (screenArea * marksMayCover * (was.scale < 0.8 ? 1 : stay));
  return { plates, scale: cover <= 1 ? 0.8 : Math.max(0.45, Math.round((0.8 / Math.sqrt(cover)) * 20) / 20) };
}
