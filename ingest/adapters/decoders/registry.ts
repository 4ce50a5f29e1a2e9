// Our decoders, in the order in which they are asked: those that need a name first, the widest form last.
import { cayenneLpp } from '../cayenne-lpp.ts';
import { decentlab } from './decentlab.ts';
import type { Decoder } from './decoder.ts';
import { elsys } from './elsys.ts';
import { milesight } from './milesight.ts';
import { boschParking, nwaveParking } from './parking.ts';
import { tektelic } from './tektelic.ts';
import { yobiiqEm4301 } from './yobiiq.ts';

export const builtInDecoders: readonly Decoder[] = [
  boschParking,
  nwaveParking,
  yobiiqEm4301,
  decentlab,
  milesight,
  elsys,
  tektelic,
  cayenneLpp,
];
