// GET /metrics: Prometheus text, for this machine and for admins.
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';
import { assetKinds } from '../../model/asset.ts';
import { admins } from '../../model/roles.ts';
import type { App } from '../app.ts';
import { measureFeeds } from '../feed-figures.ts';
import type { HealthWatch } from '../health.ts';
import type { LiveFigures } from '../live/figures.ts';

export function metricRoutes(app: App, live: LiveFigures, health: HealthWatch): void {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  measureRequests(app, registry);
  measureLive(registry, live);
  measureFeeds(registry, () => health.feeds);
  app.get(
    '/metrics',
    {
      config: { access: admins, loopback: true },
      schema: {
        summary: 'Figures of the server, as Prometheus text',
        tags: ['system'],
        produces: ['text/plain'],
      },
    },
    async (_request, reply) => {
      reply.header('cache-control', 'no-store').type(registry.contentType);
      return registry.metrics();
    },
  );
}

function measureRequests(app: App, registry: Registry): void {
  const seconds = new Histogram({
    name: 'simpang_http_request_seconds',
    help: 'Time to answer a request, by route and status',
    labelNames: ['method', 'route', 'status'],
    buckets: [0.005, 0.025, 0.1, 0.25, 1, 2.5, 10],
    registers: [registry],
  });
  app.addHook('onResponse', async (request, reply) => {
    const route = request.routeOptions.url ?? 'unknown';
    seconds.observe({ method: request.method, route, status: reply.statusCode }, reply.elapsedTime / 1000);
  });
}

function measureLive(registry: Registry, live: LiveFigures): void {
  const gauge = (name: string, help: string, read: () => number): Gauge =>
    new Gauge({
      name,
      help,
      registers: [registry],
      collect() {
        this.set(read());
      },
    });
  const counter = (name: string, help: string, read: () => number): Counter =>
    new Counter({
      name,
      help,
      registers: [registry],
      collect() {
        this.reset();
        this.inc(read());
      },
    });
  gauge('simpang_sockets', 'Browsers connected', live.sockets);
  gauge('simpang_sockets_slow', 'Browsers that get no frames until they have caught up', live.slowSockets);
  counter(
    'simpang_sockets_dropped_total',
    'Browsers let go because they were hopelessly behind',
    live.dropped,
  );
  counter(
    'simpang_changes_skipped_total',
    'Changes not sent to slow browsers; the newest follows',
    live.skipped,
  );
  counter(
    'simpang_bus_malformed_total',
    'Messages of the bus that were not what their topic promises',
    live.malformed,
  );
  for (const kind of assetKinds) {
    gauge(`simpang_${kind}_assets`, `Assets in the picture: ${kind}`, () => live.assets(kind));
    counter(`simpang_${kind}_changes_total`, `Changes from the bus: ${kind}`, () => live.received(kind));
    counter(
      `simpang_${kind}_changes_conflated_total`,
      `Changes that went out inside a later one: ${kind}`,
      () => live.conflated(kind),
    );
  }
}
