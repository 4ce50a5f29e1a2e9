// Looks at a screenshot as an eye does: where on it a colour stands.
import type { BrowserContext, Page } from 'playwright-core';

export interface Spot {
  pixels: number;
  /** Middle of those pixels, from the clip's upper left. */
  x: number;
  y: number;
}

export interface Clip {
  x: number;
  y: number;
  width: number;
  height: number;
}

/** Where `colour` (within a tolerance per channel) stands in a part of the page. */
export async function findColour(
  page: Page,
  context: BrowserContext,
  clip: Clip,
  colour: [number, number, number],
  tolerance = 24,
): Promise<Spot> {
  const png = (await page.screenshot({ clip })).toString('base64');
  const blank = await context.newPage();
  try {
    return await blank.evaluate(
      async ({ png, colour, tolerance }) => {
        const image = new Image();
        image.src = `data:image/png;base64,${png}`;
        await image.decode();
        const canvas = document.createElement('canvas');
        canvas.width = image.width;
        canvas.height = image.height;
        const drawing = canvas.getContext('2d')!;
        drawing.drawImage(image, 0, 0);
        const { data } = drawing.getImageData(0, 0, image.width, image.height);
        let [pixels, x, y] = [0, 0, 0];
        for (let i = 0; i < data.length; i += 4) {
          if (colour.some((channel, c) => Math.abs(data[i + c]! - channel) > tolerance)) continue;
          pixels++;
          x += (i / 4) % image.width;
          y += Math.floor(i / 4 / image.width);
        }
        return { pixels, x: x / pixels, y: y / pixels };
      },
      { png, colour, tolerance },
    );
  } finally {
    await blank.close();
  }
}
