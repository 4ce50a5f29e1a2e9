// The HTTP server, as its table of contents: what stands before every route, then the routes.
import compress from '@fastify/compress';
import cookie from '@fastify/cookie';
import helmet from '@fastify/helmet';
import rateLimit from '@fastify/rate-limit';
import fastifyStatic from '@fastify/static';
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import fastify, {
  LogController,
  type FastifyBaseLogger,
  type FastifyInstance,
  type RawReplyDefaultExpression,
  type RawRequestDefaultExpression,
  type RawServerDefault,
} from 'fastify';
import querystring from 'node:querystring';
import type { City } from '../model/city.ts';
import type { Config } from '../model/config.ts';
import type { Database } from '../store/connect.ts';
import type { Secrets } from '../store/secrets.ts';
import { guardAccess } from './access.ts';
import { toHelmetOptions } from './content-policy.ts';
import type { HealthWatch } from './health.ts';
import type { LiveFigures } from './live/figures.ts';
import type { LivePicture } from '../bus/picture.ts';
import { logRequests } from './logging.ts';
import type { Origins } from './origin.ts';
import { handleError, HttpProblem, sendProblem } from './problem.ts';
import { agencyRoutes } from './routes/agencies.ts';
import { alarmActRoutes } from './routes/alarm-acts.ts';
import { alarmMetricRoutes } from './routes/alarm-metrics.ts';
import { alarmRoutes } from './routes/alarms.ts';
import { assetRoutes } from './routes/assets.ts';
import { blindnessRoutes } from './routes/blindness.ts';
import { cameraRoutes } from './routes/cameras.ts';
import { changeRoutes } from './routes/changes.ts';
import { cityRoutes, toBasemap } from './routes/city.ts';
import { collectRoutes, docsPath, documentRoutes } from './routes/documents.ts';
import { deviceRoutes, houseUsername } from './routes/devices.ts';
import { feedRoutes } from './routes/feeds.ts';
import { healthRoutes } from './routes/health.ts';
import { importRoutes } from './routes/imports.ts';
import { mappingRoutes } from './routes/mappings.ts';
import { metricRoutes } from './routes/metrics.ts';
import { momentRoutes } from './routes/moments.ts';
import { pageRoutes } from './routes/pages.ts';
import { replayRoutes } from './routes/replays.ts';
import { ruleTrialRoutes } from './routes/rule-trials.ts';
import { ruleRoutes } from './routes/rules.ts';
import { seriesRoutes } from './routes/series.ts';
import { sessionRoutes } from './routes/session.ts';
import { sourceRoutes } from './routes/sources.ts';
import { trackRoutes } from './routes/tracks.ts';
import { transitRoutes } from './routes/transit.ts';
import { userRoutes } from './routes/users.ts';
import { viewRoutes } from './routes/views.ts';
import { warningRoutes } from './routes/warnings.ts';
import type { Sessions } from './session.ts';
import { refuseUnstorable } from './storable-text.ts';
import { StreamUrls } from './stream-urls.ts';
import { TimetableImports } from './timetable-imports.ts';
import { compileSerializer, compileValidator } from './validate.ts';

export type App = FastifyInstance<
  RawServerDefault,
  RawRequestDefaultExpression,
  RawReplyDefaultExpression,
  FastifyBaseLogger,
  TypeBoxTypeProvider
>;

export interface AppOptions {
  config: Pick<Config, 'trustedProxies' | 'basemap' | 'mqttUrl' | 'simulate'>;
  db: Database;
  secrets: Secrets;
  city: City;
  picture: LivePicture;
  health: HealthWatch;
  sessions: Sessions;
  origins: Origins;
  live: LiveFigures;
  webFolder: string;
  version: string;
  cameraNetworks: readonly string[];
  log: FastifyBaseLogger;
  anonymousPerMinute: number | undefined;
}

const maxBodyBytes = 64 * 1024;
const requestWithinMs = 20_000;
const headersWithinMs = 10_000;
const keepAliveMs = 75_000;
/** Of one address: enough for many walls that load their pages at once. */
const anonymousPerMinute = 6_000;

