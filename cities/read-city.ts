// Reads a city's folder: every file against its schema, then the references between them.
import { readFile } from 'node:fs/promises';
import { isAbsolute, join } from 'node:path';
import { Compile } from 'typebox/compile';
import { cityFiles, type City, type CityFile } from '../model/city.ts';
import { findBrokenReference } from './references.ts';

/** Says which file and which field of it is wrong, and what was expected there. */
export class CityError extends Error {
  override name = 'CityError';
}

const fileNames: Partial<Record<CityFile, string>> = { facts: 'city.json', alarmRules: 'alarm-rules.json' };
const fileNameOf = (file: CityFile): string => fileNames[file] ?? `${file}.json`;

/**
 * @param folderOrName the name of a folder in `citiesFolder`, or a path (one that holds a slash).
 * @throws {CityError} naming the file and the field.
 */
export async function readCity(folderOrName: string, citiesFolder: string): Promise<City> {
  const folder = cityFolder(folderOrName, citiesFolder);
  const names = Object.keys(cityFiles) as CityFile[];
  const parts = await Promise.all(
    names.map(async (file) => [file, await readCityFile(folder, file)] as const),
  );
  const city = Object.fromEntries(parts) as unknown as City;
  const broken = findBrokenReference(city);
  if (broken)
    throw new CityError(`${join(folder, fileNameOf(broken.file))}: ${broken.path}: ${broken.message}`);
  return city;
}

/** Where the files of a city are: a folder in `citiesFolder`, or a path. */
export function cityFolder(folderOrName: string, citiesFolder: string): string {
  const isPath = isAbsolute(folderOrName) || /[/\\]/.test(folderOrName);
  return isPath ? folderOrName : join(citiesFolder, folderOrName);
}

async function readCityFile(folder: string, file: CityFile): Promise<unknown> {
  const path = join(folder, fileNameOf(file));
  const content = parseJson(path, await readText(path));
  const validator = Compile(cityFiles[file]);
  if (validator.Check(content)) return content;
  // The deepest fault says most: a wrong member of a union is also reported as a fault of the union.
  const faults = validator.Errors(content);
  const fault = faults.reduce((deepest, next) =>
    next.instancePath.length > deepest.instancePath.length ? next : deepest,
  );
  throw new CityError(`${path}: ${fault.instancePath || '/'}: ${fault.message}`);
}

async function readText(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    throw new CityError(
      `${path}: cannot be read (${(error as NodeJS.ErrnoException).code ?? String(error)})`,
    );
  }
}

function parseJson(path: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new CityError(`${path}: is not JSON (${(error as Error).message})`);
  }
}
