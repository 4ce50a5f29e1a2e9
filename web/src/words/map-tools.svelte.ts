// The words of the map's tools in the language of the page.
import { language } from './language.svelte.ts';
import { mapToolsEn } from './map-tools-en.ts';
import { mapToolsId } from './map-tools-id.ts';

const dictionaries = { id: mapToolsId, en: mapToolsEn };

class MapToolsLanguage {
  words = $derived(dictionaries[language.code]);
}

export const mapToolsLanguage = new MapToolsLanguage();
