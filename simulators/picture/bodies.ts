// Vehicles and people of a picture, as boxes with windows, wheels and lamps.
import { moved, type Point } from '../streets/plane.ts';
import { drawBox, drawPane, facingOf } from './box.ts';
import type { Light } from './light.ts';
import { mixed, scaled, type Colour } from './raster.ts';
import type { View } from './view.ts';

export type BodyKind = 'car' | 'van' | 'bus' | 'truck' | 'motorcycle' | 'person';

export interface Body extends Point {
  kind: BodyKind;
  headingDeg: number;
  colour: Colour;
}

interface Shape {
  lengthM: number;
  widthM: number;
  /** Top of the body, and of the cabin on it. */
  bodyUpM: number;
  cabinUpM: number;
  /** Where the cabin begins and ends, as shares from the rear. */
  cabin: [number, number];
}

const shapes: Record<'car' | 'van' | 'bus' | 'truck', Shape> = {
  car: { lengthM: 4.1, widthM: 1.7, bodyUpM: 0.95, cabinUpM: 1.52, cabin: [0.08, 0.7] },
  van: { lengthM: 3.9, widthM: 1.6, bodyUpM: 1.05, cabinUpM: 1.88, cabin: [0, 0.88] },
  bus: { lengthM: 8.5, widthM: 2.4, bodyUpM: 1.5, cabinUpM: 3.1, cabin: [0, 0.99] },
  truck: { lengthM: 6.4, widthM: 2.1, bodyUpM: 1.1, cabinUpM: 2.5, cabin: [0, 0.7] },
};

/** Farther away nobody can tell windows and wheels. */
const plainFromM = 75;

const black: Colour = [26, 26, 28];
const pane: Colour = [52, 64, 74];

export function drawBody(view: View, light: Light, body: Body, wetness: number): void {
  if (view.aheadM({ ...body, up: 1 }) < 2.5) return;
  if (body.kind === 'person') return drawPerson(view, light, body);
  if (body.kind === 'motorcycle') return drawMotorcycle(view, light, body, wetness);
  drawCar(view, light, body, shapes[body.kind], wetness);
}

/** Four corners clockwise from the front left; shares of the length from the rear. */
function outline(
  body: Body,
  lengthM: number,
  widthM: number,
  [rear, front]: readonly [number, number],
): Point[] {
  const corner = (share: number, left: number): Point =>
    moved(body, body.headingDeg, (share - 0.5) * lengthM, (left * widthM) / 2);
  return [corner(front, 1), corner(front, -1), corner(rear, -1), corner(rear, 1)];
}

function drawCar(view: View, light: Light, body: Body, shape: Shape, wetness: number): void {
  const { lengthM, widthM, bodyUpM, cabinUpM, cabin } = shape;
  const awayM = Math.max(0, view.aheadM({ ...body, up: 0 }));
  drawShadow(view, light, outline(body, lengthM + 0.5, widthM + 0.5, [0, 1]));
  const isNear = awayM < plainFromM;
  if (isNear) drawBox(view, light, outline(body, lengthM * 0.96, widthM * 0.92, [0, 1]), [0.12, 0.5], black);
  drawBox(view, light, outline(body, lengthM, widthM, [0, 1]), [0.32, bodyUpM], body.colour);
  const cabinBase = outline(body, lengthM, widthM * 0.94, cabin);
  const cabinColour = body.kind === 'truck' ? scaled(body.colour, 0.85) : body.colour;
  drawBox(view, light, cabinBase, [bodyUpM, cabinUpM], cabinColour, scaled(cabinColour, 1.04));
  if (isNear && body.kind !== 'truck') {
    const glass = light.shade(pane, facingOf(0), awayM);
    const band = [bodyUpM + 0.06, cabinUpM - 0.14] as const;
    for (const [no, one] of cabinBase.entries()) {
      const side = [one, cabinBase[(no + 1) % 4]!] as const;
      const long = no % 2 === 1;
      if (!long) drawPane(view, side, [0.07, 0.93], band, 0.03, glass);
      else
        for (const fromShare of [0.05, 0.37, 0.69])
          drawPane(view, side, [fromShare, fromShare + 0.27], band, 0.03, glass);
    }
  } else if (body.kind === 'truck') {
    drawBox(
      view,
      light,
      outline(body, lengthM, widthM * 0.95, [0.74, 0.98]),
      [bodyUpM, 2.2],
      mixed(body.colour, [230, 230, 226], 0.6),
    );
  }
  drawLamps(view, light, body, lengthM, widthM, bodyUpM * 0.72, wetness);
}

