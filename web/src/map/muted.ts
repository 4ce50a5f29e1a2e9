// Colours of others, such as a line's, brought down to the map's own: the hue stays, chroma and lightness are ours. Pure.

/** OKLab (B. Ottosson, 2020), of sRGB. */
function toOklab([r, g, b]: readonly number[]): { lightness: number; a: number; b: number } {
  const linear = (value: number): number =>
    value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  const [lr, lg, lb] = [linear(r!), linear(g!), linear(b!)];
  const l = Math.cbrt(0.4122214708 * lr + 0.5363325363 * lg + 0.0514459929 * lb);
  const m = Math.cbrt(0.2119034982 * lr + 0.6806995451 * lg + 0.1073969566 * lb);
  const s = Math.cbrt(0.0883024619 * lr + 0.2817188376 * lg + 0.6299787005 * lb);
  return {
    lightness: 0.2104542553 * l + 0.793617785 * m - 0.0040720468 * s,
    a: 1.9779984951 * l - 2.428592205 * m + 0.4505937099 * s,
    b: 0.0259040371 * l + 0.7827717662 * m - 0.808675766 * s,
  };
}

function toHex(lightness: number, a: number, b: number): string {
  const l = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3;
  const m = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3;
  const s = (lightness - 0.0894841775 * a - 1.291485548 * b) ** 3;
  const channels = [
    4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s,
    -1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s,
    -0.0041960863 * l - 0.7034186147 * m + 1.707614701 * s,
  ];
  const hex = channels.map((linear) => {
    const value = linear <= 0.0031308 ? 12.92 * linear : 1.055 * linear ** (1 / 2.4) - 0.055;
    return Math.round(Math.min(1, Math.max(0, value)) * 255)
      .toString(16)
      .padStart(2, '0');
  });
  return `#${hex.join('')}`;
}

const rgbOf = (hex: string): number[] => [1, 3, 5].map((at) => parseInt(hex.slice(at, at + 2), 16) / 255);

/** Below what alarms have by far, and enough to tell neighbours apart. */
const mostChroma = 0.085;
const lightnessOn = { dark: 0.62, light: 0.56 };

export const isHexColour = (text: string): boolean => /^#[0-9a-f]{6}$/i.test(text);

/**
 * @param colour `#RRGGBB`.
 * @param ground what it is drawn on, by which dark and light are told apart.
 */
export function muted(colour: string, ground: string): string {
  const { a, b } = toOklab(rgbOf(colour));
  const chroma = Math.hypot(a, b);
  const scale = chroma > mostChroma ? mostChroma / chroma : 1;
  const dark = !isHexColour(ground) || toOklab(rgbOf(ground)).lightness < 0.6;
  return toHex(dark ? lightnessOn.dark : lightnessOn.light, a * scale, b * scale);
}
