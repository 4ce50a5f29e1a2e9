// The two shaders of the vehicles: where each is between its fixes, how fresh, and which picture that makes.
// Points, one vertex a vehicle: instanced squares of four corners take ten times as long in a software renderer.
import { staleAfterIntervals, silentAfterIntervals } from '../../../../model/asset.ts';
import { headingKnown, notDrawn } from './vehicle-instances.ts';
import { noseAheadPx, sprites, statesPerSprite } from './vehicle-atlas.ts';

/** Columns of the texture that holds the rectangles of the sprites. */
export const rectColumns = 256;

export const attributes = { path: 0, times: 1, heading: 2, sprite: 3 } as const;

/** What one pass draws of every vehicle; a plate has its nose drawn first, beneath it. */
export const parts = { arrow: 0, nose: 1, plate: 2, miniPlate: 3 } as const;
export type Part = keyof typeof parts;

export const uniforms = [
  'matrix',
  'viewport',
  'atlasSize',
  'now',
  'bearing',
  'part',
  'scale',
  'ratio',
  'rects',
  'atlas',
] as const;

export const vertexShader = `#version 300 es
precision highp float;
precision highp int;
layout(location = ${attributes.path}) in vec4 a_path;
layout(location = ${attributes.times}) in vec4 a_times;
layout(location = ${attributes.heading}) in vec2 a_heading;
layout(location = ${attributes.sprite}) in uvec2 a_sprite;
uniform mat4 u_matrix;
uniform vec2 u_viewport;
uniform float u_now;
uniform float u_bearing;
uniform float u_scale;
uniform float u_ratio;
uniform int u_part;
uniform highp sampler2D u_rects;
flat out vec4 v_rect;
flat out vec2 v_turn;
flat out float v_size;

void main() {
  bool headed = (a_sprite.y & ${headingKnown}u) != 0u;
  int sprite = int(a_sprite.x);
  if (u_part == ${parts.arrow} && !headed) sprite = ${sprites.headless};
  if (u_part == ${parts.nose}) sprite = headed ? ${sprites.nose} : ${sprites.none};
  if (u_part == ${parts.miniPlate}) sprite = ${sprites.miniPlate};
  float intervals = (u_now - a_times.z) / a_times.w;
  int state = intervals <= ${staleAfterIntervals}.0 ? 0 : intervals <= ${silentAfterIntervals}.0 ? 1 : 2;
  int index = sprite * ${statesPerSprite} + state;
  v_rect = texelFetch(u_rects, ivec2(index % ${rectColumns}, index / ${rectColumns}), 0);
  v_size = max(v_rect.z, v_rect.w);
  bool drawn = v_size > 0.0 && (a_sprite.y & ${notDrawn}u) == 0u;
  gl_PointSize = v_size * u_scale;

  float along = a_times.y > a_times.x ? clamp((u_now - a_times.x) / (a_times.y - a_times.x), 0.0, 1.0) : 1.0;
  vec4 at = u_matrix * vec4(mix(a_path.xy, a_path.zw, along), 0.0, 1.0);
  vec2 centre = (at.xy / at.w * vec2(0.5, -0.5) + 0.5) * u_viewport;
  v_turn = vec2(1.0, 0.0);
  if (u_part < ${parts.plate}) {
    float difference = fract(a_heading.y - a_heading.x + 0.5) - 0.5;
    float angle = (a_heading.x + difference * along) * 6.283185307 - u_bearing;
    v_turn = vec2(cos(angle), sin(angle));
    if (u_part == ${parts.nose}) centre += vec2(v_turn.y, -v_turn.x) * ${noseAheadPx}.0 * u_ratio;
  } else {
    // Whole pixels keep the letters sharp; the atlas makes every side even.
    centre = floor(centre + 0.5);
  }
  gl_Position = vec4(centre / u_viewport * vec2(2.0, -2.0) + vec2(-1.0, 1.0), 0.0, drawn ? 1.0 : 0.0);
}`;

export const fragmentShader = `#version 300 es
precision highp float;
flat in vec4 v_rect;
flat in vec2 v_turn;
flat in float v_size;
uniform vec2 u_atlasSize;
uniform sampler2D u_atlas;
out vec4 colour;
void main() {
  vec2 seen = (gl_PointCoord - 0.5) * v_size;
  vec2 drawn = vec2(v_turn.x * seen.x + v_turn.y * seen.y, v_turn.x * seen.y - v_turn.y * seen.x) + 0.5 * v_rect.zw;
  if (any(lessThan(drawn, vec2(0.0))) || any(greaterThan(drawn, v_rect.zw))) discard;
  colour = textureLod(u_atlas, (v_rect.xy + drawn) / u_atlasSize, 0.0);
}`;

/** @throws with the log of the compiler, which is a mistake of ours. */
export function buildProgram(gl: WebGL2RenderingContext): WebGLProgram {
  const program = gl.createProgram();
  for (const [type, source] of [
    [gl.VERTEX_SHADER, vertexShader],
    [gl.FRAGMENT_SHADER, fragmentShader],
  ] as const) {
    const shader = gl.createShader(type);
    if (shader === null) throw new Error('the GL context is lost');
    gl.shaderSource(shader, source);
    gl.compileShader(shader);
    if (!gl.getShaderParameter(shader, gl.COMPILE_STATUS))
      throw new Error(gl.getShaderInfoLog(shader) ?? 'shader');
    gl.attachShader(program, shader);
    gl.deleteShader(shader);
  }
  gl.linkProgram(program);
  if (!gl.getProgramParameter(program, gl.LINK_STATUS))
    throw new Error(gl.getProgramInfoLog(program) ?? 'program');
  return program;
}
