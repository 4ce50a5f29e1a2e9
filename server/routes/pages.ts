// The web pages: one shell for every page address, its parts by their hashed names.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import Type from 'typebox';
import type { App } from '../app.ts';

/** Addresses of pages; the shell finds out which one it is. */
export const pagePaths = ['/', '/admin', '/admin/*'] as const;

const hourMs = 3_600_000;
const yearMs = 365 * 24 * hourMs;
const File = Type.Object({ file: Type.String() });

const notBuilt = `<!doctype html>
<html lang="id">
<meta charset="utf-8">
<title>Simpang</title>
<h1>Simpang berjalan, tetapi halaman web belum dibangun.</h1>
<p>Simpang is running, but its web pages are not built. Run <code>npm run build</code>, then load this page again.</p>
</html>
`;

/** @param webFolder what vite built; looked at on each request, so that a build while running is served. */
export function pageRoutes(app: App, webFolder: string): void {
  const open = { config: { access: 'public' }, schema: { hide: true } } as const;
  for (const path of pagePaths) {
    app.get(path, open, (_request, reply) => {
      reply.header('cache-control', 'no-store');
      if (existsSync(join(webFolder, 'index.html'))) {
        return reply.sendFile('index.html', webFolder, { cacheControl: false });
      }
      return reply.code(503).type('text/html; charset=utf-8').send(notBuilt);
    });
  }
  app.get('/assets/*', open, (request, reply) => {
    const { '*': path } = request.params as { '*': string };
    return reply.sendFile(`assets/${path}`, webFolder, { maxAge: yearMs, immutable: true });
  });
  // Icons and the like, which keep their names.
  const named = '/:file(^[a-z0-9-]+\\.(?:svg|png|ico|webmanifest|txt)$)';
  app.get(named, { ...open, schema: { hide: true, params: File } }, (request, reply) =>
    reply.sendFile(request.params.file, webFolder, { maxAge: hourMs }),
  );
}
