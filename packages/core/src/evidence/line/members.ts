/** Members of a JSON object as text. A name comes with what stands around it, up to its value. */

import { quoteStrictly } from "./jcs.ts";

export function textBefore(name: string, value: string | undefined): string {
  return value === undefined ? "" : `${name}${escaped(value)}",`;
}

export function textAfter(name: string, value: string | undefined): string {
  return value === undefined ? "" : `${name}${escaped(value)}"`;
}

export function trustedBefore(name: string, value: string | undefined): string {
  return value === undefined ? "" : `${name}${value}",`;
}

export function trustedAfter(name: string, value: string | undefined): string {
  return value === undefined ? "" : `${name}${value}"`;
}

export function numberBefore(name: string, value: number | undefined): string {
  return value === undefined ? "" : `${name}${value},`;
}

export function numberAfter(name: string, value: number | undefined): string {
  return value === undefined ? "" : name + value;
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const FIRST_SURROGATE = 0xd800;

/** The inside of a JSON string; a text that needs no escape and holds no surrogate is not copied. */
export function escaped(text: string): string {
  for (let index = 0; index < text.length; index += 1) {
    const unit = text.charCodeAt(index);
    if (unit < 0x20 || unit === QUOTE || unit === BACKSLASH || unit >= FIRST_SURROGATE) {
      return quoteStrictly(text).slice(1, -1);
    }
  }
  return text;
}
