// Letters burnt into a picture: capitals, digits and a few marks, five by seven dots, our own.

const glyphs: Record<string, string> = {
  A: '.###.#...##...#######...##...##...#',
  B: '####.#...##...#####.#...##...#####.',
  C: '.###.#...##....#....#....#...#.###.',
  D: '####.#...##...##...##...##...#####.',
  E: '######....#....####.#....#....#####',
  F: '######....#....####.#....#....#....',
  G: '.###.#...##....#.####...##...#.###.',
  H: '#...##...##...#######...##...##...#',
  I: '.###...#....#....#....#....#...###.',
  J: '..###...#....#....#....#.#..#..##..',
  K: '#...##..#.#.#..##...#.#..#..#.#...#',
  L: '#....#....#....#....#....#....#####',
  M: '#...###.###.#.##.#.##...##...##...#',
  N: '#...###..##.#.##..###...##...##...#',
  O: '.###.#...##...##...##...##...#.###.',
  P: '####.#...##...#####.#....#....#....',
  Q: '.###.#...##...##...##.#.##..#..##.#',
  R: '####.#...##...#####.#.#..#..#.#...#',
  S: '.#####....#.....###.....#....#####.',
  T: '#####..#....#....#....#....#....#..',
  U: '#...##...##...##...##...##...#.###.',
  V: '#...##...##...##...#.#.#..#.#...#..',
  W: '#...##...##...##.#.##.#.##.#.#.#.#.',
  X: '#...##...#.#.#...#...#.#.#...##...#',
  Y: '#...##...#.#.#...#....#....#....#..',
  Z: '#####....#...#...#...#...#....#####',
  0: '.###.#...##..###.#.###..##...#.###.',
  1: '..#...##....#....#....#....#...###.',
  2: '.###.#...#....#...#...#...#...#####',
  3: '#####...#...#.....#.....##...#.###.',
  4: '...#...##..#.#.#..#.#####...#....#.',
  5: '######....####.....#....##...#.###.',
  6: '..##..#...#....####.#...##...#.###.',
  7: '#####....#...#...#...#....#....#...',
  8: '.###.#...##...#.###.#...##...#.###.',
  9: '.###.#...##...#.####....#...#..##..',
  '-': '...............#####...............',
  ':': '......##...##........##...##.......',
  '.': '.........................##...##...',
};

const columns = 5;
const rows = 7;
const scale = 2;
const advance = (columns + 1) * scale - 1;

export const letteringHeight = rows * scale;
export const letteringWidth = (text: string): number => text.length * advance - 1;

/** White on a darkened strip, straight into the brightness plane. */
export function letter(
  luma: Uint8Array,
  width: number,
  text: string,
  left: number,
  top: number,
  padding = 3,
): void {
  for (let y = top - padding; y < top + letteringHeight + padding; y++) {
    for (let x = left - padding - 1; x < left + letteringWidth(text) + padding; x++) {
      const at = y * width + x;
      luma[at] = 16 + ((luma[at]! - 16) >> 2);
    }
  }
  for (const [no, character] of [...text].entries()) {
    const glyph = glyphs[character];
    if (!glyph) continue;
    for (let dot = 0; dot < glyph.length; dot++) {
      if (glyph[dot] !== '#') continue;
      const x = left + no * advance + (dot % columns) * scale;
      const y = top + Math.floor(dot / columns) * scale;
      for (let row = 0; row < scale; row++)
        luma.fill(226, (y + row) * width + x, (y + row) * width + x + scale);
    }
  }
}