function drawShadow(view: View, light: Light, base: readonly Point[]): void {
  if (light.day < 0.3) return;
  const awayM = Math.max(0, view.aheadM({ ...base[0]!, up: 0 }));
  view.polygon(
    base.map((point) => ({ ...point, up: 0.06 })),
    light.shade([58, 58, 62], 1, awayM),
  );
}

const headlight: Colour = [255, 246, 220];
const taillight: Colour = [255, 40, 28];

function drawLamps(
  view: View,
  light: Light,
  body: Body,
  lengthM: number,
  widthM: number,
  up: number,
  wetness: number,
): void {
  const towardsUs = view.aheadM({ ...moved(body, body.headingDeg, 1), up }) < view.aheadM({ ...body, up });
  const side = widthM > 1 ? [-0.36, 0.36] : [0];
  for (const left of side) {
    const end = moved(
      body,
      body.headingDeg,
      (towardsUs ? 0.5 : -0.5) * lengthM + (towardsUs ? 0.1 : -0.1),
      left * widthM,
    );
    if (light.lampsOn) {
      const strength = 1 - light.day;
      if (towardsUs) view.light({ ...end, up }, 0.75, scaled(headlight, 0.4 + 0.6 * strength), 3);
      else view.light({ ...end, up }, 0.3, scaled(taillight, 0.4 + 0.6 * strength), 2);
      // Wet asphalt throws it back.
      if (wetness > 0.3)
        view.light(
          { ...end, up: -up * 1.4 },
          0.6,
          scaled(towardsUs ? headlight : taillight, 0.22 * wetness),
          3,
        );
    } else if (!towardsUs) view.light({ ...end, up }, 0.14, [90, 10, 8], 1.5);
  }
  if (!light.lampsOn) return;
  for (const [farM, halfM, share] of [
    [9, 2.2, 0.05],
    [6, 1.5, 0.06],
  ] as const) {
    const nose = moved(body, body.headingDeg, lengthM / 2 + 0.3);
    const cone = [
      moved(nose, body.headingDeg, 0, widthM * 0.4),
      moved(nose, body.headingDeg, farM, halfM),
      moved(nose, body.headingDeg, farM, -halfM),
      moved(nose, body.headingDeg, 0, -widthM * 0.4),
    ];
    view.polygon(
      cone.map((point) => ({ ...point, up: 0.05 })),
      scaled(headlight, share * (1 - light.day)),
      'glow',
    );
  }
}

function drawMotorcycle(view: View, light: Light, body: Body, wetness: number): void {
  drawShadow(view, light, outline(body, 2, 0.8, [0, 1]));
  drawBox(view, light, outline(body, 1.85, 0.22, [0, 1]), [0.02, 0.62], black);
  drawBox(view, light, outline(body, 1.2, 0.42, [0.1, 1]), [0.45, 0.86], body.colour);
  const seat = moved(body, body.headingDeg, -0.15);
  const rider = { ...body, ...seat };
  const shirt = mixed([70, 74, 84], [body.colour[2], body.colour[0], body.colour[1]], 0.45);
  drawBox(view, light, outline(rider, 0.5, 0.5, [0, 1]), [0.8, 1.4], shirt);
  drawBox(
    view,
    light,
    outline(rider, 0.27, 0.27, [0, 1]),
    [1.4, 1.68],
    mixed(body.colour, [40, 40, 44], 0.5),
  );
  drawLamps(view, light, body, 1.85, 0.4, 0.78, wetness);
}

function drawPerson(view: View, light: Light, body: Body): void {
  drawBox(view, light, outline(body, 0.3, 0.34, [0, 1]), [0, 0.8], [52, 56, 70]);
  drawBox(view, light, outline(body, 0.32, 0.44, [0, 1]), [0.8, 1.42], body.colour);
  drawBox(view, light, outline(body, 0.22, 0.2, [0, 1]), [1.42, 1.66], [112, 84, 66]);
}
