// How the web pages are built: from web/ into dist/web, with nothing inlined that a strict CSP would refuse.
import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'vite';

export default defineConfig({
  root: import.meta.dirname,
  plugins: [svelte()],
  worker: { format: 'es' },
  // Two thirds of the weight; what it leaves out (subtitles, DRM, other audio) no city camera has.
  resolve: { alias: [{ find: /^hls\.js$/, replacement: 'hls.js/dist/hls.light.mjs' }] },
  build: {
    outDir: '../dist/web',
    emptyOutDir: true,
    target: 'es2022',
    // Fonts and pictures as files: `data:` fonts would need a wider CSP.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    // MapLibre alone is over the usual bound.
    chunkSizeWarningLimit: 1_300,
    rolldownOptions: {
      // The schemas of model/ are for the server; only their types and the pure rules reach the browser.
      treeshake: { manualPureFunctions: ['Type'] },
    },
  },
});
