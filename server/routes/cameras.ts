// GET /api/cameras/{id}/live/…: a camera's picture by way of the server; browsers never see the camera's own address.
import Type from 'typebox';
import { parseAssetId, toAssetId } from '../../model/asset.ts';
import { Problem } from '../../model/http.ts';
import { watchers } from '../../model/roles.ts';
import type { App } from '../app.ts';
import {
  CameraNetworks,
  fetchStreamPart,
  relativePlaylist,
  toStreamPart,
  type StreamPart,
} from '../camera-source.ts';
import type { LivePicture } from '../../bus/picture.ts';
import { HttpProblem } from '../problem.ts';
import type { StreamUrls } from '../stream-urls.ts';

export interface CameraRouteOptions {
  picture: LivePicture;
  streamUrls: StreamUrls;
  /** Addresses and networks where real cameras are; simulated ones are on this machine alone. */
  cameraNetworks: readonly string[];
}

const Params = Type.Object({
  id: Type.String({ description: '{kind}:{source id}, or the source id alone' }),
  '*': Type.String({ description: 'index.m3u8, or a part that a playlist names' }),
});

const Stream = Type.Unsafe<string | Buffer>({
  type: 'string',
  description: 'a playlist, or a part of the video',
});

export function cameraRoutes(app: App, { picture, streamUrls, cameraNetworks }: CameraRouteOptions): void {
  const networks = new CameraNetworks(cameraNetworks);
  const fetchPart = fetchTogether(networks);
  app.get(
    '/api/cameras/:id/live/*',
    {
      config: { access: watchers },
      schema: {
        summary: 'The live picture of a camera, as HLS: index.m3u8 and what it names',
        tags: ['cameras'],
        params: Params,
        response: { 200: Stream, 404: Problem, 502: Problem, 504: Problem },
      },
    },
    async (request, reply) => {
      const { id, '*': path } = request.params;
      const sourceId = parseAssetId(id)?.sourceId ?? id;
      const camera = picture.get(toAssetId('camera', sourceId));
      if (camera === undefined) throw new HttpProblem(404, 'There is no such camera.');
      const streamUrl = await streamUrls.find(sourceId);
      if (streamUrl === undefined) throw new HttpProblem(404, 'The camera sends no live picture.');
      const part = toStreamPart(streamUrl, path);
      if (part === undefined) throw new HttpProblem(404, 'The stream of a camera has no such part.');
      const bytes = await fetchPart(part, camera.simulated);
      reply.type(part.contentType).header('cache-control', 'no-store');
      return reply.send(part.isPlaylist ? toPlaylist(bytes, part, streamUrl) : bytes);
    },
  );
}

/** Walls that show the same camera ask at the same moment: its gateway is asked once. */
function fetchTogether(networks: CameraNetworks): (part: StreamPart, simulated: boolean) => Promise<Buffer> {
  const underway = new Map<string, Promise<Buffer>>();
  return (part, simulated) => {
    const key = `${simulated} ${part.url.href}`;
    let fetching = underway.get(key);
    if (fetching === undefined) {
      fetching = fetchStreamPart(part, simulated, networks).finally(() => underway.delete(key));
      underway.set(key, fetching);
    }
    return fetching;
  };
}

function toPlaylist(bytes: Buffer, part: StreamPart, streamUrl: string): string {
  const text = relativePlaylist(bytes.toString('utf8'), part, streamUrl);
  if (text === undefined)
    throw new HttpProblem(502, 'The playlist of the camera names a place outside of its stream.');
  return text;
}