/** Every route declares its access; what it needs comes in by `options`. */
export async function buildApp(options: AppOptions): Promise<App> {
  const { config, db, picture, health, sessions, origins, version } = options;
  const app = newServer(options);

  app.setValidatorCompiler(compileValidator);
  app.setSerializerCompiler(compileSerializer);
  app.setErrorHandler(handleError);
  app.setNotFoundHandler((_request, reply) => sendProblem(reply, 404, 'There is nothing at this address.'));
  logRequests(app);

  await app.register(helmet, toHelmetOptions(origins, basemapOriginOf(config.basemap)));
  await app.register(compress, { threshold: 1024, encodings: ['br', 'gzip'] });
  await app.register(cookie);
  guardAccess(app, { sessions, origins, publicPlugins: [docsPath] });
  await app.register(rateLimit, {
    max: options.anonymousPerMinute ?? anonymousPerMinute,
    // Walls are many behind one address, and never locked out.
    allowList: (request) => request.session !== null,
    addHeadersOnExceeding: {
      'x-ratelimit-limit': false,
      'x-ratelimit-remaining': false,
      'x-ratelimit-reset': false,
    },
    errorResponseBuilder: (_request, { after }) =>
      new HttpProblem(429, `Too many requests. Try again in ${after}.`),
  });
  // Who sends no body says nothing: what is missing of it is then named by its field.
  app.addHook('preValidation', async (request) => {
    if (request.routeOptions.schema?.body !== undefined) request.body ??= {};
  });
  refuseUnstorable(app);
  await app.register(fastifyStatic, { root: options.webFolder, serve: false });
  await collectRoutes(app, version);

  healthRoutes(app, health);
  sessionRoutes(app, { db, sessions, secure: origins.secure });
  assetRoutes(app, db, picture);
  seriesRoutes(app, db, picture);
  trackRoutes(app, db, picture);
  momentRoutes(app, db, config.simulate);
  feedRoutes(app, db, health);
  sourceRoutes(app, db, options.secrets);
  mappingRoutes(app, db);
  replayRoutes(app, db);
  deviceRoutes(app, db, { ingestUsername: usernameOf(config.mqttUrl) ?? houseUsername });
  changeRoutes(app, db);
  cameraRoutes(app, { picture, streamUrls: new StreamUrls(db), cameraNetworks: options.cameraNetworks });
  cityRoutes(app, options.city, config.basemap);
  blindnessRoutes(app, { db, picture, city: options.city, links: () => health.toLinkState() });
  transitRoutes(app, db, options.city.facts.timeZone);
  importRoutes(app, new TimetableImports(db, options.log));
  warningRoutes(app, db);
  agencyRoutes(app, options.city);
  alarmRoutes(app, db, { evaluated: () => health.evaluated });
  alarmActRoutes(app, db);
  alarmMetricRoutes(app, db);
  ruleRoutes(app, db, options.city);
  ruleTrialRoutes(app, db, options.city);
  userRoutes(app, db);
  viewRoutes(app, db);
  metricRoutes(app, options.live, health);
  await documentRoutes(app, version);
  pageRoutes(app, options.webFolder);
  return app;
}

function newServer({ config, log }: AppOptions): App {
  const app = fastify({
    loggerInstance: log,
    // One line a request is written by logRequests, without what was asked.
    logController: new LogController({ disableRequestLogging: true }),
    trustProxy: config.trustedProxies.length > 0 ? config.trustedProxies : false,
    bodyLimit: maxBodyBytes,
    requestTimeout: requestWithinMs,
    keepAliveTimeout: keepAliveMs,
    forceCloseConnections: true,
    routerOptions: { maxParamLength: 200 },
    // Addresses that cannot be read reach no route and no hook.
    frameworkErrors: (error, _request, reply) => sendProblem(reply, error.statusCode ?? 400, error.message),
  }).withTypeProvider<TypeBoxTypeProvider>();
  app.server.headersTimeout = headersWithinMs;
  return app;
}

function basemapOriginOf(basemap: string | undefined): string | undefined {
  const drawn = toBasemap(basemap);
  return drawn.kind === 'style' ? new URL(drawn.url).origin : undefined;
}

/** As whom Simpang signs in at an outside broker; undefined when it does not, or there is none. */
function usernameOf(mqttUrl: string | undefined): string | undefined {
  if (mqttUrl === undefined || !URL.canParse(mqttUrl)) return undefined;
  const { username } = new URL(mqttUrl);
  return username === '' ? undefined : querystring.unescape(username);
}
