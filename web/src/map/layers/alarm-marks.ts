// How alarms look on the map: the shapes of the stream, filled while nobody has acknowledged, a ring round priority 1 alone.
import { alarmPriorities, type AlarmPriority, type AlarmState } from '../../../../model/alarm.ts';
import { toImage, type Pen } from '../marks.ts';
import type { Palette } from '../palette.ts';

export const alarmLooks = ['calling', 'acknowledged', 'returned', 'shelved'] as const;
export type AlarmLook = (typeof alarmLooks)[number];

/** What is suppressed or out of service is not shown on the map: it says nothing of the place. */
export const lookOf = (state: AlarmState): AlarmLook | undefined =>
  ({
    unacknowledged: 'calling',
    acknowledged: 'acknowledged',
    returned: 'returned',
    shelved: 'shelved',
    normal: undefined,
    suppressed: undefined,
    'out-of-service': undefined,
  })[state] as AlarmLook | undefined;

const outline: Record<AlarmPriority, (pen: Pen) => void> = {
  1: (pen) => pen.rect(-9, -9, 18, 18),
  2: (pen) => {
    pen.moveTo(0, -10.5);
    pen.lineTo(11, 8);
    pen.lineTo(-11, 8);
    pen.closePath();
  },
  3: (pen) => {
    pen.moveTo(0, -11);
    pen.lineTo(11, 0);
    pen.lineTo(0, 11);
    pen.lineTo(-11, 0);
    pen.closePath();
  },
  4: (pen) => pen.arc(0, 0, 9.5, 0, 2 * Math.PI),
};

interface Colours {
  fill: string;
  ink: string;
  words: string;
  edge: string;
}

const coloursOf = (priority: AlarmPriority, palette: Palette): Colours => ({
  fill: palette[`p${priority}`],
  ink: palette[`p${priority}Ink`],
  words: palette[`p${priority}Text`],
  edge: palette[`p${priority}Edge`],
});

function drawAlarm(pen: Pen, priority: AlarmPriority, look: AlarmLook, palette: Palette): void {
  const { fill, ink, words, edge } = coloursOf(priority, palette);
  const trace = (): void => {
    pen.beginPath();
    outline[priority](pen);
  };
  // A margin in the colour of the ground parts it from what lies beneath.
  trace();
  pen.strokeStyle = palette.halo;
  pen.lineWidth = 4;
  pen.stroke();
  pen.fillStyle = look === 'calling' ? fill : palette.halo;
  pen.fill();
  pen.strokeStyle = edge;
  pen.lineWidth = look === 'calling' ? 1 : 1.8;
  if (look === 'returned') pen.setLineDash([3, 2]);
  pen.stroke();
  pen.setLineDash([]);
  if (look === 'shelved') return drawBars(pen, priority, edge);
  pen.font = "700 12px 'Inter'";
  pen.textAlign = 'center';
  pen.fillStyle = look === 'calling' ? ink : words;
  pen.fillText(String(priority), 0, priority === 2 ? 6.5 : 4.4);
  if (look === 'returned') drawTick(pen, edge);
  if (priority === 1 && look === 'calling') drawRing(pen, edge);
}

function drawBars(pen: Pen, priority: AlarmPriority, edge: string): void {
  const down = priority === 2 ? 2 : 0;
  pen.beginPath();
  pen.moveTo(-2.5, down - 3.5);
  pen.lineTo(-2.5, down + 3.5);
  pen.moveTo(2.5, down - 3.5);
  pen.lineTo(2.5, down + 3.5);
  pen.strokeStyle = edge;
  pen.lineWidth = 1.8;
  pen.stroke();
}

function drawTick(pen: Pen, edge: string): void {
  pen.beginPath();
  pen.moveTo(3.5, 7.5);
  pen.lineTo(6, 10);
  pen.lineTo(10.5, 4);
  pen.strokeStyle = edge;
  pen.lineWidth = 1.8;
  pen.stroke();
}

function drawRing(pen: Pen, edge: string): void {
  pen.beginPath();
  pen.arc(0, 0, alarmReach - 2, 0, 2 * Math.PI);
  pen.strokeStyle = edge;
  pen.lineWidth = 1.4;
  pen.stroke();
}

export const alarmReach = 26;
export const imageOf = (priority: AlarmPriority, look: AlarmLook): string => `alarm-${priority}-${look}`;

/** Every picture by its name. */
export const alarmImages = (ratio: number, palette: Palette): [name: string, image: ImageData][] =>
  alarmPriorities.flatMap((priority) =>
    alarmLooks.map((look): [string, ImageData] => [
      imageOf(priority, look),
      toImage(alarmReach, ratio, (pen) => drawAlarm(pen, priority, look, palette)),
    ]),
  );
