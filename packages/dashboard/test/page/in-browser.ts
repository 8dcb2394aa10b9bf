/**
 * The few globals that functions use which run inside the browser.
 *
 * Named here because the tests are checked with the types of Node: those of the browser differ in
 * names that both have.
 */
export interface BrowserDocument {
  readonly body: BrowserElement;
  readonly documentElement: BrowserElement;
  readonly activeElement: BrowserElement | null;
  querySelectorAll(selector: string): Iterable<BrowserElement>;
}

export interface BrowserElement {
  readonly textContent: string;
  readonly scrollWidth: number;
  readonly clientWidth: number;
  readonly scrollHeight: number;
  readonly width: number;
  readonly height: number;
  querySelector(selector: string): BrowserElement | null;
  getContext(kind: "2d"): BrowserCanvas | null;
}

export interface BrowserCanvas {
  getImageData(x: number, y: number, width: number, height: number): { readonly data: Uint8Array };
}
