// The light of the hour and the weather: sky, haze, and what it makes of a colour.
import { mixed, scaled, type Colour } from './raster.ts';
import type { Scene } from './scene.ts';

export interface Light {
  zenith: Colour;
  horizon: Colour;
  /** 0 by night to 1 by day: lamps burn while it is low. */
  day: number;
  lampsOn: boolean;
  /** How a surface looks: `facing` 0 to 1 towards the sky, at so many metres. */
  shade(colour: Colour, facing: number, awayM: number): Colour;
}

const between = (low: number, high: number, value: number): number => {
  const share = Math.min(1, Math.max(0, (value - low) / (high - low)));
  return share * share * (3 - 2 * share);
};

export function lightOf({ fromMs, utcOffsetMs, rainMmH, wetness, haze }: Scene): Light {
  const hour = ((fromMs + utcOffsetMs) / 3_600_000) % 24;
  // Near the equator the sun rises about six and sets about half past six all year.
  const height = Math.sin(((hour - 6.25) / 12) * Math.PI);
  const day = between(-0.1, 0.22, height);
  const dusk = day * (1 - between(0.1, 0.5, height));
  const overcast = Math.min(1, 0.15 + 0.6 * wetness + 0.08 * rainMmH);
  const sunny: [Colour, Colour] = [
    mixed([92, 138, 192], [142, 148, 154], overcast),
    mixed([188, 206, 220], [172, 176, 180], overcast),
  ];
  const night: [Colour, Colour] = [
    [14, 16, 24],
    [58, 54, 56],
  ];
  const zenith = mixed(mixed(night[0], sunny[0], day), [110, 92, 120], dusk * 0.4);
  const horizon = mixed(mixed(night[1], sunny[1], day), [236, 158, 104], dusk * (0.75 - 0.5 * overcast));
  const sight = (day > 0.5 ? 420 : 300) / (1 + 0.05 * rainMmH + 0.35 * (haze - 1));
  const lampsOn = day < 0.6;
  // Night is never black to a camera: it opens its lens, and the town glows.
  const ambient = 0.42 + (0.52 - 0.2 * overcast) * day;
  const tint: Colour = mixed([1, 0.94, 0.84], [1, 1, 1], day);
  return {
    zenith,
    horizon,
    day,
    lampsOn,
    shade(colour, facing, awayM) {
      const strength = ambient * (0.62 + 0.38 * facing);
      const lit: Colour = [
        colour[0] * strength * tint[0],
        colour[1] * strength * tint[1],
        colour[2] * strength * tint[2],
      ];
      return mixed(lit, scaled(horizon, 0.9), 1 - Math.exp(-awayM / sight));
    },
  };
}
