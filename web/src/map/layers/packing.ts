// Packing boxes into a strip, row by row. Pure.

export interface Rect {
  x: number;
  y: number;
  width: number;
  height: number;
}

/** Packs boxes row by row into a strip `width` wide; rows are as high as their highest box. */
export function packRows(
  boxes: readonly { width: number; height: number }[],
  width: number,
): { rects: Rect[]; height: number } {
  let x = 0;
  let y = 0;
  let rowHeight = 0;
  const rects = boxes.map((box) => {
    if (x > 0 && x + box.width > width) {
      x = 0;
      y += rowHeight;
      rowHeight = 0;
    }
    const rect = { x, y, width: box.width, height: box.height };
    x += box.width;
    rowHeight = Math.max(rowHeight, box.height);
    return rect;
  });
  return { rects, height: y + rowHeight };
}
