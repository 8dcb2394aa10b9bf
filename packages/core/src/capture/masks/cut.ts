/**
 * A place that is masked, from the byte where it was asked for: its end, and the marker that stands
 * for it. Both are in one integer, because one is made for almost every number of a text.
 */
export type Cut = number;

/** Nothing is masked here. */
export const NO_CUT: Cut = 0;

/** What stands in place of a mask: bytes that no UTF-8 text has. */
export const MARKERS = {
  hex: 0xf7,
  path: 0xf8,
  uuid: 0xf9,
  time: 0xfa,
  duration: 0xfb,
  address: 0xfc,
  process: 0xfd,
  line: 0xfe,
  number: 0xff,
} as const;

const MARKER_BITS = 8;

export function cutUpTo(end: number, marker: number): Cut {
  return (end << MARKER_BITS) | marker;
}

export function endOf(cut: Cut): number {
  return cut >> MARKER_BITS;
}

export function markerOf(cut: Cut): number {
  return cut & 0xff;
}
