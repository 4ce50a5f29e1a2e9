// What the vehicles hold on the GPU: program, buffers, atlas; sent there when it changed, and nothing else.
import type { VehicleAtlas } from './vehicle-atlas.ts';
import { bytesPerVehicle, offsets, type VehicleInstances } from './vehicle-instances.ts';
import { attributes, buildProgram, parts, rectColumns, uniforms, type Part } from './vehicle-shader.ts';

/** The records of one group of vehicles, and their copy on the GPU. */
interface Held {
  instances: VehicleInstances;
  buffer: WebGLBuffer;
  array: WebGLVertexArrayObject;
  /** Records the buffer has room for. */
  room: number;
}

export interface Frame {
  matrix: Float32Array;
  bearingDeg: number;
  scale: number;
  ratio: number;
}

export class VehicleGpu {
  #gl: WebGL2RenderingContext;
  #program: WebGLProgram;
  #uniforms: Record<string, WebGLUniformLocation | null> = {};
  #atlasTexture: WebGLTexture;
  #rectsTexture: WebGLTexture;
  #atlasVersion = -1;
  #atlasRatio = 0;
  #atlasSize = { width: 1, height: 1 };
  #held = new Map<VehicleInstances, Held>();

  constructor(gl: WebGL2RenderingContext, groups: readonly VehicleInstances[]) {
    this.#gl = gl;
    this.#program = buildProgram(gl);
    for (const name of uniforms) this.#uniforms[name] = gl.getUniformLocation(this.#program, `u_${name}`);
    this.#atlasTexture = gl.createTexture();
    this.#rectsTexture = gl.createTexture();
    for (const instances of groups) this.#held.set(instances, this.#hold(instances));
  }

  delete(): void {
    const gl = this.#gl;
    for (const { buffer, array } of this.#held.values()) {
      gl.deleteBuffer(buffer);
      gl.deleteVertexArray(array);
    }
    gl.deleteTexture(this.#atlasTexture);
    gl.deleteTexture(this.#rectsTexture);
    gl.deleteProgram(this.#program);
  }

  #hold(instances: VehicleInstances): Held {
    const gl = this.#gl;
    const buffer = gl.createBuffer();
    const array = gl.createVertexArray();
    gl.bindVertexArray(array);
    gl.bindBuffer(gl.ARRAY_BUFFER, buffer);
    gl.vertexAttribPointer(attributes.path, 4, gl.FLOAT, false, bytesPerVehicle, offsets.path);
    gl.vertexAttribPointer(attributes.times, 4, gl.FLOAT, false, bytesPerVehicle, offsets.times);
    gl.vertexAttribPointer(attributes.heading, 2, gl.UNSIGNED_SHORT, true, bytesPerVehicle, offsets.heading);
    gl.vertexAttribIPointer(attributes.sprite, 2, gl.UNSIGNED_SHORT, bytesPerVehicle, offsets.sprite);
    for (const location of Object.values(attributes)) gl.enableVertexAttribArray(location);
    gl.bindVertexArray(null);
    return { instances, buffer, array, room: 0 };
  }

  /** Sends the records that changed since the last time. */
  send(instances: VehicleInstances): void {
    const gl = this.#gl;
    const held = this.#held.get(instances)!;
    gl.bindBuffer(gl.ARRAY_BUFFER, held.buffer);
    if (held.room < instances.capacity) {
      gl.bufferData(gl.ARRAY_BUFFER, instances.bytes.byteLength, gl.DYNAMIC_DRAW);
      held.room = instances.capacity;
      instances.markAllDirty();
    }
    instances.takeDirty((firstByte, bytes) => {
      gl.bufferSubData(gl.ARRAY_BUFFER, firstByte, new Uint8Array(instances.bytes, firstByte, bytes));
    });
  }

  sendAtlas(atlas: VehicleAtlas, ratio: number): void {
    if (atlas.version === this.#atlasVersion && ratio === this.#atlasRatio) return;
    const gl = this.#gl;
    const { canvas, rects } = atlas.draw(ratio);
    this.#atlasVersion = atlas.version;
    this.#atlasRatio = ratio;
    this.#atlasSize = { width: canvas.width, height: canvas.height };
    gl.bindTexture(gl.TEXTURE_2D, this.#atlasTexture);
    gl.pixelStorei(gl.UNPACK_FLIP_Y_WEBGL, false);
    gl.pixelStorei(gl.UNPACK_PREMULTIPLY_ALPHA_WEBGL, true);
    gl.texImage2D(gl.TEXTURE_2D, 0, gl.RGBA, gl.RGBA, gl.UNSIGNED_BYTE, canvas);
    textureEdges(gl, gl.LINEAR);
    const rows = Math.ceil(rects.length / rectColumns);
    const table = new Float32Array(rectColumns * rows * 4);
    rects.forEach((rect, index) => table.set([rect.x, rect.y, rect.width, rect.height], index * 4));
    gl.bindTexture(gl.TEXTURE_2D, this.#rectsTexture);
    gl.pixelStorei(gl.UNPACK_PREMULTIPLY_ALPHA_WEBGL, false);
    gl.texImage2D(gl.TEXTURE_2D, 0, gl.RGBA32F, rectColumns, rows, 0, gl.RGBA, gl.FLOAT, table);
    textureEdges(gl, gl.NEAREST);
  }

  /** Begins drawing: what is the same for every group. */
  begin({ matrix, bearingDeg, scale, ratio }: Frame): void {
    const gl = this.#gl;
    const u = this.#uniforms;
    gl.useProgram(this.#program);
    gl.uniformMatrix4fv(u['matrix']!, false, matrix);
    gl.uniform2f(u['viewport']!, gl.drawingBufferWidth, gl.drawingBufferHeight);
    gl.uniform2f(u['atlasSize']!, this.#atlasSize.width, this.#atlasSize.height);
    gl.uniform1f(u['bearing']!, bearingDeg * (Math.PI / 180));
    gl.uniform1f(u['scale']!, scale);
    gl.uniform1f(u['ratio']!, ratio);
    gl.uniform1i(u['atlas']!, 0);
    gl.uniform1i(u['rects']!, 1);
    gl.activeTexture(gl.TEXTURE1);
    gl.bindTexture(gl.TEXTURE_2D, this.#rectsTexture);
    gl.activeTexture(gl.TEXTURE0);
    gl.bindTexture(gl.TEXTURE_2D, this.#atlasTexture);
  }

  draw(instances: VehicleInstances, drawn: readonly Part[], nowMs: number): void {
    if (instances.count === 0) return;
    const gl = this.#gl;
    gl.uniform1f(this.#uniforms['now']!, (nowMs - instances.epochMs) / 1000);
    gl.bindVertexArray(this.#held.get(instances)!.array);
    for (const part of drawn) {
      gl.uniform1i(this.#uniforms['part']!, parts[part]);
      gl.drawArrays(gl.POINTS, 0, instances.count);
    }
    gl.bindVertexArray(null);
  }
}

function textureEdges(gl: WebGL2RenderingContext, filter: GLint): void {
  gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_MIN_FILTER, filter);
  gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_MAG_FILTER, filter);
  gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_WRAP_S, gl.CLAMP_TO_EDGE);
  gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_WRAP_T, gl.CLAMP_TO_EDGE);
}
